"""The cash desk in a real browser: a yes by keyboard and its undo, a split, a correction."""

import pytest
from playwright.sync_api import expect

from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office import day
from tests.web.office.conftest import somebody
from usance import models

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_line_is_matched_undone_and_split(office_page: OpenPage) -> None:
    day.build()
    line = models.BankLine.objects.get(bank_reference="BR2")
    proposed = models.BankLine.objects.filter(pk=line.pk)
    seen = line.proposals
    models.Statement.objects.filter(pk=line.statement_id).update(reference="7")  # A short link.
    page = office_page(somebody("cash"), "/cash?view=proposed", **PHONE)
    assert_clean_everywhere(page)
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.get_by_text("1 line matched")).to_be_visible()
    line.refresh_from_db()
    assert line.unapplied_minor == 0
    page.keyboard.press("u")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    line.refresh_from_db()
    assert line.unapplied_minor == 800_000

    proposed.update(proposals=seen)
    page.goto("/cash?view=proposed")
    page.get_by_label("Select all").check()
    expect(page.get_by_role("button", name="Yes to all of them")).to_be_visible()
    assert_clean_everywhere(page)
    page.locator("tbody .pick").uncheck()
    expect(page.get_by_role("button", name="Yes to all of them")).to_be_hidden()
    page.locator("tbody .pick").check()
    page.get_by_role("button", name="Yes to all of them").click()
    expect(page.get_by_text("1 line matched")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("Taken back.")).to_be_visible()

    page.goto(f"/cash/lines/{line.pk}?q=R-100")
    page.get_by_text("What does not speak for it").first.click()
    assert_clean_everywhere(page)
    page.get_by_label("R-1002 · Bolt").fill("5.500,00")
    page.get_by_label("R-1003 · Bolt").fill("2500")
    page.get_by_role("button", name="Allocate all").click()
    expect(page.get_by_text("Allocated to 2 invoices")).to_be_visible()
    page.goto(f"/cash/lines/{line.pk}")
    expect(page.get_by_text("Every cent of this line is explained.")).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Take back R-1003").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    line.refresh_from_db()
    assert line.unapplied_minor == 250_000


def test_a_correction_by_hand_is_booked_and_reversed(office_page: OpenPage) -> None:
    day.build()
    page = office_page(somebody("admin"), "/ledger/corrections/new", **PHONE)
    assert_clean_everywhere(page)
    page.get_by_label("Debit").select_option("6100")
    page.get_by_label("Credit").select_option("1900")
    page.get_by_label("Amount").fill("7,50")
    page.get_by_label("Proved by").fill("Statement of 2 March")
    page.get_by_label("Why").fill("The bank's fee")
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_role("heading", name="The bank's fee")).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_label("Why").fill("Booked twice")
    page.get_by_role("button", name="Reverse").click()
    expect(page.get_by_role("heading", name="Booked twice")).to_be_visible()
    assert_clean_everywhere(page)
    fees = models.Move.objects.filter(debit="6100") | models.Move.objects.filter(credit="6100")
    assert sorted((one.debit, one.credit, one.amount_minor) for one in fees) == [
        ("1900", "6100", 750), ("6100", "1900", 750),
    ]  # fmt: skip
    page.goto("/ledger/journal")
    assert_clean_everywhere(page)
