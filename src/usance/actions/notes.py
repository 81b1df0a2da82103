"""Write a remark on an invoice, for colleagues to read."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.refusal import Refusal

from .diary import Line, note

LONGEST = 2_000


class NothingSaid(Refusal):
    code = "note_empty"
    todo = "Write at least a word."


@transaction.atomic
def write(invoice_id: UUID, text: str, *, at: datetime, actor: str) -> None:
    """Add the remark to the invoice's timeline. Everybody who may sign in may; it stays for good.

    :raises NothingSaid: if the text is empty.
    """
    said = text.strip()[:LONGEST]
    if not said:
        raise NothingSaid("the note is empty")
    row = models.Invoice.objects.get(pk=invoice_id)
    note(Kind.NOTE_WRITTEN, [Line(row.pk, row.pk, {"text": said})], at=at, actor=actor)
