"""Terms in a real browser: typed, looked at, proposed, decided; all pages clean."""

import pytest
from playwright.sync_api import expect

from tests import world
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_terms_are_written_and_decided(office_page: OpenPage) -> None:
    place = world.build()
    path = f"/clients/{place.acme.pk}/facilities"
    page = office_page(somebody("admin"), path, **PHONE)
    assert_clean_everywhere(page)
    page.get_by_label("Holds from").fill("2026-04-01")
    page.get_by_label("Interest, per cent a year").fill("8")
    page.get_by_role("button", name="What does it cost?").click()
    expect(page.get_by_role("heading", name="What it costs")).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("You proposed them")).to_be_visible()
    assert_clean_everywhere(page)
    (old,) = models.Facility.objects.filter(client=place.acme)
    for other in (f"/facilities/{old.pk}", f"/clients/{place.acme.pk}", "/settings/rates"):
        page.goto(other)
        assert_clean_everywhere(page)
