"""Parts of a CII invoice that stand in several places: parties, dates, allowances, and its lines.

Source: CEN/TS 16931-3-3:2020, syntax binding for UN/CEFACT CII D16B.
"""

from lxml.etree import QName, _Element

from usance.domain.invoice.document import (
    AllowanceCharge,
    Attribute,
    Classification,
    Line,
    Period,
)
from usance.domain.party import Address, Contact, Identifier, Party, Payee, TaxRepresentative

from ._fields import (
    Build,
    Field,
    Reading,
    Table,
    Values,
    amount,
    calendar,
    flag,
    gather,
    identified,
    inside,
    leaf,
    many,
    number,
    one,
    put,
    quantity,
    text,
)

RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
QDT = "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"
ROOT_TAG = f"{{{RSM}}}CrossIndustryInvoice"
OBJECT_CODE = "130"  # UNTDID 1001: the invoiced object's number (BT-18, BT-128).
TENDER_CODE = "50"  # BT-17
SUPPORTING_CODE = "916"  # BG-24
NOT_COUNTED = frozenset({"GROUP", "INFORMATION"})  # BT-X-8 of Factur-X EXTENDED.


def ram(**fields: Field) -> Table:
    return {f"{{{RAM}}}{name}": field for name, field in fields.items()}


def dated(name: str) -> Field:
    """A date in a DateTimeString, DateString or DateTime element, whatever its namespace."""

    def take(element: _Element, into: Values, reading: Reading) -> None:
        for child in element:
            said, form = leaf(child, reading), child.get("format", "")
            if not said:
                reading.warn(child, "empty", "There is no date in this element.")
            elif form in ("", "102", "203", "204"):  # UNTDID 2379: CCYYMMDD, then hours.
                short = said.replace("-", "") if form == "" else said
                iso = f"{short[:4]}-{short[4:6]}-{short[6:8]}" if short[:8].isdigit() else said
                put(name, calendar(iso, child, reading), child, into, reading)
            else:
                reading.fault(
                    child, "date_unreadable", f"{said[:40]!r} in the date format {form[:10]!r}."
                )

    return take


def indicator(element: _Element, into: Values, reading: Reading) -> None:
    for child in element:
        put("is_charge", flag(child, reading), child, into, reading)


def allowance(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, ALLOWANCE, reading)
    if "is_charge" not in values:
        values["is_charge"] = False
        reading.fault(
            element, "charge_or_allowance", "It is not said whether this is added or taken off."
        )
    into.setdefault("allowances", []).append(AllowanceCharge(**values))


def _global_id(element: _Element, into: Values, reading: Reading) -> None:
    found = identified(element, reading)
    if found is not None:
        into.setdefault("identifiers", []).append(found)


def _tax_registration(element: _Element, into: Values, reading: Reading) -> None:
    found = identified(element, reading)
    if found is not None:
        name = "vat_id" if found.scheme.upper() in ("VA", "VAT") else "tax_id"
        put(name, found.value, element, into, reading)


