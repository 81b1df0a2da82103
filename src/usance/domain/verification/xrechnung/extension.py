"""XRechnung 3: the rules of its extension (BR-DEX) and of clean vehicles (CVD)."""

from decimal import Decimal

from ...finding import Severity
from ..codes import codes
from ..document import Document
from ..en16931.coded import no_item_or_place, no_tax_number
from ..paths import AGREEMENT, CII, T
from ..reading import (
    Place,
    amount,
    any_filled,
    cents,
    each,
    first,
    has,
    text,
    tidied,
    tidy,
    total,
    two_decimals,
    value,
    values,
)
from ..rulebook import Chapter, at
from .core import CVD, EXTENSION, GUIDELINE

CHAPTER = Chapter()
rule = CHAPTER.rule
ZERO = Decimal(0)
REGISTERS = frozenset(["XR01", "XR02", "XR03"])  # Of digital health applications.
# Two codes of KoSIT's copy of the EAS list that the one of EN 16931 lacks.
ADDRESSES = frozenset(["0219", "0220"])
VEHICLES = frozenset(["M1", "M2", "M3", "N1", "N2", "N3"])
DRIVES = frozenset(["clean", "zero-emission", "other"])


def specification(document: Document) -> str:
    path = (
        "cbc:CustomizationID"
        if document.syntax == "ubl"
        else f"rsm:ExchangedDocumentContext/{GUIDELINE}"
    )
    return value(document.root, path)


def extended(_: Place, document: Document) -> bool:
    return document.fact(specification) == EXTENSION


def about_vehicles(_: Place, document: Document) -> bool:
    return document.fact(specification) == CVD


def extended_scheme(place: Place, document: Document) -> bool:
    return place.get("schemeID") is not None and extended(place, document)


def _extended_party(place: Place, document: Document) -> bool:
    return extended(place, document) and no_item_or_place(place, document)


def _extended_company(place: Place, document: Document) -> bool:
    return extended(place, document) and no_tax_number(place, document)


@rule("BR-DEX-01", ubl=at("cbc:EmbeddedDocumentBinaryObject", when=extended),
      cii=at("ram:AttachmentBinaryObject", when=extended))  # fmt: skip
def attachment_may_be_xml(content: Place, _: Document) -> bool:
    """An attachment (BT-125) is a PDF, PNG, JPEG, CSV, XLSX, ODS or XML."""
    kind = content.get("mimeCode")
    return kind == "application/xml" or kind in codes("peppol_mime")


def _sub_lines_add_up(line: Place) -> bool:
    subs = each(line, "cac:SubInvoiceLine/cbc:LineExtensionAmount")
    return amount(line, "cbc:LineExtensionAmount") == total(subs)


@rule("BR-DEX-02", ubl=at("/Invoice", when=extended), severity=Severity.WARNING)
def sub_lines_add_up(invoice: Place, document: Document) -> bool:
    """A line (BT-131) is what the lines below it add up to."""
    lines = [*invoice.findall("cac:InvoiceLine"), *document.all("cac:SubInvoiceLine")]
    return all(_sub_lines_add_up(line) for line in lines if has(line, "cac:SubInvoiceLine"))


@rule("BR-DEX-03", ubl=at("/Invoice", when=extended))
def sub_line_has_one_category(_: Place, document: Document) -> bool:
    """A line below a line has one VAT category (BG-DEX-06)."""
    return all(
        len(item.findall("cac:ClassifiedTaxCategory")) == 1
        for line in document.all("cac:SubInvoiceLine")
        for item in line.findall("cac:Item")
    )


@rule("BR-DEX-09", ubl=at("cac:LegalMonetaryTotal", when=extended))
def payable_adds_up(totals: Place, document: Document) -> bool:
    """The amount due (BT-115) is the amount with VAT (BT-112) less what was paid (BT-113) plus
    rounding (BT-114) plus payments of third parties (BT-DEX-002)."""
    payable, gross = amount(totals, "cbc:PayableAmount"), amount(totals, "cbc:TaxInclusiveAmount")
    if payable is None or gross is None:
        return False
    others = each(document.above(), "cac:PrepaidPayment/cbc:PaidAmount")
    third = total(others) if any(tidy(text(one)) for one in others) else ZERO
    prepaid = amount(totals, "cbc:PrepaidAmount") or ZERO
    rounding = amount(totals, "cbc:PayableRoundingAmount") or ZERO
    return cents(payable - rounding) == cents(gross - prepaid + third)


@rule("BR-DEX-15", severity=Severity.WARNING,
      cii=at(f"{CII}/{T}/ram:IncludedSupplyChainTradeLineItem/ram:AssociatedDocumentLineDocument",
             when=extended))  # fmt: skip
