"""Two debtors that are one company, in a real browser: chosen, shown, waiting; all pages clean."""

import pytest
from playwright.sync_api import expect

from tests import world
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models
from usance.actions import mergers, parties
from usance.domain.mandate import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_merger_is_proposed_and_shown(office_page: OpenPage) -> None:
    place = world.build()
    company = parties.Company(name="Bolt Maschinenbau", country="DE", city="München")
    goes = parties.register_debtor(company, role=Role.ADMIN, at=world.NOW, actor=world.OFFICER)
    page = office_page(somebody("admin"), f"/debtors/{goes.pk}/mergers", **PHONE)
    assert_clean_everywhere(page)
    page.get_by_label("Bolt Maschinenbau AG").check()
    page.get_by_label("How you know that both are one company").fill("One letterhead.")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("You proposed it")).to_be_visible()
    assert_clean_everywhere(page)
    row = models.Merger.objects.get()
    for other in ("/mergers", "/debtors"):
        page.goto(other)
        assert_clean_everywhere(page)
    mergers.agree(
        row.pk, seen=mergers.digest(row), role=Role.ADMIN, at=world.NOW, actor="user:second"
    )
    for other in (f"/mergers/{row.pk}", f"/debtors/{goes.pk}", f"/debtors/{place.bolt.pk}"):
        page.goto(other)
        assert_clean_everywhere(page)
