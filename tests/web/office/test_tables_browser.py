"""A table confirmed and an invoice typed in a real browser, by keys, in both themes and sizes."""

import re

import pytest
from playwright.sync_api import expect

from tests import world
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models
from usance.actions import intake
from usance.queries import mappings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TABLE = """Beleg;Abnehmer;vom;bis;Wert
R-1001;Bolt Maschinenbau AG;01.03.2026;31.03.2026;1.190,00
R-1002;Kaufmann & Söhne KG;02.03.2026;01.04.2026;238,00
"""


def test_columns_are_chosen_and_the_sums_follow(office_page: OpenPage) -> None:
    place = world.build()
    file = intake.File(name="posten.csv", data=TABLE.encode())
    intake.receive([file], client=place.acme.pk, way="office", at=world.NOW, actor="user:asa")
    row = mappings.waiting().get()

    page = office_page(somebody(), f"/tables/{row.pk}", **PHONE)
    assert_clean_everywhere(page)
    expect(page.locator("#preview")).to_contain_text("currency_missing")
    page.get_by_label("Currency of all rows").fill("EUR")
    page.keyboard.press("Tab")
    expect(page.locator("#preview")).to_contain_text("1,428.00")
    page.get_by_label("Field of Wert").select_option("net")
    expect(page.locator("#preview")).to_contain_text("amount_missing")
    page.get_by_label("Field of Wert").select_option("gross")
    expect(page.locator("#preview")).to_contain_text("1,428.00")
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Confirm and take in").click()
    expect(page.get_by_text("2 invoices were taken in")).to_be_visible()
    assert models.Invoice.objects.count() == 2
    page.goto(f"/clients/{place.acme.pk}")
    expect(page.get_by_text("Columns of its tables")).to_be_visible()
    assert_clean_everywhere(page)


def test_an_invoice_is_typed_by_keys_alone(office_page: OpenPage) -> None:
    world.build()
    page = office_page(somebody(), "/entries/new", **PHONE)
    assert_clean_everywhere(page)
    page.get_by_label("Client").select_option(label="Acme Feinblech GmbH")
    page.get_by_label("Debtor", exact=True).fill("Kaufmann & Söhne KG")
    page.get_by_label("Number", exact=True).fill("Ö-1")
    page.get_by_label("Due date").fill("2026-12-31")
    page.get_by_label("Text").first.fill("Frästeile für Öfen")
    page.get_by_label("Price without VAT").first.fill("333,33")
    page.keyboard.press("Tab")
    expect(page.locator("#sums")).to_contain_text("416.66 EUR")
    expect(page.locator("#sums")).to_contain_text("Köln")
    page.get_by_role("button", name="Another line").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Text")).to_have_count(3)
    expect(page.get_by_label("Text").last).to_be_focused()
    expect(page.get_by_label("Text").first).to_have_value("Frästeile für Öfen")
    page.keyboard.type("Fracht")
    page.get_by_label("Price without VAT").last.fill("10")
    page.keyboard.press("Tab")
    expect(page.locator("#sums")).to_contain_text("429.16 EUR")
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Take in", exact=True).click()
    expect(page).to_have_url(re.compile("/invoices/[0-9a-f-]{36}$"))
    assert str(models.Invoice.objects.get().face) == "429.16 EUR"
