"""What the bank says, and which open invoices a line of it pays. Every match is explained."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from .money import Money, least, total, zero
from .reference import is_ocr, is_rf, nearly, quoted, rf_in_groups


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
    """Closing minus opening and booked lines: zero for a sound statement.

    None if a balance is not stated, or if something is in another currency and cannot be added.
    """
    if statement.opening is None or statement.closing is None:
        return None
    booked = [x.amount for x in statement.lines if not x.pending]
    if {x.currency for x in (statement.opening, statement.closing, *booked)} - {statement.currency}:
        return None
    return statement.closing - statement.opening - total(booked, statement.currency)


def identity(account: str, line: BankLine, ordinal: int = 0) -> str:
    """What makes this movement one movement, in whichever files it appears.

    The account and the bank's reference, with the amount because some banks give a payment and
    its charge the same one; without a reference a hash of what the line says. `ordinal` counts
    lines of one statement that are equal in all of this, from 0.
    """
    if line.bank_reference:
        said = (account, line.bank_reference, line.amount.minor, line.amount.currency, ordinal)
        return "\x1f".join(map(str, said))
    said_all = (
        account, line.booked_on.isoformat(), line.amount.minor, line.amount.currency,
        line.end_to_end, line.counterparty_account, line.counterparty,
        *(ref.value for ref in line.references), *line.texts, ordinal,
    )  # fmt: skip
    return hashlib.sha256("\x1f".join(map(str, said_all)).encode()).hexdigest()


def identities(statement: Statement) -> tuple[str, ...]:
    """The identity of each line, in their order: equal lines of one statement stay several."""
    seen: Counter[str] = Counter()
    found = []
    for line in statement.lines:
        plain = identity(statement.account, line)
        found.append(identity(statement.account, line, seen[plain]))
        seen[plain] += 1
    return tuple(found)


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
    interest: Money | None = None  # Asked for in the last reminder and not paid. None: nothing.


def reference_in_line(line: BankLine, item: OpenItem) -> bool:
    """Our payment reference was quoted as a structured reference."""
    wanted = _wanted(item.payment_reference)
    return any(_forms(ref.value) & wanted for ref in line.references)


def reference_in_text(line: BankLine, item: OpenItem) -> bool:
    """Our payment reference stands in the text."""
    return bool(_wanted(item.payment_reference) & references(line))


def number_in_line(line: BankLine, item: OpenItem) -> bool:
    """The invoice number was quoted as a reference or stands in the text."""
    wanted = compact(item.number)
    return len(wanted) >= 4 and not _YEAR.fullmatch(wanted) and wanted in references(line)


def number_nearly_in_line(line: BankLine, item: OpenItem) -> bool:
    """The amount is right, and the number or reference is, but for one slip of the pen."""
    if line.amount != item.outstanding:
        return False
    wanted = [text for text in (compact(item.number), _plain(item.payment_reference)) if text]
    return any(nearly(word, text) for text in wanted for word in references(line))


def payer_is_debtor(line: BankLine, item: OpenItem) -> bool:
    """The payer's account is one of the debtor's."""
    return line.counterparty_account in item.debtor_accounts


def name_is_debtor(line: BankLine, item: OpenItem) -> bool:
    """The payer's name is the debtor's."""
    return bool(item.debtor_name) and name_key(line.counterparty) == name_key(item.debtor_name)


def amount_is_outstanding(line: BankLine, item: OpenItem) -> bool:
    """The amount is exactly what is outstanding."""
    return line.amount == item.outstanding


Clue = Callable[[BankLine, OpenItem], bool]
PAYER: tuple[Clue, ...] = (payer_is_debtor, name_is_debtor)

CLUES: tuple[tuple[Clue, Decimal], ...] = (
    (reference_in_line, Decimal("0.70")),
    (reference_in_text, Decimal("0.60")),
    (number_in_line, Decimal("0.45")),
    (payer_is_debtor, Decimal("0.25")),
    (number_nearly_in_line, Decimal("0.20")),
    (amount_is_outstanding, Decimal("0.20")),
    (name_is_debtor, Decimal("0.15")),
)


CERTAIN = Decimal(1)  # The score of what a person has chosen.


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
    interest: Money | None = None  # Paid beyond the amount, as late interest.


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    verdict: Verdict
    allocations: tuple[Allocation, ...] = ()
    left: Money  # Not allocated: part of it, or the whole line.
    says: str = ""


def match(line: BankLine, items: Sequence[OpenItem]) -> Match:
    """Allocate an incoming line to the open items that it surely pays, or propose.

    Items in another currency are left out. Sure are, in this order: items whose payment reference
    is quoted, if its check digits, the amount or the payer bear it out; items quoted by number that
    the line pays exactly, alone or together, if they are one debtor's, or in part if the payer is
    that debtor and something is left for each; one item of exactly the amount, quoted by its debtor
    with one slip of the pen. An invoice number is the client's, so two clients may use the same:
    then nothing is sure. Several sure items share the line in the order of their due dates, or by
    the amounts that the payer states; what is more than they owe is left.
    """
    assert line.amount.minor > 0
    scored = sorted(
        (found for item in items if (found := _score(line, item))),
        key=lambda found: (-found.score, found.item.due_on or date.max, found.item.number),
    )
    certain = _certain(line, scored)
    if not certain:
        if not scored:
            return Match(verdict=Verdict.NONE, left=line.amount, says="Nothing in it is known.")
        return Match(
            verdict=Verdict.PROBABLE,
            allocations=tuple(scored[:5]),
            left=line.amount,
            says="It may pay this; a person decides.",
        )
    shared, left = _with_interest(tuple(_share(line, certain)), line.amount)
    return Match(
        verdict=Verdict.CERTAIN,
        allocations=shared,
        left=left,
        says="Overpaid." if left else "",
    )


def _with_interest(
    shared: tuple[Allocation, ...], amount: Money
) -> tuple[tuple[Allocation, ...], Money]:
    """What is paid beyond a claim is first the late interest that its last reminder asked for;
    the second value is what is left then."""
    left = amount - total((found.amount for found in shared), amount.currency)
    if len(shared) != 1 or not left:
        return shared, left
    (only,) = shared
    if only.item.interest is None or only.amount != only.item.outstanding:
        return shared, left
    part = least(left, only.item.interest)
    return (replace(only, interest=part),), left - part


def _certain(line: BankLine, scored: Sequence[Allocation]) -> list[Allocation]:
    by_reference = [found for found in scored if _has(found, reference_in_line, reference_in_text)]
    if by_reference:
        distinct = _distinct(x.item.payment_reference for x in by_reference)
        return by_reference if distinct and _borne_out(line, by_reference) else []
    quoted = [found for found in scored if _has(found, number_in_line)]
    if not quoted:
        return _slipped(scored)
    if not _distinct(x.item.number for x in quoted):
        return []
    if len({found.item.debtor for found in quoted}) > 1:
        return []
    owed = _owed(line, quoted)
    # Who pays less than all that he names pays the oldest first (BGB § 366(2)).
    part = all(_has(found, *PAYER) for found in quoted) and line.amount < owed
    part = part and len(list(_share(line, quoted))) == len(quoted)
    return quoted if line.amount == owed or part else []


def _borne_out(line: BankLine, found: Sequence[Allocation]) -> bool:
    """Nothing but a slip of the pen may lie between two references without check digits, so
    something else must say the same: all of the amount, or the payer of each."""
    return line.amount == _owed(line, found) or all(
        _checked(line, one.item) or _has(one, *PAYER, amount_is_outstanding) for one in found
    )


def _checked(line: BankLine, item: OpenItem) -> bool:
    """Carries it check digits, of ISO 11649 or of Bankgirot, or came it in a field of its own?"""
    own = item.payment_reference
    fields = (ref for ref in line.references if ref.scheme != "other")
    return is_rf(own) or is_ocr(own) or any(_forms(ref.value) & _forms(own) for ref in fields)


def _slipped(scored: Sequence[Allocation]) -> list[Allocation]:
    exact = [x for x in scored if _has(x, amount_is_outstanding) and _has(x, *PAYER)]
    return exact if len(exact) == 1 and _has(exact[0], number_nearly_in_line) else []


def _owed(line: BankLine, found: Iterable[Allocation]) -> Money:
    return total((one.item.outstanding for one in found), line.amount.currency)


def _has(found: Allocation, *clues: Clue) -> bool:
    return any((clue.__doc__ or clue.__name__) in found.because for clue in clues)


def _distinct(texts: Iterable[str]) -> bool:
    compacted = [compact(text) for text in texts]
    return len(compacted) == len(set(compacted))


@lru_cache(maxsize=1024)  # The lines of a batch are asked for their candidates, then matched.
def references(line: BankLine) -> frozenset[str]:
    """Everything in the line that may be a reference or number, compacted: its structured
    references, the words of its texts, what stands behind a letter or a sign within a word
    ("Rg.Nr.4711", "OCR4711"), runs of neighbouring words, and ISO 11649 in groups of four."""
    found = {ref.value for ref in line.references} | quoted((*line.texts, line.end_to_end))
    found.update(rf_in_groups(line.texts))
    return frozenset(kept for one in found for kept in _forms(one))


def compact(reference: str) -> str:
    """A reference as it is compared: letters and digits alone, upper case, no leading zeros."""
    kept = _plain(reference)
    return kept.lstrip("0") or kept


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """A party's name as it is compared: letters and digits alone, without case."""
    return _SIGNS.sub("", name.casefold())


