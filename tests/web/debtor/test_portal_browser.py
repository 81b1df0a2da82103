"""A debtor opens the link of a letter in a real browser."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.belt import drain
from tests.web import season
from tests.web.browser import PHONE, assert_clean, assert_clean_everywhere
from tests.web.conftest import OpenPage
from usance import models
from usance.queries import portal
from usance.sandbox.houses.webpush import OUR_KEY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_debtor_reads_objects_and_is_noted_as_a_person(open_page: OpenPage) -> None:
    made = season.build()
    path = portal.link(made.dispatch(made.letter)).partition("8000")[2]
    page = open_page(path, **PHONE)
    expect(page.get_by_role("heading", name="Rechnung R-2")).to_be_visible()
    assert_clean_everywhere(page)
    with page.expect_response(lambda answer: answer.url.endswith("/seen")):
        page.reload()
    assert made.dispatch(made.letter).state == "opened"
    page.get_by_text("Stimmt etwas nicht?").click()
    page.get_by_label("Was stimmt an der Rechnung nicht?").fill("Zwei Teile fehlen.")
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Der Rechnung widersprechen").click()
    expect(page.get_by_text("Ihr Einwand ist vermerkt.")).to_be_visible()
    assert_clean_everywhere(page)
    drain(send=False)
    assert models.Dispute.objects.get().reason == "Zwei Teile fehlen."


def test_the_button_of_messages_shows_where_the_browser_can_take_them(open_page: OpenPage) -> None:
    made = season.build()
    config = {"private_key": OUR_KEY, "subject": "mailto:it@factor.example"}
    carriers = {"browsers": {"plugin": "webpush", "config": config}}
    told = json.dumps({"kinds": {"push": "browsers"}, "carriers": carriers})
    Path(settings.OUTSIDE).write_text(told)
    path = portal.link(made.dispatch(made.letter)).partition("8000")[2]
    page = open_page(path + "?language=fi", **PHONE)
    expect(page.get_by_role("button", name="Ilmoita minulle tässä selaimessa")).to_be_visible()
    assert_clean_everywhere(page)


def test_the_page_behind_a_printed_address_is_whole(open_page: OpenPage) -> None:
    made = season.build()
    path = portal.link(made.dispatch(made.letter), printed=True).partition("8000")[2]
    page = open_page(path, width=320)
    expect(page.get_by_role("heading", name="Rechnung R-2")).to_be_visible()
    assert_clean(page)


def test_an_address_that_leads_nowhere_says_so(open_page: OpenPage, transactional_db: None) -> None:
    page = open_page("/i/" + "x" * 40, width=320)
    expect(page.get_by_role("heading")).to_have_text("This address does not lead to an invoice")
    assert_clean(page)
