"""What one file held, before it is asked whose that is: invoices, or a table that nobody knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from usance.domain.finding import Finding, Severity
from usance.domain.intake import mapping
from usance.domain.invoice import Invoice
from usance.plugins import einvoices, scans
from usance.plugins.einvoices import facturx
from usance.plugins.einvoices._tables import Found

WITH_PAGES = "facturx"  # The format whose data come inside a PDF.
Placed = tuple[str, Invoice, tuple[Finding, ...]]


@dataclass(slots=True)
class Held:
    format: str
    papers: list[Placed] = field(default_factory=list)  # With their place, where there are many.
    findings: list[Finding] = field(default_factory=list)  # Of the file, not of one invoice.
    waits: str = ""  # The fingerprint of the first table that a person must confirm.


def read(data: bytes, known: Mapping[str, mapping.Mapping]) -> Held:
    """Every invoice in the file; a table by its known mapping, or by headings that leave no doubt.

    :param known: what was confirmed for the client, by fingerprint.
    :raises Unreadable: if no format knows it.
    """
    tables = einvoices.tables(data)
    proposals = {
        one.table.fingerprint: mapping.propose(one.table)
        for one in tables
        if one.table.fingerprint not in known
    }
    wanted = [one for one in tables if _is_wanted(one, known, proposals)]
    if not wanted:
        return _by_data(data)
    held = Held(wanted[0].format)
    for one in wanted:
        key = one.table.fingerprint
        if key not in known and not proposals[key].certain:
            return Held(one.format, findings=[_waiting(one, proposals[key])], waits=key)
        said = known[key] if key in known else proposals[key].mapping
        rows = einvoices.read_table(one, said)
        held.papers.extend(rows.invoices)
        held.findings.extend(rows.beside)
    held.findings.extend(_passed_over(tables, wanted))
    return held


def _by_data(data: bytes) -> Held:
    """What the file's data say, and where its printed pages say otherwise."""
    name, placed = einvoices.read_isolated(data)
    papers = list(placed)
    if name == WITH_PAGES and facturx.sniff(data) and len(papers) == 1:
        at, invoice, findings = papers[0]
        papers = [(at, invoice, (*findings, *scans.printed_otherwise(data, invoice)))]
    return Held(name, papers)


def _is_wanted(
    one: Found,
    known: Mapping[str, mapping.Mapping],
    proposals: Mapping[str, mapping.Proposal],
) -> bool:
    key = one.table.fingerprint
    return key in known or proposals[key].is_schedule


def _waiting(one: Found, proposal: mapping.Proposal) -> Finding:
    doubts = "; ".join(proposal.doubts[:4])
    return Finding(
        code="mapping_needed",
        says=f"Which column is which must be confirmed once: {doubts}.",
        where=one.table.where(one.table.headed_by or 1),
        todo="Look at the proposal and confirm it; the file is then read, and the next one with "
        "these headings at once.",
    )


def _passed_over(tables: tuple[Found, ...], wanted: list[Found]) -> list[Finding]:
    names = [name for one in tables for name in one.hidden]
    names += [one.table.place.rstrip(", ") for one in tables if one not in wanted]
    if not names:
        return []
    return [
        Finding(
            code="sheet_not_read",
            says=f"Sheets that are hidden or no schedule, and not read: {', '.join(names[:10])}.",
            where="the workbook",
            severity=Severity.WARNING,
            todo="Look at them, if there are invoices on them.",
        )
    ]
