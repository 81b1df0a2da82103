"""EN 16931: coded fields hold a word of their list (BR-CL); VAT numbers start with a country."""

import re

from ..codes import codes
from ..document import Document
from ..paths import CII_MEANS
from ..reading import Place, text, tidy, value
from ..rulebook import Chapter, at
from .allowances import cii_indicated, is_allowance, is_charge
from .core import is_vat

CHAPTER = Chapter()
rule = CHAPTER.rule
_SUBJECT = re.compile(r"[^#]*#([^#]{3})#", re.DOTALL)


def _listed(place: Place, _: Document, known: frozenset[str]) -> bool:
    words = text(place)
    return words in known or tidy(words) in known


def _listed_in_any_case(place: Place, _: Document, known: frozenset[str]) -> bool:
    return tidy(text(place).upper()) in known


def _attribute_listed(place: Place, _: Document, known: frozenset[str], attribute: str) -> bool:
    words = place.get(attribute) or ""
    return words in known or tidy(words) in known


AMOUNTS = " | ".join(
    f"cbc:{tag}"
    for tag in [
        "Amount",
        "BaseAmount",
        "PriceAmount",
        "TaxAmount",
        "TaxableAmount",
        "LineExtensionAmount",
        "TaxExclusiveAmount",
        "TaxInclusiveAmount",
        "AllowanceTotalAmount",
        "ChargeTotalAmount",
        "PrepaidAmount",
        "PayableRoundingAmount",
        "PayableAmount",
    ]
)


def with_scheme(place: Place, _: Document) -> bool:
    return place.get("schemeID") is not None


def with_unit(place: Place, _: Document) -> bool:
    return place.get("unitCode") is not None


def with_list(place: Place, _: Document) -> bool:
    return place.get("listID") is not None


def with_currency(place: Place, _: Document) -> bool:
    return place.get("currencyID") is not None


def with_mime(place: Place, _: Document) -> bool:
    return place.get("mimeCode") is not None


def object_reference(place: Place, document: Document) -> bool:
    return with_scheme(place, document) and "130" in [
        text(kind) for kind in document.above().findall("cbc:DocumentTypeCode")
    ]


def under_allowance(_: Place, document: Document) -> bool:
    return is_allowance(document.above(), document)


def under_charge(_: Place, document: Document) -> bool:
    return is_charge(document.above(), document)


def under_cii_allowance(_: Place, document: Document) -> bool:
    return cii_indicated(document.above()) is False


def under_cii_charge(_: Place, document: Document) -> bool:
    return cii_indicated(document.above()) is True


def no_item_or_place(place: Place, document: Document) -> bool:
    return with_scheme(place, document) and not (
        document.inside("ram:SpecifiedTradeProduct") or document.inside("ram:ShipToTradeParty")
    )


def no_tax_number(place: Place, document: Document) -> bool:
    return with_scheme(place, document) and not document.inside("ram:SpecifiedTaxRegistration")


def without_scheme(place: Place, document: Document) -> bool:
    return not with_scheme(place, document)


@rule("BR-CL-01", ubl=at("cbc:InvoiceTypeCode", codes("invoice_types")),
      cii=at("rsm:ExchangedDocument/ram:TypeCode", codes("document_types")))  # fmt: skip
def type_is_listed(place: Place, document: Document, known: frozenset[str]) -> bool:
    """The type of document (BT-3) is a code of UNTDID 1001 for invoices or credit notes."""
    return _listed(place, document, known)


rule("BR-CL-01", ubl=at("cbc:CreditNoteTypeCode", codes("credit_note_types")),
     says=type_is_listed.__doc__ or "")(_listed)  # fmt: skip
rule("BR-CL-03", ubl=at(AMOUNTS, codes("currencies"), "currencyID"),
     cii=at("ram:TaxTotalAmount", codes("currencies"), "currencyID", when=with_currency),
     says="The currency of an amount is a code of ISO 4217.")(_attribute_listed)  # fmt: skip
rule("BR-CL-04", ubl=at("cbc:DocumentCurrencyCode", codes("currencies")),
     cii=at("ram:InvoiceCurrencyCode", codes("currencies")),
     says="The currency of the invoice (BT-5) is a code of ISO 4217.")(_listed)  # fmt: skip
rule("BR-CL-05", ubl=at("cbc:TaxCurrencyCode", codes("currencies")),
     cii=at("ram:TaxCurrencyCode", codes("currencies")),
     says="The currency for accounting VAT (BT-6) is a code of ISO 4217.")(_listed)  # fmt: skip
