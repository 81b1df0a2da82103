"""Trust in a real browser: a candidate is chosen, a threshold set, every view is clean."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests import world
from tests.belt import drain, receive
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models
from usance.domain.party import Address, Party

pytestmark = pytest.mark.browser


def doubted(place: world.World) -> models.Invoice:
    """An invoice whose buyer nobody knows for certain, and one that is another's double."""
    paper = world.paper(place.acme, place.bolt, number="R-1", gross="10234.56")
    at = Address(street="Industrieweg 9", postcode="80331", city="München", country="DE")
    unknown = replace(
        world.paper(place.acme, place.bolt, number="R-3"),
        buyer=Party(name="BOLT  MASCHINENBAU WERK 2 AG", address=at),
    )
    receive(paper, unknown, client=place.acme)
    drain(send=False)
    receive(replace(paper, number="R-2"), client=place.acme)
    drain(send=False)
    return models.Invoice.objects.get(number="R-3")


def test_every_view_of_trust_is_clean(office_page: OpenPage) -> None:
    place = world.build()
    row = doubted(place)
    page = office_page(somebody("admin"), f"/invoices/{row.pk}", **PHONE)
    assert_clean_everywhere(page)
    expect(page.get_by_text("Read otherwise than written").first).to_be_visible()
    page.get_by_role("button", name="Choose Bolt Maschinenbau AG").click()
    double = models.Invoice.objects.get(number="R-2")
    for path in (
        f"/invoices/{double.pk}", f"/debtors/{place.bolt.pk}", "/held", "/settings",
        "/settings/trust", f"/settings/trust?client={place.acme.pk}", "/settings/fingerprints",
    ):  # fmt: skip
        page.goto(path)
        assert_clean_everywhere(page)


def test_a_candidate_is_chosen_remembered_and_withdrawn(office_page: OpenPage) -> None:
    place = world.build()
    row = doubted(place)
    page = office_page(somebody("admin"), f"/invoices/{row.pk}")
    expect(page.get_by_text("same postcode").first).to_be_visible()
    page.get_by_role("button", name="Choose Bolt Maschinenbau AG").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Debtor chosen and remembered.")).to_be_visible()
    page.goto(f"/debtors/{place.bolt.pk}")
    page.get_by_role("button", name="Withdraw BOLT").click()
    expect(page.get_by_text("Withdrawn: the next paper")).to_be_visible()
    assert models.Alias.objects.get().withdrawn_at is not None


def test_a_threshold_takes_a_reason(office_page: OpenPage) -> None:
    world.build()
    page = office_page(somebody("operations"), "/settings/trust")
    page.get_by_label("A bank account that the register does not have").select_option("hold")
    page.get_by_label("Numbers left out in a series").fill("7")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("No reason was given")
    expect(page.get_by_label("Numbers left out in a series")).to_have_value("7")
    page.get_by_label("Why: it stays on record").fill("Two accounts were swapped.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved: it holds for what is verified from now on.")).to_be_visible()
    kept = models.TrustSetting.objects.get()
    assert kept.said == {
        "gap": 7, "mode.account_not_registered": "hold",
        **{f"mode.{name}": "warn" for name in (
            "number_gap", "new_debtor_round_sum", "issued_on_a_weekend", "due_beyond_custom",
            "credited_after_purchase", "volume_jump", "buyer_name_unlike",
        )},
    }  # fmt: skip
    assert kept.reason == "Two accounts were swapped."


def test_the_double_links_to_its_other(office_page: OpenPage) -> None:
    place = world.build()
    doubted(place)
    double = models.Invoice.objects.get(number="R-2")
    page = office_page(somebody("verification"), f"/invoices/{double.pk}")
    expect(page.get_by_text("the same: ").first).to_contain_text("lines")
    page.get_by_role("link", name="R-1", exact=True).first.click()
    first = models.Invoice.objects.get(number="R-1")
    page.wait_for_url(f"**/invoices/{first.pk}")
