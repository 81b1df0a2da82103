"""Which invoice a subject of the belt is about."""

from uuid import UUID

from usance import models


def invoice_of(subject: UUID) -> UUID | None:
    """The subject itself if it is an invoice, or its dispatch, hold or question; else None."""
    if models.Invoice.objects.filter(pk=subject).exists():
        return subject
    for model in (models.Dispatch, models.Hold, models.Question):
        found = model.objects.filter(pk=subject).values_list("invoice_id", flat=True).first()
        if found is not None:
            return UUID(str(found))
    return None