rule("BR-CL-06", ubl=at("cac:InvoicePeriod/cbc:DescriptionCode", codes("tax_point_ubl")),
     cii=at("ram:DueDateTypeCode", codes("tax_point_cii")),
     says="The tax point code (BT-8) is 3, 35 or 432 in UBL (UNTDID 2005); 5, 29 or 72 in CII "
     "(UNTDID 2475).")(_listed)  # fmt: skip
rule("BR-CL-07",
     ubl=at("cac:AdditionalDocumentReference/cbc:ID | cac:DocumentReference/cbc:ID",
            codes("reference_qualifiers"), "schemeID", when=object_reference),
     says="The scheme of an invoiced object (BT-18, BT-128) is a code of UNTDID 1153.",
     )(_attribute_listed)  # fmt: skip
rule("BR-CL-07", cii=at("ram:ReferenceTypeCode", codes("reference_qualifiers")),
     says="The scheme of an invoiced object (BT-18, BT-128) is a code of UNTDID 1153.",
     )(_listed)  # fmt: skip


@rule("BR-CL-08", ubl=at("/Invoice/cbc:Note | /CreditNote/cbc:Note", codes("note_subjects_ubl")))
def subject_is_listed(note: Place, _: Document, known: frozenset[str]) -> bool:
    """The subject of a note (BT-21) is a code of UNTDID 4451; in UBL it stands between # and #."""
    marked = _SUBJECT.match(text(note))
    return marked is None or marked[1] in known


rule("BR-CL-08", cii=at("ram:SubjectCode", codes("note_subjects_cii")),
     says=subject_is_listed.__doc__ or "")(_listed)  # fmt: skip


@rule("BR-CL-10", ubl=at("cac:PartyIdentification/cbc:ID", when=with_scheme))
def party_scheme_is_listed(number: Place, document: Document) -> bool:
    """The scheme of a party's identifier (BT-29, BT-46, BT-60) is a code of ISO/IEC 6523; SEPA is
    for seller and payee."""
    scheme = tidy(number.get("schemeID") or "")
    return scheme in codes("identifier_schemes") or (
        scheme == "SEPA"
        and (document.inside("cac:AccountingSupplierParty") or document.inside("cac:PayeeParty"))
    )


rule(
    "BR-CL-10",
    cii=at("ram:GlobalID", codes("identifier_schemes"), "schemeID", when=no_item_or_place),
    says=party_scheme_is_listed.__doc__ or "",
)(_attribute_listed)
rule("BR-CL-11",
     ubl=at("cac:PartyLegalEntity/cbc:CompanyID", codes("identifier_schemes"), "schemeID",
            when=with_scheme),
     cii=at("ram:ID", codes("identifier_schemes"), "schemeID", when=no_tax_number),
     says="The scheme of a registration (BT-30, BT-47, BT-61) is a code of ISO/IEC 6523.",
     )(_attribute_listed)  # fmt: skip
rule("BR-CL-13",
     ubl=at("cac:CommodityClassification/cbc:ItemClassificationCode", codes("item_classifications"),
            "listID", when=with_list),
     cii=at("ram:ClassCode", codes("item_classifications"), "listID", when=with_list),
     says="The scheme of an item's classification (BT-158) is a code of UNTDID 7143.",
     )(_attribute_listed)  # fmt: skip
rule("BR-CL-14", ubl=at("cac:Country/cbc:IdentificationCode", codes("countries")),
     cii=at("ram:CountryID", codes("countries_cii")),
     says="A country is a code of two letters of ISO 3166-1.")(_listed)  # fmt: skip
rule("BR-CL-15", ubl=at("cac:OriginCountry/cbc:IdentificationCode", codes("countries")),
     cii=at("ram:OriginTradeCountry/ram:ID", codes("countries_cii"), when=without_scheme),
     says="The country of origin (BT-159) is a code of ISO 3166-1.")(_listed)  # fmt: skip
rule("BR-CL-16", ubl=at("cac:PaymentMeans/cbc:PaymentMeansCode", codes("payment_means")),
     cii=at(f"{CII_MEANS}/ram:TypeCode", codes("payment_means")),
     says="The way to pay (BT-81) is a code of UNTDID 4461.")(_listed)  # fmt: skip
rule("BR-CL-17", ubl=at("cac:TaxCategory/cbc:ID", codes("tax_categories")),
     cii=at("ram:CategoryTradeTax/ram:CategoryCode", codes("tax_categories")),
     says="A VAT category (BT-95, BT-102, BT-118) is AE, B, E, G, K, L, M, O, S or Z.",
     )(_listed)  # fmt: skip
rule("BR-CL-18", ubl=at("cac:ClassifiedTaxCategory/cbc:ID", codes("tax_categories")),
     cii=at("ram:ApplicableTradeTax/ram:CategoryCode", codes("tax_categories")),
     says="The VAT category of a line (BT-151) is AE, B, E, G, K, L, M, O, S or Z.",
     )(_listed)  # fmt: skip
