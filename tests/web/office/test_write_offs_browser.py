"""A write-off in a real browser: proposed on the invoice, agreed to by another person."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.actions.test_recourse import DUE, bought
from tests.web import season
from tests.web.browser import assert_clean
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models
from usance.domain.finance import Extent
from usance.jobs import day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_the_day_proposed_takes_two(office_page: OpenPage) -> None:
    row = bought(Extent(share=Decimal("0.75")))
    day.end(at=DUE)
    page = office_page(somebody("finance"), "/write-offs", width=320, theme="dark")
    expect(page.get_by_text("250.00 EUR ours")).to_be_visible()
    assert_clean(page)
    page.get_by_role("link", name=row.number).click()
    expect(page.get_by_text("Nobody has said so yet")).to_be_visible()
    page.get_by_role("button", name="Agree").click()
    expect(page.get_by_text("You proposed it: a colleague agrees.")).to_be_visible()
    assert_clean(page)

    chief = office_page(somebody("admin"), page.url, width=1440, theme="light")
    expect(chief.get_by_text("The client takes back 750.00 EUR")).to_be_visible()
    chief.get_by_role("button", name="Agree").click()
    expect(chief.get_by_text("Given up, and booked.").first).to_be_visible()
    assert_clean(chief)


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
