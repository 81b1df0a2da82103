"""Amounts, rates and days as people type them."""

from datetime import date
from decimal import Decimal, InvalidOperation

from usance.domain.exchange import RateImpossible
from usance.domain.money import Money, NotMoney
from usance.domain.refusal import Refusal


class DayMissing(Refusal):
    code = "day_missing"
    todo = "Write the day as 2026-03-31."


def amount(text: str, currency: str) -> Money | None:
    """An amount as people type it: 1 234,50 or 1,234.50 or 1234.5. None if it is none."""
    bare = "".join(text.split()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "").replace("'", "")
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma > point:
        behind = len(bare) - comma - 1
        decimal = behind != 3 or point >= 0  # "1,234" is one thousand and more.
        bare = bare.replace(".", "").replace(",", "." if decimal else "")
    else:
        bare = bare.replace(",", "")
    try:
        return Money.of(bare, currency)
    except NotMoney:
        return None


def rate(text: str) -> Decimal:
    """A rate of exchange as people type it: 1.0826 or 1,0826.

    :raises RateImpossible: if it is no number above zero.
    """
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        found = Decimal(0)
    if not found.is_finite() or found <= 0:
        raise RateImpossible(f"“{text[:20]}” is no rate")
    return found


def day(text: str | None) -> date | None:
    """A day as a date field sends it, or as people type it: 2026-03-31. None: it is no day."""
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None


def said_day(text: str | None) -> date:
    """:raises DayMissing: if it is none: no other day is taken in its place."""
    if (found := day(text)) is None:
        raise DayMissing(f"“{(text or '').strip()[:20]}” is no day")
    return found
