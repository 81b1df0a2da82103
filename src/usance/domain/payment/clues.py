"""What speaks for it that a bank line pays an open item: the table of clues, and their weight."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from uuid import UUID

from ..money import Money, least, zero
from ..reference import is_checked
from .across import Across
from .bank import BankLine
from .order import CLAIM_FIRST, Debt
from .quoting import SHORTEST_PIECE
from .reading import Said, is_year, said
from .slips import MOST_TOO_MANY, alike, differs, is_longer, is_one_slip
from .wording import bare, compact, digits_of, forms, name_key, plain, wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    invoice: UUID
    number: str
    payment_reference: str
    outstanding: Money  # Of a credit note that is still to be taken off: negative.
    debtor: UUID
    client: UUID | None = None  # Who sold it to us. None: of items that nobody books upon.
    debtor_accounts: frozenset[str] = frozenset()
    paid_from: frozenset[str] = frozenset()  # Paid for this debtor and no other, or bear its name.
    debtor_name: str = ""
    due_on: date | None = None
    interest: Money | None = None  # Asked for in the last reminder and not paid. None: nothing.
    recurs: bool = False  # The debtor has or had another invoice of the same amount.
    crowded: bool = False  # The debtor owes more items than were looked at.
    order: tuple[Debt, ...] = CLAIM_FIRST  # What is paid first where it is not enough for all.
    announced: bool = False  # The buyer answered to the invoice that it pays it.
    by_rule: bool = False  # A person said that the payer of this line pays for the debtor.
    alone: bool = False  # No other invoice of the whole book has or had its amount.
    # Signs with which all numbers of the debtor begin, if it has many, and no two of one amount.
    stem: int = 0


def paying(item: OpenItem, account: str) -> OpenItem:
    """The item of a debtor for whom this account pays: what `replace` makes, in half of its time.
    Hardly a line of a known payer does without."""
    made = object.__new__(OpenItem)
    for write, value in zip(_WRITE, _READ(item), strict=True):
        write(made, value)
    _WRITE_PAID_FROM(made, frozenset({account}))
    return made


_SLOTS = tuple(one.name for one in fields(OpenItem))
_READ = attrgetter(*_SLOTS)
_WRITE = tuple(vars(OpenItem)[name].__set__ for name in _SLOTS)
_WRITE_PAID_FROM = vars(OpenItem)["paid_from"].__set__


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    item: OpenItem
    amount: Money
    score: Decimal  # How likely it is that the line pays the item, 0 to 1, in hundredths.
    because: tuple[str, ...]
    interest: Money | None = None  # Paid beyond the amount, as late interest.
    across: Across | None = None  # Where the line is in another currency: what of it, which rate.


def reference_in_line(said: Said, item: OpenItem) -> bool:
    """Our payment reference was quoted as a structured reference."""
    if not said.line.references:
        return False
    own = wanted(item.payment_reference)
    return any(not forms(ref.value).isdisjoint(own) for ref in said.line.references)


def reference_in_text(said: Said, item: OpenItem) -> bool:
    """Our payment reference stands in the text."""
    return not said.named.isdisjoint(wanted(item.payment_reference))


def number_in_line(said: Said, item: OpenItem) -> bool:
    """The invoice number was quoted as a reference or stands in the text."""
    own = compact(item.number)
    return own in said.named and len(own) >= 4 and not is_year(own)


def number_in_a_row(said: Said, item: OpenItem) -> bool:
    """The invoice number stands in a row of digits, one number behind the other."""
    rows = said.in_rows
    return bool(rows) and (
        plain(item.number) in rows
        or plain(item.payment_reference) in rows
        or digits_of(compact(item.number)) in rows
    )


def number_with_slips_in_line(said: Said, item: OpenItem) -> bool:
    """The number or reference stands in it, with signs lost, too many or exchanged."""
    for own in written(item):
        if own in said.grouped:
            return True
        longest, least = len(own) + MOST_TOO_MANY, len(own) // 2
        for word in said.words:
            if least <= len(word) <= longest and alike(word, own):
                return True
    return False


def number_like_it_in_line(said: Said, item: OpenItem) -> bool:
    """A number stands in it that differs in one sign."""
    for own in written(item):
        for word in said.words:
            if len(word) == len(own) and differs(word, own):
                return True
    return False


def reference_with_a_slip(said: Said, item: OpenItem) -> bool:
    """Our payment reference stands in it with a slip, as its check digits prove."""
    own = plain(item.payment_reference)
    for word in said.words:
        if -1 <= len(word) - len(own) <= 1 and is_one_slip(word, own):
            return is_checked(own) and not is_checked(word)
    return False


def number_in_a_longer_one(said: Said, item: OpenItem) -> bool:
    """A longer number stands in it, of which this one is a piece."""
    for own in written(item):
        if said.pieces and (own in said.pieces or digits_of(own) in said.pieces):
            return True
        for word in said.words:
            if len(word) > len(own) and digits_of(own) in word and is_longer(word, own):
                return True
    return False


def number_ends_in_line(said: Said, item: OpenItem) -> bool:
    """The last digits of the number stand in it."""
    if not said.ends:
        return False
    own = digits_of(item.number)
    return any(len(end) < len(own) and own.endswith(end) for end in said.ends)


def payer_is_debtor(said: Said, item: OpenItem) -> bool:
    """The payer's account is one of the debtor's."""
    return said.line.counterparty_account in item.debtor_accounts


def payer_has_paid_before(said: Said, item: OpenItem) -> bool:
    """The payer's account has paid for this debtor before."""
    return said.line.counterparty_account in item.paid_from


