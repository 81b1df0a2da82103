"""The ladder editor by keyboard and on a telephone, and what came back, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests import world
from tests.walks import bought, said, sent, tell
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models
from usance.domain.distribution import Outcome
from usance.queries import ladders

pytestmark = pytest.mark.browser


def test_every_view_is_clean(office_page: OpenPage) -> None:
    place = world.build()
    letter, mail = sent(bought(place, place.kaufmann)), sent(bought(place, place.bolt, "R-2"))
    tell(
        said(letter, Outcome.RETURNED, corrected_address="Neue Straße 8, 50668 Köln"),
        said(mail, Outcome.BOUNCED, code="5.1.1"),
        said(mail, Outcome.UNREADABLE, 2, code="quantum_state"),
    )
    page = office_page(somebody("admin"), "/settings/ladder?for=Bolt", **PHONE)
    for path in (
        "/settings/ladder?for=Bolt",
        "/deliveries/back",
        "/deliveries/back?view=spoilt",
        "/deliveries/reports?view=answers",
        f"/debtors/{place.kaufmann.pk}",
        f"/deliveries/{mail.pk}",
        f"/invoices/{mail.invoice_id}",
    ):
        page.goto(path)
        assert_clean_everywhere(page)


def test_a_rung_goes_up_and_is_saved_by_keyboard_alone(office_page: OpenPage) -> None:
    world.build()
    page = office_page(somebody("operations"), "/settings/ladder")
    page.get_by_role("button", name="E-mail up").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Moved, not saved yet.")).to_be_visible()
    page.locator("#email-hours").fill("36")
    page.keyboard.press("Enter")  # From a field: saves, and moves nothing.
    expect(page.get_by_text("Saved: it holds for what is planned from now on.")).to_be_visible()
    kept = ladders.read(models.LadderSetting.objects.get())
    assert [(one.kind, one.hours) for one in kept.rungs[:2]] == [("einvoice", 24), ("email", 36)]
