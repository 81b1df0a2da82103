"""The bookkeeping of factoring: which entry each event makes. An accountant reads this file."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from .finance import Cost, Offer
from .journal import NAMES, About, Account, Entry, Move, moves
from .money import Money, least, zero
from .payment import Was
from .periods import CORRECTION
from .refusal import Refusal
from .settlement import Reduction, Release


def capital(amount: Money, *, on: date, voucher: str) -> Entry:
    """The owners put money on our bank account."""
    return Entry(
        key=f"capital:{voucher}",
        booked_on=on,
        because="Capital paid in",
        voucher=voucher,
        moves=moves((Account.BANK, Account.CAPITAL, amount)),
    )


def purchase(number: str, offer: Offer, *, about: About, on: date, voucher: str) -> Entry:
    """We buy the receivable: one part goes out now, one part is kept back."""
    return Entry(
        key=f"purchase:{about.invoice}",
        booked_on=on,
        because=f"Purchase of invoice {number}",
        voucher=voucher,
        moves=moves(
            (Account.FACTORED_RECEIVABLES, Account.DUE_TO_CLIENTS, offer.advance),
            (Account.FACTORED_RECEIVABLES, Account.CLIENT_RESERVES, offer.reserve),
            about=about,
        ),
    )


def receipt(amount: Money, *, on: date, line: str) -> Entry:
    """Money comes in; whose it is shows later."""
    return Entry(
        key=f"receipt:{line}",
        booked_on=on,
        because="Money received",
        voucher=line,
        moves=moves((Account.BANK, Account.UNAPPLIED_CASH, amount)),
    )


def withdrawal(amount: Money, *, on: date, line: str) -> Entry:
    """Money goes out that is no payout of ours: a person says later what it was."""
    return Entry(
        key=f"withdrawal:{line}",
        booked_on=on,
        because="Money debited by the bank",
        voucher=line,
        moves=moves((Account.UNEXPLAINED_DEBITS, Account.BANK, amount)),
    )


def allocation(
    number: str,
    amount: Money,
    *,
    interest: Money | None,
    about: About,
    on: date,
    line: str,
    turn: int = 0,
) -> Entry:
    """Received money pays an invoice; what is paid beyond it as late interest is ours.

    :param turn: how often this line was said to pay this invoice and was taken back.
    """
    return Entry(
        key=f"allocation:{line}:{about.invoice}{_turn(turn)}",
        booked_on=on,
        because=f"Payment of invoice {number}",
        voucher=line,
        moves=moves(
            (Account.UNAPPLIED_CASH, Account.FACTORED_RECEIVABLES, amount),
            (Account.UNAPPLIED_CASH, Account.INTEREST_INCOME, interest or zero(amount.currency)),
            about=about,
        ),
    )


def allocation_undone(
    allocation: str,
    number: str,
    amount: Money,
    *,
    interest: Money,
    about: About,
    on: date,
    line: str,
    ended: bool,
) -> Entry:
    """The line pays the invoice no longer. One that the client took back meanwhile is not ours any
    more (`ended`): then the client owes us what it was spared."""
    owes = Account.CLIENT_CLAIMS if ended else Account.FACTORED_RECEIVABLES
    return Entry(
        key=f"allocation_undone:{allocation}",
        booked_on=on,
        because=f"Payment of invoice {number} taken back",
        voucher=line,
        moves=moves(
            (owes, Account.UNAPPLIED_CASH, amount),
            (Account.INTEREST_INCOME, Account.UNAPPLIED_CASH, interest),
            about=about,
        ),
    )


def explanation(
    key: str, was: Was, amount: Money, *, about: About, on: date, line: str, undone: bool = False
) -> Entry:
    """A part of a bank line that pays no invoice; `undone` moves it back."""
    debit, credit = EXPLAINED[was]
    if undone:
        debit, credit = credit, debit
    return Entry(
        key=f"explanation{'_undone' if undone else ''}:{key}",
        booked_on=on,
        because=f"{EXPLAINED_AS[was]}{', taken back' if undone else ''}",
        voucher=line,
        moves=moves((debit, credit, amount), about=about),
    )


# A return is one entry for both of its movements: what came in went out again.
EXPLAINED: dict[Was, tuple[Account, Account]] = {
    Was.OVERPAID: (Account.UNAPPLIED_CASH, Account.DUE_TO_DEBTORS),
    Was.DUPLICATE: (Account.UNAPPLIED_CASH, Account.DUE_TO_DEBTORS),
    Was.MISDIRECTED: (Account.UNAPPLIED_CASH, Account.DUE_TO_CLIENTS),
    Was.RETURNED: (Account.UNAPPLIED_CASH, Account.UNEXPLAINED_DEBITS),
    Was.CHARGE: (Account.BANK_CHARGES, Account.UNEXPLAINED_DEBITS),
    Was.REFUND: (Account.DUE_TO_DEBTORS, Account.UNEXPLAINED_DEBITS),
}
EXPLAINED_AS: dict[Was, str] = {
    Was.OVERPAID: "Paid too much by the debtor",
    Was.DUPLICATE: "Paid twice by the debtor",
    Was.MISDIRECTED: "Paid to us instead of to the client",
    Was.RETURNED: "Payment returned",
    Was.CHARGE: "Charge of the bank",
    Was.REFUND: "Paid back to the debtor",
}
assert set(EXPLAINED) == set(EXPLAINED_AS) == set(Was), "every kind has its entry and its words"


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
    rows = _release(release, about, cost, accrued or {})
    if not rows:
        return None
    return Entry(
        key=f"settlement:{about.invoice}{_turn(turn)}",
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
        key=f"settlement_undone:{about.invoice}{_turn(turn)}",
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
            *_release(end, about, cost, accrued or {}),
        ),
    )


def payout_released(payout: str, paid: Money, set_off: Money, *, about: About, on: date) -> Entry:
    """What is due to a client is ordered from the bank; our claims are set off first."""
    return Entry(
        key=f"payout_released:{payout}",
        booked_on=on,
        because="Payout to the client",
        voucher=f"payout:{payout}",
        moves=moves(
            (Account.DUE_TO_CLIENTS, Account.CLIENT_CLAIMS, set_off),
            (Account.DUE_TO_CLIENTS, Account.PAYOUTS_IN_TRANSIT, paid),
            about=about,
        ),
    )


def payout_paid(payout: str, amount: Money, *, about: About, on: date, line: str) -> Entry:
    """The bank shows the payout on its statement."""
    return Entry(
        key=f"payout_paid:{payout}",
        booked_on=on,
        because="Payout executed by the bank",
        voucher=line,
        moves=(Move(Account.PAYOUTS_IN_TRANSIT, Account.BANK, amount, about),),
    )


def payout_rejected(payout: str, amount: Money, *, about: About, on: date, why: str) -> Entry:
    """The bank refused the payout: the money is due to the client again."""
    return Entry(
        key=f"payout_rejected:{payout}",
        booked_on=on,
        because=f"Payout rejected by the bank: {why}",
        voucher=f"payout:{payout}",
        moves=(Move(Account.PAYOUTS_IN_TRANSIT, Account.DUE_TO_CLIENTS, amount, about),),
    )


def payout_returned(payout: str, amount: Money, *, about: About, on: date, line: str) -> Entry:
    """What was paid came back: the receipt is no debtor's, and the money is due again."""
    return Entry(
        key=f"payout_returned:{payout}",
        booked_on=on,
        because="Payout returned by the payee's bank",
        voucher=line,
        moves=(Move(Account.UNAPPLIED_CASH, Account.DUE_TO_CLIENTS, amount, about),),
    )


