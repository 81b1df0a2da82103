"""The client's own totals of a batch, held against what we took in."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from usance import models
from usance.domain.capture.review import UNDECIDED
from usance.domain.finding import Finding
from usance.domain.money import Money

from .holds import plain

CODES = frozenset({"control_count_differs", "control_total_differs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The client's own totals of a batch: how many invoices, and what they come to."""

    count: int | None = None
    total: Money | None = None


NO_CONTROL = Control()  # The client named no totals.


def count_again(batch_id: UUID) -> None:
    """Hold the batch against the client's own totals, once all its pages are decided."""
    batch = models.Batch.objects.select_for_update(no_key=True).get(pk=batch_id)
    if models.Reading.objects.filter(file__batch=batch, state__in=sorted(UNDECIDED)).exists():
        return
    faces = [
        Money(minor, currency)
        for minor, currency in models.Invoice.objects.filter(file__batch=batch).values_list(
            "face_minor", "currency"
        )
    ]
    total = None
    if batch.control_total_minor is not None:
        total = Money(batch.control_total_minor, batch.control_currency)
    control = Control(count=batch.control_count, total=total)
    others = [one for one in batch.findings if one["code"] not in CODES]
    batch.findings = [*others, *plain(differences(control, faces))]
    batch.save(update_fields=["findings"])


def differences(control: Control, faces: Iterable[Money]) -> list[Finding]:
    """Where the client's totals and ours differ."""
    sums: dict[str, int] = defaultdict(int)
    count = 0
    for face in faces:
        sums[face.currency] += face.minor
        count += 1
    findings = []
    if control.count is not None and control.count != count:
        findings.append(
            Finding(
                code="control_count_differs",
                says=f"The client counts {control.count} invoices, we read {count}.",
                todo="Look at the files that could not be read, then ask the client.",
            )
        )
    if control.total and sums[control.total.currency] != control.total.minor:
        ours = Money(sums[control.total.currency], control.total.currency)
        findings.append(
            Finding(
                code="control_total_differs",
                says=f"The client's total is {control.total}, ours {ours}.",
                todo="Compare the batch with the client's list.",
            )
        )
    return findings
