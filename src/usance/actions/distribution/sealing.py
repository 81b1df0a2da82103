"""Print what is to be sent, once, and keep it: every attempt hands over the same bytes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection, transaction

from usance import models
from usance.domain.distribution import Parcel
from usance.queries import parcels

from ..documents import Content, keep


def sealed(rows: list[models.Dispatch], *, at: datetime) -> dict[UUID, Parcel]:
    """The parcel of each row, made once and kept for every attempt.

    Made before the rows are claimed: a paper that cannot be printed leaves its dispatch queued.
    """
    ready = {row.pk: parcels.unsealed(row) for row in rows if row.sealed is not None}
    new = [row for row in rows if row.sealed is None]
    us = parcels.ours() if new else None
    made = {row.pk: parcels.made(row, us) for row in new if us}
    with transaction.atomic():
        hashes = iter(
            keep(
                [
                    Content(data=one.content, media_type=one.media_type, name=one.name)
                    for parcel in made.values()
                    for one in parcel.attachments
                ],
                at=at,
            )
        )
        seals = []
        for row in new:
            own = [next(hashes) for _ in made[row.pk].attachments]
            seal = parcels.seal(made[row.pk], own)
            paper = own[0] if own else None
            seals.append(
                {"id": row.pk, "carrier": row.carrier, "sealed": seal, "document_id": paper}
            )
        mine = _seal(seals)
    # Two workers may print the same: the first seal holds, whoever calls the carrier.
    others = models.Dispatch.objects.filter(pk__in=made.keys() - mine, sealed__isnull=False)
    for row in others:
        made[row.pk] = parcels.unsealed(row)
    return ready | made


def _seal(seals: Sequence[Mapping[str, object]]) -> set[UUID]:
    """Keep these seals where there is none yet; the dispatches that took theirs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dispatch SET sealed = new.sealed, document_id = new.document_id"
            " FROM jsonb_to_recordset(%s::jsonb)"
            " AS new (id uuid, carrier text, sealed jsonb, document_id text)"
            " WHERE dispatch.id = new.id AND dispatch.sealed IS NULL"
            " AND dispatch.carrier = new.carrier"
            " AND dispatch.state = 'queued' RETURNING dispatch.id",
            [msgspec.json.encode(seals).decode()],
        )
        return {pk for (pk,) in cursor.fetchall()}
