"""Entries made of moves. A move debits one account and credits another with the same
positive amount, so an entry balances by its shape and not by a check."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from .money import Money


class Account(StrEnum):
    """The chart of accounts. Asset and expense accounts grow by debits, the rest by credits."""

    BANK = "1000"
    AT_PROVIDERS = "1050"  # Paid online: what payment providers took in and have not paid on.
    FACTORED_RECEIVABLES = "1200"
    PLEDGED_CONTRA = "1210"  # Takes claims that are pledged and not ours off the receivables.
    CLIENT_LOANS = "1250"  # Lent against pledged claims.
    CLIENT_CLAIMS = "1300"  # What a client owes us back: a reserve that was too small.
    ACCRUED_CHARGES = "1400"  # Earned from clients by time; taken from the reserve at settlement.
    CONVERSIONS = "1950"  # Between two currencies: what left one, and came to the other.
    EXCHANGE_VALUATION = "1960"  # What positions in other currencies are worth beside their moves.
    UNEXPLAINED_DEBITS = "1900"  # The bank took money, and nobody has said yet for what.
    CLIENT_RESERVES = "2100"
    PLEDGED_RESERVES_CONTRA = "2110"  # And what of pledged claims was not lent off the reserves.
    DUE_TO_CLIENTS = "2200"  # Advances and rebates that we owe and have not yet paid out.
    PAYOUTS_IN_TRANSIT = "2250"  # Ordered from the bank, not yet on its statement.
    UNAPPLIED_CASH = "2300"
    VAT_PAYABLE = "2600"
    DUE_TO_DEBTORS = "2400"  # Paid too much or twice, and not yet paid back.
    CAPITAL = "3000"
    FEE_INCOME = "4000"
    INTEREST_INCOME = "4100"  # Late interest that debtors paid.
    FUNDS_INCOME = "4200"  # Interest that clients pay on funds in use.
    EXCHANGE_GAINS = "4300"  # Realised: the position that made them is closed.
    UNREALISED_GAINS = "4310"  # Of a month's end; taken back on the day after.
    CREDIT_LOSSES = "6000"
    BANK_CHARGES = "6100"
    SMALL_DIFFERENCES = "6150"  # Paid a little short or over, within what was agreed.
    EXCHANGE_LOSSES = "6200"
    UNREALISED_LOSSES = "6210"


NAMES: dict[Account, str] = {
    Account.BANK: "Bank",
    Account.AT_PROVIDERS: "At payment providers",
    Account.FACTORED_RECEIVABLES: "Factored receivables",
    Account.PLEDGED_CONTRA: "Pledged receivables, contra",
    Account.CLIENT_LOANS: "Loans to clients",
    Account.CLIENT_CLAIMS: "Claims on clients",
    Account.ACCRUED_CHARGES: "Accrued charges",
    Account.CONVERSIONS: "Conversions",
    Account.EXCHANGE_VALUATION: "Exchange valuation",
    Account.UNEXPLAINED_DEBITS: "Unexplained debits",
    Account.CLIENT_RESERVES: "Client reserves",
    Account.PLEDGED_RESERVES_CONTRA: "Pledged reserves, contra",
    Account.DUE_TO_CLIENTS: "Due to clients",
    Account.PAYOUTS_IN_TRANSIT: "Payouts in transit",
    Account.UNAPPLIED_CASH: "Unapplied cash",
    Account.VAT_PAYABLE: "VAT payable",
    Account.DUE_TO_DEBTORS: "Due to debtors",
    Account.CAPITAL: "Capital",
    Account.FEE_INCOME: "Fee income",
    Account.INTEREST_INCOME: "Interest income",
    Account.FUNDS_INCOME: "Interest on funds in use",
    Account.EXCHANGE_GAINS: "Exchange gains",
    Account.UNREALISED_GAINS: "Unrealised exchange gains",
    Account.CREDIT_LOSSES: "Credit losses",
    Account.BANK_CHARGES: "Bank charges",
    Account.SMALL_DIFFERENCES: "Small differences",
    Account.EXCHANGE_LOSSES: "Exchange losses",
    Account.UNREALISED_LOSSES: "Unrealised exchange losses",
}
assert set(NAMES) == set(Account), "every account has its name"

GROWS_BY_DEBIT = frozenset(account for account in Account if account.value[0] in "16")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whom a move is about. None: it is about nobody in particular."""

    client: UUID | None = None
    debtor: UUID | None = None
    invoice: UUID | None = None


NOBODY = About()


@dataclass(frozen=True, slots=True)
class Move:
    debit: Account
    credit: Account
    amount: Money
    about: About = NOBODY

    def __post_init__(self) -> None:
        assert self.amount.minor > 0, self
        assert self.debit is not self.credit, self


def moves(*rows: tuple[Account, Account, Money], about: About = NOBODY) -> tuple[Move, ...]:
    """Moves of (debit, credit, amount); a zero amount moves nothing and is left out."""
    return tuple(
        [Move(debit, credit, amount, about) for debit, credit, amount in rows if amount.minor]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one event did to the books."""

    key: str  # Idempotency: the same key is booked once.
    booked_on: date  # The day it counts for.
    because: str
    voucher: str  # What proves it: a document's SHA-256 or the reference of the record.
    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        assert self.moves, self.key
        assert self.voucher, self.key
        currency = self.moves[0].amount.currency
        assert all([one.amount.currency == currency for one in self.moves]), self.key
