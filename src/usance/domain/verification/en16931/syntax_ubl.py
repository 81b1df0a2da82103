"""EN 16931: rules about the writing in UBL that need more than a table."""

from itertools import pairwise

from ...finding import Severity
from ..document import Document
from ..paths import BUYER, INVOICE, SELLER
from ..reading import Place, each, has, text, two_decimals, value, values
from ..rulebook import Chapter, at
from .allowances import is_allowance, is_charge

CHAPTER = Chapter()
rule = CHAPTER.rule
PAPER = "cac:AdditionalDocumentReference"


@rule("UBL-CR-002", ubl=at(INVOICE), severity=Severity.WARNING)
def version_is_2_1(invoice: Place, _: Document) -> bool:
    """If a version of UBL is named, it is 2.1."""
    found = values(invoice, "cbc:UBLVersionID")
    return not found or "2.1" in found


@rule("UBL-CR-412", ubl=at(INVOICE), severity=Severity.WARNING)
def due_date_is_not_with_the_means(invoice: Place, _: Document) -> bool:
    """The due date (BT-9) of an invoice stands on the invoice, not with the means of payment."""
    return invoice.tag == "CreditNote" or not has(invoice, "cac:PaymentMeans/cbc:PaymentDueDate")


def _is_object(paper: Place) -> bool:
    return "130" in values(paper, "cbc:DocumentTypeCode")


@rule("UBL-CR-665", ubl=at(INVOICE), severity=Severity.WARNING)
def only_objects_have_schemes(_: Place, document: Document) -> bool:
    """Only the reference to an invoiced object (BT-18, type 130) has a scheme."""
    return not any(
        number.get("schemeID") is not None
        for paper in document.all(PAPER)
        if any(kind != "130" for kind in values(paper, "cbc:DocumentTypeCode"))
        or not has(paper, "cbc:DocumentTypeCode")
        for number in paper.findall("cbc:ID")
    )


@rule("UBL-CR-666", ubl=at(INVOICE))
def objects_have_no_attachment(_: Place, document: Document) -> bool:
    """The reference to an invoiced object (BT-18) carries no attachment."""
    return not any(_is_object(p) and has(p, "cac:Attachment") for p in document.all(PAPER))


@rule("UBL-CR-673", ubl=at(INVOICE))
def objects_have_no_description(_: Place, document: Document) -> bool:
    """The reference to an invoiced object (BT-18) has no description."""
    return not any(_is_object(p) and has(p, "cbc:DocumentDescription") for p in document.all(PAPER))


def _of_a_price(place: Place, document: Document) -> bool:
    above = document.parents
    return place.tag.endswith("PriceAmount") or any(
        inner.tag == "cac:AllowanceCharge" and outer.tag == "cac:Price"
        for outer, inner in pairwise(above)
    )


@rule("UBL-DT-01", ubl=at("*Amount"))
def amount_has_two_decimals(place: Place, document: Document) -> bool:
    """An amount has two decimals at most; only prices may have more."""
    return two_decimals(text(place)) or _of_a_price(place, document)


@rule("UBL-DT-06", ubl=at("*BinaryObject"))
def attachment_has_a_kind(content: Place, _: Document) -> bool:
    """An attachment (BT-125) says of which kind it is (mimeCode)."""
    return content.get("mimeCode") is not None


@rule("UBL-DT-07", ubl=at("*BinaryObject"))
def attachment_has_a_name(content: Place, _: Document) -> bool:
    """An attachment (BT-125) has a file name."""
    return content.get("filename") is not None


@rule("UBL-DT-18", ubl=at(INVOICE), severity=Severity.WARNING)
def only_payment_means_are_named(_: Place, document: Document) -> bool:
    """Only the code of the payment means (BT-82) has an attribute “name”."""
    if "@name" not in document.shape.inside:
        return True
    return not any(
        place.get("name") is not None
        for place in document.root.iter()
        if place.tag != "cbc:PaymentMeansCode"
    )


def _count(places: list[Place]) -> int:
    return len(places)


@rule("UBL-SR-04", ubl=at(INVOICE))
def one_invoiced_object(invoice: Place, _: Document) -> bool:
    """An invoice refers to one invoiced object (BT-18) at most."""
    papers = [paper for paper in invoice.findall(PAPER) if _is_object(paper)]
    return sum(_count(paper.findall("cbc:ID")) for paper in papers) <= 1


def _numbers(invoice: Place, party: str, *, vat: bool) -> int:
    return sum(
        _count(scheme.findall("cbc:CompanyID"))
        for scheme in each(invoice, f"{party}/cac:PartyTaxScheme")
        if any(
            (value(tax, "cbc:ID").upper() == "VAT") == vat
            for tax in scheme.findall("cac:TaxScheme")
        )
    )


@rule("UBL-SR-12", ubl=at(INVOICE))
def one_vat_number_of_the_seller(invoice: Place, _: Document) -> bool:
    """The seller has one VAT number (BT-31) at most."""
    return _numbers(invoice, SELLER, vat=True) <= 1


