"""A debtor objects, to all of an invoice or to a part of it: what is disputed, and how it ends.

Only what is disputed waits: it does not count when we lend, and no reminder asks for it. The rest
is collected. Amounts are whole minor units of the invoice's currency.
"""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from ..money import Money, NotMoney
from ..refusal import Refusal


class Reason(StrEnum):
    """What a debtor objects to."""

    PRICE = "price"
    QUANTITY = "quantity"
    QUALITY = "quality"  # Damaged, or otherwise not as agreed.
    DELIVERY = "delivery"  # Not delivered, too late, in part.
    ORDER = "order"  # Not ordered, or not by this debtor.
    TERMS = "terms"  # Of payment: discount, due date.
    PAPER = "paper"  # References or particulars of the law are missing or wrong.
    PAID = "paid"  # Paid already, set off, or credited.
    OTHER = "other"


class Ending(StrEnum):
    """How a dispute ended."""

    WITHDRAWN = "withdrawn"  # The debtor objects no longer.
    CREDIT_NOTE = "credit_note"  # The client credited it.
    PAYMENT = "payment"  # The debtor paid all the same.
    RESTATED = "restated"  # Another dispute, over another amount, stands in its place.
    REPURCHASED = "repurchased"  # The client took the claim back: it is between them.
    WRITTEN_OFF = "written_off"


# Codes of OPStatusReason, as buyers' systems answer. Source: Peppol BIS Invoice Response 3.
ANSWERED: dict[str, Reason] = {
    "REF": Reason.PAPER,
    "LEG": Reason.PAPER,
    "REC": Reason.ORDER,
    "QUA": Reason.QUALITY,
    "DEL": Reason.DELIVERY,
    "PRI": Reason.PRICE,
    "QTY": Reason.QUANTITY,
    "ITM": Reason.QUALITY,
    "PAY": Reason.TERMS,
    "UNR": Reason.ORDER,
    "FIN": Reason.TERMS,
    "PPD": Reason.PAID,
}


class DisputedAmountImpossible(Refusal):
    code = "disputed_amount_impossible"
    todo = "Name an amount above zero and below what is outstanding, or leave it out for all of it."


class NotProved(Refusal):
    code = "dispute_end_not_proved"
    todo = "Wait for the credit note or the payment; it ends the dispute by itself."


def part(amount: Money | None, *, most: Money) -> Money | None:
    """What is disputed of an invoice that asks for `most`. None: all of it.

    :raises DisputedAmountImpossible: if it is not above zero, or more, or another currency.
    """
    if amount is None:
        return None
    if amount.currency != most.currency or not 0 < amount.minor <= most.minor:
        raise DisputedAmountImpossible(f"{amount} of {most}")
    return None if amount == most else amount


def left(amount: int | None, *, credited: int, outstanding: int) -> int:
    """What is disputed still. Money pays what nobody disputes first; a credit note answers the
    dispute first.

    :param amount: what was disputed; None: all of it.
    :param credited: credit notes applied since the dispute was opened.
    """
    if amount is None:
        return max(outstanding, 0)
    return max(min(amount - credited, outstanding), 0)


def by_hand(ends: Ending, *, credited: bool, paid: bool) -> Ending:
    """What a person may say of the end: withdrawn always, the others if something shows them.

    :raises NotProved: if nothing does.
    """
    shown = {Ending.WITHDRAWN: True, Ending.CREDIT_NOTE: credited, Ending.PAYMENT: paid}
    if not shown.get(ends, False):
        raise NotProved(f"nothing shows that it ended by {ends.value.replace('_', ' ')}")
    return ends


def reason_of(codes: Sequence[str]) -> Reason:
    """What a buyer's system objects to: by the first of its codes that says it."""
    return next((ANSWERED[code] for code in codes if code in ANSWERED), Reason.OTHER)


def objected(face: Money, owes: Decimal | None) -> Money | None:
    """The part that a buyer objects to who says what it owes. None: it says nothing that we can
    follow, and objects to all of it."""
    if owes is None:
        return None
    try:
        missing = face - Money.of(owes, face.currency)
    except NotMoney:
        return None
    return missing if 0 < missing.minor < face.minor else None
