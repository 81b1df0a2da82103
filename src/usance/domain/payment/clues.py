"""What speaks for it that a bank line pays an open item: the table of clues, and their weight."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from ..money import Money, least, zero
from ..reference import alike, differs
from .bank import BankLine
from .wording import compact, forms, name_key, plain, references, rows_of_numbers, wanted, words


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    invoice: UUID
    number: str
    payment_reference: str
    outstanding: Money  # Of a credit note that is still to be taken off: negative.
    debtor: UUID
    debtor_accounts: frozenset[str] = frozenset()
    paid_from: frozenset[str] = frozenset()  # Accounts that paid for this debtor and no other.
    debtor_name: str = ""
    due_on: date | None = None
    interest: Money | None = None  # Asked for in the last reminder and not paid. None: nothing.
    recurs: bool = False  # The debtor has or had another invoice of the same amount.
    crowded: bool = False  # The debtor owes more items than were looked at.
    by_rule: bool = False  # A person said that the payer of this line pays for the debtor.


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    item: OpenItem
    amount: Money
    score: Decimal  # How likely it is that the line pays the item, 0 to 1, in hundredths.
    because: tuple[str, ...]
    interest: Money | None = None  # Paid beyond the amount, as late interest.


def reference_in_line(line: BankLine, item: OpenItem) -> bool:
    """Our payment reference was quoted as a structured reference."""
    own = wanted(item.payment_reference)
    return any(forms(ref.value) & own for ref in line.references)


def reference_in_text(line: BankLine, item: OpenItem) -> bool:
    """Our payment reference stands in the text."""
    return bool(wanted(item.payment_reference) & references(line))


def number_in_line(line: BankLine, item: OpenItem) -> bool:
    """The invoice number was quoted as a reference or stands in the text."""
    own = compact(item.number)
    return len(own) >= 4 and not _YEAR.fullmatch(own) and own in references(line)


def number_in_a_row(line: BankLine, item: OpenItem) -> bool:
    """The invoice number stands in a row of digits, one number behind the other."""
    rows = rows_of_numbers(line)
    if not rows:
        return False
    own = {plain(item.number), plain(item.payment_reference)} - {""}
    return any(own & set(row) for row in rows)


def number_with_slips_in_line(line: BankLine, item: OpenItem) -> bool:
    """The number or reference stands in it, with signs lost, too many or exchanged."""
    found = words(line)
    return bool(found) and any(alike(word, own) for own in _names(item) for word in found)


def number_like_it_in_line(line: BankLine, item: OpenItem) -> bool:
    """A number stands in it that differs in one sign."""
    found = words(line)
    return bool(found) and any(differs(word, own) for own in _names(item) for word in found)


def payer_is_debtor(line: BankLine, item: OpenItem) -> bool:
    """The payer's account is one of the debtor's."""
    return line.counterparty_account in item.debtor_accounts


def payer_has_paid_before(line: BankLine, item: OpenItem) -> bool:
    """The payer's account has paid for this debtor before, and for no other."""
    return line.counterparty_account in item.paid_from


def payer_by_rule(line: BankLine, item: OpenItem) -> bool:
    """A person said that this payer pays for the debtor."""
    return item.by_rule


def name_is_debtor(line: BankLine, item: OpenItem) -> bool:
    """The payer's name is the debtor's."""
    return bool(item.debtor_name) and name_key(line.counterparty) == name_key(item.debtor_name)


def amount_is_outstanding(line: BankLine, item: OpenItem) -> bool:
    """The amount is exactly what is outstanding."""
    return line.amount == item.outstanding


def amount_is_a_little_less(line: BankLine, item: OpenItem) -> bool:
    """The amount is what is outstanding, less a small deduction."""
    short = item.outstanding.minor - line.amount.minor
    return 0 < short * LITTLE <= item.outstanding.minor


LITTLE = 1000  # One part in so many.
Clue = Callable[[BankLine, OpenItem], bool]
EXACT: tuple[Clue, ...] = (reference_in_line, reference_in_text, number_in_line)
SLIPPED: tuple[Clue, ...] = (number_with_slips_in_line, number_like_it_in_line)
PAYER: tuple[Clue, ...] = (payer_is_debtor, payer_has_paid_before, payer_by_rule, name_is_debtor)

