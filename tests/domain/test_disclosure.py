"""Whether a debtor is told that an invoice is ours, and what confidential terms may not say."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from usance.domain.finance import (
    PRODUCTS,
    SILENT,
    Agreement,
    Extent,
    Keeping,
    LegalBasis,
    Product,
    completed,
    faults,
    in_words,
    tells_the_debtor,
)
from usance.domain.money import Money

QUIET, OPEN, OTHER = Product.CONFIDENTIAL, Product.RECOURSE, Product.SELECTIVE


@pytest.mark.parametrize(
    ("bought", "holds", "tells"),
    [
        (None, None, True),  # Nothing is agreed: nothing is confidential.
        (None, OPEN, True),
        (None, QUIET, False),
        (OPEN, OPEN, True),
        (OPEN, QUIET, True),  # It knows already.
        (OPEN, None, True),
        (QUIET, QUIET, False),
        (QUIET, OPEN, True),  # We may tell it by now.
        (QUIET, OTHER, True),
        (QUIET, None, False),  # The client left: what was promised holds.
    ],
)
def test_what_is_open_stays_open_and_what_is_quiet_until_terms_tell(
    bought: Product | None, holds: Product | None, tells: bool
) -> None:
    assert tells_the_debtor(bought, holds=holds) is tells


def test_of_all_products_one_is_quiet() -> None:
    assert frozenset({QUIET}) == SILENT


TERMS = Agreement(
    product=QUIET, basis=LegalBasis.SALE, limit=Money.of("100000", "EUR"),
    advance_rate=PRODUCTS[QUIET].advance_rate, fee_rate=PRODUCTS[QUIET].fee_rate,
    recourse_days=PRODUCTS[QUIET].recourse_days, valid_from=date(2026, 1, 1),
    keeping=PRODUCTS[QUIET].keeping,
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({}, []),
        ({"basis": LegalBasis.PLEDGE}, []),
        ({"recourse_days": None}, ["recourse_contradicts"]),  # The risk is the client's.
        ({"extent": Extent(share=Decimal("0.8"))}, ["recourse_contradicts"]),
        ({"advance_rate": Decimal(0)}, ["advance_missing"]),
        ({"keeping": Keeping(list_days=25, ask_days=0, tell_days=1)}, []),
        ({"keeping": Keeping(list_days=26, ask_days=0, tell_days=1)}, ["keeping_out_of_range"]),
        ({"keeping": Keeping(list_days=5, ask_days=366, tell_days=1)}, ["keeping_out_of_range"]),
        ({"keeping": Keeping(list_days=5, ask_days=5, tell_days=0)}, ["keeping_out_of_range"]),
        ({"keeping": None}, ["keeping_missing"]),
        ({"product": OPEN}, ["keeping_unexpected"]),
    ],
)
def test_confidential_terms_do_not_contradict_themselves(
    said: dict[str, object], codes: list[str]
) -> None:
    assert [one.code for one in faults(replace(TERMS, **said))] == codes  # type: ignore[arg-type]  # Any field.


def test_who_signs_reads_that_debtors_are_not_told() -> None:
    assert "its debtors are not told" in in_words(TERMS)[0]
    said = replace(TERMS, keeping=Keeping(list_days=5, ask_days=0, tell_days=1))
    assert "Within 5 days of each month's end it hands in" in in_words(said)[2]
    assert in_words(said)[3].startswith("On its due date we ask the client")
    assert "1 day after that we may tell the debtor" in in_words(said)[3]


def test_days_that_nobody_said_are_those_of_the_product() -> None:
    assert completed(replace(TERMS, keeping=None)) == TERMS
    assert completed(replace(TERMS, product=OPEN, keeping=None)).keeping is None
    said = replace(TERMS, keeping=Keeping(list_days=5, ask_days=0, tell_days=1))
    assert completed(said) == said
