"""Do the digits of an identifier check? As the artefacts of Peppol compute it, party by party.

Sources: GS1 general specifications (GLN), the national registers, Luhn (ISO/IEC 7812-1).
"""

import re
from string import ascii_letters

_NUMBER = re.compile(r"\d+$", re.ASCII)
# Letters and whole numbers where they stand; XPath takes a sign or a blank for a part of a number.
_WHOLE = r"(?:\d\d|[ +-]\d|\d )"
_TAX_CODE = re.compile(
    rf"[A-Za-z]{{6}}{_WHOLE}[A-Za-z]{_WHOLE}.{{3}}\d[A-Za-z]\Z", re.ASCII | re.DOTALL
)


def gln(number: str) -> bool:
    """Global location number: weights 3 and 1 from the right, modulo 10."""
    if not _NUMBER.match(number):
        return False
    body = [int(digit) for digit in reversed(number[:-1])]
    weighted = sum(digit * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return (10 - weighted % 10) % 10 == int(number[-1])


def modulo_11(number: str) -> bool:
    """Norwegian organisation number: weights 2 to 7 from the right."""
    if not _NUMBER.match(number) or int(number) == 0:
        return False
    body = [int(digit) for digit in reversed(number[:-1])]
    weighted = sum(digit * (place % 6 + 2) for place, digit in enumerate(body))
    return (11 - weighted % 11) % 11 == int(number[-1])


def belgian(number: str) -> bool:
    """Enterprise number: the last two digits are 97 less the rest modulo 97."""
    return bool(re.match(r"[0-9]{10}$", number)) and int(number[8:]) == 97 - int(number[:8]) % 97


def swedish(number: str) -> bool:
    """Organisation number: Luhn over the first nine digits, the tenth checks."""
    if not _NUMBER.match(number) or len(number) < 10:
        return False
    total = 0
    for place, digit in enumerate(reversed(number[:9])):
        doubled = int(digit) * 2 if place % 2 == 0 else int(digit)
        total += doubled // 10 + doubled % 10
    return (10 - total % 10) % 10 == int(number[9])


def australian(number: str) -> bool:
    """Business number: eleven digits, weighted, modulo 89."""
    if not re.match(r"[0-9]{11}$", number):
        return False
    weights = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
    digits = [int(digit) for digit in number]
    digits[0] -= 1
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 89 == 0


def greek(number: str) -> bool:
    """Tax number: nine digits, powers of two, modulo 11 modulo 10."""
    if len(number) < 9 or not _NUMBER.match(number[:9]):
        return False
    weighted = sum(int(digit) << (8 - place) for place, digit in enumerate(number[:8]))
    return weighted % 11 % 10 == int(number[8])


def italian_office(code: str) -> bool:
    """IPA code of a public office: six letters or digits."""
    return bool(re.match(r"[A-Za-z0-9]{6}$", code))


def italian_tax_code(code: str) -> bool:
    """Tax code: sixteen characters in its pattern, or eleven digits."""
    if len(code) == 16:
        return bool(_TAX_CODE.match(code))
    return len(code) == 11 and bool(re.match(r"[+-]?\d+$", code, re.ASCII))


def italian_vat(number: str) -> bool:
    """VAT number: IT and eleven digits with a Luhn check; other countries' pass."""
    if number[:2] not in ("IT", "it"):
        return True
    digits = number[2:]
    if len(digits) != 11 or not _NUMBER.match(digits):
        return False
    doubled = "0246813579"
    total = sum(
        int(doubled[int(digit)]) if place % 2 else int(digit) for place, digit in enumerate(digits)
    )
    return total % 10 == 0


# Small letters are not made big, as in the artefacts: they hardly ever check.
_AS_DIGITS = {ord(one): str(ord(one) - 55) for one in ascii_letters}


def iban(number: str) -> bool:
    """Modulo 97 over country, check digits and account, blanks ignored."""
    number = re.sub(r"[ \t\r\n]", "", number)
    if not re.match(r"[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{0,30}$", number):
        return False
    turned = number[4:] + number[:4]
    return int(turned.translate(_AS_DIGITS)) % 97 == 1