def refund_released(payout: str, amount: Money, *, on: date, line: str) -> Entry:
    """What somebody paid too much is ordered back to where it came from."""
    return Entry(
        key=f"refund_released:{payout}",
        booked_on=on,
        because="Refund of a payment",
        voucher=line,
        moves=(Move(Account.UNAPPLIED_CASH, Account.PAYOUTS_IN_TRANSIT, amount),),
    )


def refund_rejected(payout: str, amount: Money, *, on: date, why: str) -> Entry:
    """The bank refused the refund: the receipt is unapplied again."""
    return Entry(
        key=f"refund_rejected:{payout}",
        booked_on=on,
        because=f"Refund rejected by the bank: {why}"[:200],
        voucher=f"payout:{payout}",
        moves=(Move(Account.PAYOUTS_IN_TRANSIT, Account.UNAPPLIED_CASH, amount),),
    )


# No record but the books says how these stand, so an accountant may move them by hand. What the
# others hold is undone by its own record: a payment by its return, an invoice by its credit note.
FREE = frozenset({
    Account.UNEXPLAINED_DEBITS, Account.CAPITAL, Account.FEE_INCOME, Account.FUNDS_INCOME,
    Account.INTEREST_INCOME, Account.CREDIT_LOSSES, Account.BANK_CHARGES, Account.VAT_PAYABLE,
})  # fmt: skip


class KeptByRecord(Refusal):
    code = "account_kept_by_record"
    todo = "Undo what booked it where it was done; its entry follows."


class NotACorrection(Refusal):
    code = "not_a_correction"
    todo = "Undo what booked it where it was done; its entry follows."


def correction(
    key: str, debit: Account, credit: Account, amount: Money, *, on: date, because: str,
    voucher: str,
) -> Entry:  # fmt: skip
    """An accountant moves an amount by hand. It may count for a month that is closed softly.

    :raises KeptByRecord: if a record beside the books says how one of the accounts stands.
    """
    for account in (debit, credit):
        if account not in FREE:
            raise KeptByRecord(f"{account} {NAMES[account]} is not moved by hand")
    return Entry(
        key=f"{CORRECTION}{key}", booked_on=on, because=because, voucher=voucher,
        moves=moves((debit, credit, amount)),
    )  # fmt: skip


def reversal(of: Entry, *, on: date, because: str, voucher: str) -> Entry:
    """The same the other way round, of a correction that was wrong; once.

    :raises NotACorrection: for an entry that follows from a record.
    """
    if not of.key.startswith(CORRECTION):
        raise NotACorrection(f"{of.because} was not booked by hand")
    return Entry(
        key=f"{of.key}:reversed", booked_on=on, because=because, voucher=voucher,
        moves=tuple(Move(one.credit, one.debit, one.amount, one.about) for one in of.moves),
    )  # fmt: skip


def _release(
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


def _turn(turn: int) -> str:
    return f":{turn}" if turn else ""
