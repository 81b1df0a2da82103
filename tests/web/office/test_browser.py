"""A working day in a real browser: look, decide, find."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import world
from tests.belt import drain, receive
from tests.kept import kept
from tests.web.browser import PHONE, assert_clean, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models
from usance.shared.models import Book

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@kept
def build() -> None:
    place = world.build()
    Book.objects.create(
        slug="main",
        name="Main",
        country="SE",
        created_at=world.NOW,
        simulated_at=world.NOW + timedelta(days=70),
    )
    long_name = world.without_buyer_ids(
        world.paper(place.acme, place.bolt, number="R-3"),
        "Bolt Verwaltungsgesellschaft Süddeutscher Maschinenbauer mbH",
    )
    receive(
        world.paper(place.acme, place.bolt, number="R-1"),
        world.paper(place.acme, place.bolt, number="R-2", gross="60000.00"),
        long_name,
        world.paper(place.nord, place.tre_kronor, number="N-1", gross="5000.00", currency="SEK"),
    )
    drain(send=False)


def test_every_screen_is_clean(office_page: OpenPage) -> None:
    build()
    page = office_page(somebody(), "/", **PHONE)
    assert_clean_everywhere(page)
    ids = models.Invoice.objects.values_list("pk", flat=True)
    document = models.Document.objects.values_list("pk", flat=True)[0]
    for path in (
        "/?currency=SEK",
        "/invoices?view=funded&sort=due&currency=EUR",
        "/invoices?q=nothing",
        "/held",
        "/held?view=error",
        f"/documents/{document}/look",
        "/search?q=R-",
        *(f"/invoices/{pk}" for pk in ids),
    ):
        page.goto(path)
        assert_clean_everywhere(page)


def test_a_hold_is_found_understood_and_released(office_page: OpenPage) -> None:
    build()
    page = office_page(somebody("credit"), "/")
    page.get_by_role("link", name="R-2").click()
    expect(page.get_by_text("is more than the debtor's limit").first).to_be_visible()
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog", name="Release the hold")
    expect(dialog.get_by_role("cell", name="48,000.00 EUR")).to_be_visible()
    assert_clean(page)
    expect(dialog.get_by_label("Remark: why")).to_be_focused()
    dialog.get_by_label("Remark: why").fill("Covered by a guarantee")
    dialog.get_by_role("button", name="Release").click()
    expect(page.get_by_text("1 hold released")).to_be_visible()
    expect(page.get_by_text("Covered by a guarantee").first).to_be_visible()
    drain(send=False)
    page.reload()
    expect(page.get_by_text("Purchased").first).to_be_visible()
    assert_clean(page)


def test_the_queue_is_worked_off_by_keys(office_page: OpenPage) -> None:
    build()
    page = office_page(somebody(), "/held")
    page.keyboard.press("e")  # Beside no row it decides nothing.
    expect(rows(page)).to_have_count(2)
    for key in "jx":
        page.keyboard.press(key)
    expect(page.locator("[data-picked]")).to_have_text("1")
    assert_clean(page)
    page.keyboard.press("e")
    expect(page.get_by_text("1 hold released")).to_be_visible()
    expect(rows(page)).to_have_count(1)


def test_a_dispute_can_be_undone(office_page: OpenPage) -> None:
    build()
    row = models.Invoice.objects.get(number="R-1")
    page = office_page(somebody("collection"), f"/invoices/{row.pk}")
    page.get_by_role("button", name="Dispute", exact=True).click()
    page.get_by_label("Reason").fill("Two boxes missing")
    page.get_by_label("What the debtor objects to").select_option("quantity")
    page.get_by_label("Disputed amount").fill("2,500.00")
    assert_clean(page)
    page.get_by_role("button", name="Open dispute").click()
    expect(page.get_by_text("Two boxes missing").first).to_be_visible()
    expect(page.get_by_text("2,500.00 EUR disputed").first).to_be_visible()
    assert_clean(page)
    page.keyboard.press("u")
    expect(page.get_by_text("Dispute closed.").first).to_be_visible()


def test_an_invoice_is_found_from_anywhere(office_page: OpenPage) -> None:
    build()
    page = office_page(somebody("cash"), "/held")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search and go to").press_sequentially("60 000,00")
    page.get_by_role("option", name=re.compile("R-2")).click()
    expect(page.get_by_role("heading", name="R-2")).to_be_visible()


def rows(page: Page) -> Locator:
    return page.locator("[data-rows] tbody tr")
