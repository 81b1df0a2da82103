"""What we charge a client, as an invoice of ours: which tax it bears, and its paper.

Place and reverse charge between businesses: Directive 2006/112/EC, Articles 44 and 196. Which of
our charges are taxed is data: law/fee_vat.toml.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ..finance import LegalBasis
from ..intake.entry import Entry, EntryLine, paper
from ..invoice.document import Invoice, Period
from ..money import Money
from ..party import Party
from ..refusal import Refusal


class Sort(StrEnum):
    """What a line of our invoice is for."""

    FEES = "fees"  # Service fees, brackets, what a single invoice costs at least.
    INTEREST = "interest"  # On funds in use.
    MINIMUM_MONTH = "minimum_month"
    MINIMUM_YEAR = "minimum_year"


MINIMA = frozenset({Sort.MINIMUM_MONTH, Sort.MINIMUM_YEAR})


class VatUnknown(Refusal):
    code = "fee_vat_unknown"
    todo = "Ask for a release with the rule and its source: law/fee_vat.toml has none."


class VatIdMissing(Refusal):
    code = "vat_id_missing"
    todo = "Enter the VAT id of whom it names, then invoice again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    country: str
    first: date
    last: date | None
    rate: Decimal  # Per cent.
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    country: str  # "*": of the Union, where no row names the country.
    sort: Sort  # FEES or INTEREST; a least of fees is a fee.
    basis: frozenset[LegalBasis]
    first: date
    last: date | None
    taxable: bool
    reason: str  # Why not; empty where it is.
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    union: frozenset[str]
    rates: tuple[Rate, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """UNTDID 5305 and the rate in per cent, with the reason where no tax is asked for."""

    category: str
    rate: Decimal = Decimal(0)
    reason: str = ""


def treatment(
    sort: Sort, basis: LegalBasis, *, seller: Party, buyer: Party, on: date, law: Law
) -> Treatment:
    """What tax a charge bears that we invoice on a day.

    :raises VatUnknown: if the data says nothing of our country, this charge or this day.
    :raises VatIdMissing: if the law wants one on the invoice, and we do not know it.
    """
    home, there = _country(seller), _country(buyer)
    if home not in law.union:
        raise VatUnknown(f"nothing is known of VAT on fees of a factor in {home}")
    if there != home and there not in law.union:
        return Treatment(category="O")  # Where the buyer is: Article 44.
    if not seller.vat_id:
        raise VatIdMissing(f"{seller.name} has no VAT id")
    rule = _rule(sort, basis, home, on, law)
    if not rule.taxable:
        return Treatment(category="E", reason=rule.reason)
    if there == home:
        return Treatment(category="S", rate=_rate(home, on, law))
    if not buyer.vat_id:
        raise VatIdMissing(f"{buyer.name} in {there} has no VAT id, and would owe the tax there")
    return Treatment(category="AE")


def _country(party: Party) -> str:
    return party.address.country if party.address else ""


def _rule(sort: Sort, basis: LegalBasis, home: str, on: date, law: Law) -> Rule:
    asked = Sort.FEES if sort in MINIMA else sort
    fits = [
        one for one in law.rules
        if one.sort is asked and basis in one.basis and one.country in (home, "*")
        and one.first <= on and (one.last is None or on <= one.last)
    ]  # fmt: skip
    if not fits:
        raise VatUnknown(f"nothing is known of VAT on {asked} ({basis}) in {home} on {on}")
    return min(fits, key=lambda one: one.country == "*")


def _rate(home: str, on: date, law: Law) -> Decimal:
    for one in law.rates:
        if one.country == home and one.first <= on and (one.last is None or on <= one.last):
            return one.rate
    raise VatUnknown(f"the standard rate of {home} on {on} is not known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """All charges of a period of one sort; negative where more was given back than taken."""

    sort: Sort
    basis: LegalBasis
    net: Money
    invoices: int = 0  # On how many invoices; zero for a least.


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """A line of our invoice. `text` is in the client's language."""

    charge: Charge
    treatment: Treatment
    text: str


def document(
    lines: Sequence[Billed],
    *,
    number: str,
    issued_on: date,
    first: date,
    last: date,
    seller: Party,
    buyer: Party,
    taken: Money,
    terms: str,
    credits: str = "",
    note: str = "",
) -> Invoice:
    """The paper (EN 16931-1), every tax rounded once for each rate (BR-CO-17).

    :param taken: of net and tax, deducted before: BT-113. :param credits: number of the invoice
        that this takes back; the lines are those of it.
    A period in which more was given back than charged makes a credit note.
    """
    assert lines, number
    gives_back = bool(credits) or sum(one.charge.net.minor for one in lines) < 0
    sign = -1 if gives_back and not credits else 1
    entry = Entry(
        is_credit_note=gives_back, number=number, issued_on=issued_on, due_on=None,
        currency=taken.currency, seller=_named(seller, lines), buyer=_named(buyer, lines),
        lines=[_line(one, sign) for one in lines], credited=credits, note=note,
    )  # fmt: skip
    made = paper(entry)
    assert made.totals.gross is not None
    before = taken.decimal * sign
    reasons = {(one.treatment.category, one.treatment.reason) for one in lines}
    said = {
        category: " / ".join(sorted(reason for same, reason in reasons if same == category))
        for category, reason in reasons
        if reason
    }
    return replace(
        made,
        payment_terms=terms,
        period=Period(start=first, end=last),
        totals=replace(made.totals, prepaid=before, payable=made.totals.gross - before),
        taxes=tuple(replace(tax, exemption=said.get(tax.category, tax.exemption))
                    for tax in made.taxes),
    )  # fmt: skip


def _line(one: Billed, sign: int) -> EntryLine:
    """A price is never negative (BR-27): what is given back has a quantity below zero."""
    net = one.charge.net.decimal * sign
    return EntryLine(
        text=one.text, quantity=Decimal(-1 if net < 0 else 1), price=abs(net),
        category=one.treatment.category, rate=one.treatment.rate,
    )  # fmt: skip


def _named(party: Party, lines: Sequence[Billed]) -> Party:
    """Who stands on it. What is not subject to VAT carries no VAT ids: BR-O-02."""
    if all(one.treatment.category == "O" for one in lines):
        return replace(party, vat_id="")
    return party


def vat_of(made: Invoice, currency: str) -> Money:
    """The tax of the paper, with the sign that it has in our books."""
    assert made.totals.tax is not None
    amount = Money.of(made.totals.tax, currency)
    return -amount if made.is_credit_note else amount
