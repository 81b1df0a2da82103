"""EN 16931: amounts of money have two decimals at most. A table; one function judges them all."""

from ..document import Document
from ..paths import (
    ALLOWANCE,
    CII_ALLOWANCE,
    CII_LINE,
    CII_LINE_ALLOWANCE,
    CII_TAX,
    CII_TOTALS,
    LINE,
    LINE_ALLOWANCE,
    SETTLEMENT,
    SUBTOTAL,
    TOTALS,
)
from ..reading import Place, cents, decimal, first, text, two_decimals, values
from ..rulebook import Chapter, at
from .allowances import bindings
from .totals import plain_row

CHAPTER = Chapter()
rule = CHAPTER.rule


def _two_decimals(place: Place, _: Document, path: str) -> bool:
    found = first(place, path)
    return found is None or two_decimals(text(found))


ALLOWANCES = (
    ("BR-DEC-01", "BR-DEC-02", "BT-92", "BT-93", False, ALLOWANCE, CII_ALLOWANCE),
    ("BR-DEC-05", "BR-DEC-06", "BT-99", "BT-100", True, ALLOWANCE, CII_ALLOWANCE),
    ("BR-DEC-24", "BR-DEC-25", "BT-136", "BT-137", False, LINE_ALLOWANCE, CII_LINE_ALLOWANCE),
    ("BR-DEC-27", "BR-DEC-28", "BT-141", "BT-142", True, LINE_ALLOWANCE, CII_LINE_ALLOWANCE),
)
LINE_SUM = (
    "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation"
    "/ram:LineTotalAmount"
)
AMOUNTS = (
    ("BR-DEC-09", "The sum of the lines (BT-106)", TOTALS, "cbc:LineExtensionAmount",
     CII_TOTALS, "ram:LineTotalAmount"),
    ("BR-DEC-10", "The sum of the allowances (BT-107)", TOTALS, "cbc:AllowanceTotalAmount",
     CII_TOTALS, "ram:AllowanceTotalAmount"),
    ("BR-DEC-11", "The sum of the charges (BT-108)", TOTALS, "cbc:ChargeTotalAmount",
     CII_TOTALS, "ram:ChargeTotalAmount"),
    ("BR-DEC-12", "The amount without VAT (BT-109)", TOTALS, "cbc:TaxExclusiveAmount",
     CII_TOTALS, "ram:TaxBasisTotalAmount"),
    ("BR-DEC-14", "The amount with VAT (BT-112)", TOTALS, "cbc:TaxInclusiveAmount",
     CII_TOTALS, "ram:GrandTotalAmount"),
    ("BR-DEC-16", "The amount already paid (BT-113)", TOTALS, "cbc:PrepaidAmount",
     CII_TOTALS, "ram:TotalPrepaidAmount"),
    ("BR-DEC-17", "The rounding amount (BT-114)", TOTALS, "cbc:PayableRoundingAmount",
     CII_TOTALS, "ram:RoundingAmount"),
    ("BR-DEC-18", "The amount due (BT-115)", TOTALS, "cbc:PayableAmount",
     CII_TOTALS, "ram:DuePayableAmount"),
    ("BR-DEC-19", "The taxable amount of a row (BT-116)", SUBTOTAL, "cbc:TaxableAmount",
     CII_TAX, "ram:BasisAmount"),
    ("BR-DEC-20", "The tax amount of a row (BT-117)", SUBTOTAL, "cbc:TaxAmount",
     CII_TAX, "ram:CalculatedAmount"),
    ("BR-DEC-23", "The net amount of a line (BT-131)", LINE, "cbc:LineExtensionAmount",
     CII_LINE, LINE_SUM),
)  # fmt: skip

for one, base, term, base_term, charge, ubl, cii in ALLOWANCES:
    kind = "charge" if charge else "allowance"
    for id, what, named, parts in (
        (one, "amount", term, ("cbc:Amount", "ram:ActualAmount")),
        (base, "base", base_term, ("cbc:BaseAmount", "ram:BasisAmount")),
    ):
        rule(id, says=f"The {what} of the {kind} ({named}) has two decimals at most.",
             **bindings(charge, ubl, cii, ubl_paths=parts[:1],
                        cii_paths=parts[1:]))(_two_decimals)  # fmt: skip
for id, what, ubl, path, cii, cii_path in AMOUNTS:
    rule(id, ubl=at(ubl, path),
         cii=at(cii, cii_path, when=plain_row if cii == CII_TAX else None),
         says=f"{what} has two decimals at most.")(_two_decimals)  # fmt: skip


# The official UBL tests of BR-DEC-13 and 15 compare a currency with a child that an amount never
# has, so they cannot fail; UBL-DT-01 does their work. In CII they can.
@rule("BR-DEC-13", cii=at(CII_TOTALS, "ram:InvoiceCurrencyCode"))
def total_tax_has_two_decimals(totals: Place, document: Document, path: str) -> bool:
    """The total VAT (BT-110) has two decimals at most."""
    currencies = values(document.root, f"{SETTLEMENT}/{path}")
    taxes = totals.findall("ram:TaxTotalAmount")
    return not taxes or any(
        tax.get("currencyID") not in currencies or _even_cents(tax) for tax in taxes
    )


@rule("BR-DEC-15", cii=at(CII_TOTALS, "ram:TaxCurrencyCode"))
def total_tax_in_tax_currency_has_two_decimals(
    totals: Place, document: Document, path: str
) -> bool:
    """The total VAT in the accounting currency (BT-111) has two decimals at most."""
    currencies = values(document.root, f"{SETTLEMENT}/{path}")
    taxes = totals.findall("ram:TaxTotalAmount")
    return (
        not taxes
        or not currencies
        or any(tax.get("currencyID") in currencies and _even_cents(tax) for tax in taxes)
    )


def _even_cents(tax: Place) -> bool:
    stated = decimal(text(tax))
    return stated == cents(stated)
