"""What reports say of a story, to the cent: recourse, and the set-off at the next payout."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.stories.reading import read
from tests.stories.telling import Teller
from usance.domain.money import Money
from usance.queries.reports import catalogue, table

pytestmark = pytest.mark.django_db
STORY = Path(__file__).parent / "recourse_with_set_off.md"
AT = datetime.combine(date(2026, 7, 31), time(18), UTC)


def told(name: str, **given: str) -> list[dict[str, Any]]:
    report = catalogue.report(name)
    asked = catalogue.ask(report, given, at=AT)
    names = [column.name for column in report.columns(asked)]
    return [dict(zip(names, row.cells, strict=True)) for row in table.everything(report, asked)]


def amounts(row: dict[str, Any]) -> dict[str, str]:
    """What is not nothing, in euros."""
    return {n: str(cell.decimal) for n, cell in row.items() if isinstance(cell, Money) and cell}


@pytest.fixture
def teller() -> Teller:
    teller = Teller()
    for step in read(STORY).steps:
        if step.word != "stands":
            teller.tell(step)
    return teller


def test_reports_tell_the_story_to_the_cent(teller: Teller) -> None:
    _statement(str(teller.place.acme.pk))
    _ages()
    _measures()


def _statement(acme: str) -> None:
    rows = told("client-statement", client=acme, since="2026-06-01", on="2026-07-31")
    assert [(row["part"], str(row["booked_on"]), row["kind"], amounts(row)) for row in rows] == [
        ("Opening", "2026-06-01", None,
         {"receivables": "10000.00", "reserve": "2000.00", "funds": "8000.00"}),
        ("Movement", "2026-06-30", "repurchase",
         {"receivables": "-10000.00", "reserve": "-2000.00", "claims": "8150.00",
          "fees": "150.00", "funds": "150.00"}),
        ("Movement", "2026-06-30", "purchase",
         {"receivables": "12000.00", "reserve": "2400.00", "due": "9600.00",
          "funds": "9600.00"}),
        ("Movement", "2026-06-30", "payout_released",
         {"due": "-8150.00", "claims": "-8150.00", "funds": "-8150.00"}),
        ("Movement", "2026-07-01", "payout_paid", {"due": "-1450.00"}),
        ("Closing", "2026-07-31", None,
         {"receivables": "12000.00", "reserve": "2400.00", "fees": "150.00",
          "funds": "9600.00"}),
    ]  # fmt: skip


def _ages() -> None:
    def aged(on: str, basis: str = "due") -> dict[str, str]:
        (row,) = told("ageing", on=on, basis=basis)
        return amounts(row)

    whole = {"total": "10000.00"}
    assert told("ageing", on="2026-03-01") == []
    assert aged("2026-04-30") == {"not_due": "10000.00"} | whole  # The due date itself.
    assert aged("2026-05-01") == {"d1_30": "10000.00"} | whole
    assert aged("2026-05-31") == {"d31_60": "10000.00"} | whole
    assert aged("2026-05-31", "issued") == {"i61_90": "10000.00"} | whole  # Issued on March 2.
    assert aged("2026-06-01", "issued") == {"i91_120": "10000.00"} | whole
    assert aged("2026-06-30") == {"not_due": "12000.00", "total": "12000.00"}


def _measures() -> None:
    period = {"since": "2026-04-01", "on": "2026-06-30"}  # 91 days.
    (dso,) = told("dso", **period)
    assert amounts(dso) == {"outstanding": "12000.00", "not_due": "12000.00", "bought": "12000.00"}
    assert (dso["dso"], dso["best"], dso["delay"]) == (Decimal("91.0"), Decimal("91.0"), Decimal(0))
    assert dso["countback"] == Decimal("30.0")  # All of it was bought in June.
    (dilution,) = told("dilution", **period)
    assert amounts(dilution) == {"bought": "12000.00", "taken_back": "10000.00"}
    assert dilution["dilution"] == 0  # What was taken back is no dilution.
    (turn,) = told("turn", **period)
    # 10 000.00 on 90 evenings and 12 000.00 on the last.
    assert amounts(turn) == {
        "opening": "10000.00", "bought": "12000.00", "taken_back": "10000.00",
        "closing": "12000.00", "mean": "10021.98",
    }  # fmt: skip
    assert turn["turn"] == Decimal("4.80")
    (profit,) = told("profitability", **period)
    # Funds: 8 000.00 on 90 evenings, 9 600.00 on the last.
    assert amounts(profit) == {"fees": "150.00", "result": "150.00", "mean_funds": "8017.58"}
    assert profit["yield"] == Decimal("0.0750")
