"""Identifiers by their shapes, and whether their check digits are right.

Sources: ISO 13616 (IBAN), VIES structure of VAT numbers, the registers named at each rule.
"""

import re

from usance.domain.reference import luhn as luhn_digit
from usance.domain.verification import checkdigits

IBAN_LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GL": 18, "GR": 27, "HR": 21,
    "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27,
    "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27,
}  # fmt: skip
# Behind the country's letters; blanks and points are taken out before.
_VAT = {
    "AT": r"U\d{8}", "BE": r"[01]?\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}",
    "DE": r"\d{9}", "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}", "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}", "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}", "GB": r"\d{9}(?:\d{3})?", "HR": r"\d{11}",
    "HU": r"\d{8}", "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}", "IT": r"\d{11}", "LT": r"\d{9}(?:\d{3})?",
    "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}", "NL": r"\d{9}B\d{2}", "PL": r"\d{10}",
    "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{12}", "SI": r"\d{8}", "SK": r"\d{10}",
    "XI": r"\d{9}", "NO": r"\d{9}(?:MVA)?",
}  # fmt: skip
_VAT_SHAPE = {country: re.compile(shape + r"$") for country, shape in _VAT.items()}
# Nearly the shape: enough beside a label, never alone.
VAT_LIKE = re.compile(r"(?<!\w)(?:CHE-?\d{3}\.?\d{3}\.?\d{3}|[A-Z]{2}[ -]?U?[A-Z0-9]{0,2}\d(?:[ .\-]?"
                      r"[A-Z0-9]){5,12})(?!\w)")  # fmt: skip
NORWEGIAN_VAT = re.compile(r"(?<!\w)(?:NO ?)?(\d{3} ?\d{3} ?\d{3}) ?MVA(?!\w)")
IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){10,31}(?!\w)")
BIC = re.compile(r"(?<!\w)[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?!\w)")
BANKGIRO = re.compile(r"(?<![\w\-])\d{3,4}-\d{4}(?![\w\-])")
PLUSGIRO = re.compile(r"(?<![\w\-])\d{1,3}(?: ?\d{2}){0,3} ?-\d(?![\w\-])")
RF = re.compile(r"(?<!\w)RF\d{2}(?: ?[A-Z0-9]{1,4}){1,6}(?!\w)")
SWEDISH = re.compile(r"(?<![\w\-])(?:16)?\d{6}-\d{4}(?![\w\-])")
FINNISH = re.compile(r"(?<![\w\-])\d{7}-\d(?![\w\-])")


def is_iban(text: str) -> bool:
    """Length of its country and check digits (ISO 13616)."""
    return IBAN_LENGTHS.get(text[:2]) == len(text) and checkdigits.iban(text)


def vat_id(text: str) -> tuple[str, bool | None] | None:
    """The id without blanks and whether its digits check; None for that if we know no rule.

    None altogether if the text has the shape of no country's id.
    """
    plain = re.sub(r"[ .\-]", "", text.upper())
    shape = _VAT_SHAPE.get(plain[:2])
    if shape is None or not shape.match(plain[2:]):
        return None
    return plain, _vat_checks(plain[:2], plain[2:])


def _vat_checks(country: str, digits: str) -> bool | None:
    if country == "SE":
        return checkdigits.swedish(digits)
    if country == "NO":
        return checkdigits.modulo_11(digits[:9])
    if country == "DE":
        return _mod_11_10(digits)
    if country == "FI":
        return finnish(digits)
    if country == "DK":
        return danish(digits)
    if country == "FR":
        return not digits.isdigit() or int(digits[:2]) == (12 + 3 * (int(digits[2:]) % 97)) % 97
    if country == "BE":
        return checkdigits.belgian(digits.zfill(10))
    if country == "IT":
        return checkdigits.italian_vat(country + digits)
    return None


def _mod_11_10(digits: str) -> bool:
    """ISO 7064 MOD 11,10: German VAT numbers."""
    product = 10
    for digit in digits[:-1]:
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return (11 - product) % 10 == int(digits[-1])


def finnish(text: str) -> bool:
    """Business id: weights 7 9 10 5 8 4 2, modulo 11 (Finnish Patent and Registration Office)."""
    digits = text.replace("-", "")
    if not (digits.isdigit() and len(digits) == 8):
        return False
    rest = sum(int(d) * w for d, w in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=False)) % 11
    return rest != 1 and (11 - rest) % 11 == int(digits[7])


def danish(digits: str) -> bool:
    """CVR number: weights 2 7 6 5 4 3 2 1, modulo 11."""
    if not (digits.isdigit() and len(digits) == 8):
        return False
    return sum(int(d) * w for d, w in zip(digits, (2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11 == 0


def norwegian_account(digits: str) -> bool:
    """Bank account: eleven digits, weights 5 4 3 2 7 6 5 4 3 2, modulo 11."""
    return len(digits) == 11 and checkdigits.modulo_11(digits)


def luhn(text: str) -> bool:
    """Bankgiro and plusgiro numbers, SIREN and SIRET: MOD 10 over all digits, signs ignored."""
    digits = re.sub(r"\D", "", text)
    return len(digits) > 1 and luhn_digit(digits[:-1]) == digits[-1]


def company_number(text: str) -> str:
    """The country whose register checks this number, or empty.

    Sweden, Finland, Norway, Denmark and France (SIREN, SIRET), tried by shape.
    """
    plain = re.sub(r"[ .]", "", text)
    digits = plain.replace("-", "")
    if SWEDISH.fullmatch(plain) or (digits.isdigit() and len(digits) == 10 and "-" in plain):
        return "SE" if checkdigits.swedish(digits[-10:]) and digits[-8:-7] >= "2" else ""
    if FINNISH.fullmatch(plain):
        return "FI" if finnish(plain) else ""
    if not digits.isdigit() or not int(digits):
        return ""
    if len(digits) == 9:
        return "NO" if digits[0] in "89" and checkdigits.modulo_11(digits) else (
            "FR" if luhn(digits) else "")  # fmt: skip
    if len(digits) == 8:
        return "DK" if danish(digits) else ""
    return "FR" if len(digits) == 14 and luhn(digits) else ""
