"""Hand dispatches to their carriers, and learn what became of those that nobody knows.

The protocol of one delivery: the intent is committed before anybody is called; no transaction is
open during the call; a call whose end nobody knows is asked about before anything is sent again.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection, transaction

from usance import models
from usance.domain.distribution import Handed, Handover, Parcel, State
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.queries import outside, parcels

from ..diary import Line, note
from ..documents import Content, keep
from ..holds import resolve
from .planning import AGAIN

AT_ONCE = 50  # Parcels between two commits of documents; a crash leaves at most these unknown.
ATTEMPTS = 8
LEASE_SECONDS = 300  # By the database's clock.


class NotUnknown(Refusal):
    code = "outcome_is_known"
    todo = "Look at the delivery again: its carrier has reported meanwhile."


def send(dispatches: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Hand queued dispatches to their carriers, some at a time. Holds no lock over a call."""
    for start in range(0, len(dispatches), AT_ONCE):
        rows = parcels.queued(dispatches[start : start + AT_ONCE])
        ready = _sealed(rows, at=at)
        crashpoint("distribution.sealed")
        claimed = _claim([row.pk for row in rows])
        crashpoint("distribution.claimed")
        by_carrier: dict[str, list[models.Dispatch]] = defaultdict(list)
        for row in rows:
            if row.pk in claimed:
                row.attempt = claimed[row.pk]
                by_carrier[row.carrier].append(row)
        for name, group in by_carrier.items():
            carrier = outside.carrier(name)
            sent = {dispatch.key: dispatch for dispatch in group}
            batch = [ready[dispatch.pk] for dispatch in group]
            for handover in carrier.channel.send(batch, carrier.config):
                crashpoint("distribution.called")
                _write_down(sent.pop(handover.key), handover, at=at, actor=actor)
                crashpoint("distribution.written_down")
            assert not sent, f"{name} said nothing of {sorted(sent)}"


def ask(dispatches: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Ask carriers what became of unknown ones. Who cannot be asked stays for a person."""
    for dispatch in models.Dispatch.objects.filter(pk__in=dispatches, state=State.UNKNOWN):
        carrier = outside.carrier(dispatch.carrier)
        if not carrier.channel.ASKABLE:
            continue
        said = carrier.channel.status(dispatch.key, carrier.config)
        crashpoint("distribution.asked")
        if said.came_to is Handed.ACCEPTED:
            _write_down(dispatch, said, at=at, actor=actor)
        elif said.came_to is Handed.REFUSED and carrier.channel.TAKES_KEY:
            again = Handover(key=dispatch.key, came_to=Handed.TRY_LATER, detail="Never arrived.")
            _write_down(dispatch, again, at=at, actor=actor)


def expire_leases(*, at: datetime, actor: str) -> list[UUID]:
    """A call whose lease ran out: the worker died in it, nobody knows how it ended."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dispatch SET state = 'unknown', detail = 'The call was interrupted.'"
            " WHERE state = 'calling' AND lease_until < now() RETURNING id, invoice_id"
        )
        rows = cursor.fetchall()
        note(Kind.DISPATCH_UNKNOWN, [Line(*row) for row in rows], at=at, actor=actor)
    return [dispatch for dispatch, _ in rows]


@transaction.atomic
def resolve_unknown(
    dispatch_id: UUID, *, went_out: bool, role: Role, at: datetime, actor: str
) -> None:
    """A person says what became of it: it went out, or it may be sent again.

    :raises NotAllowed: if the role may not.
    :raises NotUnknown: if its outcome is known by now.
    """
    require(role, Act.RESEND)
    row = models.Dispatch.objects.select_for_update(no_key=True).get(pk=dispatch_id)
    if State(row.state) is not State.UNKNOWN:
        raise NotUnknown(f"it is {row.state}")
    row.detail = f"{actor} says that it {'went out' if went_out else 'did not go out'}."
    row.state = State.ACCEPTED if went_out else State.QUEUED
    if row.judged_at is not None and row.deadline_at is not None:
        # Its time was over in doubt: from now on it has the same time again.
        row.deadline_at, row.judged_at = at + (row.deadline_at - row.planned_at), None
        resolve([row.invoice_id], stage=AGAIN, remark=row.detail, at=at, actor=actor)
    row.save(update_fields=["state", "detail", "deadline_at", "judged_at"])
    kind = Kind.DISPATCH_ACCEPTED if went_out else Kind.DISPATCH_PLANNED
    note(kind, [Line(row.pk, row.invoice_id, {"said_by": actor})], at=at, actor=actor)


