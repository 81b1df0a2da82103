"""The day's end by several workers: each share once, killed or not, then the rest."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.db import connection
from procrastinate.contrib.django import app

from tests import world
from tests.belt import drain, receive
from tests.crosswise import crosswise
from tests.walks import at_once
from usance import models
from usance.actions import finance
from usance.domain.finance import Charges, Interest
from usance.engine import Cluster
from usance.jobs import janitor, shares
from usance.queries import charges, doctor
from usance.shared.models import Book

pytestmark = pytest.mark.django_db(transaction=True)

EVENING = datetime.combine(world.TODAY + timedelta(days=4), time(17), UTC)
THROUGH = EVENING.date() - timedelta(days=1)
ACCRUE = """
import datetime, sys, django
django.setup()
from usance.jobs import shares
shares.accrue(int(sys.argv[1]), sys.argv[2])
"""


@pytest.fixture(autouse=True)
def place() -> world.World:
    """Two clients that owe for time, an invoice of each bought today; the evening four days on.

    10,000.00, of which 80 % and 85 % are in use: 8 % a year is 1.7778 and 1.8889 a day."""
    place = world.build()
    timed = Charges(interest=Interest(margin=Decimal("0.08")))
    for client in (place.acme, place.nord):
        (old,) = client.facilities.all()
        world.agree(client, replace(old.agreement(), charges=timed), corrects=old.pk)
    receive(world.paper(place.acme, place.bolt, number="R-1"))
    receive(world.paper(place.nord, place.tre_kronor, number="R-2", currency="SEK"))
    drain(send=False)
    Book.objects.create(
        slug="main", name="Test", country="SE", simulated_at=EVENING, created_at=EVENING
    )
    return place


def status_of(task: str) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status, attempts FROM procrastinate_jobs WHERE task_name = %s ORDER BY id",
            [task],
        )
        return list(cursor.fetchall())


def waiting() -> list[tuple[str, int | None]]:
    """Of the day's end: at the turn of a minute a worker puts its rhythm's own jobs beside it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, (args->>'share')::int FROM procrastinate_jobs WHERE status = 'todo'"
            " AND task_name = ANY(%s) ORDER BY id", [[shares.ACCRUE, shares.REST]],
        )  # fmt: skip
        return list(cursor.fetchall())


def work(*, once: bool = False) -> None:
    """A worker with two hands takes what waits until nothing does, or what it may take now."""

    async def run() -> None:
        worker = app.with_connector(app.connector.get_worker_connector())
        async with worker.open_async():
            await worker.run_worker_async(
                queues=[shares.QUEUE], wait=False, concurrency=2, listen_notify=False,
                install_signal_handlers=False,
            )  # fmt: skip

    asyncio.run(run())
    while waiting() and not once:
        asyncio.run(run())


def accrued() -> list[tuple[str, int, int]]:
    """Each invoice, its days and what they come to."""
    found = []
    for number in ("R-1", "R-2"):
        rows = models.Accrual.objects.filter(invoice__number=number).order_by("day")
        assert rows, number
        found.append((number, len(rows), rows[len(rows) - 1].total_minor))
    return found


def kept() -> bool:
    return not {"M1", "M18", "M18a"} & {one.rule for one in doctor.examine() if not one.kept}


def test_a_day_asked_for_twice_is_accrued_share_by_share_and_its_rest_comes_after() -> None:
    for _ in range(2):
        shares.begin(at=EVENING)
    wanted = charges.shares()
    assert [share for task, share in waiting() if task == shares.ACCRUE] == wanted
    assert [task for task, _ in waiting()].count(shares.REST) == 1

    shares.end(THROUGH.isoformat())  # Sooner than the shares: it looks again later.
    assert not models.Accrual.objects.exists()
    assert not models.Payout.objects.exists()

    work()
    assert accrued() == [("R-1", 4, 711), ("R-2", 4, 756)]
    assert models.Payout.objects.exists(), "the rest of the day's end came"
    assert kept()


def test_a_killed_rest_of_the_day_gives_way_to_the_one_that_waits() -> None:
    """Two with one key cannot both wait: nothing that died after it would ever run again."""
    shares.begin(at=EVENING)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = %s", [shares.REST]
        )
    shares.begin(at=EVENING)
    assert shares.REST not in [task for task, _ in waiting()], "it runs already"

    shares.end(THROUGH.isoformat())  # It puts the next one, and dies: no worker has it.
    asyncio.run(janitor.revive(None, 0))
    assert status_of(shares.REST) == [("aborted", 1), ("todo", 0)]
    work()
    assert status_of(shares.REST) == [("aborted", 1), ("succeeded", 1)]
    assert accrued() == [("R-1", 4, 711), ("R-2", 4, 756)]


def test_a_share_killed_as_it_wrote_is_made_good_by_the_rest_of_the_day(
    place: world.World, cluster: Cluster, settings: LazySettings
) -> None:
    environment = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "usance.settings", "USANCE_APP_URL": cluster.app_url,
        "USANCE_SECRET_KEY": settings.SECRET_KEY, "USANCE_CRASH_AT": "accruals.written:1",
    }  # fmt: skip
    share = charges.share_of(place.acme.pk)
    told = [sys.executable, "-c", ACCRUE, str(share), THROUGH.isoformat()]
    done = subprocess.run(told, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert not models.Accrual.objects.exists()

    shares.end(THROUGH.isoformat())
    assert accrued() == [("R-1", 4, 711), ("R-2", 4, 756)]
    assert kept()


def test_workers_who_take_all_shares_at_once_accrue_each_day_once() -> None:
    through = THROUGH.isoformat()

    def all_shares() -> None:
        for share in charges.shares():
            shares.accrue(share, through)

    at_once(all_shares, 6)
    assert accrued() == [("R-1", 4, 711), ("R-2", 4, 756)]
    assert kept()


def test_a_client_is_in_the_same_share_wherever_it_is_asked(place: world.World) -> None:
    """Python chooses whom a job takes, the database which lock it takes."""
    with connection.cursor() as cursor:
        for row in models.Invoice.objects.all():
            cursor.execute(
                "SELECT get_byte(uuid_send(%s), 15) %% %s", [row.client_id, charges.SHARES]
            )
            assert cursor.fetchone() == (charges.share_of(row.client_id),)


def test_a_days_end_that_loses_a_lock_runs_again(cluster: Cluster) -> None:
    """Clients are locked before the payouts to them; somebody does it the other way round."""
    finance.propose_payouts(at=EVENING, actor="day")
    for share in charges.shares():
        shares.accrue(share, THROUGH.isoformat())
    shares.begin(at=EVENING)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s", [shares.ACCRUE])
    with crosswise(cluster, last="payout", first="client"):
        work(once=True)
    assert waiting() == [(shares.REST, None)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
    work()
    assert status_of(shares.REST) == [("succeeded", 2)]
