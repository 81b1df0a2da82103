"""How the deliveries go: health of carriers and channels, dispatches, failures with reasons."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from usance import models
from usance.domain.distribution import ARRIVED, EVIDENCE, Evidence, State
from usance.domain.party import name_key
from usance.domain.payment import compact
from usance.models.ids import is_key

from . import overdue
from .pages import counted

Rows = QuerySet[models.Dispatch]
TAKEN = ARRIVED | {State.ACCEPTED, State.SENT}  # The carrier has it.
UNDER_WAY = frozenset({State.QUEUED, State.CALLING, State.ACCEPTED, State.SENT})
VIEWS: dict[str, frozenset[State]] = {
    "all": frozenset(State),
    "unknown": frozenset({State.UNKNOWN}),
    "failed": frozenset({State.FAILED}),
    "under_way": UNDER_WAY,
    "arrived": ARRIVED,
}

# From the hand-over to the first report that the receiver has it; per carrier and channel.
TIMES = """
SELECT carrier, kind, percentile_cont(0.5) WITHIN GROUP (ORDER BY took),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY took)
  FROM (SELECT d.id, d.carrier, d.kind, extract(epoch FROM min(e.at) - d.handed_at) AS took
          FROM dispatch d JOIN delivery_event e ON e.dispatch_id = d.id
         WHERE d.planned_at >= %s AND d.handed_at IS NOT NULL
           AND e.outcome IN ('delivered', 'opened') GROUP BY d.id) AS each
 GROUP BY carrier, kind
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One carrier on one channel, of what was planned in the time asked about."""

    carrier: str
    kind: str
    planned: int
    accepted: int  # By the carrier, delivered ones included.
    delivered: int  # The receiver has it.
    failed: int
    unknown: int
    median_time: timedelta | None  # From hand-over to delivered; None: nothing was delivered.
    slow_time: timedelta | None  # 95 of 100 took no longer.

    @property
    def accepted_part(self) -> float | None:
        """Per cent of what was planned."""
        return 100 * self.accepted / self.planned if self.planned else None

    @property
    def delivered_part(self) -> float | None:
        return 100 * self.delivered / self.planned if self.planned else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why deliveries failed: the same words of the same carrier."""

    carrier: str
    detail: str
    count: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far the dispatches of a kind came; each number is part of the one before."""

    kind: str
    planned: int
    handed: int  # A carrier was called.
    accepted: int  # The carrier had it, whatever became of it then.
    delivered: int
    opened: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What followed a failed dispatch. All empty: the ladder has not moved yet."""

    dispatch: models.Dispatch | None
    is_held: bool  # A person looks for a better address.
    over: str  # Why nothing follows any more.


def health(*, since: datetime) -> list[Health]:
    """Every carrier and channel that something was planned for since then."""
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    rows = models.Dispatch.objects.filter(planned_at__gte=since)
    for carrier, kind, state, count in rows.values_list("carrier", "kind", "state").annotate(
        Count("pk")
    ):
        counts[carrier, kind][state] = count
    with connection.cursor() as cursor:
        cursor.execute(TIMES, [since])
        times = {(carrier, kind): took for carrier, kind, *took in cursor.fetchall()}
    return [
        Health(
            carrier=carrier,
            kind=kind,
            planned=sum(said.values()),
            accepted=sum(said.get(state, 0) for state in TAKEN),
            delivered=sum(said.get(state, 0) for state in ARRIVED),
            failed=said.get(State.FAILED, 0),
            unknown=said.get(State.UNKNOWN, 0),
            median_time=_seconds(times.get((carrier, kind)), 0),
            slow_time=_seconds(times.get((carrier, kind)), 1),
        )
        for (carrier, kind), said in sorted(counts.items())
    ]


def _seconds(took: Sequence[float] | None, place: int) -> timedelta | None:
    return None if took is None else timedelta(seconds=float(took[place]))


def funnel(*, since: datetime) -> list[Funnel]:
    """How far the dispatches of each kind came, of those planned since then. One query."""
    taken = Q(handed_at__isnull=False) | Q(state__in=TAKEN)
    rows = (
        models.Dispatch.objects.filter(planned_at__gte=since)
        .values_list("kind")
        .annotate(
            planned=Count("pk"),
            handed=Count("pk", filter=Q(attempt__gt=0) | taken),
            accepted=Count("pk", filter=taken),
            delivered=Count("pk", filter=Q(state__in=ARRIVED)),
            opened=Count("pk", filter=Q(state=State.OPENED)),
        )
        .order_by("kind")
    )
    return [Funnel(*row) for row in rows]


