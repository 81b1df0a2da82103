"""A buy-back in a real browser: quoted on the client's page, done; a client that leaves, by two."""

import pytest
from playwright.sync_api import expect

from tests.web import season
from tests.web.browser import assert_clean
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_one_quotes_and_another_lets_the_client_go(office_page: OpenPage) -> None:
    made = season.build(send=False)
    page = office_page(
        somebody("operations"), f"/clients/{made.place.acme.pk}", width=1440, theme="light"
    )
    page.get_by_role("link", name="Buy back EUR…").click()
    assert_clean(page)
    page.get_by_role("checkbox", name=f"Select {made.mine.number}").check()
    page.get_by_label("Who of the client asked for it, and how").fill("Anna Acme, by mail")
    page.get_by_role("button", name="Quote", exact=True).click()
    expect(page.get_by_text("815.00").first).to_be_visible()
    assert_clean(page)

    chief = office_page(somebody("finance"), "/buy-backs", width=320, theme="dark")
    assert_clean(chief)
    chief.get_by_role("rowheader").get_by_role("link").click()
    chief.get_by_role("button", name="Return the invoice", exact=True).click()
    expect(chief.get_by_text("What debtors are told")).to_be_visible()
    assert_clean(chief)
    assert models.Invoice.objects.get(pk=made.mine.pk).stage == "repurchased"

    page.goto(f"/clients/{made.place.acme.pk}/buy-backs/EUR/new?number=zz")
    expect(page.get_by_text("No invoice to buy back has such a number.")).to_be_visible()
    assert_clean(page)
    page.get_by_label("Who of the client gave notice, and how").fill("Letter of 3 June")
    page.get_by_role("button", name="Quote the buy-out").click()
    expect(page.get_by_text("To be paid in one sum")).to_be_visible()
    expect(page.get_by_text("You quoted it: a colleague does it.")).to_be_visible()
    assert_clean(page)
    page.goto(f"/clients/{made.place.acme.pk}/buy-backs/EUR/new")
    expect(page.get_by_text("A buy-out is quoted already:")).to_be_visible()
    assert_clean(page)
