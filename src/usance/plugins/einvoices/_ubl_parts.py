"""Parts of a UBL invoice that stand in several places, and its lines.

Source: CEN/TS 16931-3-2:2020, syntax binding for UBL 2.1.
"""

from typing import Any

from lxml.etree import _Element

from usance.domain.invoice.document import (
    AllowanceCharge,
    Attribute,
    Classification,
    Period,
)
from usance.domain.party import Address, Contact, Identifier, Payee, TaxRepresentative

from ._fields import (
    Field,
    Reading,
    Table,
    Values,
    amount,
    base64,
    fill,
    flag,
    gather,
    identified,
    identifier,
    inside,
    leaf,
    many,
    number,
    on,
    one,
    put,
    quantity,
    text,
)

INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
ROOTS = (f"{{{INVOICE}}}Invoice", f"{{{CREDIT_NOTE}}}CreditNote")
OBJECT_CODE = "130"  # UNTDID 1001: the invoiced object's number (BT-18, BT-128).
CREDITOR_SCHEME = "SEPA"  # Marks BT-90 among the seller's and the payee's identifiers.


def cbc(**fields: Field) -> Table:
    return {f"{{{CBC}}}{name}": field for name, field in fields.items()}


def cac(**fields: Field) -> Table:
    return {f"{{{CAC}}}{name}": field for name, field in fields.items()}


def _tax_scheme(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, TAX_SCHEME, reading)
    is_vat = values.get("scheme", "").upper() == "VAT"
    put("vat_id" if is_vat else "tax_id", values.get("company"), element, into, reading)


def _party_id(element: _Element, into: Values, reading: Reading) -> None:
    found = identified(element, reading)
    if found is not None:
        into.setdefault("identifiers", []).append(found)


def party(name: str, build: Any) -> Field:
    """A party, and the SEPA creditor id that may stand among its identifiers."""

    def take(element: _Element, into: Values, reading: Reading) -> None:
        values = gather(element, IN_PARTY, reading)
        ids: tuple[Identifier, ...] = values.pop("identifiers", ())
        kept = tuple(each for each in ids if each.scheme != CREDITOR_SCHEME)
        if len(kept) < len(ids):
            found = next(each.value for each in ids if each.scheme == CREDITOR_SCHEME)
            into.setdefault("creditor_id", found)
        if kept:
            values["identifiers"] = kept
        if values:
            put(name, build(values), element, into, reading)

    return take


def payee(values: Values) -> Payee:
    return Payee(
        name=values.get("trading_name", "") or values.get("name", ""),
        identifier=next(iter(values.get("identifiers", ())), None),
        legal_id=values.get("legal_id"),
    )


def representative(values: Values) -> TaxRepresentative:
    return TaxRepresentative(
        name=values.get("trading_name", "") or values.get("name", ""),
        vat_id=values.get("vat_id", ""),
        address=values.get("address"),
    )


def _indicator(element: _Element, into: Values, reading: Reading) -> None:
    put("is_charge", flag(element, reading), element, into, reading)


def allowance(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, ALLOWANCE, reading)
    if "is_charge" not in values:
        values["is_charge"] = False
        reading.fault(
            element, "charge_or_allowance", "It is not said whether this is added or taken off."
        )
    into.setdefault("allowances", []).append(AllowanceCharge(**values))


def _line_document(element: _Element, into: Values, reading: Reading) -> None:
    found = gather(element, DOCUMENT, reading).get("id")
    put("object_id", found, element, into, reading)


def _embedded(element: _Element, into: Values, reading: Reading) -> None:
    put("content", base64(element, reading), element, into, reading)
    put("media_type", element.get("mimeCode", "").strip(), element, into, reading)
    put("file_name", element.get("filename", "").strip(), element, into, reading)


def _classification(element: _Element, into: Values, reading: Reading) -> None:
    into.setdefault("classifications", []).append(
        Classification(
            value=leaf(element, reading),
            scheme=element.get("listID", "").strip(),
            version=element.get("listVersionID", "").strip(),
        )
    )


def _price_allowance(element: _Element, into: Values, reading: Reading) -> None:
    fill(element, PRICE_ALLOWANCE, into, reading)


