"""What the words of a document are: labels, and values of a type, each with its place."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, TypeVar

from usance.domain.reference import is_rf

from . import amounts, dates, identifiers
from .phrases import PHRASES
from .phrases_of_parties import LONE
from .reading import Box, Page, Word
from .rows import Cell, Row, around, rows_of

MOST_WORDS = 8  # Of a label.
WEAK, STRONG = 0.45, 1.0
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "đ": "d", "ł": "l"})
_SIGNS = re.compile(r"[^A-Za-z0-9]+")
_GLUED = re.compile(
    r"(?<=[^\W\d_])[:#](?=[^\W_/:])|(?<=[^\W\d_]\.):(?=\w)|(?<=\d{3})/(?=\d\d\.\d\d\.\d{2,4}$)"
    r"|(?<=[^\W\d_]{3})(?=[(]\d)"
)
# "Netto122", "FakturaINV/26": readers of pictures lose the blank before a number.
_RUN_ON = re.compile(
    r"(?:[Nn]r|[^\W\d_]{3,}[^\W\d_A-ZÅÄÖÆØÜ])\.?(?=\d|[A-Z]{1,4}[-/]?\d|[A-Z]{2,4}/)"
)
_NUMBER = re.compile(r"(?=[^\s]*\d)[A-Za-zÄÖÜÅÆØ0-9][\w./\-_+&]*", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Label:
    field: str
    phrase: str  # As printed.
    languages: tuple[str, ...]
    weight: float
    row: int
    first: int  # Words of the row, half open.
    last: int
    box: Box
    reach: float = 330.0  # Points to the right that its lines may begin, where it heads a party's.


@dataclass(frozen=True, slots=True)
class Value:
    kind: str  # amount, date, number, vat_id, iban, bic, bankgiro, plusgiro, company, rf
    text: str  # Plain: as Field.value has it.
    row: int
    first: int
    last: int
    box: Box
    score: float  # Of the reader: the least of its words.
    checked: bool | None = None  # Check digits: right, wrong, or no rule.
    is_money: bool = False
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """A document with everything marked in it."""

    pages: tuple[Page, ...]
    rows: tuple[Row, ...]
    labels: tuple[Label, ...]
    values: tuple[Value, ...]
    language: str
    labels_by_row: Mapping[int, Sequence[Label]]
    values_by_row: Mapping[int, Sequence[Value]]


@lru_cache(maxsize=32_768)
def key(text: str) -> str:
    """The text without case, accents, blanks and signs: how labels are compared."""
    if text.isascii():
        return _SIGNS.sub("", text).lower()
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    return "".join(ch for ch in folded if ch.isalnum())


@cache
def _book() -> Mapping[str, tuple[tuple[str, float, tuple[str, ...]], ...]]:
    """For each key the fields that it may announce, each with weight and languages."""
    found: dict[str, dict[str, tuple[float, tuple[str, ...]]]] = {}
    for field, by_language in PHRASES.items():
        for language, phrases in by_language.items():
            for phrase in phrases.split("|"):
                weight = WEAK if phrase.startswith("~") else STRONG
                entry = found.setdefault(key(phrase), {})
                before = entry.get(field, (weight, ()))
                entry[field] = (max(weight, before[0]), (*before[1], language))
    return {
        one: tuple((field, weight, langs) for field, (weight, langs) in entry.items())
        for one, entry in found.items()
    }


@cache
def _words_of_labels() -> frozenset[str]:
    return frozenset(
        key(word) for by_language in PHRASES.values() for phrases in by_language.values()
        for word in phrases.replace("|", " ").split()
    )  # fmt: skip


def fields_of(plain: str) -> tuple[str, ...]:
    """The fields that a key may announce."""
    return tuple(field for field, _, _ in _book().get(plain, ()))


@cache
def _longest() -> int:
    return max(map(len, _book()))


def marked(pages: Sequence[Page]) -> Marked:
    """Labels and values of all pages."""
    pages = tuple(
        replace(
            page,
            words=tuple(
                part for word in page.words for part in _parted(word, page.source == "picture")
            ),
        )
        for page in pages
    )
    rows = rows_of(pages)
    text = "\n".join(row.text for row in rows)
    labels = [label for row in rows for label in (*_labels(row), *_lone(row))]
    language = _language(labels, text)
    month_first = dates.month_comes_first(text)
    values = [value for row in rows for value in _values(row, month_first=month_first)]
    return Marked(
        pages, rows, tuple(labels), tuple(values), language,
        _by_row(labels), _by_row(values),
    )  # fmt: skip


_Mark = TypeVar("_Mark", Label, Value)


def _by_row(marks: Sequence[_Mark]) -> dict[int, list[_Mark]]:
    found: dict[int, list[_Mark]] = {}
    for mark in marks:
        found.setdefault(mark.row, []).append(mark)
    return found


def _parted(word: Word, picture: bool) -> Iterator[Word]:
    """ "Nr:4711" as two words, each with its share of the box."""
    found = _GLUED.search(word.text)
    if not found and picture:
        found = _RUN_ON.match(word.text)
        found = found if found and key(found[0]) in _words_of_labels() else None
    if not found or "://" in word.text or "@" in word.text:
        yield word
        return
    at = found.end()
    middle = word.box.left + (word.box.right - word.box.left) * at / len(word.text)
    yield replace(word, text=word.text[:at], box=replace(word.box, right=middle))
    rest = replace(word, text=word.text[at:], box=replace(word.box, left=middle))
    yield from _parted(rest, picture)


def _labels(row: Row) -> Iterator[Label]:
    keys = [_key_of(word.text) for word in row.words]
    ends = {cell.first + len(cell.words) for cell in row.cells}
    book, longest = _book(), _longest()
    covered = 0
    for first in range(len(keys)):
        if not keys[first]:
            continue
        joined, best = "", 0
        for last in range(first + 1, min(first + MOST_WORDS, len(keys)) + 1):
            joined += keys[last - 1]
            if len(joined) > longest:
                break
            if keys[last - 1] and joined in book:
                best, found = last, joined
            # Letters set far apart ("W A R E N") may run on, other words end with their cell.
            if last in ends and len(keys[last - 1]) > 1:
                break
        if best <= covered:
            continue
        covered = best
        words = row.words[first:best]
        phrase, box = " ".join(word.text for word in words).strip(" :"), around(words)
        for field, weight, languages in book[found]:
            yield Label(field, phrase, languages, weight, row.number, first, best, box)


def _lone(row: Row) -> Iterator[Label]:
    """Labels of a word that counts only where it is a whole cell."""
    for cell in row.cells:
        if len(cell.words) == 1 and (said := LONE.get(key(cell.text))):
            field, language = said
            phrase, first = cell.text.strip(" :"), cell.first
            yield Label(field, phrase, (language,), STRONG, row.number, first, first + 1, cell.box)


def _key_of(word: str) -> str:
    """The key of a label's word; "Invoice #" is called as "Invoice no"."""
    return key(word) + ("no" if word.endswith(("#", "#:")) else "")


