"""Hand dispatches to their carriers, and learn what became of those that nobody knows.

The protocol of one delivery: the intent is committed before anybody is called; no transaction is
open during the call; a call whose end nobody knows is asked about before anything is sent again.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from usance import models
from usance.domain.distribution import Handed, Handover, Parcel, Presence, State
from usance.domain.distribution import Kind as DispatchKind
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.queries import carriers as carrier_queries
from usance.queries import outside, parcels

from .. import carriers
from ..diary import Line, note
from ..documents import Content, keep

AT_ONCE = 50  # Parcels between two commits of documents; a crash leaves at most these unknown.
AT_ONCE_KEYED = 10  # Outcomes written at once, where the carrier takes our key.
ATTEMPTS = 8
LEASE_SECONDS = 300  # By the database's clock.
PACE = timedelta(
    seconds=15
)  # A step waits so long for a carrier's rate limit; then the rest is queued.
PATIENCE = 3  # Questions without an answer, after which a carrier is not asked any more.

NOTED = {
    State.ACCEPTED: Kind.DISPATCH_ACCEPTED,
    State.FAILED: Kind.DISPATCH_FAILED,
    State.UNKNOWN: Kind.DISPATCH_UNKNOWN,
}

# Only of this attempt: who slept past the lease, and was overtaken, writes nothing.
WRITE_DOWN = """
WITH told AS (SELECT * FROM jsonb_to_recordset(%s::jsonb) AS told
  (id uuid, attempt int, state text, spent int, reference text, detail text, wait int)),
was AS (SELECT d.id, d.state IN ('calling', 'unknown') AS moves,
  told.state, told.spent, told.reference, told.detail, told.wait
  FROM dispatch d JOIN told ON told.id = d.id AND told.attempt = d.attempt
  WHERE d.state NOT IN ('queued', 'cancelled') ORDER BY d.id FOR NO KEY UPDATE OF d)
UPDATE dispatch d SET
  state = CASE WHEN was.moves THEN was.state ELSE d.state END,
  attempt = CASE WHEN was.moves THEN d.attempt - 1 + was.spent ELSE d.attempt END,
  reference = CASE WHEN was.moves OR d.reference = '' THEN was.reference ELSE d.reference END,
  detail = CASE WHEN was.moves THEN was.detail ELSE d.detail END,
  handed_at = CASE WHEN was.state = 'accepted' AND d.handed_at IS NULL THEN %s ELSE d.handed_at END,
  not_before = CASE WHEN was.moves AND was.state = 'queued'
    THEN now() + make_interval(secs => was.wait) ELSE NULL END
FROM was WHERE d.id = was.id RETURNING d.id, was.moves
"""


class NotUnknown(Refusal):
    code = "outcome_is_known"
    todo = "Look at the delivery again: its carrier has reported meanwhile."


def send(dispatches: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Hand queued dispatches to their carriers, some at a time. Holds no lock over a call.

    What its carrier cannot take now stays queued with the moment at which it is tried again.
    """
    left = PACE
    for start in range(0, len(dispatches), AT_ONCE):
        rows = parcels.queued(dispatches[start : start + AT_ONCE])
        _move_away(rows)
        ready = _sealed(rows, at=at)
        crashpoint("distribution.sealed")
        by_carrier: dict[str, list[models.Dispatch]] = defaultdict(list)
        for row in rows:
            by_carrier[row.carrier].append(row)
        for name, group in by_carrier.items():
            left -= _paced(outside.carrier(name), group, ready, left, at=at, actor=actor)


def _paced(
    carrier: outside.Carrier,
    rows: list[models.Dispatch],
    ready: Mapping[UUID, Parcel],
    most: timedelta,
    *,
    at: datetime,
    actor: str,
) -> timedelta:
    """Hand over as fast as the carrier may be called, waiting for at most so long; how long it
    was. The others wait in the queue."""
    waited = timedelta()
    while rows:
        admission, wait = carriers.admit(carrier.name, len(rows), interval=carrier.interval)
        if admission.granted:
            some, rows = rows[: admission.granted], rows[admission.granted :]
            _hand_over(carrier, some, ready, at=at, actor=actor)
        elif waited + wait <= most:
            time.sleep(wait.total_seconds())
            waited += wait
        else:
            assert admission.again_at is not None, "who is not let in is told when to come"
            _put_off([row.pk for row in rows], admission.again_at)
            break
    return waited


