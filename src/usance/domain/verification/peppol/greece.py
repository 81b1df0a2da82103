"""Peppol: the rules of Greece (GR-R, GR-S), for sellers registered there."""

import re

from ...finding import Severity
from ..checkdigits import greek
from ..document import Document
from ..paths import BUYER, INVOICE, SELLER
from ..reading import Place, each, filled, is_number, text, tidied, tidy, value, values
from ..rulebook import Chapter, at
from .parties import ADDRESS, customer, supplier, supplier_itself, vat_numbers

CHAPTER = Chapter()
rule = CHAPTER.rule
WARNING = Severity.WARNING
NUMBER = "/Invoice/cbc:ID | /CreditNote/cbc:ID"
PAPER = "cac:AdditionalDocumentReference"
MARK, URL = "##M.AR.K##", "##INVOICE|URL##"
KINDS = frozenset(["1.1", "1.6", "2.1", "2.4", "5.1", "5.2", ""])
_DATE = re.compile(r"(0?[1-9]|[12][0-9]|3[01])[-\\/ ]?(0?[1-9]|1[0-2])[-\\/ ]?(19|20)[0-9]{2}")


def from_greece(_: Place, document: Document) -> bool:
    return document.fact(supplier) in ("GR", "EL")


def within_greece(place: Place, document: Document) -> bool:
    return from_greece(place, document) and document.fact(customer) in ("GR", "EL")


def at_home(place: Place, document: Document) -> bool:
    """Registered in Greece, with an address there."""
    return from_greece(place, document) and "GR" in values(document.root, f"{SELLER}/{ADDRESS}")


def _segments(number: Place) -> list[str]:
    found = text(number).split("|")
    return [*found, *[""] * 6][: max(len(found), 6)]


@rule("GR-R-001-1", ubl=at(NUMBER, when=from_greece))
def number_has_six_parts(number: Place, _: Document) -> bool:
    """The number of a Greek invoice (BT-1) has six parts with | between them."""
    return len(text(number).split("|")) == 6


@rule("GR-R-001-2", ubl=at(NUMBER, when=from_greece))
def first_part_is_the_tax_number(number: Place, document: Document) -> bool:
    """The first part of a Greek invoice number is the tax number of seller or representative."""
    part = _segments(number)[0]
    if len(tidy(part)) != 9 or not greek(part):
        return False
    root = document.root
    known = [
        vat[2:11]
        for party in (SELLER, "cac:TaxRepresentativeParty")
        for vat in vat_numbers(each(root, f"{party}/cac:PartyTaxScheme"))
    ]
    return part in known


@rule("GR-R-001-3", ubl=at(NUMBER, when=from_greece))
def second_part_is_the_date(number: Place, document: Document) -> bool:
    """The second part of a Greek invoice number is the date of issue (BT-2) as DD/MM/YYYY."""
    part = _segments(number)[1]
    issued = value(document.root, "cbc:IssueDate").split("-")
    return (
        tidy(part) != ""
        and _DATE.match(part) is not None
        and len(issued) >= 3
        and part.split("/")[:3] == [issued[2], issued[1], issued[0]]
    )


@rule("GR-R-001-4", ubl=at(NUMBER, when=from_greece))
def third_part_is_a_number(number: Place, _: Document) -> bool:
    """The third part of a Greek invoice number is a number of zero or more."""
    part = tidy(_segments(number)[2])
    return is_number(part) and re.match(r"\+?\d+\Z", part) is not None


@rule("GR-R-001-5", ubl=at(NUMBER, when=from_greece))
def fourth_part_is_a_kind(number: Place, _: Document) -> bool:
    """The fourth part of a Greek invoice number is a kind of document known there."""
    part = _segments(number)[3]
    return tidy(part) != "" and part in KINDS


@rule("GR-R-001-6", ubl=at(NUMBER, when=from_greece))
def fifth_part_is_filled(number: Place, _: Document) -> bool:
    """The fifth part of a Greek invoice number is not empty."""
    return _segments(number)[4] != ""


@rule("GR-R-001-7", ubl=at(NUMBER, when=from_greece))
def sixth_part_is_filled(number: Place, _: Document) -> bool:
    """The sixth part of a Greek invoice number is not empty."""
    return _segments(number)[5] != ""


@rule("GR-R-002", ubl=at(SELLER, when=from_greece))
def seller_has_a_trading_name(party: Place, _: Document) -> bool:
    """A Greek seller has a trading name (BT-28)."""
    return value(party, "cac:PartyName/cbc:Name") != ""


