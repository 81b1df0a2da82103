"""EN 16931: the VAT categories (UNTDID 5305) and what each asks for, as a table.

The rules BR-S, BR-Z, … differ only in the columns of this table; tax_ubl and tax_cii make them.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Rate(StrEnum):
    POSITIVE = "a rate above zero"
    NOT_NEGATIVE = "a rate of zero or more"
    ZERO = "the rate 0"
    NONE = "no rate"


class Seller(StrEnum):
    TAXED = "the seller's VAT or tax number (BT-31, BT-32) or a representative's (BT-63)"
    VAT = "the seller's VAT number (BT-31) or a representative's (BT-63)"
    UNTAXED = "no VAT number of the seller (BT-31), a representative (BT-63) or the buyer (BT-48)"


class Buyer(StrEnum):
    ANY = ""
    VAT = "the buyer's VAT number (BT-48)"
    VAT_OR_LEGAL = "the buyer's VAT number (BT-48) or registration (BT-47)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    prefix: str  # BR-S of BR-S-08
    code: str
    name: str
    rate: Rate
    seller: Seller = Seller.TAXED
    buyer: Buyer = Buyer.ANY
    exempt: bool  # A reason for the exemption (BT-120, BT-121) is asked for, or forbidden.
    cii_rate: Rate | None = None  # Where the CII artefacts ask for another one.

    @property
    def by_rate(self) -> bool:
        """Whether rows of the breakdown are told apart by rate, and tax is charged."""
        return self.rate in (Rate.POSITIVE, Rate.NOT_NEGATIVE)

    @property
    def title(self) -> str:
        return f"“{self.name}” ({self.code})"

    @property
    def parties(self) -> str:
        return f"{self.seller} and {self.buyer}" if self.buyer else str(self.seller)


CATEGORIES = (
    Category(prefix="BR-S", code="S", name="standard rate", rate=Rate.POSITIVE, exempt=False),
    Category(prefix="BR-Z", code="Z", name="zero rate", rate=Rate.ZERO, exempt=False),
    Category(prefix="BR-E", code="E", name="exempt", rate=Rate.ZERO, exempt=True),
    Category(prefix="BR-AE", code="AE", name="reverse charge", rate=Rate.ZERO, exempt=True,
             buyer=Buyer.VAT_OR_LEGAL),
    Category(prefix="BR-IC", code="K", name="intra-community supply", rate=Rate.ZERO, exempt=True,
             seller=Seller.VAT, buyer=Buyer.VAT),
    Category(prefix="BR-G", code="G", name="export outside the EU", rate=Rate.ZERO, exempt=True,
             seller=Seller.VAT),
    Category(prefix="BR-O", code="O", name="outside the scope of VAT", rate=Rate.NONE, exempt=True,
             seller=Seller.UNTAXED),
    Category(prefix="BR-AF", code="L", name="IGIC of the Canary Islands", exempt=False,
             rate=Rate.NOT_NEGATIVE, cii_rate=Rate.POSITIVE),
    Category(prefix="BR-AG", code="M", name="IPSI of Ceuta and Melilla", exempt=False,
             rate=Rate.NOT_NEGATIVE),
)  # fmt: skip


def rate_fits(rate: Rate, found: list[Decimal | None]) -> bool:
    """Whether any of the rates written there is of this kind (None is “NaN”)."""
    if rate is Rate.NONE:
        return not found
    return any(number is not None and _fits(rate, number) for number in found)


def _fits(rate: Rate, number: Decimal) -> bool:
    if rate is Rate.POSITIVE:
        return number > 0
    return number >= 0 if rate is Rate.NOT_NEGATIVE else number == 0
