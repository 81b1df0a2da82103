"""Small differences of payments: which terms hold, what they allow, what follows on a reason."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from usance.domain.money import Money
from usance.domain.payment import Bears, Follows, NotThatConsequence, Reason, Tolerance, follows
from usance.domain.payment.differences import chosen, faults

ACME, BOLT = UUID(int=1), UUID(int=2)
TODAY = date(2026, 3, 2)


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


def terms(most: str, share: str = "", **more: object) -> Tolerance:
    told = {"id": UUID(int=9), "bears": Bears.FACTOR, **more}
    return Tolerance(most=eur(most), share=Decimal(share) if share else None, **told)  # type: ignore[arg-type]  # Of the test's own words.


@pytest.mark.parametrize(
    ("most", "share", "difference", "owed", "allowed"),
    [
        ("5.00", "", "5.00", "100.00", True),
        ("5.00", "", "5.01", "100000.00", False),
        ("5.00", "0.005", "0.50", "100.00", True),
        ("5.00", "0.005", "0.51", "100.00", False),
        ("5.00", "0.005", "0.01", "1.99", False),  # Half a percent of it is no cent.
        ("5.00", "0.005", "5.00", "1000.00", True),
        ("5.00", "0.005", "5.00", "999.99", False),
        ("5.00", "", "0.00", "100.00", False),
    ],
)
def test_what_is_small_enough(
    most: str, share: str, difference: str, owed: str, *, allowed: bool
) -> None:
    assert terms(most, share).allows(eur(difference), owed=eur(owed)) is allowed


def test_another_currency_is_never_small() -> None:
    assert not terms("5.00").allows(Money.of("1.00", "SEK"), owed=Money.of("100.00", "SEK"))


@pytest.mark.parametrize(
    ("there", "holds"),
    [
        ([], None),
        (["all"], "all"),
        (["all", "acme"], "acme"),
        (["all", "acme", "bolt"], "bolt"),
        (["bolt", "both", "acme"], "both"),
        (["other"], None),
    ],
)
def test_the_terms_that_say_most_exactly_whom_they_are_about_hold(
    there: list[str], holds: str | None
) -> None:
    whose = {
        "all": {}, "acme": {"client": ACME}, "bolt": {"debtor": BOLT},
        "both": {"client": ACME, "debtor": BOLT}, "other": {"client": BOLT},
    }  # fmt: skip
    known = {name: terms("1.00", id=UUID(int=n), **whose[name]) for n, name in enumerate(there)}
    found = chosen(known.values(), client=ACME, debtor=BOLT, currency="EUR")
    assert found == (known[holds] if holds else None)


@pytest.mark.parametrize(
    ("reason", "said", "becomes"),
    [
        (Reason.ROUNDING, None, Follows.WRITE_OFF),
        (Reason.CHARGES, None, Follows.WRITE_OFF),
        (Reason.DISCOUNT, None, Follows.CHARGE_BACK),
        (Reason.DISCOUNT_NOT_AGREED, None, Follows.COLLECT),
        (Reason.FREIGHT, None, Follows.CREDIT_NOTE),
        (Reason.PRICE, None, Follows.DISPUTE),
        (Reason.QUALITY, Follows.CHARGE_BACK, Follows.CHARGE_BACK),
        (Reason.TAX, None, Follows.CHARGE_BACK),
        (Reason.CONTRA, None, Follows.DISPUTE),
        (Reason.PART, None, Follows.COLLECT),
    ],
)
def test_what_follows_on_a_reason(reason: Reason, said: Follows | None, becomes: Follows) -> None:
    assert follows(reason, said) is becomes


@pytest.mark.parametrize(
    ("reason", "said"),
    [(Reason.PART, Follows.WRITE_OFF), (Reason.QUALITY, Follows.WRITE_OFF),
     (Reason.TAX, Follows.COLLECT)],
)  # fmt: skip
def test_we_do_not_bear_what_the_client_has_to(reason: Reason, said: Follows) -> None:
    with pytest.raises(NotThatConsequence):
        follows(reason, said)


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = faults(
        most=eur("0.00"), share=Decimal("0.2"), bears=Bears.CLIENT, client=None, reason=" ",
        valid_from=TODAY, valid_to=date(2026, 3, 1),
    )  # fmt: skip
    assert [one.where for one in found] == ["most", "share", "client", "valid_to", "reason"]
