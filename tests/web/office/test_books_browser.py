"""An export made and answered, a month closed: in a real browser, in both themes and sizes."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests import world
from tests.actions.test_vouchers import capital
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_a_bookkeeping_to_a_closed_month(office_page: OpenPage) -> None:
    world.build()
    models.BankAccount.objects.all().delete()
    capital(3, on=date(2026, 2, 10))
    page = office_page(somebody(), "/ledger/exports", **PHONE)
    assert_clean_everywhere(page)
    page.get_by_role("link", name="New bookkeeping").click()
    assert_clean_everywhere(page)
    page.get_by_label("Name", exact=True).fill("Fortnox")
    page.get_by_label("Format", exact=True).select_option("sie4")
    page.get_by_label("Chart", exact=True).select_option("bas")
    page.get_by_label("First day that is exported").fill("2026-01-01")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("The bookkeeping is set up")).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_text("3 vouchers exported")).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_label("They are").select_option("booked")
    page.get_by_role("button", name="Keep what they say").click()
    expect(page.get_by_text("3 vouchers changed")).to_be_visible()
    page.goto("/ledger/periods")
    assert_clean_everywhere(page)
    page.get_by_role("link", name="February 2026").click()
    page.get_by_role("link", name="Check now").click()
    expect(page.get_by_text("Every promise about the books is kept")).to_be_visible()
    page.get_by_label("How").select_option("hard")
    page.get_by_role("button", name="Close the month", exact=True).click()
    expect(page.get_by_text("The month is closed")).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_label("Why").fill("An invoice was forgotten.")
    page.get_by_role("button", name="Ask to reopen").click()
    expect(page.get_by_text("asks to reopen it")).to_be_visible()
    assert_clean_everywhere(page)
    page.goto("/ledger?known=2026-02-28")
    assert_clean_everywhere(page)
