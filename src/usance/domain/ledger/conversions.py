"""What becomes due to a client, or owed by it, for an invoice in another currency than its
facility's, and money that pays an invoice in another currency than its own: it leaves the one
currency and comes to the other, an entry in each."""

from dataclasses import dataclass
from datetime import date

from ..exchange import Cross
from ..journal import About, Account, Entry, moves
from ..money import Money, zero
from .turns import again


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """What an entry changed in the client's own account, in one currency."""

    due: Money  # To the client; below zero it is less.
    claims: Money  # On the client.

    def __bool__(self) -> bool:
        return bool(self.due) or bool(self.claims)

    def at(self, rate: Cross) -> "Owned":
        return Owned(due=rate.worth(self.due), claims=rate.worth(self.claims))


def owned(entry: Entry) -> Owned:
    """What it makes due to clients, and what clients owe by it."""
    currency = entry.moves[0].amount.currency
    due, claims = zero(currency), zero(currency)
    for one in entry.moves:
        due += _part(one.amount, Account.DUE_TO_CLIENTS, by=one.credit, against=one.debit)
        claims += _part(one.amount, Account.CLIENT_CLAIMS, by=one.debit, against=one.credit)
    return Owned(due=due, claims=claims)


def conversion(entry: Entry, gone: Owned, came: Owned, *, about: About) -> tuple[Entry, ...]:
    """What the entry made due or owed leaves its currency and comes to the facility's.

    Two entries, for one holds one currency; what is worth less than a cent there comes to nothing.

    :param gone: as `owned` says. :param came: the same in the other currency.
    """
    told = f"{entry.because}, converted"
    return tuple(
        Entry(
            key=f"{way}:{entry.key}", booked_on=entry.booked_on, because=told,
            voucher=entry.voucher, moves=rows,
        )
        for way, rows in (
            ("converted_from", moves(*_moved(-gone.due, -gone.claims), about=about)),
            ("converted_into", moves(*_moved(came.due, came.claims), about=about)),
        )
        if rows
    )  # fmt: skip


def payment_across(
    entry: Entry, paid: Money, pays: Money, *, undone: bool = False
) -> tuple[Entry, ...]:
    """Money that came in one currency, and pays as so much of another.

    :param entry: what it pays by that, or, undone, the way back.
    :param paid: of the line. :param pays: of the invoice.
    """
    key = across_key(entry, undone=undone)
    about = next(one.about for one in entry.moves)
    out, into = (Account.UNAPPLIED_CASH, Account.CONVERSIONS), (
        Account.CONVERSIONS, Account.UNAPPLIED_CASH,
    )  # fmt: skip
    if undone:
        out, into = into, out
    return tuple(
        Entry(
            key=f"{way}:{key}", booked_on=entry.booked_on,
            because=f"{entry.because}, converted", voucher=entry.voucher,
            moves=moves((*accounts, amount), about=about),
        )
        for way, accounts, amount in (
            ("converted_from", out, paid),
            ("converted_into", into, pays),
        )
    )  # fmt: skip


def across_key(entry: Entry, *, undone: bool = False) -> str:
    """Of the conversion. The way back has its own: by the same entry the client may owe what it
    was spared, and that is converted too."""
    return f"back:{entry.key}" if undone else entry.key


def evened(left: Money, *, day: date, on: date, turn: int) -> Entry:
    """What conversions of a day left over in the currency of the book is realised: they were made
    at the rate of the day before, and both sides are worth that of the day.

    :param left: debits less credits of the account of conversions, at home.
    :param on: the day it counts for: `day`, unless its month is closed.
    :param turn: how often the day was evened before.
    """
    row = (
        (Account.EXCHANGE_LOSSES, Account.CONVERSIONS, left)
        if left.minor > 0
        else (Account.CONVERSIONS, Account.EXCHANGE_GAINS, -left)
    )
    return Entry(
        key=f"conversions:{day}{again(turn)}",
        booked_on=on,
        because=f"Conversions of {day} at the rate of the day",
        voucher=f"conversions:{day}",
        moves=moves(row),
    )


def _part(amount: Money, account: Account, *, by: Account, against: Account) -> Money:
    if by is account:
        return amount
    return -amount if against is account else zero(amount.currency)


def _moved(due: Money, claims: Money) -> list[tuple[Account, Account, Money]]:
    """Moves that make so much due and so much owed; less than nothing is taken away."""
    position = Account.CONVERSIONS
    return [
        (position, Account.DUE_TO_CLIENTS, due)
        if due.minor > 0
        else (Account.DUE_TO_CLIENTS, position, -due),
        (Account.CLIENT_CLAIMS, position, claims)
        if claims.minor > 0
        else (position, Account.CLIENT_CLAIMS, -claims),
    ]