def _identifier(name: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        put(name, identified(element, reading), element, into, reading)

    return take


def _contact(element: _Element, into: Values, reading: Reading) -> None:
    """BT-41 is a person or, where there is none, a department."""
    values = gather(element, CONTACT, reading)
    department = values.pop("department", "")
    if department:
        values.setdefault("name", department)
    if values:
        put("contact", Contact(**values), element, into, reading)


def party(name: str, build: Build) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        values = gather(element, IN_PARTY, reading)
        if values:
            put(name, build(values), element, into, reading)

    return take


def trader(values: Values) -> Party:
    return Party(**values)


def payee(values: Values) -> Payee:
    return Payee(
        name=values.get("name", ""),
        identifier=next(iter(values.get("identifiers", ())), None),
        legal_id=values.get("legal_id"),
    )


def representative(values: Values) -> TaxRepresentative:
    return TaxRepresentative(
        name=values.get("name", ""),
        vat_id=values.get("vat_id", ""),
        address=values.get("address"),
    )


def line(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, LINE, reading)
    if values.pop("status", "") in NOT_COUNTED:
        reading.warn(
            element, "line_not_counted", "A line that only groups or informs; it is left out."
        )
        return
    values.setdefault("price_quantity", values.pop("gross_quantity", None))
    values.setdefault("price_unit", values.pop("gross_unit", ""))
    values.pop("gross_quantity", None), values.pop("gross_unit", None)
    into.setdefault("lines", []).append(Line(**values))


def _line_document(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, LINE_DOCUMENT, reading)
    if values.get("code", OBJECT_CODE) == OBJECT_CODE and values.get("id"):
        found = Identifier(value=values["id"], scheme=values.get("scheme", ""))
        put("object_id", found, element, into, reading)


def _classification(element: _Element, into: Values, reading: Reading) -> None:
    for child in element:
        if QName(child).localname == "ClassCode":
            into.setdefault("classifications", []).append(
                Classification(
                    value=leaf(child, reading),
                    scheme=child.get("listID", "").strip(),
                    version=child.get("listVersionID", "").strip(),
                )
            )


def _gross_price(element: _Element, into: Values, reading: Reading) -> None:
    """Only a deduction is BT-147; a charge on the price is beyond EN 16931."""
    values = gather(element, GROSS_PRICE, reading)
    for name in ("price_gross", "gross_quantity", "gross_unit"):
        put(name, values.get(name), element, into, reading)
    for taken in values.get("allowances", ()):
        if taken.is_charge:
            reading.warn(element, "price_charge_not_read", "A charge on a price is not read.")
        else:
            put("price_discount", taken.amount, element, into, reading)


def _price_allowance(element: _Element, into: Values, reading: Reading) -> None:
    """The indicator may be missing here: only a deduction is meant."""
    values = {"is_charge": False, **gather(element, ALLOWANCE, reading)}
    into.setdefault("allowances", []).append(AllowanceCharge(**values))


ADDRESS = ram(
    LineOne=text("street"),
    LineTwo=text("extra"),
    LineThree=text("third"),
    CityName=text("city"),
    PostcodeCode=text("postcode"),
    CountrySubDivisionName=text("region"),
    CountryID=text("country"),
)
CONTACT = ram(
    PersonName=text("name"),
    DepartmentName=text("department"),
    TelephoneUniversalCommunication=inside(ram(CompleteNumber=text("phone"))),
    EmailURIUniversalCommunication=inside(ram(URIID=text("email"))),
)
IN_PARTY = ram(
    ID=_global_id,
    GlobalID=_global_id,
    Name=text("name"),
    Description=text("legal_form"),
    SpecifiedLegalOrganization=inside(
        ram(ID=_identifier("legal_id"), TradingBusinessName=text("trading_name"))
    ),
    DefinedTradeContact=_contact,
    PostalTradeAddress=one("address", ADDRESS, Address),
    URIUniversalCommunication=inside(ram(URIID=_identifier("endpoint"))),
    SpecifiedTaxRegistration=inside(ram(ID=_tax_registration)),
)
PERIOD = ram(StartDateTime=dated("start"), EndDateTime=dated("end"))
TAX_CATEGORY = ram(CategoryCode=text("tax_category"), RateApplicablePercent=number("tax_rate"))
ALLOWANCE = ram(
    ChargeIndicator=indicator,
    CalculationPercent=number("percent"),
    BasisAmount=amount("base"),
    ActualAmount=amount("amount"),
    ReasonCode=text("reason_code"),
    Reason=text("reason"),
    CategoryTradeTax=inside(TAX_CATEGORY),
)
LINE_DOCUMENT = ram(
    IssuerAssignedID=text("id"), TypeCode=text("code"), ReferenceTypeCode=text("scheme")
)
PRODUCT = ram(
    GlobalID=_identifier("standard_id"),
    SellerAssignedID=text("seller_id"),
    BuyerAssignedID=text("buyer_id"),
    Name=text("name"),
    Description=text("description"),
    ApplicableProductCharacteristic=many(
        "attributes",
        ram(Description=text("name"), Value=text("value"), ValueMeasure=text("value")),
        Attribute,
        name="",
        value="",
    ),
    DesignatedProductClassification=_classification,
    OriginTradeCountry=inside(ram(ID=text("origin"))),
)
GROSS_PRICE = ram(
    ChargeAmount=amount("price_gross"),
    BasisQuantity=quantity("gross_quantity", "gross_unit"),
    AppliedTradeAllowanceCharge=_price_allowance,
)
LINE_AGREEMENT = ram(
    BuyerOrderReferencedDocument=inside(ram(LineID=text("order_line"))),
    GrossPriceProductTradePrice=_gross_price,
    NetPriceProductTradePrice=inside(
        ram(
            ChargeAmount=amount("price"),
            BasisQuantity=quantity("price_quantity", "price_unit"),
        )
    ),
)
LINE_SETTLEMENT = ram(
    ApplicableTradeTax=inside(TAX_CATEGORY),
    BillingSpecifiedPeriod=one("period", PERIOD, Period),
    SpecifiedTradeAllowanceCharge=allowance,
    SpecifiedTradeSettlementLineMonetarySummation=inside(ram(LineTotalAmount=amount("net"))),
    AdditionalReferencedDocument=_line_document,
    ReceivableSpecifiedTradeAccountingAccount=inside(ram(ID=text("accounting"))),
)
LINE = ram(
    AssociatedDocumentLineDocument=inside(
        ram(
            LineID=text("number"),
            LineStatusReasonCode=text("status"),
            IncludedNote=inside(ram(Content=text("note"))),
        )
    ),
    SpecifiedTradeProduct=inside(PRODUCT),
    SpecifiedLineTradeAgreement=inside(LINE_AGREEMENT),
    SpecifiedLineTradeDelivery=inside(ram(BilledQuantity=quantity("quantity", "unit"))),
    SpecifiedLineTradeSettlement=inside(LINE_SETTLEMENT),
)
