"""Payment advices in a real browser: dropped, refused, waiting, matched, withdrawn."""

import pytest
from playwright.sync_api import expect

from tests.belt import drain
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office import day
from tests.web.office.conftest import somebody
from usance import models

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "Invoice;Amount paid EUR;Reason\n{}\n"


def file(name: str, text: str) -> dict[str, object]:
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def test_an_advice_is_dropped_and_its_money_found(office_page: OpenPage) -> None:
    day.build()
    line = models.BankLine.objects.get(bank_reference="BR2")
    page = office_page(somebody("cash"), "/cash/advices", **PHONE)
    assert_clean_everywhere(page)
    page.get_by_label("Drop payment advices here").set_input_files(file("odd.csv", "hello"))
    page.get_by_role("button", name="Read").click()
    expect(page.get_by_text("No list of invoices with amounts was found in it.")).to_be_visible()
    told = LIST.format("R-1002;5500.00;Goods damaged\nR-1003;2500.00;")
    strange = LIST.format("R-1001;1.00;\nX-77;2.00;")
    field = page.get_by_label("Drop payment advices here")
    field.set_input_files([file("a.csv", told), file("b.csv", strange)])
    page.get_by_role("button", name="Read").click()
    expect(page.get_by_text("2 new advices")).to_be_visible()
    expect(page.get_by_text("not open with us")).to_have_count(2)
    assert_clean_everywhere(page)
    drain(send=False)
    page.goto(f"/cash/lines/{line.pk}")
    expect(page.get_by_text("What the payer said")).to_be_visible()
    expect(page.get_by_text("Every cent of this line is explained.")).to_be_visible()
    assert_clean_everywhere(page)
    page.goto("/cash/advices")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("No advice waits for its money")).to_be_visible()
