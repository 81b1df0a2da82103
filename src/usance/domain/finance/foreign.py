"""Invoices in other currencies than the facility's: which are bought, and what is kept back more.

An invoice, its reserve and its charges stay in its own currency. Only what becomes due to the
client, and what it comes to owe us, is converted into the currency of its facility, by the rate of
the day (docs/adr/0018).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from usance.domain.exchange import Cross
from usance.domain.finding import Finding
from usance.domain.money import Money

from .buying import Buying, How
from .charges import Charges
from .extent import Extent
from .products import LegalBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    currencies: tuple[str, ...] = ()  # In the order of the alphabet. Empty: none is bought.
    haircut: Decimal = Decimal(0)  # Of the face: so much less is advanced, as the rate may move.


OWN_ONLY = Foreign()


def charged(charges: Charges, rate: Cross) -> Charges:
    """The charges of an invoice in another currency: the least and the most of them, which are
    agreed in the facility's, at the rate of its purchase.

    :param rate: from the currency of the invoice into that of the facility.
    """

    def told(minor: int) -> int:
        return Money.over(minor * rate.denominator, rate.numerator, rate.of).minor

    most = None if charges.maximum is None else told(charges.maximum)
    return replace(charges, minimum=told(charges.minimum), maximum=most)


def faults(
    foreign: Foreign, *, currency: str, basis: LegalBasis, advance_rate: Decimal,
    buying: Buying, extent: Extent,
) -> Iterator[Finding]:  # fmt: skip
    """What a contract contradicts itself in about other currencies.

    :param currency: of the facility.
    """
    told = foreign.currencies
    if any(not _is_code(one) for one in told) or list(told) != sorted(set(told)):
        says = "Other currencies are codes of three capital letters, each once, in their order."
        yield _fault("foreign_currency_unclear", says, "foreign.currencies")
    if currency in told:
        says = f"{currency} is the currency of the facility itself."
        yield _fault("foreign_currency_unclear", says, "foreign.currencies")
    if not 0 <= foreign.haircut <= advance_rate or (foreign.haircut and not told):
        says = "What is kept back for other currencies is a part of the advance."
        yield _fault("haircut_out_of_range", says, "foreign.haircut")
    if not told:
        return
    if buying.how is not How.ALL:
        says = "Offers are made in the facility's currency: what comes in another is bought as it"
        yield _fault("foreign_contradicts", f"{says} comes in, or not.", "foreign.currencies")
    if basis is LegalBasis.PLEDGE:
        says = "A loan on a pledge is one of the facility's currency."
        yield _fault("foreign_contradicts", says, "foreign.currencies")
    if extent.most is not None:
        says = "Recourse up to an amount is one of the facility's currency: agree on a share."
        yield _fault("foreign_contradicts", says, "extent.most")


def in_words(foreign: Foreign, currency: str) -> Iterator[str]:
    """Sentences for who signs it; none where nothing is bought in other currencies."""
    if not foreign.currencies:
        return
    named = ", ".join(foreign.currencies)
    yield f"Invoices in {named} are bought as well; what is due for them is paid in {currency}."
    yield (
        "It is converted at the European Central Bank's rate of the last banking day before;"
        " the rest that is kept back stays in the currency of the invoice until it is released."
    )
    if foreign.haircut:
        share = f"{(foreign.haircut * 100).normalize():f} %"
        yield f"Of these {share} of the invoice amount less is paid at once, and kept back."


def _is_code(one: str) -> bool:
    return len(one) == 3 and one.isascii() and one.isalpha() and one.isupper()


def _fault(code: str, says: str, where: str) -> Finding:
    return Finding(code=code, says=says, where=where, todo="Correct it and propose it again.")
