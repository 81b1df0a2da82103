"""A report as a value: columns, rows with their links, sums; and the one way in which it runs.

A report says its SQL and which columns of it add up. Rows and totals are made of the same columns
by the same function, so a total cannot say anything else than its rows do.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from inspect import getdoc
from typing import Any
from uuid import UUID

from django.db import connection

from usance.domain.journal import Account
from usance.domain.money import Money

from .asked import Asked

AT_ONCE = 2_000  # Rows that the server hands over together.

Cell = Money | Decimal | int | str | date | UUID | None
Raw = Mapping[str, Any]  # A row of the database, by column. In totals only what adds up is there.


class Kind(StrEnum):
    """How a column is written."""

    TEXT = "text"
    DAY = "day"
    COUNT = "count"
    MONEY = "money"
    RATE = "rate"  # 0.015 is 1.5 %.
    NUMBER = "number"  # Days, or times a year.
    SECONDS = "seconds"  # Screens say minutes, hours and days.


@dataclass(frozen=True, slots=True)
class Column:
    name: str  # In files and in the API.
    title: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Link:
    """Where a cell leads: `page` "report" of the name `of`, or "invoice", "client", "debtor",
    "entry" of that id."""

    page: str
    of: str
    asked: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    currency: str
    cells: tuple[Cell, ...]  # One for each column.
    links: Mapping[str, Link]  # By the name of the column.


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`explained` carries the definition as its docstring: what people read under the report."""

    name: str
    title: str
    about: str  # One sentence for the list of reports.
    explained: Callable[..., Any]
    columns: Callable[[Asked], tuple[Column, ...]]
    sql: Callable[[Asked], str]
    sums: Callable[[Asked], tuple[str, ...]]
    cells: Callable[[Raw, Asked], tuple[Cell, ...]]
    links: Callable[[Raw, Asked], Mapping[str, Link]]
    order: str
    takes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ("client",)
    needs: tuple[str, ...] = ()
    span: int = 30  # Days of the period, if nobody says when it begins.
    total_by: tuple[str, ...] = ("currency",)
    opening: Callable[[Asked], str] | None = None  # SQL of what stood before, by currency.
    # Of totals of several accounts: what these come to together. Reads them, asks nothing.
    together: Callable[[Sequence[Row], Asked], tuple[Row, ...]] | None = None
    ties: tuple[str, Account] | None = None  # A column whose total is the balance of an account.

    @property
    def says(self) -> str:
        """The definition as paragraphs, which are not broken where the code's lines end."""
        paragraphs = (getdoc(self.explained) or "").split("\n\n")
        return "\n\n".join(" ".join(one.split()) for one in paragraphs)


def rows(report: Report, asked: Asked, *, skip: int = 0, most: int | None = None) -> Iterator[Row]:
    """The rows in the report's order, streamed from the database with flat memory."""
    for raw in _asked(_stretch(report, asked, skip, most), asked):
        yield _row(report, raw, asked)


def _stretch(report: Report, asked: Asked, skip: int, most: int | None) -> str:
    limit = f"LIMIT {most} " if most is not None else ""
    return f"SELECT * FROM ({report.sql(asked)}) AS r ORDER BY {report.order} {limit}OFFSET {skip}"  # noqa: S608 - ours, and whole numbers


def page(
    report: Report, asked: Asked, *, skip: int, most: int
) -> tuple[list[Row], bool, tuple[Row, ...]]:
    """The rows of a page, whether more follow, and the totals of all rows.

    Rows that all stand on one page are added up here: a report of a year is not asked for twice.
    """
    found = list(_asked(_stretch(report, asked, skip, most + 1), asked))
    shown = [_row(report, raw, asked) for raw in found[:most]]
    if skip or len(found) > most:
        return shown, len(found) > most, totals(report, asked)
    names = report.sums(asked)
    sums: dict[tuple[str, ...], dict[str, Any]] = {}
    for raw in found:
        key = tuple(raw[name] for name in report.total_by)
        told = sums.setdefault(
            key, dict(zip(report.total_by, key, strict=True)) | dict.fromkeys(names, 0)
        )
        for name in names:
            told[name] += int(raw[name])
    return shown, False, tuple(_row(report, sums[key], asked) for key in sorted(sums))


def totals(report: Report, asked: Asked) -> tuple[Row, ...]:
    """The sums of all rows, by currency."""
    return tuple(_row(report, raw, asked) for raw in _summed(report, asked))


def ends(report: Report, asked: Asked) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """What stood before the rows and what stands after them, by currency; closing is opening plus
    the sums of the rows. Empty for a report that has no opening."""
    if report.opening is None:
        return (), ()
    names = report.sums(asked)
    before = {raw["currency"]: dict(raw) for raw in _asked(report.opening(asked), asked)}
    moved = {raw["currency"]: dict(raw) for raw in _summed(report, asked)}
    opening, closing = [], []
    for currency in sorted({*before, *moved}):
        was = {"currency": currency, **dict.fromkeys(names, 0)} | before.get(currency, {})
        did = dict.fromkeys(names, 0) | moved.get(currency, {})
        now = was | {name: was[name] + did[name] for name in names}
        opening.append(_row(report, was | {"part": "opening"}, asked))
        closing.append(_row(report, now | {"part": "closing"}, asked))
    return tuple(opening), tuple(closing)


def everything(report: Report, asked: Asked) -> Iterator[Row]:
    """For files: the opening, the rows, the closing."""
    opening, closing = ends(report, asked)
    yield from opening
    yield from rows(report, asked)
    yield from closing


def count(report: Report, asked: Asked) -> int:
    """How many rows there are."""
    (found,) = _asked(f"SELECT count(*) AS n FROM ({report.sql(asked)}) AS r", asked)  # noqa: S608 - ours
    return int(found["n"])


def _summed(report: Report, asked: Asked) -> Iterator[Raw]:
    sums = ", ".join(f"sum({name}) AS {name}" for name in report.sums(asked))
    by = ", ".join(report.total_by)
    sql = f"SELECT {by}, {sums} FROM ({report.sql(asked)}) AS r GROUP BY {by} ORDER BY {by}"  # noqa: S608 - ours
    for raw in _asked(sql, asked):
        yield {
            name: int(value) if isinstance(value, Decimal) else value for name, value in raw.items()
        }


def _asked(sql: str, asked: Asked) -> Iterator[Raw]:
    # A cursor of the server: a million rows pass through here and none of them stays.
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, asked.values)
        names = [column[0] for column in cursor.description]
        while found := cursor.fetchmany(AT_ONCE):
            for one in found:
                yield dict(zip(names, one, strict=True))


def _row(report: Report, raw: Raw, asked: Asked) -> Row:
    return Row(
        currency=raw["currency"],
        cells=report.cells(raw, asked),
        links=report.links(raw, asked),
    )
