"""What clients handed in, and what became of it."""

from typing import Any
from uuid import UUID

from django.db.models import Sum

from usance import models


def report(batch_id: UUID) -> dict[str, Any]:
    """One batch as plain values: counts, and every finding with its file."""
    batch = models.Batch.objects.get(pk=batch_id)
    files = list(batch.files.order_by("name"))
    findings = [{"file": "", **finding} for finding in batch.findings]
    findings += [{"file": file.name, **finding} for file in files for finding in file.findings]
    return {
        "batch": str(batch.pk),
        "number": batch.number,
        "files": len(files),
        "invoices": batch.files.aggregate(sum=Sum("taken"))["sum"] or 0,
        "findings": findings,
    }
