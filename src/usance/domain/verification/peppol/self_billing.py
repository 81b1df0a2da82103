"""Peppol BIS Self-Billing 3: where it differs from billing. The buyer writes the invoice.

The rest are the rules of billing without those of the countries, which have published none for it.
There are no artefacts for CII; what names this specification there is asked for its process too.

Source: OpenPeppol, PEPPOL-EN16931-UBL-SB, release of May 2026.
"""

from ..document import Document
from ..en16931.coded import AMOUNTS, with_scheme
from ..paths import INVOICE
from ..reading import Place, tidy, value
from ..rulebook import Chapter, at
from .coded import attribute_listed
from .general import CONTEXT

CHAPTER = Chapter()
rule = CHAPTER.rule
SPECIFICATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0"
# The number of each process; the types below are those of 01.
PROCESSES = {
    "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0": "01",
    "urn:peppol:france:billing:regulated": "01",
    "urn:peppol:france:billing:non-regulated": "01",
    "urn:peppol:bis:billing_with_response": "02",
}
INVOICE_TYPES = ("389", "527")
CREDIT_TYPES = ("261",)
CII_PROCESS = f"{CONTEXT}/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"


def process(document: Document) -> str:
    """The number of the process, "" for none that self-billing knows."""
    path = "cbc:ProfileID" if document.syntax == "ubl" else CII_PROCESS
    return PROCESSES.get(tidy(value(document.root, path)), "")


@rule("PEPPOL-EN16931-R007", ubl=at(INVOICE), cii=at(CONTEXT))
def process_is_of_self_billing(_: Place, document: Document) -> bool:
    """The business process (BT-23) is one of self-billing, such as
    urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0."""
    return document.fact(process) != ""


@rule("PEPPOL-EN16931-R004", ubl=at(INVOICE, "cbc:CustomizationID"),
      cii=at(CONTEXT, "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"))  # fmt: skip
def specification_is_of_self_billing(place: Place, _: Document, path: str) -> bool:
    """The specification (BT-24) is that of Peppol BIS Self-Billing 3, without a double colon."""
    words = tidy(value(place, path))
    return words.startswith(SPECIFICATION) and "::" not in words


@rule("PEPPOL-EN16931-P0100", ubl=at("cbc:InvoiceTypeCode"))
def invoice_is_self_billed(kind: Place, document: Document) -> bool:
    """In self-billing (process 01) the type of an invoice (BT-3) is 389 or 527."""
    return document.fact(process) != "01" or tidy(kind.text or "") in INVOICE_TYPES


@rule("PEPPOL-EN16931-P0101", ubl=at("cbc:CreditNoteTypeCode"))
def credit_note_is_self_billed(kind: Place, document: Document) -> bool:
    """In self-billing (process 01) the type of a credit note (BT-3) is 261."""
    return document.fact(process) != "01" or tidy(kind.text or "") in CREDIT_TYPES


rule("PEPPOL-EN16931-CL007", ubl=at(AMOUNTS, "self_billing_currencies", "currencyID"),
     says="The currency of an amount is a code of ISO 4217.")(attribute_listed)  # fmt: skip
rule("PEPPOL-EN16931-CL008",
     ubl=at("cbc:EndpointID", "self_billing_address_schemes", "schemeID", when=with_scheme),
     says="The scheme of an electronic address (BT-34, BT-49) is one in use on Peppol.",
     )(attribute_listed)  # fmt: skip
