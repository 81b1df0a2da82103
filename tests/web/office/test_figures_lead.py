"""Every amount of every report leads to rows, and the rows sum to it: walked from page to page."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from tests import world
from tests.queries import history
from tests.web.office.conftest import SignedIn
from usance.actions import ledger as books
from usance.domain import ledger
from usance.domain.journal import GROWS_BY_DEBIT, About, Account
from usance.domain.money import Money
from usance.domain.payment import Was
from usance.queries.reports import catalogue, table
from usance.shared.models import Book

pytestmark = pytest.mark.django_db
SINCE, ON = "2025-03-01", "2025-11-15"
# A row of these is what figures are made of: it leads to its entry or its invoice.
ROWS = {"moves", "payments", "handed-in", "open-items", "client-statement"}
NO_SUMS = {"Mean", "Mean funds in use"}
BY_RECEIPT = {"speed", "handed-in"}  # Of when invoices came, and not of the books.
AS_IN_MOVES = {"Debits": "Debit", "Credits": "Credit"}
Cell = dict[str, Any]


def test_every_amount_of_every_report_leads_to_rows_that_sum_to_it(signed_in: SignedIn) -> None:
    made = _filled()
    office = signed_in("finance")
    followed: Counter[str] = Counter()
    known: dict[str, dict[str, int]] = {}
    for name, path in _pages(made.place.acme.name):
        page = office.get(path)
        context = page.context
        assert context["rows"], path
        assert page.content.count(b"Together, debit less credit") == len(context["together"]), path
        for part in ("opening", "rows", "closing", "totals", "together"):
            for row in context[part]:
                if name in ROWS and part == "rows":
                    assert any(cell["url"] for cell in row), path
                elif name in ROWS and part == "totals":
                    continue  # Of the rows above it, all of them: tests.queries.test_reports.
                for cell in (cell for cell in row if _leads(cell)):
                    if name in ROWS and part == "rows" and not cell["url"]:
                        continue
                    where = f"{path} {part}: {cell['title']} {cell['value']}"
                    assert cell["url"], f"{where} leads nowhere"
                    sums = known.get(cell["url"]) or _behind(cell["url"])
                    known[cell["url"]] = sums
                    title = AS_IN_MOVES.get(cell["title"], cell["title"])
                    told = sums.get(title, sums["sum" if _is_money(cell) else "rows"])
                    assert abs(told) == abs(_whole(cell)), f"{where} is not {told}: {cell['url']}"
                    followed[name] += 1
    assert set(followed) == set(catalogue.REPORTS) - {"moves", "payments", "handed-in"}


def test_every_balance_of_the_trial_balance_leads_to_its_moves(signed_in: SignedIn) -> None:
    _filled()
    office = signed_in("finance")
    for known in ("", "&known=2025-08-01"):
        page = office.get(f"/ledger?on={ON}{known}")
        assert page.context["trials"]
        for trial in page.context["trials"]:
            for row in trial.rows:
                path = f"/ledger/accounts/{row.account}/{trial.currency}?on={ON}{known}"
                assert path.replace("&", "&amp;") in page.content.decode()
                assert _moved(office, path) == (row.debit.decimal, row.credit.decimal), path


def _filled() -> history.History:
    """A history, and what is about nobody or about no invoice: capital, charges, a fee invoice."""
    Book.objects.create(
        slug="main", name="Factor Nord AB", country="SE", simulated_at=world.NOW,
        created_at=world.NOW,
    )  # fmt: skip
    made = history.build(11, invoices=6)
    on, client = date.fromisoformat(SINCE) + timedelta(days=40), About(client=made.place.acme.pk)
    charge, tax, paid = (Money(minor, "EUR") for minor in (750, 1900, 12_345))
    fee = ledger.fee_invoice("F-1", record="1", tax=tax, least=charge, about=client, on=on)
    assert fee is not None
    entries = [
        ledger.capital(Money(10**8, "EUR"), on=history.BEGAN, voucher="deed"),
        ledger.withdrawal(charge, on=on, line="L-1"),
        ledger.explanation("L-1", Was.CHARGE, charge, about=About(), on=on, line="L-1"),
        ledger.receipt(paid, on=on, line="L-2"),
        fee,
    ]
    books.book(entries, at=history.AT, actor="test")
    return made


def _pages(client: str) -> Iterator[tuple[str, str]]:
    """Every report by everything it can be grouped by, of a period that something stood before."""
    for name, report in catalogue.REPORTS.items():
        said = f"/reports/{name}?on={ON}"
        if name in BY_RECEIPT:
            said = f"/reports/{name}?since=2026-01-01"
        elif "since" in report.takes:
            said += f"&since={SINCE}"
        if report.needs:
            said += f"&client={client}"
        groups = report.groups if "by" in report.takes else ("",)
        yield from ((name, f"{said}&by={by}" if by else said) for by in groups)


def _leads(cell: Cell) -> bool:
    """Whether this is an amount or a number of rows that must say what it is made of."""
    if cell["title"] in NO_SUMS or not cell["value"]:
        return False
    return _is_money(cell) or cell["kind"] == table.Kind.COUNT.value


def _is_money(cell: Cell) -> bool:
    return isinstance(cell["value"], Money)


def _whole(cell: Cell) -> int:
    return int(cell["value"].minor if _is_money(cell) else cell["value"])


def _behind(url: str) -> dict[str, int]:
    """What the page of this address sums to: by the titles of its columns, "rows" by number, "sum"
    as debits less credits of its moves or of what its accounts stand at."""
    at = urlsplit(url)
    report = catalogue.report(at.path.rpartition("/")[2])
    asked = catalogue.ask(report, dict(parse_qsl(at.query)), at=world.NOW)
    sums: Counter[str] = Counter()
    for row in table.rows(report, asked):
        sums["rows"] += 1
        told = dict(zip([one.name for one in report.columns(asked)], row.cells, strict=True))
        for column, cell in zip(report.columns(asked), row.cells, strict=True):
            if isinstance(cell, Money):
                sums[column.title] += cell.minor
            elif column.kind is table.Kind.COUNT and isinstance(cell, int):
                sums[column.title] += cell
        sums["sum"] += _standing(report.name, told)
    return dict(sums)


def _standing(name: str, row: dict[str, Any]) -> int:
    if name == "open-items":
        return int(row["outstanding"].minor)
    if name == "sub-ledger":
        sign = 1 if Account(row["account"]) in GROWS_BY_DEBIT else -1
        return int(row["closing"].minor) * sign
    return int(row["debit"].minor - row["credit"].minor) if name == "moves" else 0


def _moved(office: Client, path: str) -> tuple[Decimal, Decimal]:
    """Debits and credits of the account's page, as its file has them."""
    text = b"".join(office.get(f"{path}&format=csv").streaming_content).decode("utf-8-sig")
    lines = list(csv.DictReader(StringIO(text)))
    debit, credit = (sum(Decimal(one[side] or 0) for one in lines) for side in ("debit", "credit"))
    return Decimal(debit), Decimal(credit)
