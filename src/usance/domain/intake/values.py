"""What the values of a column have in common, in per cent of its cells."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from . import writing

# ISO 4217 and 3166-1: those that stand in tables of Europe's sellers. Others are read all the same;
# a column of them is only not known by its values.
CURRENCIES = frozenset(
    [
        "EUR",
        "SEK",
        "NOK",
        "DKK",
        "USD",
        "GBP",
        "CHF",
        "PLN",
        "CZK",
        "HUF",
        "ISK",
        "RON",
        "BGN",
        "TRY",
        "JPY",
        "CAD",
        "AUD",
        "CNY",
        "INR",
        "ZAR",
        "KWD",
    ]
)
COUNTRIES = frozenset(
    [
        "AT",
        "AU",
        "BE",
        "BG",
        "BR",
        "CA",
        "CH",
        "CN",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GR",
        "HR",
        "HU",
        "IE",
        "IN",
        "IS",
        "IT",
        "JP",
        "LI",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "RS",
        "SE",
        "SI",
        "SK",
        "TR",
        "UA",
        "US",
        "ZA",
        "AX",
        "FO",
        "GL",
    ]
)
CREDIT_WORDS = frozenset(
    {"credit", "creditnote", "creditmemo", "cn", "kredit", "kreditfaktura", "kreditnota",
     "gutschrift", "rechnungskorrektur", "stornorechnung", "storno", "kreditnote", "hyvityslasku",
     "avoir", "creditnota", "creditfactuur", "k"}
)  # fmt: skip
INVOICE_WORDS = frozenset(
    {"invoice", "inv", "debit", "faktura", "debet", "debetfaktura", "rechnung", "lasku", "facture",
     "factuur", "d"}
)  # fmt: skip
_LEGAL_FORM = re.compile(
    r"(?:^|[\s,])(?:AB|A/S|AS|ASA|ApS|Oy|Oyj|GmbH|AG|KG|UG|SE|e\.K\.|OHG|Ltd|Limited|PLC|LLP|Inc|SA|"
    r"S\.A\.|SAS|SARL|SASU|BV|B\.V\.|NV|N\.V\.|HB|KB|I/S|ANS|DA|Ky|Kommun|GbR)\.?(?:$|[\s,(])",
    re.IGNORECASE,
)
_VAT = re.compile(r"[A-Z]{2}[ ]?[0-9A-Z][0-9 .]{6,13}[0-9A-Z]{0,3}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    filled: int = 0  # Cells with anything in them.
    days: int = 0
    amounts: int = 0
    cents: int = 0
    numbered: int = 0  # Have a digit.
    distinct: int = 0
    ascending: int = 0
    companies: int = 0
    patterns: Mapping[str, int] = field(default_factory=dict)

    def share(self, pattern: str) -> int:
        return self.patterns.get(pattern, 0)


def is_iban(text: str) -> bool:
    """ISO 13616: country, check digits, and the whole modulo 97 is 1."""
    plain = "".join(text.split()).upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}", plain):
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(ch, 36)) for ch in turned)) % 97 == 1


def _worded(text: str) -> bool:
    key = "".join(ch for ch in text.casefold() if ch.isalnum())
    return key in CREDIT_WORDS | INVOICE_WORDS or key in ("380", "381")


_PATTERNS: Mapping[str, Callable[[str], bool]] = {
    "currency": lambda text: text.upper() in CURRENCIES,
    "country": lambda text: text.upper() in COUNTRIES,
    "vat": lambda text: _VAT.fullmatch(text.upper()) is not None and not is_iban(text),
    "iban": is_iban,
    "email": lambda text: _EMAIL.fullmatch(text) is not None,
    "kind": _worded,
}


def look_at(cells: Sequence[str]) -> Look:
    """:param cells: what stands in the column, without what is empty."""
    count = len(cells)
    if not count:
        return Look()

    def share(fits: Callable[[str], bool]) -> int:
        return 100 * sum(map(fits, cells)) // count

    pairs = list(pairwise(cells))
    rising = sum((len(a), a) < (len(b), b) for a, b in pairs)
    return Look(
        filled=count,
        days=share(writing.is_day),
        amounts=share(writing.is_amount),
        cents=share(writing.has_cents),
        numbered=share(lambda text: any(ch.isdigit() for ch in text)),
        distinct=100 * len(set(cells)) // count,
        ascending=100 * rising // len(pairs) if pairs else 0,
        companies=share(lambda text: _LEGAL_FORM.search(text) is not None),
        patterns={name: share(fits) for name, fits in _PATTERNS.items()},
    )
