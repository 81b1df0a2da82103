"""How far recourse goes: for all that the debtor does not pay, for a share of it, up to an amount
for each invoice, or for the less of both. The rest is what the factor bought."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from usance.domain.finding import Finding
from usance.domain.money import Money, least

from .products import LegalBasis, Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Of what is outstanding on an invoice when recourse is taken."""

    share: Decimal | None = None  # Between 0 and 1, six decimals at most. None: all of it.
    most: int | None = None  # For each invoice, in minor units. None: whatever it comes to.

    @property
    def limited(self) -> bool:
        return self != FULL

    def of(self, outstanding: Money) -> Money:
        """What the client takes back of it. A cent that a share does not divide stays with us."""
        part = (
            outstanding if self.share is None
            else outstanding.at(self.share, rounding=ROUND_DOWN)
        )  # fmt: skip
        return part if self.most is None else least(part, Money(self.most, part.currency))


FULL = Extent()
SIX = Decimal("0.000001")
# Recourse of these is for all, or there is none; of the others terms may say how far it goes.
UNLIMITED = frozenset({Product.RECOURSE, Product.ADMINISTRATION, Product.CONFIDENTIAL})


def faults(
    extent: Extent, *, product: Product, basis: LegalBasis, recourse_days: int | None
) -> Iterator[Finding]:
    """What a contract contradicts itself in about how far recourse goes."""
    if extent.share is not None and not _is_share(extent.share):
        yield _fault(
            "recourse_share_out_of_range",
            "A share of recourse lies between none and all: without recourse leave out the days,"
            " with all of it leave out the share. It has six decimals at most.",
            "extent.share",
        )
    if extent.most is not None and extent.most <= 0:
        says = "Recourse up to nothing is none: leave out the days instead."
        yield _fault("recourse_most_out_of_range", says, "extent.most")
    if not extent.limited:
        if product is Product.LIMITED_RECOURSE:
            says = "This product says how far recourse goes: a share, an amount, or both."
            yield _fault("recourse_contradicts", says, "extent.share")
        return
    if recourse_days is None:
        says = "Without recourse there is none to limit."
        yield _fault("recourse_contradicts", says, "extent.share")
    if product in UNLIMITED:
        says = "This product has recourse for all that is not paid."
        yield _fault("recourse_contradicts", says, "extent.share")
    if basis is LegalBasis.PLEDGE:
        says = "A pledge secures a loan: the client owes all of it."
        yield _fault("pledge_with_limited_recourse", says, "extent.share")


def in_words(extent: Extent, currency: str) -> str:
    """The part of what is not paid, within a sentence: "80 % of it, at most 5,000.00 EUR"."""
    told = []
    if extent.share is not None:
        told.append(f"{(extent.share * 100).normalize():f} % of it")
    if extent.most is not None:
        told.append(f"at most {Money(extent.most, currency)}")
    return ", ".join(told)


def _is_share(share: Decimal) -> bool:
    return 0 < share < 1 and share == share.quantize(SIX)


def _fault(code: str, says: str, where: str) -> Finding:
    return Finding(code=code, says=says, where=where, todo="Correct it and propose it again.")
