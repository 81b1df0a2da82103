"""How far recourse goes: what the client takes back, and whose loss the rest is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from usance.domain.finance import FULL, PRODUCTS, Agreement, Extent, LegalBasis, Product, faults
from usance.domain.finance import in_words as said_of
from usance.domain.money import Money
from usance.domain.settlement import losses
from usance.domain.settlement.losses import Bearer, Cause

SALE, PLEDGE = LegalBasis.SALE, LegalBasis.PLEDGE
EIGHTY = Extent(share=Decimal("0.8"))
UP_TO = Extent(most=500_00)
BOTH = Extent(share=Decimal("0.8"), most=500_00)
THIRD = Extent(share=Decimal("0.333333"))


@pytest.mark.parametrize(
    ("outstanding", "recourse", "basis", "cause", "client", "bearer"),
    [
        ("1000.00", EIGHTY, SALE, Cause.INSOLVENT, "800.00", Bearer.SHARED),
        ("1000.00", EIGHTY, SALE, Cause.DISPUTE, "1000.00", Bearer.CLIENT),  # No risk of ours.
        ("1000.00", UP_TO, SALE, Cause.DEFAULT, "500.00", Bearer.SHARED),
        ("500.00", UP_TO, SALE, Cause.DEFAULT, "500.00", Bearer.CLIENT),
        ("500.01", UP_TO, SALE, Cause.DEFAULT, "500.00", Bearer.SHARED),
        ("500.00", BOTH, SALE, Cause.DEFAULT, "400.00", Bearer.SHARED),
        ("1000.00", BOTH, SALE, Cause.DEFAULT, "500.00", Bearer.SHARED),
        ("0.01", EIGHTY, SALE, Cause.UNECONOMIC, "0.00", Bearer.FACTOR),  # The cent is ours.
        ("0.99", THIRD, SALE, Cause.UNECONOMIC, "0.32", Bearer.SHARED),
        ("1000.00", FULL, SALE, Cause.INSOLVENT, "1000.00", Bearer.CLIENT),
        ("1000.00", FULL, PLEDGE, Cause.INSOLVENT, "1000.00", Bearer.CLIENT),
        ("1000.00", None, SALE, Cause.INSOLVENT, "0.00", Bearer.FACTOR),
        ("1000.00", None, SALE, Cause.DISPUTE, "1000.00", Bearer.CLIENT),
        ("1000.00", None, PLEDGE, Cause.INSOLVENT, "1000.00", Bearer.CLIENT),
    ],
)
def test_the_client_takes_back_as_far_as_recourse_goes_and_the_rest_is_ours(
    outstanding: str, recourse: Extent | None, basis: LegalBasis, cause: Cause, client: str,
    bearer: Bearer,
) -> None:  # fmt: skip
    owed = Money.of(outstanding, "EUR")
    found = losses.borne(owed, recourse=recourse, basis=basis, cause=cause)
    assert (found.client, found.bearer) == (Money.of(client, "EUR"), bearer)
    assert found.client + found.factor == owed


@pytest.mark.parametrize(("currency", "minor", "back"), [("JPY", 333, 266), ("KWD", 1_001, 800)])
def test_a_share_is_of_whole_minor_units_of_any_currency(
    currency: str, minor: int, back: int
) -> None:
    assert EIGHTY.of(Money(minor, currency)) == Money(back, currency)


LIMITED = Agreement(
    product=Product.LIMITED_RECOURSE, basis=SALE, limit=Money.of("100000", "EUR"),
    advance_rate=Decimal("0.8"), fee_rate=Decimal("0.02"), recourse_days=60,
    valid_from=date(2026, 1, 1), extent=EIGHTY,
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({}, []),
        ({"extent": UP_TO}, []),
        ({"extent": BOTH, "product": Product.SELECTIVE}, []),
        ({"extent": FULL}, ["recourse_contradicts"]),
        ({"extent": Extent(share=Decimal(0))}, ["recourse_share_out_of_range"]),
        ({"extent": Extent(share=Decimal(1))}, ["recourse_share_out_of_range"]),
        ({"extent": Extent(share=Decimal("0.1234567"))}, ["recourse_share_out_of_range"]),
        ({"extent": Extent(most=0)}, ["recourse_most_out_of_range"]),
        ({"product": Product.NON_RECOURSE, "recourse_days": None}, ["recourse_contradicts"]),
        ({"product": Product.SELECTIVE, "recourse_days": None}, ["recourse_contradicts"]),
        ({"product": Product.RECOURSE}, ["recourse_contradicts"]),
        ({"basis": PLEDGE}, ["pledge_with_limited_recourse"]),
    ],
)
def test_terms_that_contradict_themselves_about_recourse_are_refused(
    said: dict[str, object], codes: list[str]
) -> None:
    assert [one.code for one in faults(replace(LIMITED, **said))] == codes  # type: ignore[arg-type]  # Any field.


def test_the_template_of_the_product_is_one_that_may_be_put_in_force() -> None:
    kind = PRODUCTS[Product.LIMITED_RECOURSE]
    said = replace(LIMITED, extent=Extent(share=kind.recourse_share), fee_rate=kind.fee_rate)
    assert faults(said) == []


def test_who_signs_reads_how_far_it_goes() -> None:
    told = said_of(replace(LIMITED, extent=BOTH))
    assert (
        "Of what is not paid 60 days after the due date the client takes back 80 % of it,"
        " at most 500.00 EUR."
    ) in told
