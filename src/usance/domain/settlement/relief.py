"""The tax in what a debtor never paid: which part of a loss it is, and when it may be corrected.

Whoever sold the goods owes their tax, also after the claim was sold to us; when the claim comes
back unpaid the client may correct it. We compute the part and name the rule; it declares it.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from ..invoice.document import Tax
from ..money import Money, total
from .losses import Cause

# UNTDID 5305 codes under which the seller owes tax: standard rate, Canary and Ceuta taxes.
OWED = frozenset({"S", "L", "M"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a country lets the tax be corrected; `months` and `days` after the due date."""

    country: str
    first: date  # Of the losses that it is about.
    months: int
    days: int
    certain: bool  # The loss has to be established; days alone do not do it.
    insolvency: bool  # An insolvent debtor's claim counts as lost at once.
    does: str
    again: str  # What is to be done when the debtor pays later.
    source: str
    read: str = ""  # With what the row was compared. Empty: with nothing yet.


class State(StrEnum):
    READY = "ready"  # The day is here.
    WAITS = "waits"  # The day is known and comes later.
    UNCERTAIN = "uncertain"  # By law from when the loss is certain; our books do not show that.
    CREDIT_NOTE = "credit_note"  # The debtor was right: a price is corrected, no debt is bad.
    NO_TAX = "no_tax"  # The seller owed none on this invoice.
    TAX_UNKNOWN = "tax_unknown"  # It came without a breakdown, or notes contradict it.
    LAW_UNKNOWN = "law_unknown"  # No rule for this country and day.


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What came back to the client unpaid of one invoice."""

    amount: Money  # Tax included.
    later: Money  # What the debtor paid of it since, as far as we know; never more.
    on: date  # When it came back.
    due_on: date
    cause: Cause | None  # None: the recourse period was over, and nobody gave another.
    taxes: tuple[Tax, ...] | None  # Less its credit notes'. None: not known.


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The part of an amount that bears one rate."""

    category: str
    rate: Decimal
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    state: State
    earliest: date | None  # From when it may be corrected. None: our books cannot tell.
    slices: tuple[Slice, ...]  # Of the loss as it came back.
    tax: Money  # Of it.
    again: Money  # What of the tax is owed again, because the debtor paid later.

    @property
    def left(self) -> Money:
        return self.tax - self.again


def relief(loss: Loss, rule: Rule | None, *, today: date) -> Relief:
    """What the client may correct for one invoice, and from when.

    :param rule: of the client's country; None: we have none.
    """
    slices = split(loss.amount, loss.taxes or ())
    tax = _taxed(slices, loss.amount.currency)
    still = _taxed(split(loss.amount - loss.later, loss.taxes or ()), loss.amount.currency)
    earliest = None
    if not slices:
        state = State.TAX_UNKNOWN
    elif not tax:
        state = State.NO_TAX
    elif loss.cause is Cause.DISPUTE:
        state = State.CREDIT_NOTE
    elif rule is None or loss.on < rule.first:
        state = State.LAW_UNKNOWN
    else:
        earliest = _earliest(loss, rule)
        state = State.UNCERTAIN
        if earliest is not None:
            state = State.READY if earliest <= today else State.WAITS
    return Relief(state=state, earliest=earliest, slices=slices, tax=tax, again=tax - still)


def split(amount: Money, taxes: Sequence[Tax]) -> tuple[Slice, ...]:
    """An amount with tax, cut as the invoice is made of nets and taxes. The parts sum to it to the
    cent: each is rounded down, the cents left go to the largest remainders, the first of equals.

    Empty: nothing is known of how the invoice is made.
    """
    rows = [row for row in taxes if row.taxable or row.tax]
    sizes = [size for row in rows for size in (row.taxable or Decimal(0), row.tax or Decimal(0))]
    if not rows or any(size < 0 for size in sizes):
        return ()
    whole, minor = sum(sizes), amount.minor
    exact = [minor * size / whole for size in sizes]
    parts = [int(one) for one in exact]
    by_rest = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_rest[: minor - sum(parts)]:
        parts[place] += 1
    assert sum(parts) == minor
    return tuple(
        Slice(
            category=row.category, rate=row.rate or Decimal(0),
            net=Money(parts[2 * place], amount.currency),
            tax=Money(parts[2 * place + 1], amount.currency),
        )
        for place, row in enumerate(rows)
    )  # fmt: skip


def less(taxes: Sequence[Tax], notes: Sequence[Sequence[Tax]]) -> tuple[Tax, ...] | None:
    """The breakdown of an invoice with its credit notes taken off, rate by rate. None: it is not
    known, because a paper has none or a note credits what the invoice does not have."""
    if not taxes or not all(notes):
        return None
    sums: dict[tuple[str, Decimal], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for sign, rows in ((1, taxes), *((-1, note) for note in notes)):
        for row in rows:
            if row.taxable is None or row.tax is None:
                return None
            of = sums[row.category, row.rate or Decimal(0)]
            of[0] += sign * row.taxable
            of[1] += sign * row.tax
    if any(part < 0 for parts in sums.values() for part in parts):
        return None
    return tuple(
        Tax(category=category, rate=rate, taxable=net, tax=tax)
        for (category, rate), (net, tax) in sums.items()
    )


def _taxed(slices: Sequence[Slice], currency: str) -> Money:
    return total((one.tax for one in slices if one.category in OWED), currency)


def _earliest(loss: Loss, rule: Rule) -> date | None:
    """Never before the claim came back: while it is ours, the client has lost nothing."""
    if rule.insolvency and loss.cause is Cause.INSOLVENT:
        return loss.on
    if rule.certain:
        return None
    return max(loss.on, _later(loss.due_on, rule))


def _later(day: date, rule: Rule) -> date:
    """So many months and days on; a month that is too short ends on its last day."""
    months = day.month - 1 + rule.months
    year, month = day.year + months // 12, months % 12 + 1
    last = monthrange(year, month)[1]
    return date(year, month, min(day.day, last)) + timedelta(days=rule.days)
