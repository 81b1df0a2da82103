"""How references, numbers and names are written, and everything in a line that may be one."""

import re
from functools import lru_cache

from ..reference import pieces, quoted, rf_in_groups
from .bank import BankLine

LEAST_WORD, LEAST_DIGITS = 6, 5  # Of what may be a number with slips: signs, and digits among them.


@lru_cache(maxsize=1024)  # The lines of a batch are asked for their candidates, then matched.
def references(line: BankLine) -> frozenset[str]:
    """Everything in the line that may be a reference or number, compacted: its structured
    references, the words of its texts, what stands behind a letter or a sign within a word
    ("Rg.Nr.4711", "OCR4711"), runs of neighbouring words, and ISO 11649 in groups of four."""
    found = {ref.value for ref in line.references} | quoted((*line.texts, line.end_to_end))
    found.update(rf_in_groups(line.texts))
    return frozenset(kept for one in found for kept in forms(one))


@lru_cache(maxsize=1024)
def rows_of_numbers(line: BankLine) -> tuple[tuple[str, ...], ...]:
    """Numbers that a payer wrote one behind the other without a sign between them: each way to cut
    a long row of digits into equal pieces."""
    return tuple(row for text in line.texts for row in pieces(text))


@lru_cache(maxsize=1024)
def sought(line: BankLine) -> frozenset[str]:
    """Under which an item may be found that the line names: the pieces of long rows of digits, too,
    which alone are no reference."""
    rows = rows_of_numbers(line)
    if not rows:
        return references(line)
    return references(line).union(kept for row in rows for one in row for kept in forms(one))


@lru_cache(maxsize=1024)
def words(line: BankLine) -> tuple[str, ...]:
    """What in the line may be a number with slips of the pen: long enough, and mostly digits."""
    return tuple(
        word
        for word in references(line)
        if LEAST_WORD <= len(word) <= 35 and sum(map(str.isdigit, word)) >= LEAST_DIGITS
    )


@lru_cache(maxsize=16384)
def compact(reference: str) -> str:
    """A reference as it is compared: letters and digits alone, upper case, no leading zeros."""
    kept = plain(reference)
    return kept.lstrip("0") or kept


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """A party's name as it is compared: letters and digits alone, without case."""
    return _SIGNS.sub("", name.casefold())


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


_SIGNS = re.compile(r"[\W_]+")
