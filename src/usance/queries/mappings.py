"""Which columns of clients' tables were confirmed, and which files wait for that."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.core.files.storage import storages
from django.db.models import QuerySet

from usance import models
from usance.domain import intake
from usance.domain.finding import Finding
from usance.domain.intake import mapping
from usance.domain.intake.writing import Writing
from usance.domain.invoice import Invoice, Kind, Receivable
from usance.domain.money import Money
from usance.plugins import Unreadable, einvoices
from usance.plugins.einvoices._tables import Found

COUNTED = 5_000  # Rows of a preview that are read; sums say so where there are more.


def confirmed(client: UUID) -> dict[str, mapping.Mapping]:
    """What holds for the client's tables, by fingerprint."""
    rows = models.ColumnMapping.objects.filter(client_id=client, withdrawn_at=None)
    return {row.fingerprint: of(row) for row in rows}


def of(row: models.ColumnMapping) -> mapping.Mapping:
    """The row as the rules want it."""
    return mapping.Mapping(
        columns={name: int(at) for name, at in row.columns.items()},
        currency=row.currency,
        writing=Writing(decimal=row.decimal, days=row.days),
    )


def of_client(client: UUID | None = None) -> "QuerySet[models.ColumnMapping]":
    """Mappings that hold, the newest first."""
    rows = models.ColumnMapping.objects.filter(withdrawn_at=None).select_related("client")
    return (rows.filter(client_id=client) if client else rows).order_by("-confirmed_at", "-pk")


def waiting(client: UUID | None = None) -> "QuerySet[models.WaitingTable]":
    """Files that wait for somebody to confirm their columns."""
    rows = models.WaitingTable.objects.filter(closed_at=None)
    rows = rows.select_related("file__batch", "client")
    return rows.filter(client_id=client) if client else rows


def of_batches(batches: Iterable[UUID]) -> "QuerySet[models.WaitingTable]":
    return waiting().filter(file__batch_id__in=list(batches))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A waiting file opened again: its table, and what is proposed for it."""

    row: models.WaitingTable
    table: Found
    proposal: mapping.Proposal


def seen(row: models.WaitingTable) -> Seen:
    """:raises Unreadable: if the kept file has no such table any more, which our limits may do."""
    found = einvoices.tables(content(row))
    table = next((one for one in found if one.table.fingerprint == row.fingerprint), None)
    if table is None:
        raise Unreadable("the table that waits is not in the file")
    return Seen(row=row, table=table, proposal=mapping.propose(table.table))


def content(row: models.WaitingTable) -> bytes:
    digest = row.file.document_id
    with storages["documents"].open(f"{digest[:2]}/{digest}") as file:
        data: bytes = file.read()
    return data


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a preview."""

    place: str
    paper: Invoice
    claim: Receivable | None  # None: it cannot become an invoice; the findings say why.
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What the table would come to by a mapping; nothing is written."""

    rows: tuple[Row, ...]
    sums: tuple[Money, ...]  # Of the invoices less the credit notes, one for each currency.
    count: int  # Rows that become invoices,
    lost: int  # and rows that do not.
    beside: tuple[Finding, ...]
    unread: int = 0  # Rows beyond those that a preview looks at.


def preview(one: Seen, said: mapping.Mapping) -> Preview:
    """The rows as invoices, whether the mapping is complete or not."""
    read = einvoices.read_table(einvoices.first_rows(one.table, COUNTED), said)
    rows, sums = [], Counter[str]()
    for place, paper, findings in read.invoices:
        claim, faults = intake.receivable(paper)
        faults = tuple(replace(one, where=f"{place} ({one.where})") for one in faults)
        rows.append(Row(place=place, paper=paper, claim=claim, findings=(*findings, *faults)))
        if claim is not None:
            minor = claim.face.minor
            sums[claim.face.currency] += minor if claim.kind is Kind.INVOICE else -minor
    count = sum(row.claim is not None for row in rows)
    return Preview(
        rows=tuple(rows),
        sums=tuple(Money(minor, currency) for currency, minor in sorted(sums.items())),
        count=count,
        lost=len(rows) - count,
        beside=read.beside,
        unread=max(len(one.table.table.rows) - COUNTED, 0),
    )
