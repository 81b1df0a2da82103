"""The papers of many invoices, straight from the stored text into the semantic model."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from usance.domain.invoice import Invoice
from usance.models import papers
from usance.models.bulk import array


def of(invoices: Collection[UUID]) -> dict[UUID, Invoice]:
    """The paper of each invoice; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT invoice_id, content::text FROM paper WHERE invoice_id = ANY(%s::uuid[])",
            [array(invoices)],
        )
        return {invoice: papers.read(content) for invoice, content in cursor.fetchall()}
