"""One walk from intake to a sealed diary, in phases: killed anywhere, a restart goes on with it.

Run by bench.torture as a program. Each phase may be taken twice; which are done stands in a file.
What only time would bring (leases that run out, pauses that end) is brought about in the database.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # A Monday.
ROUNDS = 40
AGE = """
UPDATE dispatch SET lease_until = now() - interval '1 second' WHERE state = 'calling';
UPDATE dispatch SET not_before = NULL WHERE state = 'queued';
UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL WHERE status = 'doing';
UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo';
UPDATE carrier SET until = now() WHERE until > now();
"""
OPEN = """
SELECT (SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'belt' AND status = 'todo')
     + (SELECT count(*) FROM dispatch WHERE state IN ('queued', 'calling')
                                          OR state = 'unknown' AND carrier <> 'smtp')
"""


def furnish() -> None:
    """The parties, our capital, and a book whose clock stands still."""
    from tests import world
    from usance import models
    from usance.shared.models import Book

    Book.objects.create(
        slug="main", name="Torture", country="SE", simulated_at=MORNING, created_at=MORNING
    )
    place = world.build()
    # Refused by its mail server: its deliveries fall to the next rung, the letter.
    models.Debtor.objects.filter(pk=place.kaufmann.pk).update(email="nobody@kaufmann.example")
    world.capital("50000", "EUR")
    world.capital("500000", "SEK")


def hand_in(outside: Any) -> None:
    """Files as clients hand them in; what was taken in before the kill is seen to be a copy."""
    from tests import world
    from usance import models
    from usance.actions import intake
    from usance.plugins.einvoices import ubl

    row = {
        r.name.split()[0]: r for r in (*models.Client.objects.all(), *models.Debtor.objects.all())
    }
    acme, nord = row["Acme"], row["Nordhav"]
    late = date(2026, 3, 20)
    papers = [
        world.paper(acme, row["Bolt"], number="R-1", gross="1000.00"),
        world.paper(acme, row["Bolt"], number="R-2", gross="2000.50", due_on=late),
        world.paper(acme, row["Kaufmann"], number="R-3", gross="3000.33"),
        world.paper(acme, row["Kaufmann"], number="R-4", gross="400.04", due_on=late),
        world.paper(nord, row["Tre"], number="S-1", gross="50000.05", currency="SEK"),
        world.paper(acme, row["Kaufmann"], number="C-3", gross="100.00", credits="R-3"),
    ]
    for some in (papers[:3], papers[3:]):
        files = [intake.File(name=f"{p.number}.xml", data=ubl.write(p, {})) for p in some]
        intake.receive(files, client=None, way="demo", at=MORNING, actor="torture")


def come_to_rest(outside: Any) -> None:
    """Workers and the janitor, until nothing is on the belt and nothing on its way."""
    from django.db import connection

    from usance import clock, pipeline
    from usance.actions import distribution
    from usance.jobs import delivery
    from usance.queries import deliveries

    for _ in range(ROUNDS):
        with connection.cursor() as cursor:
            cursor.execute(AGE)
        asyncio.run(_work())
        at = clock.now()
        with connection.cursor() as cursor:
            cursor.execute(AGE.splitlines()[1])
            cursor.execute(AGE.splitlines()[5])
        distribution.expire_leases(at=at, actor="janitor")
        distribution.ask(deliveries.unknown(), at=at, actor="janitor")
        delivery.judge_late(at=at)
        with connection.cursor() as cursor:
            cursor.execute(AGE.splitlines()[2])
            if due := deliveries.due():
                pipeline.put("distribution.send", due)
            cursor.execute(OPEN)
            if not cursor.fetchone()[0]:
                return
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, args::text, attempts, scheduled_at FROM procrastinate_jobs"
                       " WHERE status <> 'succeeded'")  # fmt: skip
        jobs = cursor.fetchall()
        cursor.execute("SELECT findings::text FROM hold WHERE because = 'error'")
        raise SystemExit(f"the belt did not come to rest: {jobs} {cursor.fetchall()}")


async def _work() -> None:
    from procrastinate.contrib.django import app

    from usance.jobs import belt  # noqa: F401 - its task must be known

    worker = app.with_connector(app.connector.get_worker_connector())
    async with worker.open_async():
        await worker.run_worker_async(
            queues=["belt"], wait=False, concurrency=1, listen_notify=False,
            install_signal_handlers=False,
        )  # fmt: skip


def end_day(outside: Any) -> None:
    from usance import clock, models
    from usance.actions import finance
    from usance.domain.mandate import Role
    from usance.jobs import bank, day

    at = clock.now()
    day.end(at=at)
    seen = dict(models.Payout.objects.filter(state="proposed").values_list("pk", "content"))
    if seen:
        finance.release_payouts(
            seen, role=Role.FINANCE, pay_on=at.date(), at=at, actor="user:second"
        )
    _insist(lambda: bank.hand_over_files(at=at),
            lambda: not models.PayoutFile.objects.filter(handed_at=None).exists())  # fmt: skip


def read_events(outside: Any) -> None:
    """What the distributor reports, as its callbacks would bring it."""
    from usance import clock
    from usance.actions import reports
    from usance.domain.distribution import DeliveryEvent
    from usance.plugins.channels._hybrid_words import outcome_of

    headers = {"authorization": "Bearer sandbox-token"}
    told = outside.get("/v1/events?after=0", headers=headers).json()["events"]
    events = [
        DeliveryEvent(
            id=e["id"], key=e["key"], reference=e["reference"], outcome=outcome_of(e["code"]),
            at=datetime.fromisoformat(e["at"]), code=e["code"],
        )
        for e in told
    ]  # fmt: skip
    reports.take_events("hybrid", events, at=clock.now(), actor="carrier:hybrid")


def pay(outside: Any) -> None:
    """Debtors pay R-1 whole, R-3 what the credit note left of it, S-1 in part."""
    from usance import models

    for number, minor in (("R-1", 100_000), ("R-3", 290_033), ("S-1", 2_000_000)):
        row = models.Invoice.objects.get(number=number)
        iban = models.BankAccount.objects.get(currency=row.currency).iban
        said = {"minor": minor, "currency": row.currency, "reference": row.payment_reference}
        outside.post(f"/bank/{iban}/credits", json=said).raise_for_status()


def read_bank(outside: Any) -> None:
    from usance import clock, models
    from usance.jobs import bank

    at = clock.now()
    bank.fetch_answers(at=at)
    accounts = models.BankAccount.objects.count()
    day = at.date() - timedelta(days=1)
    _insist(
        lambda: bank.fetch_statements(day, at=at),
        lambda: models.Statement.objects.filter(closed_on=day).count() == accounts,
    )


def seal(outside: Any) -> None:
    from usance import clock
    from usance.actions import audit

    audit.seal(at=clock.now())


def _go(**later: int) -> Callable[[Any], None]:
    def go(outside: Any) -> None:
        from usance import clock

        to = MORNING + timedelta(**later)
        clock.advance(to)
        outside.post("/clock", json={"at": to.isoformat()}).raise_for_status()

    return go


def _insist(act: Callable[[], object], done: Callable[[], bool]) -> None:
    from usance.plugins import TryLater

    for _ in range(ROUNDS):
        try:
            act()
        except TryLater:
            continue
        if done():
            return
    raise SystemExit("the bank never answered")


PHASES: tuple[Callable[[Any], None], ...] = (
    hand_in, come_to_rest, end_day, _go(days=1), read_bank, pay, read_events, come_to_rest,
    _go(days=2), read_bank, come_to_rest, end_day, come_to_rest, _go(days=30), read_events,
    end_day, come_to_rest, seal,
)  # fmt: skip


def verdict() -> dict[str, Any]:
    """What the books say at the end, for bench.torture to hold against the truth outside."""
    from usance import models
    from usance.queries import doctor, trial

    dispatches = models.Dispatch.objects.values(
        "id", "invoice__number", "paper", "carrier", "state"
    )
    return {
        "dispatches": [d | {"id": d["id"].hex} for d in dispatches],
        "stages": dict(models.Invoice.objects.values_list("number", "stage")),
        "parked": models.Hold.objects.filter(because="error").count(),
        "failed_jobs": _failed_jobs(),
        "ordered": models.Payout.objects.filter(
            state__in=["sent", "paid"], amount_minor__gt=0
        ).count(),
        "balance": {f"{a.value} {c}": d - k for (a, c), (d, k) in sorted(trial.balance().items())},
        "broken": [answer.rule for answer in doctor.examine() if not answer.kept],
    }


def _failed_jobs() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        return int(cursor.fetchone()[0])


def main(place: Path, url: str) -> None:
    """Take the phases that are left."""
    import django

    django.setup()
    if not url:
        furnish()
        return
    import httpx

    done = int(place.read_text()) if place.exists() else 0
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as outside:
        for number, phase in enumerate(PHASES):
            if number >= done:
                phase(outside)
                place.write_text(str(number + 1))
    print(json.dumps(verdict()))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "usance.settings")
    main(Path(sys.argv[1]), sys.argv[2])