def payer_by_rule(said: Said, item: OpenItem) -> bool:
    """A person said that this payer pays for the debtor."""
    return item.by_rule


def name_is_debtor(said: Said, item: OpenItem) -> bool:
    """The payer's name is the debtor's."""
    return bool(item.debtor_name) and said.payer == name_key(item.debtor_name)


def name_is_alike(said: Said, item: OpenItem) -> bool:
    """The payer's name is the debtor's, but for the legal form or an umlaut."""
    if said.bare_payer.isdisjoint(bare(item.debtor_name)):
        return False
    return not name_is_debtor(said, item)


def payment_was_announced(said: Said, item: OpenItem) -> bool:
    """The buyer answered to the invoice that it pays it."""
    return item.announced


def amount_is_outstanding(said: Said, item: OpenItem) -> bool:
    """The amount is exactly what is outstanding."""
    return said.line.amount.minor == item.outstanding.minor


def amount_is_nobody_elses(said: Said, item: OpenItem) -> bool:
    """No other invoice has or had this amount."""
    return item.alone and amount_is_outstanding(said, item)


def amount_is_a_little_less(said: Said, item: OpenItem) -> bool:
    """The amount is what is outstanding, less a small deduction."""
    short = item.outstanding.minor - said.line.amount.minor
    return 0 < short * LITTLE <= item.outstanding.minor


LITTLE = 1000  # One part in so many.
Clue = Callable[[Said, OpenItem], bool]
EXACT: tuple[Clue, ...] = (reference_in_line, reference_in_text, number_in_line)
SLIPS: tuple[Clue, ...] = (number_with_slips_in_line, reference_with_a_slip)
SLIPPED: tuple[Clue, ...] = (*SLIPS, number_like_it_in_line, number_in_a_longer_one)
UNNAMED = frozenset((*SLIPPED, number_ends_in_line))
PAYER: tuple[Clue, ...] = (payer_is_debtor, payer_has_paid_before, payer_by_rule, name_is_debtor)

