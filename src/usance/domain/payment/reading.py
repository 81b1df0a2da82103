"""Everything in a bank line that may be a reference or a number, read once for all its items."""

import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from .bank import BankLine
from .quoting import pieces, quoted, rf_in_groups
from .wording import bare, name_key, plain

LEAST_WORD, LEAST_DIGITS = 6, 5  # Of what may be a number with slips: signs, and digits among them.
LONGEST_WORD = 35
LEAST_END = 4  # Digits of a number that a payer cut off.
MOST_READ = 4096  # Lines of which is kept what they say.


@dataclass(frozen=True, kw_only=True, eq=False)
class Said:
    """What a line says, compacted as numbers and references are compared."""

    line: BankLine
    payer: str  # The payer's name as it is compared.
    named: frozenset[str]  # References in fields, words, what stands behind letters or a sign.
    grouped: frozenset[str]  # Digits in groups, beside which further groups stand.
    pieces: frozenset[str]  # Beside which other digits stand, with a sign between: "4711/22".
    rows: tuple[tuple[str, ...], ...]  # Each way to cut a long row of digits into equal pieces.
    in_rows: frozenset[str]

    @cached_property
    def sought(self) -> frozenset[str]:
        """`sought`, which the batch asks for more than once."""
        if not (self.rows or self.grouped or self.pieces):
            return self.named
        return self.named.union(self.grouped, self.pieces, _compacted(self.in_rows))

    @cached_property
    def bare_payer(self) -> frozenset[str]:
        """The payer's name without its legal form."""
        return bare(self.line.counterparty)

    # The rest is asked for only where no number is quoted as it is.
    @cached_property
    def words(self) -> tuple[str, ...]:
        """Long enough and mostly digits: it may be a number with slips."""
        return tuple(
            word for word in self.named
            if LEAST_WORD <= len(word) <= LONGEST_WORD
            and (word.isdigit() or sum(map(str.isdigit, word)) >= LEAST_DIGITS)
        )  # fmt: skip

    @cached_property
    def ends(self) -> tuple[str, ...]:
        """Digits alone, and no year: the last ones of a number, perhaps."""
        return tuple(
            word for word in self.named
            if LEAST_END <= len(word) < 2 * LEAST_WORD and word.isdigit() and not is_year(word)
        )  # fmt: skip


def said(line: BankLine) -> Said:
    """What a line says, read once: the lines of a batch are asked for their candidates, matched and
    booked, and each of that asks some times."""
    kept = _READ.get(id(line))
    if kept is not None and kept.line is line:
        return kept
    kept = _READ[id(line)] = _read(line)
    if len(_READ) > MOST_READ:
        _READ.popitem(last=False)
    return kept


def _read(line: BankLine) -> Said:
    """Read a line: its structured references, the words of its texts, what stands behind a letter
    or a sign within a word ("Rg.Nr.4711", "OCR4711"), runs of neighbouring words, ISO 11649 in
    groups of four, and long rows of digits."""
    found = quoted((*line.texts, line.end_to_end))
    named = _compacted(
        found.whole.union((ref.value for ref in line.references), rf_in_groups(line.texts))
    )
    rows = tuple(row for text in line.texts for row in pieces(text))
    return Said(
        line=line,
        payer=name_key(line.counterparty),
        named=named,
        grouped=_compacted(found.grouped) - named if found.grouped else _NOTHING,
        pieces=_compacted(found.pieces) - named if found.pieces else _NOTHING,
        rows=rows,
        in_rows=frozenset().union(*rows) if rows else _NOTHING,
    )


def references(line: BankLine) -> frozenset[str]:
    """Everything in the line that surely is a word of its own, and may be a reference."""
    return said(line).named


def sought(line: BankLine) -> frozenset[str]:
    """Under which an item may be found that the line names: pieces and rows of digits, too, which
    alone are no reference."""
    return said(line).sought


def is_year(text: str) -> bool:
    return _YEAR.fullmatch(text) is not None


def is_day(text: str, *, near: date) -> bool:
    """May these digits be a day of the time around `near`, in one of the ways that days are
    written? "20260315" behind "paid on" is no invoice."""
    if not text.isdigit():
        return False
    for form in _DAYS.get(len(text), ()):
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone.
        except ValueError:
            continue
        if abs(day - near) <= _AROUND:
            return True
    return False


_DAYS = {8: ("%Y%m%d", "%d%m%Y"), 6: ("%y%m%d", "%d%m%y")}
_AROUND = timedelta(days=400)


def strange(read: Said, own: Iterable[str]) -> bool:
    """Does a number stand in its texts that is neither one of these, nor the end of one, nor a
    date? Then the payer may mean what we do not know."""
    texts = (*read.line.texts, *(ref.value for ref in read.line.references))
    numbers = (run for text in texts for run in _RUN.findall(_DATE.sub(" ", text)))
    return any(not is_year(run) and not any(one.endswith(run) for one in own) for run in numbers)


def _compacted(texts: Iterable[str]) -> frozenset[str]:
    """All their `forms`, which are asked for once and so not kept."""
    kept = set()
    for one in texts:
        if whole := plain(one):
            kept.add(whole)
            if whole[0] == "0":
                kept.add(whole.lstrip("0") or whole)
    return frozenset(kept)


# By the line's place in memory, which stays its own as long: the line is in the value.
_READ: OrderedDict[int, Said] = OrderedDict()
_NOTHING: frozenset[str] = frozenset()
_YEAR = re.compile(r"(?:19|20)\d\d")
_RUN = re.compile(r"\d{4,}")
_DATE = re.compile(
    r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})?(?!\d)|(?<!\d)\d{4}-\d\d-\d\d(?!\d)"
)
