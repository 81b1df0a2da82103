"""Our invoices to clients: what was deducted is booked before, here is only what lacks of it."""

from datetime import date

from ..journal import About, Account, Entry, moves
from ..money import Money

BOOKED_BY = "fee_invoice:"  # What the key of such an entry begins with; of its taking back too.


def fee_invoice(
    number: str, *, record: str, tax: Money, least: Money, about: About, on: date
) -> Entry | None:
    """The client owes the tax that was not deducted, and what lacks of the least; what was deducted
    too much is due to it. The next payout is set off against both. None: there is nothing to move.

    :param tax: of the invoice, less what was deducted. :param least: what lacked of minima.
    """
    rows = moves((Account.CLIENT_CLAIMS, Account.FEE_INCOME, least), *_tax(tax), about=about)
    if not rows:
        return None
    return Entry(
        key=f"{BOOKED_BY}{record}", booked_on=on, because=f"Fee invoice {number}",
        voucher=f"{BOOKED_BY}{number}", moves=rows,
    )  # fmt: skip


def fee_credit(
    number: str, *, record: str, tax: Money, least: Money, about: About, on: date
) -> Entry | None:
    """A fee invoice is taken back: what its own entry claimed is due to the client again. What was
    deducted before it stays so, and comes to the invoice that follows.

    :param tax: as it was booked with the invoice. :param least: as well.
    """
    rows = moves((Account.FEE_INCOME, Account.DUE_TO_CLIENTS, least), *_tax(-tax), about=about)
    if not rows:
        return None
    return Entry(
        key=f"{BOOKED_BY}{record}", booked_on=on, because=f"Fee credit note {number}",
        voucher=f"{BOOKED_BY}{number}", moves=rows,
    )  # fmt: skip


def _tax(tax: Money) -> tuple[tuple[Account, Account, Money], ...]:
    if tax.minor < 0:
        return ((Account.VAT_PAYABLE, Account.DUE_TO_CLIENTS, -tax),)
    return ((Account.CLIENT_CLAIMS, Account.VAT_PAYABLE, tax),)
