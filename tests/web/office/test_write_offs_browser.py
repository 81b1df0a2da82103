"""A write-off in a real browser: proposed on the invoice, agreed to by another person."""

import pytest
from playwright.sync_api import expect

from tests.web import season
from tests.web.browser import assert_clean
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_one_proposes_another_agrees(office_page: OpenPage) -> None:
    made = season.build(send=False)
    page = office_page(somebody("finance"), f"/invoices/{made.mine.pk}", width=1440, theme="light")
    page.get_by_role("button", name="Write off…").click()
    page.get_by_label("Why it will not be paid").fill("The estate was closed")
    assert_clean(page)
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("You proposed it: a colleague agrees.")).to_be_visible()
    expect(page.get_by_role("button", name="Agree")).to_be_disabled()
    assert_clean(page)

    chief = office_page(somebody("admin"), "/write-offs", width=320, theme="dark")
    assert_clean(chief)
    chief.get_by_role("link", name=made.mine.number).click()
    chief.get_by_role("button", name="Agree").click()
    expect(chief.get_by_text("Given up, and booked.").first).to_be_visible()
    assert_clean(chief)
    assert models.Invoice.objects.get(pk=made.mine.pk).stage == "repurchased"
    chief.goto("/settings/write-offs")
    expect(chief.get_by_label("Up to").nth(1)).to_have_value("5000")
    assert_clean(chief)
    chief.goto(f"/clients/{made.place.acme.pk}")
    chief.get_by_role("button", name="Write off EUR…").click()
    assert_clean(chief)
