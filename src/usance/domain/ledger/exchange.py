"""What a change of exchange rates moves, in the currency of the book.

The moves of a position stay in its own currency. What they are worth is written beside them, and
what a position is worth more or less than that stands on one account, Exchange valuation: so no
balance that a bank, a client or an invoice is asked about ever holds a difference of exchange.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from ..charts import Sort, sort
from ..journal import Account, Entry, Move, moves
from ..money import Money
from .turns import again

# What will come in or go out as so many units of a currency (IAS 21.8): its worth follows the rate.
MONETARY = frozenset(
    one
    for one in Account
    if sort(one) in {Sort.ASSET, Sort.LIABILITY}
    and one not in {Account.CAPITAL, Account.CONVERSIONS, Account.EXCHANGE_VALUATION}
)


def differences(
    currency: str, gained: Iterable[Money], *, day: date, on: date, turn: int
) -> Entry | None:
    """What a day's turnover in a currency realised. None: nothing.

    :param gained: for each position; losses are negative.
    :param on: the day it counts for: `day`, unless its month is closed.
    :param turn: how often the day was valued before.
    """
    rows = _rows(gained, gains=Account.EXCHANGE_GAINS, losses=Account.EXCHANGE_LOSSES)
    if not rows:
        return None
    return Entry(
        key=f"exchange:{currency}:{day}{again(turn)}",
        booked_on=on,
        because=f"Exchange differences of {day}, {currency}",
        voucher=f"exchange:{currency}:{day}",
        moves=rows,
    )


def revaluation(gained: Iterable[Money], *, day: date, turn: int) -> tuple[Entry, ...]:
    """What open positions are worth more at the closing rate of a day than they are carried at,
    and the same the other way round on the day after. Nothing: no entry."""
    rows = _rows(gained, gains=Account.UNREALISED_GAINS, losses=Account.UNREALISED_LOSSES)
    if not rows:
        return ()
    key = f"revaluation:{day}{again(turn)}"
    return (
        Entry(
            key=key, booked_on=day, because=f"Positions at the closing rate of {day}",
            voucher=f"revaluation:{day}", moves=rows,
        ),
        Entry(
            key=f"{key}:reversed", booked_on=day + timedelta(days=1),
            because=f"Closing rate of {day} taken back", voucher=f"revaluation:{day}",
            moves=tuple(Move(one.credit, one.debit, one.amount) for one in rows),
        ),
    )  # fmt: skip


def _rows(gained: Iterable[Money], *, gains: Account, losses: Account) -> tuple[Move, ...]:
    return moves(
        *(
            (Account.EXCHANGE_VALUATION, gains, one)
            if one.minor > 0
            else (losses, Account.EXCHANGE_VALUATION, -one)
            for one in gained
        )
    )
