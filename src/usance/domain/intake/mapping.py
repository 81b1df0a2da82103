"""Which column of a client's table is which field: proposed with reasons, confirmed by a person.

A clue is a function in `CLUES`: it gives points and the sentence that people read. Points only
order the candidates; what is read without asking is what headings name in so many words.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, replace
from itertools import combinations, permutations

from ..refusal import Refusal
from . import fields, writing
from .table import Table, is_sum
from .values import Look, look_at
from .writing import UNKNOWN, Writing

SAMPLE = 200  # Rows that the clues look at.
ENOUGH = 40  # Points from which a column is proposed for a field,
FAINT = 20  # and for one that is needed, when nothing better is there.
NEEDED = ("number", "issued_on")  # And an amount, and a currency: in a column or for the table.
_CURRENCY_IN_HEADING = ("EUR", "SEK", "NOK", "DKK", "USD", "GBP", "CHF", "PLN", "CZK", "HUF", "ISK")


class MappingIncomplete(Refusal):
    code = "mapping_incomplete"
    todo = "Choose a column for each field that is named, and confirm again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """What was confirmed: for each field its column from 0, and what the cells leave open."""

    columns: Mapped[str, int]
    currency: str = ""  # Of every row, where no column says it.
    writing: Writing = UNKNOWN

    def check(self, table: Table) -> None:
        """:raises MappingIncomplete: naming everything that is missing or not there."""
        missing = [name for name in NEEDED if name not in self.columns]
        if not {"net", "gross"} & set(self.columns):
            missing.append("gross or net")
        if "currency" not in self.columns and not self.currency:
            missing.append("currency")
        if missing:
            raise MappingIncomplete(f"no column for {', '.join(missing)}")
        unknown = sorted(set(self.columns) - set(fields.FIELDS))
        if unknown:
            raise MappingIncomplete(f"there is no field {', '.join(unknown)}")
        if any(not 0 <= at < table.width for at in self.columns.values()):
            raise MappingIncomplete(f"the table has {table.width} columns")
        twice = [at for at, count in Counter(self.columns.values()).items() if count > 1]
        if twice:
            raise MappingIncomplete(f"column {twice[0] + 1} is chosen twice")
        if self.currency and not re.fullmatch("[A-Z]{3}", self.currency):
            raise MappingIncomplete(f"{self.currency[:20]!r} is no currency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    points: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a column seems to be. `field` empty: nothing that we read."""

    column: int
    heading: str
    field: str = ""
    points: int = 0
    reasons: tuple[Reason, ...] = ()
    samples: tuple[str, ...] = ()

    @property
    def confidence(self) -> int:
        """Per cent, for people: never a hundred, for nobody has said yes yet."""
        return min(self.points, 99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    guesses: tuple[Guess, ...]  # One for each column, in their order.
    mapping: Mapping
    certain: bool  # Headings name all that is needed, and nothing speaks against it.
    doubts: tuple[str, ...] = ()  # Why it is not certain, for people.

    @property
    def is_schedule(self) -> bool:
        """Is it worth asking a person: a number and an amount seem to be there?"""
        return "number" in self.mapping.columns and bool(
            {"net", "gross"} & self.mapping.columns.keys()
        )


def propose(table: Table) -> Proposal:
    """The likeliest field of each column; each field once."""
    table = replace(table, rows=tuple(r for r in table.rows if not is_sum(r[1], number=None)))
    looks = [look_at(list(table.column(at, most=SAMPLE))) for at in range(table.width)]
    named = fields.known(table.names)
    scores: dict[tuple[int, str], list[Reason]] = {}
    for at, look in enumerate(looks):
        for name in fields.FIELDS:
            reasons = [
                Reason(points=points, says=says)
                for clue in CLUES
                for points, says in clue(name, table.names[at], named[at], look)
            ]
            if reasons and (named[at] or any(reason.points > 0 for reason in reasons)):
                scores[at, name] = reasons
    for (at, name), reason in _between(table, looks):
        scores.setdefault((at, name), []).append(reason)
    chosen = _assigned(scores)
    guesses = tuple(
        Guess(
            column=at,
            heading=table.names[at],
            field=chosen.get(at, ""),
            points=_sum(scores[at, chosen[at]]) if at in chosen else 0,
            reasons=tuple(scores[at, chosen[at]]) if at in chosen else (),
            samples=tuple(table.column(at, most=20))[:3],
        )
        for at in range(table.width)
    )
    mapping = _mapping(table, {name: at for at, name in chosen.items()})
    doubts = tuple(_doubts(table, named, mapping, scores))
    if not doubts:  # Then only what a heading names is read; the values were heard against it.
        own = {name: at for at, name in reversed(list(enumerate(named))) if name}
        mapping = _mapping(table, own)
    return Proposal(guesses=guesses, mapping=mapping, certain=not doubts, doubts=doubts)


def _mapping(table: Table, columns: Mapped[str, int]) -> Mapping:
    return Mapping(
        columns=columns, currency=_currency(table, columns), writing=_writing(table, columns)
    )


def by_name(name: str, heading: str, named: str, look: Look) -> Iterator[tuple[int, str]]:
    """The heading names the field, or has one of its names in it."""
    if named:
        if named == name:
            yield 70, f"“{heading}” is a heading for it"
        return
    key = fields.folded(heading)
    within = [word for word in _WORDS[name] if len(word) > 3 and word in key]
    if within:
        longest = max(within, key=len)
        yield 25 + 25 * len(longest) // len(key), f"“{heading}” has “{longest}” in it"


def by_days(name: str, heading: str, named: str, look: Look) -> Iterator[tuple[int, str]]:
    """Days stand where days belong, and nowhere else."""
    if name in fields.DAYS:
        if look.days >= 80:
            yield 25, f"{look.days} % of its cells are days"
        elif look.filled and look.days < 50:
            yield -80, "its cells are no days"
    elif look.days >= 80 and look.filled:
        yield -80, "its cells are days"


def by_amounts(name: str, heading: str, named: str, look: Look) -> Iterator[tuple[int, str]]:
    """Amounts likewise; those with cents are surely amounts."""
    if name in fields.AMOUNTS:
        if look.amounts >= 80:
            yield 20, f"{look.amounts} % of its cells are amounts"
            if look.cents >= 50 and name == "gross":
                yield 10, "most have two digits behind the decimal sign"
        elif look.filled and look.amounts < 50:
            yield -80, "its cells are no amounts"
    elif look.cents >= 50 and name not in ("description", "note"):
        yield -60, "its cells are amounts with cents"


def by_pattern(name: str, heading: str, named: str, look: Look) -> Iterator[tuple[int, str]]:
    """Values that can hardly be anything else: currencies, countries, VAT ids, IBANs, addresses."""
    for pattern, (fits, points, what) in _PATTERNS.items():
        share = look.share(pattern)
        if name in fits and share >= 80:
            yield points, f"{share} % of its cells are {what}"
        elif name in fits and look.filled and share < 50 and name in _STRICT:
            yield -60, f"its cells are not {what}"


def by_numbering(name: str, heading: str, named: str, look: Look) -> Iterator[tuple[int, str]]:
    """An invoice number stands once, and has digits."""
    if name != "number" or not look.filled:
        return
    if look.numbered >= 80 and look.distinct == 100 and look.cents < 20 and look.days < 20:
        yield 25, "no two of its cells are equal, and they have digits"
    elif look.distinct < 90:
        yield -30, "the same stands in it several times"
    if look.ascending >= 80 and look.distinct == 100 and look.cents < 20:
        yield 10, "it counts upwards"


def by_names(name: str, heading: str, named: str, look: Look) -> Iterator[tuple[int, str]]:
    """Companies' names have words, and often a legal form."""
    if name == "debtor_name" and look.companies >= 30:
        yield 45, f"{look.companies} % of its cells end in a legal form such as AB, GmbH, Oy"
    elif name == "debtor_name" and look.filled and look.numbered >= 80 and not look.companies:
        yield -40, "its cells are numbers, no names"


CLUES = (by_name, by_days, by_amounts, by_pattern, by_numbering, by_names)
_WORDS = {name: tuple(map(fields.folded, words)) for name, words in fields.FIELDS.items()}
_PATTERNS: Mapped[str, tuple[tuple[str, ...], int, str]] = {
    "currency": (("currency",), 60, "codes of currencies"),
    "country": (("debtor_country",), 50, "codes of countries"),
    "vat": (("debtor_vat_id",), 50, "VAT ids"),
    "iban": (("account",), 60, "IBANs with right check digits"),
    "email": (("debtor_email",), 70, "e-mail addresses"),
    "kind": (("kind",), 60, "words for invoice or credit note"),
}
_SPOKEN = {
    "number": "invoice number", "issued_on": "issue date", "due_on": "due date",
    "currency": "currency", "net": "net amount", "gross": "gross amount",
    "debtor_name": "debtor's name",
}  # fmt: skip
_STRICT = frozenset({"currency", "debtor_email", "kind"})


def _between(table: Table, looks: Sequence[Look]) -> Iterator[tuple[tuple[int, str], Reason]]:
    """What two or three columns tell of each other: sums, and which day comes first."""
    money = [at for at, look in enumerate(looks) if look.amounts >= 80 and look.filled]
    for trio in combinations(money[:8], 3):
        for net, tax, gross in permutations(trio):
            if _adds(table, (net, tax), gross) and _larger(table, net, tax):
                for at, name in ((net, "net"), (tax, "tax"), (gross, "gross")):
                    says = "in every row net and tax come to the gross amount"
                    yield (at, name), Reason(points=45, says=says)
    days = [at for at, look in enumerate(looks) if look.days >= 80 and look.filled]
    for one, other in permutations(days[:6], 2):
        if _never_after(table, one, other):
            yield (one, "issued_on"), Reason(points=20, says="it is never after the other date")
            yield (other, "due_on"), Reason(points=20, says="it is never before the other date")


def _adds(table: Table, parts: tuple[int, int], whole: int) -> bool:
    rows = 0
    for _, cells in table.rows[:SAMPLE]:
        figures = [_figure(cells, at) for at in (*parts, whole)]
        if any(figure is None for figure in figures):
            continue
        one, two, three = figures
        assert one is not None
        assert two is not None
        if one + two != three:
            return False
        rows += bool(two)
    return rows > 0


def _larger(table: Table, one: int, other: int) -> bool:
    """Net before tax: of the two parts the larger one, on the whole."""
    sums = [
        sum(abs(_figure(cells, at) or 0) for _, cells in table.rows[:SAMPLE]) for at in (one, other)
    ]
    return sums[0] > sums[1]


def _figure(cells: Sequence[str], at: int) -> int | None:
    return writing.hundredths(cells[at]) if at < len(cells) and cells[at] else None


def _never_after(table: Table, one: int, other: int) -> bool:
    """Compared as texts, which only ISO dates and a year in front allow; else unknown."""
    pairs = [
        (cells[one], cells[other])
        for _, cells in table.rows[:SAMPLE]
        if max(one, other) < len(cells) and cells[one] and cells[other]
    ]
    order = writing.day_order(text for pair in pairs for text in pair)
    keys = [(writing.sortable(a, order), writing.sortable(b, order)) for a, b in pairs]
    if not keys or any(not a or not b for a, b in keys):
        return False
    return all(a <= b for a, b in keys) and any(a < b for a, b in keys)


def _assigned(scores: Mapped[tuple[int, str], Sequence[Reason]]) -> dict[int, str]:
    """Columns and fields by their points, the best pair first; ties by the order of columns."""
    chosen: dict[int, str] = {}
    order = sorted(scores, key=lambda pair: (-_sum(scores[pair]), pair[0], pair[1]))
    for at, name in order:
        if _sum(scores[at, name]) < ENOUGH:
            break
        if at not in chosen and name not in chosen.values():
            chosen[at] = name
    for at, name in order:
        is_wanted = name in NEEDED or (
            name == "gross" and not {"net", "gross"} & set(chosen.values())
        )
        faint = _sum(scores[at, name]) >= FAINT and name not in chosen.values()
        if is_wanted and faint and at not in chosen:
            chosen[at] = name
    return chosen


def _sum(reasons: Sequence[Reason]) -> int:
    return sum(reason.points for reason in reasons)


def _currency(table: Table, columns: Mapped[str, int]) -> str:
    """Of the whole table: the one code that stands in the headings of amounts or beside them."""
    if "currency" in columns:
        return ""
    money = [at for name, at in columns.items() if name in fields.AMOUNTS]
    told = set()
    for at in money:
        told |= {w for w in _words(table.names[at]) if w in _CURRENCY_IN_HEADING}
        told |= {
            w for cell in table.column(at, most=SAMPLE) for w in _words(cell)
            if w in _CURRENCY_IN_HEADING
        }  # fmt: skip
        told |= {"EUR" for cell in table.column(at, most=SAMPLE) if "€" in cell}
    return told.pop() if len(told) == 1 else ""


def _words(text: str) -> list[str]:
    return "".join(ch if ch.isalpha() else " " for ch in text.upper()).split()


def _writing(table: Table, columns: Mapped[str, int]) -> Writing:
    return Writing(
        decimal=writing.decimal_sign(_cells(table, columns, fields.AMOUNTS)),
        days=writing.day_order(_cells(table, columns, fields.DAYS)),
    )


def _doubts(
    table: Table,
    named: Sequence[str],
    mapping: Mapping,
    scores: Mapped[tuple[int, str], Sequence[Reason]],
) -> Iterator[str]:
    """Everything that a person must settle before the table is read."""
    told = Counter(name for name in named if name)
    if "number" not in told or not told.keys() & {"net", "gross"}:
        yield "no heading names the invoice number and an amount in words that are known"
    for name in ("number", "net", "gross", "issued_on", "due_on", "currency"):
        if told[name] > 1 and _differ(table, [at for at, one in enumerate(named) if one == name]):
            yield f"two columns are called {_SPOKEN[name]}, and they differ"
    for name in (*NEEDED, "due_on", "currency", "debtor_name"):
        if name not in told and name in mapping.columns:
            heading = table.names[mapping.columns[name]] or f"column {mapping.columns[name] + 1}"
            yield f"“{heading}” seems to be the {_SPOKEN[name]}, which nobody confirmed"
    for name in fields.DAYS | fields.AMOUNTS:
        at = named.index(name) if name in told else None
        if at is not None and any(r.points <= -80 for r in scores.get((at, name), ())):
            yield f"“{table.names[at]}” has cells that are none"
    yield from _left_open(table, mapping)


def _left_open(table: Table, mapping: Mapping) -> Iterator[str]:
    """What the cells do not tell: amounts and days that may be two, the currency."""
    money = _cells(table, mapping.columns, fields.AMOUNTS)
    days = _cells(table, mapping.columns, fields.DAYS)
    if not mapping.writing.decimal and writing.is_unsure(money):
        yield "amounts such as 1.234 may be one or a thousand"
    if not mapping.writing.days and writing.is_short(days):
        yield "days such as 03/04/2026 may be in March or April"
    if "currency" not in mapping.columns:
        seems = f"the currency of all rows seems to be {mapping.currency}"
        yield seems if mapping.currency else "nothing says the currency"


def _cells(table: Table, columns: Mapped[str, int], wanted: frozenset[str]) -> list[str]:
    return [cell for name, at in columns.items() if name in wanted for cell in table.column(at)]


def _differ(table: Table, columns: Sequence[int]) -> bool:
    return any(
        len({cells[at] if at < len(cells) else "" for at in columns}) > 1 for _, cells in table.rows
    )
