"""A mandate of two people, a letter, a release and a return in a real browser, in both themes."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests import world
from tests.actions.test_debits import BOLTS, DUE, Bank, collects
from tests.belt import drain, receive
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models
from usance.actions import debit_files, debit_mandates
from usance.domain.collection.signed import Scheme
from usance.domain.mandate import Role
from usance.shared.models import Book

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_debit_is_signed_told_released_and_comes_back(office_page: OpenPage) -> None:
    place = world.build()
    Book.objects.create(
        slug="main", name="Factor Nord AB", country="SE", simulated_at=world.NOW,
        created_at=world.NOW,
    )  # fmt: skip
    collects()
    models.Debtor.objects.filter(pk=place.bolt.pk).update(email="")  # A person tells it.
    receive(world.paper(place.acme, place.bolt, number="R-2026-17", due_on=DUE))
    drain(send=False)
    debit_mandates.enter(
        place.bolt.pk, reference="M-17", scheme=Scheme.CORE, iban=BOLTS, signed_on=world.TODAY,
        evidence="Folder 7", role=Role.COLLECTION, at=world.NOW, actor="user:clerk",
    )  # fmt: skip
    page = office_page(somebody(), f"/debtors/{place.bolt.pk}", **PHONE)
    assert_clean_everywhere(page)
    page.get_by_role("button", name="It says what the paper says").click()
    expect(page.get_by_text("In force").last).to_be_visible()
    assert_clean_everywhere(page)

    page.goto("/debits")
    page.get_by_role("button", name="Plan now").click()
    expect(page.get_by_text("1 direct debit planned")).to_be_visible()
    page.get_by_label("How you told it").fill("Letter of today")
    assert_clean_everywhere(page)
    page.get_by_role("button", name="It is told").click()
    models.Debit.objects.update(planned_by="day")
    page.goto("/debits/release")
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Release and write the files").click()
    expect(page.get_by_text(re.compile("1 direct debit released · COL"))).to_be_visible()
    file, debit = models.DebitFile.objects.get(), models.Debit.objects.get()

    debit_files.hand_over(file.pk, at=world.NOW, actor="bank")
    bank = Bank()
    bank.says((debit.amount, debit.key, ""), on=DUE)
    bank.says((-debit.amount, debit.key, "AM04"), on=DUE)
    Book.objects.update(simulated_at=datetime.combine(DUE, world.NOW.timetz()))
    page.goto("/debits")
    expect(page.get_by_text("A debit of Bolt Maschinenbau AG came back")).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Collect once more").click()
    expect(page.get_by_text("1 direct debit planned")).to_be_visible()
    page.goto("/settings/banks")
    assert_clean_everywhere(page)
