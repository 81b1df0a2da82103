"""A debtor pays a part, names a day and asks for a plan; the office agrees; all of it clean."""

import pytest
from playwright.sync_api import expect

from tests.web import season
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models
from usance.queries import portal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_debtor_pays_in_its_own_way(open_page: OpenPage, office_page: OpenPage) -> None:
    made = season.build()
    path = portal.link(made.dispatch(made.letter)).partition("8000")[2]
    page = open_page(path + "?language=en", **PHONE)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy IBAN").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "DE89370400440532013000"
    page.get_by_text("Pay a part").click()
    page.get_by_label("Amount EUR").fill("123,45")
    page.get_by_role("button", name="Show how to pay it").click()
    expect(page.get_by_text("This is a part.")).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_role("link", name="Pay the whole").click()
    page.get_by_text("Paying soon?").click()
    page.get_by_label("I pay on").fill("2026-03-07")
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Tell Factor Nord AB").last.click()
    expect(page.get_by_text("Thank you. The day is noted.")).to_be_visible()
    page.get_by_text("Pay in instalments?").click()
    page.get_by_label("2 instalments").check()
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Ask for this plan").click()
    expect(page.get_by_text("You asked for 2 instalments.")).to_be_visible()

    plan = models.Plan.objects.get()
    desk = office_page(somebody("admin"), "/plans", **PHONE)
    assert_clean_everywhere(desk)
    desk.get_by_role("link", name="R-2", exact=True).click()
    assert_clean_everywhere(desk)
    desk.get_by_role("button", name="Agree").click()
    expect(desk.get_by_text("Agreed: nobody reminds while it is kept.")).to_be_visible()
    for place in ("/plans?view=agreed", f"/invoices/{plan.invoice_id}", "/plans?view=ended"):
        desk.goto(place)
        assert_clean_everywhere(desk)
    page.reload()
    expect(page.get_by_text("The plan is agreed.")).to_be_visible()
    assert_clean_everywhere(page)
