"""What a payment short of what was owed moves, where it is borne and not collected."""

from datetime import date

from ..journal import About, Account, Entry, moves
from ..money import Money
from ..settlement import Reduction


def difference(
    record: str, number: str, *, ours: Money, back: Reduction, about: About, on: date, line: str
) -> Entry:
    """So much less is owed: we bear a part, and the client's reserve and then the client the rest.

    :param record: the difference's id.
    """
    return Entry(
        key=f"difference:{record}",
        booked_on=on,
        because=f"Difference of the payment of invoice {number}",
        voucher=line,
        moves=moves(
            (Account.SMALL_DIFFERENCES, Account.FACTORED_RECEIVABLES, ours),
            (Account.CLIENT_RESERVES, Account.FACTORED_RECEIVABLES, back.from_reserve),
            (Account.CLIENT_CLAIMS, Account.FACTORED_RECEIVABLES, back.claim),
            about=about,
        ),
    )


def difference_undone(
    record: str, number: str, *, ours: Money, back: Reduction, about: About, on: date, line: str
) -> Entry:
    """It is owed again."""
    return Entry(
        key=f"difference_undone:{record}",
        booked_on=on,
        because=f"Difference of the payment of invoice {number} taken back",
        voucher=line,
        moves=moves(
            (Account.FACTORED_RECEIVABLES, Account.SMALL_DIFFERENCES, ours),
            (Account.FACTORED_RECEIVABLES, Account.CLIENT_RESERVES, back.from_reserve),
            (Account.FACTORED_RECEIVABLES, Account.CLIENT_CLAIMS, back.claim),
            about=about,
        ),
    )


def set_off_before(
    record: str, number: str, amount: Money, *, about: About, on: date, line: str
) -> Entry:
    """What a client bore and paid, or what was set off against its payouts, is owed by the debtor
    again: due to the client.

    :param record: the difference's id. :param amount: in the currency in which the client owed it.
    """
    return Entry(
        key=f"difference_due:{record}",
        booked_on=on,
        because=f"Borne of invoice {number}, taken back after the client paid it",
        voucher=line,
        moves=moves((Account.CLIENT_CLAIMS, Account.DUE_TO_CLIENTS, amount), about=about),
    )


def had_before(
    record: str, number: str, amount: Money, *, about: About, on: date, line: str
) -> Entry:
    """A little too much was due to a client, has been paid out or set off, and is taken back: the
    client owes it.

    :param record: the difference's id. :param amount: in the currency in which it was due.
    """
    return Entry(
        key=f"difference_owed:{record}",
        booked_on=on,
        because=f"Paid beyond invoice {number}, taken back after the client had it",
        voucher=line,
        moves=moves((Account.CLIENT_CLAIMS, Account.DUE_TO_CLIENTS, amount), about=about),
    )
