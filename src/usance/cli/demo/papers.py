"""The invoices of the demo: written as their sellers would write them, into folders by day."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from uuid import UUID

from usance import letters, models
from usance.domain.invoice import Invoice
from usance.domain.invoice.document import (
    Account,
    Line,
    PaymentMeans,
    Preceding,
    Tax,
    Totals,
)
from usance.domain.money import Money
from usance.domain.party import Address, Contact, Identifier, Party
from usance.letters import facts
from usance.plugins.einvoices import cii, csv_schedule, ubl

from .cast import ClientRole, DebtorRole

CENT = Decimal("0.01")
CREDITED = 0.03  # Share of invoices that get a credit note some days later.
UNSOUND = 0.05  # Share of invoices to anybody, assessed or not.
ODD = 0.04  # Share of documents with something wrong in them.
UNITS = ("C62", "HUR", "KGM", "DAY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A file that a client hands in on a day."""

    on: date
    client: models.Client
    name: str
    data: bytes


def season(
    sellers: Sequence[tuple[ClientRole, models.Client]],
    buyers: Sequence[tuple[DebtorRole, models.Debtor]],
    *,
    count: int,
    first: date,
    days: int,
    seed: int,
) -> Iterator[Handed]:
    """All files of the season in the order of days; the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - a play, no secret
    limited = frozenset(models.CreditLimit.objects.values_list("debtor_id", flat=True))
    plans = [
        _Plan(role, row, [b for b in buyers if _trades(role, b[0])], limited, dice)
        for role, row in sellers
    ]
    workdays = [d for n in range(days) if (d := first + timedelta(days=n)).weekday() < 5]
    wanted = [workdays[n * len(workdays) // max(count, 1)] for n in range(count)]
    per_day: dict[tuple[date, int], int] = {}
    for day in wanted:
        key = (day, dice.randrange(len(plans)))
        per_day[key] = per_day.get(key, 0) + 1
    later: list[tuple[date, _Plan, Invoice]] = []
    for day in workdays:
        for place, plan in enumerate(plans):
            papers = [plan.invoice(day) for _ in range(per_day.get((day, place), 0))]
            papers += [note for due, owner, note in later if owner is plan and due == day]
            for paper in papers:
                if paper.type_code == "380" and dice.random() < CREDITED:
                    credited_on = _workday(day + timedelta(days=dice.randint(2, 9)))
                    later.append((credited_on, plan, plan.credit_note(paper, credited_on)))
            if papers:
                yield from plan.files(papers, day)


def write(folder: Path, handed: Iterable[Handed]) -> None:
    """Put the files where a client would: a folder for each day and client."""
    for one in handed:
        place = folder / one.on.isoformat() / slug(one.client.name)
        place.mkdir(parents=True, exist_ok=True)
        (place / one.name).write_bytes(one.data)


class _Plan:
    """One seller's season: its numbers, its customers, its manner of writing."""

    def __init__(
        self,
        role: ClientRole,
        row: models.Client,
        buyers: Sequence[tuple[DebtorRole, models.Debtor]],
        limited: frozenset[UUID],
        dice: random.Random,
    ) -> None:
        self.role, self.row, self.buyers, self.dice = role, row, buyers, dice
        self.sound = [b for b in buyers if b[1].pk in limited and b[1].insolvent_on is None]
        self.next = 1000 + dice.randrange(1000)
        self.last: Invoice | None = None

    def invoice(self, day: date) -> Invoice:
        role, dice = self.role, self.dice
        if self.last is not None and dice.random() < ODD / 4:
            return self.last  # Handed in once more: a copy.
        unsound = dice.random() < UNSOUND
        _, debtor = dice.choice(self.buyers if unsound or not self.sound else self.sound)
        self.next += 1
        lines = tuple(self._line(nth) for nth in range(1, dice.randint(1, 5) + 1))
        net = sum((line.net or Decimal(0) for line in lines), Decimal(0))
        tax = (net * role.tax_rate / 100).quantize(CENT, ROUND_HALF_UP)
        paper = Invoice(
            number=self._number(day),
            type_code="380",
            issued_on=day,
            due_on=day + timedelta(days=role.terms_days),
            currency=role.currency,
            specification="urn:cen.eu:en16931:2017",
            buyer_reference=f"PO-{dice.randrange(10_000, 99_999)}",
            payment_terms=f"{role.terms_days} days net",
            seller=_party(self.row),
            buyer=_party(debtor),
            payment_means=(PaymentMeans(code="30", accounts=(Account(number=self._iban()),)),),
            lines=lines,
            taxes=(Tax(taxable=net, tax=tax, category="S", rate=role.tax_rate),),
            totals=Totals(lines=net, net=net, tax=tax, gross=net + tax, payable=net + tax),
        )
        self.last = paper
        return _odd(paper, dice) if dice.random() < ODD else paper

    def credit_note(self, paper: Invoice, day: date) -> Invoice:
        """A tenth of the first line comes back."""
        line = paper.lines[0]
        net = ((line.net or Decimal(0)) / 10).quantize(CENT, ROUND_HALF_UP)
        tax = (net * self.role.tax_rate / 100).quantize(CENT, ROUND_HALF_UP)
        self.next += 1
        returned = replace(line, quantity=Decimal(1), price=net, net=net, number="1")
        return replace(
            paper,
            number=self._number(day),
            type_code="381",
            issued_on=day,
            due_on=None,
            preceding=(Preceding(number=paper.number, issued_on=paper.issued_on),),
            lines=(returned,),
            taxes=(Tax(taxable=net, tax=tax, category="S", rate=self.role.tax_rate),),
            totals=Totals(lines=net, net=net, tax=tax, gross=net + tax, payable=net + tax),
        )

    def files(self, papers: Sequence[Invoice], day: date) -> Iterator[Handed]:
        """In the seller's manner: a file each, or one schedule for all."""
        if self.role.hands_in == "csv":
            name = f"schedule-{day.isoformat()}.csv"
            yield self._handed(day, name, csv_schedule.write_rows(papers))
            return
        for paper in papers:
            name = slug(paper.number)
            if self.role.hands_in == "ubl":
                yield self._handed(day, f"{name}.xml", ubl.write(paper, {}))
            elif self.role.hands_in == "cii":
                yield self._handed(day, f"{name}.xml", cii.write(paper, {}))
            else:
                yield self._handed(day, f"{name}.pdf", self._facturx(paper))

    def _facturx(self, paper: Invoice) -> bytes:
        us = facts.Brand(
            name=self.row.name, address=_address(self.row), colour=self.row.brand_colour,
            vat_id=self.row.vat_id, email=self.row.email,
        )  # fmt: skip
        told = facts.InvoiceLetter(
            invoice=paper, client=us, factor=us,
            account=facts.Account(holder=self.row.name, iban=self._iban()),
            reference=paper.number,
            payable=Money.of(paper.totals.payable or Decimal(0), paper.currency),
        )  # fmt: skip
        letter = "credit_note" if paper.is_credit_note else "invoice"
        return letters.render_facturx(letter, self.role.language, told, xml=cii.write(paper, {}))

    def _handed(self, day: date, name: str, data: bytes) -> Handed:
        return Handed(on=day, client=self.row, name=name, data=data)

    def _iban(self) -> str:
        return str(self.row.accounts.get(closed_at=None).iban)

    def _number(self, day: date) -> str:
        initials = "".join(word[0] for word in self.role.name.split()[:2] if word[0].isalpha())
        return f"{initials.upper()}-{day.year}-{self.next:05d}"

    def _line(self, nth: int) -> Line:
        dice, role = self.dice, self.role
        quantity = Decimal(dice.randint(1, 20))
        ten = 10 if role.currency == "SEK" else 1
        price = (Decimal(dice.randint(900, 15_000)) / 100 * ten).quantize(CENT)
        return Line(
            number=str(nth), name=dice.choice(role.sells), quantity=quantity,
            unit=dice.choice(UNITS), price=price, net=(quantity * price).quantize(CENT),
            tax_category="S", tax_rate=role.tax_rate,
        )  # fmt: skip


