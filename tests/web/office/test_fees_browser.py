"""Fee invoices in a real browser: written for a day, taken back, and on the client's own page."""

import pytest
from playwright.sync_api import expect

from tests.actions.test_fees import AT, charged
from tests.web.browser import assert_clean
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance.shared.models import Book, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_invoice_is_written_and_taken_back(office_page: OpenPage) -> None:
    nord = charged().place.nord
    page = office_page(somebody("finance"), f"/fees?client={nord.pk}", width=1440, theme="light")
    assert_clean(page)
    page.get_by_label("in", exact=True).select_option("SEK")
    page.get_by_role("button", name="Write the fee invoice").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("F2026-00001")
    assert_clean(page)
    page.set_viewport_size({"width": 320, "height": 800})
    page.get_by_label("Take it back, because").fill("Wrong address")
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("FC2026-00001")
    assert_clean(page)
    mine = User.objects.create_user(
        "nora", password="correct horse battery", role="client", client_id=nord.pk,
        book=Book.objects.create(slug="main", name="Main", country="SE", created_at=AT),
    )  # fmt: skip
    own = office_page(mine, "/client/fees", width=320, theme="dark")
    expect(own.get_by_role("link", name="PDF F2026-00001")).to_be_visible()
    assert_clean(own)
    for place in ("/fees", "/settings/fees"):
        page.goto(place)
        assert_clean(page)