def _hand_over(
    carrier: outside.Carrier,
    rows: Sequence[models.Dispatch],
    ready: Mapping[UUID, Parcel],
    *,
    at: datetime,
    actor: str,
) -> None:
    """Call the carrier for those that are still queued, and write down what each came to.

    Without a key the outcome is written before the next parcel leaves, and the next one leaves only
    while it is still ours: a worker that slept past its lease stops here. With a key, some outcomes
    are written at once: what a crash leaves unwritten is asked about, or sent again under its key.
    """
    claimed = _claim([row.pk for row in rows])
    crashpoint("distribution.claimed")
    sent = {row.key: row for row in rows if row.pk in claimed}
    for row in sent.values():
        row.attempt = claimed[row.pk]
    handed: list[Handover] = []
    unwritten: list[tuple[models.Dispatch, Handover]] = []
    at_once = AT_ONCE_KEYED if carrier.channel.TAKES_KEY else 1
    batch = [ready[row.pk] for row in sent.values()]
    if not batch or not (carrier.channel.TAKES_KEY or _still_ours(sent.values())):
        carriers.learn(carrier.name, (), at=at, actor=actor)
        return
    for handover in carrier.channel.send(batch, carrier.config):
        crashpoint("distribution.called")
        handed.append(handover)
        unwritten.append((sent.pop(handover.key), handover))
        if len(unwritten) >= at_once or not sent:
            _write_down(unwritten, at=at, actor=actor)
            unwritten.clear()
            crashpoint("distribution.written_down")
            if sent and not _still_ours(sent.values()) and not carrier.channel.TAKES_KEY:
                break
    else:
        assert not sent, f"{carrier.name} said nothing of {sorted(sent)}"
    carriers.learn(carrier.name, handed, at=at, actor=actor)


def ask(dispatches: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Ask carriers what became of unknown ones. Who cannot be asked stays for a person.

    A carrier that answers nothing three times in a row is left alone until the next time.
    """
    silent: Counter[str] = Counter()
    rows = models.Dispatch.objects.filter(pk__in=dispatches, state=State.UNKNOWN)
    for dispatch in rows.order_by("planned_at", "pk"):
        carrier = outside.carrier(dispatch.carrier)
        if not carrier.channel.ASKABLE or silent[carrier.name] >= PATIENCE:
            continue
        said = carrier.channel.status(dispatch.key, carrier.config)
        crashpoint("distribution.asked")
        silent[carrier.name] = silent[carrier.name] + 1 if said.came_to is Handed.UNKNOWN else 0
        if said.came_to is Handed.ACCEPTED:
            _write_down([(dispatch, said)], at=at, actor=actor)
        elif said.came_to is Handed.REFUSED and carrier.channel.TAKES_KEY:
            again = Handover(key=dispatch.key, came_to=Handed.TRY_LATER, detail="Never arrived.")
            _write_down([(dispatch, again)], at=at, actor=actor)


def expire_leases(*, at: datetime, actor: str) -> list[UUID]:
    """A call whose lease ran out: the worker died in it, nobody knows how it ended."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dispatch SET state = 'unknown', detail = 'The call was interrupted.'"
            " WHERE state = 'calling' AND lease_until < now() RETURNING id, invoice_id"
        )
        rows = cursor.fetchall()
        crashpoint("distribution.expired")
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
    row.save(update_fields=["state", "detail"])
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
            seals.append({"id": row.pk, "sealed": seal, "document_id": own[0]})
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
def _write_down(
    handed: Sequence[tuple[models.Dispatch, Handover]], *, at: datetime, actor: str
) -> None:
    """The outcomes of calls, each unless the lease ran out and somebody else has it now.

    A carrier's report that was faster than we are stands; what we learned of the call is kept.
    """
    wanted = {row.pk: _outcome(row, handover) for row, handover in handed}
    with connection.cursor() as cursor:
        cursor.execute(WRITE_DOWN, [msgspec.json.encode(list(wanted.values())).decode(), at])
        moved = {pk for pk, is_moved in cursor.fetchall() if is_moved}
    lines: dict[Kind, list[Line]] = defaultdict(list)
    for row, handover in handed:
        kind = NOTED.get(State(wanted[row.pk]["state"]))
        if kind and row.pk in moved:
            told = {"by": row.kind, "carrier": row.carrier, "detail": handover.detail}
            lines[kind].append(Line(row.pk, row.invoice_id, told))
    for kind, these in lines.items():
        note(kind, these, at=at, actor=actor)


