"""A client that keeps its own ledger hands in what is open in it; what differs from ours is found.

Where the debtor is not told, the client's ledger is all that shows a payment, a credit note or a
new date. It is compared once a month, invoice by invoice.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from usance.domain.finding import Finding
from usance.domain.money import Money
from usance.domain.refusal import Refusal


class Differs(StrEnum):
    """In what the client's ledger and ours differ about an invoice."""

    PAID = "paid_not_told"
    MISSING = "missing"
    AMOUNT = "amount_differs"
    CURRENCY = "currency_differs"
    DATES = "dates_differ"
    NOT_OURS = "not_ours"
    CREDIT = "credit_not_told"


# What people read of a difference, and what to do about it.
SAYS: dict[Differs, tuple[str, str]] = {
    Differs.PAID: (
        "Less is open at the client's than here: it was paid or credited, and we were not told.",
        "Ask for the payment to be passed on, or for the credit note.",
    ),
    Differs.MISSING: (
        "It is open here, and the client's list does not have it.",
        "Ask whether it was paid or cancelled.",
    ),
    Differs.AMOUNT: (
        "More is open at the client's than here.",
        "Tell the client what was paid to us.",
    ),
    Differs.CURRENCY: ("It is in another currency there.", "Look at the invoice as it came."),
    Differs.DATES: (
        "The client's list dates it otherwise than the invoice that we bought.",
        "Look at the invoice as it came: a new date makes an old claim look young.",
    ),
    Differs.NOT_OURS: (
        "The client's list has it, and it is not open here.",
        "Ask whether it was to be sold; if we settled it, tell the client.",
    ),
    Differs.CREDIT: (
        "The client's list has a credit note that we do not.",
        "Ask for it: it takes from what the debtor owes.",
    ),
}
assert set(SAYS) == set(Differs), "every difference says what to do"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """A bought invoice that is open in our books at the end of the day."""

    invoice: UUID
    number: str
    open: Money
    issued_on: date
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """A row of the client's list. `open` is zero where it is listed as paid."""

    number: str
    open: Money
    issued_on: date | None = None  # None: the list does not say.
    due_on: date | None = None
    credits: bool = False  # A credit note.


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    kind: Differs
    number: str
    invoice: UUID | None
    ours: Money | None  # None: it is not open here.
    theirs: Money | None  # None: the list does not have it.


class ListFaulty(Refusal):
    code = "open_items_faulty"
    todo = "Mend what is named, and hand in the whole list again."

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        told = "; ".join(f"{one.where}: {one.says}" for one in self.findings[:5])
        more = len(self.findings) - 5
        super().__init__(told + (f"; and {more} more" if more > 0 else ""))


def compare(
    ours: Mapping[str, Ours], theirs: Mapping[str, Theirs], *, credited: Collection[str]
) -> tuple[Difference, ...]:
    """What differs, by the normalised number of each invoice: first what we hold, then the rest.

    :param credited: numbers of the client's credit notes that we have.
    """
    found = [
        Difference(
            kind=kind, number=row.number, invoice=row.invoice, ours=row.open,
            theirs=theirs[key].open if key in theirs else None,
        )
        for key, row in ours.items()
        for kind in _between(row, theirs.get(key))
    ]  # fmt: skip
    for key, row in theirs.items():
        if key in ours or not row.open.minor or (row.credits and key in credited):
            continue
        kind = Differs.CREDIT if row.credits else Differs.NOT_OURS
        found.append(
            Difference(kind=kind, number=row.number, invoice=None, ours=None, theirs=row.open)
        )
    return tuple(found)


def _between(ours: Ours, theirs: Theirs | None) -> Iterator[Differs]:
    if theirs is None:
        yield Differs.MISSING
        return
    if ours.open.currency != theirs.open.currency:
        yield Differs.CURRENCY
    elif theirs.open.minor < ours.open.minor:
        yield Differs.PAID
    elif theirs.open.minor > ours.open.minor:
        yield Differs.AMOUNT
    said = ((theirs.issued_on, ours.issued_on), (theirs.due_on, ours.due_on))
    if any(day is not None and day != own for day, own in said):
        yield Differs.DATES


def wanted(*, on: date, days: int) -> date:
    """The last day of the month whose list must be there by then: so many days after its end."""
    return (on - timedelta(days=days)).replace(day=1) - timedelta(days=1)
