"""Amounts as people print them: "1 234,50", "1.234,50-", "(1,234.50)", "SEK 1234:50"."""

import re
from dataclasses import dataclass
from decimal import Decimal

CODES = ("EUR", "SEK", "NOK", "DKK", "USD", "GBP", "CHF", "PLN", "CZK", "HUF", "ISK", "RON", "BGN",
         "CAD", "AUD", "JPY", "CNY", "DEM")  # fmt: skip
SIGNS = {"€": "EUR", "£": "GBP", "$": "USD"}
WORDS = {"euro": "EUR", "euros": "EUR", "kronor": "SEK"}
_MINUS = "-−–"
_CURRENCY = "|".join((*CODES, "€", "£", r"\$", r"[Kk]r\.?", r"[Ee]uro?s?"))
# Blanks that do not break a line, of all widths: French programs print the narrow one.
_BLANKS = " \u00a0\u2007\u2008\u2009\u202f"
# Groups of three behind points, commas, apostrophes or blanks; or digits alone.
_DIGITS = rf"\d{{1,3}}(?:[{_BLANKS}.,'’`]\d{{3}})+(?:[.,:]\d{{1,4}})?|\d+(?:[.,:]\d{{1,4}})?"
AMOUNT = re.compile(
    rf"(?<![\w.,:/'’\-–−])(?P<open>\()?(?P<sign>[{_MINUS}+] ?)?"
    rf"(?:(?P<before>{_CURRENCY}) ?)?(?P<sign2>[{_MINUS}] ?)?"
    rf"(?P<digits>{_DIGITS})(?P<behind>[{_MINUS}](?![\w]))?(?P<dash>[,.](?:-|–|—))?"
    rf"(?: ?(?P<after>{_CURRENCY})(?!\w))?(?(open)\))(?![\w%/]|[.,:'’]\w|-\w| ?%)"
)


@dataclass(frozen=True, slots=True)
class Amount:
    value: Decimal
    currency: str  # ISO 4217 if it stands beside the amount and is sure; else empty.
    is_money: bool  # Has two decimals or a currency: more than a count or a number.


def amount_of(text: str) -> Amount | None:
    """The amount that is the whole text, or None.

    One separator with three digits behind it parts thousands, with one, two or four a fraction;
    of two separators the last begins the fraction.
    """
    found = AMOUNT.fullmatch(text.strip())
    return matched(found) if found else None


def matched(found: re.Match[str]) -> Amount | None:
    """The amount of a match of AMOUNT; None if the digits are grouped in no known way."""
    value = _number(found["digits"])
    if value is None:
        return None
    if (found["sign"] and found["sign"].strip() in _MINUS) or found["sign2"] or found["behind"] \
            or found["open"]:  # fmt: skip
        value = -value
    beside = found["before"] or found["after"] or ""
    fraction = -int(value.as_tuple().exponent) if isinstance(value.as_tuple().exponent, int) else 0
    return Amount(value, currency_of(beside), bool(beside) or fraction == 2 or bool(found["dash"]))


def currency_of(text: str) -> str:
    """ISO 4217 of a code, sign or word; empty for "kr", which four countries say."""
    text = text.strip().rstrip(".")
    if text.upper() in CODES:
        return text.upper()
    return SIGNS.get(text) or WORDS.get(text.casefold(), "")


def _number(digits: str) -> Decimal | None:
    plain = re.sub(rf"[{_BLANKS}'’`]", "", digits)
    marks = [ch for ch in plain if ch in ".,:"]
    if not marks:
        return Decimal(plain)
    last = max(plain.rfind(mark) for mark in ".,:")
    whole, fraction = plain[:last], plain[last + 1 :]
    if len(fraction) == 3 and plain[last] != ":" and (len(set(marks)) == 1):
        # "1.234" and "1.234.567" are thousands; "0,125" and "1234,567" cannot be.
        if whole.lstrip("0") and all(len(part) == 3 for part in re.split(r"[.,]", plain)[1:]) \
                and len(re.split(r"[.,]", plain)[0]) <= 3:  # fmt: skip
            return Decimal(re.sub(r"[.,]", "", plain))
        if len(marks) > 1:
            return None
    if any(len(part) != 3 for part in re.split(r"[.,:]", whole)[1:]):
        return None
    return Decimal(f"{re.sub(r'[.,:]', '', whole)}.{fraction}")
