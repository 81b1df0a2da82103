"""The client's own totals of a batch, held against what we took in, once all of it is read."""

from uuid import UUID

from django.db.models import Sum

from usance import models
from usance.domain.capture.review import UNDECIDED
from usance.domain.intake.control import Control, differences, missed
from usance.domain.money import Money

from .holds import plain, written_down


def count_again(batch_id: UUID) -> None:
    """Compare the whole batch with the client's totals, after one of its files was read late; not
    before every document of pages in it is decided."""
    batch = models.Batch.objects.select_for_update(no_key=True).get(pk=batch_id)
    if models.Reading.objects.filter(file__batch=batch, state__in=sorted(UNDECIDED)).exists():
        return
    invoices = models.Invoice.objects.filter(file__batch=batch)
    faces = invoices.values_list("currency").annotate(Sum("face_minor")).order_by("currency")
    files = batch.files.values_list("name", "taken", "findings")
    control = Control(
        count=batch.control_count,
        totals=tuple(Money(minor, code) for code, minor in batch.control_totals.items()),
    )
    lost = missed((name, taken, written_down(findings)) for name, taken, findings in files)
    found = differences(control, count=invoices.count(), sums=dict(faces), lost=lost)
    batch.findings = plain(found)
    batch.save(update_fields=["findings"])
