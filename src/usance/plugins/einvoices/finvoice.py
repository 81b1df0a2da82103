"""Finvoice 3.0, 2.01 and 1.x, the Finnish e-invoice, with or without its SOAP frame. Read only.

A bank's file holds several: each has a SOAP envelope of its own in front, as text, not around it.
Source: Finvoice 3.0 schema and implementation guideline, Finance Finland; the code list SPY for
InvoiceTypeCode (INV01 invoice, INV02 credit note, INV06 pro forma, INV07 self-billed).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from lxml.etree import _Element

from usance.domain.finding import Finding
from usance.domain.invoice import Invoice
from usance.domain.invoice.document import (
    CREDIT_NOTE_CODES,
    Account,
    Attachment,
    Delivery,
    PaymentMeans,
    Period,
    Preceding,
    Tax,
    Totals,
)
from usance.domain.party import Payee
from usance.plugins import Unreadable

from . import _xml
from ._fields import (
    Reading,
    Table,
    Values,
    foreign_currencies,
    gather,
    inside,
    many,
    one,
    put,
    text,
)
from ._finvoice_parts import (
    ACCOUNTS,
    CHARGE,
    DELIVERY_PARTY,
    DELIVERY_PERIOD,
    EPI,
    allowance,
    identifier,
    line,
    listed,
    money,
    note,
    number,
    on,
    party,
    party_of,
)
from ._signs import positive

MEDIA_TYPE = "application/xml"
ROOTS = ("Finvoice",)
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}Envelope"
MAX_INVOICES = 10_000
KINDS = {"INV01": "380", "INV02": "381", "INV06": "325", "INV07": "389"}  # To UNTDID 1001.
ORIGINAL = "Original"
_START, _END = re.compile(rb"<Finvoice[\s>]"), b"</Finvoice>"
_DECLARATION = re.compile(rb"<\?xml\s[^>]*\?>")


def sniff(data: bytes) -> bool:
    head = _xml.prolog(data)
    if head is None:
        return False
    return head.tag in ROOTS or (head.tag == SOAP and _START.search(data) is not None)


def read(data: bytes) -> list[tuple[Invoice, tuple[Finding, ...]]]:
    """Every invoice of the file, in its order.

    :raises Unreadable: if it is no Finvoice, broken, refused for what it would do to us, or has
        anything but SOAP envelopes between its invoices.
    """
    return [_invoice(_xml.parse(each, roots=ROOTS, what="Finvoice")) for each in _cut(data)]


def _cut(data: bytes) -> Iterator[bytes]:
    """Each invoice as a file of its own, with the lines before it as blank ones."""
    starts = [found.start() for found in _START.finditer(data)]
    head = _xml.prolog(data)
    if len(starts) < 2 and (head is None or head.tag != SOAP):
        yield data
        return
    if len(starts) > MAX_INVOICES:
        raise Unreadable(f"more than {MAX_INVOICES:,} invoices in one file; split it")
    at = 0
    for start in starts:
        end = data.find(_END, start)
        if start < at or end < 0:
            line_of = data.count(b"\n", 0, start) + 1
            raise Unreadable("an invoice has no end", where=f"line {line_of}")
        end += len(_END)
        declared = list(_DECLARATION.finditer(data, at, start))
        begin = declared[-1].end() if declared else start
        _only_a_frame(data[at : declared[-1].start()] if declared else data[at:start])
        blank = b"\n" * data.count(b"\n", 0, begin)
        yield (declared[-1][0] if declared else b"") + blank + data[begin:end]
        at = end
    if data[at:].strip():
        raise Unreadable("something stands behind the last invoice")


def _only_a_frame(between: bytes) -> None:
    if not between.strip():
        return
    head = _xml.prolog(between.strip())
    if head is None or head.doctype_line or head.tag != SOAP:
        raise Unreadable("what stands in front of an invoice is no SOAP envelope")


def _invoice(root: _Element) -> tuple[Invoice, tuple[Finding, ...]]:
    reading = Reading({})
    values = gather(root, ROOT, reading)
    details = values.pop("details", {})
    for name in ("notes", "allowances"):
        if both := (*details.pop(name, ()), *values.pop(name, ())):
            values[name] = both
    epi = values.pop("epi", {})
    sold, bought = values.pop("seller", {}), values.pop("buyer", {})
    values["seller"] = party_of(
        sold, endpoint=values.pop("from", None), customer=details.pop("seller_number", None)
    )
    values["buyer"] = party_of(
        bought, endpoint=values.pop("to", None), customer=details.pop("buyer_number", None)
    )
    values["type_code"] = _kind(root, details, reading)
    values["totals"] = _totals(root, details, epi, values["type_code"], reading)
    values["currency"] = next(iter(reading.currencies), "")
    foreign_currencies(reading, own=values["currency"])
    values["payment_means"] = _means(epi, values.pop("accounts", ()))
    if (due_on := epi.get("due_on")) is not None:
        details.setdefault("due_on", due_on)
    details["payment_terms"] = "\n".join(details.pop("terms", ()))
    period = {key: details.pop(f"period_{key}") for key in ("start", "end")
              if f"period_{key}" in details}  # fmt: skip
    delivery, delivered = values.pop("delivery", {}), values.pop("delivered_to", {})
    if period or "period" in delivery:
        values["period"] = Period(**period) if period else delivery["period"]
    delivery.pop("period", None)
    if delivery or delivered:
        values["delivery"] = Delivery(**delivery, **delivered)
    values["attachments"] = _attachments(values)
    return positive(Invoice(**values, **details)), tuple(reading.findings)


def _kind(root: _Element, details: Values, reading: Reading) -> str:
    """UNTDID 1001, by the code of 3.0 where it stands, else by the Finnish one."""
    said, code = details.pop("kind", ""), details.pop("kind_un", "")
    origin = details.pop("origin", ORIGINAL)
    if origin != ORIGINAL:
        reading.fault(
            root, "not_the_original", f"This is no original but a {origin[:20]!r} of an invoice.",
            todo="Ask the client for the original.",
        )  # fmt: skip
    known = KINDS.get(said, "")
    if not known:
        reading.fault(root, "kind_unknown", f"{said[:20]!r} is no kind of invoice.")
    elif code and (code in CREDIT_NOTE_CODES) != (known in CREDIT_NOTE_CODES):
        reading.fault(root, "type_contradicts", f"{said} and {code[:10]} contradict each other.")
    return code or known


def _totals(
    root: _Element, details: Values, epi: Values, type_code: str, reading: Reading
) -> Totals:
    """What the payment slip asks for; a credit note's says nothing or nought, whatever it gives."""
    found = {name: details.pop(f"total_{name}") for name in TOTALS.values()
             if f"total_{name}" in details}  # fmt: skip
    gross: Decimal | None = found.get("gross")
    asked: Decimal | None = epi.get("payable")
    if gross is None:
        reading.fault(root, "total_missing", "The invoice states no InvoiceTotalVatIncludedAmount.")
        return Totals(**found, payable=asked)
    owed = gross + found.get("rounding", 0) - found.get("prepaid", 0)
    if asked is None or type_code in CREDIT_NOTE_CODES:
        asked = owed
    elif asked != owed:
        reading.warn(root, "payable_differs", f"The payment slip asks for {asked}, not for {owed}.")
    return Totals(**found, payable=asked)


