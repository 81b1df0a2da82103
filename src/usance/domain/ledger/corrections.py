"""What no record but the books tells of: capital, and what an accountant moves by hand."""

from datetime import date

from ..journal import NAMES, Account, Entry, Move, moves
from ..money import Money
from ..periods import CORRECTION
from ..refusal import Refusal


def capital(amount: Money, *, on: date, voucher: str) -> Entry:
    """The owners put money on our bank account."""
    return Entry(
        key=f"capital:{voucher}",
        booked_on=on,
        because="Capital paid in",
        voucher=voucher,
        moves=moves((Account.BANK, Account.CAPITAL, amount)),
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
