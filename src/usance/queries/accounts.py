"""Our own accounts, with every way to pay into them."""

from usance import models
from usance.domain.party import Address
from usance.letters.facts import Account


def account(row: models.BankAccount, us: models.Factor) -> Account:
    """As letters and pages name it."""
    address = Address(street=us.street, postcode=us.postcode, city=us.city, country=us.country)
    return Account(
        holder=us.name, iban=row.iban, bic=row.bic, bankgiro=row.bankgiro, swish=row.swish,
        qr_iban=row.qr_iban, address=address,
    )  # fmt: skip