def _sub_line(element: _Element, into: Values, reading: Reading) -> None:
    reading.warn(element, "sub_line_not_read", "A line below a line is not read.")


ADDRESS = {
    **cbc(
        StreetName=text("street"),
        BuildingNumber=text("building"),  # Not of the core invoice, but of others' UBL.
        AdditionalStreetName=text("extra"),
        CityName=text("city"),
        PostalZone=text("postcode"),
        CountrySubentity=text("region"),
    ),
    **cac(
        AddressLine=inside(cbc(Line=text("third"))),
        Country=inside(cbc(IdentificationCode=text("country"))),
    ),
}


def address(*, building: str = "", street: str = "", **values: str) -> Address:
    return Address(street=f"{street} {building}".strip(), **values)


CONTACT = cbc(Name=text("name"), Telephone=text("phone"), ElectronicMail=text("email"))
TAX_SCHEME = {
    **cbc(CompanyID=text("company")),
    **cac(TaxScheme=inside(cbc(ID=text("scheme")))),
}
LEGAL = cbc(
    RegistrationName=text("name"),
    CompanyID=identifier("legal_id"),
    CompanyLegalForm=text("legal_form"),
)
IN_PARTY = {
    **cbc(EndpointID=identifier("endpoint")),
    **cac(
        PartyIdentification=inside(cbc(ID=_party_id)),
        PartyName=inside(cbc(Name=text("trading_name"))),
        PostalAddress=one("address", ADDRESS, address),
        PartyTaxScheme=_tax_scheme,
        PartyLegalEntity=inside(LEGAL),
        Contact=one("contact", CONTACT, Contact),
    ),
}
TAX_CATEGORY = cbc(ID=text("tax_category"), Percent=number("tax_rate"))
ALLOWANCE = {
    **cbc(
        ChargeIndicator=_indicator,
        AllowanceChargeReasonCode=text("reason_code"),
        AllowanceChargeReason=text("reason"),
        MultiplierFactorNumeric=number("percent"),
        Amount=amount("amount"),
        BaseAmount=amount("base"),
    ),
    **cac(TaxCategory=inside(TAX_CATEGORY)),
}
DOCUMENT = {
    **cbc(
        ID=identifier("id"),
        DocumentTypeCode=text("code"),
        DocumentDescription=text("description"),
    ),
    **cac(
        Attachment=inside(
            {
                **cbc(EmbeddedDocumentBinaryObject=_embedded),
                **cac(ExternalReference=inside(cbc(URI=text("url")))),
            }
        )
    ),
}
ITEM = {
    **cbc(Name=text("name"), Description=text("description")),
    **cac(
        BuyersItemIdentification=inside(cbc(ID=text("buyer_id"))),
        SellersItemIdentification=inside(cbc(ID=text("seller_id"))),
        StandardItemIdentification=inside(cbc(ID=identifier("standard_id"))),
        OriginCountry=inside(cbc(IdentificationCode=text("origin"))),
        CommodityClassification=inside(cbc(ItemClassificationCode=_classification)),
        ClassifiedTaxCategory=inside(TAX_CATEGORY),
        AdditionalItemProperty=many(
            "attributes", cbc(Name=text("name"), Value=text("value")), Attribute, name="", value=""
        ),
    ),
}
PRICE_ALLOWANCE = cbc(Amount=amount("price_discount"), BaseAmount=amount("price_gross"))
PRICE = {
    **cbc(PriceAmount=amount("price"), BaseQuantity=quantity("price_quantity", "price_unit")),
    **cac(AllowanceCharge=_price_allowance),
}
LINE = {
    **cbc(
        ID=text("number"),
        Note=text("note"),
        InvoicedQuantity=quantity("quantity", "unit"),
        CreditedQuantity=quantity("quantity", "unit"),
        LineExtensionAmount=amount("net"),
        AccountingCost=text("accounting"),
    ),
    **cac(
        InvoicePeriod=one("period", cbc(StartDate=on("start"), EndDate=on("end")), Period),
        OrderLineReference=inside(cbc(LineID=text("order_line"))),
        DocumentReference=_line_document,
        AllowanceCharge=allowance,
        Item=inside(ITEM),
        Price=inside(PRICE),
        SubInvoiceLine=_sub_line,
        SubCreditNoteLine=_sub_line,
    ),
}
