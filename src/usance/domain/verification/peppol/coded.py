"""Peppol BIS Billing 3: coded fields, dates, and identifiers whose digits check."""

import re

from ...finding import Severity
from .. import checkdigits
from ..codes import codes
from ..document import Document
from ..en16931.coded import AMOUNTS, with_currency, with_mime, with_scheme
from ..reading import Place, is_day, is_number, text, tidied, tidy, value, values
from ..rulebook import Chapter, at
from .general import process
from .parties import both_in

CHAPTER = Chapter()
rule = CHAPTER.rule
WARNING = Severity.WARNING
INVOICE_TYPES = frozenset(
    [
        "71",
        "80",
        "82",
        "84",
        "102",
        "218",
        "219",
        "326",
        "331",
        "380",
        "382",
        "383",
        "384",
        "386",
        "388",
        "393",
        "395",
        "553",
        "575",
        "623",
        "780",
        "817",
        "870",
        "875",
        "876",
        "877",
    ]
)
CREDIT_TYPES = frozenset(["381", "396", "81", "83", "532"])


def _marked(place: Place, document: Document, words: str) -> bool:
    return words in values(document.above(), "cbc:ChargeIndicator")


def _under_allowance(place: Place, document: Document) -> bool:
    return _marked(place, document, "false")


def _under_charge(place: Place, document: Document) -> bool:
    return _marked(place, document, "true")


def _cii_mark(document: Document) -> str:
    return tidied(document.above(), "ram:ChargeIndicator/udt:Indicator")


def _cii_under_allowance(_: Place, document: Document) -> bool:
    return _cii_mark(document) == "false"


def _cii_under_charge(_: Place, document: Document) -> bool:
    return _cii_mark(document) == "true"


@rule("PEPPOL-EN16931-CL001", ubl=at("cbc:EmbeddedDocumentBinaryObject", when=with_mime),
      cii=at("ram:AttachmentBinaryObject", when=with_mime))  # fmt: skip
def attachment_is_of_a_known_kind(content: Place, _: Document) -> bool:
    """An attachment (BT-125) is a PDF, PNG, JPEG, CSV, XLSX or ODS."""
    return content.get("mimeCode") in codes("peppol_mime")


def _listed(place: Place, _: Document, name: str) -> bool:
    return tidy(place.text or "") in codes(name)


def attribute_listed(place: Place, _: Document, name: str, attribute: str) -> bool:
    return place.get(attribute) in codes(name)


REASON = "cac:AllowanceCharge/cbc:AllowanceChargeReasonCode"
CII_REASON = "ram:SpecifiedTradeAllowanceCharge/ram:ReasonCode"
rule("PEPPOL-EN16931-CL002", ubl=at(REASON, "peppol_allowance_reasons", when=_under_allowance),
     cii=at(CII_REASON, "peppol_allowance_reasons", when=_cii_under_allowance),
     says="The reason of an allowance (BT-98, BT-140) is a code of UNTDID 5189.",
     )(_listed)  # fmt: skip
rule("PEPPOL-EN16931-CL003", ubl=at(REASON, "peppol_charge_reasons", when=_under_charge),
     cii=at(CII_REASON, "peppol_charge_reasons", when=_cii_under_charge),
     says="The reason of a charge (BT-105, BT-145) is a code of UNTDID 7161.")(_listed)  # fmt: skip
rule("PEPPOL-EN16931-CL006", ubl=at("cac:InvoicePeriod/cbc:DescriptionCode", "peppol_tax_point"),
     says="The tax point code (BT-8) is 3, 35 or 432.")(_listed)  # fmt: skip
rule("PEPPOL-EN16931-CL007", ubl=at(AMOUNTS, "peppol_currencies", "currencyID"),
     cii=at("ram:TaxTotalAmount", "peppol_currencies", "currencyID", when=with_currency),
     says="The currency of an amount is a code of ISO 4217.")(attribute_listed)  # fmt: skip
