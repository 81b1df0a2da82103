"""A client at its pages in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.web import season
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_client_looks_after_an_invoice(office_page: OpenPage) -> None:
    made = season.build()
    page = office_page(season.own_user(made, made.place.acme), "/client/", **PHONE)
    assert_clean_everywhere(page)
    page.goto("/client/statement")
    assert_clean_everywhere(page)
    page.get_by_role("link", name="R-1", exact=True).click()
    expect(page.get_by_text("The receiver has it", exact=True)).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Account of ellen").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.goto("/client/vat-relief")
    assert_clean_everywhere(page)
    page.goto("/client/?view=disputed")
    assert_clean_everywhere(page)
