"""What in a text may be a number or reference: words, their parts, digits in groups and rows."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..reference import is_rf

SHORTEST_PIECE, LONGEST_PIECE = 6, 20
_ROW = re.compile(r"(?<!\d)\d{12,160}(?!\d)")
_WORDS = re.compile(r"[\w./\-]+")
_PARTS = re.compile(r"[^./\-]+")
_DIGITS = re.compile(r"(?<!\d)\d{6,}(?!\d)")
_TAILS = re.compile(
    r"(?<=[^\W\d])\d|(?<=[./\-])\w"
)  # A digit behind a letter; what follows a sign.
_RF = re.compile(r"RF\d\d(?: ?[0-9A-Z]{1,4}){1,6}", re.IGNORECASE)
_BEFORE = re.compile(r"(\d+)[^\d\s]$")
_BEHIND = re.compile(r"[^\d\s](\d+)")
_DIGIT = re.compile(r"\d")
_SIGN = re.compile(r"[./\-]")
_COUNT = 2  # Digits of a count before a number ("no 0: 4711").
_GROUP = 4  # Digits of which accounts and references are printed in groups; a list has more.


@dataclass(frozen=True, slots=True)
class Quoted:
    """What in texts may be a reference or number."""

    whole: set[str]
    grouped: set[str]  # Digits in groups, beside which further groups stand.
    pieces: set[str]  # Beside which other digits stand, with a sign or letter between: "4711/22".


def quoted(texts: Iterable[str]) -> Quoted:
    """The words of texts in which digits are, what stands behind a letter or a sign within a word
    ("Rg.Nr.4711", "OCR4711"), six and more digits that letters follow, and runs of neighbouring
    words.

    What has other digits beside it may be a piece of a longer number. In a list ("10001/10002") all
    are of one length, and none is a piece.
    """
    whole: set[str] = set()
    grouped: set[str] = set()
    pieces: set[str] = set()
    for text in texts:
        if _DIGIT.search(text) is None:
            continue
        words, told = [], []  # And whether a digit is in each: a line has a dozen of them.
        for found in _WORDS.finditer(text):
            word = found.group()
            has_digit = _DIGIT.search(word) is not None
            words.append(word)
            told.append(has_digit)
            if word.isdigit():
                start, end = found.span()
                (pieces if _is_piece(text, start, end) else whole).add(word)
            elif has_digit:
                start = found.start()
                whole.add(word)
                for at, end in _parts(word):
                    is_piece = _is_piece(text, start + at, start + end)
                    (pieces if is_piece else whole).add(word[at:end])
        for run, is_group in _runs(words, told):
            (grouped if is_group else whole).add(run)
    return Quoted(whole, grouped - whole, pieces - whole)


def _parts(word: str) -> Iterable[tuple[int, int]]:
    """Where in a word of letters, digits and signs something begins that may be a number. Without
    a sign all of it is no part."""
    last = len(word)
    found = {(tail.start(), last) for tail in _TAILS.finditer(word)}
    if _SIGN.search(word):
        found.update([part.span() for part in _PARTS.finditer(word)])
    if last >= SHORTEST_PIECE:
        found.update([digits.span() for digits in _DIGITS.finditer(word)])
    return found


def _is_piece(text: str, start: int, end: int) -> bool:
    """Do other digits stand beside its own, a sign or letter between, and not as in a list?"""
    # That a digit stands behind the sign is seen at once, and mostly none does.
    if start > 1 and text[start - 2].isdigit() and text[start].isdigit():
        before = _BEFORE.search(text[max(start - LONGEST_PIECE, 0) : start])
        if before and not _is_list(before[1], text[start:end]):
            return True
    if end < len(text) - 1 and text[end + 1].isdigit() and text[end - 1].isdigit():
        behind = _BEHIND.match(text, end)
        return behind is not None and not _is_list(behind[1], text[start:end])
    return False


def _runs(words: Sequence[str], told: Sequence[bool]) -> Iterable[tuple[str, bool]]:
    """Neighbouring words as one: a name and a number ("RE 4711"), or digits in groups, which a
    word that is no group ends; and whether further groups stand beside it.

    :param told: whether a digit is in each word.
    """
    many = len(words)
    digits = [word.isdigit() for word in words]
    found = []
    for start in range(many - 1):
        run, is_digits = words[start], digits[start]
        if not is_digits and not told[start + 1]:
            continue  # Letters alone.
        before = is_digits and start > 0 and digits[start - 1]
        before = before and len(words[start - 1]) > _COUNT and not _is_list(words[start - 1], run)
        for at in range(start + 1, min(start + 7, many)):
            run += words[at]
            behind = digits[at] and at + 1 < many and digits[at + 1]
            found.append((run, before or (behind and not _is_list(words[at + 1], words[at]))))
            if not digits[at]:
                break
    return found


def _is_list(one: str, other: str) -> bool:
    return len(one) == len(other) > _GROUP


def rf_in_groups(texts: Sequence[str]) -> Iterable[str]:
    """ISO 11649 references printed in groups, also where a bank cut the text in two."""
    for whole in {" ".join(texts), "".join(texts)}:
        for found in _RF.finditer(whole):
            groups = found.group().split(" ")
            for end in range(1, len(groups) + 1):
                if is_rf("".join(groups[:end])):
                    yield "".join(groups[:end])


def pieces(text: str) -> Iterable[tuple[str, ...]]:
    """Each way to cut a long row of digits into equal pieces, for who writes numbers of one length
    one behind the other without a sign between them.

    >>> list(pieces("65484664589894148158"))
    [('6548466458', '9894148158')]
    """
    for found in _ROW.finditer(text):
        row = found.group()
        for length in range(SHORTEST_PIECE, min(LONGEST_PIECE, len(row) // 2) + 1):
            if len(row) % length == 0:
                yield tuple(row[at : at + length] for at in range(0, len(row), length))
