"""A report on a screen and as a file: cells with their links, sums, filters as they were asked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _

from usance.domain.money import Money
from usance.queries import ledger
from usance.queries.reports import catalogue, table
from usance.queries.reports.asked import Asked
from usance.queries.reports.table import Column, Kind, Link, Report, Row
from usance.web import exports, lists

SIZE = 100  # Rows on a page.
WHOLE = ("invoice", "reference")  # Not broken into lines: the table scrolls.
SHORT = ("currency", "month", "account")  # Words of one piece.
THIN = 4  # A link of fewer signs is hard to hit: it gets room around it.
OURS = ("skip", "format", "language")  # Of the page or the paper, and not of the question.
FIGURES = frozenset({Kind.MONEY, Kind.RATE, Kind.NUMBER, Kind.COUNT, Kind.SECONDS})

Leads = Callable[[Link], str]  # Where a link leads on this face; empty: nowhere.


def asked(request: HttpRequest, report: Report, *, at: datetime, **fixed: str) -> Asked:
    """The question in the address. `fixed` is not for the reader to choose.

    :raises Refusal: as `catalogue.ask`.
    """
    given = {name: value for name, value in request.GET.items() if name not in OURS}
    return catalogue.ask(report, given | fixed, at=at)


def file(request: HttpRequest, report: Report, question: Asked) -> StreamingHttpResponse:
    """The whole report as the file that `?format=` asks for."""
    names = [column.name for column in report.columns(question)]
    cells = plain(table.everything(report, question))
    return exports.answer(request, f"{report.name}-{question.on}", names, cells)


def plain(rows: Iterator[Row]) -> Iterator[Sequence[exports.Cell]]:
    """Cells as files hold them; the currency stands in its own column."""
    for row in rows:
        yield [cell.decimal if isinstance(cell, Money) else cell for cell in row.cells]


def drawn(
    request: HttpRequest, report: Report, question: Asked, *, leads: Leads,
    without: Sequence[str] = (),
) -> dict[str, object]:  # fmt: skip
    """What parts/figures.html wants. `without`: columns that this face does not show."""
    skip = _whole(request.GET.get("skip", ""))
    columns = report.columns(question)
    kept = [place for place, one in enumerate(columns) if one.name not in without]
    found, more, totals = table.page(report, question, skip=skip, most=SIZE)
    opening, closing = table.ends(report, question)

    digits = _digits([*found, *totals, *opening, *closing])

    def shown(rows: Sequence[Row]) -> list[list[dict[str, object]]]:
        return [_cells(columns, kept, row, leads, digits) for row in rows]

    return {
        "report": report,
        "caption": _(report.title),
        "columns": [{"title": _(columns[p].title), "end": columns[p].kind in FIGURES}
                    for p in kept],
        "opening": shown(opening), "rows": shown(found), "closing": shown(closing),
        "totals": shown(() if report.opening else totals),
        "together": shown(report.together(totals, question) if report.together else ()),
        "pager": {
            "here": lists.address(request, skip=""),
            "before": lists.address(request, skip=max(skip - SIZE, 0) or "") if skip else "",
            "after": lists.address(request, skip=skip + SIZE) if more else "",
            "says": _("%(count)s on this page") % {"count": len(found)},
        },
        "ties": _ties(report, question, totals),
    }  # fmt: skip


def _digits(rows: Sequence[Row]) -> dict[int, int]:
    """Digits after the point by the column's place: as many as its longest ratio has."""
    found: dict[int, int] = {}
    for row in rows:
        for place, cell in enumerate(row.cells):
            if isinstance(cell, Decimal):
                found[place] = max(found.get(place, 0), -int(cell.as_tuple().exponent))
    return found


def _cells(
    columns: Sequence[Column], kept: Sequence[int], row: Row, leads: Leads, digits: dict[int, int]
) -> list[dict[str, object]]:
    return [
        {
            "value": row.cells[place],
            "kind": columns[place].kind.value,
            "end": columns[place].kind in FIGURES,
            "title": _(columns[place].title),
            "wide": columns[place].kind in {Kind.TEXT, Kind.DAY}
            and columns[place].name not in SHORT,
            "short": columns[place].name in SHORT,
            "nil": not row.cells[place] and columns[place].kind is not Kind.COUNT,
            "digits": max(digits.get(place, 0) - 2 * (columns[place].kind is Kind.RATE), 0),
            "whole": columns[place].name in WHOLE,
            "thin": len(_text(row.cells[place])) < THIN,
            "url": leads(row.links[name]) if (name := columns[place].name) in row.links else "",
        }
        for place in kept
    ]


def _text(cell: table.Cell) -> str:
    return str(cell.decimal if isinstance(cell, Money) else cell)


def _ties(report: Report, question: Asked, totals: Sequence[Row]) -> list[Mapping[str, object]]:
    """Of each currency whether the total is the balance of the account that the ledger shows."""
    if report.ties is None or question.known or _is_narrowed(question):
        return []
    column, account = report.ties
    place = [one.name for one in report.columns(question)].index(column)
    return [
        {
            "account": account.value, "currency": total.currency,
            "agrees": ledger.row(account, total.currency, on=question.on).balance
            == total.cells[place],
        }
        for total in totals
    ]  # fmt: skip


def _is_narrowed(question: Asked) -> bool:
    return bool(question.client or question.debtor or question.invoice or question.bucket)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
