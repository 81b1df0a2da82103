"""A little too little, borne by the client whose invoice is pledged or in another currency: to the
cent, with what it does to the loan and to the facility's currency."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests import world
from tests.actions.test_cash import Bank, bought, kept, line
from tests.actions.test_crossing import FRIDAY, MONDAY, TUESDAY, broken, hand_in, pays, rates
from tests.actions.test_differences import BY, COLLECTION, agreed, owed
from tests.actions.test_money_gone import release
from tests.belt import drain, receive
from tests.stories.telling import Teller
from usance import models
from usance.actions import allocations, explained, finance, returns, tolerances
from usance.domain.finance import LegalBasis
from usance.domain.journal import Account
from usance.domain.money import Money
from usance.domain.payment import Bears
from usance.queries import amounts

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


def over_by_three(*, rated: bool) -> models.Client:
    """1003.00 dollars come on 1000.00, and the client bears and gets small differences."""
    teller = Teller()
    teller.accepts({"": "USD", "with": "0"}, world.NOW)
    rates(FRIDAY, USD="1.25")
    hand_in(teller.place, "P-1", "1000.00")
    tolerances.set_tolerance(
        Money.of("10.00", "USD"), bears=Bears.CLIENT, client=teller.place.acme.pk, share=None,
        valid_from=world.TODAY, reason="as agreed", **COLLECTION,
    )  # fmt: skip
    if rated:
        rates(MONDAY, USD="1.28")
    pays(teller, "1003.00 USD", "P-1", TUESDAY)
    return teller.place.acme


def due(client: models.Client) -> dict[str, int]:
    found = {one: amounts.of_clients(A.DUE_TO_CLIENTS, [client.pk], one) for one in ("USD", "EUR")}
    return {one: held.get(client.pk, 0) for one, held in found.items()}


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_little_too_much_is_due_in_the_currency_of_the_facility(by_hand: bool) -> None:
    client = over_by_three(rated=True)
    row = models.Difference.objects.select_related("explanation").get()
    # 640.00 were paid at 1.25; 185.00 dollars of rebate and 3.00 go over at 1.28: 144.53 and 2.34.
    assert due(client) == {"USD": 0, "EUR": 640_00 + 144_53 + 2_34}
    assert broken() == []
    if by_hand:
        assert row.explanation is not None
        explained.withdraw(row.explanation.pk, **BY)
    else:
        allocations.undo([row.line.allocations.get().pk], **BY)
    row.refresh_from_db()
    assert row.undone_at is not None
    assert due(client) == {"USD": 0, "EUR": 640_00 + 144_53}
    assert broken() == []


def test_a_little_too_much_waits_for_a_person_without_the_rate_of_its_day() -> None:
    client = over_by_three(rated=False)
    assert not models.Difference.objects.exists()
    assert models.BankLine.objects.get(unapplied_minor__gt=0).unapplied_minor == 3_00
    assert due(client)["USD"] == 0
    assert broken() == []


def test_a_little_too_much_that_the_client_has_had_it_owes_when_the_bank_takes_it_back() -> None:
    place = bought(("R-1", "1000.00"))
    agreed("10.00", Bears.CLIENT, client=place.acme.pk)
    bank, reference = Bank(), models.Invoice.objects.get().payment_reference
    (came,) = bank.shows(line("1000.03", reference))
    finance.propose_payouts(at=world.NOW, actor="day")
    release()  # 800.00 of advance, 185.00 of reserve and the three cents.
    (out,) = bank.shows(line("-1000.03", "Rueckgabe", return_reason="AC04"))
    returns.returned(out.pk, came.pk, **BY)
    client = [place.acme.pk]
    assert due(place.acme)["EUR"] == 0
    assert amounts.of_clients(A.CLIENT_CLAIMS, client, "EUR") == {place.acme.pk: 185_00 + 3}
    assert kept() == []


@pytest.mark.parametrize("set_off", [False, True])
def test_what_a_client_bore_of_a_converted_one_is_taken_back_where_it_is_owed(
    set_off: bool,
) -> None:
    """Of 8.00 dollars 5.00 are the reserve's and 3.00 the client's: 2.34 euros at 1.28, owed no
    longer, or due to it if it has paid them by a payout."""
    teller = Teller()
    (old,) = teller.place.acme.facilities.all()
    world.agree(
        teller.place.acme,
        replace(old.agreement(), advance_rate=Decimal("0.995"), fee_rate=Decimal("0.002")),
        corrects=old.pk,
    )
    teller.accepts({"": "USD", "with": "0"}, world.NOW)
    rates(FRIDAY, USD="1.25")
    hand_in(teller.place, "P-1", "1000.00")
    tolerances.set_tolerance(
        Money.of("10.00", "USD"), bears=Bears.CLIENT, client=teller.place.acme.pk, share=None,
        valid_from=world.TODAY, reason="as agreed", **COLLECTION,
    )  # fmt: skip
    rates(MONDAY, USD="1.28")
    pays(teller, "992.00 USD", "P-1", TUESDAY)
    client, fee = [teller.place.acme.pk], 1_56  # 2.00 dollars, which go back with the settlement.
    assert due(teller.place.acme) == {"USD": 0, "EUR": 796_00}
    assert amounts.of_clients(A.CLIENT_CLAIMS, client, "EUR") == {client[0]: fee + 2_34}
    if set_off:
        finance.propose_payouts(at=world.NOW, actor="day")
        release()
    allocations.undo([models.Allocation.objects.get().pk], **BY)
    assert due(teller.place.acme) == {"USD": 0, "EUR": fee + 2_34 if set_off else 796_00}
    assert not amounts.of_clients(A.CLIENT_CLAIMS, client, "EUR")
    assert broken() == []
