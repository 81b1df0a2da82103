"""Killed in the middle of a yes, its taking back, an advice or a return: all or nothing."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from tests import world
from tests.actions.test_cash import STRANGER, Bank, bought, kept, line, paid
from tests.belt import drain
from usance import models
from usance.actions import (
    advices,
    allocations,
    buy_backs,
    finance,
    missing_payouts,
    paid_out_said,
    paying,
    returns,
)
from usance.actions import payment as actions
from usance.domain.mandate import Role
from usance.engine.cluster import Cluster
from usance.queries import cash

pytestmark = pytest.mark.django_db(transaction=True)
BY: Any = {"role": Role.CASH, "at": world.NOW, "actor": "user:cash"}
# Starts Django once; each line on stdin is done by a child of its own, which dies where it says.
PROGRAM = """
import json, os, sys
import django
django.setup()
from datetime import datetime
from uuid import UUID
from usance.actions import advices, allocations, missing_payouts, movements, paid_out_said
from usance.actions import payment, returns
from usance.domain.mandate import Role
from usance.engine import crashpoint
movements.AT_ONCE = 2
for said in map(json.loads, sys.stdin):
    pid = os.fork()
    if not pid:
        crashpoint._wanted, _, crashpoint._times = said["at"].partition(":")
        by = {"at": datetime.fromisoformat(said["now"]), "actor": "user:cash"}
        person = by | {"role": Role.CASH}
        ids = list(map(UUID, said["ids"]))
        {
            "confirm": lambda: allocations.confirm({ids[0]: said["text"]}, **person),
            "undo": lambda: allocations.undo(ids, **person),
            "receive": lambda: advices.receive("a.csv", said["text"].encode(), way="cli", **by),
            "match": lambda: payment.match_advised(ids, **by),
            "pass": lambda: payment.match(ids, **by),
            "import": lambda: payment.import_statement("s.xml", said["text"].encode(), **by),
            "paid out": lambda: paid_out_said.say(ids[0], ids[1:], **person),
            "not paid out": lambda: paid_out_said.take_back(ids[0], **person),
            "never executed": lambda: missing_payouts.agree(
                ids[0], seen=said["text"], role=Role.FINANCE, **by
            ),
            "return": lambda: returns.returned(ids[0], ids[1], **person),
        }[said["do"]]()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@pytest.fixture
def dying(cluster: Cluster) -> Iterator[Any]:
    """dying(at, do, ids, text): do it in another process that is killed there, "name:2" when it
    comes by for the second time."""
    environment = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "usance.settings", "USANCE_APP_URL": cluster.app_url,
        "USANCE_SECRET_KEY": settings.SECRET_KEY,
        "USANCE_HOME": os.path.dirname(settings.STORAGES["documents"]["OPTIONS"]["location"]),
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=environment, text=True,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout

        def dies(at: str, do: str, ids: list[Any], text: str = "") -> None:
            told = {"at": at, "do": do, "ids": list(map(str, ids)), "text": text,
                    "now": world.NOW.isoformat()}  # fmt: skip
            process.stdin.write(json.dumps(told) + "\n")  # type: ignore[union-attr]  # Asserted.
            process.stdin.flush()  # type: ignore[union-attr]
            answer = process.stdout.readline().strip()  # type: ignore[union-attr]
            assert answer == str(-signal.SIGKILL), (at, do, answer)

        yield dies
        process.stdin.close()


def test_killed_anywhere_it_is_booked_once_or_not_at_all(dying: Any) -> None:
    bought(("70012345", "1000.00"), ("70054321", "2500.00"))
    bank = Bank()
    (row,) = bank.shows(line("1000.00", "Danke"))
    seen = cash.seen(cash.best(row))
    entries = models.Entry.objects.count()

    def nothing_happened() -> None:
        row.refresh_from_db()
        assert (paid(row), row.unapplied_minor) == (before, 0 if before else row.amount_minor)
        assert models.Entry.objects.count() == entries

    before: dict[str, int] = {}
    dying("payment.allocated", "confirm", [row.pk], seen)
    nothing_happened()
    assert allocations.confirm({row.pk: seen}, **BY) == {}

    row.refresh_from_db()
    before, entries = {"70012345": 100_000}, models.Entry.objects.count()
    made = list(row.allocations.values_list("pk", flat=True))
    dying("payment.undone", "undo", made)
    nothing_happened()
    drain(send=False)  # The invoice is settled; it opens again.
    allocations.undo(made, **BY)

    (row,) = bank.shows(line("1500.00", "?", counterparty_account=STRANGER))
    before, entries = {}, models.Entry.objects.count()
    told = "Invoice;Amount paid EUR\n70012345;500.00\n70054321;1000.00\n"
    dying("advice.kept", "receive", [], told)
    assert not models.PaymentAdvice.objects.exists()
    advice = advices.receive("a.csv", told.encode(), way="cli", at=world.NOW, actor="cli").new
    for point in ("payment.matched", "payment.allocated"):
        dying(point, "match", list(advice))
        nothing_happened()
        assert models.PaymentAdvice.objects.get().line_id is None
    actions.match_advised(advice, at=world.NOW, actor="belt")
    row.refresh_from_db()
    before, entries = {"70012345": 50_000, "70054321": 100_000}, models.Entry.objects.count()
    assert paid(row) == before

    (gone,) = bank.shows(line("-1500.00", "Rückgabe", counterparty_account=STRANGER))
    entries = models.Entry.objects.count()
    dying("payment.undone", "return", [gone.pk, row.pk])
    nothing_happened()
    returns.returned(gone.pk, row.pk, **BY)
    assert paid(row) == {}
    _killed_while_it_is_passed_on(dying, bank)
    _killed_in_the_middle_of_a_statement(dying, bank)
    assert kept() == []


