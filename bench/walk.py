"""The process as a worker runs it: intake, the belt's steps, the bank; at any size of the book."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from tests.plugins.einvoices.papers import LEAST
from usance.domain.invoice import Invoice
from usance.domain.money import Money
from usance.domain.party import Address, Party
from usance.domain.payment import BankLine, Reference, Statement
from usance.plugins.einvoices import ubl
from usance.plugins.statements._camt_write import write_camt053

from .house import ACTOR, NOW, OUR_IBAN, TODAY, House
from .measure import Row, rounds

if TYPE_CHECKING:
    from usance import models
    from usance.actions import intake

CHUNK = 500
BELT = ("verification.verify",)  # Up to booked: a batch goes there at once.
AFTER = ("distribution.plan", "settlement.apply_waiting")


def rows(house: House, *, many: int) -> Iterator[Row]:
    """One round warms up, `many` are counted; a round is one chunk of 500 invoices."""
    files = [_files(house, nth) for nth in range(many + 1)]
    backend = house.backend
    yield rounds("e-invoices (UBL, 9 lines) read and taken in", "invoices", CHUNK,
                 [_receive(part) for part in files], backend)  # fmt: skip
    chunks = _received(many + 1)
    whole: list[list] = [[] for _ in range(many)]
    for step in (*BELT, *AFTER):
        row = rounds(step, "invoices", CHUNK, [_step(step, part) for part in chunks], backend)
        if step in BELT:
            for spent, one in zip(whole, row.rounds, strict=True):
                spent.append(one)
        yield row
    yield Row(
        what="verify, credit, approve, purchase, booked", unit="invoices", count=CHUNK,
        rounds=[_added(parts) for parts in whole],
    )  # fmt: skip
    yield from _bank(house, chunks)


def papers(house: House, start: int, count: int = CHUNK) -> list[Invoice]:
    """Ordinary invoices of nine lines, all different; about 9 KB each in UBL."""
    line = LEAST.lines[0]
    made = []
    for n in range(start, start + count):
        client = house.clients[n % len(house.clients)]
        debtor = house.debtors[n * 7919 % len(house.debtors)]
        lines = tuple(
            replace(line, number=str(at), description="Ekdörr, 9 × 21, med karm", seller_id="D-9")
            for at in range(1, 9)
        )
        last = Decimal(n % 100_000) / 100
        lines += (replace(line, number="9", price=1000 + last, net=1000 + last),)
        net = sum((one.net for one in lines if one.net is not None), Decimal(0))
        tax = (net * Decimal("0.25")).quantize(Decimal("0.01"))
        (tax_row,) = LEAST.taxes
        made.append(
            replace(
                LEAST, number=f"B-{n:07d}", currency="EUR", issued_on=TODAY,
                due_on=TODAY + timedelta(days=30 + n % 30), payment_means=(),
                seller=_party(client), buyer=_party(debtor), lines=lines,
                taxes=(replace(tax_row, taxable=net, tax=tax),),
                totals=replace(LEAST.totals, lines=net, net=net, tax=tax, gross=net + tax,
                               payable=net + tax),
            )
        )  # fmt: skip
    return made


def _files(house: House, nth: int) -> "list[intake.File]":
    from usance import models
    from usance.actions import intake

    start = models.Invoice.objects.filter(number_key__startswith="B").count() + nth * CHUNK
    return [
        intake.File(name=f"{paper.number}.xml", data=ubl.write(paper, {}))
        for paper in papers(house, start)
    ]


def _receive(files: "Sequence[intake.File]") -> Callable[[], object]:
    from usance.actions import intake

    return lambda: intake.receive(files, client=None, way="cli", at=NOW, actor=ACTOR)


def _received(chunks: int) -> list[list[UUID]]:
    from usance import models

    found = models.Invoice.objects.filter(stage="received").order_by("pk")
    keys = list(found.values_list("pk", flat=True))
    assert len(keys) == chunks * CHUNK, f"{len(keys)} invoices were taken in"
    return [keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK)]


def _step(name: str, subjects: Sequence[UUID]) -> Callable[[], None]:
    from usance import pipeline

    act = pipeline.AT_ONCE.get(name) or pipeline.STEPS[name]
    return lambda: act(subjects, at=NOW, actor="belt")


def _added(parts: Sequence) -> object:
    from .measure import Spent

    return Spent(
        sum(one.wall for one in parts),
        sum(one.ours for one in parts),
        sum(one.theirs for one in parts),
    )


def _bank(house: House, chunks: Sequence[Sequence[UUID]]) -> Iterator[Row]:
    """A statement a chunk: each line pays one invoice, half by a structured reference."""
    from usance import models
    from usance.actions import payment, settlement

    last = models.Statement.objects.order_by("-closed_on").first()
    day = last.closed_on + timedelta(days=1) if last else date(2026, 3, 1)
    opening = Money(last.closing_minor if last else 0, "EUR")
    statements = []
    for chunk in chunks:
        bought = models.Invoice.objects.filter(pk__in=chunk, stage="funded").order_by("pk")
        lines = tuple(_line(row, day) for row in bought)
        assert len(lines) == len(chunk), "the belt bought them all"
        closing = sum((one.amount for one in lines), start=opening)
        statement = Statement(
            account=OUR_IBAN, currency="EUR", reference=f"B{day}", opening=opening,
            closing=closing, opened_on=day, closed_on=day, lines=lines,
        )  # fmt: skip
        statements.append(write_camt053(statement, datetime(2026, 3, 31, tzinfo=UTC)))
        opening, day = closing, day + timedelta(days=1)
    backend = house.backend
    parts: list[list] = [[] for _ in chunks[1:]]
    imported = rounds(
        "statement lines read and booked", "lines", CHUNK,
        [lambda data=data: payment.import_statement("b.xml", data, at=NOW, actor=ACTOR)
         for data in statements],
        backend,
    )  # fmt: skip
    keys = list(
        models.Statement.objects.order_by("-closed_on").values_list("pk", flat=True)[: len(chunks)]
    )[::-1]
    matched = rounds("lines matched and booked", "lines", CHUNK,
                     [lambda key=key: payment.match([key], at=NOW, actor="belt") for key in keys],
                     backend)  # fmt: skip
    settled = rounds("settlement.settle", "invoices", CHUNK,
                     [lambda c=c: settlement.settle(c, at=NOW, actor="belt") for c in chunks],
                     backend)  # fmt: skip
    open_lines = models.BankLine.objects.filter(statement__in=keys).exclude(unapplied_minor=0)
    assert not open_lines.exists(), "every line found its invoice"
    for row in (imported, matched):
        for spent, one in zip(parts, row.rounds, strict=True):
            spent.append(one)
    yield imported
    yield matched
    yield Row(what="statement lines read, matched and booked", unit="lines", count=CHUNK,
              rounds=[_added(one) for one in parts])  # fmt: skip
    yield settled


def _line(row: "models.Invoice", day: date) -> BankLine:
    structured = row.face_minor % 2 == 0
    told = row.payment_reference
    return BankLine(
        amount=row.face, booked_on=day, value_on=day, bank_reference=f"E{row.pk.hex}",
        end_to_end=f"E2E-{row.number}", counterparty="Debtor GmbH",
        counterparty_account="DE89370400440532013000",
        texts=() if structured else (f"Rechnung {row.number} vom 01.03., Ref {told}",),
        references=(Reference(scheme="scor", value=told),) if structured else (),
        code="PMNT/RCDT/ESCT",
    )  # fmt: skip


def _party(row: "models.Client | models.Debtor") -> Party:
    return Party(
        name=row.name,
        vat_id=row.vat_id,
        address=Address(
            street=row.street, postcode=row.postcode, city=row.city, country=row.country
        ),
    )
