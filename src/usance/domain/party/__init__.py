"""Who stands on an invoice: names, identifiers, addresses, as EN 16931 has them."""

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A value in a scheme. Schemes are ISO 6523 codes ("0088"), "iban", "vat" or national words."""

    value: str
    scheme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    street: str = ""  # BT-35, 50, 64, 75
    extra: str = ""  # BT-36, 51, 65, 76
    third: str = ""  # BT-162, 163, 164, 165
    city: str = ""  # BT-37, 52, 66, 77
    postcode: str = ""  # BT-38, 53, 67, 78
    region: str = ""  # BT-39, 54, 68, 79
    country: str = ""  # BT-40, 55, 69, 80: ISO 3166-1 alpha-2


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    name: str = ""  # BT-41, 56
    phone: str = ""  # BT-42, 57
    email: str = ""  # BT-43, 58


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Seller (BG-4) or buyer (BG-7)."""

    name: str = ""  # BT-27, 44
    trading_name: str = ""  # BT-28, 45
    identifiers: tuple[Identifier, ...] = ()  # BT-29, 46
    legal_id: Identifier | None = None  # BT-30, 47: company registration
    vat_id: str = ""  # BT-31, 48, country prefix included
    tax_id: str = ""  # BT-32: seller only
    legal_form: str = ""  # BT-33: seller only
    endpoint: Identifier | None = None  # BT-34, 49: electronic address
    address: Address | None = None  # BG-5, 8
    contact: Contact | None = None  # BG-6, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """Who is paid when it is not the seller (BG-10): after assignment, the factor."""

    name: str = ""  # BT-59
    identifier: Identifier | None = None  # BT-60
    legal_id: Identifier | None = None  # BT-61


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRepresentative:
    """BG-11."""

    name: str = ""  # BT-62
    vat_id: str = ""  # BT-63
    address: Address | None = None  # BG-12


def name_key(name: str) -> str:
    """A name as it is compared: no accents, case, punctuation or blanks. Empty for no letters.

    >>> name_key("Öhrström & Söner, AB")
    'ohrstromsonerab'
    """
    spelled = name.casefold().translate(_SPELLED)
    plain = unicodedata.normalize("NFKD", spelled)
    return "".join(ch for ch in plain if ch.isalnum() and not unicodedata.combining(ch))


def identifier_key(identifier: str) -> str:
    """An identifier as it is stored and compared: letters and digits alone, upper case."""
    upper = identifier.upper()
    return upper if upper.isalnum() else "".join(ch for ch in upper if ch.isalnum())


# Letters that no normalisation takes apart.
_SPELLED = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
