"""A flat price: a discount from the purchase to the due date, kept back at once. Whenever the
debtor pays, nothing comes to it and nothing is given back."""

from collections.abc import Iterator

from usance.domain.finding import Finding

from .charges import Base, Charges, Start
from .foreign import Foreign
from .products import PRODUCTS, Product


def faults(charges: Charges, *, product: Product, foreign: Foreign) -> Iterator[Finding]:
    """What a contract contradicts itself in about a flat price."""
    timed = charges.interest
    if not charges.flat or timed is None:
        if PRODUCTS[product].flat:
            says = "This product has a flat price: a discount to the due date."
            yield _fault("discount_missing", says, "interest.to_due")
        return
    if timed.base is not Base.FACE:
        says = "A discount to the due date is of the invoice amount."
        yield _fault("discount_contradicts", says, "interest.base")
    if timed.reference:
        says = "A discount is fixed when it is bought: its rate is all margin, without a reference."
        yield _fault("discount_contradicts", says, "interest.reference")
    if timed.start is Start.INVOICE:
        says = "A discount counts from the purchase, or from the day on which it is paid."
        yield _fault("discount_contradicts", says, "interest.start")
    if timed.monthly:
        says = "A discount bears no interest."
        yield _fault("discount_contradicts", says, "interest.monthly")
    if charges.brackets:
        says = "A price that is flat does not grow in brackets."
        yield _fault("discount_contradicts", says, "brackets")
    if foreign.currencies:
        says = "At a flat price only invoices in the facility's currency are bought."
        yield _fault("discount_contradicts", says, "foreign.currencies")


def _fault(code: str, says: str, where: str) -> Finding:
    return Finding(code=code, says=says, where=where, todo="Correct it and propose it again.")