def _killed_while_it_is_passed_on(dying: Any, bank: Bank) -> None:
    """What pays an invoice that its client bought back."""
    invoice = models.Invoice.objects.get(number="70012345")
    person: Any = {"role": Role.FINANCE, "at": world.NOW, "actor": "user:f"}
    made = buy_backs.quote(invoice.client_id, [invoice.pk], reason="Asked.", **person)
    buy_backs.execute(made.pk, seen=made.content, **person)
    paying.set_passing_on(True, **person | {"role": Role.OPERATIONS})
    bank.sends(line("1000.00", "70012345", counterparty_account=STRANGER))
    (row,) = models.BankLine.objects.filter(verdict="")
    entries = models.Entry.objects.count()
    dying("payment.passed_on", "pass", [row.statement_id])
    row.refresh_from_db()
    assert (row.verdict, row.unapplied_minor, row.explanations.count()) == ("", 1000_00, 0)
    assert models.Entry.objects.count() == entries
    for _ in range(2):  # Whoever takes the step again passes it on, and once.
        actions.match([row.statement_id], at=world.NOW, actor="belt")
    assert row.explanations.get().amount_minor == 1000_00


def _killed_in_the_middle_of_a_statement(dying: Any, bank: Bank) -> None:
    """It comes some lines at a time, and closes payouts that went to the bank."""
    payouts = finance.propose_payouts(at=world.NOW, actor="day")
    seen = {one.pk: one.content for one in payouts}
    by: Any = {"role": Role.FINANCE, "at": world.NOW, "actor": "user:f"}
    (file,) = finance.release_payouts(seen, pay_on=world.TODAY, **by)
    finance.hand_over_file(file.pk, at=world.NOW, actor="bank")
    out = [line(f"-{one.amount.decimal}", end_to_end=one.key) for one in payouts]
    charges = [line("-0.50", "Porto") for _ in range(4)]
    before = bank.balance
    told = bank.writes(*out, *charges)
    booked = _counted()
    for point in ("movements.booked", "movements.booked:2", "paid_out.booked"):
        dying(point, "import", [], told.decode())
        assert _counted() == booked
    bank.balance = before  # What the bank books tells nothing: a person says it.
    told = bank.writes(*(replace(one, end_to_end="") for one in out), *charges)
    for new in (len(out) + 4, 0):
        done = actions.import_statement("s.xml", told, at=world.NOW, actor="bank")
        assert done.lines == new
    (debit,) = models.BankLine.objects.filter(amount_minor__lt=-50, unapplied_minor__lt=-50)
    said: Any = [debit.pk, *(one.pk for one in payouts)]
    for do, follows in (("paid out", "paid"), ("not paid out", "sent")):
        booked = _counted()
        dying("paid_out.said", do, said)
        assert _counted() == booked
        if follows == "paid":
            assert not paid_out_said.say(debit.pk, said[1:], **BY)
        else:
            assert paid_out_said.take_back(debit.pk, **BY) == len(payouts)
        assert _counted()[2] == {follows}
    _killed_while_they_say_that_the_bank_never_executed_it(dying, bank, payouts)


def _killed_while_they_say_that_the_bank_never_executed_it(
    dying: Any, bank: Bank, payouts: list[models.Payout]
) -> None:
    """Two people agree; then the bank shows that it did."""
    late: Any = {"role": Role.FINANCE, "at": world.NOW + timedelta(days=9), "actor": "user:f"}
    for one in payouts:
        said = missing_payouts.say(one.pk, because="Lost.", proof="A letter.", **late)
        booked, seen = _counted(), missing_payouts.content(said)
        dying("rejected.booked", "never executed", [said.pk], seen)
        assert _counted() == booked
        missing_payouts.agree(said.pk, seen=seen, **late | {"actor": "user:cash"})
    assert _counted()[2] == {"rejected"}
    told = bank.writes(*(line(f"-{one.amount.decimal}", end_to_end=one.key) for one in payouts))
    booked = _counted()
    dying("paid_after_all.booked", "import", [], told.decode())
    assert _counted() == booked
    for _ in range(2):
        actions.import_statement("s.xml", told, at=world.NOW, actor="bank")
        assert _counted() == (booked[0] + 2 * len(payouts), booked[1] + len(payouts), {"paid"})


def _counted() -> tuple[int, int, set[str]]:
    states = models.Payout.objects.values_list("state", flat=True)
    return models.Entry.objects.count(), models.BankLine.objects.count(), set(states)
