"""Who somebody is to a digital mailbox: personal and organisation numbers, with their check digits.

Source: Skatteverket, SKV 704 and 709 (personal and organisation numbers); Skatteetaten, the
construction of national identity numbers; Brønnøysund, organisation numbers.
"""

import re
from datetime import date

from stdnum.no import fodselsnummer
from stdnum.no import orgnr as norwegian_orgnr

from usance.domain.reference import luhn

_DIGIPOST = re.compile(r"[a-z0-9.\-]{1,60}#[0-9a-z]{4,8}")


class NoIdentity(ValueError):
    """Not the number of a person or organisation. Says why."""


def swedish(written: str) -> tuple[str, str]:
    """("ssn", "YYYYMMDDnnnn") or ("vat_number", "SE" ten digits "01"), as Kivra addresses.

    :raises NoIdentity: if it is neither, or its check digit is wrong.
    """
    number = re.sub(r"[\s+-]", "", written).upper()
    if vat := re.fullmatch(r"SE([0-9]{10})01", number):
        return "vat_number", f"SE{_checked(vat[1])}01"
    if not re.fullmatch(r"[0-9]{10}([0-9]{2})?", number):
        raise NoIdentity(f"{written!r} is no Swedish personal or organisation number")
    if len(number) == 12:
        _checked(number[2:])
        _born(number)
        return "ssn", number
    if int(number[2]) < 2:  # A month: of organisations this digit is 2 or more.
        raise NoIdentity(f"{written!r} lacks the century of a personal number")
    return "vat_number", f"SE{_checked(number)}01"


def norwegian(written: str) -> tuple[str, str]:
    """The name of Digipost's element and its value: personal-identification-number,
    organisation-number or digipost-address.

    :raises NoIdentity: if it is none of these, or its check digits are wrong.
    """
    text = re.sub(r"\s", "", written)
    if _DIGIPOST.fullmatch(text.lower()):
        return "digipost-address", text.lower()
    number = re.sub(r"[.-]", "", text).upper().removeprefix("NO").removesuffix("MVA")
    if re.fullmatch(r"[0-9]{11}", number) and fodselsnummer.is_valid(number):
        return "personal-identification-number", number
    if re.fullmatch(r"[0-9]{9}", number) and norwegian_orgnr.is_valid(number):
        return "organisation-number", number
    raise NoIdentity(f"{written!r} is no Norwegian personal or organisation number")


def _checked(number: str) -> str:
    if luhn(number[:-1]) != number[-1]:
        raise NoIdentity(f"{number} has a wrong check digit")
    return number


def _born(number: str) -> None:
    """The day of a coordination number is 60 more."""
    year, month, day = int(number[:4]), int(number[4:6]), int(number[6:8])
    try:
        date(year, month, day - 60 if day > 60 else day)
    except ValueError as never:
        raise NoIdentity(f"{number} names no day of birth") from never
