"""One day at the office, as data: a batch with good and bad files, deliveries in every state, a
bank statement whose lines are certain, probable and unknown, and money due to a client."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from tests import world
from tests.belt import drain
from tests.kept import kept
from usance import models
from usance.actions import distribution, finance, intake, payment, reports
from usance.domain.distribution import DeliveryEvent, Outcome
from usance.domain.intake.control import Control
from usance.domain.invoice import Invoice
from usance.domain.money import Money
from usance.domain.payment import BankLine, Reference, Statement
from usance.plugins.einvoices import ubl
from usance.plugins.statements._camt_write import write_camt053
from usance.shared.models import Book

CLERK = "user:clerk"


@dataclass(frozen=True)
class Day:
    place: world.World
    batch: models.Batch
    statement: models.Statement


@kept
def build() -> Day:
    """R-1 is paid, R-2 is probably paid, R-3 is open; R-4 goes by letter, R-5 is over the limit."""
    Book.objects.create(
        slug="main", name="Factor Nord AB", country="SE", simulated_at=world.NOW,
        created_at=world.NOW,
    )  # fmt: skip
    place = world.build()
    world.capital("100000.00", "EUR")
    papers = [
        world.paper(place.acme, place.bolt, number="R-1001", gross="10000.00"),
        world.paper(place.acme, place.bolt, number="R-1002", gross="8000.00"),
        world.paper(place.acme, place.bolt, number="R-1003", gross="2500.00"),
        world.paper(place.acme, place.kaufmann, number="R-1004", gross="4000.00"),
        world.paper(place.acme, place.kaufmann, number="R-1005", gross="90000.00"),
        world.paper(place.nord, place.tre_kronor, number="N-1", gross="50000.00", currency="SEK"),
    ]
    batch = hand_in(*papers, broken=True)
    drain(send=False)
    _deliver()
    payment.import_statement("day.xml", statement(), at=world.NOW, actor="bank")
    drain(send=False)
    return Day(place, batch, models.Statement.objects.get())


def hand_in(*papers: Invoice, broken: bool = False) -> models.Batch:
    """A batch of e-invoices; `broken` adds a file that is none. The client's total is 1 EUR off."""
    files = [intake.File(name=f"{p.number}.xml", data=ubl.write(p, {})) for p in papers]
    if broken:
        files.append(intake.File(name="holiday.xml", data=b"<postcard>no invoice</postcard>"))
    total = Money.of("114499.00", "EUR")
    return intake.receive(
        files,
        client=None,
        way="office",
        at=world.NOW,
        actor=CLERK,
        control=Control(count=len(papers), totals=(total,)),
    )


def statement(reference: str = "2026-03-02", *, opening: str = "100000.00") -> bytes:
    """R-1001 by its payment reference, R-1002 by amount and payer, a stranger, a bank's debit."""
    one = models.Invoice.objects.get(number="R-1001")
    lines = (
        _line("10000.00", "Bolt Maschinenbau AG", "BR1", references=(
            Reference(scheme="scor", value=one.payment_reference),)),
        _line("8000.00", "Bolt Maschinenbau AG", "BR2", text="Abschlag", iban=True),
        _line("123.45", "=cmd|' /C calc'!A0", "BR3", text="who knows"),
        _line("-7.50", "Bank", "BR4", text="Kontoführung"),
    )  # fmt: skip
    start = Money.of(opening, "EUR")
    end = Money(start.minor + sum(line.amount.minor for line in lines), "EUR")
    return write_camt053(
        Statement(
            account=world.OUR_EUR, currency="EUR", reference=reference, opening=start, closing=end,
            opened_on=date(2026, 3, 2), closed_on=date(2026, 3, 2), lines=lines,
        ),
        made_at=world.NOW,
    )  # fmt: skip


def _line(
    amount: str,
    payer: str,
    reference: str,
    *,
    text: str = "",
    references: tuple[Reference, ...] = (),
    iban: bool = False,
) -> BankLine:
    return BankLine(
        amount=Money.of(amount, "EUR"),
        booked_on=world.TODAY,
        value_on=world.TODAY,
        bank_reference=reference,
        counterparty=payer,
        counterparty_account="DE75512108001245126199" if iban else "",
        texts=(text,) if text else (),
        references=references,
    )


def _deliver() -> None:
    """One delivered, one failed for good, one whose call was interrupted; others wait."""
    rows = list(models.Dispatch.objects.order_by("invoice__number"))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dispatch SET state = 'calling', attempt = 1, handed_at = %s,"
            " lease_until = now() - interval '1 minute' WHERE id = ANY(%s)",
            [world.NOW, [row.pk for row in rows[:3]]],
        )
    distribution.expire_leases(at=world.NOW, actor="janitor")
    with connection.cursor() as cursor:  # The carrier of these tests cannot be asked.
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'succeeded'"
            " WHERE args->>'step' = 'distribution.ask'"
        )
    later = world.NOW + timedelta(minutes=95)
    events = [
        DeliveryEvent(id=f"e{n}", key=row.key, reference="", outcome=outcome, at=later,
                      code=outcome.value, detail=detail)
        for n, (row, outcome, detail) in enumerate((
            (rows[1], Outcome.DELIVERED, ""), (rows[2], Outcome.BOUNCED, "Mailbox is full."),
        ))
    ]  # fmt: skip
    reports.take_events(rows[0].carrier, events, at=world.NOW, actor="carrier")


def propose() -> list[models.Payout]:
    return finance.propose_payouts(at=world.NOW, actor="user:finance")
