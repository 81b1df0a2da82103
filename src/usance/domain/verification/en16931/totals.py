"""EN 16931: the sums. What is added up must come out, and amounts have two decimals at most."""

from decimal import Decimal
from fractions import Fraction
from math import floor

from ..binary import binary
from ..document import Document
from ..paths import CII, CII_TAX, CII_TOTALS, INVOICE, SETTLEMENT, SUBTOTAL, TOTALS
from ..reading import Place, amount, cents, decimal, each, has, text, total, values, whole
from ..rulebook import Chapter, at
from .allowances import cii_indicated, indicated
from .core import is_vat

CHAPTER = Chapter()
rule = CHAPTER.rule
ZERO = Decimal(0)


def plain_row(row: Place, _: Document) -> bool:
    """Whether the artefacts look at this row of a CII breakdown at all: of O, L and M they only
    ask what their own family says."""
    code = values(row, "ram:CategoryCode")
    return not ({"O", "L", "M"} & set(code) and _is_vat_in_cii(row))


def _is_vat_in_cii(tax: Place) -> bool:
    return "VAT" in (words.upper() for words in values(tax, "ram:TypeCode"))


@rule("BR-12", ubl=at(TOTALS, "cbc:LineExtensionAmount"),
      cii=at(CII_TOTALS, "ram:LineTotalAmount"))  # fmt: skip
def sum_of_lines_is_given(totals: Place, _: Document, path: str) -> bool:
    """The totals (BG-22) give the sum of the lines (BT-106)."""
    return has(totals, path)


@rule("BR-13", ubl=at(TOTALS, "cbc:TaxExclusiveAmount"),
      cii=at(CII_TOTALS, "ram:TaxBasisTotalAmount"))  # fmt: skip
def net_is_given(totals: Place, _: Document, path: str) -> bool:
    """The totals (BG-22) give the amount without VAT (BT-109)."""
    return has(totals, path)


@rule("BR-14", ubl=at(TOTALS, "cbc:TaxInclusiveAmount"),
      cii=at(CII_TOTALS, "ram:GrandTotalAmount"))  # fmt: skip
def gross_is_given(totals: Place, _: Document, path: str) -> bool:
    """The totals (BG-22) give the amount with VAT (BT-112)."""
    return has(totals, path)


@rule("BR-15", ubl=at(TOTALS, "cbc:PayableAmount"), cii=at(CII_TOTALS, "ram:DuePayableAmount"))
def payable_is_given(totals: Place, _: Document, path: str) -> bool:
    """The totals (BG-22) give the amount due for payment (BT-115)."""
    return has(totals, path)


def _binary_cents(amounts: list[Decimal], *, rounded_as_decimal: bool = False) -> Decimal:
    """A sum in CII, rounded to cents as the artefacts do it (BR-CO-10, -11, -12, -14).

    They add up the words as binary numbers, so that at exactly half a cent a hair decides.
    """
    exact = sum(amounts, ZERO)
    if abs(exact * 200 % 2) != 1:
        return cents(exact)
    found = Fraction(0)
    for number in amounts:
        found = binary(found + binary(Fraction(number)))
    hundred = found * 100 if rounded_as_decimal else binary(binary(found * 10) * 10)
    return Decimal(floor(hundred + Fraction(1, 2))) / 100


def _lines(document: Document) -> Decimal:
    if document.syntax == "ubl":
        path = "cbc:LineExtensionAmount"
        lines = [*document.all("cac:InvoiceLine"), *document.all("cac:CreditNoteLine")]
    else:
        path = (
            "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation"
            "/ram:LineTotalAmount"
        )
        lines = document.all("ram:IncludedSupplyChainTradeLineItem")
        amounts = [decimal(words) for line in lines for words in values(line, path)]
        return _binary_cents(amounts, rounded_as_decimal=True)
    return cents(sum([total(each(line, path)) for line in lines], ZERO))


@rule("BR-CO-10", ubl=at(TOTALS, "cbc:LineExtensionAmount"),
      cii=at(CII_TOTALS, "ram:LineTotalAmount"))  # fmt: skip
def lines_add_up(totals: Place, document: Document, path: str) -> bool:
    """The sum of the lines (BT-106) is what their net amounts (BT-131) add up to."""
    return amount(totals, path) == _lines(document)


def _allowances(document: Document, charge: bool) -> list[Place]:
    if document.syntax == "ubl":
        groups, mark = document.root.findall("cac:AllowanceCharge"), indicated
    else:
        groups = each(document.root, f"{SETTLEMENT}/ram:SpecifiedTradeAllowanceCharge")
        mark = cii_indicated
    return [group for group in groups if mark(group) is charge]


