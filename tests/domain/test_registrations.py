"""Whose a registration in the bank is, and which address holds after all that was told."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from usance.domain.distribution import (
    Candidate,
    Facts,
    Kind,
    Reach,
    Registration,
    Sort,
    Wants,
    default,
    holding,
    is_bank,
    ladder,
    whose,
)

AT = datetime(2026, 2, 1, 9, tzinfo=UTC)


def told(number: int, wants: Wants, address: str = "bank:1", **more: Any) -> Registration:
    return Registration(
        id=f"r-{number}", wants=wants, at=AT + timedelta(days=number), address=address, **more
    )


def one(debtor: str = "tolvan", **more: Any) -> Candidate[str]:
    given = {"name": "Tolvan Tolvansson", "sort": Sort.CONSUMER, "einvoice": ""} | more
    return Candidate(debtor=debtor, **given)


REGISTERED = told(1, Wants.REGISTERED, name="Tolvansson, Tolvan")


@pytest.mark.parametrize(
    ("candidates", "debtor", "because"),
    [
        ([], None, "No debtor has"),
        ([one(by_identity=True)], "tolvan", "personal number"),
        ([one(by_reference=True)], "tolvan", "Reference and name"),
        ([one(by_reference=True, name="Elva Elvasson")], None, "the name does not"),
        ([one(by_identity=True), one("b", by_identity=True)], None, "Several"),
        # The personal number says more than a paper that anybody may have picked up.
        ([one(by_identity=True), one("b", by_reference=True)], "tolvan", "personal number"),
        ([one(by_identity=True, sort=Sort.BUSINESS)], None, "is a company"),
        ([one(by_identity=True, einvoice="0007:5560001111")], None, "0007:5560001111 already"),
        ([one(by_identity=True, einvoice="bank:9")], "tolvan", "personal number"),
        ([one(by_address=True), one("b", by_identity=True)], "tolvan", "this address"),
    ],
)
def test_a_registration_is_surely_a_consumers_or_a_persons_task(
    candidates: list[Candidate[str]], debtor: str | None, because: str
) -> None:
    found = whose(REGISTERED, candidates)

    assert found.debtor == debtor
    assert because in found.because


def test_a_name_alone_is_nobody() -> None:
    nameless = told(1, Wants.REGISTERED)

    assert whose(nameless, [one(by_reference=True, name="")]).debtor is None


@pytest.mark.parametrize(
    ("all_told", "holds"),
    [
        ([told(1, Wants.REGISTERED)], "bank:1"),
        ([told(1, Wants.REGISTERED), told(2, Wants.ENDED)], ""),
        ([told(1, Wants.REGISTERED), told(2, Wants.CHANGED, "bank:2")], "bank:2"),
        # Moved: the old bank ends what holds no longer.
        ([told(1, Wants.REGISTERED), told(2, Wants.REGISTERED, "bank:2"),
          told(3, Wants.ENDED, "bank:1")], "bank:2"),
        ([told(1, Wants.REGISTERED), told(2, Wants.ENDED, ""),
          told(3, Wants.REGISTERED, "bank:3"), told(4, Wants.CHANGED, "bank:4")], "bank:4"),
        ([told(2, Wants.ENDED)], ""),
    ],
)  # fmt: skip
def test_in_any_order_and_number_the_same_address_holds(
    all_told: list[Registration], holds: str
) -> None:
    for order in permutations(all_told):
        assert holding([*order, *order]) == holds


@pytest.mark.parametrize(
    ("reach", "sort", "carried", "code", "says"),
    [
        (Reach(), Sort.CONSUMER, frozenset(Kind), "no_address", "not asked its internet bank"),
        (Reach(), Sort.BUSINESS, frozenset(Kind), "no_address", "No e-invoice address"),
        (Reach(einvoice="bank:1"), Sort.CONSUMER, frozenset({Kind.EMAIL}), "nobody_carries",
         "to internet banks"),
    ],
)  # fmt: skip
def test_the_ladder_says_why_a_consumer_gets_no_e_invoice(
    reach: Reach, sort: Sort, carried: frozenset[Kind], code: str, says: str
) -> None:
    found = ladder(Facts(reach=reach, sort=sort, carried=carried, settings=default()))

    no = next(one for one in found.left_out if one.kind is Kind.EINVOICE)
    assert no.code == code
    assert says in no.because


def test_who_asked_in_the_bank_gets_it_there() -> None:
    found = ladder(Facts(reach=Reach(einvoice="bank:1"), settings=default(), sort=Sort.CONSUMER))

    assert found.rungs[0].kind is Kind.EINVOICE
    assert found.rungs[0].because == "The debtor asked for e-invoices in its internet bank."
    assert is_bank("bank:1")
    assert not is_bank("0007:5560001111")
