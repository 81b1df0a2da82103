"""Which open invoices a bank line pays: what is sure is booked, all else is proposed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from ..money import Money, total
from ..reference import is_ocr, is_rf
from .bank import BankLine
from .clues import (
    EXACT,
    PAYER,
    SLIPPED,
    SLIPS,
    Allocation,
    OpenItem,
    amount_is_a_little_less,
    amount_is_outstanding,
    has,
    in_row,
    number_in_a_longer_one,
    number_in_a_row,
    number_in_line,
    reference_in_line,
    reference_in_text,
    score,
    share,
    written,
)  # fmt: skip
from .order import Debt, divided
from .reading import LEAST_WORD, is_day, said, strange
from .shortfall import Reason, Shortfall, shortfall
from .slips import slips
from .subset import only_subset
from .telling import sure_by_amount
from .unnamed import sure_without_number
from .wording import compact, forms

CERTAIN = Decimal(1)  # The score of what a person has chosen.
SHOWN = 5  # Proposals.
TOGETHER = "Together they are exactly the amount; a person decides."
CHANCE = 100  # A sum that one choice in so many would hit by chance is no evidence.
_NAMING = (*EXACT, number_in_a_row, *SLIPS, number_in_a_longer_one)


class Verdict(StrEnum):
    CERTAIN = "certain"  # Is booked.
    PROBABLE = "probable"  # Is proposed to a person.
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    verdict: Verdict
    allocations: tuple[Allocation, ...] = ()
    left: Money  # Not allocated: part of it, or the whole line.
    says: str = ""
    short: Shortfall | None = None  # Of a certain match: why less was paid than was owed.
    advice: UUID | None = None  # The payer's advice that it follows.


def match(line: BankLine, items: Sequence[OpenItem]) -> Match:
    """Allocate an incoming line to the open items that it surely pays, or propose.

    Items in another currency are left out. Sure are, in this order: items whose payment reference
    is quoted, if its check digits, the amount or the payer bear it out; items quoted by number that
    the line pays exactly, alone or together, if they are one debtor's, or in part if the payer is
    that debtor and something is left for each; the one item of the payer with exactly the amount,
    whose number stands in it with slips of the pen; the only choice of the payer's items that are
    quoted, with or without slips, whose sum is exactly the amount. An invoice number is the
    client's, so two clients may use the same: then nothing is sure. Several sure items share the
    line in the order of their due dates, or by the amounts that the payer states; what is more
    than they owe is left.
    """
    assert line.amount.minor > 0
    scored = score(line, items)
    certain = _certain(line, scored)
    if not certain:
        return _proposed(line, scored)
    shared, left = _with_interest(tuple(share(line, certain)), line.amount)
    return Match(
        verdict=Verdict.CERTAIN,
        allocations=shared,
        left=left,
        says="Overpaid." if left else "",
        short=_short(line, certain),
    )


def _short(line: BankLine, certain: Sequence[Allocation]) -> Shortfall | None:
    owed = _owed(line, certain)
    if owed <= line.amount:
        return None
    due = [one.item.due_on for one in certain if one.item.due_on]
    return shortfall(
        line.amount, owed, charges=line.charges,
        due_on=max(due, default=None), booked_on=line.booked_on,
    )  # fmt: skip


def _proposed(line: BankLine, scored: Sequence[Allocation]) -> Match:
    if not scored:
        return Match(verdict=Verdict.NONE, left=line.amount, says="Nothing in it is known.")
    together = _sum_of_open(line, scored)
    return Match(
        verdict=Verdict.PROBABLE,
        allocations=tuple(together or scored[:SHOWN]),
        left=line.amount,
        says=TOGETHER if together else "It may pay this; a person decides.",
    )


def _with_interest(
    shared: tuple[Allocation, ...], amount: Money
) -> tuple[tuple[Allocation, ...], Money]:
    """What one claim gets of its payment, and the late interest that its last reminder asked for,
    in the order that holds; the second value is what is left then."""
    if len(shared) != 1:
        return shared, amount - total((found.amount for found in shared), amount.currency)
    (only,) = shared
    left = amount - only.amount
    asked = only.item.interest
    if asked is None:
        return shared, left
    owed = {Debt.CLAIM: only.item.outstanding, Debt.INTEREST: asked}
    if left and only.amount != only.item.outstanding:
        return shared, left
    parts = divided(only.amount + left, owed, only.item.order)
    claim, interest = parts.get(Debt.CLAIM), parts.get(Debt.INTEREST)
    if claim is None or interest is None:
        return shared, left
    rest = only.amount + left - claim - interest
    return (replace(only, amount=claim, interest=interest),), rest


def _certain(line: BankLine, scored: Sequence[Allocation]) -> list[Allocation]:
    by_reference = [one for one in scored if has(one, reference_in_line, reference_in_text)]
    if by_reference:
        distinct = _distinct([x.item.payment_reference for x in by_reference])
        if distinct and _borne_out(line, by_reference, scored):
            return by_reference
        return _slipped(line, scored) or _collective(line, scored)
    quoted = [one for one in scored if has(one, number_in_line)]
    if quoted and _quoted_by_number(line, quoted, scored):
        return quoted
    return (
        _in_a_row(line, scored)
        or _slipped(line, scored)
        or _collective(line, scored)
        or sure_without_number(said(line), scored)
        or sure_by_amount(said(line), scored)
    )


def _quoted_by_number(
    line: BankLine, quoted: Sequence[Allocation], scored: Sequence[Allocation]
) -> bool:
    if not _distinct([x.item.number for x in quoted]) or not _of_one(quoted):
        return False
    owed = _owed(line, quoted)
    if line.amount == owed:
        return not _another_meant(line, quoted, scored)
    if len(quoted) == 1 and _discount_said(line, quoted[0]):
        return True
    # Who pays less than all that he names pays the oldest first (BGB § 366(2)).
    part = all(has(found, *PAYER) for found in quoted) and line.amount < owed
    part = part and len(list(share(line, quoted))) == len(quoted)
    part = part and not _meant_otherwise(line, quoted)
    return part and not _doubted(line, quoted, scored)


def _meant_otherwise(line: BankLine, quoted: Sequence[Allocation]) -> bool:
    """What stands there like a number of ours may be a day, or, if it is short and beside a number
    that we do not know, the payer's number as a customer."""
    if any(is_day(one.item.number, near=line.booked_on) for one in quoted):
        return True
    own = [text for one in quoted for text in written(one.item)]
    short = any(len(compact(one.item.number)) < LEAST_WORD for one in quoted)
    return short and strange(said(line), own)


