"""Fee invoices: each charge on one of them, numbers without gaps, whoever asks at the same time."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.actions.test_races import at_once
from tests.stories import reading
from tests.stories.telling import Teller
from usance import models
from usance.actions import fees
from usance.domain.mandate import NotAllowed, Role
from usance.domain.settlement.fees import VatIdMissing
from usance.jobs import day
from usance.queries import doctor

STORY = Path(__file__).parent.parent / "stories" / "fees_invoiced_with_tax.md"
END = date(2026, 3, 31)
AT = datetime(2026, 4, 1, 16, tzinfo=UTC)
WHO: dict[str, Any] = {"role": Role.FINANCE, "at": AT, "actor": "user:finance"}


def charged() -> Teller:
    """The story up to the end of March: Nordhav and Acme were charged, nothing is invoiced."""
    teller = Teller()
    for step in reading.read(STORY).steps:
        if step.on <= END:
            teller.tell(step)
    return teller


def bill(teller: Teller, *, through: date = END) -> models.FeeInvoice:
    return fees.invoice(teller.place.nord.pk, "SEK", through=through, **WHO)


@pytest.mark.django_db
def test_nobody_is_invoiced_twice_too_early_or_for_nothing() -> None:
    teller = charged()
    with pytest.raises(NotAllowed):
        fees.invoice(teller.place.nord.pk, "SEK", through=END, **WHO | {"role": Role.CASH})
    with pytest.raises(fees.FeesStarted):
        fees.start(END, **WHO)
    with pytest.raises(fees.DayNotOver):
        bill(teller, through=AT.date())
    row = bill(teller)
    assert (row.number, row.first_on, row.last_on) == ("F2026-00001", date(2026, 3, 1), END)
    assert (row.net_minor, row.vat_minor, row.taken_minor, row.due_minor) == (
        300_000, 75_000, 200_000, 175_000,
    )  # fmt: skip
    with pytest.raises(fees.DayInvoiced):
        bill(teller)
    with pytest.raises(fees.NothingToInvoice):
        bill(teller, through=date(2026, 3, 30))
    with pytest.raises(fees.ReasonMissing):
        fees.credit(row.pk, reason=" ", **WHO)
    back = fees.credit(row.pk, reason="Wrong address", **WHO)
    assert (back.number, back.kind, back.due_minor) == ("FC2026-00001", "credit_note", -175_000)
    for gone in (row, back):
        with pytest.raises(fees.NotCreditable):
            fees.credit(gone.pk, reason="Again", **WHO)
    assert bill(teller).number == "F2026-00002"
    assert broken() == []


def broken() -> list[str]:
    """Of what is said of fees; the story's letters are late, and nobody looks."""
    return [one.rule for one in doctor.examine() if not one.kept and one.rule.startswith("M29")]


@pytest.mark.django_db
def test_a_day_within_the_month_and_the_months_end_share_the_charges() -> None:
    teller = charged()
    first = bill(teller, through=date(2026, 3, 25))
    rest = bill(teller)
    assert (first.first_on, first.net_minor, first.least_minor) == (
        date(2026, 3, 1), 200_000, 0,
    )  # fmt: skip
    assert (rest.first_on, rest.net_minor, rest.least_minor) == (
        date(2026, 3, 26), 100_000, 100_000,
    )  # fmt: skip
    assert broken() == []


@pytest.mark.django_db
def test_who_has_no_vat_id_waits_and_the_others_are_invoiced() -> None:
    teller = charged()
    models.Client.objects.filter(pk=teller.place.acme.pk).update(vat_id="")
    done = day.end(at=AT)
    assert done.fees_invoiced == 1
    assert [one.split(" has no")[0] for one in done.fees_waiting] == ["Acme Feinblech GmbH in DE"]
    with pytest.raises(VatIdMissing):
        fees.invoice(teller.place.acme.pk, "EUR", through=END, **WHO)
    models.Client.objects.filter(pk=teller.place.acme.pk).update(vat_id="DE136695976")
    assert day.end(at=AT + timedelta(days=1)).fees_invoiced == 1
    assert day.end(at=AT + timedelta(days=2)).fees_invoiced == 0
    notices = models.FeeNotice.objects.order_by("pk").values_list("address", "language")
    assert list(notices) == [("ekonomi@nordhav.example", "sv"), ("buchhaltung@acme.example", "de")]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_write_one_invoice() -> None:
    teller = charged()
    one = partial(bill, teller)
    came = at_once(one, one)
    assert sorted(type(each).__name__ for each in came) == ["DayInvoiced", "FeeInvoice"]
    assert models.FeeInvoice.objects.count() == 1
