"""Offers: how far one is made without a person, what it sums up to, what its hash tells apart."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from usance.domain import finance
from usance.domain.finance import (
    Agreement,
    Buying,
    Charges,
    How,
    Interest,
    LegalBasis,
    Product,
    Terms,
    buying,
    offering,
)
from usance.domain.finance.offering import NEXT, OPEN, Line, State
from usance.domain.money import Money

MARCH = date(2026, 3, 2)
CLIENT, FACILITY = UUID(int=1), UUID(int=2)
TERMS = Terms(
    advance_rate=Decimal("0.80"), fee_rate=Decimal("0.015"),
    charges=Charges(interest=Interest(margin=Decimal("0.08")), vat_rate=Decimal("0.25")),
)  # fmt: skip


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


def line(number: int, face: str, paid_on: date, *, bought: date = MARCH) -> Line:
    told = finance.quote(
        eur(face), TERMS, purchased_on=bought, issued_on=bought, paid_on=paid_on, rates=()
    )
    return Line(invoice=UUID(int=number), quote=told, recourse_days=60)


def agreement(how: Buying, **more: object) -> Agreement:
    said = Agreement(
        product=Product.SELECTIVE, basis=LegalBasis.SALE, limit=eur("200000"),
        advance_rate=Decimal("0.80"), fee_rate=Decimal("0.015"), recourse_days=60,
        valid_from=MARCH, buying=how,
    )  # fmt: skip
    return replace(said, **more)


@pytest.mark.parametrize(
    ("faces", "before", "instant", "at_once"),
    [
        ("10000.00", "0.00", 1_000_000, True),
        ("10000.01", "0.00", 1_000_000, False),
        ("4000.00", "6000.00", 1_000_000, True),
        ("4000.01", "6000.00", 1_000_000, False),  # In small parts it is as large.
        ("0.01", "0.00", 0, False),  # Without an amount two people decide on everything.
    ],
)
def test_what_is_offered_at_once_is_bounded_by_the_day(
    faces: str, before: str, instant: int, at_once: bool
) -> None:
    terms = Buying(how=How.ASKED, instant=instant)
    assert buying.at_once(eur(faces), today=eur(before), buying=terms) is at_once


@pytest.mark.parametrize(
    ("said", "more", "where"),
    [
        (Buying(how=How.ASKED), {}, ""),
        (Buying(how=How.OFFERED), {"product": Product.WHOLE_TURNOVER}, "buying.how"),
        (Buying(how=How.ASKED, valid_days=31), {}, "buying.valid_days"),
        (Buying(how=How.ASKED, instant=-1), {}, "buying.instant"),
        (Buying(how=How.ASKED, fallback_days=30), {}, "buying.fallback_days"),
        (Buying(how=How.ASKED, fallback_days=30), {"recourse_days": None}, ""),
        (Buying(how=How.ASKED, fallback_days=-1), {"recourse_days": None}, "buying.fallback_days"),
    ],
)
def test_terms_of_buying_do_not_contradict_the_contract(
    said: Buying, more: dict[str, object], where: str
) -> None:
    assert [one.where for one in finance.faults(agreement(said, **more))] == [where] * bool(where)


def test_a_contract_that_leaves_a_choice_says_so() -> None:
    told = finance.in_words(
        agreement(Buying(how=How.ASKED, instant=1_000_000, fallback_days=30), recourse_days=None)
    )
    assert told[-4:] == [
        "The client chooses invoices, sees what they bring, and asks us to buy them.",
        "An offer holds to the end of the next day.",
        "10000.00 EUR a day at most are offered at once, by no person.",
        "An invoice whose debtor we have no cover for is offered with recourse 30 days after its"
        " due date.",
    ]


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (How.ALL, "The client chooses what it hands in; we buy what is handed in and passes our"),
        (How.ASKED, "The client chooses the invoices that it sells."),
    ],
)
def test_who_sells_single_invoices_is_told_when_that_is_decided(how: How, says: str) -> None:
    told = finance.in_words(agreement(Buying(how=how)))
    assert told[0].startswith(says)


def test_sums_are_of_the_lines_to_the_cent() -> None:
    """EUR 10 000 for 59 days and EUR 5 000.01 for 30: interest at 8 % on 8 000.00 and 4 000.00."""
    lines = [line(1, "10000.00", date(2026, 4, 30)), line(2, "5000.01", date(2026, 4, 1))]
    told = offering.sums(lines)
    assert (told.face, told.advance, told.reserve) == (
        eur("15000.01"), eur("12000.00"), eur("3000.01"),
    )  # fmt: skip
    # 8 000 × 8 % × 59/360 = 104.89; 4 000 × 8 % × 30/360 = 26.67; fees 150 + 75; tax 25 % of fees.
    assert (told.fees, told.interest, told.vat) == (eur("225.00"), eur("131.56"), eur("56.25"))
    assert (told.cost, told.rebate) == (eur("412.81"), eur("2587.20"))
    assert told.advance + told.rebate + told.cost == told.face
    # 356.56 a year of 8 000 for 59 days and 4 000 for 30.
    assert told.annual == Decimal("0.2198")


def test_the_hash_tells_any_other_content_apart() -> None:
    lines = [line(1, "10000.00", date(2026, 4, 30)), line(2, "5000.01", date(2026, 4, 1))]
    said = offering.content(CLIENT, FACILITY, lines)
    assert said == offering.content(CLIENT, FACILITY, lines[::-1])
    others = [
        offering.content(FACILITY, CLIENT, lines),
        offering.content(CLIENT, FACILITY, lines[:1]),
        offering.content(CLIENT, FACILITY, [replace(lines[0], recourse_days=None), lines[1]]),
        offering.content(
            CLIENT, FACILITY,
            [line(1, "10000.00", date(2026, 4, 30), bought=date(2026, 3, 3)), lines[1]],
        ),
    ]  # fmt: skip
    assert len({said, *others}) == 5


def test_what_is_over_stays_over() -> None:
    assert {State.ASKED, State.PREPARED, State.OFFERED} == OPEN
    assert all(then in NEXT for states in NEXT.values() for then in states)
    assert not offering.over(MARCH, today=MARCH)
    assert offering.over(MARCH, today=date(2026, 3, 3))