def _discount_said(line: BankLine, one: Allocation) -> bool:
    """The text says that cash discount was taken, and to the cent a usual rate of it is missing."""
    return _DISCOUNT.search(" ".join(line.texts)) is not None and _deducted(line, one)


_DISCOUNT = re.compile(
    r"skonto|sconto|escompte|cash discount|kassarabatt|kontantrabatt|korting|käteisalennus"
    r"|pronto pago|skonta",
    re.IGNORECASE,
)


def _borne_out(line: BankLine, found: Sequence[Allocation], scored: Sequence[Allocation]) -> bool:
    """Nothing but a slip of the pen may lie between two references without check digits, so
    something else must say the same: all of the amount, or the payer of each if it is not more.
    Check digits miss some slips, and nobody copies two invoices at once: the payer, if it is
    another debtor who owes just this amount, may mean that."""
    if _another_meant(line, found, scored) or _of_several_and_short(line, found):
        return False
    if line.amount == _owed(line, found) or all(_checked(line, one.item) for one in found):
        return True
    if not all(
        _checked(line, one.item) or has(one, *PAYER, amount_is_outstanding) for one in found
    ):
        return False
    return line.amount < _owed(line, found) and not _doubted(line, found, scored)


def _of_several_and_short(line: BankLine, found: Sequence[Allocation]) -> bool:
    """It names items of several debtors, is less than they owe, and does not say for which: whose
    the oldest is says nothing then."""
    if _of_one(found) or any(ref.amount is not None for ref in line.references):
        return False
    return line.amount < _owed(line, found)


def _another_meant(
    line: BankLine, found: Sequence[Allocation], scored: Sequence[Allocation]
) -> bool:
    """The payer is another debtor, and owes just this amount: then it is rather that, unless what
    is quoted owes just this, too, and its number is no slip of the pen away."""
    if any(has(one, *PAYER) for one in found):
        return False
    exact = line.amount == _owed(line, found)
    return any(
        has(one, *PAYER) and has(one, amount_is_outstanding)
        and not (exact and not has(one, *SLIPPED) and not _alike(one, found))
        for one in scored
    )  # fmt: skip


def _alike(one: Allocation, found: Sequence[Allocation]) -> bool:
    """Is its number or reference, however short, two slips away from one that is quoted?"""
    quoted = [text for other in found for text in written(other.item)]
    return any(slips(text, own) <= 2 for own in written(one.item) for text in quoted)


def _doubted(line: BankLine, found: Sequence[Allocation], scored: Sequence[Allocation]) -> bool:
    """A number without check digits and a part of the amount, while the same payer has another item
    whose number is a slip of the pen away, or more than were looked at: that may be meant. A small
    deduction is no part; nor is a cash discount. Whatever its number is, an item of the payer that
    owes just this amount may be meant."""
    if any(has(one, amount_is_a_little_less) for one in found):
        return False
    if any(one.item.crowded for one in found):
        return True
    own = [one for one in scored if has(one, *PAYER) and one not in found]
    if any(has(one, amount_is_outstanding) and not has(one, *EXACT) for one in own):
        return True
    rivals = [one for one in own if has(one, *SLIPPED)]
    return bool(rivals) and not (len(found) == 1 and _deducted(line, found[0]))


