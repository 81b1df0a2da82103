"""Amounts, dates and account numbers as a reader of the language expects them.

The signs come from CLDR (babel) once for each language; putting them together is ours, because a
table of sixty lines asks three hundred times.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_currency, get_decimal_symbol, get_group_symbol

from usance.domain.money import Money, exponent

LOCALES = {
    "sv": "sv_SE", "nb": "nb_NO", "da": "da_DK", "fi": "fi_FI", "de": "de_DE", "fr": "fr_FR",
    "en": "en_GB",
}  # fmt: skip
_TABLE_DATES = {
    "sv": "yyyy-MM-dd", "nb": "dd.MM.yyyy", "da": "dd.MM.yyyy", "fi": "d.M.yyyy",
    "de": "dd.MM.yyyy", "fr": "dd/MM/yyyy", "en": "d MMM yyyy",
}  # fmt: skip
_MINUS = "\N{MINUS SIGN}"


def money(amount: Money, language: str) -> str:
    """With its currency: "1.234,50 €", "1 234,50 kr", "£1,234.50"."""
    return _with_currency(amount.decimal, amount.currency, language)


def amount(value: Decimal, currency: str, language: str) -> str:
    """A document's amount, in at least as many digits as the currency has, without currency."""
    return number(value, language, least=exponent(currency))


def amount_in(value: Decimal, currency: str, language: str) -> str:
    """A document's amount with its currency."""
    return _with_currency(value, currency, language)


def number(value: Decimal, language: str, *, least: int = 0) -> str:
    """Grouped, with all its significant digits and at least `least` behind the decimal sign."""
    point, group = _signs(language)
    whole, _, digits = f"{abs(value):,f}".partition(".")
    digits = digits.rstrip("0").ljust(least, "0")
    text = whole.replace(",", group) + (point + digits if digits else "")
    return _MINUS + text if value < 0 else text


@lru_cache(maxsize=4096)
def day(on: date, language: str) -> str:
    """In a sentence: "22. November 2026"."""
    said = str(format_date(on, "long", locale=LOCALES[language]))
    if language == "fr" and on.day == 1:
        return f"1er{said.removeprefix('1')}"
    return said


@lru_cache(maxsize=4096)
def short_day(on: date, language: str) -> str:
    """In a table: "22.11.2026"."""
    return str(format_date(on, _TABLE_DATES[language], locale=LOCALES[language]))


def moment(at: datetime, language: str) -> str:
    """To the minute, in UTC: "22.11.2026 14:05"."""
    there = at.astimezone(UTC)
    return f"{short_day(there.date(), language)} {there:%H:%M}"


def grouped(code: str) -> str:
    """An IBAN or RF reference in groups of four, as ISO 13616 prints it."""
    plain = code.replace(" ", "")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def _with_currency(value: Decimal, currency: str, language: str) -> str:
    before, after = _around(currency, language)
    text = number(abs(value), language, least=exponent(currency))
    return (_MINUS if value < 0 else "") + before + text + after


@lru_cache
def _signs(language: str) -> tuple[str, str]:
    locale = LOCALES[language]
    return get_decimal_symbol(locale), get_group_symbol(locale)


@lru_cache
def _around(currency: str, language: str) -> tuple[str, str]:
    nought = format_currency(0, currency, locale=LOCALES[language])
    first, last = nought.index("0"), nought.rindex("0")
    before, after = nought[:first], nought[last + 1 :]
    # CLDR keeps a code apart from its figure ("SEK 1.00"), a sign not ("€1.00"); Babel does not.
    return before + "\N{NO-BREAK SPACE}" if before[-1:].isalpha() else before, after
