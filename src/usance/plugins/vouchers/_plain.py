"""Texts for old character sets: what a set lacks loses its accent, and then its place to a "?"."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def one(letter: str, charset: str) -> str:
    """The letter, or what stands for it in that set."""
    if unicodedata.category(letter) in {"Cc", "Cf"}:
        return " "
    for said in (letter, unicodedata.normalize("NFKD", letter)):
        kept = "".join(part for part in said if not unicodedata.combining(part)) or " "
        shown = said if said == letter else kept
        if _fits(shown, charset):
            return shown
    return "?"


def plain(text: str, charset: str, most: int) -> str:
    """The text without control characters, as the set can write it, cut to `most` letters."""
    if text.isascii() and text.isprintable():
        return text[:most]
    return "".join(one(letter, charset) for letter in text)[:most]


def _fits(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