def _deducted(line: BankLine, one: Allocation) -> bool:
    """Is the amount all that is outstanding, or that less a usual rate of cash discount?"""
    short = shortfall(line.amount, one.item.outstanding, charges=line.charges)
    return line.amount == one.item.outstanding or (
        short is not None and short.reason is Reason.DISCOUNT
    )


def _checked(line: BankLine, item: OpenItem) -> bool:
    """Carries it check digits, of ISO 11649 or of Bankgirot, or came it in a field of its own?"""
    own = item.payment_reference
    fields = (ref for ref in line.references if ref.scheme != "other")
    return any(forms(ref.value) & forms(own) for ref in fields) or is_rf(own) or is_ocr(own)


def _in_a_row(line: BankLine, scored: Sequence[Allocation]) -> list[Allocation]:
    """All the pieces of a row of digits are numbers of one debtor, and what they owe is the amount,
    or the payer is that debtor and pays a little less."""
    of: dict[str, Allocation] = {}
    twice: set[str] = set()
    for one in (one for one in scored if has(one, number_in_a_row)):
        for number in in_row(one.item):
            twice |= {number} & of.keys()
            of[number] = one
    for row in said(line).rows:
        if not twice.isdisjoint(row):
            continue
        found = [of[piece] for piece in row if piece in of]
        if len(found) < len(row) or len(set(row)) < len(row) or not _of_one(found):
            continue
        short = _owed(line, found).minor - line.amount.minor
        little = 0 < short * 100 <= line.amount.minor and all(has(one, *PAYER) for one in found)
        if short == 0 or little:
            return found
    return []


def _slipped(line: BankLine, scored: Sequence[Allocation]) -> list[Allocation]:
    """The only item of the payer with exactly the amount, if its number stands in the line but for
    some slips of the pen, and no other item that the payer or the amount speaks for is quoted."""
    exact = [x for x in scored if has(x, amount_is_outstanding) and has(x, *PAYER)]
    slipped = len(exact) == 1 and has(exact[0], *SLIPS)
    if not slipped or exact[0].item.recurs or exact[0].item.crowded:
        return []
    quoted = (one for one in scored if has(one, *EXACT))
    return [] if any(has(one, *PAYER, amount_is_outstanding) for one in quoted) else exact


def _collective(line: BankLine, scored: Sequence[Allocation]) -> list[Allocation]:
    """The only choice of the payer's items that are quoted, with slips or without, whose sum is
    exactly the amount; those that are quoted without are all among them."""
    named = [one for one in scored if has(one, *_NAMING)]
    named = [one for one in named if has(one, *PAYER)]
    if len(named) < 2 or not _of_one(named):
        return []
    exact = [one for one in named if has(one, *EXACT)]
    if 2 ** (len(named) - len(exact)) * CHANCE > line.amount.minor:
        return []
    places = only_subset([one.item.outstanding.minor for one in named], line.amount.minor)
    if places is None or len(places) < 2:
        return []
    chosen = [named[place] for place in places]
    if any(not _telling(line, one) for one in chosen if one not in exact):
        return []
    return chosen if all(one in chosen for one in exact) else []


def _telling(line: BankLine, one: Allocation) -> bool:
    """Does its amount tell it from others? Not a rent of the same amount each month, not a cent
    that was left of an invoice."""
    unique = not (one.item.recurs or one.item.crowded)
    return unique and abs(one.item.outstanding.minor) * 1000 > line.amount.minor


def _sum_of_open(line: BankLine, scored: Sequence[Allocation]) -> list[Allocation]:
    """The only choice of one payer's open items whose sum is exactly the amount."""
    own = [one for one in scored if has(one, *PAYER)]
    own = [one for one in own if one.item.outstanding.minor <= line.amount.minor]
    if len(own) < 2 or not _of_one(own) or any(has(one, amount_is_outstanding) for one in own):
        return []
    if 2 ** len(own) > line.amount.minor:  # Some choice hits it by chance.
        return []
    places = only_subset([one.item.outstanding.minor for one in own], line.amount.minor)
    return [own[place] for place in places] if places else []


def _of_one(found: Sequence[Allocation]) -> bool:
    return len(found) == 1 or len({one.item.debtor for one in found}) == 1


def _owed(line: BankLine, found: Sequence[Allocation]) -> Money:
    if len(found) == 1:  # The rule. Scored are only items in the line's currency.
        return found[0].item.outstanding
    return total((one.item.outstanding for one in found), line.amount.currency)


def _distinct(texts: Sequence[str]) -> bool:
    return len(texts) < 2 or len({compact(text) for text in texts}) == len(texts)
