"""What is odd beside the custom: each signal has its yes, its no, and its not known."""

from dataclasses import replace
from datetime import date

import pytest

from usance.domain.finding import Severity
from usance.domain.invoice.receivable import Kind, Receivable
from usance.domain.money import Money
from usance.domain.verification.signals import (
    BOUNDS,
    SIGNALS,
    Custom,
    Facts,
    Mode,
    Thresholds,
    look,
)

CLAIM = Receivable(
    kind=Kind.INVOICE, number="R-1001", face=Money(123_456, "EUR"), issued_on=date(2026, 3, 2),
    due_on=date(2026, 4, 1),
)  # fmt: skip
USUAL = Custom(
    before_in_series=1000, pays_to=frozenset({"DE1"}), with_debtor=4, longest_terms=30,
    weekends_percent=1, volume_before=500_000, volume_usual=600_000, name_likeness=97,
)  # fmt: skip
GOOD = Facts(
    claim=CLAIM, accounts=("DE1",), ordinal=1001, custom=USUAL, thresholds=Thresholds(),
    today=date(2026, 3, 2),
)  # fmt: skip
SATURDAY = replace(CLAIM, issued_on=date(2026, 2, 28), due_on=date(2026, 3, 30))
NOTE = replace(CLAIM, kind=Kind.CREDIT_NOTE, face=Money(60_000, "EUR"))


def custom(**changed: object) -> Custom:
    return replace(USUAL, **changed)  # type: ignore[arg-type] - by name


def codes(**changed: object) -> list[str]:
    return [one.code for one in look(replace(GOOD, **changed))]  # type: ignore[arg-type] - by name


BOUGHT = custom(bought_on=date(2026, 2, 27), credited_face=Money(100_000, "EUR"))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"ordinal": 1051}, ["number_gap"]),
        ({"ordinal": 1050}, []),
        ({"ordinal": 1051, "custom": custom(before_in_series=None)}, []),
        ({"accounts": ("SE9",)}, ["account_not_registered"]),
        ({"accounts": ("SE9", "DE1")}, []),
        ({"accounts": ("SE9",), "custom": custom(pays_to=frozenset())}, []),
        ({"claim": replace(CLAIM, face=Money(100_000, "EUR")), "custom": custom(with_debtor=0)},
         ["new_debtor_round_sum"]),
        ({"claim": replace(CLAIM, face=Money(1_000, "JPY")), "custom": custom(with_debtor=0)},
         ["new_debtor_round_sum"]),
        ({"claim": replace(CLAIM, face=Money(100_000, "EUR"))}, []),
        ({"custom": custom(with_debtor=0)}, []),
        ({"claim": replace(CLAIM, face=Money(100_000, "EUR")),
          "custom": custom(with_debtor=None)}, []),
        ({"claim": SATURDAY}, ["issued_on_a_weekend"]),
        ({"claim": SATURDAY, "custom": custom(weekends_percent=20)}, []),
        ({"claim": SATURDAY, "custom": custom(weekends_percent=None)}, []),
        ({"claim": replace(CLAIM, due_on=date(2026, 4, 17))}, ["due_beyond_custom"]),
        ({"claim": replace(CLAIM, due_on=date(2026, 4, 16))}, []),
        ({"claim": replace(CLAIM, due_on=date(2026, 5, 2)), "custom": custom(longest_terms=None)},
         ["due_beyond_custom"]),
        ({"claim": replace(CLAIM, due_on=date(2026, 5, 1)), "custom": custom(longest_terms=None)},
         []),
        ({"claim": NOTE, "custom": BOUGHT}, ["credited_after_purchase"]),
        ({"claim": replace(NOTE, face=Money(49_999, "EUR")), "custom": BOUGHT}, []),
        ({"claim": replace(NOTE, issued_on=date(2026, 3, 8)), "custom": BOUGHT}, []),
        ({"claim": NOTE}, []),
        ({"custom": custom(volume_before=1_700_000)}, ["volume_jump"]),
        ({"custom": custom(volume_before=1_900_000)}, []),  # Said once, by the one that crossed.
        ({"custom": custom(volume_before=1_700_000, volume_usual=None)}, []),
        ({"custom": custom(name_likeness=40)}, ["buyer_name_unlike"]),
        ({"custom": custom(name_likeness=None)}, []),
    ],
)  # fmt: skip
def test_each_signal_speaks_from_its_figure_on(
    changed: dict[str, object], expected: list[str]
) -> None:
    assert codes(**changed) == expected


def test_a_signal_warns_holds_or_is_off_as_the_client_has_it() -> None:
    for how, severity in ((Mode.WARN, Severity.WARNING), (Mode.HOLD, Severity.FATAL)):
        limits = Thresholds(modes={"number_gap": how})
        (found,) = look(replace(GOOD, ordinal=2000, thresholds=limits))
        assert (found.severity, found.where) == (severity, "BT-1")
        assert "999" in found.says
        assert found.todo
    assert codes(ordinal=2000, thresholds=Thresholds(modes={"number_gap": Mode.OFF})) == []
    assert codes(ordinal=2000, thresholds=Thresholds(gap=1000)) == []


def test_every_threshold_lies_within_its_bounds() -> None:
    for name, (least, most) in BOUNDS.items():
        assert least <= getattr(Thresholds(), name) <= most
    for signal, _where in SIGNALS.values():
        assert signal.__doc__