def _outcome(row: models.Dispatch, handover: Handover) -> dict[str, Any]:
    """What is written of one call. A parcel that was not tried did not use up an attempt."""
    untried = handover.presence is Presence.UNTRIED
    state = {
        Handed.ACCEPTED: State.ACCEPTED,
        Handed.REFUSED: State.FAILED,
        Handed.TRY_LATER: State.QUEUED if untried or row.attempt < ATTEMPTS else State.FAILED,
        Handed.UNKNOWN: State.UNKNOWN,
    }[handover.came_to]
    return {
        "id": row.pk,
        "attempt": row.attempt,
        "state": state,
        "spent": 0 if untried else 1,
        "reference": handover.reference[:100],
        "detail": handover.detail[:400],
        "wait": handover.retry_after_seconds or min(2**row.attempt, 600),
    }


def _move_away(rows: Sequence[models.Dispatch]) -> None:
    """Deliveries of a paused carrier go to another of the same kind, before their first call only:
    later the paused one may have them. They are printed anew, because carriers want other things.
    """
    now = carrier_queries.present()
    for row in rows:
        if row.attempt or not now.is_paused(row.carrier):
            continue
        other = now.choose(DispatchKind(row.kind), row.key)
        if now.is_paused(other.carrier):
            continue
        moved = models.Dispatch.objects.filter(
            pk=row.pk, state=State.QUEUED, attempt=0, carrier=row.carrier
        ).update(carrier=other.carrier, carrier_because=other.because, sealed=None, document=None)
        if moved:
            row.carrier, row.carrier_because = other.carrier, other.because
            row.sealed = row.document = None


def _put_off(dispatches: Sequence[UUID], until: datetime) -> None:
    """They are tried again from then on."""
    models.Dispatch.objects.filter(pk__in=dispatches, state=State.QUEUED).update(not_before=until)


def _still_ours(rows: Collection[models.Dispatch]) -> bool:
    """Whether all of these are still claimed by this attempt. A lease that is half over is renewed:
    a slow carrier is no dead worker."""
    ours = [[row.pk, row.attempt] for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(lease_until) < now() + make_interval(secs => %s) FROM dispatch"
            " JOIN unnest(%s::uuid[], %s::int[]) AS ours (pk, nth)"
            " ON dispatch.id = ours.pk AND dispatch.attempt = ours.nth"
            " WHERE state = 'calling' AND lease_until > now()",
            [LEASE_SECONDS // 2, [pk for pk, _ in ours], [nth for _, nth in ours]],
        )
        count, is_old = cursor.fetchone()
        if is_old:
            cursor.execute(
                "UPDATE dispatch SET lease_until = now() + make_interval(secs => %s)"
                " FROM unnest(%s::uuid[], %s::int[]) AS ours (pk, nth) WHERE id = ours.pk"
                " AND attempt = ours.nth AND state = 'calling' AND lease_until > now()",
                [LEASE_SECONDS, [pk for pk, _ in ours], [nth for _, nth in ours]],
            )
            count = cursor.rowcount
    return bool(count == len(rows))
