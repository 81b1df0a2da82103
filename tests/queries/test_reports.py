"""Reports against a slow factor in plain Python, over random histories; each total has its rows."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.queries import history
from tests.queries.history import History, Side
from usance.domain import measures
from usance.domain.journal import GROWS_BY_DEBIT, Account
from usance.domain.money import Money
from usance.queries import ledger
from usance.queries.reports import catalogue, table
from usance.queries.reports.portfolio import FUNDS
from usance.queries.reports.table import Row

pytestmark = pytest.mark.django_db
BOUGHT = {Account.FACTORED_RECEIVABLES}
PARTIES = ("client", "debtor")
AMOUNTS = slice(7, 12)  # Columns of the client statement.
Told = list[dict[str, Any]]


def told(name: str, **given: str) -> Told:
    """The rows of a report by the names of its columns, with their links under "links"."""
    report = catalogue.report(name)
    asked = catalogue.ask(report, given, at=history.AT)
    columns = [one.name for one in report.columns(asked)]
    return [
        dict(zip(columns, row.cells, strict=True)) | {"links": row.links}
        for row in table.rows(report, asked)
    ]


def totals(name: str, **given: str) -> dict[str, dict[str, Any]]:
    """The totals by currency."""
    report = catalogue.report(name)
    asked = catalogue.ask(report, given, at=history.AT)
    columns = [one.name for one in report.columns(asked)]
    found: tuple[Row, ...] = table.totals(report, asked)
    return {row.currency: dict(zip(columns, row.cells, strict=True)) for row in found}


def moment(dice: Random) -> tuple[date, datetime | None, date]:
    """A day, what was known when, and the first day of a period."""
    on = history.BEGAN + timedelta(days=dice.randrange(20, history.DAYS))
    known = dice.choice([None, datetime.combine(on, history.time(12), history.UTC)])
    return on, known, on - timedelta(days=dice.randrange(1, 200))


def given(on: date, known: datetime | None, since: date | None = None) -> dict[str, str]:
    words = {"on": on.isoformat(), "known": known.isoformat() if known else ""}
    return words | ({"since": since.isoformat()} if since else {})


def outstanding(made: History, on: date, known: datetime | None) -> dict[Any, int]:
    left: Counter[Any] = Counter()
    for one in made.stood(BOUGHT, on, known):
        left[one.invoice] += one.minor
    return {pk: minor for pk, minor in left.items() if minor}


def kind(one: Side) -> str:
    if one.kind == "purchase":
        return "bought"
    if one.other is Account.UNAPPLIED_CASH:
        return "paid"
    return "taken_back" if one.kind == "repurchase" else "diluted"


@pytest.mark.parametrize("seed", [1, 2])
def test_every_report_says_what_a_slow_plain_factor_says(seed: int) -> None:
    made, dice = history.build(seed), Random(seed)  # noqa: S311 - by its seed
    for _ in range(4):
        on, known, since = moment(dice)
        _ageing(made, on, known)
        _turnover(made, on, known, since)
        _sub_ledgers(made, on, known, since)
        _statements(made, on, known, since)
        _means(made, on, known, since)


def _ageing(made: History, on: date, known: datetime | None) -> None:
    left = outstanding(made, on, known)
    items = told("open-items", **given(on, known))
    assert {row["invoice"]: row["outstanding"].minor for row in items} == {
        made.invoices[pk].number: minor for pk, minor in left.items()
    }
    for basis, buckets in measures.BASES.items():
        for by in PARTIES:
            expected: dict[Any, Counter[str]] = defaultdict(Counter)
            for pk, minor in left.items():
                row = made.invoices[pk]
                days = (on - (row.due_on if basis == "due" else row.issued_on)).days
                name = getattr(row, by).name
                expected[name, row.currency][measures.bucket(days, buckets).name] += minor
            rows = told("ageing", by=by, basis=basis, **given(on, known))
            assert {
                (row[by], row["currency"]): {
                    one.name: row[one.name].minor for one in buckets if row[one.name]
                }
                for row in rows
            } == expected
            assert [row["total"].minor for row in rows] == sorted(
                (row["total"].minor for row in rows), reverse=True
            )
            for row in rows:
                assert sum(row[one.name].minor for one in buckets) == row["total"].minor


def _turnover(made: History, on: date, known: datetime | None, since: date) -> None:
    for by in PARTIES:
        turned: dict[Any, Counter[str]] = defaultdict(Counter)
        for one in made.stood(BOUGHT, on, known):
            if one.on >= since:
                whom = getattr(made.invoices[one.invoice], by).name
                sign = 1 if kind(one) == "bought" else -1
                turned[whom, one.currency][kind(one)] += sign * one.minor
        for row in told("dilution", by=by, **given(on, known, since)):
            did = turned[row[by], row["currency"]]
            assert (row["bought"].minor, row["diluted"].minor, row["taken_back"].minor) == (
                did["bought"], did["diluted"], did["taken_back"],
            )  # fmt: skip
            assert row["dilution"] == measures.dilution(did["diluted"], did["bought"])
        for row in told("dso", by=by, **given(on, known, since)):
            bought = turned[row[by], row["currency"]]["bought"]
            assert row["bought"].minor == bought
            days = (on - since).days + 1
            assert row["dso"] == measures.dso(row["outstanding"].minor, bought, days)
    shares = told("concentration", **given(on, known))
    by_currency: Counter[str] = Counter()
    for row in shares:
        by_currency[row["currency"]] += row["outstanding"].minor
    for row in shares:
        whole = by_currency[row["currency"]]
        assert row["share"] == measures.concentration(row["outstanding"].minor, whole)


def _sub_ledgers(made: History, on: date, known: datetime | None, since: date) -> None:
    for by in ("client", "debtor", "invoice"):
        stood: Counter[Any] = Counter()
        for one in made.stood(set(Account), on, known):
            stood[getattr(one, by), one.account, one.currency] += one.minor
        rows = told("sub-ledger", by=by, **given(on, known, since))
        closing = Counter[Any]()
        for row in rows:
            account = Account(row["account"])
            sign = 1 if account in GROWS_BY_DEBIT else -1
            assert row["opening"] + _sign(row, sign) == row["closing"]
            closing[account, row["currency"]] += sign * row["closing"].minor
        expected = Counter[Any]()
        for (_, account, currency), minor in stood.items():
            expected[account, currency] += minor
        assert {k: v for k, v in closing.items() if v} == {k: v for k, v in expected.items() if v}
    if known is None:
        trial = {
            (Account(row.account), one.currency): row.debit.minor - row.credit.minor
            for one in ledger.trial(on=on)
            for row in one.rows
        }
        assert {k: v for k, v in trial.items() if v} == {k: v for k, v in expected.items() if v}


def _sign(row: dict[str, Any], sign: int) -> Money:
    grew = row["debit"] - row["credit"]
    return grew if sign > 0 else -grew


def _statements(made: History, on: date, known: datetime | None, since: date) -> None:
    for client in (made.place.acme, made.place.nord):
        report = catalogue.report("client-statement")
        words = given(on, known, since) | {"client": str(client.pk)}
        asked = catalogue.ask(report, words, at=history.AT)
        opening, closing = table.ends(report, asked)
        moved: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
        for row in table.rows(report, asked):
            for place, amount in enumerate(row.cells[AMOUNTS]):
                assert isinstance(amount, Money)
                moved[row.currency][place] += amount.minor
        for was, now in zip(opening, closing, strict=True):
            ends = zip(was.cells[AMOUNTS], now.cells[AMOUNTS], strict=True)
            stood = [(b.minor, a.minor) for b, a in ends]
            assert [b + m for (b, _), m in zip(stood, moved[was.currency], strict=True)] == [
                a for _, a in stood
            ]
            owed = sum(
                one.minor
                for one in made.stood(BOUGHT, on, known)
                if one.client == client.pk and one.currency == was.currency
            )
            assert stood[0][1] == owed


def _means(made: History, on: date, known: datetime | None, since: date) -> None:
    days = (on - since).days + 1
    for name, accounts, column in (
        ("turn", BOUGHT, "mean"), ("profitability", set(FUNDS), "mean_funds"),
    ):  # fmt: skip
        evenings: Counter[Any] = Counter()
        for one in made.stood(accounts, on, known):
            there = (on - max(one.on, since)).days + 1
            evenings[one.client, one.currency] += one.minor * there
        clients = {one.name: one.pk for one in (made.place.acme, made.place.nord)}
        for row in told(name, **given(on, known, since)):
            if row["client"] is None:
                continue
            exact = evenings[clients[row["client"]], row["currency"]]
            assert row[column].minor == measures.mean(exact, days)


def test_the_totals_are_the_sums_of_the_rows() -> None:
    made = history.build(7)
    apart = {"sub-ledger", "speed", "handed-in"}  # Of accounts; of no books.
    for name in catalogue.REPORTS.keys() - apart:
        words = {"on": "2025-10-01"}
        if name == "client-statement":
            words["client"] = str(made.place.nord.pk)
        if "since" in catalogue.report(name).takes:
            words["since"] = "2025-02-01"
        sums: dict[Any, Counter[str]] = defaultdict(Counter)
        rows = told(name, **words)
        assert rows, name
        for row in rows:
            for column, cell in row.items():
                if isinstance(cell, Money) and not column.startswith("mean"):
                    sums[row["currency"]][column] += cell.minor
        report = catalogue.report(name)
        asked = catalogue.ask(report, words, at=history.AT)
        whole = table.page(report, asked, skip=0, most=10**6)
        assert whole[1:] == (False, table.totals(report, asked)), name
        for currency, total in totals(name, **words).items():
            for column, minor in sums[currency].items():
                assert total[column].minor == minor, f"{name} {column}"


def test_what_was_written_later_does_not_change_what_was_known() -> None:
    made = history.build(5)
    on = history.BEGAN + timedelta(days=200)
    known = datetime.combine(on, history.time(23), history.UTC)
    late = [one for one in made.sides if one.on <= on and one.at > known and one.account in BOUGHT]
    assert late, "the history has nothing that was written late"
    then, now = (totals("ageing", **given(on, at)) for at in (known, None))
    differs, expected = Counter[str](), Counter[str]()
    for currency, row in now.items():
        differs[currency] += row["total"].minor
    for currency, row in then.items():
        differs[currency] -= row["total"].minor
    for one in late:
        expected[one.currency] += one.minor
    assert differs == expected


def test_a_definition_says_what_the_report_counts() -> None:
    for report in catalogue.REPORTS.values():
        assert len(report.says) > 80, report.name
        assert "\n" not in report.says.replace("\n\n", " "), report.name