def no_sub_lines_in_cii(_: Place, document: Document) -> bool:
    """Lines below lines are not judged in CII."""
    return not document.all("ram:ParentLineID")


def _party_scheme(number: Place, document: Document) -> bool:
    scheme = tidy(number.get("schemeID") or "")
    if scheme in codes("identifier_schemes") or scheme in REGISTERS:
        return True
    return scheme == "SEPA" and (
        document.inside("cac:AccountingSupplierParty") or document.inside("cac:PayeeParty")
    )


def _scheme(number: Place, _: Document) -> bool:
    scheme = tidy(number.get("schemeID") or "")
    return scheme in codes("identifier_schemes") or scheme in REGISTERS


def _address(number: Place, _: Document) -> bool:
    scheme = tidy(number.get("schemeID") or "")
    return scheme in codes("address_schemes") or scheme in REGISTERS | ADDRESSES


for _id, _ubl, _cii, _when, _holds, _what in (
    ("BR-DEX-04", "cac:PartyIdentification/cbc:ID", "ram:GlobalID", _extended_party, _party_scheme,
     "a party's identifier (BT-29, BT-46, BT-60)"),
    ("BR-DEX-05", "cac:PartyLegalEntity/cbc:CompanyID", "ram:ID", _extended_company, _scheme,
     "a registration (BT-30, BT-47, BT-61)"),
    ("BR-DEX-06", "cac:StandardItemIdentification/cbc:ID", "ram:SpecifiedTradeProduct/ram:GlobalID",
     extended_scheme, _scheme, "an item's standard number (BT-157)"),
    ("BR-DEX-07", "cbc:EndpointID", "ram:URIUniversalCommunication/ram:URIID", extended_scheme,
     _address, "an electronic address (BT-34, BT-49)"),
    ("BR-DEX-08", "cac:DeliveryLocation/cbc:ID",
     "ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty/ram:GlobalID", extended_scheme,
     _scheme, "a place of delivery (BT-71)"),
):  # fmt: skip
    rule(_id, ubl=at(_ubl, when=extended_scheme), cii=at(_cii, when=_when),
         says=f"The scheme of {_what} is of its list, or XR01, XR02 or XR03.")(_holds)  # fmt: skip

PREPAID = "/Invoice/cac:PrepaidPayment"
for _id, _path, _what in (
    ("BR-DEX-10", "cbc:ID", "a kind (BT-DEX-001)"),
    ("BR-DEX-11", "cbc:PaidAmount", "an amount (BT-DEX-002)"),
    ("BR-DEX-12", "cbc:InstructionID", "a description (BT-DEX-003)"),
):

    @rule(_id, ubl=at(PREPAID, _path, when=extended), says=f"A third party's payment has {_what}.")
    def third_payment_is_complete(payment: Place, _: Document, path: str) -> bool:
        return any_filled(payment, path)


@rule("BR-DEX-13", ubl=at(PREPAID, when=extended))
def third_payment_has_two_decimals(payment: Place, _: Document) -> bool:
    """A third party's payment (BT-DEX-002) has two decimals at most."""
    return two_decimals(value(payment, "cbc:PaidAmount"))


@rule("BR-DEX-14", ubl=at(PREPAID, when=extended))
def third_payment_is_in_the_currency(payment: Place, document: Document) -> bool:
    """A third party's payment (BT-DEX-002) is in the currency of the invoice (BT-5)."""
    paid = first(payment, "cbc:PaidAmount")
    own = values(document.root, "cbc:DocumentCurrencyCode")
    return paid is not None and paid.get("currencyID") in own


BOTH = "/Invoice | /CreditNote"
ITEM = "/Invoice/cac:InvoiceLine/cac:Item | /CreditNote/cac:CreditNoteLine/cac:Item"
CII_ITEM = f"{CII}/{T}/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct"
CODE = "cac:CommodityClassification/cbc:ItemClassificationCode"
CII_CODE = "ram:DesignatedProductClassification/ram:ClassCode"


def _vehicle_codes(item: Place, document: Document) -> int:
    path = CODE if document.syntax == "ubl" else CII_CODE
    return sum(code.get("listID") == "CVD" for code in each(item, path))


def _drives(item: Place, document: Document) -> int:
    tag, name = (
        ("cac:AdditionalItemProperty", "cbc:Name")
        if document.syntax == "ubl"
        else ("ram:ApplicableProductCharacteristic", "ram:Description")
    )
    return sum("cva" in values(one, name) for one in item.findall(tag))


