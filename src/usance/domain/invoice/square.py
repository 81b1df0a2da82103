"""The square that a banking app reads: which standard is lawful where, and what it says.

A square of the wrong standard is worse than none: an EPC code on a bill in kronor would tell an
app to send euro. Each rule below answers with its text, or with nothing; the first that answers
is printed.
"""

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from urllib.parse import quote

from ..money import Money
from ..party import Address
from ..reference import is_qrr, is_rf, is_viite, printed, rf

SWISS_COUNTRIES = frozenset({"CH", "LI"})
# Who takes part in SEPA credit transfers: EPC409-09, with the territories' own IBAN codes.
SEPA = frozenset(
    {
        "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB",
        "GI", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK",
        "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA",
    }
)  # fmt: skip
LONGEST_EPC = 331  # Bytes.
MOST_EPC = 99_999_999_999  # Cents: 999 999 999.99.
MOST_SWISH = 15_000_000  # Öre: 150 000 kronor, the most that one payment carries.


class Standard(StrEnum):
    SWISS = "swiss"
    UPN = "upn"
    EPC = "epc"
    SWEDISH = "swedish"
    SWISH = "swish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Whom a square names: a name, and an address where its standard wants one."""

    name: str
    address: Address = field(default_factory=Address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """What is to be paid to whom."""

    amount: Money
    reference: str
    payee: Party
    iban: str = ""
    bic: str = ""
    qr_iban: str = ""  # Of the same Swiss account, for payments with a QR reference.
    bankgiro: str = ""
    swish: str = ""
    payer: Party | None = None
    issued_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Square:
    standard: Standard
    says: str


def square(asked: Payable) -> Square | None:
    """The square for this payment. None: no standard is lawful for it, or it does not fit."""
    if asked.amount.minor <= 0:
        return None
    for standard, rule in RULES.items():
        if says := rule(asked):
            return Square(standard, says)
    return None


def swiss(asked: Payable) -> str:
    """Swiss QR-bill, version 0200: francs, or euro between Swiss parties, to a Swiss account.

    A QR-IBAN goes with a QR reference and nothing else; an IBAN with RF (SCOR) or without (NON),
    the reference then in the message. Addresses are structured: the other kind ended on
    21 November 2025.
    Source: SIX, Swiss Implementation Guidelines QR-bill 2.3, chapter 4.
    """
    country = asked.payer.address.country if asked.payer else ""
    if asked.amount.currency not in {"CHF", "EUR"} or asked.amount.minor > MOST_EPC:
        return ""
    if asked.amount.currency == "EUR" and country not in SWISS_COUNTRIES:
        return ""
    reference = _plain(asked.reference)
    by_qr = is_qrr(reference)
    iban = _plain(asked.qr_iban or asked.iban) if by_qr else _plain(asked.iban)
    if iban[:2] not in SWISS_COUNTRIES or is_qr_iban(iban) != by_qr:
        return ""
    if not _has_town(asked.payee):
        return ""
    kind = "QRR" if by_qr else "SCOR" if is_rf(reference) else "NON"
    payer = asked.payer if asked.payer and _has_town(asked.payer) else None
    fields = (
        "SPC", "0200", "1", iban, *_structured(asked.payee), *[""] * 7, str(asked.amount.decimal),
        asked.amount.currency, *(_structured(payer) if payer else [""] * 7), kind,
        "" if kind == "NON" else reference.upper(),
        _swiss_text(asked.reference, 140) if kind == "NON" else "", "EPD",
    )  # fmt: skip
    return "\n".join(fields)


def is_qr_iban(iban: str) -> bool:
    """A Swiss or Liechtenstein IBAN whose institution number lies in 30000 to 31999.

    Source: SIX, Swiss Implementation Guidelines QR-bill 2.3, 4.2.2 (QR-IBAN).
    """
    text = _plain(iban)
    institution = text[4:9]
    return text[:2] in SWISS_COUNTRIES and institution.isdigit() and (
        30_000 <= int(institution) <= 31_999
    )  # fmt: skip


def upn(asked: Payable) -> str:
    """UPN QR of Slovenia: euro, from a payer in Slovenia to an account there.

    Nineteen fields of ISO 8859-2, a sum of their lengths with the line ends, and a reserve. It is
    drawn as version 15 with its encoding said (ECI 4).
    Source: Bank Association of Slovenia, Technical standard UPN QR, chapter 5.
    """
    at_home = asked.payer is not None and asked.payer.address.country == "SI"
    iban = _plain(asked.iban)
    if asked.amount.currency != "EUR" or iban[:2] != "SI" or not at_home:
        return ""
    if asked.amount.minor > MOST_EPC or not is_rf(asked.reference):
        return ""
    assert asked.payer is not None
    fields = (
        "UPNQR", "", "", "", "", *_three_lines(asked.payer), f"{asked.amount.minor:011d}", "", "",
        "OTHR", _latin2(asked.reference, 42), f"{asked.due_on:%d.%m.%Y}", iban,
        _plain(asked.reference).upper(), *_three_lines(asked.payee),
    )  # fmt: skip
    counted = sum(len(field) + 1 for field in fields)
    return "\n".join([*fields, f"{counted:03d}", ""])


def epc(asked: Payable) -> str:
    """EPC069-12, version 002, UTF-8: euro to an account in SEPA. An RF reference goes structured,
    a Finnish one as the RF that means the same, any other as text."""
    iban = _plain(asked.iban)
    if asked.amount.currency != "EUR" or iban[:2] not in SEPA or asked.amount.minor > MOST_EPC:
        return ""
    reference = _plain(asked.reference).upper()
    if iban[:2] == "FI" and is_viite(reference):
        reference = rf(reference)
    is_structured = is_rf(reference)
    fields = (
        "BCD", "002", "1", "SCT", _plain(asked.bic), _line(asked.payee.name)[:70], iban,
        f"EUR{asked.amount.decimal}", "", reference if is_structured else "",
        "" if is_structured else _line(printed(asked.reference))[:140],
    )  # fmt: skip
    says = "\n".join(fields).rstrip("\n")
    return says if len(says.encode()) <= LONGEST_EPC else ""


def swedish(asked: Payable) -> str:
    """The invoice square of Swedish banking apps, version 1 (qrkod.info): kronor to a bankgiro."""
    if asked.amount.currency != "SEK" or not asked.bankgiro:
        return ""
    said = {
        "uqr": 1, "tp": 1, "nme": _line(asked.payee.name)[:70], "iref": asked.reference,
        "idt": f"{asked.issued_on:%Y%m%d}", "ddt": f"{asked.due_on:%Y%m%d}",
        "due": str(asked.amount.decimal), "cur": "SEK", "pt": "BG", "acc": asked.bankgiro,
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def swish(asked: Payable) -> str:
    """Swish: kronor to a Swish number, amount and message not to be changed by the payer.

    Its app is for people's own accounts, so it stands after the bankgiro.
    Source: Swish, Guide for QR codes: the address that a camera opens (sw, amt, cur, msg, src).
    """
    number = "".join(ch for ch in asked.swish if ch.isdigit())
    if asked.amount.currency != "SEK" or not number or asked.amount.minor > MOST_SWISH:
        return ""
    message = quote(_line(asked.reference)[:50], safe="")
    return (
        f"https://app.swish.nu/1/p/sw/?sw={number}&amt={asked.amount.decimal}&cur=SEK"
        f"&msg={message}&src=qr"
    )


RULES: dict[Standard, Callable[[Payable], str]] = {
    Standard.SWISS: swiss,
    Standard.UPN: upn,
    Standard.EPC: epc,
    Standard.SWEDISH: swedish,
    Standard.SWISH: swish,
}
assert set(RULES) == set(Standard), "every standard has its rule"

_HOUSE = re.compile(r"^(.*\D)\s+(\d+\s?[A-Za-z]?(?:[-/]\d+\s?[A-Za-z]?)?)$")


def _structured(party: Party) -> tuple[str, ...]:
    """Address of kind S: street, house number, postcode, town and country each for itself."""
    address = party.address
    street, house = address.street, ""
    if split := _HOUSE.match(street.strip()):
        street, house = split[1].rstrip(" ,"), split[2]
    return (
        "S", _swiss_text(party.name, 70), _swiss_text(street, 70), _swiss_text(house, 16),
        _swiss_text(address.postcode, 16), _swiss_text(address.city, 35), address.country,
    )  # fmt: skip


def _has_town(party: Party) -> bool:
    """Without postcode, town and country a structured address is refused."""
    address = party.address
    return bool(address.postcode and address.city and len(address.country) == 2)


def _three_lines(party: Party) -> tuple[str, str, str]:
    address = party.address
    town = " ".join(part for part in (address.postcode, address.city) if part)
    return _latin2(party.name, 33), _latin2(address.street, 33), _latin2(town, 33)


def _swiss_text(text: str, most: int) -> str:
    """Basic Latin, Latin-1 and Latin Extended-A as the guidelines allow; others by their letter."""
    return "".join(ch if _is_swiss(ch) else _bare(ch, _is_swiss) for ch in _line(text))[:most]


def _is_swiss(char: str) -> bool:
    place = ord(char)
    return 0x20 <= place <= 0x7E or 0xA0 <= place <= 0x17F or char in "ȘșȚț€"


def _latin2(text: str, most: int) -> str:
    return "".join(ch if _is_latin2(ch) else _bare(ch, _is_latin2) for ch in _line(text))[:most]


def _is_latin2(char: str) -> bool:
    try:
        char.encode("iso-8859-2")
    except UnicodeEncodeError:
        return False
    return True


def _bare(char: str, allowed: Callable[[str], bool]) -> str:
    """The letter without its marks, or a full stop for what has none."""
    kept = "".join(part for part in unicodedata.normalize("NFKD", char) if allowed(part))
    return kept or "."


def _plain(text: str) -> str:
    return "".join(text.split())


def _line(text: str) -> str:
    return " ".join(text.split())
