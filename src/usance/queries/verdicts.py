"""What the official rules say of an invoice that we hold: asked anew each time, never kept."""

from datetime import date

from usance import models
from usance.domain.invoice import Invoice
from usance.plugins.einvoices._values import judge_values
from usance.plugins.einvoices._verdict import Verdict, verdict

from .parcels import stored

WRITTEN = ("application/xml", "text/xml", "application/pdf")


def of(file: models.ReceivedFile, paper: Invoice, *, today: date) -> Verdict:
    """The verdict on an invoice by the rules of its day of issue.

    A document that is one invoice is judged as it came; a row of a table by its values.
    """
    if file.document.media_type in WRITTEN:
        found = verdict(stored(file.document_id), profile=None, today=today)
        if found.syntax in ("ubl", "cii"):
            return found
    findings, left = judge_values(paper, on=paper.issued_on or today)
    return Verdict(syntax="", profile="en16931", findings=findings, not_judged=left)