def _means(epi: Values, accounts: tuple[Account, ...]) -> tuple[PaymentMeans, ...]:
    """The slip's account first, then the seller's others."""
    own = {key: epi[key] for key in ("number", "name", "bic") if key in epi}
    listed_accounts = [Account(**own)] if "number" in own else []
    listed_accounts += [each for each in accounts if each.number != own.get("number")]
    reference = epi.get("reference") or epi.get("free_reference", "")
    made = PaymentMeans(
        code=epi.get("code", ""),
        text=epi.get("text", ""),
        reference=reference,
        accounts=tuple(listed_accounts),
    )
    return () if made == PaymentMeans() else (made,)


def _attachments(values: Values) -> tuple[Attachment, ...]:
    urls, names = values.pop("urls", ()), list(values.pop("url_names", ()))
    names += [""] * (len(urls) - len(names))
    return tuple(
        Attachment(reference=name or url, url=url) for url, name in zip(urls, names, strict=False)
    )


def _part_payments(element: _Element, into: Values, reading: Reading) -> None:
    reading.warn(element, "instalments_not_read", "Payment in parts is not read.")


def _factor(element: _Element, into: Values, reading: Reading) -> None:
    """The invoice is assigned already: who is to be paid, and the clause that says so."""
    values = gather(element, FACTORING, reading)
    into.setdefault("notes", []).extend(note(said) for said in values.pop("clauses", ()))
    put("payee", Payee(**values) if values else None, element, into, reading)