rule("PEPPOL-EN16931-CL008",
     ubl=at("cbc:EndpointID", "peppol_address_schemes", "schemeID", when=with_scheme),
     cii=at("ram:BuyerTradeParty/ram:URIUniversalCommunication/ram:URIID | "
            "ram:SellerTradeParty/ram:URIUniversalCommunication/ram:URIID",
            "peppol_address_schemes", "schemeID"),
     says="The scheme of an electronic address (BT-34, BT-49) is one in use on Peppol.",
     )(attribute_listed)  # fmt: skip


@rule("PEPPOL-EN16931-P0100", ubl=at("cbc:InvoiceTypeCode"))
def invoice_is_of_a_billing_type(kind: Place, document: Document) -> bool:
    """In billing (process 01) an invoice is of one of the types agreed for it (BT-3)."""
    return document.fact(process) != "01" or tidy(kind.text or "") in INVOICE_TYPES


@rule("PEPPOL-EN16931-P0101", ubl=at("cbc:CreditNoteTypeCode"))
def credit_note_is_of_a_billing_type(kind: Place, document: Document) -> bool:
    """In billing (process 01) a credit note is of one of the types agreed for it (BT-3)."""
    return document.fact(process) != "01" or tidy(kind.text or "") in CREDIT_TYPES


@rule("PEPPOL-EN16931-P0112", ubl=at("cbc:InvoiceTypeCode"))
def only_germans_correct(kind: Place, document: Document) -> bool:
    """Partial (326) and corrected (384) invoices are for Germans among themselves."""
    return tidy(text(kind)) not in ("326", "384") or both_in(document, "DE")


@rule("PEPPOL-EN16931-F001",
      ubl=at("cbc:IssueDate | cbc:DueDate | cbc:TaxPointDate | cbc:StartDate | cbc:EndDate | "
             "cbc:ActualDeliveryDate"))  # fmt: skip
def date_is_a_date(place: Place, _: Document) -> bool:
    """A date is written as YYYY-MM-DD and exists."""
    return len(place.text or "") == 10 and is_day(text(place))


@rule("PEPPOL-EN16931-F001", cii=at("udt:DateTimeString"), says="A date is written as YYYYMMDD.")
def date_is_a_date_in_cii(place: Place, _: Document) -> bool:
    words = place.text or ""
    return (
        tidy(place.get("format") or "") == "102"
        and len(words) == 8
        and re.search("20[0-9]{6}", tidy(words)) is not None
    )


def _exempt(category: Place, _: Document) -> str:
    return value(category, "cbc:TaxExemptionReasonCode").upper()


for _number, _reason, _code in (
    ("0104", "G", "G"), ("0105", "O", "O"), ("0106", "IC", "K"), ("0107", "AE", "AE"),
    ("0108", "D", "E"), ("0109", "F", "E"), ("0110", "I", "E"), ("0111", "J", "E"),
):  # fmt: skip

    @rule(f"PEPPOL-EN16931-P{_number}",
          ubl=at("cac:TaxCategory", _code, kind=(_exempt, f"VATEX-EU-{_reason}")),
          says=f"The exemption VATEX-EU-{_reason} (BT-121) goes with category {_code} (BT-118).",
          )  # fmt: skip
    def reason_fits_the_category(category: Place, _: Document, code: str) -> bool:
        return tidied(category, "cbc:ID") == code


IDENTIFIERS = "cbc:EndpointID | cac:PartyIdentification/cbc:ID | cbc:CompanyID"
CII_IDENTIFIERS = "ram:URIID | ram:ID | ram:GlobalID"


SCHEMES = frozenset(
    [
        "0088",
        "0192",
        "0184",
        "0096",
        "0198",
        "0208",
        "0201",
        "0210",
        "0211",
        "0007",
        "0151",
        "0106",
        "0190",
        "9944",
    ]
)


def _scheme(number: Place, _: Document) -> str:
    return number.get("schemeID") or ""


def _swedish(number: str) -> bool:
    return len(number) == 10 and is_number(number) and checkdigits.swedish(number)


def _norwegian(number: str) -> bool:
    return re.match(r"[0-9]{9}\Z", number) is not None and checkdigits.modulo_11(number)


