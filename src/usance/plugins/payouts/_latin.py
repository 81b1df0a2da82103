"""The characters that every SEPA bank accepts, and how others are written with them (EPC217-08)."""

import re
import unicodedata

WRITTEN_AS = {
    "ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "æ": "ae", "ø": "oe", "œ": "oe", "ß": "ss",
    "ð": "d", "þ": "th", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "€": "EUR", "£": "GBP", "$": "USD",
    "&": "+", "@": "(at)", "_": "-", "–": "-", "—": "-", "’": "'", "‘": "'", "“": "'", "”": "'",
    '"': "'", "§": "Par.", ";": ",", "!": ".", "[": "(", "]": ")", "{": "(", "}": ")", "№": "No",
}  # fmt: skip
_OTHER = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")


def clean(text: str, longest: int) -> str:
    """The text in those characters, spaces joined, cut to `longest`; never with a slash at an end
    or two in a row, which EPC217-08 forbids."""
    written = "".join(_written(ch) for ch in unicodedata.normalize("NFC", text))
    plain = unicodedata.normalize("NFKD", written)
    plain = "".join(ch for ch in plain if not unicodedata.combining(ch))
    kept = " ".join(_OTHER.sub(" ", plain).split())
    kept = re.sub("/{2,}", "/", kept)[:longest]
    return kept.strip(" /")


def _written(ch: str) -> str:
    low = ch.lower()
    if low not in WRITTEN_AS:
        return ch
    said = WRITTEN_AS[low]
    return said if ch == low else said[:1].upper() + said[1:]