def _adds_up(stated: Decimal | None, groups: list[Place], path: str) -> bool:
    if stated is None:
        return not groups
    amounts = [amount(group, path) or ZERO for group in groups]
    in_cii = path.startswith("ram:")
    return stated == (_binary_cents(amounts) if in_cii else cents(sum(amounts, ZERO)))


@rule("BR-CO-11", ubl=at(TOTALS, "cbc:AllowanceTotalAmount", "cbc:Amount"),
      cii=at(CII_TOTALS, "ram:AllowanceTotalAmount", "ram:ActualAmount"))  # fmt: skip
def allowances_add_up(totals: Place, document: Document, path: str, part: str) -> bool:
    """The sum of the allowances (BT-107) is what they (BT-92) add up to."""
    return _adds_up(amount(totals, path), _allowances(document, False), part)


@rule("BR-CO-12", ubl=at(TOTALS, "cbc:ChargeTotalAmount", "cbc:Amount"),
      cii=at(CII_TOTALS, "ram:ChargeTotalAmount", "ram:ActualAmount"))  # fmt: skip
def charges_add_up(totals: Place, document: Document, path: str, part: str) -> bool:
    """The sum of the charges (BT-108) is what they (BT-99) add up to."""
    return _adds_up(amount(totals, path), _allowances(document, True), part)


@rule("BR-CO-13",
      ubl=at(TOTALS, "cbc:TaxExclusiveAmount", "cbc:LineExtensionAmount",
             "cbc:AllowanceTotalAmount", "cbc:ChargeTotalAmount"),
      cii=at(CII_TOTALS, "ram:TaxBasisTotalAmount", "ram:LineTotalAmount",
             "ram:AllowanceTotalAmount", "ram:ChargeTotalAmount"))  # fmt: skip
def net_adds_up(totals: Place, document: Document, *paths: str) -> bool:
    """The amount without VAT (BT-109) is lines (BT-106) less allowances (BT-107) plus charges
    (BT-108)."""
    net, lines, allowances, charges = (amount(totals, path) for path in paths)
    if net is None or lines is None:
        return False
    if allowances is None and charges is None and document.syntax == "ubl":
        return net == lines
    return net == cents(lines - (allowances or ZERO) + (charges or ZERO))


@rule("BR-CO-14", ubl=at("/Invoice/cac:TaxTotal | /CreditNote/cac:TaxTotal"))
def taxes_add_up(taxes: Place, _: Document) -> bool:
    """The total VAT (BT-110) is what the breakdown (BT-117) adds up to."""
    rows = taxes.findall("cac:TaxSubtotal")
    if not rows:
        return True
    return amount(taxes, "cbc:TaxAmount") == cents(
        total(each(taxes, "cac:TaxSubtotal/cbc:TaxAmount"))
    )


def _in_invoice_currency(tax: Place, document: Document) -> bool:
    currencies = values(document.root, f"{SETTLEMENT}/ram:InvoiceCurrencyCode")
    return tax.get("currencyID") in currencies


@rule("BR-CO-14", cii=at(f"{CII_TOTALS}/ram:TaxTotalAmount", when=_in_invoice_currency),
      says=taxes_add_up.__doc__ or "")  # fmt: skip
def taxes_add_up_in_cii(tax: Place, document: Document) -> bool:
    rows = each(document.root, f"{SETTLEMENT}/ram:ApplicableTradeTax/ram:CalculatedAmount")
    return decimal(text(tax)) == _binary_cents([decimal(text(row)) for row in rows])


@rule("BR-CO-15", ubl=at(INVOICE))
def gross_adds_up(invoice: Place, _: Document) -> bool:
    """The amount with VAT (BT-112) is the amount without (BT-109) plus the total VAT (BT-110)."""
    gross = amount(invoice, f"{TOTALS}/cbc:TaxInclusiveAmount")
    net = amount(invoice, f"{TOTALS}/cbc:TaxExclusiveAmount")
    for currency in values(invoice, "cbc:DocumentCurrencyCode"):
        taxes = [
            decimal(text(tax))
            for tax in each(invoice, "cac:TaxTotal/cbc:TaxAmount")
            if tax.get("currencyID") == currency
        ]
        if len(taxes) != 1 or gross is None or net is None or gross != cents(net + taxes[0]):
            return False
    return True


@rule("BR-CO-15", cii=at(CII), says=gross_adds_up.__doc__ or "")
def gross_adds_up_in_cii(invoice: Place, _: Document) -> bool:
    totals = f"{SETTLEMENT}/{CII_TOTALS}"
    gross = amount(invoice, f"{totals}/ram:GrandTotalAmount")
    net = amount(invoice, f"{totals}/ram:TaxBasisTotalAmount")
    for currency in values(invoice, f"{SETTLEMENT}/ram:InvoiceCurrencyCode"):
        if gross is None or net is None:
            return False
        taxes = [
            decimal(text(tax))
            for tax in each(invoice, f"{totals}/ram:TaxTotalAmount")
            if tax.get("currencyID") == currency
        ]
        if gross != net and not (len(taxes) == 1 and gross == cents(net + taxes[0])):
            return False
    return True