@rule("UBL-SR-13", ubl=at(INVOICE))
def one_tax_number_of_the_seller(invoice: Place, _: Document) -> bool:
    """The seller has one tax registration (BT-32) at most."""
    return _numbers(invoice, SELLER, vat=False) <= 1


@rule("UBL-SR-18", ubl=at(INVOICE))
def one_vat_number_of_the_buyer(invoice: Place, _: Document) -> bool:
    """The buyer has one VAT number (BT-48) at most."""
    return _numbers(invoice, BUYER, vat=True) <= 1


@rule("UBL-SR-29", ubl=at(INVOICE))
def one_creditor_identifier(_: Place, document: Document) -> bool:
    """There is one bank assigned creditor identifier (BT-90) at most."""
    numbers = [n for p in document.all("cac:PartyIdentification") for n in p.findall("cbc:ID")]
    return sum((number.get("schemeID") or "").upper() == "SEPA" for number in numbers) <= 1


@rule("UBL-SR-44", ubl=at(INVOICE))
def one_payment_reference(_: Place, document: Document) -> bool:
    """All means of payment carry the same reference (BT-83)."""
    return len({text(number) for number in document.all("cbc:PaymentID")}) <= 1


@rule("UBL-SR-47", ubl=at(INVOICE))
def one_payment_code(_: Place, document: Document) -> bool:
    """All means of payment have the same code (BT-81)."""
    return len({text(code) for code in document.all("cbc:PaymentMeansCode")}) <= 1


def _payee_differs(payee: Place, document: Document) -> bool:
    sellers = values(document.above(), f"{SELLER}/cac:PartyLegalEntity/cbc:RegistrationName")
    names = values(payee, "cac:PartyName/cbc:Name")
    return any(name != seller for name in names for seller in sellers)


@rule("UBL-SR-19", ubl=at("cac:PayeeParty"))
def payee_has_one_name(payee: Place, document: Document) -> bool:
    """A payee has one name (BT-59), and it is not the seller's."""
    return _count(each(payee, "cac:PartyName/cbc:Name")) <= 1 and _payee_differs(payee, document)


@rule("UBL-SR-20", ubl=at("cac:PayeeParty"))
def payee_has_one_identifier(payee: Place, document: Document) -> bool:
    """A payee has one identifier (BT-60) at most, and its name is not the seller's."""
    numbers = [
        scheme
        for number in each(payee, "cac:PartyIdentification/cbc:ID")
        if (scheme := number.get("schemeID")) is not None and scheme.upper() != "SEPA"
    ]
    return len(numbers) <= 1 and _payee_differs(payee, document)


@rule("UBL-SR-21", ubl=at("cac:PayeeParty"))
def payee_has_one_registration(payee: Place, document: Document) -> bool:
    """A payee has one registration (BT-61) at most, and its name is not the seller's."""
    numbers = each(payee, "cac:PartyLegalEntity/cbc:CompanyID")
    return _count(numbers) <= 1 and _payee_differs(payee, document)


rule("UBL-SR-07", ubl=at("cac:BillingReference"),
     says="A reference to a preceding invoice (BG-3) gives its number (BT-25).",
     )(lambda place, _: has(place, "cac:InvoiceDocumentReference/cbc:ID"))  # fmt: skip
for number, when, what in (("30", is_allowance, "allowance"), ("31", is_charge, "charge")):
    rule(f"UBL-SR-{number}", ubl=at("cac:AllowanceCharge", when=when),
         says=f"An {what} has one reason at most.".replace("An c", "A c"),
         )(lambda place, _: len(place.findall("cbc:AllowanceChargeReason")) <= 1)  # fmt: skip


@rule("UBL-SR-42", ubl=at(SELLER))
def seller_has_two_tax_numbers_at_most(party: Place, _: Document) -> bool:
    """The seller has a VAT number (BT-31), a tax registration (BT-32), and no more."""
    return _count(party.findall("cac:PartyTaxScheme")) <= 2


@rule("UBL-SR-43", ubl=at(PAPER))
def only_objects_have_a_type(paper: Place, document: Document) -> bool:
    """Only an invoiced object (130) and, on credit notes, a tender (50) have a type code; a scheme
    goes with it."""
    kinds = values(paper, "cbc:DocumentTypeCode")
    if "130" in kinds or (document.root.tag == "CreditNote" and "50" in kinds):
        return True
    return not kinds and not any(n.get("schemeID") is not None for n in paper.findall("cbc:ID"))


@rule("UBL-SR-51", ubl=at("cac:PostalAddress | cac:Address"))
def address_has_one_more_line(address: Place, _: Document) -> bool:
    """An address has one additional line at most (BT-162, BT-163, BT-164, BT-165)."""
    return _count(address.findall("cac:AddressLine")) <= 1


@rule("UBL-SR-53", ubl=at("cac:PartyTaxScheme"))
def tax_number_has_a_scheme(scheme: Place, _: Document) -> bool:
    """A tax registration has a number and the tax it is for."""
    return has(scheme, "cac:TaxScheme/cbc:ID") and has(scheme, "cbc:CompanyID")
