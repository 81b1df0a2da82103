"""Pledged claims stay the client's: what stands in the balance sheet is a loan.

The claim is collected like a bought one, so it and what was not lent of it stand on the same two
accounts, each with a contra account that takes it off again. Beside them stands the loan: at every
moment the claim less what was not lent. Paid by the debtor, it is repaid.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from ..journal import About, Account, Entry, Move, moves
from ..money import Money

# Tuples: of so few the hash takes longer than a look at each.
CONTRA = (Account.PLEDGED_CONTRA, Account.PLEDGED_RESERVES_CONTRA)
OURS = (Account.FACTORED_RECEIVABLES, Account.CLIENT_RESERVES)


def beside(entry: Entry, pledged: Collection[UUID]) -> Entry:
    """The entry with what its moves on pledged claims do to the loans; itself if they do nothing.

    :param pledged: invoices whose claims are not ours.
    """
    if is_beside(entry):
        return entry
    claims: dict[About, int] = defaultdict(int)
    kept: dict[About, int] = defaultdict(int)
    for one in entry.moves:
        if one.about.invoice in pledged:
            claims[one.about] += _on(one, Account.FACTORED_RECEIVABLES)
            kept[one.about] -= _on(one, Account.CLIENT_RESERVES)
    currency = entry.moves[0].amount.currency
    more = [
        move
        for about in {**claims, **kept}
        for move in _loan(Money(claims[about], currency), Money(kept[about], currency), about)
    ]
    return replace(entry, moves=(*entry.moves, *more)) if more else entry


def is_beside(entry: Entry) -> bool:
    """Whether the loan's moves are in it."""
    return any([one.debit in CONTRA or one.credit in CONTRA for one in entry.moves])


def touched(entry: Entry) -> set[UUID]:
    """Invoices whose claim, or what is kept of it, the entry moves."""
    return {
        one.about.invoice
        for one in entry.moves
        if one.about.invoice is not None and (one.debit in OURS or one.credit in OURS)
    }


def _on(move: Move, account: Account) -> int:
    """What a move does to an account: debits are positive."""
    sign = (move.debit is account) - (move.credit is account)
    return sign * move.amount.minor


def _loan(claim: Money, kept: Money, about: About) -> tuple[Move, ...]:
    """What takes both off again, and the loan by what is between them.

    :param claim: by how much it grew. :param kept: by how much what was not lent of it grew.
    """
    contra, unlent, loans = (
        Account.PLEDGED_CONTRA, Account.PLEDGED_RESERVES_CONTRA, Account.CLIENT_LOANS,
    )  # fmt: skip
    both = min(abs(claim.minor), abs(kept.minor)) if claim.minor * kept.minor > 0 else 0
    rows: list[tuple[Account, Account, Money]] = []
    for amount, debit, credit in ((claim, loans, contra), (kept, unlent, loans)):
        left = Money(abs(amount.minor) - both, amount.currency)
        rows.append((debit, credit, left) if amount.minor > 0 else (credit, debit, left))
    even = (unlent, contra) if claim.minor > 0 else (contra, unlent)
    rows.append((*even, Money(both, claim.currency)))
    return moves(*rows, about=about)
