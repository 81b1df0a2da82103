"""Every page of these rooms opens, and asks the database as often for many rows as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import world
from tests.belt import drain
from tests.web.office import day
from tests.web.office.conftest import SignedIn
from usance import models

pytestmark = pytest.mark.django_db

LISTS = [
    "/batches", "/batches?view=findings", "/batches/new", "/deliveries", "/deliveries?view=unknown",
    "/deliveries/back", "/deliveries/back?view=spoilt", "/deliveries/back?view=doubles",
    "/deliveries/reports?view=answers", "/deliveries/back?view=decided", "/settings/ladder",
    "/deliveries?view=failed&days=90", "/deliveries/reports", "/deliveries/reports?view=placed",
    "/cash", "/cash?view=proposed", "/cash?view=matched",
    "/cash?view=debits", "/cash?view=statements", "/payouts", "/payouts?view=rejected", "/online",
    "/payouts/release", "/ledger", "/ledger?on=2026-03-01", "/ledger/journal",
    "/ledger/journal?kind=purchase&since=2026-03-01&until=2026-03-31", "/ledger/doctor",
    "/ledger/accounts/1200/EUR", "/clients", "/clients?q=acme", "/clients/new", "/debtors",
    "/debtors?view=unassessed", "/debtors?view=insolvent", "/debtors/new",
]  # fmt: skip
WITH_ROWS = [
    "/batches", "/deliveries", "/cash", "/cash?view=matched", "/payouts", "/ledger",
    "/ledger/journal", "/ledger/accounts/1200/EUR", "/clients", "/debtors",
]  # fmt: skip


def details() -> list[str]:
    line, entry = models.BankLine.objects, models.Entry.objects
    return [
        reverse("batch", args=[models.Batch.objects.first().pk]),
        reverse("batch", args=[models.Batch.objects.first().pk]) + "?part=progress",
        *(reverse("delivery", args=[one.pk]) for one in models.Dispatch.objects.all()),
        *(reverse("cash_line", args=[one.pk]) for one in line.all()),
        reverse("cash_line", args=[line.get(bank_reference="BR3").pk]) + "?q=R-1003",
        *(reverse("entry", args=[one.pk]) for one in entry.all()[:3]),
        *(reverse("client", args=[one.pk]) for one in models.Client.objects.all()),
        *(reverse("debtor", args=[one.pk]) for one in models.Debtor.objects.all()),
        reverse("client_edit", args=[models.Client.objects.first().pk]),
        reverse("debtor_edit", args=[models.Debtor.objects.first().pk]),
    ]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_opens_on_an_empty_book(path: str, signed_in: SignedIn) -> None:
    assert signed_in("collection").get(path).status_code == 200


def test_every_page_opens_on_a_working_day(signed_in: SignedIn) -> None:
    day.build()
    day.propose()
    office = signed_in("admin")
    office.post("/ledger/doctor")
    for path in [*LISTS, *details()]:
        assert office.get(path).status_code == 200, path


def test_a_list_asks_as_often_for_many_rows_as_for_few(signed_in: SignedIn) -> None:
    made = day.build()
    office = signed_in("admin")
    few = {path: _asked(office, path) for path in WITH_ROWS}
    for n in range(6):
        day.hand_in(
            world.paper(made.place.acme, made.place.bolt, number=f"M-{n}", gross=f"{n + 5}")
        )
    drain(send=False)
    for path in WITH_ROWS:
        assert _asked(office, path) <= few[path], path


def _asked(office: "SignedIn", path: str) -> int:
    office.get(path)  # The first time fills caches.
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert office.get(path).status_code == 200
    assert len(asked) < 40
    return len(asked)
