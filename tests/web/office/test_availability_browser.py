"""Availability in a real browser: a line and its rows, what if, two people for an over-advance."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests import world
from tests.kept import kept
from tests.web import season
from tests.web.browser import PHONE, assert_clean, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models
from usance.actions import disputes, eligibility
from usance.domain.credit.eligibility import Agreed, Mark
from usance.domain.mandate import Role
from usance.domain.money import Money

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@kept
def build() -> season.Season:
    """R-1 is disputed, R-2 counts; Acme owes Kaufmann; an over-advance waits."""
    made = season.build(send=False)
    signed = {"role": Role.ADMIN, "at": world.NOW, "actor": "user:officer"}
    acme = made.place.acme.pk
    disputes.open_dispute(made.mine.pk, reason="Short", **signed)
    eligibility.agree(
        acme, "EUR", Agreed(), valid_from=world.TODAY, reason="Frame contract § 4", **signed
    )
    eligibility.mark(
        acme, Mark.CONTRA, debtor=made.place.kaufmann.pk, amount=Money.of("125.50", "EUR"),
        reason="Supplier", **signed,
    )  # fmt: skip
    eligibility.propose_over_advance(
        acme, Money.of("1500", "EUR"), reason="The credit note is on its way",
        valid_to=world.TODAY + timedelta(days=7), **signed,
    )  # fmt: skip
    return made


def look(page: Page, made: season.Season) -> None:
    page.get_by_role("link", name="Disputed", exact=True).click()
    expect(page.get_by_text("The dispute is closed.")).to_be_visible()
    assert_clean(page)
    page.get_by_label("Advance rate, per cent").fill("50")
    page.get_by_role("button", name="Show").last.click()
    expect(page.get_by_text("At the advance rate of 50 %")).to_be_visible()
    assert_clean(page)


def test_the_office_looks_asks_what_if_and_approves(office_page: OpenPage) -> None:
    made = build()
    here = f"/clients/{made.place.acme.pk}/availability/EUR"
    page = office_page(somebody("credit"), here, **PHONE)
    assert_clean_everywhere(page)
    look(page, made)
    page.goto(here)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved over-advance")).to_be_visible()
    assert models.OverAdvance.objects.get().decided_by == "user:credit"
    page.get_by_role("button", name="Agree on what counts…").click()
    expect(page.get_by_label("Counts up to days past due")).to_have_value("90")
    assert_clean_everywhere(page)


def test_the_client_sees_the_same(office_page: OpenPage) -> None:
    made = build()
    user = season.own_user(made, made.place.acme)
    page = office_page(user, "/client/", **PHONE)
    page.get_by_role("link", name="What you may draw").click()
    expect(page.get_by_role("heading", name="What you may still draw")).to_be_visible()
    assert_clean_everywhere(page)
    look(page, made)
