"""What the official rules say of an invoice that we hold: asked anew each time, never kept."""

from datetime import date

from usance import models
from usance.domain.invoice import Invoice
from usance.plugins.einvoices._judging import Asked, Judged, judged
from usance.plugins.einvoices._values import judge_values
from usance.plugins.einvoices._verdict import Verdict

from .parcels import stored

WRITTEN = ("application/xml", "text/xml", "application/pdf")


def of(file: models.ReceivedFile, paper: Invoice, *, today: date) -> Judged:
    """The verdict on an invoice by the rules of its day of issue.

    A document that is one invoice is judged as it came; a row of a table by its values.
    """
    if file.document.media_type in WRITTEN:
        asked = Asked(profile=None, on=None, today=today)
        (found,) = judged([stored(file.document_id)], asked)
        if found.verdict.syntax in ("ubl", "cii"):
            return found
    findings, left = judge_values(paper, on=paper.issued_on or today)
    return Judged(verdict=Verdict(syntax="", profile="en16931", findings=findings, not_judged=left))