def _claim(dispatches: Sequence[UUID]) -> dict[UUID, int]:
    """Those of them that are queued and due, with the number of this attempt: ours until the
    lease runs out. Committed at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dispatch SET state = 'calling', attempt = attempt + 1,"
            " lease_until = now() + make_interval(secs => %s)"
            " WHERE id = ANY(%s) AND state = 'queued'"
            " AND (not_before IS NULL OR not_before <= now()) RETURNING id, attempt",
            [LEASE_SECONDS, list(dispatches)],
        )
        return dict(cursor.fetchall())


def _sealed(rows: list[models.Dispatch], *, at: datetime) -> dict[UUID, Parcel]:
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
            seals.append({"id": row.pk, "sealed": seal, "document_id": own[0] if own else None})
        mine = _seal(seals)
    # Two workers may print the same: the first seal holds, whoever calls the carrier.
    for row in models.Dispatch.objects.filter(pk__in=made.keys() - mine):
        made[row.pk] = parcels.unsealed(row)
    return ready | made


def _seal(seals: Sequence[Mapping[str, object]]) -> set[UUID]:
    """Keep these seals where there is none yet; the dispatches that took theirs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dispatch SET sealed = new.sealed, document_id = new.document_id"
            " FROM jsonb_to_recordset(%s::jsonb) AS new (id uuid, sealed jsonb, document_id text)"
            " WHERE dispatch.id = new.id AND dispatch.sealed IS NULL"
            " AND dispatch.state = 'queued' RETURNING dispatch.id",
            [msgspec.json.encode(seals).decode()],
        )
        return {pk for (pk,) in cursor.fetchall()}


@transaction.atomic
def _write_down(dispatch: models.Dispatch, handover: Handover, *, at: datetime, actor: str) -> None:
    """The outcome of one call, unless a carrier's report was faster or the lease ran out."""
    state = {
        Handed.ACCEPTED: State.ACCEPTED,
        Handed.REFUSED: State.FAILED,
        Handed.TRY_LATER: State.QUEUED if dispatch.attempt < ATTEMPTS else State.FAILED,
        Handed.UNKNOWN: State.UNKNOWN,
    }[handover.came_to]
    wait = handover.retry_after_seconds or min(2**dispatch.attempt, 600)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dispatch SET state = %s, reference = %s, detail = %s,"
            " handed_at = CASE WHEN %s = 'accepted' THEN %s ELSE handed_at END,"
            " not_before = CASE WHEN %s = 'queued' THEN now() + make_interval(secs => %s) END"
            " WHERE id = %s AND state IN ('calling', 'unknown') AND attempt = %s",
            [state, handover.reference[:100], handover.detail[:400], state, at, state, wait,
             dispatch.pk, dispatch.attempt],
        )  # fmt: skip
        if not cursor.rowcount:
            return
    kind = {
        State.ACCEPTED: Kind.DISPATCH_ACCEPTED,
        State.FAILED: Kind.DISPATCH_FAILED,
        State.UNKNOWN: Kind.DISPATCH_UNKNOWN,
    }.get(state)
    if kind:
        particulars = {"by": dispatch.kind, "carrier": dispatch.carrier, "detail": handover.detail}
        note(kind, [Line(dispatch.pk, dispatch.invoice_id, particulars)], at=at, actor=actor)
