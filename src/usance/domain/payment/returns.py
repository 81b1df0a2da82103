"""Which receipt a movement takes back: returns, recalls, and reversals of reversals."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from .bank import BankLine
from .wording import forms

WITHIN_DAYS = 400  # A direct debit without a mandate goes back for 13 months (SEPA rulebook 4.3.4).


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A movement that stands in our books."""

    id: UUID
    line: BankLine


def taken_back(line: BankLine, before: Sequence[Movement]) -> Movement | None:
    """The one earlier movement that this one surely takes back; None: a person looks at it.

    The bank must say that it is a return. Then it is the only movement of the same amount the other
    way, at most WITHIN_DAYS earlier, that the bank names, else that has its end-to-end reference,
    else one of its references, else its account. Of two that fit equally well neither is sure.
    """
    if not (line.return_reason or line.reversal):
        return None
    fitting = [one for one in before if _fits(line, one.line)]
    for says_same in (_named, _same_order, _same_reference, _same_account):
        named = [one for one in fitting if says_same(line, one.line)]
        if named:
            return named[0] if len(named) == 1 else None
    return None


def _fits(line: BankLine, old: BankLine) -> bool:
    days = (line.booked_on - old.booked_on).days
    return old.amount == -line.amount and 0 <= days <= WITHIN_DAYS


def _named(line: BankLine, old: BankLine) -> bool:
    """By the reference that the bank itself gave the movement."""
    other = {ref.value for ref in line.references if ref.scheme == "other"}
    return bool(old.bank_reference) and old.bank_reference in other


def _same_order(line: BankLine, old: BankLine) -> bool:
    return bool(line.end_to_end) and line.end_to_end == old.end_to_end


def _same_reference(line: BankLine, old: BankLine) -> bool:
    own = {form for ref in line.references for form in forms(ref.value)}
    return any(forms(ref.value) & own for ref in old.references)


def _same_account(line: BankLine, old: BankLine) -> bool:
    known = line.counterparty_account
    return bool(known) and known == old.counterparty_account
