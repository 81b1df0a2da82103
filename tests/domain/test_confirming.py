"""A discount to the due date and the undertaking that confirming buys on: to the cent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.domain.test_credit import GOOD
from usance.domain import credit, finance
from usance.domain.credit.undertaking import Asked, Undertaking, lacking
from usance.domain.finance import (
    Agreement,
    Base,
    Bracket,
    Brackets,
    Charges,
    DayCount,
    Deal,
    Foreign,
    Interest,
    LegalBasis,
    Product,
    Start,
    Terms,
)
from usance.domain.money import Money
from usance.domain.settlement.losses import Bearer, Cause, bearer

DISCOUNT = Interest(margin=Decimal("0.06"), base=Base.FACE, to_due=True)
BOUGHT, DUE = date(2026, 3, 2), date(2026, 4, 30)
FLAT = Charges(interest=DISCOUNT)
AGREED = Agreement(
    product=Product.CONFIRMING, basis=LegalBasis.SALE, limit=Money.of("200000", "EUR"),
    advance_rate=Decimal(1), fee_rate=Decimal(0), recourse_days=None, charges=FLAT,
    valid_from=date(2026, 1, 1),
)  # fmt: skip


@pytest.mark.parametrize(
    ("charges", "rates", "due", "advance", "reserve"),
    [
        (FLAT, ("1", "0"), DUE, "9901.67", "98.33"),  # 10 000 x 6 % x 59 / 360.
        (FLAT, ("1", "0"), BOUGHT, "10000.00", "0.00"),  # Due at once: nothing is discounted.
        (FLAT, ("0.998", "0.002"), DUE, "9881.67", "118.33"),  # With a service fee of 20.
        (FLAT, ("0.90", "0"), DUE, "9000.00", "1000.00"),  # The reserve bears it.
        (replace(FLAT, minimum=15000), ("1", "0"), DUE, "9850.00", "150.00"),
        (replace(FLAT, maximum=5000), ("1", "0"), DUE, "9950.00", "50.00"),
        (replace(FLAT, interest=replace(DISCOUNT, count=DayCount.ACT_365F)), ("1", "0"), DUE,
         "9903.01", "96.99"),
        (replace(FLAT, interest=replace(DISCOUNT, minimum_days=90)), ("1", "0"), DUE,
         "9850.00", "150.00"),
        (replace(FLAT, interest=replace(DISCOUNT, margin=Decimal(1))), ("1", "0"),
         date(2028, 3, 2), "0.00", "10000.00"),  # More than it is worth: nothing is paid.
    ],
)  # fmt: skip
def test_what_a_supplier_is_paid_is_the_face_less_all_that_it_costs(
    charges: Charges, rates: tuple[str, str], due: date, advance: str, reserve: str
) -> None:
    terms = Terms(advance_rate=Decimal(rates[0]), fee_rate=Decimal(rates[1]), charges=charges)
    offer = finance.price(Money.of("10000", "EUR"), terms, purchased_on=BOUGHT, due_on=due)
    assert (offer.advance, offer.reserve) == (Money.of(advance, "EUR"), Money.of(reserve, "EUR"))


@pytest.mark.parametrize("paid_on", [date(2026, 3, 2), date(2026, 3, 20), DUE, date(2026, 9, 1)])
def test_the_day_of_payment_changes_nothing(paid_on: date) -> None:
    told = finance.quote(
        Money.of("10000", "EUR"), AGREED.terms(), purchased_on=BOUGHT, issued_on=BOUGHT,
        paid_on=paid_on, rates=(), due_on=DUE,
    )  # fmt: skip
    assert (told.cost.total, told.rebate) == (Money.of("98.33", "EUR"), Money.of("0", "EUR"))


@pytest.mark.parametrize(
    ("through", "earned"),
    [(BOUGHT, "1.67"), (date(2026, 3, 31), "50.00"), (DUE, "98.33"), (date(2026, 9, 1), "98.33")],
)
def test_it_is_earned_day_by_day_up_to_the_due_date(through: date, earned: str) -> None:
    face = Money.of("10000", "EUR")
    deal = Deal(
        face=face, advance=Money.of("9901.67", "EUR"), service=Money.of("0", "EUR"),
        purchased_on=BOUGHT, issued_on=BOUGHT, due_on=DUE,
    )  # fmt: skip
    told = finance.cost(deal, FLAT, back=(), paid_on=None, through=through, rates=())
    assert told.interest == Money.of(earned, "EUR")


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, set()),
        ({"charges": Charges()}, {"discount_missing"}),
        ({"charges": Charges(interest=replace(DISCOUNT, to_due=False))}, {"discount_missing"}),
        ({"charges": Charges(interest=replace(DISCOUNT, base=Base.IN_USE))},
         {"discount_contradicts"}),
        ({"charges": Charges(interest=replace(DISCOUNT, reference="EURIBOR3M"))},
         {"discount_contradicts"}),
        ({"charges": Charges(interest=replace(DISCOUNT, monthly=True))}, {"discount_contradicts"}),
        ({"charges": Charges(interest=replace(DISCOUNT, start=Start.INVOICE))},
         {"discount_contradicts"}),
        ({"charges": replace(FLAT, brackets=Brackets(steps=(Bracket(days=30, rate=Decimal(0)),)))},
         {"discount_contradicts"}),
        ({"foreign": Foreign(currencies=("USD",))}, {"discount_contradicts"}),
        ({"recourse_days": 60}, {"recourse_contradicts"}),
        ({"advance_rate": Decimal(0)}, {"advance_missing"}),
        ({"basis": LegalBasis.PLEDGE}, {"pledge_without_recourse"}),
    ],
)  # fmt: skip
def test_a_contract_on_confirming_says_what_contradicts_it(
    change: dict[str, Any], codes: set[str]
) -> None:
    assert {one.code for one in finance.faults(replace(AGREED, **change))} == codes


def test_it_is_told_in_plain_words() -> None:
    assert finance.in_words(AGREED) == [
        "We buy what the debtor has irrevocably approved, at a discount to the due date.",
        "Invoices are sold to us; at most 200000.00 EUR are advanced at one time.",
        "At most all of an invoice is paid at once, and the whole price is deducted.",
        "A discount of 6 % a year on the invoice amount, ACT/360, from the day of purchase to its"
        " due date, whenever the debtor pays.",
        "A dispute or a credit note after the approval is between the client and the debtor.",
        "If the debtor cannot pay, the loss is ours.",
    ]


FACE = Money.of("10000", "EUR")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (None, "The debtor has not approved it irrevocably."),
        (Undertaking(amount=FACE, due_on=DUE), ""),
        (Undertaking(amount=Money.of("9999.99", "EUR"), due_on=DUE),
         "The debtor approved 9999.99 EUR; it asks for 10000.00 EUR."),
        (Undertaking(amount=Money.of("10000", "SEK"), due_on=DUE),
         "The debtor approved 10000.00 SEK; it asks for 10000.00 EUR."),
        (Undertaking(amount=FACE, due_on=date(2026, 5, 1)),
         "The debtor approved it for 2026-05-01; it falls due on 2026-04-30."),
    ],
)  # fmt: skip
def test_only_what_is_approved_as_it_stands_is_bought(given: Undertaking | None, why: str) -> None:
    assert lacking(Asked(face=FACE, due_on=DUE, given=given)) == why


def test_a_discount_that_takes_all_of_the_face_is_not_bought() -> None:
    asked = Asked(face=FACE, due_on=DUE, given=Undertaking(amount=FACE, due_on=DUE))
    nothing = replace(GOOD, face=FACE, asked=asked, advance=Money.of("0", "EUR"))
    refused = [one.rule for one in credit.decide(nothing).reasons if not one.agrees]
    assert refused == ["discount_leaves_an_advance"]
    assert set(refused) <= credit.NEVER_WAIVED
    assert credit.decide(replace(nothing, advance=Money.of("0.01", "EUR"))).approved


def test_a_face_of_which_nothing_is_paid_at_once_is_refused_in_its_own_words() -> None:
    """Nine tenths of a cent are none: no discount is to blame."""
    cent, none = Money.of("0.01", "EUR"), Money.of("0", "EUR")
    asked = Asked(face=cent, due_on=DUE, given=Undertaking(amount=cent, due_on=DUE))
    assert finance.at_once(cent, Decimal("0.9")) == none
    facts = replace(GOOD, face=cent, asked=asked, advance=none, at_once=none)
    no = [one for one in credit.decide(facts).reasons if not one.agrees]
    assert [(one.rule, one.says) for one in no] == [
        ("large_enough_for_an_advance", "What is paid at once rounds to nothing."),
    ]
    assert no[0].rule in credit.NEVER_WAIVED


@pytest.mark.parametrize("cause", list(Cause))
def test_the_client_never_bears_what_the_debtor_undertook_to_pay(cause: Cause) -> None:
    whose = bearer(has_recourse=False, basis=LegalBasis.SALE, cause=cause, undertaken=True)
    assert whose is Bearer.FACTOR
