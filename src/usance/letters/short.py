"""The few words that go beside a letter, to a telephone or a browser: what is to be paid, until
when, with which reference, to whom.

One text message where names allow it: long names are shortened, letters that telephones lack become
the ones alike. No addresses to click: whoever gets used to them pays somebody else one day.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from babel.dates import format_date
from babel.numbers import format_decimal

from usance.domain.money import Money, exponent
from usance.domain.texting import ONE, length, plain

from .facts import CONFIRMED, LANGUAGES, Facts, InvoiceLetter, Reminder
from .languages import TEXTS, nearest

# A language's locale, and how it writes a day in few places.
MANNERS = {
    "sv": ("sv_SE", "yyyy-MM-dd"),
    "nb": ("nb_NO", "dd.MM.yyyy"),
    "da": ("da_DK", "dd.MM.yyyy"),
    "fi": ("fi_FI", "d.M.yyyy"),
    "de": ("de_DE", "dd.MM.yyyy"),
    "fr": ("fr_FR", "dd/MM/yyyy"),
    "en": ("en_GB", "d MMM yyyy"),
}
assert set(MANNERS) == set(LANGUAGES), "we write to all, at length and in short"
NAMES = (40, 28, 20, 14, 10)  # Places for a name, the first that lets the text fit.


class Short(NamedTuple):
    title: str
    text: str


def short(letter: str, language: str, facts: Facts) -> Short | None:
    """Title and text beside this letter; None: this letter goes without."""
    known = nearest(language)
    own = _texts(known).get(_kind(letter))
    if own is None or not isinstance(facts, InvoiceLetter | Reminder):
        return None
    figures = _figures(known, facts)
    for places in NAMES:
        names = {
            "client": _cut(facts.client.name, places),
            "factor": _cut(facts.factor.name, places),
        }
        said = [plain(own[part].format_map(figures | names)) for part in ("title", "text")]
        size = length(said[1])
        if size.places <= ONE and not size.is_unicode:
            break
    return Short(*said)


def _kind(letter: str) -> str:
    usual = next((one for one, own in CONFIRMED.items() if own == letter), letter)
    if usual == "final_demand":
        return "demand"
    return "reminder" if usual.endswith("_reminder") else usual


def _figures(language: str, facts: InvoiceLetter | Reminder) -> Mapping[str, str]:
    if isinstance(facts, InvoiceLetter):
        numbers, until = facts.invoice.number, facts.invoice.due_on
    else:
        numbers, until = ", ".join(claim.number for claim in facts.claims), facts.pay_by
    return {
        "number": numbers,
        "amount": _money(facts.payable, language),
        "until": _day(until, language) if until else "",
        "reference": facts.reference,
    }


def _money(amount: Money, language: str) -> str:
    """With the currency's code: signs differ, and some telephones lack them."""
    locale, _ = MANNERS[language]
    places = exponent(amount.currency)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return f"{format_decimal(amount.decimal, format=pattern, locale=locale)} {amount.currency}"


def _day(on: date, language: str) -> str:
    locale, pattern = MANNERS[language]
    return str(format_date(on, pattern, locale=locale))


def _cut(name: str, places: int) -> str:
    name = " ".join(name.split())
    return name if len(name) <= places else name[:places].rstrip(" ,.&-")


@cache
def _texts(language: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((TEXTS / f"sms.{language}.toml").read_text(encoding="utf-8"))
