"""What German invoices must say: functions that XRechnung (BR-DE) and Peppol (DE-R) share."""

import re

from .. import checkdigits
from ..document import Document
from ..reading import Place, any_filled, each, has, text, tidied, tidy, value, values

TAXED = frozenset(["S", "Z", "E", "AE", "K", "G", "L", "M"])
TYPES = frozenset(["326", "380", "384", "389", "381", "875", "876", "877"])
SELLER = "cac:AccountingSupplierParty/cac:Party"
_DISCOUNT = re.compile(
    r"(^|\r?\n)#(SKONTO)#TAGE=([0-9]+#PROZENT=[0-9]+\.[0-9]{2})(#BASISBETRAG=-?[0-9]+\.[0-9]{2})?#\Z"
)
_MAIL = re.compile(r"[^@\s]+@([^@.\s]+\.)+[^@.\s]+\Z")
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")
_MARKED = re.compile("#.+#")


def is_there(place: Place, _: Document, *paths: str) -> bool:
    return any(has(place, path) for path in paths)


def is_filled(place: Place, _: Document, *paths: str) -> bool:
    return any(any_filled(place, path) for path in paths)


def is_not_there(place: Place, _: Document, *paths: str) -> bool:
    return not any(has(place, path) for path in paths)


def seller_is_known_to_the_tax_office(invoice: Place, _: Document) -> bool:
    """Who charges VAT gives a VAT number (BT-31), a tax number (BT-32) or a representative
    (BG-11)."""
    lines = [*invoice.findall("cac:InvoiceLine"), *invoice.findall("cac:CreditNoteLine")]
    codes = {
        code
        for group in invoice.findall("cac:AllowanceCharge")
        if {"true", "false"} & set(values(group, "cbc:ChargeIndicator"))
        for code in values(group, "cac:TaxCategory/cbc:ID")
    } | {
        code for line in lines for code in values(line, "cac:Item/cac:ClassifiedTaxCategory/cbc:ID")
    }
    return not codes & TAXED or (
        has(invoice, "cac:TaxRepresentativeParty")
        or any_filled(invoice, f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID")
    )


def discounts_are_well_formed(terms: list[str]) -> bool:
    """Whether every line that starts with # is a discount in the form agreed, and a line break
    ends the last one."""
    if not any("#" in words for words in terms):
        return True
    marked = [
        line for words in terms for line in re.split(r"\r?\n", words) if tidy(line).startswith("#")
    ]
    if not marked:
        return True
    rest = _MARKED.split(terms[-1])[-1]
    return all(_DISCOUNT.search(tidy(line)) for line in marked) and (
        re.match(r"\s*\n", rest) is not None
    )


def discount_is_well_formed(invoice: Place, _: Document) -> bool:
    """A discount in the payment terms (BT-20) is written
    #SKONTO#TAGE=n#PROZENT=n.nn#[BASISBETRAG=n.nn#] on a line of its own."""
    notes = [terms.find("cbc:Note") for terms in invoice.findall("cac:PaymentTerms")]
    return discounts_are_well_formed([text(note) for note in notes if note is not None])


def files_have_their_own_names(invoice: Place, _: Document) -> bool:
    """No two attachments (BT-125) have the same file name."""
    seen: set[str] = set()
    path = "cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
    for paper in invoice.findall("cac:AdditionalDocumentReference"):
        names = {n for c in each(paper, path) if (n := c.get("filename")) is not None}
        if names & seen:
            return False
        seen |= names
    return True


def correction_names_its_invoice(invoice: Place, _: Document) -> bool:
    """A corrected invoice (384) names the invoice that it corrects (BG-3)."""
    codes = (tidied(invoice, f"cbc:{tag}") for tag in ("InvoiceTypeCode", "CreditNoteTypeCode"))
    return "384" not in codes or has(invoice, "cac:BillingReference/cac:InvoiceDocumentReference")


def type_is_usual(invoice: Place, _: Document) -> bool:
    """The type (BT-3) is 326, 380, 381, 384, 389, 875, 876 or 877."""
    codes = (tidied(invoice, f"cbc:{tag}") for tag in ("InvoiceTypeCode", "CreditNoteTypeCode"))
    return any(code in TYPES for code in codes)


def debit_names_the_creditor(invoice: Place, _: Document) -> bool:
    """A direct debit (BG-19) names the creditor's identifier (BT-90)."""
    if not has(invoice, "cac:PaymentMeans/cac:PaymentMandate"):
        return True
    numbers = [
        *each(invoice, f"{SELLER}/cac:PartyIdentification/cbc:ID"),
        *each(invoice, "cac:PayeeParty/cac:PartyIdentification/cbc:ID"),
    ]
    return any(number.get("schemeID") == "SEPA" for number in numbers)


def debit_names_the_account(invoice: Place, _: Document) -> bool:
    """A direct debit (BG-19) names the debited account (BT-91)."""
    mandate = "cac:PaymentMeans/cac:PaymentMandate"
    return not has(invoice, mandate) or has(invoice, f"{mandate}/cac:PayerFinancialAccount/cbc:ID")


def telephone_has_digits(contact: Place, _: Document, path: str) -> bool:
    """A telephone number (BT-42) has at least three digits."""
    return len(re.findall("[0-9]", value(contact, path))) >= 3


def mail_address_is_one(contact: Place, _: Document, path: str) -> bool:
    """An e-mail address (BT-43) has one @ with something, and a dot, in the right places."""
    return _MAIL.match(tidied(contact, path)) is not None


def address_has_a_scheme(place: Place, _: Document, path: str) -> bool:
    """The address of an external document (BT-124) is a full one, with https: or the like."""
    return _ADDRESS.match(value(place, path)) is not None


def account_is_an_iban(means: Place, _: Document, code: str, path: str, wanted: str) -> bool:
    """Whether payment by `wanted` names a good IBAN."""
    return tidied(means, code) != wanted or checkdigits.iban(value(means, path))
