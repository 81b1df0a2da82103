"""How long a text message is: in the alphabet of telephones, or in Unicode at twice the price.

Source: 3GPP TS 23.038 §6.2.1 (default alphabet and its extension), TS 23.040 §9.2.3.24.1 (parts).
"""

import unicodedata
from typing import NamedTuple

ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")  # Behind an escape: two places.
# Places in one message, and in each part of several (the rest tells the parts apart).
ONE, EACH = 160, 153
ONE_UNICODE, EACH_UNICODE = 70, 67
ALIKE = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "−": "-", "…": "...",
     "·": ".", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "ç": "c", "ð": "d", "þ": "th", "ł": "l",
     "Ł": "L", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "OE"}
)  # fmt: skip


class Length(NamedTuple):
    places: int
    parts: int
    is_unicode: bool


def length(text: str) -> Length:
    """How many places a text takes, and how many messages are paid for."""
    if all(ch in ALPHABET or ch in EXTENSION for ch in text):
        places = len(text) + sum(ch in EXTENSION for ch in text)
        return Length(places, _parts(text, places, ONE, EACH, EXTENSION), is_unicode=False)
    wide = frozenset(ch for ch in text if ord(ch) > 0xFFFF)  # A pair in UTF-16.
    places = len(text) + sum(ch in wide for ch in text)
    return Length(places, _parts(text, places, ONE_UNICODE, EACH_UNICODE, wide), is_unicode=True)


def plain(text: str) -> str:
    """The text in the telephones' alphabet as far as one letter has one alike: Łódź is Lodz.

    What has none alike stays, and makes the whole text Unicode.
    """
    return "".join(_alike(ch) for ch in text.translate(ALIKE))


def _alike(ch: str) -> str:
    if ch in ALPHABET or ch in EXTENSION:
        return ch
    stripped = "".join(c for c in unicodedata.normalize("NFKD", ch) if not unicodedata.combining(c))
    return stripped if stripped and all(c in ALPHABET for c in stripped) else ch


def _parts(text: str, places: int, one: int, each: int, double: frozenset[str]) -> int:
    """A letter of two places is not torn apart: then the part before it ends a place early."""
    if places <= one:
        return 1
    parts, used = 1, 0
    for ch in text:
        needs = 2 if ch in double else 1
        if used + needs > each:
            parts, used = parts + 1, 0
        used += needs
    return parts
