"""A line in dollars pays euros at the rate of its bank, and goes back: in a real browser."""

import pytest
from playwright.sync_api import expect

from tests import world
from tests.actions.test_crossing import FRIDAY, MONDAY, TUESDAY, hand_in, pays, rates
from tests.stories.telling import Teller
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_both_amounts_are_seen_before_somebody_says_yes(office_page: OpenPage) -> None:
    teller = Teller()
    teller.accepts({"": "USD", "with": "0"}, world.NOW)
    rates(FRIDAY, USD="1.25")
    hand_in(teller.place, "E-1", "1000.00", "EUR")
    rates(MONDAY, USD="1.20")
    pays(teller, "1188.00 USD", "E-1", TUESDAY)
    line = models.BankLine.objects.get()
    models.Statement.objects.update(reference="2026-03-03 in dollars")
    page = office_page(somebody("cash"), "/cash?view=proposed", **PHONE)
    page.locator("td a.btn", has_text="Decide").click()
    expect(page.get_by_role("button", name="Allocate E-1 990.00 EUR")).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_label("Rate of the bank").fill("1.2")
    page.get_by_role("button", name="Work out E-1").click()
    expect(page.get_by_text("more than 10% away")).to_be_visible()
    page.get_by_label("Rate of the bank").fill("0.8417508418")
    page.get_by_role("button", name="Work out E-1").click()
    page.get_by_text("What will be booked").click()
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Allocate E-1 1000.00 EUR").click()
    expect(page.get_by_text("1,188.00 USD pays 1,000.00 EUR of E-1")).to_be_visible()
    page.goto(f"/cash/lines/{line.pk}")
    expect(page.get_by_text("as its bank exchanged it")).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Take back E-1").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    line.refresh_from_db()
    assert line.unapplied_minor == 1188_00
    pays(teller, "1188.00 USD", "E-1", TUESDAY, ordered="1000.00 EUR", rate="1.188", unit="EUR")
    told = models.BankLine.objects.latest("pk")
    page.goto(f"/cash/lines/{told.pk}")
    expect(page.get_by_text("1 EUR = 1.188", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Allocate E-1 1000.00 EUR")).to_be_visible()
