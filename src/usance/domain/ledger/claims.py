"""What a bought invoice moves: its purchase, its charges, its end."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from ..finance import Cost, LegalBasis, Offer
from ..journal import About, Account, Entry, Move, moves
from ..money import Money, least
from ..settlement import Reduction, Release
from .pledges import beside, touched
from .turns import again


def purchase(
    number: str,
    offer: Offer,
    *,
    about: About,
    on: date,
    basis: str = LegalBasis.SALE,
    voucher: str = "",
) -> Entry:
    """We buy the receivable: one part goes out now, one part is kept back. Where it is pledged we
    lend the one part, and the receivable stays the client's.

    :param voucher: without it, the invoice.
    """
    is_pledge = basis == LegalBasis.PLEDGE
    entry = Entry(
        key=f"purchase:{about.invoice}",
        booked_on=on,
        because=f"{'Loan against' if is_pledge else 'Purchase of'} invoice {number}",
        voucher=voucher or f"invoice:{about.invoice}",
        moves=moves(
            (Account.FACTORED_RECEIVABLES, Account.DUE_TO_CLIENTS, offer.advance),
            (Account.FACTORED_RECEIVABLES, Account.CLIENT_RESERVES, offer.reserve),
            about=about,
        ),
    )
    return beside(entry, touched(entry)) if is_pledge else entry


def reduction(number: str, part: Reduction, *, about: About, on: date, voucher: str) -> Entry:
    """A credit note reduces the receivable; the reserve bears it first, then the client."""
    return Entry(
        key=f"credit_note:{voucher}",
        booked_on=on,
        because=f"Credit note {number}",
        voucher=voucher,
        moves=moves(
            (Account.CLIENT_RESERVES, Account.FACTORED_RECEIVABLES, part.from_reserve),
            (Account.CLIENT_CLAIMS, Account.FACTORED_RECEIVABLES, part.claim),
            about=about,
        ),
    )


def accrual(amount: Money, *, fee: str, client: UUID, on: date, voucher: str) -> Entry:
    """A day's charges for time on all invoices of a client; less than nothing takes back what was
    accrued too much, because a payment was booked late."""
    income = EARNED[fee]
    row = (
        (Account.ACCRUED_CHARGES, income, amount)
        if amount.minor > 0
        else (income, Account.ACCRUED_CHARGES, -amount)
    )
    return Entry(
        key=voucher,
        booked_on=on,
        because=f"Accrued {fee}",
        voucher=voucher,
        moves=moves(row, about=About(client=client)),
    )


EARNED: Mapping[str, Account] = {
    "brackets": Account.FEE_INCOME,
    "interest": Account.FUNDS_INCOME,
}


def settlement(
    number: str,
    release: Release,
    *,
    cost: Cost | None = None,
    accrued: Mapping[str, int] | None = None,
    about: About,
    on: date,
    turn: int = 0,
) -> Entry | None:
    """We take our charges out of the reserve and release the rest. None: there is nothing to move.

    :param cost: what the fee consists of. None: of the service fee alone.
    :param accrued: what of it was earned before, by charge, in minor units.
    :param turn: how often the invoice was settled before and is open again.
    """
    rows = released(release, about, cost, accrued or {})
    if not rows:
        return None
    return Entry(
        key=f"settlement:{about.invoice}{again(turn)}",
        booked_on=on,
        because=f"Settlement of invoice {number}",
        voucher=f"settlement:{about.invoice}",
        moves=rows,
    )


def settlement_undone(
    number: str,
    release: Release,
    *,
    cost: Cost | None = None,
    accrued: Mapping[str, int] | None = None,
    about: About,
    on: date,
    turn: int = 0,
) -> Entry | None:
    """A settled invoice is open again: its charges are not earned yet but for what was accrued, and
    what was released of the reserve the client owes back. None: there was nothing to move."""
    rows = [
        Move(one.credit, one.debit, one.amount, one.about)
        for one in (*_charged(release, about, cost), *_earned(release, about, accrued or {}))
    ]
    rows += moves((Account.CLIENT_CLAIMS, Account.CLIENT_RESERVES, release.rebate), about=about)
    if not rows:
        return None
    return Entry(
        key=f"settlement_undone:{about.invoice}{again(turn)}",
        booked_on=on,
        because=f"Settlement of invoice {number} taken back",
        voucher=f"settlement:{about.invoice}",
        moves=tuple(rows),
    )


def repurchase(
    number: str,
    part: Reduction,
    end: Release,
    *,
    cost: Cost | None = None,
    accrued: Mapping[str, int] | None = None,
    about: About,
    on: date,
) -> Entry:
    """Recourse: the client takes back what the debtor did not pay; then its account is settled."""
    return Entry(
        key=f"repurchase:{about.invoice}",
        booked_on=on,
        because=f"Repurchase of invoice {number} by the client",
        voucher=f"repurchase:{about.invoice}",
        moves=(
            *moves(
                (Account.CLIENT_RESERVES, Account.FACTORED_RECEIVABLES, part.from_reserve),
                (Account.CLIENT_CLAIMS, Account.FACTORED_RECEIVABLES, part.claim),
                about=about,
            ),
            *released(end, about, cost, accrued or {}),
        ),
    )


def refactoring(
    number: str, fee: Money, vat: Money, *, about: About, on: date, turn: int
) -> Entry | None:
    """Recourse is put off; the client owes the fee for it. None: it costs nothing.

    :param turn: how often it was put off, with this time.
    """
    rows = moves(
        (Account.CLIENT_CLAIMS, Account.FEE_INCOME, fee),
        (Account.CLIENT_CLAIMS, Account.VAT_PAYABLE, vat),
        about=about,
    )
    if not rows:
        return None
    return Entry(
        key=f"refactoring:{about.invoice}:{turn}",
        booked_on=on,
        because=f"Recourse on invoice {number} put off",
        voucher=f"refactoring:{about.invoice}",
        moves=rows,
    )


def set_off(record: str, amount: Money, *, about: About, on: date) -> Entry:
    """What is due to a client that leaves pays what it owes us, and no payout is waited for."""
    return Entry(
        key=f"set_off:{record}",
        booked_on=on,
        because="Set off at the end of the contract",
        voucher=f"buy_back:{record}",
        moves=(Move(Account.DUE_TO_CLIENTS, Account.CLIENT_CLAIMS, amount, about),),
    )


def released(
    release: Release, about: About, cost: Cost | None, accrued: Mapping[str, int]
) -> tuple[Move, ...]:
    """The charges are taken, the rest of the reserve is released."""
    rebate = (Account.CLIENT_RESERVES, Account.DUE_TO_CLIENTS, release.rebate)
    return (
        *_charged(release, about, cost),
        *moves(rebate, about=about),
        *_earned(release, about, accrued),
    )


def _charged(release: Release, about: About, cost: Cost | None) -> list[Move]:
    """The reserve pays the charges one after the other, the client owes what it does not cover."""
    rows: list[Move] = []
    reserve = release.fee - release.claim
    for account, amount in _parts(release, cost):
        covered = least(amount, reserve)
        reserve -= covered
        rows += moves(
            (Account.CLIENT_RESERVES, account, covered),
            (Account.CLIENT_CLAIMS, account, amount - covered),
            about=about,
        )
    assert not reserve, release
    return rows


def _earned(release: Release, about: About, accrued: Mapping[str, int]) -> list[Move]:
    """What was accrued for the client is taken back: now the invoice itself has earned it."""
    rows: list[Move] = []
    for fee, minor in accrued.items():
        rows += moves(
            (EARNED[fee], Account.ACCRUED_CHARGES, Money(minor, release.fee.currency)),
            about=About(client=about.client),
        )
    return rows


def _parts(release: Release, cost: Cost | None) -> tuple[tuple[Account, Money], ...]:
    """Which account earns what of the charges."""
    if cost is None:
        return ((Account.FEE_INCOME, release.fee),)
    assert cost.total == release.fee, (cost, release)
    return (
        (Account.FEE_INCOME, cost.fees),
        (Account.FUNDS_INCOME, cost.interest),
        (Account.VAT_PAYABLE, cost.vat),
    )