_COMMON = {
    "sv": "och att är för den det på med som till inte av om ska ni vi er",
    "no": "og å er for den det på med som til ikke av om skal dere vi av ved eller",
    "da": "og at er for den det på med som til ikke af om skal jer vi ved eller",
    "fi": "ja on ei sekä tai mukaan laskun että kun sen",
    "de": "und der die das ist für den mit von zu nicht auf wir sie ihnen bei im zum nach",
    "fr": "et le la les est pour du des avec de au aux nous vous une sur par",
    "nl": "en het een is voor van met te niet op wij u bij dat deze",
    "en": "and the is for of with to not on we you by this that your please",
}
_COMMON_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}


def _language(labels: Sequence[Label], text: str) -> str:
    votes: dict[str, float] = dict.fromkeys(_COMMON, 0.0)
    for label in labels:
        for language in label.languages:
            votes[language] += label.weight / len(label.languages)
    words = Counter(text.casefold().split())
    for language, common in _COMMON_WORDS.items():
        votes[language] += 0.3 * sum(min(words[word], 4) for word in common)
    best = max(votes, key=lambda language: votes[language])
    return best if votes[best] >= 1 else ""


_DIGIT = re.compile(r"\d")


class _Line:
    """The words of a cell as one text, and back from a place in it to the words."""

    def __init__(self, cell: Cell) -> None:
        self._cell, self.starts, text = cell, [], ""
        for word in cell.words:
            self.starts.append(len(text))
            text += word.text + " "
        self.text = text.rstrip()

    def value(self, kind: str, plain: str, span: tuple[int, int], **more: Any) -> Value:
        start, end = span
        first = bisect_right(self.starts, start) - 1
        last = max(bisect_left(self.starts, end), first + 1)
        words = self._cell.words[first:last]
        at = self._cell.first
        return Value(kind, plain, self._cell.row, at + first, at + last, around(words),
                     min(word.score for word in words), **more)  # fmt: skip


