"""Our own accounts, with every way to pay into them."""

from usance import models
from usance.domain.party import Address
from usance.domain.refusal import Refusal
from usance.letters.facts import Account


class NoAccountOfOurs(Refusal):
    code = "no_account_of_ours"
    todo = "Enter an account of ours in this currency, then release it."


class Accounts(dict[str, Account]):
    """By currency.

    :raises NoAccountOfOurs: where one is asked for that there is not.
    """

    def __missing__(self, currency: str) -> Account:
        raise NoAccountOfOurs(f"we have no account in {currency} that a paper could name")


def account(row: models.BankAccount, us: models.Factor) -> Account:
    """As letters and pages name it."""
    address = Address(street=us.street, postcode=us.postcode, city=us.city, country=us.country)
    return Account(
        holder=us.name, iban=row.iban, bic=row.bic, bankgiro=row.bankgiro, swish=row.swish,
        qr_iban=row.qr_iban, address=address,
    )  # fmt: skip
