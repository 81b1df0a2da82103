"""What the reports measure: age, DSO, dilution, concentration, turn, yield. Facts in, figure out.

The docstrings are what people read under a report. Amounts are whole minor units of one currency;
a figure that nothing can be said about (nothing bought, nothing outstanding) is None, never zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

YEAR = 365
# What the key of an entry begins with, in the words of domain.ledger.
BOUGHT, TAKEN_BACK = "purchase", "repurchase"
WRITTEN_OFF = "write_off"  # Of limited recourse the client takes a part of it back.
_TENTH, _RATE, _HUNDREDTH = Decimal("0.1"), Decimal("0.0001"), Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Bucket:
    """Ages from `first` to `last` days, both included. None: without an end on that side."""

    name: str
    says: str
    first: int | None
    last: int | None


# Days after the due date (collections), and days since the invoice date (eligibility).
BY_DUE = (
    Bucket("not_due", "Not due", None, 0),
    Bucket("d1_30", "1–30", 1, 30),
    Bucket("d31_60", "31–60", 31, 60),
    Bucket("d61_90", "61–90", 61, 90),
    Bucket("d91", "Over 90", 91, None),
)
BY_ISSUE = (
    Bucket("i0_30", "0–30", None, 30),
    Bucket("i31_60", "31–60", 31, 60),
    Bucket("i61_90", "61–90", 61, 90),
    Bucket("i91_120", "91–120", 91, 120),
    Bucket("i121", "Over 120", 121, None),
)
BASES = {"due": BY_DUE, "issued": BY_ISSUE}


def bucket(days: int, buckets: Sequence[Bucket]) -> Bucket:
    """What is outstanding on bought invoices at the end of the day, by age. By due date: days after
    the due date, for collections; on the due date itself nothing is late. By invoice date: days
    since the invoice date, for eligibility. An amount counts with its whole invoice's age."""
    return next(
        one
        for one in buckets
        if (one.first is None or one.first <= days) and (one.last is None or days <= one.last)
    )


def dso(outstanding: int, bought: int, days: int) -> Decimal | None:
    """Days sales outstanding, simple: outstanding at the end ÷ receivables bought in the period ×
    days of the period. Countback: the months are used up from the newest backwards, each with what
    was bought in it; whole months count with all their days, the last one with its share. Best
    possible: the simple way, with only what is not due yet; the difference is the delay.

    Source: Credit Research Foundation, calculation of DSO, best possible DSO and average days
    delinquent.
    """
    return None if not bought else _rounded(Decimal(outstanding) * days / bought, _TENTH)


def countback(outstanding: int, months: Iterable[tuple[int, int]]) -> Decimal | None:
    """Days by exhaustion. `months`: (days, bought in them), the newest first.

    None: more is outstanding than was bought in all of these months.
    """
    left, used = Decimal(outstanding), Decimal(0)
    for days, bought in months:
        if left <= 0:
            break
        part = min(left / bought, Decimal(1)) if bought > 0 else Decimal(1)
        used += part * days
        left -= max(bought, 0)
    return _rounded(used, _TENTH) if left <= 0 else None


def months(on: date, count: int) -> tuple[tuple[date, date], ...]:
    """The month of `on` up to that day, and the whole months before it, the newest first; first
    and last day of each, both included."""
    found = [(on.replace(day=1), on)]
    while len(found) < count:
        last = found[-1][0] - timedelta(days=1)
        found.append((last.replace(day=1), last))
    return tuple(found)


def dilution(diluted: int, bought: int) -> Decimal | None:
    """What reduced bought receivables other than money, ÷ receivables bought in the same period:
    credit notes, discounts, returns and write-offs. What the client took back under recourse is
    shown beside it and is not dilution.

    Source: OCC, Comptroller's Handbook, Asset-Based Lending: dilution is what reduces receivables
    without cash.
    """
    return None if not bought else _rounded(Decimal(diluted) / bought, _RATE)


def concentration(outstanding: int, whole: int) -> Decimal | None:
    """A debtor's (or a client's) part of all that is outstanding in the currency: the gross ledger
    is the base, before anything is ruled out, so that the shares add up to one."""
    return None if not whole else _rounded(Decimal(outstanding) / whole, _RATE)


def mean(minor_days: int | Decimal, days: int) -> int:
    """The mean of a balance: its sum over the evenings of a period ÷ their number, minor units."""
    assert days > 0, days
    return int((Decimal(minor_days) / days).to_integral_value(rounding=ROUND_HALF_UP))


def turn(bought: int, mean_outstanding: int, days: int) -> Decimal | None:
    """How often a year the ledger turns over: receivables bought in the period ÷ the mean of what
    was outstanding on its evenings, for 365 days. A turn of 8 means that money is back after 46
    days. Opening + bought − paid − diluted − taken back = closing."""
    if mean_outstanding <= 0:
        return None
    return _rounded(Decimal(bought) * YEAR / days / mean_outstanding, _HUNDREDTH)


def turn_days(bought: int, mean_outstanding: int, days: int) -> Decimal | None:
    """The days of one turn: mean outstanding ÷ bought × days of the period."""
    return None if bought <= 0 else _rounded(Decimal(mean_outstanding) * days / bought, _TENTH)


def profitability(result: int, mean_funds: int, days: int) -> Decimal | None:
    """What a client brought: fees and late interest (accounts 4…) less losses and charges (6…) of
    the period; and as a yearly yield on the mean of the funds in use on its evenings, 365 days a
    year. Funds in use: outstanding, less reserves kept back, plus our claims. Our own cost of money
    and of work is not in it."""
    if mean_funds <= 0:
        return None
    return _rounded(Decimal(result) * YEAR / days / mean_funds, _RATE)


def _rounded(value: Decimal, to: Decimal) -> Decimal:
    return value.quantize(to, rounding=ROUND_HALF_UP)


def straight_through(straight: int, bought: int) -> Decimal | None:
    """Of the invoices handed in in a month, by the month, the client and the currency: how many
    were decided (approved or rejected) and bought, and which part was bought without a person: not
    held or parked before the purchase, and nobody of ours noted anything on it between hand-in and
    purchase; that the client sells it counts as no work of ours. Time runs from the moment at which
    we had the file: to the decision, and to the moment at which the first payout was released to
    the bank's file that was proposed after the purchase, and after the client's last signature
    where its money waits for that. What did not come about yet is left out of the means."""
    if not bought:
        return None
    return (Decimal(straight) / bought).quantize(_RATE, rounding=ROUND_HALF_UP)


def mean_seconds(seconds: int, count: int) -> Decimal | None:
    """None: nothing came so far."""
    if not count:
        return None
    return (Decimal(seconds) / count).quantize(_TENTH, rounding=ROUND_HALF_UP)
