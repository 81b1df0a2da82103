"""The papers of many invoices, straight from the stored text into the semantic model."""

from collections.abc import Callable, Collection
from typing import TypeVar
from uuid import UUID

from django.db import connection

from usance import models
from usance.domain.capture import differences
from usance.domain.finding import Finding, Severity
from usance.domain.invoice import Invoice
from usance.domain.invoice.excerpt import Excerpt
from usance.models import papers
from usance.models.bulk import array

from .held import findings_of

Read = TypeVar("Read")


def of(invoices: Collection[UUID]) -> dict[UUID, Invoice]:
    """The paper of each invoice; one query."""
    return _read(invoices, papers.read)


def excerpts(invoices: Collection[UUID]) -> dict[UUID, Excerpt]:
    """Of the paper of each invoice what the checks look at; one query."""
    return _read(invoices, papers.excerpt)


def differing(invoices: Collection[UUID]) -> dict[UUID, tuple[Finding, ...]]:
    """What the printed pages say otherwise than the data, so that a person must look."""
    stops = {"code": differences.CODE, "severity": str(Severity.FATAL)}
    rows = models.Paper.objects.filter(invoice__in=invoices, findings__contains=[stops])
    found = {pk: findings_of(said) for pk, said in rows.values_list("invoice_id", "findings")}
    return {
        pk: tuple(one for one in said if one.code == differences.CODE and one.blocks)
        for pk, said in found.items()
    }


def _read(invoices: Collection[UUID], how: Callable[[str], Read]) -> dict[UUID, Read]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT invoice_id, content::text FROM paper WHERE invoice_id = ANY(%s::uuid[])",
            [array(invoices)],
        )
        return {invoice: how(content) for invoice, content in cursor.fetchall()}
