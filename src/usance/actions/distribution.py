"""Send what debtors must have.

The protocol of one delivery: the intent is committed before anybody is called; no transaction is
open during the call; a call whose end nobody knows is asked about before anything is sent again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection, transaction

from usance import models
from usance.domain.distribution import (
    Handed,
    Handover,
    Paper,
    Parcel,
    Rung,
    State,
    ladder,
)
from usance.domain.events import Kind
from usance.domain.finding import Finding
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy
from usance.queries import outside, parcels

from .diary import Line, note
from .documents import Content, keep
from .holds import hold

STEP = "distribution.send"
AGAIN = "distribution.again"
AT_ONCE = 50  # Parcels between two commits of documents; a crash leaves at most these unknown.
ATTEMPTS = 8
LEASE_SECONDS = 300  # By the database's clock.


class NotUnknown(Refusal):
    code = "outcome_is_known"
    todo = "Look at the delivery again: its carrier has reported meanwhile."


@transaction.atomic
def plan(
    invoices: Sequence[UUID], *, paper: Paper = Paper.INVOICE, at: datetime, actor: str
) -> None:
    """Plan to send each bought invoice once, by the first rung of its debtor's ladder."""
    rows = _locked(invoices)
    planned = models.Dispatch.objects.filter(invoice_id__in=[r.pk for r in rows], paper=paper)
    done = set(planned.values_list("invoice_id", flat=True))
    add(((row, paper) for row in rows if row.pk not in done), at=at, actor=actor)


