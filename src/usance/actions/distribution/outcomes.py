"""What calls to carriers came to: who may call, what is written of it, what nobody knows.

A dispatch that is being called belongs to one attempt of one worker until its lease runs out.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from usance import models
from usance.domain.distribution import Handed, Handover, Presence, State
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.ids import new_id
from usance.queries import outside

from ..diary import Line, note
from ..documents import Content, keep, media_type
from ..holds import resolve
from .deadlines import locked_walks
from .following import follow, keep_events
from .planning import AGAIN

ATTEMPTS = 8
LEASE_SECONDS = 300  # By the database's clock.
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


def claim(dispatches: Sequence[UUID], *, of: str) -> dict[UUID, int]:
    """Those of them that are queued, due and still this carrier's, with the number of this attempt:
    ours until the lease runs out. Committed at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dispatch SET state = 'calling', attempt = attempt + 1,"
            " lease_until = now() + make_interval(secs => %s)"
            " WHERE id = ANY(%s) AND state = 'queued' AND carrier = %s"
            " AND (not_before IS NULL OR not_before <= now()) RETURNING id, attempt",
            [LEASE_SECONDS, list(dispatches), of],
        )
        return dict(cursor.fetchall())


def still_ours(rows: Collection[models.Dispatch]) -> bool:
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


@transaction.atomic
def write_down(
    handed: Sequence[tuple[models.Dispatch, Handover]], *, at: datetime, actor: str
) -> None:
    """The outcomes of calls, each unless the lease ran out and somebody else has it now.

    A carrier's report that was faster than we are stands; what we learned of the call is kept. What
    an answer says beyond that it was taken is a report like any other, whose attempt it was or not.
    """
    if more := [(row, one) for row, one in handed if one.said]:
        locked_walks([row.pk for row, _ in more])
    doubtful = _doubtful([row for row, one in handed if one.came_to is Handed.TRY_LATER])
    wanted = {row.pk: _outcome(row, one, is_doubtful=row.pk in doubtful) for row, one in handed}
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
    if more:
        _take_said(more, at=at, actor=actor)


def _take_said(
    handed: Sequence[tuple[models.Dispatch, Handover]], *, at: datetime, actor: str
) -> None:
    """Keep what answers of one carrier said of deliveries, with those answers, and follow it."""
    raw = keep(
        (
            Content(data=one.answer, media_type=media_type(one.answer), name=f"{row.key}.answer")
            for row, one in handed
        ),
        at=at,
    )
    events = {new_id(): (row.pk, said, sha) for (row, one), sha in zip(handed, raw, strict=True)
              for said in one.said}  # fmt: skip
    keep_events(
        handed[0][0].carrier,
        {pk: said for pk, (_, said, _) in events.items()},
        {said: dispatch for dispatch, said, _ in events.values()},
        {said: sha for _, said, sha in events.values()},
        at,
    )
    follow(sorted(row.pk for row, _ in handed), at=at, actor=actor)


def _doubtful(rows: Sequence[models.Dispatch]) -> set[UUID]:
    """Those at their last attempt that once ended in nobody knew what, at a carrier that cannot
    say: they may have gone out, so another channel must not follow by itself."""
    last = [
        row.pk
        for row in rows
        if row.attempt >= ATTEMPTS and not outside.carrier(row.carrier).channel.ASKABLE
    ]
    if not last:
        return set()
    told = models.Diary.objects.filter(kind=Kind.DISPATCH_UNKNOWN, subject_id__in=last)
    return set(told.values_list("subject_id", flat=True))


def _outcome(row: models.Dispatch, handover: Handover, *, is_doubtful: bool) -> dict[str, Any]:
    """What is written of one call. A parcel that was not tried did not use up an attempt."""
    untried = handover.presence is Presence.UNTRIED
    spent = State.UNKNOWN if is_doubtful else State.FAILED
    state = {
        Handed.ACCEPTED: State.ACCEPTED,
        Handed.REFUSED: State.FAILED,
        Handed.TRY_LATER: State.QUEUED if untried or row.attempt < ATTEMPTS else spent,
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


def ask(dispatches: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Ask carriers what became of unknown ones; of one that cannot say, a person is asked.

    Where it takes keys, the same parcel handed over again is the question.

    A carrier that answers nothing three times in a row is left alone until the next time.
    """
    silent: Counter[str] = Counter()
    rows = models.Dispatch.objects.filter(pk__in=dispatches, state=State.UNKNOWN)
    for dispatch in rows.order_by("planned_at", "pk"):
        carrier = outside.carrier(dispatch.carrier)
        if silent[carrier.name] >= PATIENCE:
            continue
        if not carrier.channel.ASKABLE:
            if carrier.channel.TAKES_KEY and dispatch.attempt < ATTEMPTS:
                write_down(
                    [(dispatch, _later(dispatch, "The same under its key."))], at=at, actor=actor
                )
            continue
        config = {**carrier.config, "sent_at": at.isoformat()}
        said = carrier.channel.status(dispatch.key, config)
        crashpoint("distribution.asked")
        silent[carrier.name] = silent[carrier.name] + 1 if said.came_to is Handed.UNKNOWN else 0
        if said.came_to is Handed.ACCEPTED:
            write_down([(dispatch, said)], at=at, actor=actor)
        elif said.came_to is Handed.REFUSED and carrier.channel.TAKES_KEY:
            write_down([(dispatch, _later(dispatch, "Never arrived."))], at=at, actor=actor)


def _later(dispatch: models.Dispatch, detail: str) -> Handover:
    return Handover(key=dispatch.key, came_to=Handed.TRY_LATER, detail=detail)


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
    row.detail = f"A person says that it {'went out' if went_out else 'did not go out'}."
    row.state = State.ACCEPTED if went_out else State.QUEUED
    if row.judged_at is not None and row.deadline_at is not None:
        # Its time was over in doubt: from now on it has the same time again.
        row.deadline_at, row.judged_at = at + (row.deadline_at - row.planned_at), None
        resolve([row.invoice_id], stage=AGAIN, remark=row.detail, at=at, actor=actor)
    row.save(update_fields=["state", "detail", "deadline_at", "judged_at"])
    kind = Kind.DISPATCH_ACCEPTED if went_out else Kind.DISPATCH_PLANNED
    said = {"by": row.kind, "carrier": row.carrier, "because": row.detail, "said_by": actor}
    note(kind, [Line(row.pk, row.invoice_id, said)], at=at, actor=actor)
