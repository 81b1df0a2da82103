"""The papers of many invoices, straight from the stored text into the semantic model."""

from collections.abc import Callable, Collection
from typing import TypeVar
from uuid import UUID

from django.db import connection

from usance.domain.invoice import Invoice
from usance.domain.invoice.excerpt import Excerpt
from usance.models import papers
from usance.models.bulk import array

Read = TypeVar("Read")


def of(invoices: Collection[UUID]) -> dict[UUID, Invoice]:
    """The paper of each invoice; one query."""
    return _read(invoices, papers.read)


def excerpts(invoices: Collection[UUID]) -> dict[UUID, Excerpt]:
    """Of the paper of each invoice what the checks look at; one query."""
    return _read(invoices, papers.excerpt)


def _read(invoices: Collection[UUID], how: Callable[[str], Read]) -> dict[UUID, Read]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT invoice_id, content::text FROM paper WHERE invoice_id = ANY(%s::uuid[])",
            [array(invoices)],
        )
        return {invoice: how(content) for invoice, content in cursor.fetchall()}
