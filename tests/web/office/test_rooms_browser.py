"""A morning in the office in a real browser: match, deliver, pay out, check the books."""

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser import PHONE, assert_clean, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office import day
from tests.web.office.conftest import somebody
from usance import models

pytestmark = pytest.mark.browser
ROOMS = [
    "/batches", "/batches/new", "/deliveries", "/deliveries?view=failed",
    "/deliveries?view=unknown", "/deliveries/reports", "/cash?view=proposed",
    "/cash?view=statements", "/payouts", "/payouts/release", "/ledger",
    "/ledger/accounts/1200/EUR", "/ledger/journal",
    "/ledger/doctor", "/clients", "/own-ledgers", "/debtors",
]  # fmt: skip


def test_every_room_is_clean(office_page: OpenPage) -> None:
    made = day.build()
    day.propose()
    page = office_page(somebody("admin"), "/batches", **PHONE)
    line = models.BankLine.objects.get(bank_reference="BR2")
    for path in (
        *ROOMS,
        f"/batches/{made.batch.pk}",
        f"/deliveries/{models.Dispatch.objects.get(state='failed').pk}",
        f"/deliveries/reports/{models.DeliveryEvent.objects.first().pk}",
        f"/deliveries/reports/{models.DeliveryEvent.objects.first().pk}/place?q=R-1001",
        f"/cash/lines/{line.pk}?q=R-1003",
        f"/clients/{made.place.acme.pk}",
        f"/debtors/{made.place.bolt.pk}",
        f"/debtors/{made.place.bolt.pk}/edit",
    ):
        page.goto(path)
        assert_clean_everywhere(page)


def test_a_morning_at_the_desk(office_page: OpenPage) -> None:
    day.build()
    page = office_page(somebody("admin"), "/cash?view=proposed")
    _match(page)
    _resolve(page)
    _pay_out(page)
    page.goto("/ledger/doctor")
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("Every promise is kept")).to_be_visible()


def _match(page: Page) -> None:
    page.get_by_role("link", name="Decide Bolt").click()
    expect(page.get_by_text("The amount is exactly what is outstanding: yes")).to_be_visible()
    page.keyboard.press("e")
    expect(page.get_by_text("8,000.00 EUR pays R-1002")).to_be_visible()
    assert models.BankLine.objects.get(bank_reference="BR2").unapplied_minor == 0


def _resolve(page: Page) -> None:
    page.goto("/deliveries?view=unknown")
    page.get_by_role("button", name="It went out").click()
    expect(page.get_by_text("Every call to a carrier ended with a known outcome.")).to_be_visible()


def _pay_out(page: Page) -> None:
    day.propose()
    page.goto("/payouts")
    page.get_by_role("link", name="Release 2 proposals…").click()
    expect(page.get_by_role("heading", name="This will be booked")).to_be_visible()
    page.get_by_role("button", name="Release and write the order files").click()
    expect(page.get_by_text("2 payouts released")).to_be_visible()
    assert_clean(page)
