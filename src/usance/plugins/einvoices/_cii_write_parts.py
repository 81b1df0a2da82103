"""Parts that stand in several places of a CII invoice, and its lines."""

from datetime import date

from usance.domain.invoice.document import AllowanceCharge, Line, Period
from usance.domain.party import Address, Contact, Identifier, Party, TaxRepresentative

from ._cii_parts import OBJECT_CODE
from ._write import group, identifier, leaf


def day(name: str, on: date | None, *, kind: str = "udt") -> str:
    """Format 102 of UNTDID 2379: CCYYMMDD."""
    if on is None:
        return ""
    text = on.isoformat().replace("-", "")
    return group(name, leaf(f"{kind}:DateTimeString", text, format="102"))


def period(of: Period | None) -> str:
    if of is None:
        return ""
    return group(
        "ram:BillingSpecifiedPeriod",
        day("ram:StartDateTime", of.start),
        day("ram:EndDateTime", of.end),
    )


def _ids(found: tuple[Identifier, ...]) -> str:
    """Identifiers without a scheme first, then the global ones: the schema's order."""
    plain = "".join(leaf("ram:ID", each.value) for each in found if not each.scheme)
    return plain + "".join(identifier("ram:GlobalID", each) for each in found if each.scheme)


def party(name: str, of: Party) -> str:
    inner = (
        _ids(of.identifiers)
        + leaf("ram:Name", of.name)
        + leaf("ram:Description", of.legal_form)
        + group(
            "ram:SpecifiedLegalOrganization",
            identifier("ram:ID", of.legal_id),
            leaf("ram:TradingBusinessName", of.trading_name),
        )
        + (_contact(of.contact) if of.contact else "")
        + _address(of.address)
        + group("ram:URIUniversalCommunication", identifier("ram:URIID", of.endpoint))
        + _registration(of.tax_id, "FC")
        + _registration(of.vat_id, "VA")
    )
    return f"<{name}>\n{inner}</{name}>\n"  # The schema wants both parties, empty or not.


def payee(
    name: str,
    called: str,
    found: Identifier | None,
    *,
    legal_id: Identifier | None = None,
    address: Address | None = None,
) -> str:
    """The payee, or whom the goods went to."""
    return group(
        name,
        _ids((found,) if found else ()),
        leaf("ram:Name", called),
        group("ram:SpecifiedLegalOrganization", identifier("ram:ID", legal_id)),
        _address(address),
    )


def representative(of: TaxRepresentative | None) -> str:
    if of is None:
        return ""
    return group(
        "ram:SellerTaxRepresentativeTradeParty",
        leaf("ram:Name", of.name),
        _address(of.address),
        _registration(of.vat_id, "VA"),
    )


def _registration(number: str, scheme: str) -> str:
    return group("ram:SpecifiedTaxRegistration", leaf("ram:ID", number, schemeID=scheme))


def _contact(of: Contact) -> str:
    return group(
        "ram:DefinedTradeContact",
        leaf("ram:PersonName", of.name),
        group("ram:TelephoneUniversalCommunication", leaf("ram:CompleteNumber", of.phone)),
        group("ram:EmailURIUniversalCommunication", leaf("ram:URIID", of.email)),
    )


def _address(of: Address | None) -> str:
    if of is None:
        return ""
    return group(
        "ram:PostalTradeAddress",
        leaf("ram:PostcodeCode", of.postcode),
        leaf("ram:LineOne", of.street),
        leaf("ram:LineTwo", of.extra),
        leaf("ram:LineThree", of.third),
        leaf("ram:CityName", of.city),
        leaf("ram:CountryID", of.country),
        leaf("ram:CountrySubDivisionName", of.region),
    )


def _indicator(is_charge: bool) -> str:
    text = "true" if is_charge else "false"
    return group("ram:ChargeIndicator", leaf("udt:Indicator", text))


