"""What we order from the bank moves, and what becomes of it there."""

from datetime import date

from ..journal import About, Account, Entry, Move, moves
from ..money import Money


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


def payout_found(payout: str, amount: Money, *, about: About, on: date, line: str) -> Entry:
    """The bank showed the payout in a debit that nobody could explain before."""
    return Entry(
        key=f"payout_paid:{payout}",
        booked_on=on,
        because="Payout found in what the bank debited",
        voucher=line,
        moves=(Move(Account.PAYOUTS_IN_TRANSIT, Account.UNEXPLAINED_DEBITS, amount, about),),
    )


def payout_said(
    payout: str, amount: Money, *, turn: int, about: About, on: date, line: str,
    undone: bool = False,
) -> Entry:  # fmt: skip
    """A person says that the payout is in what the bank debited, or that it was not.

    :param turn: how often it was said of this payout and taken back before.
    """
    debit, credit = Account.PAYOUTS_IN_TRANSIT, Account.UNEXPLAINED_DEBITS
    if undone:
        debit, credit = credit, debit
    because = "Payout not found after all" if undone else "Payout found by a person"
    return Entry(
        key=f"payout_{'unsaid' if undone else 'said'}:{payout}:{turn}",
        booked_on=on,
        because=f"{because} in what the bank debited",
        voucher=line,
        moves=(Move(debit, credit, amount, about),),
    )


def payout_rejected(
    payout: str, amount: Money, *, about: About, on: date, why: str, missing: bool = False
) -> Entry:
    """The bank refused the payout, or never executed it: the money is due to the client again."""
    return Entry(
        key=f"payout_rejected:{payout}",
        booked_on=on,
        because=f"Payout {_ended(missing)}: {why}"[:200],
        voucher=f"payout:{payout}",
        moves=(Move(Account.PAYOUTS_IN_TRANSIT, Account.DUE_TO_CLIENTS, amount, about),),
    )


def payout_after_all(payout: str, amount: Money, *, about: About, on: date, line: str) -> Entry:
    """The bank executed what people said that it never would. It is due again, or paid again, by
    now: the client owes it us, and it is set off before anything more is paid."""
    return Entry(
        key=f"payout_after_all:{payout}",
        booked_on=on,
        because="Payout executed by the bank after all",
        voucher=line,
        moves=(Move(Account.CLIENT_CLAIMS, Account.UNEXPLAINED_DEBITS, amount, about),),
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


def refund_rejected(
    payout: str, amount: Money, *, on: date, why: str, at_provider: bool = False,
    missing: bool = False,
) -> Entry:  # fmt: skip
    """The bank, or the payment provider, refused the refund, or the bank never executed it: the
    receipt is unapplied again."""
    ended = "rejected by the provider" if at_provider else _ended(missing)
    return Entry(
        key=f"refund_rejected:{payout}",
        booked_on=on,
        because=f"Refund {ended}: {why}"[:200],
        voucher=f"{'provider_refund' if at_provider else 'payout'}:{payout}",
        moves=(Move(Account.PAYOUTS_IN_TRANSIT, Account.UNAPPLIED_CASH, amount),),
    )


def refund_taken(refund: str, amount: Money, *, on: date, line: str) -> Entry:
    """A payment provider took what it pays back from what it holds for us."""
    return Entry(
        key=f"refund_taken:{refund}",
        booked_on=on,
        because="Refund made by the payment provider",
        voucher=line,
        moves=(Move(Account.PAYOUTS_IN_TRANSIT, Account.AT_PROVIDERS, amount),),
    )


def _ended(missing: bool) -> str:
    return "never executed by the bank" if missing else "rejected by the bank"