def _values(row: Row, *, month_first: bool) -> Iterator[Value]:
    for cell in row.cells:
        line = _Line(cell)
        yield from _bics(line)
        if _DIGIT.search(line.text) is None:
            continue
        yield from _letters(line)
        yield from _accounts(line)
        taken: list[tuple[int, int]] = []
        for found in dates.DATE.finditer(line.text):
            if printed := dates.matched(found, month_first=month_first):
                if not printed.is_compact:
                    taken.append(found.span())
                yield line.value("date", printed.day.isoformat(), found.span(),
                                 checked=None if printed.other is None else False)  # fmt: skip
        for found in amounts.AMOUNT.finditer(line.text):
            amount = amounts.matched(found)
            if amount is None or any(a < found.end() and found.start() < b for a, b in taken):
                continue
            yield line.value("amount", format(amount.value, "f"), found.span(),
                             is_money=amount.is_money, currency=amount.currency)  # fmt: skip
        for at, word in enumerate(cell.words):
            plain = word.text.strip("#:;,()[]'\"*|").rstrip("./")
            if _NUMBER.fullmatch(plain):
                start = line.starts[at]
                yield line.value("number", plain, (start, start + 1))


def _bics(line: _Line) -> Iterator[Value]:
    for found in identifiers.BIC.finditer(line.text):
        yield line.value("bic", found[0], found.span())


def _letters(line: _Line) -> Iterator[Value]:
    """Identifiers that begin with letters and go on with digits."""
    text = line.text
    yield from _ibans(line)
    for found in identifiers.NORWEGIAN_VAT.finditer(text):
        digits = found[1].replace(" ", "")
        said = identifiers.vat_id(f"NO{digits}")
        yield line.value("vat_id", f"NO{digits}MVA", found.span(),
                         checked=said[1] if said else None)  # fmt: skip
    at = 0
    while shape := identifiers.VAT_LIKE.search(text, at):
        at = shape.end()
        start, whole = shape.start(), shape[0]
        while identifiers.vat_id(whole) is None and " " in whole:
            whole = whole.rpartition(" ")[0]  # "DE123456789 IBAN": the next word is no part of it.
        if said := identifiers.vat_id(whole):
            at = start + len(whole)
            yield line.value("vat_id", said[0], (start, at), checked=said[1])
        elif " " not in shape[0]:
            yield line.value("vat_like", shape[0].replace(".", ""), shape.span(), checked=False)
        else:  # "USt-ID DE123456789": it began with the end of the label.
            at = start + 1
    for found in identifiers.RF.finditer(text) if "RF" in text else ():
        plain = found[0].replace(" ", "")
        yield line.value("rf", plain, found.span(), checked=is_rf(plain))


def _ibans(line: _Line) -> Iterator[Value]:
    text, at = line.text, 0
    while found := identifiers.IBAN.search(text, at):
        start, at = found.start(), found.end()
        plain = found[0].replace(" ", "")
        length = identifiers.IBAN_LENGTHS.get(plain[:2])
        if length is not None and len(plain) > length and identifiers.is_iban(plain[:length]):
            plain = plain[:length]  # The next word was no part of it.
        checks = identifiers.is_iban(plain)
        inside = found[0].find(" ") + 1
        if not checks and inside and (other := identifiers.IBAN.search(text, start + inside)):
            whole = other[0].replace(" ", "")
            if identifiers.is_iban(whole[: identifiers.IBAN_LENGTHS.get(whole[:2], 0)]):
                at = other.start()  # "DE123456789 IBAN DE21…": another identifier stood before it.
                continue
        if length is not None:
            yield line.value("iban", plain, found.span(), checked=checks)


def _accounts(line: _Line) -> Iterator[Value]:
    for kind, shape in (("bankgiro", identifiers.BANKGIRO), ("plusgiro", identifiers.PLUSGIRO)):
        for found in shape.finditer(line.text):
            yield line.value(kind, found[0].replace(" ", ""), found.span(),
                             checked=identifiers.luhn(found[0]))  # fmt: skip
