"""Why a payment is less than what it pays: each kind of deduction, by its amount and its day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ..money import Money


class Reason(StrEnum):
    CHARGES = "charges"  # A bank on the way took them.
    DISCOUNT = "discount"  # Cash discount, within its term or without.
    ROUNDING = "rounding"
    PART = "part"  # Neither: the debtor pays a part, or disputes the rest.
    # The rest no amount shows: people say so.
    DISCOUNT_NOT_AGREED = "discount_not_agreed"
    FREIGHT = "freight"
    PRICE = "price"
    QUANTITY = "quantity"
    QUALITY = "quality"  # Damaged, or otherwise not as agreed.
    TAX = "tax"  # Withheld, and paid to the tax office.
    CONTRA = "contra"  # Set off against what the debtor claims itself.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    amount: Money  # What is missing, positive.
    reason: Reason
    says: str


ROUNDED = 100  # Minor units: a payer's books may drop them, and a converted amount may.
LARGEST_CHARGE = 5000  # Minor units that banks on the way take, at most.
RATES = tuple(map(Decimal, ("0.01", "0.015", "0.02", "0.025", "0.03", "0.04", "0.05")))


def shortfall(
    paid: Money, owed: Money, *, charges: Money | None = None, due_on: date | None = None,
    booked_on: date | None = None,
) -> Shortfall | None:  # fmt: skip
    """Why less was paid than was owed; None if it was not less.

    A deduction is told, not granted: what is missing stays outstanding until a person or a rule of
    the contract writes it off.

    :param charges: what the bank says that it took.
    """
    missing = owed - paid
    if missing.minor <= 0:
        return None
    reason, says = _reason(missing, owed, charges, due_on, booked_on)
    return Shortfall(amount=missing, reason=reason, says=f"{missing} less than owed: {says}.")


def _reason(
    missing: Money, owed: Money, charges: Money | None, due_on: date | None, booked_on: date | None
) -> tuple[Reason, str]:
    if charges in (missing, -missing):
        return Reason.CHARGES, "what the bank says that it took"
    for rate in RATES:
        if abs(owed.minor * rate - missing.minor) <= 1:
            late = due_on is not None and booked_on is not None and booked_on > due_on
            percent = f"{(rate * 100).normalize():f} %"
            return (
                Reason.DISCOUNT,
                f"{percent} cash discount{', after the due date' if late else ''}",
            )
    if missing.minor <= ROUNDED and missing.minor * 1000 <= owed.minor:
        return Reason.ROUNDING, "rounding"
    if (
        missing.minor <= LARGEST_CHARGE
        and missing.minor % 50 == 0
        and missing.minor * 20 <= owed.minor
    ):
        return Reason.CHARGES, "it may be charges of a bank on the way"
    return Reason.PART, "a part payment"
