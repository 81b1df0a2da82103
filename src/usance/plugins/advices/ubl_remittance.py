"""UBL RemittanceAdvice 2.0 to 2.4: what a payer's system says of one payment.

A line has a debit and a credit; which of them is paid differs between senders, so the sign is the
one with which all lines make TotalPaymentAmount.
Source: OASIS UBL 2.1 §RemittanceAdvice (UBL-RemittanceAdvice-2.1.xsd), BillingReference and
AllowanceCharge of its common aggregates.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from lxml import etree

from usance.domain.payment import Advice, Part
from usance.plugins import Unreadable
from usance.plugins._xml import local, open_xml

LARGEST_BYTES = 20 * 1024 * 1024
MOST_LINES = 50_000
_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,4})?", re.ASCII)
_DOCUMENTS = (
    "InvoiceDocumentReference", "SelfBilledInvoiceDocumentReference", "DebitNoteDocumentReference",
    "CreditNoteDocumentReference", "SelfBilledCreditNoteDocumentReference",
)  # fmt: skip


def sniff(data: bytes) -> bool:
    return data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and (
        b"RemittanceAdvice" in data[:8192]
    )


def read(data: bytes) -> list[Advice]:
    """:raises Unreadable: for what is not well-formed, another document, a line without an invoice
    or an amount, two currencies, or lines that do not make the total."""
    root = open_xml(data, largest=LARGEST_BYTES)
    if local(root) != "RemittanceAdvice":
        raise Unreadable(f"this is no remittance advice: its first element is {local(root)}")
    lines = _all(root, "RemittanceAdviceLine")
    if len(lines) > MOST_LINES:
        raise Unreadable(f"more than {MOST_LINES:,} lines")
    parts = [_part(line, f"line {at}") for at, line in enumerate(lines, start=1)]
    stated = _amount(root, "TotalPaymentAmount", "TotalPaymentAmount")
    parts = _signed(parts, [_is_credit_note(line) for line in lines], stated)
    total = sum((part.amount for part in parts), Decimal(0))
    currencies = {one.get("currencyID", "") for one in root.iter("{*}TotalPaymentAmount")}
    currencies |= {text} if (text := _text(root, "DocumentCurrencyCode")) else set()
    if len(currencies - {""}) > 1:
        raise Unreadable(f"{' and '.join(sorted(currencies))[:60]} stand in one advice")
    return [Advice(
        parts=tuple(parts), total=total, currency=next(iter(currencies - {""}), ""),
        payer=(_text(root, "AccountingCustomerParty/Party/PartyName/Name")
               or _text(root, "AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName")),
        payer_account=_text(root, "PaymentMeans/PayerFinancialAccount/ID").replace(" ", ""),
        reference=_text(root, "PaymentOrderReference") or _text(root, "PayerReference"),
        paid_on=_day(_text(root, "PaymentMeans/PaymentDueDate")),
    )]  # fmt: skip


def _part(line: etree._Element, where: str) -> Part:
    references = [
        (name, one) for name in _DOCUMENTS for one in _all(line, f"BillingReference/{name}")
    ]
    if len(references) != 1:
        raise Unreadable(f"{len(references)} invoices, where one belongs", where=where)
    ((_, document),) = references
    number = _text(document, "ID")
    debit = _amount(line, "DebitLineAmount", where)
    credit = _amount(line, "CreditLineAmount", where)
    if not number or (debit is None and credit is None):
        raise Unreadable("a line without an invoice or an amount", where=where)
    amount = (debit or Decimal(0)) - (credit or Decimal(0))
    kept_back, reasons = Decimal(0), []
    for one in _all(line, "BillingReference/BillingReferenceLine/AllowanceCharge"):
        if _text(one, "ChargeIndicator") == "false":
            kept_back += _amount(one, "Amount", where) or Decimal(0)
            reasons.append(_text(one, "AllowanceChargeReason"))
    reason = "; ".join(filter(None, [*reasons, _text(line, "Note")]))[:140]
    return Part(number=number, amount=amount, deducted=abs(kept_back), reason=reason)


def _signed(parts: Sequence[Part], credited: Sequence[bool], stated: Decimal | None) -> list[Part]:
    """The lines with the signs with which they make the total: as they stand, turned, or invoices
    added and credit notes taken off."""
    by_kind = [
        -abs(part.amount) if is_note else abs(part.amount)
        for part, is_note in zip(parts, credited, strict=True)
    ]
    plain = [part.amount for part in parts]
    for amounts in (plain, [-amount for amount in plain], by_kind):
        listed = sum(amounts, Decimal(0))
        if listed == stated or (stated is None and listed > 0):
            return [
                replace(part, amount=amount) for part, amount in zip(parts, amounts, strict=True)
            ]
    raise Unreadable(f"its lines make {sum(plain, Decimal(0))}, its total is {stated}")


def _is_credit_note(line: etree._Element) -> bool:
    names = (name for name in _DOCUMENTS if "CreditNote" in name)
    return any(_all(line, f"BillingReference/{name}") for name in names)


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall("/".join(f"{{*}}{name}" for name in path.split("/")))


def _text(element: etree._Element, path: str) -> str:
    found = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    return " ".join((found.text or "").split())[:140] if found is not None else ""


def _amount(element: etree._Element, name: str, where: str) -> Decimal | None:
    text = _text(element, name)
    if not text:
        return None
    if not _AMOUNT.fullmatch(text):
        raise Unreadable(f"{text[:40]!r} is no amount", where=where)
    return Decimal(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError as broken:
        raise Unreadable(f"{text[:40]!r} is no date", where="PaymentDueDate") from broken
