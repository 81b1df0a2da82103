"""Telephone numbers as carriers want them: E.164, checked against the countries' plans."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

# Where numbers of mobiles and of landlines look alike, the plan says both (US, CA).
MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


class NoMobile(ValueError):
    """A text message cannot reach this number. Says why."""


def mobile(number: str, *, country: str = "") -> str:
    """The number in E.164, "+46701234567". Without + or 00 it is read as one of `country`.

    :raises NoMobile: if it is no number, none that exists in its country's plan, or no mobile's.
    """
    said = number.strip()
    if said.startswith("00"):
        said = "+" + said[2:]
    if not said.startswith("+") and not country:
        raise NoMobile(f"{number!r} has no country: write it with + and the country's code")
    try:
        parsed = phonenumbers.parse(said, country.upper() or None)
    except NumberParseException as broken:
        raise NoMobile(f"{number!r} is no telephone number") from broken
    if not phonenumbers.is_valid_number(parsed):
        raise NoMobile(f"{number!r} is no number of its country's plan")
    if phonenumbers.number_type(parsed) not in MOBILE:
        raise NoMobile(f"{number!r} is no mobile's number")
    return str(phonenumbers.format_number(parsed, PhoneNumberFormat.E164))
