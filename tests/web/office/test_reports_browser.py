"""From a report to the entry behind its figure, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.web import season
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_figure_is_followed_to_its_entry(office_page: OpenPage) -> None:
    made = season.build()
    page = office_page(somebody("finance"), "/reports", **PHONE)
    assert_clean_everywhere(page)
    page.get_by_role("link", name="Ageing", exact=True).click()
    expect(page.get_by_text("agrees with the ledger").first).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_role("link", name="1,500.00").first.click()
    expect(page.get_by_role("heading", name="Open items")).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_role("link", name="500.00", exact=True).click()
    page.get_by_role("link", name="Purchase of invoice R-2").first.click()
    expect(page.get_by_role("heading", name="Purchase of invoice R-2")).to_be_visible()
    for path in (
        f"/reports/client-statement?client={made.place.acme.pk}", "/reports/sub-ledger",
        f"/debtors/{made.place.bolt.pk}/statement", "/reports/client-statement",
    ):  # fmt: skip
        page.goto(path)
        assert_clean_everywhere(page)
