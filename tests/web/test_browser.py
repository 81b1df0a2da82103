"""The frame and its parts in a real browser: both themes, a desk and a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser import assert_clean, hidden_focus
from tests.web.conftest import OpenPage

pytestmark = pytest.mark.browser
SIZES = [(1440, "light"), (1440, "dark"), (320, "light"), (320, "dark")]


@pytest.mark.parametrize(("width", "theme"), SIZES)
@pytest.mark.parametrize("path", ["/styleguide", "/account/login/", "/nowhere"])
def test_a_page_is_clean(path: str, width: int, theme: str, open_page: OpenPage) -> None:
    assert_clean(open_page(path, width=width, theme=theme))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_ledger_that_is_off_says_so(theme: str, open_page: OpenPage) -> None:
    page = open_page("/styleguide?books=off", theme=theme)
    expect(page.get_by_role("link", name="Ledger off by")).to_contain_text("EUR 12.50")
    assert_clean(page)


@pytest.mark.parametrize("width", [1440, 320])
def test_the_focus_is_never_hidden(width: int, open_page: OpenPage) -> None:
    assert hidden_focus(open_page("/styleguide", width=width), steps=90) == []


@pytest.mark.parametrize("part", ["palette", "keys", "confirm", "person"])
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (320, "dark")])
def test_what_opens_over_the_page_is_clean(
    part: str, width: int, theme: str, open_page: OpenPage
) -> None:
    page = open_page("/styleguide", width=width, theme=theme)
    page.locator(f"#{part}").evaluate("at => at.showModal ? at.showModal() : at.showPopover()")
    expect(page.locator(f"#{part}")).to_be_visible()
    assert_clean(page)


def test_the_menu_of_a_phone_opens_by_its_button_and_closes_by_escape(open_page: OpenPage) -> None:
    page = open_page("/styleguide", width=320)
    nav = page.get_by_role("navigation", name="Main")
    expect(nav).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(nav).to_be_visible()
    assert_clean(page)
    page.keyboard.press("Escape")
    expect(nav).to_be_hidden()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()


def test_the_palette_finds_a_place_while_typing(open_page: OpenPage) -> None:
    page = open_page("/styleguide")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search and go to")
    expect(field).to_be_focused()
    field.press_sequentially("debt")
    expect(page.locator("#palette").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    assert page.url.endswith("#debtors")


def test_rows_are_walked_and_ticked_by_single_letters(open_page: OpenPage) -> None:
    page = open_page("/styleguide")
    for key in "jjx":
        page.keyboard.press(key)
    assert _row(page) == "INV-2026-04817"
    expect(page.locator("[data-picked]")).to_have_text("1")
    page.keyboard.press("Enter")
    assert page.url.endswith("#INV-2026-04817")


def test_letters_are_letters_while_somebody_types(open_page: OpenPage) -> None:
    page = open_page("/styleguide")
    page.keyboard.press("/")
    page.keyboard.type("j?x")
    expect(page.locator("#filter")).to_have_value("j?x")
    expect(page.locator("#keys")).to_be_hidden()


def test_single_letters_can_be_switched_off(open_page: OpenPage) -> None:
    page = open_page("/styleguide")
    page.keyboard.press("?")
    page.get_by_label("Single-letter keys are on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") != "TR"


def test_the_theme_is_chosen_at_once_and_remembered(open_page: OpenPage) -> None:
    page = open_page("/styleguide")
    page.get_by_role("button", name="Account of Åsa Björkström").click()
    with page.expect_response("**/preferences/theme"):
        page.get_by_role("button", name="Dark").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "usance-dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "usance-dark"


def _row(page: Page) -> str:
    return page.evaluate("document.activeElement.querySelector('a').textContent")
