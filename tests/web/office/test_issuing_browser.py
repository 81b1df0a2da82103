"""A draft written, looked at, issued and credited in a real browser, in both themes and sizes."""

import re

import pytest
from playwright.sync_api import expect

from tests import world
from tests.actions.test_issuing import ANNA, lets_out, said
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models
from usance.actions import recurring

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_a_draft_to_its_credit_note(office_page: OpenPage) -> None:
    place = world.build()
    lets_out(place)
    recurring.agree(
        "Miete", said(place), client=place.acme.pk, day=31, since=world.TODAY, until=None,
        due_days=14, **ANNA,
    )  # fmt: skip
    page = office_page(somebody(), "/issuing?view=recurring", **PHONE)
    assert_clean_everywhere(page)
    page.get_by_role("link", name="New draft").first.click()
    assert_clean_everywhere(page)
    page.get_by_label("Client").select_option(label="Acme Feinblech GmbH")
    page.get_by_label("Debtor", exact=True).fill("Kaufmann & Söhne KG")
    page.get_by_label("Text").first.fill("Frästeile für Öfen")
    page.get_by_label("Price without VAT").first.fill("333,33")
    page.keyboard.press("Tab")
    expect(page.locator("#sums")).to_contain_text("416.66 EUR")
    page.get_by_role("button", name="Keep the draft").click()
    expect(page).to_have_url(re.compile("/issuing/[0-9a-f-]{36}$"))
    expect(page.get_by_alt_text("The first page of the letter")).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Issue", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("-00001$"))).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_label("And draft the invoice anew").check()
    page.get_by_role("button", name="Credit all of it").click()
    expect(page.get_by_text("A credit note and a new invoice were drafted")).to_be_visible()
    assert_clean_everywhere(page)
    assert models.Draft.objects.count() == 3
    for path in ("/issuing?view=issued", f"/issuing/clients/{place.acme.pk}"):
        page.goto(path)
        assert_clean_everywhere(page)
