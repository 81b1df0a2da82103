"""Time to fund: exact seconds from the moments of the diary, and who needed a person."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.stories.reading import Step
from tests.stories.telling import Teller
from tests.world import TODAY
from usance import models
from usance.queries.reports import catalogue, table

AT = datetime.fromisoformat("2026-04-30T09:00:00+00:00")


def told(teller: Teller, days: int, word: str, **says: str) -> None:
    name = says.pop("what", "")
    teller.tell(Step(TODAY + timedelta(days=days), word, {"": name, **says}, (), days))


@pytest.mark.django_db
def test_seconds_run_from_the_hand_in_to_the_decision_and_to_the_file() -> None:
    teller = Teller()
    told(teller, 0, "capital", what="50000.00 EUR")
    for number, face in (("R-1", "1000.00"), ("R-2", "2000.00"), ("R-3", "900000.00")):
        told(teller, 0, "hands", **{"what": number, "for": f"{face} EUR", "by": "bolt",
                                    "due": "2026-04-30"})  # fmt: skip
    # R-3 is beyond the limit and held. R-1 lay for 30 seconds, R-2 for 90, and a person noted
    # something on it before it was bought.
    for number, seconds in (("R-1", 30), ("R-2", 90)):
        row = models.Invoice.objects.get(number=number)
        row.received_at -= timedelta(seconds=seconds)
        row.save(update_fields=["received_at"])
    helped = models.Invoice.objects.get(number="R-2")
    models.Diary.objects.create(
        kind="note.written", subject_id=helped.pk, invoice=helped, at=helped.received_at,
        actor="user:anna", particulars={},
    )  # fmt: skip
    _held_later(models.Invoice.objects.get(number="R-1"))
    told(teller, 0, "ends", what="the day")
    told(teller, 1, "releases", what="the payouts")

    report = catalogue.report("speed")
    asked = catalogue.ask(report, {"since": "2026-03-01", "on": "2026-03-31"}, at=AT)
    names = [column.name for column in report.columns(asked)]
    (row,) = (dict(zip(names, one.cells, strict=True)) for one in table.rows(report, asked))
    day = 24 * 60 * 60
    assert row == {
        "client": "Acme Feinblech GmbH", "currency": "EUR", "month": "2026-03", "handed_in": 3,
        "decided": 2, "bought": 2, "straight": 1, "straight_rate": Decimal("0.5000"),
        "to_decision": Decimal("60.0"), "median_to_decision": Decimal("60.0"),
        "to_file": Decimal(f"{day + 60}.0"), "median_to_file": Decimal(f"{day + 60}.0"),
    }  # fmt: skip
    (total,) = table.totals(report, asked)
    assert dict(zip(names, total.cells, strict=True))["straight_rate"] == Decimal("0.5000")
    before = catalogue.ask(report, {"since": "2026-03-01", "on": "2026-03-02"}, at=AT)
    (row,) = (dict(zip(names, one.cells, strict=True)) for one in table.rows(report, before))
    assert (row["bought"], row["to_file"]) == (2, None)


@pytest.mark.django_db
def test_money_that_waits_for_a_signature_is_in_no_payout_file_yet() -> None:
    teller = Teller()
    told(teller, 0, "capital", what="50000.00 EUR")
    for number, signers in (("R-1", 0), ("R-2", 1)):
        models.Facility.objects.update(schedule_signers=signers)
        told(teller, 0, "hands", **{"what": number, "for": "1000.00 EUR", "by": "bolt",
                                    "due": "2026-04-30"})  # fmt: skip
    told(teller, 0, "ends", what="the day")
    told(teller, 1, "releases", what="the payouts")
    report = catalogue.report("handed-in")
    asked = catalogue.ask(report, {"since": "2026-03-01", "on": "2026-03-31"}, at=AT)
    names = [column.name for column in report.columns(asked)]
    rows = [dict(zip(names, one.cells, strict=True)) for one in table.rows(report, asked)]
    assert [row["bought"] for row in rows] == [1, 1]
    assert {row["invoice"]: row["to_file"] is None for row in rows} == {"R-1": False, "R-2": True}


def _held_later(row: models.Invoice) -> None:
    """As delivery does whose ladder has no way left: the purchase needed nobody."""
    bought = models.Diary.objects.get(invoice=row, kind="invoice.funded")
    models.Diary.objects.create(
        kind="invoice.held", subject_id=row.pk, invoice=row, at=bought.at, actor="belt",
        particulars={},
    )  # fmt: skip
