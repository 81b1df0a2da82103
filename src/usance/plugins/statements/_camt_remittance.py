"""The remittance part (RmtInf) of a camt detail: what the payer says the money is for."""

from collections.abc import Iterator

from usance.domain.money import Money
from usance.domain.payment import Reference

from ._camt_xml import Element, child, children, read_amount, text_at

CREDIT_NOTES = frozenset({"CREN"})
INVOICES = frozenset({"CINV", "SBIN", "HIRI", "CMCN", "SOAC", "DISP", "BOLD", "PUOR", ""})
AMOUNTS = ("RmtdAmt", "DuePyblAmt", "CdtNoteAmt")


def texts_of(tx: Element) -> list[str]:
    """Unstructured texts in their order, then what is written beside structured references."""
    remittance = child(tx, "RmtInf")
    if remittance is None:
        return []
    texts = [found.text for found in children(remittance, "Ustrd")]
    for structured in children(remittance, "Strd"):
        texts += [found.text for found in children(structured, "AddtlRmtInf")]
    return [text for text in texts if text]


def references_of(tx: Element) -> tuple[Reference, ...]:
    remittance = child(tx, "RmtInf")
    if remittance is None:
        return ()
    return tuple(found for part in children(remittance, "Strd") for found in _references(part))


def _references(structured: Element) -> Iterator[Reference]:
    """The creditor reference and each referred document; an amount that the part states once is
    given to its only reference, and to none when there are several."""
    creditor = text_at(structured, "CdtrRefInf", "Ref")
    documents = [found for found in children(structured, "RfrdDocInf") if text_at(found, "Nb")]
    if creditor:
        kind = child(structured, "CdtrRefInf", "Tp", "CdOrPrtry")
        code = text_at(kind, "Cd") or text_at(kind, "Prtry")
        yield Reference(
            scheme="scor" if code in ("SCOR", "") or code.isupper() else "other",
            value=creditor,
            amount=None if documents else _amount(structured, "invoice"),
        )
    for document in documents:
        kind = child(document, "Tp", "CdOrPrtry")
        code = text_at(kind, "Cd") or text_at(kind, "Prtry")
        scheme = "credit_note" if code in CREDIT_NOTES else "invoice"
        if code not in CREDIT_NOTES | INVOICES:
            scheme = "other"
        yield Reference(
            scheme=scheme,
            value=text_at(document, "Nb"),
            amount=_amount(structured, scheme) if len(documents) == 1 else None,
        )


def _amount(structured: Element, scheme: str) -> Money | None:
    """What of the payment stands for the document; of a credit note it is negative."""
    amounts = child(structured, "RfrdDocAmt")
    for name in ("CdtNoteAmt", "RmtdAmt") if scheme == "credit_note" else AMOUNTS:
        found = child(amounts, name)
        if found is not None:
            amount = read_amount(found)
            return -amount if name == "CdtNoteAmt" or scheme == "credit_note" else amount
    return None
