"""The review of documents in a real browser: by keyboard and mouse, at a desk and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests import pages, world
from tests.belt import drain
from tests.web.browser import PHONE, assert_clean, assert_clean_everywhere, hidden_focus
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models
from usance.domain.money import Money
from usance.shared.models import Book

pytestmark = pytest.mark.browser
LOOKS = [(1440, "light"), (1440, "dark"), (320, "light"), (320, "dark")]


def waiting(*numbers: str) -> list[models.Reading]:
    """Documents whose number nobody found, read by the real reader."""
    place = world.build()
    Book.objects.create(
        slug="main", name="Main", country="SE", created_at=world.NOW, simulated_at=world.NOW
    )
    files = [pages.odd(number, "1000.00") for number in numbers]
    pages.hand_in(*files, client=place.acme)
    drain(send=False)
    return list(models.Reading.objects.order_by("pk"))


def test_the_screens_of_review_are_clean(office_page: OpenPage) -> None:
    row, *_ = waiting("FZ-26-0417", "FZ-26-0418")
    page = office_page(somebody("admin"), "/review", **PHONE)
    assert_clean_everywhere(page, LOOKS)
    page.goto(f"/review/{row.pk}")
    expect(page.locator("svg.paper image")).to_be_visible()
    assert_clean_everywhere(page, LOOKS)
    for dialog in ("reject", "postpone", "keys"):
        page.locator(f"#{dialog}").evaluate("at => at.showModal()")
        assert_clean_everywhere(page, LOOKS)
        page.keyboard.press("Escape")
    page.goto(f"/batches/{row.file.batch_id}")
    assert_clean_everywhere(page, LOOKS)
    page.goto(f"/clients/{row.client_id}")
    assert_clean_everywhere(page, LOOKS)


@pytest.mark.parametrize("width", [1440, 320])
def test_the_focus_is_never_hidden(width: int, office_page: OpenPage) -> None:
    row, *_ = waiting("FZ-26-0417")
    page = office_page(somebody("admin"), f"/review/{row.pk}", width=width)
    assert hidden_focus(page, steps=25) == []


def test_a_document_is_reviewed_by_keyboard_alone(office_page: OpenPage) -> None:
    first, second = waiting("FZ-26-0417", "FZ-26-0418")
    page = office_page(somebody("admin"), f"/review/{first.pk}")
    number = page.get_by_label("Invoice number")
    expect(number).to_be_focused()  # The first that is doubtful.
    with page.expect_response("**/check"):
        page.keyboard.type("FZ-26-0417")
    expect(page.locator("#said-number")).to_contain_text("Yours")
    expect(number).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Due date")).to_be_focused()
    with page.expect_response("**/check"):
        page.keyboard.press("Enter")
    expect(page.locator("#said-due_on")).to_contain_text("Accepted")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/review/{second.pk}")
    expect(page.get_by_text("Invoice FZ-26-0417 is in the books")).to_be_visible()
    invoice = models.Invoice.objects.get()
    assert (invoice.number, invoice.face) == ("FZ-26-0417", Money.of("1190.00", "EUR"))


def test_tab_walks_through_what_is_doubtful_and_arrows_through_all(office_page: OpenPage) -> None:
    row, *_ = waiting("FZ-26-0417")
    page = office_page(somebody("admin"), f"/review/{row.pk}")
    doubtful = {"number", "due_on", "currency"}
    walked = []
    for _ in range(8):
        walked.append(_focused(page))
        page.keyboard.press("Tab")
    fields = [name for name in walked if name]
    assert doubtful <= set(fields)
    assert "net" not in fields
    page.get_by_label("Net total").focus()
    page.keyboard.press("ArrowDown")
    assert _focused(page) == "tax"
    assert page.locator("rect[data-now]").get_attribute("data-for") == "tax"
    models.Reading.objects.update(debtor=None)
    models.Debtor.objects.update(vat_id="", legal_id="", name="Nobody", name_key="nobody")
    page.reload()  # Whose debt it is, is doubtful now, and stands above the fields.
    expect(page.locator("#debtor-field :checked")).to_be_focused()


def test_postponed_and_rejected_by_single_letters(office_page: OpenPage) -> None:
    first, second = waiting("FZ-26-0417", "FZ-26-0418")
    page = office_page(somebody("admin"), f"/review/{first.pk}")
    page.keyboard.type("pr")  # Letters are letters while somebody types.
    expect(page.get_by_label("Invoice number")).to_have_value("pr")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.get_by_label("Remark").fill("Asked the client")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/review/{second.pk}")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.get_by_label("Reason").fill("It is an order")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/review/{first.pk}")  # What was postponed comes back at the end.
    states = list(models.Reading.objects.order_by("pk").values_list("state", "remark"))
    assert states == [("postponed", "Asked the client"), ("rejected", "It is an order")]


def test_amounts_are_judged_while_they_are_typed(office_page: OpenPage) -> None:
    row, *_ = waiting("FZ-26-0417")
    page = office_page(somebody("admin"), f"/review/{row.pk}")
    due = page.get_by_label("Amount due")
    due.fill("1 910,00")
    expect(page.locator("#said-payable")).to_contain_text("do not give the amount due")
    expect(due).to_be_focused()
    expect(due).to_have_value("1 910,00")
    due.fill("1190.00")
    expect(page.locator("#said-payable")).not_to_contain_text("do not give the amount due")


def test_a_place_on_the_page_leads_to_its_field_and_the_page_is_enlarged(
    office_page: OpenPage,
) -> None:
    row, *_ = waiting("FZ-26-0417")
    page = office_page(somebody("admin"), f"/review/{row.pk}")
    page.locator('rect[data-for="issued_on"]').click()
    expect(page.get_by_label("Invoice date")).to_be_focused()
    sheet = page.locator("svg.paper")
    before = sheet.bounding_box()
    page.get_by_role("button", name="Larger").click()
    after = sheet.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"] * 1.2
    page.get_by_role("button", name="Fit").click()
    assert_clean(page)


def _focused(page: Page) -> str:
    return page.evaluate("document.activeElement.closest('[data-field]')?.dataset.field ?? ''")
