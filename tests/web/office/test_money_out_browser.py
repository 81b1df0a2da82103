"""A payout account that waits, a refund and a release in a real browser, in both themes."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests import world
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office import day
from tests.web.office.conftest import somebody
from usance import models
from usance.actions import accounts, finance, payment
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.payment import BankLine, Statement
from usance.plugins.statements._camt_write import write_camt053

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_new_account_waits_for_a_call_and_its_day(office_page: OpenPage) -> None:
    place = day.build().place
    accounts.enter(
        place.acme.pk, number="DE02100500000054540402", currency="EUR", role=Role.ADMIN,
        at=world.NOW, actor="user:clerk",
    )  # fmt: skip
    page = office_page(somebody(), f"/clients/{place.acme.pk}", **PHONE)
    assert_clean_everywhere(page)
    page.get_by_label("Who answered").fill("Anna Acme")
    page.get_by_label("Which number you called").fill("+49 40 1234567")
    page.get_by_label("What was said, and how you know the number").fill("The contract's number.")
    page.get_by_role("button", name="I called: it is theirs").click()
    expect(page.get_by_text(re.compile("called Anna Acme at")).first).to_be_visible()
    expect(page.get_by_text(re.compile("nothing is paid to it before 5 Mar"))).to_be_visible()
    assert_clean_everywhere(page)

    page.goto("/payouts")
    expect(page.get_by_text("Account is new")).to_be_visible()
    expect(page.get_by_text(re.compile("It takes orders until 14:00")).first).to_be_visible()
    assert_clean_everywhere(page)

    line = models.BankLine.objects.get(counterparty="Bolt Maschinenbau AG", unapplied_minor__gt=0)
    page.goto(f"/payouts/refunds/{line.pk}")
    page.get_by_label("Amount").fill("1.000,50")
    page.get_by_label("Why: it stays on record").fill("Paid twice.")
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Propose the refund").click()
    expect(page.get_by_role("heading", name="Refunds that wait for release")).to_be_visible()

    accounts.withdraw(
        place.acme.accounts.get(closed_at=None).pk, because="Not theirs.", role=Role.ADMIN,
        at=world.NOW, actor="user:clerk",
    )  # fmt: skip
    finance.propose_payouts(at=world.NOW + timedelta(minutes=1), actor="day")
    page.goto("/payouts/release")
    assert_clean_everywhere(page)
    models.Payout.objects.filter(proposed_by__startswith="user:").update(proposed_by="user:cash")
    page.get_by_role("button", name="Release and write the order files").click()
    expect(page.get_by_text(re.compile("payouts released"))).to_be_visible()
    assert_clean_everywhere(page)
    assert set(models.Payout.objects.values_list("state", flat=True)) == {"released"}
    page.goto("/settings/banks")
    assert_clean_everywhere(page)

    line = _debited()
    page.goto(reverse("cash_line", args=[line.pk]))
    page.get_by_role("link", name="2 payouts under way").click()
    yes = page.get_by_role("button", name="It is these")
    expect(yes).to_be_disabled()
    page.get_by_label("Select the payout of 1000.50 EUR to Bolt Maschinenbau AG").check()
    page.get_by_label(re.compile("to Acme Feinblech GmbH")).check()
    expect(page.locator("[data-left]")).to_have_text("3.50")
    assert_clean_everywhere(page)
    yes.click()
    expect(page.get_by_text("It is 2 payouts, and 3.50 EUR is left to explain")).to_be_visible()
    page.get_by_role("button", name="It was not these").click()
    expect(page.get_by_text("The payouts are under way again.")).to_be_visible()
    assert set(models.Payout.objects.values_list("state", flat=True)) == {"released"}
    _never_executed(page)


def _never_executed(page: Page) -> None:
    """Nine days later no statement shows it, and the bank says that it lost the file."""
    models.PayoutFile.objects.update(pay_on=world.TODAY - timedelta(days=9))
    for file in models.PayoutFile.objects.all():
        finance.hand_over_file(file.pk, at=world.NOW, actor="bank")
    row = models.Payout.objects.get(name__startswith="Acme")
    page.goto("/payouts")
    page.locator(f"a[href$='{row.pk}/missing']").click()
    page.get_by_label("Why the bank never executed it").fill("It lost the file.")
    page.get_by_label("What shows it").fill("Its letter of 6 March.")
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Say so").click()
    expect(page.get_by_text("Another one agrees.")).to_be_visible()
    models.MissingPayout.objects.update(said_by="user:cash")
    page.goto("/payouts")
    assert_clean_everywhere(page)
    page.get_by_role("link", name="Agree, or not").click()
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Agree: pay it again").click()
    expect(page.get_by_text("Its money is due, or unapplied, again.")).to_be_visible()
    row.refresh_from_db()
    assert row.state == "rejected"


def _debited() -> models.BankLine:
    """All that was ordered in EUR and a charge, in one sum that names nothing."""
    before = models.Statement.objects.get()
    assert before.closing_minor is not None
    ordered = models.Payout.objects.filter(currency="EUR").values_list("amount_minor", flat=True)
    line = BankLine(
        amount=Money(-sum(ordered) - 350, "EUR"), booked_on=world.TODAY, texts=("Sammelauftrag",)
    )
    opening = Money(before.closing_minor, "EUR")
    told = Statement(
        account=world.OUR_EUR, currency="EUR", reference="2026-03-02-2", opening=opening,
        closing=opening + line.amount, opened_on=world.TODAY, closed_on=world.TODAY, lines=(line,),
    )  # fmt: skip
    payment.import_statement("s.xml", write_camt053(told, world.NOW), at=world.NOW, actor="bank")
    return models.BankLine.objects.get(amount_minor=line.amount.minor)
