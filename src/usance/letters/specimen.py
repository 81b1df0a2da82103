"""A letter about nothing, to look at a wording before it is used: invented debtor and figures."""

from datetime import date, timedelta
from decimal import Decimal

from usance.domain.invoice.document import Invoice, Line, Preceding, Tax, Totals
from usance.domain.money import Money
from usance.domain.party import Address, Party

from .facts import (
    LETTERS,
    Account,
    Brand,
    Claim,
    Facts,
    Fee,
    InvoiceLetter,
    Notice,
    Overdue,
    Recipient,
    Release,
    Reminder,
    Schedule,
)

NUMBERS = ("2026-1042", "2026-1043")
NET, TAX = Decimal("1840.00"), Decimal("460.00")
DEBTOR = Recipient(
    name="Exempel & Co",
    attention="Ö. Ångström",
    address=Address(street="Storgatan 1", postcode="123 45", city="Exempelstad", country="SE"),
    number="10 001",
)


def specimen(letter: str, *, client: Brand, factor: Brand, account: Account, today: date) -> Facts:
    """Facts of which every name in the letter's sentences can be filled, in EUR.

    :raises KeyError: for a letter that we do not have.
    """
    kind = LETTERS[letter]
    claims = tuple(_claim(nth, today) for nth in range(len(NUMBERS)))
    if kind is InvoiceLetter:
        return _invoice(letter, client, factor, account, today)
    if kind is Notice:
        return Notice(
            written_on=today, client=client, factor=factor, debtor=DEBTOR, account=account,
            assigned_on=today, claims=claims,
        )  # fmt: skip
    if kind is Release:
        return Release(
            written_on=today, since=today, client=client, factor=factor, debtor=DEBTOR,
            account=account, claims=claims,
        )  # fmt: skip
    if kind is Reminder:
        return _reminder(client, factor, account, today)
    return Schedule(
        number="S-17", written_on=today, purchased_on=today, client=client, factor=factor,
        contract="F-1044", claims=claims, digest="0f" * 32,
    )  # fmt: skip


def _invoice(
    letter: str, client: Brand, factor: Brand, account: Account, today: date
) -> InvoiceLetter:
    credit = letter == "credit_note"
    paper = Invoice(
        number=NUMBERS[0],
        issued_on=today,
        due_on=None if credit else today + timedelta(30),
        type_code="381" if credit else "380",
        currency="EUR",
        seller=Party(name=client.name, address=client.address),
        buyer=Party(name=DEBTOR.name, address=DEBTOR.address),
        preceding=(Preceding(number=NUMBERS[1]),) if credit else (),
        lines=(
            Line(
                number="1", name="Exempel", quantity=Decimal(8), unit="HUR", price=Decimal(230),
                net=NET, tax_category="S", tax_rate=Decimal(25),
            ),
        ),
        taxes=(Tax(taxable=NET, tax=TAX, category="S", rate=Decimal(25)),),
        totals=Totals(lines=NET, net=NET, tax=TAX, gross=NET + TAX, payable=NET + TAX),
    )  # fmt: skip
    return InvoiceLetter(
        invoice=paper, client=client, factor=factor, account=account, reference="RF18539007547034",
        payable=Money.of(NET + TAX, "EUR"), recipient=DEBTOR,
    )  # fmt: skip


def _reminder(client: Brand, factor: Brand, account: Account, today: date) -> Reminder:
    face = Money.of(NET + TAX, "EUR")
    late = Overdue(
        number=NUMBERS[0], issued_on=today - timedelta(51), due_on=today - timedelta(21),
        days_overdue=21, face=face, outstanding=face, interest=Money.of("13.23", "EUR"),
    )  # fmt: skip
    return Reminder(
        written_on=today, client=client, factor=factor, debtor=DEBTOR, account=account,
        reference="RF18539007547034", claims=(late,), pay_by=today + timedelta(10),
        interest_until=today, rate=Decimal(10),
        fees=(Fee(kind="compensation", amount=Money.of("40.00", "EUR")),),
    )  # fmt: skip


def _claim(nth: int, today: date) -> Claim:
    return Claim(
        number=NUMBERS[nth], issued_on=today, due_on=today + timedelta(30),
        face=Money.of(NET + TAX + nth, "EUR"), debtor=DEBTOR.name,
    )  # fmt: skip
