"""A long statement taken in some lines at a time, each with its identity."""

from array import array
from collections.abc import Iterator
from itertools import pairwise

from .bank import BankLine, Statement, identities

Named = tuple[BankLine, str]


def parts(statement: Statement, *, at_once: int) -> Iterator[list[Named]]:
    """The booked lines in their order, with their identities, so many in a part. Lines of one entry
    are in one part, however many they are: where a bank scatters them over the statement they come
    last, all in one.
    """
    booked = (named for named in zip(statement.lines, identities(statement), strict=True)
              if not named[0].pending)  # fmt: skip
    if len(statement.lines) <= at_once:
        yield list(booked)
        return
    scattered = _scattered(statement)
    rest: list[Named] = []
    part: list[Named] = []
    for line, identity in booked:
        if scattered and hash(line.entry_reference) in scattered:
            rest.append((line, identity))
            continue
        if len(part) >= at_once and not _is_one(part[-1][0], line):
            yield part
            part = []
        part.append((line, identity))
    if part:
        yield part
    if rest:
        yield rest


def _is_one(one: BankLine, other: BankLine) -> bool:
    return bool(one.entry_reference) and one.entry_reference == other.entry_reference


def _scattered(statement: Statement) -> set[int]:
    """The hashes of references that begin more than once."""
    begun = array("q")
    before = ""
    for line in statement.lines:
        if line.pending:
            continue
        if line.entry_reference and line.entry_reference != before:
            begun.append(hash(line.entry_reference))
        before = line.entry_reference
    return {one for one, next_ in pairwise(sorted(begun)) if one == next_}