def names(item: OpenItem) -> frozenset[str]:
    """What may stand for the item in a line's `references`."""
    return _wanted(item.payment_reference) | {compact(item.number)}


def _plain(reference: str) -> str:
    upper = reference.upper()
    return upper if upper.isalnum() else _SIGNS.sub("", upper)


def _forms(reference: str) -> frozenset[str]:
    """How a reference may be written: in full, and without its leading zeros."""
    plain = _plain(reference)
    return frozenset({plain, plain.lstrip("0") or plain}) if plain else frozenset()


def _wanted(reference: str) -> frozenset[str]:
    """The forms of a reference of ours that are long enough to mean nothing else: a payer's bank
    may drop leading zeros, but "1708" in a text is not our 0000001708."""
    plain = _plain(reference)
    kept = {plain} if len(plain) >= 5 else set[str]()
    stripped = plain.lstrip("0")
    return frozenset(kept | {stripped} if len(stripped) >= 7 else kept)


_SIGNS = re.compile(r"[\W_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")


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


def _share(line: BankLine, found: Iterable[Allocation]) -> Iterable[Allocation]:
    left = line.amount
    for allocation in sorted(found, key=lambda x: (x.item.due_on or date.max, x.item.number)):
        part = least(_stated(line, allocation.item) or left, allocation.item.outstanding)
        part = least(part, left)
        if part == zero(left.currency):
            return
        left = left - part
        yield Allocation(
            item=allocation.item, amount=part, score=allocation.score, because=allocation.because
        )


def _stated(line: BankLine, item: OpenItem) -> Money | None:
    """What of the line the payer says is for this item."""
    wanted = _forms(item.payment_reference) | _forms(item.number)
    for ref in line.references:
        stated = ref.amount
        if stated is None or stated.minor <= 0 or stated.currency != line.amount.currency:
            continue
        if _forms(ref.value) & wanted:
            return stated
    return None
