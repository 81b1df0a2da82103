"""Mails that came to us: what waits for people, and what is written in one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from usance import models
from usance.domain.distribution import FOR_PEOPLE, Heard, Kind
from usance.plugins import Unreadable, _mails
from usance.plugins.channels import _bounce_text

from .parcels import stored

LATEST = timedelta(days=10)  # Servers give up after five days (RFC 5321 §4.5.4.1); twice that.

Rows = QuerySet[models.InboundMail]


def open_ones() -> Rows:
    """What a person has to read, over a partial index that holds only these."""
    return models.InboundMail.objects.filter(closed_at=None, heard__in=sorted(FOR_PEOPLE))


def is_open(row: models.InboundMail) -> bool:
    return row.closed_at is None and Heard(row.heard) in FOR_PEOPLE


def found(view: str) -> Rows:
    """Mails with what they are about: "open" ones, all, or those of one sort."""
    rows = models.InboundMail.objects.all()
    if view == "open":
        rows = open_ones()
    elif view in set(Heard):
        rows = rows.filter(heard=view)
    return rows.select_related(
        "dispatch__invoice__client", "dispatch__invoice__debtor", "client", "batch"
    )


def text(row: models.InboundMail) -> str:
    """What is written in it, as plain text: no HTML, no picture, nothing that acts. Of one whose
    parts cannot be told apart, what follows its head."""
    data = stored(row.document_id)
    try:
        return _bounce_text.readable(_mails.slim(data).mail)
    except (Unreadable, RecursionError):
        return _bounce_text.readable(_mails.head(data))


def last_sent_to(carrier: str, addresses: Sequence[str], *, before: datetime) -> UUID | None:
    """The newest delivery of this carrier to one of these addresses, in the ten days before.

    The weakest clue of three: asked only where a report names neither return path nor message.
    """
    wanted = [address.lower() for address in addresses]
    sent = models.Dispatch.objects.filter(
        carrier=carrier, kind=Kind.EMAIL, attempt__gt=0,
        planned_at__gt=before - LATEST, planned_at__lte=before,
    ).order_by("-planned_at", "-pk")  # fmt: skip
    for pk, address in sent.values_list("pk", "address").iterator(chunk_size=2000):
        if str(address.get("email", "")).lower() in wanted:
            return UUID(str(pk))
    return None
