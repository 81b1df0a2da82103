"""Invoices in other currencies than the facility's: what terms may say, and what is converted."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from tests.domain.test_exchange import FRIDAY, KNOWN
from usance.domain import ledger
from usance.domain.exchange import RateMissing, cross, dealt
from usance.domain.finance import (
    Agreement,
    Buying,
    Charges,
    Extent,
    Foreign,
    How,
    LegalBasis,
    Product,
    faults,
    in_words,
)
from usance.domain.finance.foreign import charged
from usance.domain.journal import About, Account, Entry, moves
from usance.domain.money import Money

A = Account
ABOUT = About(client=UUID(int=1), debtor=UUID(int=2), invoice=UUID(int=3))
TERMS = Agreement(
    product=Product.SELECTIVE, basis=LegalBasis.SALE, limit=Money.of("200000", "EUR"),
    advance_rate=Decimal("0.80"), fee_rate=Decimal("0.015"), recourse_days=60,
    valid_from=date(2026, 1, 1), foreign=Foreign(currencies=("JPY", "USD")),
)  # fmt: skip


@pytest.mark.parametrize(("changed", "found"), [
    ({}, []),
    ({"foreign": Foreign()}, []),
    ({"foreign": Foreign(currencies=("USD",), haircut=Decimal("0.8"))}, []),
    ({"foreign": Foreign(currencies=("USD",), haircut=Decimal("0.81"))},
     [("haircut_out_of_range", "foreign.haircut")]),
    ({"foreign": Foreign(currencies=("USD",), haircut=Decimal("-0.01"))},
     [("haircut_out_of_range", "foreign.haircut")]),
    ({"foreign": Foreign(haircut=Decimal("0.1"))}, [("haircut_out_of_range", "foreign.haircut")]),
    ({"foreign": Foreign(currencies=("EUR", "USD"))},
     [("foreign_currency_unclear", "foreign.currencies")]),
    ({"foreign": Foreign(currencies=("USD", "JPY"))},
     [("foreign_currency_unclear", "foreign.currencies")]),
    ({"foreign": Foreign(currencies=("USD", "USD"))},
     [("foreign_currency_unclear", "foreign.currencies")]),
    ({"foreign": Foreign(currencies=("us$",))},
     [("foreign_currency_unclear", "foreign.currencies")]),
    ({"buying": Buying(how=How.ASKED)}, [("foreign_contradicts", "foreign.currencies")]),
    ({"basis": LegalBasis.PLEDGE}, [("foreign_contradicts", "foreign.currencies")]),
    ({"extent": Extent(share=Decimal("0.8"))}, []),
    ({"extent": Extent(most=500_00)}, [("foreign_contradicts", "extent.most")]),
])  # fmt: skip
def test_what_terms_may_say_of_other_currencies(
    changed: dict[str, object], found: list[tuple[str, str]]
) -> None:
    assert [(one.code, one.where) for one in faults(replace(TERMS, **changed))] == found


def test_terms_say_it_in_words_and_are_silent_where_there_is_nothing_to_say() -> None:
    cut = replace(TERMS, foreign=Foreign(currencies=("JPY", "USD"), haircut=Decimal("0.05")))
    told = in_words(cut)
    assert "Invoices in JPY, USD are bought as well; what is due for them is paid in EUR." in told
    assert "Of these 5 % of the invoice amount less is paid at once, and kept back." in told
    silent = in_words(replace(TERMS, foreign=Foreign()))
    assert set(told) > set(silent)


@pytest.mark.parametrize(("day", "published"), [
    (date(2026, 3, 23), FRIDAY),  # Monday: of Friday.
    (date(2026, 3, 21), FRIDAY),
    (date(2026, 3, 22), FRIDAY),
    (date(2026, 3, 20), None),  # Friday's own comes in the afternoon: Thursday's holds.
    (date(2026, 3, 24), None),
])  # fmt: skip
def test_we_convert_at_what_was_known_when_the_day_began(day: date, published: date | None) -> None:
    if published is None:
        with pytest.raises(RateMissing):
            dealt("USD", "SEK", day, KNOWN)
    else:
        assert dealt("USD", "SEK", day, KNOWN) == cross("USD", "SEK", published, KNOWN)


def test_the_least_and_the_most_of_charges_come_to_the_currency_of_the_invoice() -> None:
    agreed = Charges(minimum=50_00, maximum=1000_00)  # Euros.
    yen = charged(agreed, cross("JPY", "EUR", FRIDAY, KNOWN))
    assert (yen.minimum, yen.maximum) == (8063, 161_250)  # 50 * 161.25 = 8062.5.
    dinars = charged(agreed, cross("KWD", "EUR", FRIDAY, KNOWN))
    assert (dinars.minimum, dinars.maximum) == (16_605, 332_100)
    assert charged(Charges(), cross("USD", "EUR", FRIDAY, KNOWN)) == Charges()


@pytest.mark.parametrize(("of", "rows", "gone", "came"), [
    ("USD", [(A.FACTORED_RECEIVABLES, A.DUE_TO_CLIENTS, "1082.60")],
     [(A.DUE_TO_CLIENTS, A.CONVERSIONS, "1082.60")],
     [(A.CONVERSIONS, A.DUE_TO_CLIENTS, "1000.00")]),
    ("JPY", [(A.CLIENT_CLAIMS, A.FACTORED_RECEIVABLES, "10000"),
             (A.CLIENT_RESERVES, A.DUE_TO_CLIENTS, "77")],
     [(A.DUE_TO_CLIENTS, A.CONVERSIONS, "77"), (A.CONVERSIONS, A.CLIENT_CLAIMS, "10000")],
     [(A.CONVERSIONS, A.DUE_TO_CLIENTS, "0.48"), (A.CLIENT_CLAIMS, A.CONVERSIONS, "62.02")]),
    # Both ways within an entry: only what is left of it goes over.
    ("KWD", [(A.CLIENT_CLAIMS, A.FEE_INCOME, "1.500"), (A.CLIENT_RESERVES, A.CLIENT_CLAIMS, "0.5")],
     [(A.CONVERSIONS, A.CLIENT_CLAIMS, "1.000")], [(A.CLIENT_CLAIMS, A.CONVERSIONS, "3.01")]),
    # What is taken back.
    ("USD", [(A.DUE_TO_CLIENTS, A.CLIENT_RESERVES, "10.83")],
     [(A.CONVERSIONS, A.DUE_TO_CLIENTS, "10.83")], [(A.DUE_TO_CLIENTS, A.CONVERSIONS, "10.00")]),
    # Worth less than half a cent: it leaves, and nothing comes.
    ("JPY", [(A.CLIENT_RESERVES, A.DUE_TO_CLIENTS, "0"), (A.CLIENT_RESERVES, A.FEE_INCOME, "5")],
     [], []),
])  # fmt: skip
def test_what_is_due_or_owed_leaves_one_currency_and_comes_to_the_other(
    of: str,
    rows: list[tuple[Account, Account, str]],
    gone: list[tuple[Account, Account, str]],
    came: list[tuple[Account, Account, str]],
) -> None:
    told = moves(*((d, c, Money.of(amount, of)) for d, c, amount in rows), about=ABOUT)
    entry = Entry(key="k", booked_on=FRIDAY, because="B", voucher="v", moves=told)
    own = ledger.owned(entry)
    made = ledger.conversion(entry, own, own.at(cross(of, "EUR", FRIDAY, KNOWN)), about=ABOUT)
    shown = [
        (one.key, [(m.debit, m.credit, m.amount) for m in one.moves if m.about == ABOUT])
        for one in made
    ]
    wanted = [("converted_from:k", of, gone), ("converted_into:k", "EUR", came)]
    assert shown == [
        (key, [(d, c, Money.of(amount, currency)) for d, c, amount in lines])
        for key, currency, lines in wanted
        if lines
    ]