# How many times likelier each makes it that the line pays the item, as the measure of proposals in
# docs/matching.md bears out. A clue of UNNAMED counts only where none of EXACT was found.
CLUES: tuple[tuple[Clue, int], ...] = (
    (reference_in_line, 800),
    (reference_in_text, 100),
    (number_in_line, 60),
    (number_in_a_row, 60),
    (reference_with_a_slip, 12),
    (number_with_slips_in_line, 12),
    (number_like_it_in_line, 3),
    (number_in_a_longer_one, 3),
    (number_ends_in_line, 8),
    (payer_is_debtor, 12),
    (payer_has_paid_before, 12),
    (payer_by_rule, 12),
    (payment_was_announced, 4),
    (amount_is_outstanding, 40),
    (amount_is_nobody_elses, 4),
    (amount_is_a_little_less, 20),
    (name_is_debtor, 12),
    (name_is_alike, 6),  # Banks cut it off, or write it without umlauts; another may bear it, too.
)
BEFORE = 20  # Odds against, before any clue is found.
_NAMING = frozenset((*EXACT, number_in_a_row, *UNNAMED))
_TABLE = tuple(
    (clue, odds, clue.__doc__ or "", clue in _NAMING, clue in UNNAMED) for clue, odds in CLUES
)
assert all(says for _, _, says, _, _ in _TABLE), "every clue says what it found"
_NAMED = frozenset(clue.__doc__ for clue in (*EXACT, number_in_a_row))


def score(line: BankLine, items: Iterable[OpenItem]) -> list[Allocation]:
    """The items that a clue speaks for, the likeliest first; those due first before others.

    Items in another currency are left out, and paid ones; credit notes that the line does not name.
    Items that a line does not quote exclude each other: they share what is left of certainty.
    """
    read = said(line)
    found = [(item, *clues) for item in items if (clues := _clues(read, item))]
    rivals = sum(times for _, _, times in found)
    scored = []
    for item, because, times in found:
        against = BEFORE if not _NAMED.isdisjoint(because) else BEFORE + rivals - times
        likely = (200 * times + times + against) // (2 * (times + against))  # Half of it is up.
        share = item.outstanding
        scored.append(Allocation(
            item=item, amount=share if share.minor < 0 else least(line.amount, share),
            score=_HUNDREDTHS[min(likely, 99)], because=because,
        ))  # fmt: skip
    if len(scored) > 1:
        scored.sort(key=lambda one: (-one.score, one.item.due_on or date.max, one.item.number))
    return scored


_HUNDREDTHS = tuple(Decimal(n).scaleb(-2) for n in range(100))


def has(found: Allocation, *clues: Clue) -> bool:
    """Was one of these clues found?"""
    because = found.because
    for clue in clues:  # noqa: SIM110 - asked so often that a generator would be felt.
        if clue.__doc__ in because:
            return True
    return False


def names(item: OpenItem) -> frozenset[str]:
    """What may stand for the item in what a line says."""
    digits = digits_of(compact(item.number))
    own = {compact(item.number)} | ({digits} if len(digits) >= SHORTEST_PIECE else set())
    return wanted(item.payment_reference) | own


def share(line: BankLine, found: Sequence[Allocation]) -> Iterable[Allocation]:
    """What of the line each gets: what the payer states, else the oldest first; credit notes are
    taken off before."""
    if len(found) == 1 and all([ref.amount is None for ref in line.references]):
        return found
    return _shared(line, found)


def _shared(line: BankLine, found: Sequence[Allocation]) -> Iterable[Allocation]:
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
        yield allocation if part == allocation.amount else replace(allocation, amount=part)


def _clues(read: Said, item: OpenItem) -> tuple[tuple[str, ...], int] | None:
    """What the clues that were found say, and how many times likelier they make it together."""
    owed = item.outstanding
    if not owed.minor or owed.currency != read.line.amount.currency:
        return None
    found: list[str] = []
    times = 1
    named = False  # Slips are only looked for in what is not quoted.
    for clue, odds, says, naming, slipped in _TABLE:
        if not (named and slipped) and clue(read, item):
            found.append(says)
            times *= odds
            named = named or naming
    return (tuple(found), times) if found and (named or owed.minor > 0) else None


def in_row(item: OpenItem) -> set[str]:
    """How the item's number may stand in a row of digits: without letters before it, too."""
    own = {plain(item.number), plain(item.payment_reference)}
    digits = digits_of(compact(item.number))
    return {one for one in (own | {digits}) if len(one) >= SHORTEST_PIECE}


def like_one_in(read: Said, item: OpenItem) -> bool:
    """Does a number stand in the line that may mean the item, though it is not its own?"""
    return any(clue(read, item) for clue in UNNAMED)


def written(item: OpenItem) -> tuple[str, ...]:
    """Its number and its reference as they are compared."""
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
