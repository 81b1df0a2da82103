"""The bookkeeping of factoring: which entry each event makes. An accountant reads this file."""

from datetime import date

from .finance import Offer
from .journal import About, Account, Entry, Move, moves
from .money import Money, zero
from .payment import Was
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


def settlement(
    number: str, release: Release, *, about: About, on: date, turn: int = 0
) -> Entry | None:
    """We take our fee out of the reserve and release the rest. None: there is nothing to move.

    :param turn: how often the invoice was settled before and is open again.
    """
    rows = _release(release, about)
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
    number: str, release: Release, *, about: About, on: date, turn: int = 0
) -> Entry | None:
    """A settled invoice is open again: its fee is not earned yet, and what was released of the
    reserve the client owes back. None: there was nothing to move."""
    rows = moves(
        (Account.FEE_INCOME, Account.CLIENT_RESERVES, release.fee - release.claim),
        (Account.FEE_INCOME, Account.CLIENT_CLAIMS, release.claim),
        (Account.CLIENT_CLAIMS, Account.CLIENT_RESERVES, release.rebate),
        about=about,
    )
    if not rows:
        return None
    return Entry(
        key=f"settlement_undone:{about.invoice}{_turn(turn)}",
        booked_on=on,
        because=f"Settlement of invoice {number} taken back",
        voucher=f"settlement:{about.invoice}",
        moves=rows,
    )


def repurchase(number: str, part: Reduction, end: Release, *, about: About, on: date) -> Entry:
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
            *_release(end, about),
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


def _release(release: Release, about: About) -> tuple[Move, ...]:
    return moves(
        (Account.CLIENT_RESERVES, Account.FEE_INCOME, release.fee - release.claim),
        (Account.CLIENT_CLAIMS, Account.FEE_INCOME, release.claim),
        (Account.CLIENT_RESERVES, Account.DUE_TO_CLIENTS, release.rebate),
        about=about,
    )


def _turn(turn: int) -> str:
    return f":{turn}" if turn else ""