# How many times likelier each makes it that the line pays the item, as the measure of proposals in
# docs/matching.md bears out. A clue of SLIPPED counts only where none of EXACT was found.
CLUES: tuple[tuple[Clue, int], ...] = (
    (reference_in_line, 800),
    (reference_in_text, 100),
    (number_in_line, 60),
    (number_in_a_row, 60),
    (number_with_slips_in_line, 12),
    (number_like_it_in_line, 3),
    (payer_is_debtor, 12),
    (payer_has_paid_before, 12),
    (payer_by_rule, 12),
    (amount_is_outstanding, 40),
    (amount_is_a_little_less, 20),
    (name_is_debtor, 12),
)
BEFORE = 20  # Odds against, before any clue is found.
_NAMING = frozenset((*EXACT, number_in_a_row, *SLIPPED))
_TABLE = tuple((clue, odds, clue in _NAMING, clue in SLIPPED) for clue, odds in CLUES)
_SAYS = {clue: clue.__doc__ or clue.__name__ for clue, _ in CLUES}
_NAMED = frozenset(clue.__doc__ for clue in (*EXACT, number_in_a_row))
_YEAR = re.compile(r"(?:19|20)\d\d")


def score(line: BankLine, items: Iterable[OpenItem]) -> list[Allocation]:
    """The items that a clue speaks for, the likeliest first; those due first before others.

    Items in another currency are left out, and paid ones; credit notes that the line does not name.
    Items that a line does not quote exclude each other: they share what is left of certainty.
    """
    found = [(item, clues, math.prod(odds for _, odds in clues))
             for item in items if (clues := _clues(line, item))]  # fmt: skip
    rivals = sum(times for _, _, times in found)
    scored = []
    for item, clues, times in found:
        because = tuple(_SAYS[clue] for clue, _ in clues)
        against = BEFORE if not _NAMED.isdisjoint(because) else BEFORE + rivals - times
        likely = (200 * times + times + against) // (2 * (times + against))  # Half of it is up.
        share = item.outstanding
        scored.append(Allocation(
            item=item, amount=share if share.minor < 0 else least(line.amount, share),
            score=_HUNDREDTHS[min(likely, 99)], because=because,
        ))  # fmt: skip
    scored.sort(key=lambda one: (-one.score, one.item.due_on or date.max, one.item.number))
    return scored


_HUNDREDTHS = tuple(Decimal(n).scaleb(-2) for n in range(100))


def has(found: Allocation, *clues: Clue) -> bool:
    """Was one of these clues found?"""
    because = found.because
    return any(_SAYS[clue] in because for clue in clues)


def names(item: OpenItem) -> frozenset[str]:
    """What may stand for the item in a line's `references`."""
    return wanted(item.payment_reference) | {compact(item.number)}


def share(line: BankLine, found: Sequence[Allocation]) -> Iterable[Allocation]:
    """What of the line each gets: what the payer states, else the oldest first; credit notes are
    taken off before."""
    credited = [one for one in found if one.item.outstanding.minor < 0]
    left = line.amount
    for allocation in credited:
        left = left - allocation.item.outstanding
        yield replace(allocation, amount=allocation.item.outstanding)
    owed = (one for one in found if one.item.outstanding.minor > 0)
    for allocation in sorted(owed, key=lambda x: (x.item.due_on or date.max, x.item.number)):
        part = least(_stated(line, allocation.item) or left, allocation.item.outstanding)
        part = least(part, left)
        if part == zero(left.currency):
            return
        left = left - part
        yield replace(allocation, amount=part)


def _clues(line: BankLine, item: OpenItem) -> Sequence[tuple[Clue, int]]:
    if item.outstanding.currency != line.amount.currency or not item.outstanding.minor:
        return ()
    found: list[tuple[Clue, int]] = []
    named = False  # Slips are only looked for in what is not quoted.
    for clue, odds, naming, slipped in _TABLE:
        if not (named and slipped) and clue(line, item):
            found.append((clue, odds))
            named = named or naming
    return found if named or item.outstanding.minor > 0 else ()


def _names(item: OpenItem) -> tuple[str, ...]:
    return _written(item.number, item.payment_reference)


@lru_cache(maxsize=16384)
def _written(number: str, reference: str) -> tuple[str, ...]:
    return tuple(text for text in (compact(number), plain(reference)) if text)


def _stated(line: BankLine, item: OpenItem) -> Money | None:
    """What of the line the payer says is for this item."""
    own = forms(item.payment_reference) | forms(item.number)
    for ref in line.references:
        stated = ref.amount
        if stated is None or stated.minor <= 0 or stated.currency != line.amount.currency:
            continue
        if forms(ref.value) & own:
            return stated
    return None
