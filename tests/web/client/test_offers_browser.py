"""A client sells an invoice on its telephone; the office looks at the same offer."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.actions.test_offers import ALL, chooses, hand_in
from tests.web import season
from tests.web.browser import assert_clean
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_client_sells_on_its_telephone(office_page: OpenPage) -> None:
    made = season.build()
    chooses(made.place.acme, ALL)
    chooses(made.place.nord, replace(ALL, instant=0, fallback_days=20))
    hand_in(made.place.acme, made.place.bolt, R_7="1000.00", R_8="500.00")
    hand_in(made.place.acme, made.place.kaufmann, R_9="30000.00")
    user = season.own_user(made, made.place.acme)
    page = office_page(user, "/client/offers", width=320, theme="dark")
    assert_clean(page)
    for number in ("R-7", "R-8"):
        page.get_by_role("checkbox", name=number).check()
    page.get_by_role("button", name="What do they bring?").click()
    expect(page.get_by_text("for invoices of", exact=False)).to_be_visible()
    assert_clean(page)
    page.get_by_role("button", name="Ask for this offer").click()
    assert_clean(page)
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_text("Accepted", exact=True)).to_be_visible()
    desk = office_page(somebody("finance"), "/offers?view=ended", width=1440, theme="light")
    assert_clean(desk)
    desk.get_by_role("row").nth(1).get_by_role("link").click()
    expect(desk.get_by_role("heading", name="Offer to Acme Feinblech GmbH")).to_be_visible()
    assert_clean(desk)