rule("BR-CL-19",
     ubl=at("cac:AllowanceCharge/cbc:AllowanceChargeReasonCode", codes("allowance_reasons"),
            when=under_allowance),
     cii=at("ram:SpecifiedTradeAllowanceCharge/ram:ReasonCode", codes("allowance_reasons"),
            when=under_cii_allowance),
     says="The reason of an allowance (BT-98, BT-140) is a code of UNTDID 5189.",
     )(_listed)  # fmt: skip
rule("BR-CL-20",
     ubl=at("cac:AllowanceCharge/cbc:AllowanceChargeReasonCode", codes("charge_reasons"),
            when=under_charge),
     cii=at("ram:SpecifiedTradeAllowanceCharge/ram:ReasonCode", codes("charge_reasons"),
            when=under_cii_charge),
     says="The reason of a charge (BT-105, BT-145) is a code of UNTDID 7161.",
     )(_listed)  # fmt: skip
rule("BR-CL-21",
     ubl=at("cac:StandardItemIdentification/cbc:ID", codes("identifier_schemes"), "schemeID",
            when=with_scheme),
     cii=at("ram:SpecifiedTradeProduct/ram:GlobalID", codes("identifier_schemes"), "schemeID",
            when=with_scheme),
     says="The scheme of an item's standard number (BT-157) is a code of ISO/IEC 6523.",
     )(_attribute_listed)  # fmt: skip
rule("BR-CL-22", ubl=at("cbc:TaxExemptionReasonCode", codes("exemption_reasons")),
     cii=at("ram:ExemptionReasonCode", codes("exemption_reasons")),
     says="The reason of an exemption (BT-121) is a VATEX code.")(_listed_in_any_case)  # fmt: skip
rule(
    "BR-CL-23",
    ubl=at(
        "cbc:InvoicedQuantity | cbc:BaseQuantity | cbc:CreditedQuantity",
        codes("units"),
        "unitCode",
        when=with_unit,
    ),
    cii=at("ram:BasisQuantity | ram:BilledQuantity", codes("units"), "unitCode", when=with_unit),
    says="A unit (BT-130, BT-150) is a code of UN/ECE Recommendation 20 or 21.",
)(_attribute_listed)


@rule("BR-CL-24", ubl=at("cbc:EmbeddedDocumentBinaryObject", when=with_mime),
      cii=at("ram:AttachmentBinaryObject", when=with_mime))  # fmt: skip
def attachment_is_of_a_known_kind(content: Place, _: Document) -> bool:
    """An attachment (BT-125) is a PDF, PNG, JPEG, CSV, XLSX or ODS."""
    return content.get("mimeCode") in codes("peppol_mime")


rule("BR-CL-25", ubl=at("cbc:EndpointID", codes("address_schemes"), "schemeID", when=with_scheme),
     cii=at("ram:URIUniversalCommunication/ram:URIID", codes("address_schemes"), "schemeID",
            when=with_scheme),
     says="The scheme of an electronic address (BT-34, BT-49) is a code of the EAS list.",
     )(_attribute_listed)  # fmt: skip
rule(
    "BR-CL-26",
    ubl=at(
        "cac:DeliveryLocation/cbc:ID", codes("identifier_schemes"), "schemeID", when=with_scheme
    ),
    cii=at(
        "ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty/ram:GlobalID",
        codes("identifier_schemes"),
        "schemeID",
        when=with_scheme,
    ),
    says="The scheme of a place of delivery (BT-71) is a code of ISO/IEC 6523.",
)(_attribute_listed)


VAT_PREFIXES = f" {' '.join(sorted(codes('vat_prefixes_ubl')))} "


def _vat_scheme(scheme: Place, _: Document) -> bool:
    return is_vat(scheme)


@rule("BR-CO-09", ubl=at("cac:PartyTaxScheme", when=_vat_scheme))
def vat_number_starts_with_a_country(scheme: Place, _: Document) -> bool:
    """A VAT number (BT-31, BT-48, BT-63) starts with a country code; Greece may use EL."""
    # The artefacts search the two characters in one long string: parts of it pass as well.
    return value(scheme, "cbc:CompanyID")[:2] in VAT_PREFIXES


def _vat_registration(number: Place, _: Document) -> bool:
    return number.get("schemeID") == "VA"


@rule("BR-CO-09", cii=at("ram:SpecifiedTaxRegistration/ram:ID", when=_vat_registration),
      says=vat_number_starts_with_a_country.__doc__ or "")  # fmt: skip
def vat_number_starts_with_a_country_in_cii(number: Place, _: Document) -> bool:
    return text(number)[:2] in codes("vat_prefixes_cii")
