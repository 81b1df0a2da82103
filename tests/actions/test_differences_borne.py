"""A little too little, borne by the client whose invoice is pledged or in another currency: to the
cent, with what it does to the loan and to the facility's currency."""

from dataclasses import replace

import pytest

from tests import world
from tests.actions.test_cash import Bank, bought, kept, line
from tests.actions.test_crossing import FRIDAY, MONDAY, TUESDAY, broken, hand_in, pays, rates
from tests.actions.test_differences import BY, COLLECTION, agreed, owed
from tests.belt import drain, receive
from tests.stories.telling import Teller
from usance import models
from usance.actions import allocations, tolerances
from usance.domain.finance import LegalBasis
from usance.domain.journal import Account
from usance.domain.money import Money
from usance.domain.payment import Bears

pytestmark = pytest.mark.django_db
A = Account


def stands(invoice: models.Invoice) -> dict[str, int]:
    """What stands on each account for it, in minor units."""
    invoice.refresh_from_db()
    return {account.value: minor for account in A if (minor := owed(invoice, account))}


def test_of_a_pledged_claim_the_loan_ends_with_the_rest() -> None:
    place = bought()
    old = place.acme.facilities.get(known_to=None)
    world.agree(place.acme, replace(old.agreement(), basis=LegalBasis.PLEDGE), corrects=old.pk)
    receive(world.paper(place.acme, place.bolt, number="R-1", gross="1000.00"))
    drain(send=False)
    invoice = models.Invoice.objects.get()
    before = stands(invoice)
    assert before == {
        "1200": 1_000_00, "1210": -1_000_00, "1250": 800_00, "2100": 200_00, "2110": -200_00,
        "2200": 800_00,
    }  # fmt: skip
    agreed("10.00", Bears.CLIENT, client=place.acme.pk)
    (row,) = Bank().shows(line("995.00", invoice.payment_reference))
    # 200.00 of reserve, less 5.00 that it bears and 15.00 of fee: 180.00 beside the 800.00.
    assert stands(invoice) == {"2200": 980_00, "2300": -995_00, "4000": 15_00}
    assert (invoice.stage, invoice.settlement.rebate_minor) == ("settled", 180_00)
    found = models.Difference.objects.get()
    assert (found.client_minor, found.reserve_minor) == (5_00, 5_00)
    assert kept() == []
    allocations.undo([row.allocations.get().pk], **BY)
    # The rebate was due to the client already: it is set off against what comes.
    assert stands(invoice) == before | {"1300": 180_00, "2200": 980_00}
    assert kept() == []


def test_of_a_converted_one_the_rest_of_the_reserve_goes_over_at_the_rate_of_the_day() -> None:
    teller = Teller()
    teller.accepts({"": "USD", "with": "0"}, world.NOW)
    rates(FRIDAY, USD="1.25")
    invoice = hand_in(teller.place, "P-1", "1000.00")
    tolerances.set_tolerance(
        Money.of("10.00", "USD"), bears=Bears.CLIENT, client=teller.place.acme.pk, share=None,
        valid_from=world.TODAY, reason="as agreed", **COLLECTION,
    )  # fmt: skip
    rates(MONDAY, USD="1.28")
    pays(teller, "995.00 USD", "P-1", TUESDAY)
    # 180.00 dollars of reserve go over at 1.28 dollars a euro: 140.625, rounded up.
    made = models.Conversion.objects.order_by("at", "pk")
    assert list(made.values_list("due_minor", "into_due_minor")) == [
        (800_00, 640_00), (180_00, 140_63),
    ]  # fmt: skip
    assert stands(invoice) == {"1950": -199_37, "2200": 780_63, "2300": -995_00, "4000": 15_00}
    assert (invoice.stage, invoice.settlement.rebate_minor) == ("settled", 180_00)
    assert broken() == []


def test_what_could_not_be_converted_waits_for_a_person() -> None:
    """Without the rate of the day nothing is borne by the client: the five dollars stay owed."""
    teller = Teller()
    teller.accepts({"": "USD", "with": "0"}, world.NOW)
    rates(FRIDAY, USD="1.25")
    invoice = hand_in(teller.place, "P-1", "1000.00")
    tolerances.set_tolerance(
        Money.of("10.00", "USD"), bears=Bears.CLIENT, client=teller.place.acme.pk, share=None,
        valid_from=world.TODAY, reason="as agreed", **COLLECTION,
    )  # fmt: skip
    pays(teller, "995.00 USD", "P-1", TUESDAY)
    assert not models.Difference.objects.exists()
    assert stands(invoice)["1200"] == 5_00
    assert invoice.stage == "funded"
    assert broken() == []
