"""What an invoice says, and what it is read as: every difference with its rule.

The paper stays as it was written; nothing takes the place of a value in silence. Names and
addresses are read without the blanks that systems add, identifiers as their registers write them.
What looks wrong but is not ours to change (capitals, a false check digit) is told and left.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ..finding import Finding, Severity
from ..invoice.excerpt import Readable
from ..money import exponent
from ..party import Address, Party
from ..party.notation import country_code

UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


class Rule(StrEnum):
    BLANKS = "blanks"
    LETTERS = "letters"
    CAPITALS = "capitals"
    COUNTRY = "country"
    IDENTIFIER = "identifier"
    CHECK_DIGIT = "check_digit"
    DUE_DATE = "due_date"
    DIGITS = "digits"
    SIGN = "sign"


SAYS: dict[Rule, str] = {
    Rule.BLANKS: "Blanks and invisible characters around and between words do not count.",
    Rule.LETTERS: "Letters and their accents are read as one character.",
    Rule.CAPITALS: "Written in capitals. Left as it is: case says nothing about a name.",
    Rule.COUNTRY: "A country is read as its code of two letters.",
    Rule.IDENTIFIER: "Read as it is compared: no blanks, dots or dashes, in one notation.",
    Rule.CHECK_DIGIT: "The check digit does not fit. Left as it is.",
    Rule.DUE_DATE: "No due date is stated: it counts as due on the day of issue.",
    Rule.DIGITS: "Read in the smallest unit of the currency.",
    Rule.SIGN: "A negative amount due is a credit of that amount.",
}
assert set(SAYS) == set(Rule), "every rule says what it does"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    where: str  # The business term.
    field: str  # In words.
    was: str
    cleaned: str  # The same as `was`: it was left, and is only told.
    rule: Rule

    @property
    def left(self) -> bool:
        return self.was == self.cleaned


@dataclass(frozen=True, slots=True)
class Number:
    """An identifier as a register reads it."""

    cleaned: str
    valid: bool | None  # None: nobody knows a check digit for it.


# (scheme, as written) to what the register says. Schemes: "vat:SE", "iban", "reg:SE".
Numbers = Mapping[tuple[str, str], Number]


def numbers(paper: Readable) -> Iterator[tuple[str, str]]:
    """Every identifier on the paper that somebody may know how to read."""
    for party in (paper.seller, paper.buyer):
        country = country_code(party.address.country) if party.address else ""
        if party.vat_id:
            yield f"vat:{country}", party.vat_id
        if party.legal_id and party.legal_id.value:
            yield f"reg:{country}", party.legal_id.value
    for means in paper.payment_means:
        for account in means.accounts:
            if account.number:
                yield "iban", account.number


def cleanse(paper: Readable, known: Numbers) -> tuple[Change, ...]:
    """Everything that is read otherwise than it is written, in the order of the paper."""
    return tuple(_changes(paper, known))


def doubts(changes: tuple[Change, ...]) -> Iterator[Finding]:
    """What was left, but cannot be right."""
    for one in changes:
        if one.rule is Rule.CHECK_DIGIT:
            yield Finding(
                code="check_digit_wrong",
                says=f"{one.field}: the check digit of {one.was} does not fit.",
                where=one.where,
                severity=Severity.WARNING,
                todo="Ask the client for the right number.",
            )


def _changes(paper: Readable, known: Numbers) -> Iterator[Change]:
    yield from _text("BT-1", "Invoice number", paper.number)
    yield from _party("Seller", paper.seller, known, ("BT-27", "BG-5", "BT-31", "BT-30"))
    yield from _party("Buyer", paper.buyer, known, ("BT-44", "BG-8", "BT-48", "BT-47"))
    for means in paper.payment_means:
        for account in means.accounts:
            yield from _number("BT-84", "Account", "iban", account.number, known)
    if paper.due_on is None and paper.issued_on is not None and not paper.is_credit_note:
        yield Change(
            where="BT-9", field="Due date", was="", cleaned=paper.issued_on.isoformat(),
            rule=Rule.DUE_DATE,
        )  # fmt: skip
    if paper.totals.payable is not None:
        yield from _amount(paper.totals.payable, paper.currency)


def _party(
    who: str, party: Party, known: Numbers, terms: tuple[str, str, str, str]
) -> Iterator[Change]:
    name_at, address_at, vat_at, legal_at = terms
    yield from _text(name_at, f"{who}: name", party.name)
    if len(party.name) > 4 and party.name.isupper():
        yield Change(
            where=name_at, field=f"{who}: name", was=party.name, cleaned=party.name,
            rule=Rule.CAPITALS,
        )  # fmt: skip
    if party.address:
        yield from _address(address_at, who, party.address)
    country = country_code(party.address.country) if party.address else ""
    yield from _number(vat_at, f"{who}: VAT id", f"vat:{country}", party.vat_id, known)
    if party.legal_id:
        field = f"{who}: registration number"
        yield from _number(legal_at, field, f"reg:{country}", party.legal_id.value, known)


def _address(where: str, who: str, at: Address) -> Iterator[Change]:
    for field, value in (("street", at.street), ("city", at.city), ("postcode", at.postcode)):
        yield from _text(where, f"{who}: {field}", value)
    if at.country and (code := country_code(at.country)) != at.country:
        yield Change(
            where=where, field=f"{who}: country", was=at.country, cleaned=code, rule=Rule.COUNTRY
        )


def _text(where: str, field: str, was: str) -> Iterator[Change]:
    if was.isascii() and was.isprintable() and "  " not in was and was.strip() == was:
        return  # Most are: nothing composed, nothing unseen, one blank between words.
    composed = unicodedata.normalize("NFC", was)
    if composed != was:
        yield Change(where=where, field=field, was=was, cleaned=composed, rule=Rule.LETTERS)
    tidy = " ".join(composed.translate(UNSEEN).split())
    if tidy != composed:
        yield Change(where=where, field=field, was=composed, cleaned=tidy, rule=Rule.BLANKS)


def _number(where: str, field: str, scheme: str, was: str, known: Numbers) -> Iterator[Change]:
    found = known.get((scheme, was))
    if found is None or not was:
        return
    if found.cleaned != was:
        yield Change(where=where, field=field, was=was, cleaned=found.cleaned, rule=Rule.IDENTIFIER)
    if found.valid is False:
        yield Change(
            where=where, field=field, was=found.cleaned, cleaned=found.cleaned,
            rule=Rule.CHECK_DIGIT,
        )  # fmt: skip


def _amount(was: Decimal, currency: str) -> Iterator[Change]:
    read = was
    if currency and was.as_tuple().exponent != -exponent(currency):
        read = round(was, exponent(currency))
        yield Change(
            where="BT-115", field="Amount due", was=str(was), cleaned=str(read), rule=Rule.DIGITS
        )
    if read < 0:
        yield Change(
            where="BT-115", field="Amount due", was=str(read), cleaned=str(-read), rule=Rule.SIGN
        )
