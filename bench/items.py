"""Lines of bank statements that are booked and matched while very many items are open.

Run: PYTHONPATH=src python -m bench --items 1000000
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from usance.domain.money import Money, total
from usance.domain.payment import BankLine, Reference, Statement
from usance.plugins.statements._camt_write import write_camt053

from . import seed
from .house import ACTOR, NOW, OUR_IBAN, House
from .measure import Row, Spent, rounds

if TYPE_CHECKING:
    from usance import models

LINES = 5_000  # Of a statement.


def rows(house: House, count: int, *, many: int) -> Iterator[Row]:
    """A round is a statement; the first one warms up. Each line pays one invoice, half of them by a
    reference in its field, the others by one in a sentence; from their debtors' accounts."""
    from usance import models
    from usance.actions import payment

    seed.fill(house, upto=count, all_open=True)
    seeded = models.Statement.objects.latest("closed_on").closed_on
    assert seeded
    files = list(_statements(house, many + 1, first=seeded + timedelta(days=1)))
    imported = rounds(
        "statement lines read and booked", "lines", LINES,
        [lambda data=data: payment.import_statement("b.xml", data, at=NOW, actor=ACTOR)
         for data in files],
        house.backend,
    )  # fmt: skip
    own = models.Statement.objects.filter(closed_on__gt=seeded)
    keys = list(own.order_by("closed_on").values_list("pk", flat=True))
    matched = rounds(
        "lines matched and booked", "lines", LINES,
        [lambda key=key: payment.match([key], at=NOW, actor="belt") for key in keys],
        house.backend,
    )  # fmt: skip
    left = models.BankLine.objects.exclude(unapplied_minor=0)
    assert not left.exists(), "every line found its invoice"
    yield imported
    yield matched
    yield Row(
        what="statement lines read, matched and booked", unit="lines", count=LINES,
        rounds=[
            Spent(one.wall + two.wall, one.ours + two.ours, one.theirs + two.theirs)
            for one, two in zip(imported.rounds, matched.rounds, strict=True)
        ],
    )  # fmt: skip


def _statements(house: House, many: int, *, first: date) -> Iterator[bytes]:
    """Invoices from all over the book, none of them twice."""
    from usance import models

    accounts = dict(models.DebtorAccount.objects.values_list("debtor_id", "iban"))
    count = models.Invoice.objects.count()
    step = count // (many * LINES)
    assert step, f"{many * LINES} invoices at least"
    opening = Money(0, "EUR")
    for nth in range(many):
        day = first + timedelta(days=nth)
        numbers = [f"S{(at * many + nth) * step}" for at in range(LINES)]
        bought = models.Invoice.objects.filter(number_key__in=numbers).order_by("number_key")
        lines = tuple(_line(row, accounts[row.debtor_id], day) for row in bought)
        closing = opening + total((one.amount for one in lines), "EUR")
        yield write_camt053(
            Statement(
                account=OUR_IBAN, currency="EUR", reference=f"I{day}", opening=opening,
                closing=closing, opened_on=day, closed_on=day, lines=lines,
            ),
            datetime(2026, 3, 31, tzinfo=UTC),
        )  # fmt: skip
        opening = closing


def _line(row: "models.Invoice", account: str, day: date) -> BankLine:
    told = row.payment_reference
    in_field = row.face_minor % 2 == 0
    return BankLine(
        amount=row.face, booked_on=day, value_on=day, bank_reference=f"E{row.pk.hex}",
        end_to_end=f"E2E-{row.number}", counterparty="Debtor GmbH", counterparty_account=account,
        texts=() if in_field else (f"Rechnung {row.number} vom 01.03., Ref {told}",),
        references=(Reference(scheme="scor", value=told),) if in_field else (),
        code="PMNT/RCDT/ESCT",
    )  # fmt: skip
