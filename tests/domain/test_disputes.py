"""What of an invoice is disputed, to the cent, and what shows that a dispute has ended."""

from decimal import Decimal

import pytest

from tests.domain.test_availability import BOLT, LOOSE, ON, RATE, fall, item, lines
from usance.domain.collection import disputes
from usance.domain.collection.disputes import Ending, Reason
from usance.domain.credit import availability
from usance.domain.credit.eligibility import Because
from usance.domain.money import Money


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


@pytest.mark.parametrize(
    ("amount", "credited", "outstanding", "left"),
    [
        (None, "0.00", "10000.00", "10000.00"),  # All of it, whatever that is by now.
        (None, "500.00", "9500.00", "9500.00"),
        ("2000.00", "0.00", "10000.00", "2000.00"),
        ("2000.00", "0.00", "2000.01", "2000.00"),  # Paid: what nobody disputes first.
        ("2000.00", "0.00", "1500.00", "1500.00"),  # Then the debtor gives in, by 500.
        ("2000.00", "1500.00", "8500.00", "500.00"),  # A credit note answers the dispute first.
        ("2000.00", "2000.00", "8000.00", "0.00"),
        ("2000.00", "2500.00", "7500.00", "0.00"),
        ("2000.00", "0.00", "0.00", "0.00"),
    ],
)
def test_money_pays_what_nobody_disputes_and_a_credit_note_answers_the_dispute(
    amount: str | None, credited: str, outstanding: str, left: str
) -> None:
    of = eur(amount).minor if amount else None
    found = disputes.left(of, credited=eur(credited).minor, outstanding=eur(outstanding).minor)
    assert found == eur(left).minor


@pytest.mark.parametrize(
    ("amount", "part"),
    [(None, None), (eur("0.01"), eur("0.01")), (eur("999.99"), eur("999.99")),
     (eur("1000.00"), None)],
)  # fmt: skip
def test_a_dispute_over_the_whole_amount_is_one_over_all_of_it(
    amount: Money | None, part: Money | None
) -> None:
    assert disputes.part(amount, most=eur("1000.00")) == part


@pytest.mark.parametrize("amount", [eur("0.00"), eur("1000.01"), -eur("1"), Money.of("1", "SEK")])
def test_no_more_is_disputed_than_is_asked_for(amount: Money) -> None:
    with pytest.raises(disputes.DisputedAmountImpossible):
        disputes.part(amount, most=eur("1000.00"))


@pytest.mark.parametrize(
    ("ends", "credited", "paid", "holds"),
    [
        (Ending.WITHDRAWN, False, False, True),
        (Ending.CREDIT_NOTE, False, True, False),
        (Ending.CREDIT_NOTE, True, False, True),
        (Ending.PAYMENT, True, False, False),
        (Ending.PAYMENT, False, True, True),
        (Ending.REPURCHASED, True, True, False),  # Only what ends the invoice says so.
        (Ending.RESTATED, True, True, False),
    ],
)
def test_a_person_says_of_the_end_only_what_something_shows(
    ends: Ending, credited: bool, paid: bool, holds: bool
) -> None:
    if holds:
        assert disputes.by_hand(ends, credited=credited, paid=paid) is ends
        return
    with pytest.raises(disputes.NotProved):
        disputes.by_hand(ends, credited=credited, paid=paid)


@pytest.mark.parametrize(
    ("owes", "part"),
    [(None, None), ("8000", "2000.00"), ("8000.00", "2000.00"), ("10000.00", None), ("0", None),
     ("10000.01", None), ("8000.005", None)],
)  # fmt: skip
def test_a_buyer_who_says_what_it_owes_objects_to_the_rest(
    owes: str | None, part: str | None
) -> None:
    found = disputes.objected(eur("10000.00"), Decimal(owes) if owes else None)
    assert found == (eur(part) if part else None)


@pytest.mark.parametrize(
    ("codes", "reason"),
    [((), Reason.OTHER), (("OTH",), Reason.OTHER), (("NON", "PRI"), Reason.PRICE),
     (("QUA", "PRI"), Reason.QUALITY), (("ZZZ",), Reason.OTHER)],
)  # fmt: skip
def test_the_first_code_that_says_something_is_the_reason(
    codes: tuple[str, ...], reason: Reason
) -> None:
    assert disputes.reason_of(codes) is reason


@pytest.mark.parametrize(
    ("part", "credited", "out", "eligible"),
    [
        ("250.00", "0.00", {Because.DISPUTED: ("250.00", 1)}, "750.00"),
        ("250.00", "250.00", {Because.DISPUTED: ("250.00", 1)}, "750.00"),  # It answers it.
        ("250.00", "300.00",
         {Because.DISPUTED: ("250.00", 1), Because.CREDIT_NOTE: ("50.00", 1)}, "700.00"),
        ("1000.00", "0.00", {Because.DISPUTED: ("1000.00", 1)}, "0.00"),
        ("4000.00", "100.00", {Because.DISPUTED: ("1000.00", 1)}, "0.00"),
    ],
)  # fmt: skip
def test_the_disputed_part_does_not_count_and_the_rest_does(
    part: str, credited: str, out: dict[Because, tuple[str, int]], eligible: str
) -> None:
    row = item(1, "1000.00")._replace(
        disputed_minor=eur(part).minor, credited_minor=eur(credited).minor
    )
    said = fall(([row], BOLT))
    assert (lines(said), said.eligible) == (out, eur(eligible))
    (told,) = availability.told([row], BOLT, LOOSE, on=ON, cap=None, advance_rate=RATE)
    assert told.primary is Because.DISPUTED
    assert (told.eligible, sum(minor for _, minor in told.parts)) == (
        said.eligible.minor, said.gross.minor - said.eligible.minor,
    )  # fmt: skip