def followed(rows: Sequence[models.Dispatch], *, today: date) -> dict[UUID, Next]:
    """What came after each of these that failed, with their invoices. Three queries at most."""
    failed = [row for row in rows if row.state == State.FAILED]
    if not failed:
        return {}
    invoices = {row.invoice_id for row in failed}
    later: dict[tuple[UUID, str], list[models.Dispatch]] = defaultdict(list)
    for one in models.Dispatch.objects.filter(invoice_id__in=invoices).order_by("pk"):
        later[one.invoice_id, one.paper].append(one)
    held = set(
        models.Hold.objects.filter(
            invoice_id__in=invoices, closed_at=None, step="distribution.again"
        ).values_list("invoice_id", flat=True)
    )
    over = overdue.needless(failed, today=today)
    return {
        row.pk: Next(
            over=over.get(row.pk, ""),
            dispatch=next((x for x in later[row.invoice_id, row.paper] if x.pk > row.pk), None),
            is_held=row.invoice_id in held,
        )
        for row in failed
    }


def corrected(rows: Sequence[models.Dispatch]) -> dict[UUID, str]:
    """Addresses that carriers say are right instead, by dispatch; the last word counts."""
    events = models.DeliveryEvent.objects.filter(dispatch__in=[row.pk for row in rows])
    found = events.exclude(corrected_address="").order_by("at")
    return dict(found.values_list("dispatch_id", "corrected_address"))


def reasons(*, since: datetime, most: int = 8) -> list[Reason]:
    """The commonest reasons of failure, the most frequent first."""
    rows = (
        models.Dispatch.objects.filter(planned_at__gte=since, state=State.FAILED)
        .values_list("carrier", "detail")
        .annotate(count=Count("pk"))
        .order_by("-count", "detail")
    )
    return [Reason(carrier=c, detail=d, count=n) for c, d, n in rows[:most]]


def found(
    *,
    view: str,
    since: datetime | None,
    kind: str = "",
    carrier: str = "",
    paper: str = "",
    words: str = "",
    client: UUID | None = None,
) -> Rows:
    """Dispatches for the list. Unknown ones are found whatever their age.

    `words`: an invoice number, the carrier's reference, our key, or the debtor's name's beginning.
    """
    rows: Rows = models.Dispatch.objects.select_related("invoice__debtor", "invoice__client")
    if view != "all":
        rows = rows.filter(state__in=VIEWS[view])
    if since is not None and view != "unknown":
        rows = rows.filter(planned_at__gte=since)
    for name, value in (("kind", kind), ("carrier", carrier), ("paper", paper)):
        if value:
            rows = rows.filter(**{name: value})
    if client is not None:
        rows = rows.filter(invoice__client_id=client)
    if said := words.strip():
        by = Q(reference=said) | Q(invoice__number_key__startswith=compact(said) or said)
        by |= Q(invoice__debtor__name_key__startswith=name_key(said) or said)
        rows = rows.filter(by | Q(pk=UUID(said)) if is_key(said) else by)
    return rows


def counts(*, since: datetime) -> dict[str, int]:
    """How many each saved view holds, as far as counting is cheap."""
    return {view: counted(found(view=view, since=since)) for view in VIEWS if view != "all"}


def evidence(state: str) -> Evidence:
    """How well it is proved that it arrived."""
    return EVIDENCE[State(state)]


def one(pk: UUID) -> models.Dispatch:
    """A dispatch with all that its page shows.

    :raises Dispatch.DoesNotExist: if there is none.
    """
    return (
        models.Dispatch.objects.select_related(
            "invoice__debtor", "invoice__client", "document", "reminder", "proof"
        )
        .prefetch_related("events")
        .get(pk=pk)
    )


def reports(dispatch: models.Dispatch) -> list[models.DeliveryEvent]:
    """What the carrier said of it, in the order of its clock."""
    return list(models.DeliveryEvent.objects.filter(dispatch=dispatch).order_by("at", "id"))


def diary(dispatch: models.Dispatch) -> list[models.Diary]:
    return list(models.Diary.objects.filter(subject_id=dispatch.pk).order_by("id"))
