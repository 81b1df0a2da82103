"""Is it alive, is it ready, are the books right; and the same as figures for Prometheus."""

from datetime import UTC, datetime

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from pydantic import BaseModel

from usance.domain.carriers import Breaker
from usance.queries import carriers, doctor, work

router = Router(tags=["Health"])
FRESH = 60  # Seconds for which an examination of the books holds.
FILES = 20  # Kept files that are read again each time.
TEXT = "text/plain; version=0.0.4; charset=utf-8"
DESCRIBED = {
    "responses": {
        200: {"description": "Figures", "content": {"text/plain": {"schema": {"type": "string"}}}}
    }
}  # fmt: skip


class Alive(BaseModel):
    status: str = Field(examples=["alive"])


class Ready(BaseModel):
    status: str = Field(examples=["ready"])


class Promise(BaseModel):
    rule: str = Field(examples=["M2"])
    promise: str = Field(examples=["Debits equal credits in every currency"])
    broken: int = Field(examples=[0], description="Rows that break it; 0: it is kept.")
    rows: list[list[str]] = Field(description="The first of them.")


class Books(BaseModel):
    right: bool = Field(examples=[True])
    examined_at: datetime
    promises: list[Promise]


@router.get("/health/live", auth=None, response=Alive, summary="Is the process alive?")
def live(request: HttpRequest) -> Alive:
    """Asks nothing of the database, and needs no key."""
    return Alive(status="alive")


@router.get("/health/ready", response=Ready, summary="Can requests be served?")
def ready(request: HttpRequest) -> Ready:
    """503 while the database is away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Ready(status="ready")


@router.get("/health/books", response=Books, summary="Are the books right?")
def books(request: HttpRequest) -> Books:
    """Every promise about money, examined at most once a minute."""
    at, answers = _examined()
    return Books(
        right=all(answer.kept for answer in answers),
        examined_at=at,
        promises=[
            Promise(
                rule=answer.rule, promise=answer.promise, broken=answer.broken,
                rows=[list(row) for row in answer.rows],
            )
            for answer in answers
        ],
    )  # fmt: skip


@router.get("/metrics", summary="Figures for Prometheus", openapi_extra=DESCRIBED)
def metrics(request: HttpRequest) -> HttpResponse:
    """`books_violations` by rule, what waits for people, carriers, and the belt's jobs by state."""
    registry = CollectorRegistry()
    broken = Gauge("books_violations", "Rows that break a promise", ["rule"], registry=registry)
    for answer in _examined()[1]:
        broken.labels(answer.rule).set(answer.broken)
    waits = Gauge("work_waiting", "Tasks that wait for a person", ["kind"], registry=registry)
    waiting = work.waiting()
    for kind in ("held", "unknown", "matches", "disputes", "mails"):
        waits.labels(kind).set(getattr(waiting, kind))
    paused = Gauge("carrier_paused", "1: nobody calls it now", ["carrier"], registry=registry)
    queued = Gauge("carrier_waiting", "Deliveries queued for it", ["carrier"], registry=registry)
    for one in carriers.board():
        paused.labels(one.name).set(one.breaker is not Breaker.CLOSED)
        queued.labels(one.name).set(one.waiting)
    jobs = Gauge("belt_jobs", "Jobs that have not succeeded", ["state"], registry=registry)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text, count(*) FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1"
        )
        counted = dict(cursor.fetchall())
    for state in ("todo", "doing", "failed"):
        jobs.labels(state).set(counted.get(state, 0))
    return HttpResponse(generate_latest(registry), content_type=TEXT)


def _examined() -> tuple[datetime, list[doctor.Answer]]:
    known: tuple[datetime, list[doctor.Answer]] | None = cache.get("api.books")
    if known is None:
        known = datetime.now(UTC), doctor.examine(files=FILES)
        cache.set("api.books", known, FRESH)
    return known
