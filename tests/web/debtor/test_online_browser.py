"""A debtor pays by card on the provider's page and comes back; the office sees it; all clean."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import resolve
from playwright.sync_api import expect

from tests.web import season
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import clock, models, sandbox
from usance.jobs import online
from usance.queries import portal
from usance.sandbox.running import Where

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_debtor_pays_by_card(site: str, open_page: OpenPage, office_page: OpenPage) -> None:
    # The provider's call comes while the debtor waits: the API, which the office loads with its
    # first call, is there before.
    resolve("/v1/hooks/stripe")
    made, at = season.build(), clock.now()
    models.Invoice.objects.filter(pk=made.letter.pk).update(number="R-2026-2")
    where = Where(webhook_url=f"{site}/v1/hooks")
    with sandbox.start(sandbox.Settings(seed=7, at=at, where=where)) as running:
        place = Path(settings.OUTSIDE)
        config = running.config("providers", "stripe")
        providers = {"providers": {"stripe": {"plugin": "stripe", "config": config}}}
        place.write_text(json.dumps(json.loads(place.read_text()) | providers))
        path = portal.link(made.dispatch(made.letter)).partition("8000")[2]
        page = open_page(path + "?language=nb", **PHONE)  # Whose button says it at most length.
        assert_clean_everywhere(page)
        page.goto(path + "?language=en")
        page.get_by_role("button", name="by card or wallet").click()
        page.get_by_role("button", name="Pay", exact=True).click(no_wait_after=True)
        page.wait_for_url("**/i/*online=done*", timeout=60_000)
        expect(page.get_by_text("How to pay")).to_have_count(0)  # The call was there before.
        expect(page.get_by_text("Nothing is left to be paid")).to_be_visible()
        assert_clean_everywhere(page)

        row = models.Checkout.objects.get()
        assert (row.state, row.line.unapplied_minor if row.line else None) == ("paid", 0)
        later = at + timedelta(days=5)
        running.clock(later)
        online.fetch_payouts(at=later)
        models.ProviderPayout.objects.update(arrives_on=at.date() - timedelta(days=20))
        desk = office_page(somebody("admin"), "/online", **PHONE)
        expect(desk.get_by_text("No statement shows payout")).to_be_visible()
        assert_clean_everywhere(desk)
        desk.get_by_label("Days that reserves wait after a payment").fill("30")
        desk.get_by_role("button", name="Save").click()
        expect(desk.get_by_text("Saved")).to_be_visible()
        for other in ("/online?view=paid", f"/cash/lines/{row.line_id}", "/"):
            desk.goto(other)
            assert_clean_everywhere(desk)
