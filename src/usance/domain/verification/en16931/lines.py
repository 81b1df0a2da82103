"""EN 16931: what every line must say, and the items and periods in it."""

from ..document import Document
from ..paths import CII_LINE, CII_LINE_SETTLEMENT, LINE, SETTLEMENT
from ..reading import Place, day, double, each, filled, first, has, text, tidy, values
from ..rulebook import Chapter, at
from .core import is_vat

CHAPTER = Chapter()
rule = CHAPTER.rule
AGREED = "ram:SpecifiedLineTradeAgreement"


@rule("BR-21", ubl=at(LINE, "cbc:ID"),
      cii=at(CII_LINE, "ram:AssociatedDocumentLineDocument/ram:LineID"))  # fmt: skip
def line_is_numbered(line: Place, _: Document, path: str) -> bool:
    """Each line (BG-25) has an identifier (BT-126)."""
    return filled(line, path)


@rule("BR-22", ubl=at(LINE, "cbc:InvoicedQuantity", "cbc:CreditedQuantity"),
      cii=at(CII_LINE, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"))  # fmt: skip
def line_has_a_quantity(line: Place, _: Document, *paths: str) -> bool:
    """Each line (BG-25) has a quantity (BT-129)."""
    return any(has(line, path) for path in paths)


@rule("BR-23", ubl=at(LINE, "cbc:InvoicedQuantity", "cbc:CreditedQuantity"),
      cii=at(CII_LINE, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"))  # fmt: skip
def line_has_a_unit(line: Place, _: Document, *paths: str) -> bool:
    """The quantity of a line names its unit (BT-130)."""
    return any(
        quantity.get("unitCode") is not None for path in paths for quantity in each(line, path)
    )


@rule("BR-24", ubl=at(LINE, "cbc:LineExtensionAmount"),
      cii=at(CII_LINE, f"{CII_LINE_SETTLEMENT}/ram:SpecifiedTradeSettlementLineMonetarySummation"
             "/ram:LineTotalAmount"))  # fmt: skip
def line_has_an_amount(line: Place, _: Document, path: str) -> bool:
    """Each line (BG-25) has a net amount (BT-131)."""
    return has(line, path)


@rule("BR-25", ubl=at(LINE, "cac:Item/cbc:Name"),
      cii=at(CII_LINE, "ram:SpecifiedTradeProduct/ram:Name"))  # fmt: skip
def item_is_named(line: Place, _: Document, path: str) -> bool:
    """Each line says by name what was sold (BT-153)."""
    return filled(line, path)


@rule("BR-26", ubl=at(LINE, "cac:Price/cbc:PriceAmount"),
      cii=at(CII_LINE, f"{AGREED}/ram:NetPriceProductTradePrice/ram:ChargeAmount"))  # fmt: skip
def item_has_a_price(line: Place, _: Document, path: str) -> bool:
    """Each line has a net price (BT-146)."""
    return has(line, path)


def _not_negative(number: Place) -> bool:
    found = double(text(number))
    return found is not None and found >= 0


@rule("BR-27", ubl=at(LINE, "cac:Price/cbc:PriceAmount"),
      cii=at(CII_LINE, f"{AGREED}/ram:NetPriceProductTradePrice/ram:ChargeAmount"))  # fmt: skip
def net_price_is_not_negative(line: Place, _: Document, path: str) -> bool:
    """The net price (BT-146) is not negative."""
    return any(_not_negative(price) for price in each(line, path))


@rule("BR-28", ubl=at(LINE, "cac:Price/cac:AllowanceCharge/cbc:BaseAmount"),
      cii=at(CII_LINE, f"{AGREED}/ram:GrossPriceProductTradePrice/ram:ChargeAmount"))  # fmt: skip
def gross_price_is_not_negative(line: Place, _: Document, path: str) -> bool:
    """The gross price (BT-148) is not negative."""
    prices = each(line, path)
    return not prices or any(_not_negative(price) for price in prices)


@rule("BR-54", ubl=at("cac:AdditionalItemProperty", "cbc:Name", "cbc:Value"),
      cii=at("ram:ApplicableProductCharacteristic", "ram:Description", "ram:Value"))  # fmt: skip
def attribute_has_name_and_value(attribute: Place, _: Document, name: str, value: str) -> bool:
    """An attribute of an item (BG-32) has a name (BT-160) and a value (BT-161)."""
    return has(attribute, name) and has(attribute, value)


@rule(
    "BR-64",
    ubl=at(
        "cac:InvoiceLine/cac:Item/cac:StandardItemIdentification/cbc:ID | "
        "cac:CreditNoteLine/cac:Item/cac:StandardItemIdentification/cbc:ID"
    ),
)
def standard_number_has_a_scheme(number: Place, _: Document) -> bool:
    """A standard number of an item (BT-157) says of which scheme it is."""
    return number.get("schemeID") is not None


@rule("BR-64", cii=at(CII_LINE), says=standard_number_has_a_scheme.__doc__ or "")
def standard_number_has_a_scheme_in_cii(line: Place, _: Document) -> bool:
    numbers = each(line, "ram:SpecifiedTradeProduct/ram:GlobalID")
    return not numbers or any(tidy(number.get("schemeID") or "") for number in numbers)


@rule("BR-65", ubl=at("cac:InvoiceLine/cac:Item/cac:CommodityClassification"
                      "/cbc:ItemClassificationCode | cac:CreditNoteLine/cac:Item"
                      "/cac:CommodityClassification/cbc:ItemClassificationCode"))  # fmt: skip
def classification_has_a_scheme(code: Place, _: Document) -> bool:
    """A classification of an item (BT-158) says of which scheme it is."""
    return code.get("listID") is not None


@rule("BR-65", cii=at("ram:DesignatedProductClassification"),
      says=classification_has_a_scheme.__doc__ or "")  # fmt: skip
def classification_has_a_scheme_in_cii(classification: Place, _: Document) -> bool:
    classes = classification.findall("ram:ClassCode")
    return not classes or any(tidy(code.get("listID") or "") for code in classes)


@rule("BR-CO-04", ubl=at(LINE))
def line_has_a_tax_category(line: Place, _: Document) -> bool:
    """Each line (BG-25) has a VAT category (BT-151)."""
    categories = each(line, "cac:Item/cac:ClassifiedTaxCategory")
    return any(is_vat(category) and has(category, "cbc:ID") for category in categories)


@rule("BR-CO-04", cii=at(CII_LINE), says=line_has_a_tax_category.__doc__ or "")
def line_has_a_tax_category_in_cii(line: Place, _: Document) -> bool:
    return any(
        has(tax, "ram:CategoryCode")
        for tax in each(line, f"{CII_LINE_SETTLEMENT}/ram:ApplicableTradeTax")
        if "VAT" in (words.upper() for words in values(tax, "ram:TypeCode"))
    )


@rule("BR-CO-18", ubl=at("/Invoice | /CreditNote", "cac:TaxTotal/cac:TaxSubtotal"),
      cii=at(CII_LINE, f"{SETTLEMENT}/ram:ApplicableTradeTax"))  # fmt: skip
def there_is_a_tax_breakdown(_: Place, document: Document, path: str) -> bool:
    """An invoice has at least one row of VAT breakdown (BG-23)."""
    return has(document.root, path)


LINE_PERIOD = "cac:InvoiceLine/cac:InvoicePeriod | cac:CreditNoteLine/cac:InvoicePeriod"
CII_LINE_PERIOD = "ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod"
CII_PERIOD = "ram:ApplicableHeaderTradeSettlement/ram:BillingSpecifiedPeriod"


def _not_on_a_line(_: Place, document: Document) -> bool:
    return document.above().tag not in ("cac:InvoiceLine", "cac:CreditNoteLine")


def _ends_after_start(period: Place, document: Document) -> bool:
    if document.syntax == "ubl":
        start, end = first(period, "cbc:StartDate"), first(period, "cbc:EndDate")
        return start is None or end is None or day(text(end)) >= day(text(start))
    start, end = first(period, "ram:StartDateTime"), first(period, "ram:EndDateTime")
    if start is None or end is None:
        return True
    starts, ends = (
        [text(day) for day in moment.findall("udt:DateTimeString") if day.get("format") == "102"]
        for moment in (start, end)
    )
    return any(end_day >= day for day in starts for end_day in ends)


@rule("BR-29", ubl=at("cac:InvoicePeriod", when=_not_on_a_line), cii=at(CII_PERIOD))
def period_ends_after_its_start(period: Place, document: Document) -> bool:
    """The period of the invoice (BG-14) does not end (BT-74) before it starts (BT-73)."""
    return _ends_after_start(period, document)


@rule("BR-30", ubl=at(LINE_PERIOD), cii=at(CII_LINE_PERIOD))
def line_period_ends_after_its_start(period: Place, document: Document) -> bool:
    """The period of a line (BG-26) does not end (BT-135) before it starts (BT-134)."""
    return _ends_after_start(period, document)


@rule("BR-CO-19",
      ubl=at("cac:InvoicePeriod", "cbc:StartDate", "cbc:EndDate", "cbc:DescriptionCode",
             when=_not_on_a_line),
      cii=at(CII_PERIOD, "ram:StartDateTime", "ram:EndDateTime"))  # fmt: skip
def period_has_a_day(period: Place, _: Document, *paths: str) -> bool:
    """A period of the invoice (BG-14) has a start (BT-73) or an end (BT-74)."""
    return any(has(period, path) for path in paths)


@rule("BR-CO-20", ubl=at(LINE_PERIOD, "cbc:StartDate", "cbc:EndDate"),
      cii=at(CII_LINE_PERIOD, "ram:StartDateTime", "ram:EndDateTime"))  # fmt: skip
def line_period_has_a_day(period: Place, _: Document, *paths: str) -> bool:
    """A period of a line (BG-26) has a start (BT-134) or an end (BT-135)."""
    return any(has(period, path) for path in paths)
