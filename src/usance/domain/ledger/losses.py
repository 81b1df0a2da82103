"""What is never paid: our loss, and what comes back of it later."""

from collections.abc import Mapping
from datetime import date

from ..finance import Cost
from ..journal import About, Account, Entry, moves
from ..money import Money
from ..settlement import Reduction, Release
from .claims import released


def write_off(
    number: str,
    loss: Money,
    end: Release,
    *,
    back: Reduction,
    cost: Cost | None = None,
    accrued: Mapping[str, int] | None = None,
    about: About,
    on: date,
) -> Entry:
    """We bear what the debtor does not pay. The price was the whole face: the client's account is
    settled as if it had been paid.

    :param back: what of it limited recourse gives back to the client; else nothing.
    """
    return Entry(
        key=f"write_off:{about.invoice}",
        booked_on=on,
        because=f"Write-off of invoice {number}",
        voucher=f"write_off:{about.invoice}",
        moves=(
            *moves(
                (Account.CLIENT_RESERVES, Account.FACTORED_RECEIVABLES, back.from_reserve),
                (Account.CLIENT_CLAIMS, Account.FACTORED_RECEIVABLES, back.claim),
                (Account.CREDIT_LOSSES, Account.FACTORED_RECEIVABLES, loss),
                about=about,
            ),
            *released(end, about, cost, accrued or {}),
        ),
    )


def claim_written_off(name: str, loss: Money, *, about: About, on: date, record: str) -> Entry:
    """The client does not pay what it owes us: taken-back invoices, fees, a reserve too small."""
    return Entry(
        key=f"claim_written_off:{record}",
        booked_on=on,
        because=f"Write-off of a claim on {name}",
        voucher=f"write_off:{record}",
        moves=moves((Account.CREDIT_LOSSES, Account.CLIENT_CLAIMS, loss), about=about),
    )
