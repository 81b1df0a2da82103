"""What the payer ordered in another currency (AmtDtls of an entry or a detail), and the rate.

Source: ISO 20022, AmountAndCurrencyExchange: InstdAmt is the amount "as ordered by the initiating
party", TxAmt that of the underlying transaction; of a rate UnitCcy is the currency of which one
unit is so many of the other.
"""

from decimal import Decimal

from usance.domain.money import Money
from usance.domain.payment import Ordered

from ._camt_xml import Element, Misread, child, read_amount, text_at

LONGEST = 20  # Signs of a rate: the schema has eleven digits.


def ordered(source: Element, currency: str) -> Ordered | None:
    """None where no amount is in another currency than the account's.

    Nothing is booked by what stands here: what cannot be read is left out.
    """
    details = child(source, "AmtDtls")
    if details is None:
        return None
    holders = [
        found for name in ("InstdAmt", "TxAmt", "CntrValAmt")
        if (found := child(details, name)) is not None
    ]  # fmt: skip
    amount = next((told for one in holders if (told := _foreign(one, currency))), None)
    if amount is None:
        return None
    both = {amount.currency, currency}
    for exchange in (child(one, "CcyXchg") for one in holders):
        ends = {text_at(exchange, "SrcCcy"), text_at(exchange, "TrgtCcy")} - {""}
        rate = _rate(text_at(exchange, "XchgRate"))
        if rate is not None and ends <= both:
            unit = text_at(exchange, "UnitCcy")
            return Ordered(amount=amount, rate=rate, unit=unit if unit in both else "")
    return Ordered(amount=amount)


def _foreign(holder: Element, currency: str) -> Money | None:
    said = child(holder, "Amt")
    if said is None or said.xml.get("Ccy") == currency:
        return None
    try:
        return read_amount(said) or None
    except Misread:
        return None


def _rate(text: str) -> Decimal | None:
    plain = text.replace(".", "", 1)
    if len(text) > LONGEST or not (plain.isascii() and plain.isdigit()):
        return None
    return Decimal(text) or None
