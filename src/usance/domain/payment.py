"""What the bank says, and which open invoices a line of it pays. Every match is explained."""

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from .money import Money, least, total, zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A structured reference in a bank line. Schemes: "scor" (ISO 11649 and national creditor
    references), "invoice", "credit_note", "other"."""

    scheme: str
    value: str
    amount: Money | None = None  # What of the line it stands for, if the bank says so.


CHARGES = "CHRG"  # Code of a line that is the bank's charges within an entry.


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """One movement on our account; what came in is positive, what went out negative."""

    amount: Money
    booked_on: date
    value_on: date | None = None
    pending: bool = False
    reversal: bool = False
    bank_reference: str = ""  # The bank's own, the same in every file that shows the movement.
    entry_reference: str = ""  # The bank's for the whole entry, shared by all the lines of it.
    end_to_end: str = ""  # Given by who ordered the payment; empty for NOTPROVIDED.
    counterparty: str = ""
    counterparty_account: str = ""
    texts: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    charges: Money | None = None
    return_reason: str = ""
    code: str = ""  # Bank transaction code.
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One account, one period. Opening and closing are None where the format has none."""

    account: str
    currency: str
    reference: str = ""
    sequence: str = ""
    opening: Money | None = None
    closing: Money | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    lines: tuple[BankLine, ...] = ()


def gap(statement: Statement) -> Money | None:
    """Closing minus opening and booked lines: zero for a sound statement, None if not stated."""
    if statement.opening is None or statement.closing is None:
        return None
    booked = total((x.amount for x in statement.lines if not x.pending), statement.currency)
    return statement.closing - statement.opening - booked


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    invoice: UUID
    number: str
    payment_reference: str
    outstanding: Money
    debtor: UUID
    debtor_accounts: frozenset[str] = frozenset()
    debtor_name: str = ""
    due_on: date | None = None


def reference_in_line(line: BankLine, item: OpenItem) -> bool:
    """Our payment reference was quoted as a structured reference."""
    return compact(item.payment_reference) in {compact(ref.value) for ref in line.references}


def reference_in_text(line: BankLine, item: OpenItem) -> bool:
    """Our payment reference stands in the text."""
    return compact(item.payment_reference) in references(line)


def number_in_line(line: BankLine, item: OpenItem) -> bool:
    """The invoice number was quoted as a reference or stands in the text."""
    wanted = compact(item.number)
    return len(wanted) >= 4 and wanted in references(line)


def payer_is_debtor(line: BankLine, item: OpenItem) -> bool:
    """The payer's account is one of the debtor's."""
    return line.counterparty_account in item.debtor_accounts


def amount_is_outstanding(line: BankLine, item: OpenItem) -> bool:
    """The amount is exactly what is outstanding."""
    return line.amount == item.outstanding


Clue = Callable[[BankLine, OpenItem], bool]

CLUES: tuple[tuple[Clue, Decimal], ...] = (
    (reference_in_line, Decimal("0.70")),
    (reference_in_text, Decimal("0.60")),
    (number_in_line, Decimal("0.45")),
    (payer_is_debtor, Decimal("0.25")),
    (amount_is_outstanding, Decimal("0.20")),
)
CERTAIN = Decimal("0.60")


class Verdict(StrEnum):
    CERTAIN = "certain"  # Is booked.
    PROBABLE = "probable"  # Is proposed to a person.
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    item: OpenItem
    amount: Money
    score: Decimal
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    verdict: Verdict
    allocations: tuple[Allocation, ...] = ()
    left: Money  # Not allocated: part of it, or the whole line.
    says: str = ""


def match(line: BankLine, items: Sequence[OpenItem]) -> Match:
    """Allocate an incoming line to the open items that it surely pays, or propose.

    Items in another currency are left out. Several items that are each certain share the line in
    the order of their due dates; what is more than they owe is left.
    """
    assert line.amount.minor > 0
    scored = sorted(
        (found for item in items if (found := _score(line, item))),
        key=lambda found: (-found.score, found.item.due_on or date.max, found.item.number),
    )
    certain = [found for found in scored if found.score >= CERTAIN]
    if not certain:
        if not scored:
            return Match(verdict=Verdict.NONE, left=line.amount, says="Nothing in it is known.")
        return Match(
            verdict=Verdict.PROBABLE,
            allocations=tuple(scored[:5]),
            left=line.amount,
            says="It may pay this; a person decides.",
        )
    shared = tuple(_share(line.amount, certain))
    spent = total((found.amount for found in shared), line.amount.currency)
    return Match(
        verdict=Verdict.CERTAIN,
        allocations=shared,
        left=line.amount - spent,
        says="Overpaid." if spent < line.amount else "",
    )


def references(line: BankLine) -> frozenset[str]:
    """Everything in the line that may be a reference or number, compacted: the words of its texts,
    runs of two neighbouring words, and its structured references."""
    words = [word for text in (*line.texts, line.end_to_end) for word in _WORDS.findall(text)]
    pairs = (one + other for one, other in itertools.pairwise(words))
    triples = _rf_in_groups(" ".join(line.texts))
    structured = (ref.value for ref in line.references)
    return frozenset(compact(x) for x in (*words, *pairs, *triples, *structured) if compact(x))


def compact(reference: str) -> str:
    """A reference as it is compared: letters and digits alone, upper case, no leading zeros."""
    kept = "".join(ch for ch in reference.upper() if ch.isalnum())
    return kept.lstrip("0") or kept


_WORDS = re.compile(r"[\w./\-]+")
_RF = re.compile(r"\bRF\d{2}(?: ?[0-9A-Z]{1,4}){1,6}", re.IGNORECASE)


def _rf_in_groups(text: str) -> Iterable[str]:
    """ISO 11649 references printed in groups of four."""
    return (found.group() for found in _RF.finditer(text))


def _score(line: BankLine, item: OpenItem) -> Allocation | None:
    if item.outstanding.currency != line.amount.currency or item.outstanding.minor <= 0:
        return None
    clues = [(clue, weight) for clue, weight in CLUES if clue(line, item)]
    if not clues:
        return None
    return Allocation(
        item=item,
        amount=least(line.amount, item.outstanding),
        score=min(sum((weight for _, weight in clues), Decimal(0)), Decimal(1)),
        because=tuple(clue.__doc__ or clue.__name__ for clue, _ in clues),
    )


def _share(amount: Money, found: Iterable[Allocation]) -> Iterable[Allocation]:
    left = amount
    for allocation in found:
        part = least(left, allocation.item.outstanding)
        if part == zero(amount.currency):
            return
        left = left - part
        yield Allocation(
            item=allocation.item, amount=part, score=allocation.score, because=allocation.because
        )
