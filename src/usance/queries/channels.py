"""How the deliveries go: health of carriers and channels, dispatches, failures with reasons."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet

from usance import models
from usance.domain.distribution import ARRIVED, EVIDENCE, Evidence, State

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
SELECT carrier, kind, percentile_cont(0.5) WITHIN GROUP (ORDER BY took)
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
        times = {(carrier, kind): took for carrier, kind, took in cursor.fetchall()}
    return [
        Health(
            carrier=carrier,
            kind=kind,
            planned=sum(said.values()),
            accepted=sum(said.get(state, 0) for state in TAKEN),
            delivered=sum(said.get(state, 0) for state in ARRIVED),
            failed=said.get(State.FAILED, 0),
            unknown=said.get(State.UNKNOWN, 0),
            median_time=timedelta(seconds=float(took))
            if (took := times.get((carrier, kind))) is not None
            else None,
        )
        for (carrier, kind), said in sorted(counts.items())
    ]


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
    *, view: str, since: datetime | None, kind: str = "", carrier: str = "", paper: str = ""
) -> Rows:
    """Dispatches for the list. Unknown ones are found whatever their age."""
    rows: Rows = models.Dispatch.objects.select_related("invoice__debtor", "invoice__client")
    if view != "all":
        rows = rows.filter(state__in=VIEWS[view])
    if since is not None and view != "unknown":
        rows = rows.filter(planned_at__gte=since)
    for name, value in (("kind", kind), ("carrier", carrier), ("paper", paper)):
        if value:
            rows = rows.filter(**{name: value})
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
    return models.Dispatch.objects.select_related(
        "invoice__debtor", "invoice__client", "document", "reminder"
    ).get(pk=pk)


def reports(dispatch: models.Dispatch) -> list[models.DeliveryEvent]:
    """What the carrier said of it, in the order of its clock."""
    return list(models.DeliveryEvent.objects.filter(dispatch=dispatch).order_by("at", "id"))


def diary(dispatch: models.Dispatch) -> list[models.Diary]:
    return list(models.Diary.objects.filter(subject_id=dispatch.pk).order_by("id"))


def unheard() -> list[models.DeliveryEvent]:
    """Reports on something that we never sent: a person looks at them."""
    return list(models.DeliveryEvent.objects.filter(dispatch=None).order_by("-id")[:20])