@rule("BR-CO-16",
      ubl=at(TOTALS, "cbc:PayableAmount", "cbc:TaxInclusiveAmount", "cbc:PrepaidAmount",
             "cbc:PayableRoundingAmount"),
      cii=at(CII_TOTALS, "ram:DuePayableAmount", "ram:GrandTotalAmount", "ram:TotalPrepaidAmount",
             "ram:RoundingAmount"))  # fmt: skip
def payable_adds_up(totals: Place, document: Document, *paths: str) -> bool:
    """The amount due (BT-115) is the amount with VAT (BT-112) less what was paid (BT-113) plus
    rounding (BT-114)."""
    payable, gross, prepaid, rounding = (amount(totals, path) for path in paths)
    if payable is None or gross is None:
        return False
    if document.syntax == "cii":
        return payable == gross - (prepaid or ZERO) + (rounding or ZERO)
    due = gross if prepaid is None else cents(gross - prepaid)
    return due == (payable if rounding is None else cents(payable - rounding))


@rule("BR-CO-17", ubl=at(SUBTOTAL), cii=at(CII_TAX, when=plain_row))
def tax_of_a_row_is_right(row: Place, document: Document) -> bool:
    """The VAT of a row (BT-117) is its taxable amount (BT-116) times its rate (BT-119), give or
    take one unit."""
    if document.syntax == "ubl":
        taxes = [tax for tax in row.findall("cac:TaxCategory") if is_vat(tax)]
        rates = [decimal(text(rate)) for tax in taxes for rate in tax.findall("cbc:Percent")]
        tax, taxable = amount(row, "cbc:TaxAmount"), amount(row, "cbc:TaxableAmount")
    else:
        vat = "VAT" in (words.upper().strip() for words in values(row, "ram:TypeCode"))
        rates = [decimal(text(rate)) for rate in row.findall("ram:RateApplicablePercent") if vat]
        tax, taxable = amount(row, "ram:CalculatedAmount"), amount(row, "ram:BasisAmount")
    if tax is None:
        return False
    if not rates or whole(rates[0]) == 0:
        return whole(tax) == 0
    if taxable is None:
        return False
    off = abs(abs(tax) - cents(abs(taxable) * (rates[0] / 100)))
    return off <= 1 if document.syntax == "cii" else off < 1


@rule(
    "BR-45",
    ubl=at(SUBTOTAL, "cbc:TaxableAmount"),
    cii=at(CII_TAX, "ram:BasisAmount", when=plain_row),
)
def row_has_a_taxable_amount(row: Place, _: Document, path: str) -> bool:
    """A row of the VAT breakdown (BG-23) has a taxable amount (BT-116)."""
    return has(row, path)


@rule(
    "BR-46",
    ubl=at(SUBTOTAL, "cbc:TaxAmount"),
    cii=at(CII_TAX, "ram:CalculatedAmount", when=plain_row),
)
def row_has_a_tax_amount(row: Place, _: Document, path: str) -> bool:
    """A row of the VAT breakdown (BG-23) has a tax amount (BT-117)."""
    return has(row, path)


@rule("BR-47", ubl=at(SUBTOTAL), cii=at(CII_TAX, when=plain_row))
def row_has_a_category(row: Place, document: Document) -> bool:
    """A row of the VAT breakdown (BG-23) has a VAT category (BT-118)."""
    if document.syntax == "ubl":
        return any(has(tax, "cbc:ID") for tax in row.findall("cac:TaxCategory") if is_vat(tax))
    return _is_vat_in_cii(row) and has(row, "ram:CategoryCode")


@rule("BR-48", ubl=at(SUBTOTAL), cii=at(CII_TAX, when=plain_row))
def row_has_a_rate(row: Place, document: Document) -> bool:
    """A row of the VAT breakdown (BG-23) has a rate (BT-119), unless it is outside the scope of
    VAT."""
    if document.syntax == "ubl":
        taxes = [tax for tax in row.findall("cac:TaxCategory") if is_vat(tax)]
        return any(has(tax, "cbc:Percent") for tax in taxes) or any(
            words.strip() == "O" for tax in taxes for words in values(tax, "cbc:ID")
        )
    return _is_vat_in_cii(row) and (
        has(row, "ram:RateApplicablePercent") or "O" in values(row, "ram:CategoryCode")
    )


@rule("BR-CO-03", cii=at(CII_TAX, when=plain_row))
def one_way_to_say_the_tax_point(_: Place, document: Document) -> bool:
    """The date on which VAT falls due is given by date (BT-7) or by code (BT-8), not by both."""
    return not (document.all("ram:TaxPointDate") and document.all("ram:DueDateTypeCode"))
