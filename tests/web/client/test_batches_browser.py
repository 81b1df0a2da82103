"""A client hands in from its telephone and watches what becomes of it."""

import pytest
from playwright.sync_api import expect

from tests import world
from tests.belt import drain
from tests.web import season
from tests.web.browser import PHONE, assert_clean, assert_clean_everywhere
from tests.web.conftest import OpenPage
from usance.plugins.einvoices import ubl

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_client_hands_in_on_its_telephone(office_page: OpenPage) -> None:
    made = season.build()
    page = office_page(season.own_user(made, made.place.acme), "/client/", **PHONE)
    page.get_by_role("link", name="Hand in", exact=True).click()
    expect(page.get_by_text("Nothing was handed in yet")).to_be_visible()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("alert")).to_contain_text("No file was chosen.")
    assert_clean(page)
    data = ubl.write(world.paper(made.place.acme, made.place.bolt, number="R-9"), {})
    page.get_by_label("Drop invoices here, or choose files").set_input_files(
        [
            {"name": "März.xml", "mimeType": "application/xml", "buffer": data},
            {"name": "Urlaub.xml", "mimeType": "application/xml", "buffer": b"<a/>"},
        ]
    )
    expect(page.get_by_text("2 · 0.0 MB")).to_be_visible()
    page.get_by_role("textbox", name="Invoices").fill("2")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("1 being checked")).to_be_visible()
    assert_clean_everywhere(page)
    drain(send=False)
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    expect(page.get_by_text("Differs")).to_be_visible()
    page.get_by_role("link", name="Hand in invoices").click()
    expect(page.get_by_role("link", name="Batch 2")).to_be_visible()
    assert_clean(page)
