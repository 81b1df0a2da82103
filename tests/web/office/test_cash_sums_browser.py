"""Cash in a real browser: which debits a sum is, why one is short, what small differences are, and
a refund that a second person releases."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import world
from tests.actions.test_debits import DUE
from tests.actions.test_debits_together import Bank, credit, three
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_sum_is_ticked_taken_back_and_said_to_be_short(office_page: OpenPage) -> None:
    three()
    Bank().says(credit(2_000_01, texts=("SAMMLER",)), on=DUE)
    models.Statement.objects.update(reference="COBA-2026-079")
    line = models.BankLine.objects.get()
    page = office_page(somebody("admin"), reverse("cash_line", args=[line.pk]), **PHONE)
    page.get_by_role("link", name="3 direct debits under way").click()
    yes = page.get_by_role("button", name="It is these")
    expect(yes).to_be_disabled()
    for place in range(3):
        page.locator(".pick").nth(place).check()
    expect(page.locator("[data-sum]")).to_have_text("3,000.03")
    expect(yes).to_be_disabled()
    page.locator(".pick").last.uncheck()
    expect(page.locator("[data-left]")).to_have_text("0.01")
    assert_clean_everywhere(page)
    yes.click()
    expect(page.get_by_text("It is 2 direct debits")).to_be_visible()
    page.get_by_role("button", name="It was not these").click()
    expect(page.get_by_text("The debits are under way again.")).to_be_visible()
    page.get_by_role("link", name="3 direct debits under way").click()
    page.locator(".pick").nth(0).check()
    page.locator(".pick").nth(1).check()
    yes.click()

    page.get_by_label("Reason, and what follows").select_option(label="Bank charges: we bear it")
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("Noted: we bear it.")).to_be_visible()
    assert models.Difference.objects.get().amount_minor == 1
    assert_clean_everywhere(page)

    page.goto(reverse("tolerances"))
    page.get_by_label("At most", exact=True).fill("5,00")
    page.get_by_label("Where it was agreed, or why").fill("Small is small")
    page.get_by_role("button", name="Set").click()
    expect(page.get_by_text("Set. It holds for payments from that day on.")).to_be_visible()
    assert_clean_everywhere(page)

    _proposed(line)
    page.goto(reverse("payouts"))
    assert_clean_everywhere(page)
    expect(page.get_by_role("button", name="Release")).to_be_visible()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Withdrawn. The money is still unapplied.")).to_be_visible()


def _proposed(line: models.BankLine) -> None:
    """A refund that a colleague proposed."""
    models.ProviderRefund.objects.create(
        account=line.account, receipt=line, payment="pi_1", amount_minor=1_00, currency="EUR",
        reason="paid twice", content="0" * 64, proposed_at=world.NOW, proposed_by="user:erik",
    )  # fmt: skip
