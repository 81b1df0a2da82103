"""Hand dispatches to their carriers.

The protocol of one delivery: the intent is committed before anybody is called; no transaction is
open during the call; a call whose end nobody knows is asked about before anything is sent again.
"""

import gc
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.distribution import Handover, Kind, Parcel, State
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change
from usance.queries import carriers as carrier_queries
from usance.queries import outside, overdue, parcels

from .. import carriers
from . import outcomes, sealing
from .deadlines import note_cancelled

AT_ONCE = 50  # Parcels between two commits of documents; a crash leaves at most these unknown.
AT_ONCE_KEYED = 10  # Outcomes written at once, where the carrier takes our key.
LET_GO = 16 * 1024 * 1024  # So many bytes of papers pass before they are surely out of memory.
PACE = timedelta(seconds=15)  # So long a step waits for carriers; what is left stays queued.


def send(dispatches: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Hand queued dispatches to their carriers, some at a time. Holds no lock over a call.

    What its carrier cannot take now stays queued with the moment at which it is tried again.
    """
    left, passed = PACE, 0
    for start in range(0, len(dispatches), AT_ONCE):
        left, size = _send_some(dispatches[start : start + AT_ONCE], left, at=at, actor=actor)
        passed += size
        if passed > LET_GO:
            passed = 0
            gc.collect()
    # Rows and HTTP answers refer to each other in rings, and in each ring hangs a paper: left to
    # itself the collector comes when hundreds of them lie about. The whole of it: to what one
    # thread looks through, the rows of the others are old already.
    gc.collect()


def _send_some(
    dispatches: Sequence[UUID], left: timedelta, *, at: datetime, actor: str
) -> tuple[timedelta, int]:
    """Print and hand over these; how much longer carriers may be waited for, and the bytes of
    what was printed."""
    rows = _without_needless(parcels.queued(dispatches), at=at, actor=actor)
    _move_away(rows)
    ready = sealing.sealed(rows, at=at)
    crashpoint("distribution.sealed")
    by_carrier: dict[str, list[models.Dispatch]] = defaultdict(list)
    for row in rows:
        by_carrier[row.carrier].append(row)
    for name, group in by_carrier.items():
        left -= _paced(outside.carrier(name), group, ready, left, at=at, actor=actor)
    return left, sum(len(one.content) for parcel in ready.values() for one in parcel.attachments)


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
    claimed = outcomes.claim([row.pk for row in rows], of=carrier.name)
    crashpoint("distribution.claimed")
    sent = {row.key: row for row in rows if row.pk in claimed}
    for row in sent.values():
        row.attempt = claimed[row.pk]
    handed: list[Handover] = []
    unwritten: list[tuple[models.Dispatch, Handover]] = []
    at_once = AT_ONCE_KEYED if carrier.channel.TAKES_KEY else 1
    batch = [ready[row.pk] for row in sent.values()]
    if not batch or not (carrier.channel.TAKES_KEY or outcomes.still_ours(sent.values())):
        carriers.learn(carrier.name, (), at=at, actor=actor)
        return
    config = {**carrier.config, "sent_at": at.isoformat()}
    for handover in carrier.channel.send(batch, config):
        crashpoint("distribution.called")
        handed.append(handover)
        unwritten.append((sent.pop(handover.key), handover))
        if len(unwritten) >= at_once or not sent:
            outcomes.write_down(unwritten, at=at, actor=actor)
            unwritten.clear()
            crashpoint("distribution.written_down")
            if sent and not outcomes.still_ours(sent.values()) and not carrier.channel.TAKES_KEY:
                break
    else:
        assert not sent, f"{carrier.name} said nothing of {sorted(sent)}"
    carriers.learn(carrier.name, handed, at=at, actor=actor)


def _without_needless(
    rows: Sequence[models.Dispatch], *, at: datetime, actor: str
) -> list[models.Dispatch]:
    """Those that are still to be sent: a reminder that waited for its carrier while the debtor paid
    is taken back, if no carrier was ever called with it."""
    uncalled = [row for row in rows if not row.attempt]
    over = overdue.needless(uncalled, today=at.date(), is_new=True)
    if not over:
        return list(rows)
    with transaction.atomic():
        waiting = models.Dispatch.objects.select_for_update(no_key=True).filter(
            pk__in=over, state=State.QUEUED, attempt=0
        )
        taken_back = list(waiting.order_by("pk"))
        for row in taken_back:
            row.state, row.detail = State.CANCELLED, over[row.pk]
        change(taken_back, ["state", "detail"])
        note_cancelled(taken_back, at=at, actor=actor)
    return [row for row in rows if row.pk not in over]


def _move_away(rows: Sequence[models.Dispatch]) -> None:
    """Deliveries of a paused carrier go to another of the same kind, before their first call only:
    later the paused one may have them. They are printed anew, because carriers want other things.
    """
    now = carrier_queries.present()
    for row in rows:
        if row.attempt or not now.is_paused(row.carrier):
            continue
        other = now.choose(Kind(row.kind), row.key, row.address.get("einvoice", ""))
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