def _danish(number: str) -> bool:
    return re.match(r"(DK)?[0-9]{8}\Z", number) is not None


def _danish_site(number: str) -> bool:
    return re.match(r"[0-9]{10}\Z", number) is not None


def _danish_unit(number: str) -> bool:
    return re.match(r"DK[0-9]{8}\Z", number) is not None


def _dutch_company(number: str) -> bool:
    return re.match(r"[0-9]{8}\Z", number) is not None


def _dutch_office(number: str) -> bool:
    return re.match(r"[0-9]{20}\Z", number) is not None


def _dutch_branch(number: str) -> bool:
    return re.match(r"[0-9]{12}\Z", number) is not None


def _dutch_vat(number: str) -> bool:
    return re.match(r"NL[0-9]{9}B[0-9]{2}\Z", number) is not None


def _plain_vat(number: Place, document: Document) -> bool:
    # A scheme of its own is asked about instead.
    return (
        tidied(document.above(), "cac:TaxScheme/cbc:ID") == "VAT"
        and tidy(text(number)).startswith("NL")
        and number.get("schemeID") not in SCHEMES
    )


@rule("PEPPOL-COMMON-R056-2", ubl=at("cac:PartyTaxScheme/cbc:CompanyID", when=_plain_vat),
      severity=WARNING)  # fmt: skip
def dutch_vat_number_has_its_form(number: Place, _: Document) -> bool:
    """A Dutch VAT number (BT-31, BT-48, BT-63) is NL, nine digits, B and two digits."""
    return _dutch_vat(tidy(text(number)))


def _checks(place: Place, _: Document, test: object, plain: bool) -> bool:
    assert callable(test)
    return bool(test(text(place) if plain else tidy(text(place))))


# Rule, scheme, what it is, test, as written?, warning only?, electronic addresses only?
for _id, _code, _what, _test, _plain, _warns, _only in (
    ("040", "0088", "A GLN", checkdigits.gln, False, False, False),
    ("041", "0192", "A Norwegian organisation number", _norwegian, False, False, False),
    ("042", "0184", "A Danish CVR number", _danish, True, False, False),
    ("043", "0208", "A Belgian enterprise number", checkdigits.belgian, False, False, False),
    ("044", "0201", "An Italian IPA code", checkdigits.italian_office, False, True, False),
    ("045", "0210", "An Italian tax code", checkdigits.italian_tax_code, False, True, False),
    ("046", "9907", "An Italian tax code", checkdigits.italian_tax_code, False, True, True),
    ("047", "0211", "An Italian VAT number", checkdigits.italian_vat, False, True, False),
    ("048", "9906", "An Italian VAT number", checkdigits.italian_vat, False, True, True),
    ("049", "0007", "A Swedish organisation number", _swedish, False, False, False),
    ("050", "0151", "An Australian business number", checkdigits.australian, False, False, False),
    ("052", "0096", "A Danish P number", _danish_site, True, False, False),
    ("053", "0198", "A Danish SE number", _danish_unit, True, False, False),
    ("054", "0106", "A Dutch KVK number", _dutch_company, False, True, False),
    ("055", "0190", "A Dutch OIN number", _dutch_office, False, True, False),
    ("056-1", "9944", "A Dutch VAT number", _dutch_vat, False, True, False),
    ("057", "0217", "A Dutch branch number", _dutch_branch, False, True, False),
):
    _cii = None
    if _id < "052":  # Younger than the artefacts for CII.
        _cii = at("ram:URIID" if _only else CII_IDENTIFIERS, _test, _plain,
                  kind=(_scheme, _code))  # fmt: skip
    _ubl = None
    if _id != "048":
        _ubl = at("cbc:EndpointID" if _only else IDENTIFIERS, _test, _plain,
                  kind=(_scheme, _code))  # fmt: skip
    rule(f"PEPPOL-COMMON-R{_id}", ubl=_ubl, cii=_cii, says=f"{_what} ({_code}) is well formed.",
         severity=WARNING if _warns else Severity.FATAL)(_checks)  # fmt: skip
