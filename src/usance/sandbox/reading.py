"""What a debtor's system finds in what it was sent: the e-invoice, as XML or inside of the PDF.

A person who opens a letter reads the same figures on paper; the sandbox cannot read paper and
takes them from the XML in the PDF, or from the payment data that came with the delivery.
"""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pikepdf
from lxml import etree

from usance.domain.money import Money, NotMoney
from usance.domain.payment import compact

_WORD = re.compile(r"[\w./\-]{4,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What somebody wants of a debtor."""

    number: str
    reference: str  # Empty: the invoice asks for none.
    amount: Money
    due_on: date | None
    account: str
    debtor: str
    creditor: str
    credits: str = ""  # A credit note: the number of the invoice that it reduces.


def demand(
    documents: Iterable[tuple[str, bytes]], payment: Mapping[str, Any] | None
) -> Demand | None:
    """The first demand in these documents (media type, content), else in the payment data.

    None: nothing in it that a machine reads.
    """
    held = list(documents)
    plain = [content for media_type, content in held if "xml" in media_type]
    for content in plain:
        if found := _of_xml(content):
            return found
    if payment and (found := _of_payment(payment)):
        return found
    for media_type, content in held:
        if media_type == "application/pdf" or content.startswith(b"%PDF"):
            for inner in _inside(content):
                if found := _of_xml(inner):
                    return found
    return None


def words(text: str) -> frozenset[str]:
    """Everything in a text that may be a number or a reference, compacted."""
    return frozenset(compact(word) for word in _WORD.findall(text))


def _inside(pdf: bytes) -> list[bytes]:
    try:
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            names = [name for name in opened.attachments if name.lower().endswith(".xml")]
            return [opened.attachments[name].get_file().read_bytes() for name in names]
    except pikepdf.PdfError:
        return []


def _of_xml(content: bytes) -> Demand | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return None
    name = etree.QName(root).localname
    try:
        if name in ("Invoice", "CreditNote"):
            return _of_ubl(root, is_credit=name == "CreditNote")
        if name == "CrossIndustryInvoice":
            return _of_cii(root)
    except (NotMoney, ValueError):
        return None
    return None


def _of_ubl(root: etree._Element, *, is_credit: bool) -> Demand:
    amount = _first(root, "LegalMonetaryTotal/PayableAmount")
    due = _text(root, "DueDate") or _text(root, "PaymentMeans/PaymentDueDate")
    buyer, seller = "AccountingCustomerParty/Party/", "AccountingSupplierParty/Party/"
    return Demand(
        number=_text(root, "ID"),
        reference=_text(root, "PaymentMeans/PaymentID"),
        amount=Money.of(_content(amount), "" if amount is None else amount.get("currencyID", "")),
        due_on=date.fromisoformat(due[:10]) if due else None,
        account=_text(root, "PaymentMeans/PayeeFinancialAccount/ID").replace(" ", ""),
        debtor=_text(root, buyer + "PartyLegalEntity/RegistrationName")
        or _text(root, buyer + "PartyName/Name"),
        creditor=_text(root, "PayeeParty/PartyName/Name")
        or _text(root, seller + "PartyLegalEntity/RegistrationName")
        or _text(root, seller + "PartyName/Name"),
        credits=_text(root, "BillingReference/InvoiceDocumentReference/ID") if is_credit else "",
    )


def _of_cii(root: etree._Element) -> Demand:
    trade = "SupplyChainTradeTransaction/"
    deal = trade + "ApplicableHeaderTradeAgreement/"
    paid = trade + "ApplicableHeaderTradeSettlement/"
    summed = paid + "SpecifiedTradeSettlementHeaderMonetarySummation/"
    due = _text(root, paid + "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString")
    is_credit = _text(root, "ExchangedDocument/TypeCode") == "381"
    credited = paid + "InvoiceReferencedDocument/IssuerAssignedID"
    return Demand(
        number=_text(root, "ExchangedDocument/ID"),
        reference=_text(root, paid + "PaymentReference"),
        amount=Money.of(
            _text(root, summed + "DuePayableAmount"), _text(root, paid + "InvoiceCurrencyCode")
        ),
        due_on=date.fromisoformat(due) if due else None,
        account=_text(
            root,
            paid + "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID",
        ).replace(" ", ""),
        debtor=_text(root, deal + "BuyerTradeParty/Name"),
        creditor=_text(root, paid + "PayeeTradeParty/Name")
        or _text(root, deal + "SellerTradeParty/Name"),
        credits=_text(root, credited) if is_credit else "",
    )


def _of_payment(payment: Mapping[str, Any]) -> Demand | None:
    try:
        amount = payment["amount"]
        return Demand(
            number=str(payment["invoice_number"]),
            reference=str(payment.get("reference", "")),
            amount=Money(int(amount["minor"]), str(amount["currency"])),
            due_on=date.fromisoformat(payment["due_on"]) if payment.get("due_on") else None,
            account=str(payment["account"]).replace(" ", ""),
            debtor=str(payment.get("payer", "")),
            creditor=str(payment.get("payee", "")),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _first(root: etree._Element, path: str) -> etree._Element | None:
    return root.find("/".join(f"{{*}}{step}" for step in path.split("/")))


def _text(root: etree._Element, path: str) -> str:
    return _content(_first(root, path))


def _content(element: etree._Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""