TOTALS = {
    "RowsTotalVatExcludedAmount": "lines",
    "DiscountsTotalVatExcludedAmount": "allowances",
    "ChargesTotalVatExcludedAmount": "charges",
    "InvoiceTotalVatExcludedAmount": "net",
    "InvoiceTotalVatAmount": "tax",
    "InvoiceTotalVatIncludedAmount": "gross",
    "InvoiceTotalRoundoffAmount": "rounding",
    "InvoicePaidAmount": "prepaid",
}
FACTORING: Table = {
    "FactoringPartyName": text("name"),
    "FactoringPartyIdentifier": identifier("legal_id"),
    "FactoringFreeText": listed("clauses"),
}


def _original_date(element: _Element, into: Values, reading: Reading) -> None:
    """The day of the number that stands before it."""
    said: Values = {}
    on("issued_on")(element, said, reading)
    before = into.get("preceding", ())
    if said and before and before[-1].issued_on is None:
        before[-1] = replace(before[-1], **said)


TAX: Table = {
    "VatBaseAmount": money("taxable"),
    "VatRatePercent": number("rate"),
    "VatCode": text("category"),
    "VatRateAmount": money("tax"),
    "VatFreeText": text("exemption"),
    "VatExemptionReasonCode": text("exemption_code"),
}
DETAILS: Table = {
    "InvoiceTypeCode": text("kind"),
    "InvoiceTypeCodeUN": text("kind_un"),
    "OriginCode": text("origin"),
    "InvoiceNumber": text("number"),
    "InvoiceDate": on("issued_on"),
    "OriginalInvoiceNumber": listed("preceding", lambda said: Preceding(number=said)),
    "OriginalInvoiceDate": _original_date,
    "OriginalInvoiceReference": many(
        "preceding",
        {"InvoiceNumber": text("number"), "InvoiceDate": on("issued_on")},
        Preceding,
        number="",
    ),
    "InvoicingPeriodStartDate": on("period_start"),
    "InvoicingPeriodEndDate": on("period_end"),
    "SellerReferenceIdentifier": text("sales_order"),
    "BuyersSellerIdentifier": identifier("seller_number"),
    "SellersBuyerIdentifier": identifier("buyer_number"),
    "OrderIdentifier": text("order"),
    "AgreementIdentifier": text("contract"),
    "BuyerReferenceIdentifier": text("buyer_reference"),
    "ProjectReferenceIdentifier": text("project"),
    "NormalProposedAccountIdentifier": text("accounting"),
    "TenderReference": text("tender"),
    **{name: money(f"total_{ours}") for name, ours in TOTALS.items()},
    "VatSpecificationDetails": many("taxes", TAX, Tax),
    "InvoiceFreeText": listed("notes", note),
    "InvoiceVatFreeText": listed("notes", note),
    "PaymentTermsDetails": inside(
        {"PaymentTermsFreeText": listed("terms"), "InvoiceDueDate": on("due_on")}
    ),
    "DiscountDetails": allowance(is_charge=False, table=CHARGE),
    "ChargeDetails": allowance(is_charge=True, table=CHARGE),
}
ROOT: Table = {
    "MessageTransmissionDetails": inside(
        {
            "MessageSenderDetails": inside({"FromIdentifier": identifier("from")}),
            "MessageReceiverDetails": inside({"ToIdentifier": identifier("to")}),
        }
    ),
    **party("seller", "Seller"),
    **party("buyer", "Buyer"),
    "SellerInformationDetails": inside(ACCOUNTS),
    "DeliveryPartyDetails": one("delivered_to", DELIVERY_PARTY, dict),
    "DeliveryDetails": one(
        "delivery", {"DeliveryDate": on("on"), "DeliveryPeriodDetails": DELIVERY_PERIOD}, dict
    ),
    "InvoiceDetails": one("details", DETAILS, dict),
    "PartialPaymentDetails": _part_payments,
    "FactoringAgreementDetails": _factor,
    "InvoiceRow": line,
    "EpiDetails": one("epi", EPI, dict),
    "InvoiceUrlNameText": listed("url_names"),
    "InvoiceUrlText": listed("urls"),
}
