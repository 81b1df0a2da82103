"""Payment references: the number that a payer quotes and that finds the invoice again.

Issued once for each invoice and never again. ISO 11649 (RF) everywhere, in Sweden a bankgiro OCR.
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


def of(number: int, *, currency: str) -> str:
    """The reference of the invoice with this running number."""
    return ocr(f"{number:08d}") if currency == "SEK" else rf(f"{number:010d}")


def _digits(text: str) -> str:
    return "".join(str(int(ch, 36)) for ch in text)
