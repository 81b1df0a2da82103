"""What a bank line moves: what it pays, what it is else, and the way back."""

from datetime import date
from uuid import UUID

from ..invoice import Stage
from ..journal import About, Account, Entry, moves
from ..money import Money, zero
from ..payment import Was
from .turns import again


def receipt(amount: Money, *, on: date, line: str, at_provider: bool = False) -> Entry:
    """Money comes in; whose it is shows later.

    :param at_provider: a payment provider has it, and pays it on later.
    """
    return Entry(
        key=f"receipt:{line}",
        booked_on=on,
        because="Money received",
        voucher=line,
        moves=moves((_place(at_provider), Account.UNAPPLIED_CASH, amount)),
    )


def withdrawal(amount: Money, *, on: date, line: str, at_provider: bool = False) -> Entry:
    """Money goes out that is no payout of ours: a person says later what it was."""
    return Entry(
        key=f"withdrawal:{line}",
        booked_on=on,
        because="Money debited by the provider" if at_provider else "Money debited by the bank",
        voucher=line,
        moves=moves((Account.UNEXPLAINED_DEBITS, _place(at_provider), amount)),
    )


def _place(at_provider: bool) -> Account:
    return Account.AT_PROVIDERS if at_provider else Account.BANK


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
        key=allocation_key(line, about.invoice, turn),
        booked_on=on,
        because=f"Payment of invoice {number}",
        voucher=line,
        moves=moves(
            (Account.UNAPPLIED_CASH, Account.FACTORED_RECEIVABLES, amount),
            (Account.UNAPPLIED_CASH, Account.INTEREST_INCOME, interest or zero(amount.currency)),
            about=about,
        ),
    )


def allocation_key(line: UUID | str, invoice: UUID | None, turn: int) -> str:
    """Of the entry by which a line pays an invoice."""
    return f"allocation:{line}:{invoice}{again(turn)}"


def allocation_undone(
    allocation: str,
    number: str,
    amount: Money,
    *,
    interest: Money,
    about: About,
    on: date,
    line: str,
    stage: Stage,
    back: Money | None = None,
) -> Entry:
    """The line pays the invoice no longer. One that has ended meanwhile is outstanding no more: if
    the client took it back, it owes us what it was spared; if it was written off, we lose more.

    :param back: what of that loss limited recourse gives back to the client. None: nothing.
    """
    owes = OWED_AFTER.get(stage, Account.FACTORED_RECEIVABLES)
    back = back or zero(amount.currency)
    return Entry(
        key=f"allocation_undone:{allocation}",
        booked_on=on,
        because=f"Payment of invoice {number} taken back",
        voucher=line,
        moves=moves(
            (owes, Account.UNAPPLIED_CASH, amount - back),
            (Account.CLIENT_CLAIMS, Account.UNAPPLIED_CASH, back),
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


OWED_AFTER: dict[Stage, Account] = {
    Stage.REPURCHASED: Account.CLIENT_CLAIMS,
    Stage.WRITTEN_OFF: Account.CREDIT_LOSSES,
}
# A return is one entry for both of its movements: what came in went out again.
EXPLAINED: dict[Was, tuple[Account, Account]] = {
    Was.OVERPAID: (Account.UNAPPLIED_CASH, Account.DUE_TO_DEBTORS),
    Was.DUPLICATE: (Account.UNAPPLIED_CASH, Account.DUE_TO_DEBTORS),
    Was.MISDIRECTED: (Account.UNAPPLIED_CASH, Account.DUE_TO_CLIENTS),
    Was.CLAIM_PAID: (Account.UNAPPLIED_CASH, Account.CLIENT_CLAIMS),
    Was.RETURNED: (Account.UNAPPLIED_CASH, Account.UNEXPLAINED_DEBITS),
    Was.CHARGE: (Account.BANK_CHARGES, Account.UNEXPLAINED_DEBITS),
    Was.REFUND: (Account.DUE_TO_DEBTORS, Account.UNEXPLAINED_DEBITS),
    Was.RECOVERED: (Account.UNAPPLIED_CASH, Account.CREDIT_LOSSES),
    Was.DIFFERENCE: (Account.UNAPPLIED_CASH, Account.SMALL_DIFFERENCES),
    Was.PROVIDER: (Account.UNAPPLIED_CASH, Account.AT_PROVIDERS),
}
EXPLAINED_AS: dict[Was, str] = {
    Was.OVERPAID: "Paid too much by the debtor",
    Was.DUPLICATE: "Paid twice by the debtor",
    Was.MISDIRECTED: "Paid to us instead of to the client",
    Was.CLAIM_PAID: "Paid by the client on our claim",
    Was.RETURNED: "Payment returned",
    Was.CHARGE: "Charge of the bank",
    Was.REFUND: "Paid back to the debtor",
    Was.RECOVERED: "Recovered after a write-off",
    Was.DIFFERENCE: "Paid a little more than was owed",
    Was.PROVIDER: "Paid on by a payment provider",
}
assert set(EXPLAINED) == set(EXPLAINED_AS) == set(Was), "every kind has its entry and its words"
