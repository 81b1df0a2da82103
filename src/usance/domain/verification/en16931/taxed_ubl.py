"""EN 16931 in UBL: which amounts a row of the VAT breakdown is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..document import Document
from ..reading import Place, decimal, each, tidy, values
from .allowances import indicated
from .taxed import ByTax

LINES = ("cac:InvoiceLine", "cac:CreditNoteLine")
GROUP = "cac:AllowanceCharge"
ZERO = Decimal(0)


@dataclass(slots=True)  # A frozen one costs three times as much, and each line has one.
class Taxed:
    """Amounts of a line, allowance or charge as written, and how they are taxed."""

    tag: str
    own: bool  # On the document itself, so that it counts for the sum.
    amounts: list[str]
    codes: list[str]
    rates: list[str]
    less: bool  # An allowance.

    def at(self, code: str, rate: Decimal | None) -> bool:
        return code in self.codes and (rate is None or rate in map(decimal, self.rates))


def taxed(document: Document) -> list[Taxed]:
    """Every amount that a row of the breakdown may be made of."""
    path = "cac:Item/cac:ClassifiedTaxCategory"
    found = [
        _taxed(tag, True, values(line, "cbc:LineExtensionAmount"), each(line, path), False)
        for tag in LINES
        for line in document.all(tag)
    ]
    own = document.root.findall(GROUP)
    for group in own:
        charge = indicated(group)
        # Without an indicator it is neither charge nor allowance.
        amounts = [] if charge is None else values(group, "cbc:Amount")
        less = charge is False
        found.append(_taxed(GROUP, True, amounts, group.findall("cac:TaxCategory"), less))
    if len(own) != len(document.all(GROUP)):
        found.extend(
            _taxed(GROUP, False, [], group.findall("cac:TaxCategory"), False)
            for group in document.all(GROUP)
        )
    return found


def _taxed(tag: str, own: bool, amounts: list[str], taxes: list[Place], less: bool) -> Taxed:
    if len(taxes) == 1:  # Nearly always.
        tax = taxes[0]
        codes, rates = values(tax, "cbc:ID"), values(tax, "cbc:Percent")
    else:
        codes = [code for tax in taxes for code in values(tax, "cbc:ID")]
        rates = [rate for tax in taxes for rate in values(tax, "cbc:Percent")]
    return Taxed(tag, own, amounts, list(map(tidy, codes)), rates, less)


def taxed_amount(document: Document, tag: str, code: str, rate: Decimal | None) -> Decimal:
    """Lines plus charges less allowances of a category (and rate), as written on the document."""
    return _by_tax(document, tag, own=True).sum(code, rate, _added_up)


def used(document: Document, tag: str, code: str, rate: Decimal) -> bool:
    """Whether anything is taxed so, on a line or on the document."""
    return any(True for _ in _by_tax(document, tag, own=False).at(code, rate))


def _by_tax(document: Document, tag: str, *, own: bool) -> ByTax[Taxed]:
    known = document.fact(_known)
    found = known.get((tag, own))
    if found is None:
        amounts = [one for one in document.fact(taxed) if one.tag in (tag, GROUP)]
        counted = [one for one in amounts if one.own]
        found = ByTax(counted if own else amounts)
        known[tag, own] = found
        if len(counted) == len(amounts):  # Nearly always.
            known[tag, not own] = found
    return found


def _known(_: Document) -> dict[tuple[str, bool], ByTax[Taxed]]:
    return {}


def _added_up(amounts: Iterable[Taxed]) -> Decimal:
    found = ZERO
    for one in amounts:
        for words in one.amounts:
            found = found - decimal(words) if one.less else found + decimal(words)
    return found
