"""Peppol: the rules of Germany (DE-R), for invoices between Germans: those of XRechnung."""

from ...finding import Severity
from ..document import Document
from ..paths import BUYER, INVOICE, SELLER
from ..reading import Place, double, is_number, values
from ..rulebook import Chapter, at
from ..xrechnung import german
from ..xrechnung.core import ACCOUNT, MANDATE, PAID_BY, both
from ..xrechnung.german import is_filled, is_not_there, is_there
from .parties import both_in

CHAPTER = Chapter()
rule = CHAPTER.rule
WARNING, FATAL = Severity.WARNING, Severity.FATAL
MEANS = both("cac:PaymentMeans")


def within_germany(_: Place, document: Document) -> bool:
    return both_in(document, "DE")


for _id, _where, _path, _says in (
    ("DE-R-015", INVOICE, "cbc:BuyerReference", "The invoice gives the buyer's reference (BT-10)."),
    ("DE-R-003", both(f"{SELLER}/cac:PostalAddress"), "cbc:CityName",
     "The seller gives its city (BT-37)."),
    ("DE-R-004", both(f"{SELLER}/cac:PostalAddress"), "cbc:PostalZone",
     "The seller gives its post code (BT-38)."),
    ("DE-R-005", both(f"{SELLER}/cac:Contact"), "cbc:Name", "The seller names a contact (BT-41)."),
    ("DE-R-006", both(f"{SELLER}/cac:Contact"), "cbc:Telephone",
     "The seller's contact has a telephone number (BT-42)."),
    ("DE-R-007", both(f"{SELLER}/cac:Contact"), "cbc:ElectronicMail",
     "The seller's contact has an e-mail address (BT-43)."),
    ("DE-R-008", both(f"{BUYER}/cac:PostalAddress"), "cbc:CityName",
     "The buyer's city is given (BT-52)."),
    ("DE-R-009", both(f"{BUYER}/cac:PostalAddress"), "cbc:PostalZone",
     "The buyer's post code is given (BT-53)."),
    ("DE-R-010", both("cac:Delivery/cac:DeliveryLocation/cac:Address"), "cbc:CityName",
     "An address of delivery has a city (BT-77)."),
    ("DE-R-011", both("cac:Delivery/cac:DeliveryLocation/cac:Address"), "cbc:PostalZone",
     "An address of delivery has a post code (BT-78)."),
    ("DE-R-014", both("cac:TaxTotal/cac:TaxSubtotal"), "cac:TaxCategory/cbc:Percent",
     "A row of the VAT breakdown has a rate (BT-119)."),
):  # fmt: skip
    rule(_id, ubl=at(_where, _path, when=within_germany), says=_says)(is_filled)

rule("DE-R-001", ubl=at(INVOICE, "cac:PaymentMeans", when=within_germany),
     says="The invoice says how to pay (BG-16).")(is_there)  # fmt: skip
rule("DE-R-002", says="The seller has a contact (BG-6).",
     ubl=at(both("cac:AccountingSupplierParty"), "cac:Party/cac:Contact", when=within_germany),
     )(is_there)  # fmt: skip
for _id, _holds, _severity in (
    ("DE-R-016", german.seller_is_known_to_the_tax_office, FATAL),
    ("DE-R-017", german.type_is_usual, WARNING),
    ("DE-R-018", german.discount_is_well_formed, FATAL),
    ("DE-R-022", german.files_have_their_own_names, FATAL),
    ("DE-R-026", german.correction_names_its_invoice, WARNING),
    ("DE-R-030", german.debit_names_the_creditor, FATAL),
    ("DE-R-031", german.debit_names_the_account, FATAL),
):
    rule(_id, ubl=at(INVOICE, when=within_germany), severity=_severity)(_holds)
CONTACT = both(f"{SELLER}/cac:Contact")
rule("DE-R-027", ubl=at(CONTACT, "cbc:Telephone", when=within_germany), severity=WARNING,
     )(german.telephone_has_digits)  # fmt: skip
rule("DE-R-028", ubl=at(CONTACT, "cbc:ElectronicMail", when=within_germany), severity=WARNING,
     )(german.mail_address_is_one)  # fmt: skip


def _number(means: Place, _: Document) -> str:
    """The code of the means as a number: "030" is 30 here."""
    for words in values(means, "cbc:PaymentMeansCode"):
        number = double(words) if is_number(words) else None
        if number is not None:
            return f"{number.normalize():f}"
    return ""


for _id, _codes, _need, _refused, _needs, _refuses in PAID_BY:
    for _one in _codes:
        _kind = (_number, _one)
        _name = _id.replace("BR-DE-", "DE-R-0")
        rule(f"{_name}-1", ubl=at(MEANS, _need, when=within_germany, kind=_kind), says=_needs)(
            is_there
        )
        rule(
            f"{_name}-2", ubl=at(MEANS, *_refused, when=within_germany, kind=_kind), says=_refuses
        )(is_not_there)
rule(
    "DE-R-019",
    severity=WARNING,
    says="A SEPA transfer (58) names a good IBAN (BT-84).",
    ubl=at(MEANS, "cbc:PaymentMeansCode", f"{ACCOUNT}/cbc:ID", "58", when=within_germany),
)(german.account_is_an_iban)
rule(
    "DE-R-020",
    severity=WARNING,
    says="A SEPA direct debit (59) names a good IBAN (BT-91).",
    ubl=at(
        MEANS,
        "cbc:PaymentMeansCode",
        f"{MANDATE}/cac:PayerFinancialAccount/cbc:ID",
        "59",
        when=within_germany,
    ),
)(german.account_is_an_iban)
