"""How references, numbers and names are written, so that they can be compared."""

import re
from functools import lru_cache

from ..party.names import taken_apart


@lru_cache(maxsize=16384)
def compact(reference: str) -> str:
    """A reference as it is compared: letters and digits alone, upper case, no leading zeros."""
    kept = plain(reference)
    return kept.lstrip("0") or kept


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """A party's name as it is compared: letters and digits alone, without case."""
    return _SIGNS.sub("", name.casefold())


@lru_cache(maxsize=65536)
def bare(name: str) -> frozenset[str]:
    """A name without its legal form, in both spellings of umlauts; nothing that is too short to
    mean one party."""
    return frozenset(key for key in taken_apart(name).keys if len(key) >= LEAST_NAME)


LEAST_NAME = 5


def plain(reference: str) -> str:
    """Letters and digits alone, upper case."""
    upper = reference.upper()
    return upper if upper.isalnum() else _SIGNS.sub("", upper)


@lru_cache(maxsize=16384)
def forms(reference: str) -> frozenset[str]:
    """How a reference may be written: in full, and without its leading zeros."""
    kept = plain(reference)
    return frozenset({kept, kept.lstrip("0") or kept}) if kept else frozenset()


@lru_cache(maxsize=16384)
def wanted(reference: str) -> frozenset[str]:
    """The forms of a reference of ours that are long enough to mean nothing else: a payer's bank
    may drop leading zeros, but "1708" in a text is not our 0000001708."""
    whole = plain(reference)
    kept = {whole} if len(whole) >= 5 else set[str]()
    stripped = whole.lstrip("0")
    return frozenset(kept | {stripped} if len(stripped) >= 7 else kept)


@lru_cache(maxsize=65536)
def digits_of(number: str) -> str:
    """The longest run of digits in a number: what counts on from invoice to invoice."""
    return max(_RUN.findall(number), key=len, default="")


_RUN = re.compile(r"\d+")
_SIGNS = re.compile(r"[\W_]+")