def _odd(paper: Invoice, dice: random.Random) -> Invoice:
    """Something that a person must look at."""
    totals = paper.totals
    return dice.choice(
        (
            replace(paper, totals=replace(totals, payable=(totals.payable or CENT) + Decimal(100))),
            replace(paper, buyer=replace(paper.buyer, vat_id="", legal_id=None,
                                         name=f"{paper.buyer.name} Filiale 2")),
            replace(paper, issued_on=(paper.issued_on or date.min) + timedelta(days=21),
                    due_on=(paper.due_on or date.min) + timedelta(days=21)),
        )
    )  # fmt: skip


def _trades(seller: ClientRole, buyer: DebtorRole) -> bool:
    if seller.currency == "SEK":
        return buyer.country == "SE"
    return buyer.country != "SE" and (seller.country == "DE") == (buyer.country == "DE")


def _party(row: models.Client | models.Debtor) -> Party:
    return Party(
        name=row.name,
        legal_id=Identifier(value=row.legal_id) if row.legal_id else None,
        vat_id=row.vat_id,
        address=_address(row),
        contact=Contact(email=row.email) if row.email else None,
    )


def _address(row: models.Client | models.Debtor) -> Address:
    return Address(street=row.street, postcode=row.postcode, city=row.city, country=row.country)


def _workday(day: date) -> date:
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def slug(text: str) -> str:
    """The text as the name of a file or folder."""
    return "".join(ch if ch.isalnum() or ch in "-_" else "-" for ch in text)
