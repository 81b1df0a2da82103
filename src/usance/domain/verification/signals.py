"""What is odd about an invoice beside what its client is used to: each signal with its evidence.

A signal is no proof. It warns, or holds, or is off, as the thresholds of the client say.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ..finding import Finding, Severity
from ..invoice.receivable import Kind, Receivable
from ..money import Money, exponent


class Mode(StrEnum):
    OFF = "off"
    WARN = "warn"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From which figure on a signal speaks; kept as data, for all and for single clients."""

    gap: int = 50  # Numbers left out in a series.
    round_to: int = 1000  # Whole units of the currency.
    weekend_percent: int = 5  # Of the client's invoices; issued on fewer weekends, one is odd.
    terms_days: int = 60  # Where nothing is known: Directive 2011/7/EU, Art. 3(5).
    terms_longer_days: int = 15  # Than the longest of the client's with this debtor.
    credited_within_days: int = 7  # Of the purchase.
    credited_percent: int = 50  # Of the invoice.
    volume_percent: int = 300  # Of what 30 days bring on average.
    modes: Mapping[str, Mode] = field(default_factory=dict)  # Of signals; else DEFAULT_MODES.


# Smallest and largest value that makes sense of each threshold.
BOUNDS: dict[str, tuple[int, int]] = {
    "gap": (1, 100_000), "round_to": (10, 1_000_000), "weekend_percent": (0, 100),
    "terms_days": (1, 365), "terms_longer_days": (0, 365), "credited_within_days": (0, 365),
    "credited_percent": (1, 100), "volume_percent": (110, 10_000),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Custom:
    """What the client is used to. None: too little is known to say."""

    before_in_series: int | None = None  # The next lower number that we have of its series.
    pays_to: frozenset[str] = frozenset()  # The client's accounts and ours; empty: none is known.
    with_debtor: int | None = None  # Earlier invoices of this client on this debtor.
    longest_terms: int | None = None  # With this debtor, else of all; days.
    weekends_percent: int | None = None  # Of the client's invoices were issued on a weekend.
    bought_on: date | None = None  # The invoice that a credit note reduces.
    credited_face: Money | None = None
    volume_before: int = 0  # Minor units of the 30 days before it, up to this invoice.
    volume_usual: int | None = None  # Of 30 days on average, over the 90 before those.
    name_likeness: int | None = None  # Of the buyer on the paper and its debtor; None: no debtor.


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    claim: Receivable
    accounts: tuple[str, ...]  # That the paper names, as domain.party compares them.
    ordinal: int | None  # Its place in the series of numbers.
    custom: Custom
    thresholds: Thresholds
    today: date


Signal = Callable[[Facts], Iterator[tuple[str, str]]]  # What it says, and what to do.


def number_gap(facts: Facts) -> Iterator[tuple[str, str]]:
    """Numbers are left out of the client's series."""
    before, mine = facts.custom.before_in_series, facts.ordinal
    if before is not None and mine is not None and mine - before - 1 >= facts.thresholds.gap:
        yield (
            f"{mine - before - 1} numbers are left out between {before} and {mine}.",
            "Ask the client where the invoices between are: sold elsewhere?",
        )


def account_not_registered(facts: Facts) -> Iterator[tuple[str, str]]:
    """It asks for payment to an account that is neither the client's nor ours."""
    strange = [one for one in facts.accounts if one not in facts.custom.pays_to]
    if facts.custom.pays_to and facts.accounts and len(strange) == len(facts.accounts):
        yield (
            f"It names the account {', '.join(strange)}, which the register does not have.",
            "Call the client on the number in the register; do not use the one on the paper.",
        )


def new_debtor_round_sum(facts: Facts) -> Iterator[tuple[str, str]]:
    """The client's first invoice on this debtor is a round sum."""
    face, to = facts.claim.face, facts.thresholds.round_to
    unit = to * 10 ** exponent(face.currency)
    if facts.custom.with_debtor == 0 and face.minor >= unit and face.minor % unit == 0:
        yield (
            f"The first invoice on this debtor asks for {face}, a multiple of {to}.",
            "Ask the debtor whether it ordered and got this.",
        )


def issued_on_a_weekend(facts: Facts) -> Iterator[tuple[str, str]]:
    """It is dated on a Saturday or Sunday, and the client hardly ever does that."""
    share, on = facts.custom.weekends_percent, facts.claim.issued_on
    if on.weekday() >= 5 and share is not None and share < facts.thresholds.weekend_percent:
        day = "Saturday" if on.weekday() == 5 else "Sunday"
        yield (
            f"It is dated {on}, a {day}; of this client's invoices {share} % are.",
            "Look at the date of delivery.",
        )


def due_beyond_custom(facts: Facts) -> Iterator[tuple[str, str]]:
    """It is due later than this client's invoices are."""
    days = (facts.claim.due_on - facts.claim.issued_on).days
    longest = facts.custom.longest_terms
    if longest is not None and days > longest + facts.thresholds.terms_longer_days:
        yield (
            f"It is due after {days} days; the longest so far were {longest}.",
            "Ask the client for the agreement with the debtor.",
        )
    elif longest is None and days > facts.thresholds.terms_days:
        yield (
            f"It is due after {days} days, more than {facts.thresholds.terms_days}.",
            "Ask the client for the agreement with the debtor.",
        )


def credited_after_purchase(facts: Facts) -> Iterator[tuple[str, str]]:
    """A credit note takes most of an invoice back soon after we bought it."""
    bought, of = facts.custom.bought_on, facts.custom.credited_face
    if facts.claim.kind is not Kind.CREDIT_NOTE or bought is None or of is None or not of.minor:
        return
    days = (facts.claim.issued_on - bought).days
    percent = facts.claim.face.minor * 100 // of.minor
    limits = facts.thresholds
    if days <= limits.credited_within_days and percent >= limits.credited_percent:
        yield (
            f"It takes back {percent} % of an invoice that we bought {max(days, 0)} days before.",
            "Ask the debtor why; look at what else this client sold on it.",
        )


def volume_jump(facts: Facts) -> Iterator[tuple[str, str]]:
    """With it the client sells far more in 30 days than it is used to."""
    usual, before = facts.custom.volume_usual, facts.custom.volume_before
    if not usual:
        return
    line = usual * facts.thresholds.volume_percent // 100
    if before <= line < before + facts.claim.face.minor:  # Said once, by the one that crosses.
        percent = (before + facts.claim.face.minor) * 100 // usual
        yield (
            f"With it the last 30 days come to {percent} % of what is usual.",
            "Ask the client what changed.",
        )


def buyer_name_unlike(facts: Facts) -> Iterator[tuple[str, str]]:
    """The paper names the debtor's number, but another name."""
    likeness = facts.custom.name_likeness
    if likeness is not None and likeness < 60:
        yield (
            f"The buyer's name and the debtor's are {likeness} % alike.",
            "Compare the number on the paper with the register.",
        )


SIGNALS: dict[str, tuple[Signal, str]] = {
    "number_gap": (number_gap, "BT-1"),
    "account_not_registered": (account_not_registered, "BT-84"),
    "new_debtor_round_sum": (new_debtor_round_sum, "BT-115"),
    "issued_on_a_weekend": (issued_on_a_weekend, "BT-2"),
    "due_beyond_custom": (due_beyond_custom, "BT-9"),
    "credited_after_purchase": (credited_after_purchase, "BG-3"),
    "volume_jump": (volume_jump, "BT-115"),
    "buyer_name_unlike": (buyer_name_unlike, "BT-44"),
}
DEFAULT_MODES: dict[str, Mode] = dict.fromkeys(SIGNALS, Mode.WARN)
ON_CREDIT_NOTES = frozenset({"credited_after_purchase", "buyer_name_unlike"})


def mode(name: str, thresholds: Thresholds) -> Mode:
    return thresholds.modes.get(name, DEFAULT_MODES[name])


def look(facts: Facts) -> tuple[Finding, ...]:
    """Every signal that speaks, in the order of SIGNALS."""
    found = []
    for name, (signal, where) in SIGNALS.items():
        how = mode(name, facts.thresholds)
        if how is Mode.OFF:
            continue
        if (facts.claim.kind is Kind.CREDIT_NOTE) and name not in ON_CREDIT_NOTES:
            continue
        severity = Severity.FATAL if how is Mode.HOLD else Severity.WARNING
        found += [
            Finding(code=name, says=says, where=where, severity=severity, todo=todo)
            for says, todo in signal(facts)
        ]
    return tuple(found)
