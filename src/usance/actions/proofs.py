"""Keep what carriers hold as proof of deliveries, each once; ask again, and not for ever."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from usance import models

from .documents import Content, keep

# After each asking that gave nothing; after the last of them nobody asks any more.
PAUSES = (
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
)


@transaction.atomic
def asked(dispatch: UUID, evidence: bytes | None, *, at: datetime) -> bool:
    """Write down what the carrier gave for this delivery; whether it is new to us.

    Told twice the first stands, so that what a certificate names is never replaced.

    :param evidence: as the carrier gave it; None: it had none, or was not there.
    """
    models.Dispatch.objects.select_for_update().get(pk=dispatch)
    row = models.Proof.objects.filter(pk=dispatch).first()
    if row is not None and row.document_id:
        return False
    tries = (row.tries if row else 0) + 1
    document, again = None, at + PAUSES[tries - 1] if tries <= len(PAUSES) else None
    if evidence is not None:
        name = f"evidence-{dispatch.hex}.json"
        content = Content(data=evidence, media_type="application/json", name=name)
        (document,), again = keep([content], at=at), None
    models.Proof.objects.update_or_create(
        pk=dispatch,
        defaults={"document_id": document, "tries": tries, "asked_at": at, "ask_at": again},
    )
    return document is not None