def allowance(of: AllowanceCharge, *, with_tax: bool) -> str:
    tax = group(
        "ram:CategoryTradeTax",
        leaf("ram:TypeCode", "VAT"),
        leaf("ram:CategoryCode", of.tax_category),
        leaf("ram:RateApplicablePercent", of.tax_rate),
    )
    return group(
        "ram:SpecifiedTradeAllowanceCharge",
        _indicator(of.is_charge),
        leaf("ram:CalculationPercent", of.percent),
        leaf("ram:BasisAmount", of.base),
        leaf("ram:ActualAmount", of.amount),
        leaf("ram:ReasonCode", of.reason_code),
        leaf("ram:Reason", of.reason),
        tax if with_tax else "",
    )


def line(of: Line) -> str:
    return group(
        "ram:IncludedSupplyChainTradeLineItem",
        group(
            "ram:AssociatedDocumentLineDocument",
            leaf("ram:LineID", of.number),
            group("ram:IncludedNote", leaf("ram:Content", of.note)),
        ),
        _product(of),
        _line_agreement(of),
        group(
            "ram:SpecifiedLineTradeDelivery",
            leaf("ram:BilledQuantity", of.quantity, unitCode=of.unit),
        ),
        _line_settlement(of),
    )


def _product(of: Line) -> str:
    return group(
        "ram:SpecifiedTradeProduct",
        identifier("ram:GlobalID", of.standard_id),
        leaf("ram:SellerAssignedID", of.seller_id),
        leaf("ram:BuyerAssignedID", of.buyer_id),
        leaf("ram:Name", of.name),
        leaf("ram:Description", of.description),
        *(
            group(
                "ram:ApplicableProductCharacteristic",
                leaf("ram:Description", each.name),
                leaf("ram:Value", each.value),
            )
            for each in of.attributes
        ),
        *(
            group(
                "ram:DesignatedProductClassification",
                leaf("ram:ClassCode", each.value, listID=each.scheme, listVersionID=each.version),
            )
            for each in of.classifications
        ),
        group("ram:OriginTradeCountry", leaf("ram:ID", of.origin)),
    )


def _line_agreement(of: Line) -> str:
    discount = ""
    if of.price_discount is not None:
        discount = group(
            "ram:AppliedTradeAllowanceCharge",
            _indicator(False),
            leaf("ram:ActualAmount", of.price_discount),
        )
    gross = leaf("ram:ChargeAmount", of.price_gross)
    basis = leaf("ram:BasisQuantity", of.price_quantity, unitCode=of.price_unit)
    return group(
        "ram:SpecifiedLineTradeAgreement",
        group("ram:BuyerOrderReferencedDocument", leaf("ram:LineID", of.order_line)),
        group("ram:GrossPriceProductTradePrice", gross, discount),
        group("ram:NetPriceProductTradePrice", leaf("ram:ChargeAmount", of.price), basis),
    )


def _line_settlement(of: Line) -> str:
    tax = group(
        "ram:ApplicableTradeTax",
        leaf("ram:TypeCode", "VAT" if of.tax_category or of.tax_rate is not None else ""),
        leaf("ram:CategoryCode", of.tax_category),
        leaf("ram:RateApplicablePercent", of.tax_rate),
    )
    document = ""
    if of.object_id:
        document = group(
            "ram:AdditionalReferencedDocument",
            leaf("ram:IssuerAssignedID", of.object_id.value),
            leaf("ram:TypeCode", OBJECT_CODE),
            leaf("ram:ReferenceTypeCode", of.object_id.scheme),
        )
    return group(
        "ram:SpecifiedLineTradeSettlement",
        tax,
        period(of.period),
        *(allowance(taken, with_tax=False) for taken in of.allowances),
        group(
            "ram:SpecifiedTradeSettlementLineMonetarySummation",
            leaf("ram:LineTotalAmount", of.net),
        ),
        document,
        group("ram:ReceivableSpecifiedTradeAccountingAccount", leaf("ram:ID", of.accounting)),
    )
