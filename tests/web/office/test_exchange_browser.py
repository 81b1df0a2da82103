"""A rate typed by one and agreed to by another, the books in one currency: in a real browser."""

import pytest
from playwright.sync_api import expect

from tests import world
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance.actions import exchange
from usance.domain.mandate import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_a_typed_rate_to_the_books_in_one_currency(office_page: OpenPage) -> None:
    world.build()
    world.capital("1000.00", "EUR")
    world.capital("11000.00", "SEK")
    row = {"role": Role.FINANCE, "at": world.NOW, "actor": world.OFFICER}
    exchange.choose_home("SEK", **row)  # type: ignore[arg-type]  # What an action is signed with.
    page = office_page(somebody(), "/settings/exchange", **PHONE)
    assert_clean_everywhere(page)
    form = page.locator("form", has_text="Type a rate")
    form.get_by_label("Currency").fill("SEK")
    form.get_by_label("For one euro").fill("11.05")
    form.get_by_label("Day").fill("2026-03-02")
    form.get_by_label("Where it is from").fill("Riksbanken")
    form.get_by_role("button", name="Propose the rate").click()
    expect(page.get_by_text("waits for a second person")).to_be_visible()
    assert_clean_everywhere(page)
    other = office_page(somebody("finance"), "/settings/exchange", **PHONE)
    other.get_by_role("button", name="Agree").click()
    expect(other.get_by_text("The rate is known from now on")).to_be_visible()
    assert_clean_everywhere(other)
    other.goto("/ledger/home?on=2026-03-02")
    other.get_by_role("button", name="Value up to yesterday").click()
    expect(other.get_by_text("22,050.00").first).to_be_visible()
    assert_clean_everywhere(other)