def _vehicle_items(document: Document) -> list[Place]:
    if document.syntax == "ubl":
        return [*each(document.root, "cac:InvoiceLine/cac:Item"),
                *each(document.root, "cac:CreditNoteLine/cac:Item")]  # fmt: skip
    return each(
        document.root, f"{T}/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct"
    )


@rule("BR-DE-CVD-01", ubl=at(BOTH, "cac:ContractDocumentReference/cbc:ID", when=about_vehicles),
      cii=at(f"{CII}/{AGREEMENT}", "ram:ContractReferencedDocument/ram:IssuerAssignedID",
             when=about_vehicles))  # fmt: skip
def contract_is_named(place: Place, _: Document, path: str) -> bool:
    """An invoice about clean vehicles names the contract (BT-12)."""
    return any_filled(place, path)


@rule("BR-DE-CVD-02", ubl=at(BOTH, when=about_vehicles))
def tender_is_named(invoice: Place, _: Document) -> bool:
    """An invoice about clean vehicles names the tender or lot (BT-17)."""
    return any_filled(invoice, "cac:OriginatorDocumentReference/cbc:ID")


@rule("BR-DE-CVD-02", cii=at(f"{CII}/{AGREEMENT}", when=about_vehicles),
      says=tender_is_named.__doc__ or "")  # fmt: skip
def tender_is_named_in_cii(agreement: Place, _: Document) -> bool:
    return any(
        tidied(paper, "ram:TypeCode") == "50" and tidied(paper, "ram:IssuerAssignedID") != ""
        for paper in agreement.findall("ram:AdditionalReferencedDocument")
    )


@rule("BR-DE-CVD-03", ubl=at(BOTH, when=about_vehicles), cii=at(f"{CII}/{T}", when=about_vehicles))
def there_is_a_vehicle(_: Place, document: Document) -> bool:
    """An invoice about clean vehicles has a line with vehicle category (CVD) and drive (cva)."""
    return any(
        _vehicle_codes(item, document) and _drives(item, document)
        for item in _vehicle_items(document)
    )


@rule("BR-DE-CVD-06-a", ubl=at(ITEM, when=about_vehicles), cii=at(CII_ITEM, when=about_vehicles))
def vehicle_has_one_drive(item: Place, document: Document) -> bool:
    """An item with a vehicle category (CVD) has one drive (cva)."""
    return not _vehicle_codes(item, document) or _drives(item, document) == 1


@rule("BR-DE-CVD-06-b", ubl=at(ITEM, when=about_vehicles), cii=at(CII_ITEM, when=about_vehicles))
def drive_has_one_vehicle(item: Place, document: Document) -> bool:
    """An item with a drive (cva) has one vehicle category (CVD)."""
    return not _drives(item, document) or _vehicle_codes(item, document) == 1


UBL_CODES = " | ".join(f"{one}/{CODE}" for one in ITEM.split(" | "))


@rule("BR-TMP-CVD-01", ubl=at(UBL_CODES, when=about_vehicles),
      cii=at(f"{CII_ITEM}/{CII_CODE}", when=about_vehicles))  # fmt: skip
def classification_is_listed(code: Place, _: Document) -> bool:
    """The scheme of an item's classification (BT-158) is a code of UNTDID 7143, or CVD."""
    scheme = tidy(code.get("listID") or "")
    return scheme == "CVD" or scheme in codes("item_classifications")


@rule("BR-DE-CVD-04", ubl=at(UBL_CODES, when=about_vehicles),
      cii=at(f"{CII_ITEM}/{CII_CODE}", when=about_vehicles))  # fmt: skip
def vehicle_category_is_known(code: Place, _: Document) -> bool:
    """A vehicle category (CVD) is M1, M2, M3, N1, N2 or N3."""
    return tidy(code.get("listID") or "") != "CVD" or tidy(text(code)) in VEHICLES


def _is_drive(place: Place, document: Document) -> bool:
    name = "cbc:Name" if document.syntax == "ubl" else "ram:Description"
    return about_vehicles(place, document) and "cva" in values(place, name)


@rule("BR-DE-CVD-05",
      ubl=at(" | ".join(f"{one}/cac:AdditionalItemProperty" for one in ITEM.split(" | ")),
             "cbc:Value", when=_is_drive),
      cii=at(f"{CII_ITEM}/ram:ApplicableProductCharacteristic", "ram:Value", when=_is_drive),
      )  # fmt: skip
def drive_is_known(drive: Place, _: Document, path: str) -> bool:
    """A drive (cva) is clean, zero-emission or other."""
    return tidied(drive, path) in DRIVES
