"""Whose loss it is, and who may say so: by the contract, the cause and the amount."""

import pytest

from usance.domain.finance import LegalBasis
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.settlement import losses
from usance.domain.settlement.losses import BANDS, Band, Bearer, Cause


@pytest.mark.parametrize(
    ("has_recourse", "basis", "cause", "bears"),
    [
        (False, LegalBasis.SALE, Cause.INSOLVENT, Bearer.FACTOR),
        (False, LegalBasis.SALE, Cause.DEFAULT, Bearer.FACTOR),
        (False, LegalBasis.SALE, Cause.UNECONOMIC, Bearer.FACTOR),
        (False, LegalBasis.SALE, Cause.DISPUTE, Bearer.CLIENT),  # The claim was not as sold.
        (True, LegalBasis.SALE, Cause.INSOLVENT, Bearer.CLIENT),
        (True, LegalBasis.PLEDGE, Cause.INSOLVENT, Bearer.CLIENT),
        (False, LegalBasis.PLEDGE, Cause.INSOLVENT, Bearer.CLIENT),  # It was never ours.
    ],
)
def test_the_contract_and_the_cause_say_whose_loss_it_is(
    has_recourse: bool, basis: LegalBasis, cause: Cause, bears: Bearer
) -> None:
    assert losses.bearer(has_recourse=has_recourse, basis=basis, cause=cause) is bears


@pytest.mark.parametrize(
    ("amount", "band"),
    [("0.01", 0), ("50.00", 0), ("50.01", 1), ("5000.00", 1), ("5000.01", 2), ("9999999.99", 2)],
)
def test_the_amount_says_who_agrees(amount: str, band: int) -> None:
    assert losses.band_of(Money.of(amount, "EUR"), BANDS) is BANDS[band]


@pytest.mark.parametrize(("currency", "minor", "band"), [
    ("JPY", 50, 0), ("JPY", 51, 1), ("KWD", 50_000, 0), ("KWD", 50_001, 1),
])  # fmt: skip
def test_a_band_is_in_whole_units_of_any_currency(currency: str, minor: int, band: int) -> None:
    assert losses.band_of(Money(minor, currency), BANDS) is BANDS[band]


@pytest.mark.parametrize(
    ("band", "role", "may"),
    [(0, Role.COLLECTION, True), (0, Role.FINANCE, False), (1, Role.FINANCE, True),
     (1, Role.COLLECTION, False), (2, Role.FINANCE, False), (0, Role.ADMIN, True),
     (2, Role.ADMIN, True)],
)  # fmt: skip
def test_a_role_agrees_within_its_bands(band: int, role: Role, may: bool) -> None:
    if may:
        losses.require(BANDS[band], role)
        return
    with pytest.raises(losses.AboveAuthority):
        losses.require(BANDS[band], role)


def _band(up_to: int | None, role: Role = Role.FINANCE, people: int = 2) -> Band:
    return Band(up_to_units=up_to, role=role, people=people)


@pytest.mark.parametrize(
    ("bands", "count"),
    [
        (BANDS, 0),
        ((_band(None),), 0),
        ((), 1),
        ((_band(100),), 1),  # Nobody could agree to more.
        ((_band(None), _band(None)), 1),
        ((_band(100), _band(50), _band(None)), 1),
        ((_band(100), _band(100), _band(None)), 1),
        ((_band(0), _band(None)), 1),
        ((_band(100, people=2), _band(200, people=1), _band(None)), 1),
        ((_band(100, people=1), _band(None, people=1)), 1),
        ((_band(100, Role.CASH), _band(None)), 1),
        ((_band(100, people=0), _band(None)), 1),
        ((_band(-5, Role.CLIENT, 3), _band(None, people=1)), 4),
    ],
)
def test_bands_that_contradict_each_other_are_told_all_at_once(
    bands: tuple[Band, ...], count: int
) -> None:
    assert len(losses.faults(bands)) == count
