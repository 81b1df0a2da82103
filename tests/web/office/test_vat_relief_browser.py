"""VAT on losses in a real browser: from the client's page to what came back, and its figures."""

import pytest
from playwright.sync_api import expect

from tests.queries.test_vat_relief import charged_back
from tests.web.browser import assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_finance_finds_the_vat_that_a_client_lost(office_page: OpenPage) -> None:
    acme = charged_back().place.acme
    page = office_page(somebody("finance"), f"/clients/{acme.pk}", width=1440, theme="light")
    page.get_by_role("link", name="VAT on losses").click()
    expect(page.get_by_role("cell", name="1,396.26 EUR").first).to_be_visible()
    expect(page.get_by_text("May be corrected")).to_be_visible()
    assert_clean_everywhere(page)
