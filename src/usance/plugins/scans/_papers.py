"""Any file that may be an invoice: by its data if it carries some, else by what its pages say."""

from dataclasses import dataclass, replace

from usance.domain import capture
from usance.domain.capture.differences import differences
from usance.domain.capture.known import Known
from usance.domain.capture.reading import Page, Reading
from usance.domain.finding import Finding, Severity
from usance.domain.invoice import Invoice
from usance.plugins import Unreadable, einvoices
from usance.plugins.einvoices import _pdf, facturx

from . import pdf_text, pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a file came to. `reading` is None where its data were all that was read."""

    format: str  # Name of the plug-in that read it.
    invoices: tuple[Invoice, ...]
    findings: tuple[Finding, ...]
    reading: Reading | None = None


def read_paper(data: bytes, known: Known) -> Paper:
    """:raises Unreadable: if nothing of ours can read the file."""
    if pictures.sniff(data):
        return _read("pictures", *pictures.read(data), known)
    if not pdf_text.sniff(data):
        name, placed = einvoices.read_isolated(data)
        return _of_data(name, [(invoice, findings) for _, invoice, findings in placed])
    if not _pdf.xml_files(data):
        return _read("pdf_text", *pdf_text.read(data), known)
    try:
        found = facturx.read(data)
    except Unreadable as wrong:
        pages, odd = pdf_text.read(data)
        where = f" ({wrong.where})" if wrong.where else ""
        said = Finding(
            code="data_not_read", severity=Severity.WARNING, where=wrong.where,
            says=f"The data inside the PDF could not be read{where}: {wrong.says}.",
            todo="Compare what the pages say, and ask the sender for a better file.",
        )  # fmt: skip
        return _read("pdf_text", pages, (said, *odd), known)
    paper = _of_data("facturx", found)
    odd = printed_otherwise(data, paper.invoices[0], known)
    return replace(paper, findings=(*paper.findings, *odd))


def _of_data(name: str, found: list[tuple[Invoice, tuple[Finding, ...]]]) -> Paper:
    return Paper(
        format=name,
        invoices=tuple(invoice for invoice, _ in found),
        findings=tuple(one for _, findings in found for one in findings),
    )


def _read(name: str, pages: tuple[Page, ...], odd: tuple[Finding, ...], known: Known) -> Paper:
    reading = capture.read(pages, known=known, findings=odd)
    return Paper(format=name, invoices=(reading.invoice,), findings=reading.findings,
                 reading=reading)  # fmt: skip


def printed_otherwise(data: bytes, invoice: Invoice, known: Known) -> tuple[Finding, ...]:
    """A finding for whatever the pages of a PDF say otherwise than the data in it."""
    try:
        pages, _ = pdf_text.read(data, with_pictures=False)
    except Unreadable as wrong:
        said = Finding(
            code="page_not_compared", severity=Severity.WARNING,
            says=f"The data were read, the pages not: {wrong.says}.",
            todo="Look whether the pages say the same.",
        )  # fmt: skip
        return (said,)
    return tuple(differences(capture.read(pages, known=known), invoice))
