"""Payment references: the number that a payer quotes and that finds the invoice again.

Issued once for each invoice and never again, in the standard of the account that is paid where the
debtor's bank knows it, else in ISO 11649 (RF).
"""


def rf(body: str) -> str:
    """ISO 11649: "RF", two check digits (ISO 7064 MOD 97-10), then up to 21 letters and digits."""
    assert body.isalnum()
    assert len(body) <= 21, body
    check = 98 - int(_digits(body + "RF00")) % 97
    return f"RF{check:02d}{body}"


def is_rf(reference: str) -> bool:
    text = reference.replace(" ", "").upper()
    if not (text.startswith("RF") and text[2:4].isdigit() and 5 <= len(text) <= 25):
        return False
    return text.isascii() and text.isalnum() and int(_digits(text[4:] + text[:4])) % 97 == 1


def ocr(body: str) -> str:
    """Swedish OCR number with length digit and check digit, 2 to 25 digits.

    Source: Bankgirot, OCR reference check, level "variable length with length digit".
    """
    assert body.isdigit()
    assert len(body) <= 23, body
    with_length = body + str((len(body) + 2) % 10)
    return with_length + luhn(with_length)


def luhn(digits: str) -> str:
    """The check digit of ISO/IEC 7812-1 annex B (MOD 10) for a string of digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


BIGGEST = 999_999_999  # Running number of a book. Each standard then has a length of its own.


def of(
    number: int, *, currency: str, account: str = "", qr_iban: str = "", debtor: str = ""
) -> str:
    """The reference of the invoice with this running number.

    Two numbers never have one reference, whatever their standards are: every standard issues
    another length, and none begins with a zero, which payers' banks drop.

    :param account: the country of our account in this currency; empty: not known.
    :param qr_iban: of a Swiss account. Without one there is no QR reference.
    :param debtor: its country; empty: not known yet. Finnish and Belgian references are for payers
        there: banks elsewhere check RF, and know no other.
    """
    assert 0 <= number <= BIGGEST, number
    at_home = debtor in ("", account)
    if currency == "SEK":
        return ocr(f"{number:08d}")
    if currency == "NOK" and account == "NO":
        return kid(f"1{number:014d}")
    if currency in ("CHF", "EUR") and qr_iban:
        return qrr(f"9{number:025d}")
    if currency == "EUR" and account == "FI" and at_home:
        return viite(f"1{number:012d}")
    if currency == "EUR" and account == "BE" and at_home:
        return ogm(f"9{number:09d}")
    return rf(f"{number:010d}")


def kid(body: str) -> str:
    """A Norwegian KID with the check digit MOD10. Source: Nets, System specification OCR giro."""
    assert body.isdigit()
    assert len(body) <= 24, body
    return body + luhn(body)


def viite(body: str) -> str:
    """A Finnish reference: 3 to 19 digits that begin with no zero, and their check digit."""
    assert body.isdigit()
    assert body[0] != "0", body
    assert 3 <= len(body) <= 19, body
    return body + _sevens(body)


def qrr(body: str) -> str:
    """A Swiss QR reference: 26 digits and their check digit, modulo 10 recursive."""
    assert body.isdigit()
    assert len(body) == 26, body
    return body + str(-_recursive(body) % 10)


def ogm(body: str) -> str:
    """A Belgian structured communication without its signs: 10 digits, the remainder by 97."""
    assert body.isdigit()
    assert len(body) == 10, body
    return f"{body}{int(body) % 97 or 97:02d}"


def printed(reference: str) -> str:
    """As people read it: RF in fours, a QR reference in fives from the right, the Belgian one
    between its signs, the Finnish one in fives; any other as it is. By the lengths of `of`."""
    text = reference.replace(" ", "")
    if text[:2].upper() == "RF":
        return _grouped(text, 4)
    if len(text) == _QRR and is_qrr(text):
        return _from_the_right(text)
    if len(text) == _OGM and is_ogm(text):
        return f"+++{text[:3]}/{text[3:7]}/{text[7:]}+++"
    if len(text) == _VIITE and is_viite(text):
        return _from_the_right(text)
    return reference


_OGM, _VIITE, _QRR = 12, 14, 27  # Digits, as `of` issues them.


def _grouped(text: str, size: int) -> str:
    return " ".join(text[at : at + size] for at in range(0, len(text), size))


def _from_the_right(text: str) -> str:
    first = len(text) % 5
    return " ".join(part for part in (text[:first], _grouped(text[first:], 5)) if part)


def _digits(text: str) -> str:
    return text.upper().translate(_LETTERS)


_LETTERS = {ord(sign): str(int(sign, 36)) for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def is_ocr(reference: str) -> bool:
    """A Swedish OCR number with length digit and check digit."""
    if not (_digits_only(reference, least=2, most=25)):
        return False
    return int(reference[-2]) == len(reference) % 10 and luhn(reference[:-1]) == reference[-1]


def is_kid(reference: str) -> bool:
    """A Norwegian KID: 2 to 25 digits with a MOD10 or MOD11 check; MOD11 writes 10 as "-"."""
    body, check = reference[:-1], reference[-1:]
    if not _digits_only(body, least=1, most=24) or check not in tuple("0123456789-"):
        return False
    return check in (luhn(body), mod11(body))


def mod11(digits: str) -> str:
    """The check digit with weights 2 to 7 from the right, "-" for 10. Source: Nets, KID."""
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits)))
    return "0123456789-"[-total % 11]


def is_viite(reference: str) -> bool:
    """A Finnish reference: 4 to 20 digits, weights 7, 3, 1 from the right (Finance Finland)."""
    text = reference.replace(" ", "").lstrip("0")
    if not _digits_only(text, least=4, most=20):
        return False
    return _sevens(text[:-1]) == text[-1]


def _sevens(digits: str) -> str:
    total = sum(int(d) * (7, 3, 1)[place % 3] for place, d in enumerate(reversed(digits)))
    return str(-total % 10)


def is_qrr(reference: str) -> bool:
    """A Swiss QR reference: 27 digits, modulo 10 recursive (SIX, QR-bill, annex B)."""
    text = reference.replace(" ", "")
    return _digits_only(text, least=27, most=27) and _recursive(text) == 0


def _recursive(digits: str) -> int:
    carry = 0
    for digit in digits:
        carry = _RECURSIVE[(carry + int(digit)) % 10]
    return carry


def is_ogm(reference: str) -> bool:
    """A Belgian structured communication: 10 digits and their remainder by 97, 97 for none."""
    text = "".join(ch for ch in reference if ch not in "+*/ ")
    return _digits_only(text, least=12, most=12) and (int(text[:10]) % 97 or 97) == int(text[10:])


_RECURSIVE = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)


def _digits_only(text: str, *, least: int, most: int) -> bool:
    return least <= len(text) <= most and text.isascii() and text.isdigit()


def is_checked(reference: str) -> bool:
    """Has it check digits that hardly any slip of the pen leaves right: of ISO 11649, of Bankgirot,
    of a Swiss QR reference or a Belgian communication?"""
    if is_rf(reference) or is_ocr(reference):
        return True
    if len(reference) == _QRR:
        return is_qrr(reference)
    return len(reference) == _OGM and is_ogm(reference)
