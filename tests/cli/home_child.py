"""Run in a process of its own by test_home.py: a small world in a home, and commands on it.

Reads the command lines as JSON from stdin; prints exit code, stdout and stderr of each as JSON.
"""

import json
import sys

from click.testing import CliRunner

from usance.cli import home, main

PASSWORD = "correct horse"


def build() -> dict[str, str]:
    """The world of the tests, one invoice handed over and delivered, and something that waits of
    each sort; their ids by the words that stand for them in a command line."""
    from tests import belt, world
    from tests.actions import test_issuing, test_mapping, test_questions
    from tests.walks import bought, handed, said, sent, tell
    from usance import models
    from usance.actions import payers, recurring
    from usance.domain.distribution import Outcome, Registration, Wants
    from usance.domain.mandate import Role
    from usance.domain.payment import By
    from usance.shared.models import Book, User

    Book.objects.create(
        slug="main", name="Factor Nord AB", country="SE", simulated_at=world.NOW,
        created_at=world.NOW,
    )  # fmt: skip
    told = world.build()
    test_questions.allow(test_questions.FIRST)
    question = test_questions.handed_in(told, "R-3")
    test_questions.allow(None)
    test_mapping.hand_in(test_mapping.MARCH, told.acme)
    draft = test_issuing.draft(told)
    monthly = recurring.agree(
        "Miete", test_issuing.said(told), client=told.acme.pk, day=31, since=world.TODAY,
        until=None, due_days=14, **test_issuing.ANNA,
    )  # fmt: skip
    row = sent(bought(told, told.bolt, "R-1"))
    handed(row)
    tell(said(row, Outcome.DELIVERED))
    belt.drain(send=False)
    bought(told, told.kaufmann, "R-2")
    tell(
        Registration(
            id="r-1", wants=Wants.REGISTERED, at=world.NOW, address="bank:1", name="K. Kaufmann"
        )
    )
    rule = payers.write(
        By.ACCOUNT, "DE02100500000054540402", debtor=told.bolt.pk, role=Role.CASH, at=world.NOW,
        actor="user:cash",
    )  # fmt: skip
    for name, role in (("anna", "finance"), ("vera", "verification"), ("jonas", "operations")):
        User.objects.create_user(name, password=PASSWORD, role=role)
    assert models.Invoice.objects.count() == 3
    table = models.WaitingTable.objects.get()
    return {
        "TABLE": str(table.pk), "QUESTION": str(question.pk), "DRAFT": str(draft.pk),
        "MONTHLY": str(monthly.pk), "RULE": str(rule), "ACME": str(told.acme.pk),
    }  # fmt: skip


def run(lines: list[list[str]], ids: dict[str, str]) -> list[dict[str, object]]:
    found = []
    for words in lines:
        result = CliRunner().invoke(
            main, [ids.get(word, word) for word in words], input=f"{PASSWORD}\n"
        )
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        found.append({"exit": result.exit_code, "out": result.stdout, "err": result.stderr})
    return found


if __name__ == "__main__":
    home.open_home()
    known = build()
    json.dump(run(json.load(sys.stdin), known), sys.stdout)
