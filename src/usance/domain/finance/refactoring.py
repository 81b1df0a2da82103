"""Recourse is put off against a fee: an invoice that is late is financed on for some days more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from usance.domain.finding import Finding
from usance.domain.money import Money

MOST_DAYS = 365
MOST_TIMES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Refactoring:
    """What the terms say about invoices whose recourse period is over."""

    days: int  # For so long recourse is put off, each time.
    fee_rate: Decimal  # Part of what is outstanding then.
    times: int  # At most, for one invoice.


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff:
    """One time that recourse on an invoice is put off."""

    until: date  # The last day before recourse.
    fee: Money
    vat: Money


def put_off(
    terms: Refactoring | None, *, before: int, until: date, outstanding: Money, disputed: bool,
    vat_rate: Decimal,
) -> PutOff | None:  # fmt: skip
    """How recourse that is due is put off. None: it is taken.

    What is disputed is not put off: its client answers for it now, as it promised that nobody would
    object.

    :param before: how often it was put off. :param until: the day up to which it was, or the last
        day of the recourse period.
    """
    if terms is None or before >= terms.times or disputed:
        return None
    fee = outstanding.at(terms.fee_rate, rounding=ROUND_HALF_UP)
    return PutOff(
        until=until + timedelta(days=terms.days), fee=fee,
        vat=fee.at(vat_rate, rounding=ROUND_HALF_UP),
    )  # fmt: skip


def faults(terms: Refactoring | None, *, recourse_days: int | None) -> Iterator[Finding]:
    """What a contract contradicts itself in about it."""
    if terms is None:
        return
    if recourse_days is None:
        yield _fault("refactoring_without_recourse", "Without recourse there is none to put off.")
    if not (1 <= terms.days <= MOST_DAYS and 1 <= terms.times <= MOST_TIMES):
        says = f"Recourse is put off for 1 to {MOST_DAYS} days, 1 to {MOST_TIMES} times."
        yield _fault("refactoring_out_of_range", says)
    if not 0 <= terms.fee_rate <= 1:
        yield _fault("rate_out_of_range", "The fee is a share of what is outstanding.")


def in_words(terms: Refactoring) -> str:
    """A sentence after the one about recourse."""
    rate = f"{(terms.fee_rate * 100).normalize():f} %"
    often = "once" if terms.times == 1 else f"up to {terms.times} times"
    return (
        f"Recourse is put off {often} for {terms.days} days against {rate} of what is outstanding"
        " then, unless the debtor objects."
    )


def _fault(code: str, says: str) -> Finding:
    return Finding(
        code=code, says=says, where="refactoring", todo="Correct it and propose it again."
    )
