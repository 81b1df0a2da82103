"""Which of our accounts a statement speaks of: older formats know the country's own number only.

Source: SWIFT IBAN Registry, structure of the BBAN. A number that lacks the bank (other than in the
Netherlands, where no two banks gave out the same one) names no account.
"""

import re

# Digits of bank and account where a statement writes both with a sign between them.
_DIVIDED = {"DE": (8, 10), "AT": (5, 11), "CH": (5, 12), "LI": (5, 12), "DK": (4, 10)}
_CURRENCY = re.compile(r"(?<=\d)[A-Z]{3}$")  # "…/EUR": behind the number, as some banks write it.
_DIGITS = re.compile(r"\d+")
_DUTCH = range(7, 11)  # Digits of the numbers before the IBAN; these are padded to ten.


def speaks_of(said: str, iban: str) -> bool:
    """Is `said`, the account as a statement writes it, the one with this IBAN?"""
    plain = "".join(one for one in said.upper() if one.isalnum())
    country, own = iban[:2], iban[4:]
    if plain == iban:
        return True
    if len(own) < 11 or not country.isalpha():
        return False  # Not an IBAN: a giro's number, which stands as it is or not at all.
    if plain.endswith((iban, iban + _currency(plain))):
        return True  # Behind the BIC of the bank, before its currency.
    number = _CURRENCY.sub("", plain)
    if number in (own, iban[2:]) or (country == "ES" and number == own[:8] + own[10:]):
        return True
    if country == "NL":
        return number.isdecimal() and len(number) in _DUTCH and own[4:] == number.zfill(10)
    parts = _DIGITS.findall(said)
    widths = _DIVIDED.get(country, ())
    if not widths or len(parts) != 2:
        return False
    return own == "".join(part.zfill(width) for part, width in zip(parts, widths, strict=True))


def _currency(plain: str) -> str:
    found = _CURRENCY.search(plain)
    return found[0] if found else ""
