"""IBANs of people who do not exist, with the right length and check digits (ISO 13616)."""

from . import dice

# Digits behind the check digits.
LENGTHS = {"DE": 18, "SE": 20, "FI": 14, "DK": 14, "NO": 11, "AT": 16}


def made_up(country: str, seed: int, owner: str) -> str:
    """The account of this owner; countries that are not listed bank in Germany."""
    country = country if country in LENGTHS else "DE"
    digits = f"{dice.throw(seed, 'iban', owner):020d}"[-LENGTHS[country] :]
    return f"{country}{98 - _remainder(digits + country + '00'):02d}{digits}"


def is_sound(iban: str) -> bool:
    text = iban.replace(" ", "").upper()
    if not (text.isascii() and text.isalnum() and 15 <= len(text) <= 34):
        return False
    return _remainder(text[4:] + text[:4]) == 1


def _remainder(text: str) -> int:
    return int("".join(str(int(ch, 36)) for ch in text)) % 97
