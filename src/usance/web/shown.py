"""How amounts, dates and spans are written for people, in the reader's language.

Strings only; the template tags of `usance.web.templatetags.usance` wrap them into HTML.
"""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from babel.units import format_unit

from usance.domain.money import Money, NotMoney, exponent

# English is written as Europe writes it: 5 May 2026, not May 5, 2026.
# The office speaks the first three, a debtor's page all.
LOCALES = {
    "en": "en_GB", "de": "de_DE", "sv": "sv_SE", "nb": "nb_NO", "da": "da_DK", "fi": "fi_FI",
    "fr": "fr_FR",
}  # fmt: skip
MINUS = "\N{MINUS SIGN}"
# As `str(Money)` writes it; not within a word, a reference or a figure that is grouped already.
AMOUNT = re.compile(r"(?<![\w.,/-])(-?\d+(?:\.\d+)?) ([A-Z]{3})(?!\w)")
SPANS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def locale(language: str | None) -> Locale:
    """Babel's locale of a language code; an unknown one is written in English."""
    code = (language or "en").split("-")[0]
    return Locale.parse(LOCALES.get(code, "en_GB"))


def figure(amount: Money, language: str | None) -> str:
    """The number alone: "−1,234.50", with as many digits as the currency has."""
    digits = exponent(amount.currency)
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    written = format_decimal(amount.decimal, format=pattern, locale=locale(language))
    return written.replace("-", MINUS)


def sentence(text: str, language: str | None) -> str:
    """A sentence of a rule or of the diary with its amounts as the reader writes them: of
    "at most 1200000.00 SEK", "at most 1,200,000.00 SEK". What is no amount stays as it stands."""

    def written(found: re.Match[str]) -> str:
        try:
            amount = Money.of(found[1], found[2])
        except NotMoney:
            return found[0]
        if str(amount) != found[0]:  # 1000 HUR are hours.
            return found[0]
        return f"{figure(amount, language)}\N{NO-BREAK SPACE}{amount.currency}"

    return AMOUNT.sub(written, text)


def number(value: int | Decimal, language: str | None, *, digits: int | None = None) -> str:
    """A count or a ratio: 12,345 or, with digits=1, 41.8."""
    pattern = None if digits is None else "#,##0." + "0" * digits if digits else "#,##0"
    return format_decimal(value, format=pattern, locale=locale(language)).replace("-", MINUS)


def day(on: date, language: str | None) -> str:
    return format_date(on, format="medium", locale=locale(language))


def short_day(on: date, language: str | None) -> str:
    """Day and month for an axis: 05 May."""
    return format_date(on, format="dd MMM", locale=locale(language))


def month(on: date, language: str | None) -> str:
    """The month of a day: May 2026."""
    return format_date(on, format="LLLL y", locale=locale(language))


def moment(at: datetime, language: str | None) -> str:
    """Day and minute, in the zone that the moment carries."""
    return format_datetime(at, format="d MMM y HH:mm", locale=locale(language))


def days(count: int, language: str | None) -> str:
    """12 as "12 days", 1 as "1 day"."""
    return format_unit(count, "duration-day", length="long", locale=locale(language)).replace(
        "-", MINUS
    )


def lasting(seconds: int | Decimal, language: str | None) -> str:
    """A span in its two largest units, rounded half up to the smaller: "45 sec", "1 hr 30 min"."""
    places = [place for place, (_, size) in enumerate(SPANS) if size <= seconds]
    first = min(places, default=len(SPANS) - 1)
    two = SPANS[first : first + 2]
    least = two[-1][1]
    left = int((Decimal(seconds) / least).quantize(Decimal(1), ROUND_HALF_UP)) * least
    parts: list[str] = []
    for unit, size in two:
        count, left = divmod(left, size)
        if count or (not left and not parts):
            parts.append(
                format_unit(count, f"duration-{unit}", length="short", locale=locale(language))
            )
    return " ".join(parts)