@rule("GR-R-005", ubl=at(BUYER, when=from_greece))
def buyer_has_a_trading_name(party: Place, _: Document) -> bool:
    """The buyer of a Greek seller has a trading name (BT-45)."""
    return value(party, "cac:PartyName/cbc:Name") != ""


def _one_greek_number(party: Place) -> bool:
    numbers = [
        number
        for scheme in party.findall("cac:PartyTaxScheme")
        if tidied(scheme, "cac:TaxScheme/cbc:ID") == "VAT"
        for number in values(scheme, "cbc:CompanyID")
    ]
    return len(numbers) == 1 and numbers[0][:2] == "EL" and greek(numbers[0][2:])


@rule("GR-S-011", ubl=at(SELLER, when=from_greece), severity=WARNING)
def seller_has_one_vat_number(party: Place, _: Document) -> bool:
    """A Greek seller has one VAT number (BT-31), with EL and digits that check."""
    return _one_greek_number(party)


@rule("GR-R-006", ubl=at(BUYER, when=within_greece))
def buyer_has_one_vat_number(party: Place, _: Document) -> bool:
    """A Greek buyer has one VAT number (BT-48), with EL and digits that check."""
    return _one_greek_number(party)


def _vat_of_a_greek(place: Place, document: Document) -> bool:
    return from_greece(place, document) and (
        tidied(document.above(), "cac:TaxScheme/cbc:ID") == "VAT"
    )


@rule("GR-R-003", ubl=at(f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID", when=_vat_of_a_greek))
def vat_number_checks(number: Place, _: Document) -> bool:
    """The VAT number of a Greek seller (BT-31) starts with EL and its digits check."""
    return text(number)[:2] == "EL" and greek(text(number)[2:])


def _described(invoice: Place, words: str) -> int:
    return sum(
        words in values(paper, "cbc:DocumentDescription") for paper in invoice.findall(PAPER)
    )


@rule("GR-R-004-1", ubl=at(INVOICE, when=at_home))
def mark_is_given(invoice: Place, _: Document) -> bool:
    """A Greek invoice gives its M.AR.K. number as one supporting document (BG-24)."""
    return _described(invoice, MARK) == 1


@rule("GR-S-008-1", ubl=at(INVOICE, when=at_home), severity=WARNING)
def address_of_the_invoice_is_given(invoice: Place, _: Document) -> bool:
    """A Greek invoice gives its address at the tax office as a supporting document (BG-24)."""
    return _described(invoice, URL) == 1


@rule("GR-R-008-2", ubl=at(INVOICE, when=at_home))
def one_address_of_the_invoice(invoice: Place, _: Document) -> bool:
    """A Greek invoice gives its address at the tax office once at most."""
    return _described(invoice, URL) <= 1


def _is_mark(place: Place, document: Document) -> bool:
    return at_home(place, document) and MARK in values(document.above(), "cbc:DocumentDescription")


@rule("GR-R-004-2", ubl=at(f"{PAPER}/cbc:ID", when=_is_mark))
def mark_is_a_number(number: Place, _: Document) -> bool:
    """The M.AR.K. of a Greek invoice is a number above zero."""
    return re.match("[1-9]", text(number)) is not None


def _is_address(paper: Place, document: Document) -> bool:
    return from_greece(paper, document) and URL in values(paper, "cbc:DocumentDescription")


@rule("GR-R-008-3", ubl=at(PAPER, when=_is_address))
def address_is_filled(paper: Place, _: Document) -> bool:
    """The address of a Greek invoice at the tax office is filled (BT-124)."""
    return filled(paper, "cac:Attachment/cac:ExternalReference/cbc:URI")


def _seller_is_greek(_: Place, document: Document) -> bool:
    return document.fact(supplier_itself) in ("GR", "EL")


@rule("GR-R-009", ubl=at(f"{SELLER}/cbc:EndpointID", when=_seller_is_greek))
def seller_is_reached_by_tax_number(address: Place, _: Document) -> bool:
    """The electronic address of a Greek seller (BT-34) is its tax number (9933)."""
    return address.get("schemeID") == "9933" and greek(text(address))


@rule("GR-R-010", ubl=at(f"{BUYER}/cbc:EndpointID", when=within_greece))
def buyer_is_reached_by_tax_number(address: Place, _: Document) -> bool:
    """The electronic address of a Greek buyer (BT-49) is its tax number (9933)."""
    return address.get("schemeID") == "9933" and greek(text(address))
