"""Recourse is put off as the terms say, against a fee to the cent, and never what is disputed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.domain.test_extent import LIMITED
from usance.domain.finance import Extent, Product, Refactoring, faults, in_words
from usance.domain.finance.refactoring import PutOff, put_off
from usance.domain.money import Money

TERMS = Refactoring(days=30, fee_rate=Decimal("0.005"), times=2)
DAY = date(2026, 6, 29)


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


@pytest.mark.parametrize(
    ("terms", "before", "disputed", "owed", "vat", "told"),
    [
        (TERMS, 0, False, "10000.00", "0", ("50.00", "0.00")),
        (TERMS, 1, False, "9999.99", "0.25", ("50.00", "12.50")),
        (TERMS, 0, False, "0.99", "0.25", ("0.00", "0.00")),  # It costs nothing, and is put off.
        (TERMS, 0, False, "101.00", "0.19", ("0.51", "0.10")),  # Half a cent is rounded up.
        (TERMS, 2, False, "10000.00", "0", None),
        (TERMS, 0, True, "10000.00", "0", None),
        (None, 0, False, "10000.00", "0", None),
    ],
)
def test_it_is_put_off_so_often_for_so_much(
    terms: Refactoring | None, before: int, disputed: bool, owed: str, vat: str,
    told: tuple[str, str] | None,
) -> None:  # fmt: skip
    expected = told and PutOff(until=DAY + timedelta(days=30), fee=eur(told[0]), vat=eur(told[1]))
    assert expected == put_off(
        terms, before=before, until=DAY, outstanding=eur(owed), disputed=disputed,
        vat_rate=Decimal(vat),
    )  # fmt: skip


PLAIN: dict[str, Any] = {"product": Product.SELECTIVE, "extent": Extent()}


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"recourse_days": None}, ["refactoring_without_recourse"]),
        ({"refactoring": replace(TERMS, days=0)}, ["refactoring_out_of_range"]),
        ({"refactoring": replace(TERMS, times=13)}, ["refactoring_out_of_range"]),
        ({"refactoring": replace(TERMS, fee_rate=Decimal(5))}, ["rate_out_of_range"]),
    ],
)
def test_terms_that_contradict_themselves_are_refused(
    changed: dict[str, Any], codes: list[str]
) -> None:
    said = replace(LIMITED, **{**PLAIN, "refactoring": TERMS, **changed})
    assert [one.code for one in faults(said)] == codes


def test_it_is_said_in_words() -> None:
    said = replace(LIMITED, **PLAIN, refactoring=TERMS)
    assert (
        "Recourse is put off up to 2 times for 30 days against 0.5 % of what is outstanding then,"
        " unless the debtor objects."
    ) in in_words(said)
