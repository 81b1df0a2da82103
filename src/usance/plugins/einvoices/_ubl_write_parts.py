"""Parts that stand in several places of a UBL invoice, and its lines."""

from decimal import Decimal

from usance.domain.invoice import Invoice
from usance.domain.invoice.document import AllowanceCharge, Line, Period
from usance.domain.party import Address

from ._ubl_parts import OBJECT_CODE
from ._write import group, identifier, leaf


def money(name: str, value: Decimal | None, currency: str) -> str:
    return leaf(name, value, currencyID=currency)


def address(name: str, of: Address | None) -> str:
    if of is None:
        return ""
    return group(
        name,
        leaf("cbc:StreetName", of.street),
        leaf("cbc:AdditionalStreetName", of.extra),
        leaf("cbc:CityName", of.city),
        leaf("cbc:PostalZone", of.postcode),
        leaf("cbc:CountrySubentity", of.region),
        group("cac:AddressLine", leaf("cbc:Line", of.third)),
        group("cac:Country", leaf("cbc:IdentificationCode", of.country)),
    )


def vat_scheme(number: str, *, scheme: str = "VAT") -> str:
    """A tax number; any scheme but VAT is BT-32."""
    if not number:
        return ""
    return group(
        "cac:PartyTaxScheme",
        leaf("cbc:CompanyID", number),
        group("cac:TaxScheme", leaf("cbc:ID", scheme)),
    )


def tax_category(
    name: str, category: str, rate: Decimal | None, *, code: str = "", why: str = ""
) -> str:
    if not (category or rate is not None or code or why):
        return ""
    return group(
        name,
        leaf("cbc:ID", category),
        leaf("cbc:Percent", rate),
        leaf("cbc:TaxExemptionReasonCode", code),
        leaf("cbc:TaxExemptionReason", why),
        group("cac:TaxScheme", leaf("cbc:ID", "VAT")),
    )


def period(of: Period, *, tax_point_code: str = "") -> str:
    return group(
        "cac:InvoicePeriod",
        leaf("cbc:StartDate", of.start),
        leaf("cbc:EndDate", of.end),
        leaf("cbc:DescriptionCode", tax_point_code),
    )


def allowance(of: AllowanceCharge, currency: str) -> str:
    return group(
        "cac:AllowanceCharge",
        leaf("cbc:ChargeIndicator", "true" if of.is_charge else "false"),
        leaf("cbc:AllowanceChargeReasonCode", of.reason_code),
        leaf("cbc:AllowanceChargeReason", of.reason),
        leaf("cbc:MultiplierFactorNumeric", of.percent),
        money("cbc:Amount", of.amount, currency),
        money("cbc:BaseAmount", of.base, currency),
        tax_category("cac:TaxCategory", of.tax_category, of.tax_rate),
    )


def line(of: Line, invoice: Invoice) -> str:
    credit, currency = invoice.is_credit_note, invoice.currency
    return group(
        "cac:CreditNoteLine" if credit else "cac:InvoiceLine",
        leaf("cbc:ID", of.number),
        leaf("cbc:Note", of.note),
        leaf("cbc:CreditedQuantity" if credit else "cbc:InvoicedQuantity", of.quantity,
             unitCode=of.unit),
        money("cbc:LineExtensionAmount", of.net, currency),
        leaf("cbc:AccountingCost", of.accounting),
        period(of.period) if of.period else "",
        group("cac:OrderLineReference", leaf("cbc:LineID", of.order_line)),
        group(
            "cac:DocumentReference",
            identifier("cbc:ID", of.object_id),
            leaf("cbc:DocumentTypeCode", OBJECT_CODE if of.object_id else ""),
        ),
        *(allowance(taken, currency) for taken in of.allowances),
        _item(of),
        _price(of, currency),
    )  # fmt: skip


def _item(of: Line) -> str:
    return group(
        "cac:Item",
        leaf("cbc:Description", of.description),
        leaf("cbc:Name", of.name),
        group("cac:BuyersItemIdentification", leaf("cbc:ID", of.buyer_id)),
        group("cac:SellersItemIdentification", leaf("cbc:ID", of.seller_id)),
        group("cac:StandardItemIdentification", identifier("cbc:ID", of.standard_id)),
        group("cac:OriginCountry", leaf("cbc:IdentificationCode", of.origin)),
        *(
            group(
                "cac:CommodityClassification",
                leaf("cbc:ItemClassificationCode", each.value,
                     listID=each.scheme, listVersionID=each.version),
            )
            for each in of.classifications
        ),
        tax_category("cac:ClassifiedTaxCategory", of.tax_category, of.tax_rate),
        *(
            group(
                "cac:AdditionalItemProperty",
                leaf("cbc:Name", each.name),
                leaf("cbc:Value", each.value),
            )
            for each in of.attributes
        ),
    )  # fmt: skip


def _price(of: Line, currency: str) -> str:
    taken = of.price_discount
    if taken is None and of.price_gross is not None:
        taken = of.price_gross - (of.price or of.price_gross)  # The schema wants it beside BT-148.
    discount = group(
        "cac:AllowanceCharge",
        leaf("cbc:ChargeIndicator", "false"),
        money("cbc:Amount", taken, currency),
        money("cbc:BaseAmount", of.price_gross, currency),
    )
    return group(
        "cac:Price",
        money("cbc:PriceAmount", of.price, currency),
        leaf("cbc:BaseQuantity", of.price_quantity, unitCode=of.price_unit),
        discount if taken is not None else "",
    )