@transaction.atomic
def again(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """A person found a better address: what did not reach the debtor walks the ladder anew.

    Those are the last reminder if it failed or could not be sent, and the invoice itself if its
    last delivery failed. Taken twice, the second time finds them on their way.
    """
    rows = _locked(invoices)
    last = _last_dispatches([row.pk for row in rows])
    reminders = {
        r.invoice_id: r
        for r in models.Reminder.objects.filter(invoice_id__in=[row.pk for row in rows]).order_by(
            "level"
        )
    }  # The highest level stays.
    papers: list[tuple[models.Invoice, Paper]] = []
    for row in rows:
        sent = last.get((row.pk, Paper.INVOICE))
        if sent is None or sent.state == State.FAILED:
            papers.append((row, Paper.INVOICE))
    add(papers, at=at, actor=actor)
    unsent = []
    for row in rows:
        reminder, sent = reminders.get(row.pk), last.get((row.pk, Paper.REMINDER))
        if reminder and (reminder.dispatch_id is None or (sent and sent.state == State.FAILED)):
            unsent.append((row, Paper.REMINDER))
    for invoice, dispatch in add(unsent, at=at, actor=actor).items():
        models.Reminder.objects.filter(pk=reminders[invoice].pk).update(dispatch=dispatch)


def add(
    wanted: Iterable[tuple[models.Invoice, Paper]], *, at: datetime, actor: str
) -> dict[UUID, UUID]:
    """Add a dispatch for each invoice (with its debtor prefetched) and paper; its id by invoice.
    A debtor whom nothing reaches becomes a task for a person."""
    planned, unreachable = {}, {}
    for row, paper in wanted:
        rungs = ladder(_debtor(row).reach())
        if rungs:
            planned[row.pk] = _dispatch(row, paper, 0, rungs[0])
        else:
            unreachable[row.pk] = [_nobody_reached("The debtor has no address at all.")]
    _insert(list(planned.values()), at=at, actor=actor)
    if unreachable:
        hold(unreachable, stage=AGAIN, at=at, actor=actor)
    return {invoice: dispatch.pk for invoice, dispatch in planned.items()}


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
    row.save(update_fields=["state", "detail"])
    kind = Kind.DISPATCH_ACCEPTED if went_out else Kind.DISPATCH_PLANNED
    note(kind, [Line(row.pk, row.invoice_id, {"said_by": actor})], at=at, actor=actor)


@transaction.atomic
def fall_back(dispatches: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Failed ones go down to the next rung of the ladder; behind the last stands a person.

    One that was followed by another already is left alone: a step may be taken twice.
    """
    rows = list(
        models.Dispatch.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=dispatches, state=State.FAILED)
        .select_related("invoice__debtor")
        .order_by("pk")
    )
    last = _last_dispatches([row.invoice_id for row in rows])
    onward, stuck = [], {}
    for row in rows:
        if last[row.invoice_id, Paper(row.paper)].pk != row.pk:
            continue
        tried = _tried(row)
        rest = [r for r in ladder(_debtor(row.invoice).reach()) if r.kind not in tried]
        if rest:
            onward.append(_dispatch(row.invoice, Paper(row.paper), row.rung + 1, rest[0]))
        else:
            stuck[row.invoice_id] = [_nobody_reached(f"{row.kind}: {row.detail}")]
    _insert(onward, at=at, actor=actor)
    for new in onward:  # The figures that a reminder prints stand with the reminder.
        if new.paper == Paper.REMINDER:
            models.Reminder.objects.filter(
                invoice_id=new.invoice_id, dispatch__in=[row.pk for row in rows]
            ).update(dispatch=new)
    if stuck:
        hold(stuck, stage=AGAIN, at=at, actor=actor)


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


def _dispatch(row: models.Invoice, paper: Paper, rung: int, chosen: Rung) -> models.Dispatch:
    return models.Dispatch(
        invoice=row,
        paper=paper,
        rung=rung,
        kind=chosen.kind,
        carrier=outside.carrier_of(chosen.kind),
        because=chosen.because,
        address=parcels.address(_debtor(row), chosen.kind),
    )


def _debtor(row: models.Invoice) -> models.Debtor:
    """Who owes it: known from the verification on (constraint invoice_debtor_known)."""
    assert row.debtor is not None, row.number
    return row.debtor


def _locked(invoices: Sequence[UUID]) -> list[models.Invoice]:
    return list(
        models.Invoice.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=invoices, debtor__isnull=False)
        .select_related("debtor")
        .order_by("pk")
    )


def _last_dispatches(invoices: Sequence[UUID]) -> dict[tuple[UUID, Paper], models.Dispatch]:
    rows = models.Dispatch.objects.filter(invoice_id__in=invoices).order_by("pk")
    return {(row.invoice_id, Paper(row.paper)): row for row in rows}


def _insert(dispatches: Sequence[models.Dispatch], *, at: datetime, actor: str) -> None:
    copy(
        models.Dispatch,
        ["id", "invoice", "paper", "rung", "kind", "carrier", "because", "address", "state",
         "attempt", "reference", "detail", "planned_at"],
        (
            (d.pk, d.invoice_id, d.paper, d.rung, d.kind, d.carrier, d.because,
             msgspec.json.encode(d.address).decode(), State.QUEUED.value, 0, "", "", at)
            for d in dispatches
        ),
    )  # fmt: skip
    note(
        Kind.DISPATCH_PLANNED,
        [Line(d.pk, d.invoice_id, {"by": d.kind, "because": d.because}) for d in dispatches],
        at=at,
        actor=actor,
    )


def _tried(row: models.Dispatch) -> set[str]:
    """The kinds tried for this paper since its walk down the ladder began."""
    same = models.Dispatch.objects.filter(invoice_id=row.invoice_id, paper=row.paper)
    walk = same.filter(planned_at__lte=row.planned_at).order_by("-planned_at", "-id")
    kinds: set[str] = set()
    for kind, rung in walk.values_list("kind", "rung"):
        kinds.add(kind)
        if rung == 0:
            break
    return kinds


def _nobody_reached(why: str) -> Finding:
    return Finding(
        code="nobody_reached",
        says=f"Every way to the debtor failed. {why}",
        todo="Find a better address, enter it at the debtor, then release it: it is sent again.",
    )
