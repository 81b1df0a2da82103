"""Two who work at one delivery: by chance, because one slept past its lease, or with a carrier
whose report is faster than we are. Workers are real processes here, stopped by a real signal."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import close_old_connections, connection, connections

from tests import world
from tests.belt import drain, receive
from usance import models, sandbox
from usance.actions import distribution, reports
from usance.domain.distribution import DeliveryEvent, Outcome
from usance.domain.mandate import Role
from usance.engine import Cluster
from usance.queries import deliveries, doctor

pytestmark = pytest.mark.django_db(transaction=True)

NOW = {"at": world.NOW, "actor": "belt"}
SEND = """
import sys, uuid, datetime, django
django.setup()
from usance.actions import distribution
at = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
distribution.send([uuid.UUID(key) for key in sys.argv[1:]], at=at, actor="belt")
"""


@pytest.fixture
def house(settings: LazySettings) -> Iterator[sandbox.Running]:
    """Who carries what, and truly does."""
    options = sandbox.Settings(seed=7, bouncing=0, failing=0)
    with sandbox.start(options) as running:
        carriers = {
            name: {"plugin": name, "config": running.config("channels", name)}
            for name in ("smtp", "hybrid")
        }
        kinds = {"email": "smtp", "letter": "hybrid", "einvoice": "hybrid", "mailbox": "hybrid"}
        Path(settings.OUTSIDE).write_text(json.dumps({"kinds": kinds, "carriers": carriers}))
        yield running


def planned(count: int, *, by: str) -> list[UUID]:
    """So many deliveries by e-mail or by letter, not sent."""
    place = world.build()
    debtor = place.bolt if by == "email" else place.kaufmann
    receive(
        *(world.paper(place.acme, debtor, number=f"R-{n}", gross="10.00") for n in range(count))
    )
    drain(send=False)
    return list(models.Dispatch.objects.order_by("pk").values_list("pk", flat=True))


@contextmanager
def stopped(
    cluster: Cluster, settings: LazySettings, keys: list[UUID], at: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that sends these and stands still at a named place; it is woken by SIGCONT."""
    environment = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "usance.settings",
        "USANCE_APP_URL": cluster.app_url,
        "USANCE_SECRET_KEY": settings.SECRET_KEY,
        "USANCE_OUTSIDE": str(settings.OUTSIDE),
        "USANCE_HOME": str(Path(settings.OUTSIDE).parent),
        "USANCE_CRASH_AT": f"{at}:1:stop",
    }
    worker = subprocess.Popen(
        [sys.executable, "-c", SEND, *(key.hex for key in keys)],
        env=environment,
        start_new_session=True,  # Whoever stops it stops nobody else.
    )
    try:
        deadline = time.monotonic() + 60
        while _state_of(worker.pid) != "T":
            assert worker.poll() is None, "the worker ended before it came to that place"
            assert time.monotonic() < deadline, "the worker never came to that place"
            time.sleep(0.05)
        yield worker
    finally:
        worker.kill()
        worker.wait()


def _state_of(pid: int) -> str:
    """The letter of /proc: T stands still."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def wake(worker: subprocess.Popen[bytes]) -> None:
    """Let it go on to its end."""
    worker.send_signal(signal.SIGCONT)
    assert worker.wait(60) == 0


def end_leases() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dispatch SET lease_until = now() WHERE state = 'calling'")
    distribution.expire_leases(at=world.NOW, actor="janitor")


def states() -> Counter[str]:
    return Counter(models.Dispatch.objects.values_list("state", flat=True))


def times(house: sandbox.Running) -> list[int]:
    dump = house.dump()
    return [one["times"] for one in dump["deliveries"].values()] + list(dump["mails"].values())


@pytest.mark.parametrize("at", ["distribution.claimed", "distribution.called"])
def test_a_worker_that_slept_past_its_lease_does_not_send_a_mail_that_another_one_sent(
    at: str, house: sandbox.Running, cluster: Cluster, settings: LazySettings
) -> None:
    keys = planned(3, by="email")
    with stopped(cluster, settings, keys, at) as worker:
        end_leases()
        assert states() == {"unknown": 3}
        distribution.ask(deliveries.unknown(), **NOW)
        assert states() == {"unknown": 3}, "no mail server can be asked: a person has to say"
        gone = {key.split("@")[0].strip("<") for key in house.dump()["mails"]}
        for key in keys:
            distribution.resolve_unknown(
                key, went_out=key.hex in gone, role=Role.OPERATIONS, at=world.NOW, actor="user:o"
            )
        drain()
        assert states() == {"accepted": 3}
        before = times(house)
        wake(worker)
    assert states() == {"accepted": 3}
    assert times(house) == before == [1, 1, 1]


@pytest.mark.parametrize("at", ["distribution.claimed", "distribution.called"])
def test_a_worker_that_slept_past_its_lease_sends_a_keyed_letter_once_with_the_other_one(
    at: str, house: sandbox.Running, cluster: Cluster, settings: LazySettings
) -> None:
    keys = planned(3, by="letter")
    with stopped(cluster, settings, keys, at) as worker:
        end_leases()
        distribution.ask(deliveries.unknown(), **NOW)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE dispatch SET not_before = NULL")
        distribution.send(keys, **NOW)
        drain()
        assert states() == {"accepted": 3}
        written = list(models.Dispatch.objects.order_by("pk").values())
        wake(worker)
    assert list(models.Dispatch.objects.order_by("pk").values()) == written, "it was overtaken"
    assert times(house) == [1, 1, 1]
    assert all(answer.kept for answer in doctor.examine())


def test_workers_who_get_the_same_deliveries_call_for_each_once(house: sandbox.Running) -> None:
    keys = planned(12, by="email")
    barrier = threading.Barrier(4)

    def work() -> None:
        close_old_connections()
        barrier.wait()
        distribution.send(keys, **NOW)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert states() == {"accepted": 12}
    assert times(house) == [1] * 12
    assert set(models.Dispatch.objects.values_list("attempt", flat=True)) == {1}


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Outcome.DELIVERED, "delivered"), (Outcome.BOUNCED, "failed"), (Outcome.SENT, "sent")],
)
def test_a_report_that_is_faster_than_our_own_writing_stands(
    outcome: Outcome, state: str, house: sandbox.Running, cluster: Cluster, settings: LazySettings
) -> None:
    """The carrier took it and tells of it while the worker has not yet written that it did."""
    (key,) = planned(1, by="letter")
    with stopped(cluster, settings, [key], "distribution.called") as worker:
        told = DeliveryEvent(
            id="evt_1", key=key.hex, reference="", outcome=outcome,
            at=world.NOW + timedelta(seconds=1), detail="told early",
        )  # fmt: skip
        reports.take_events("hybrid", [told], at=world.NOW, actor="carrier:hybrid")
        assert states() == {state: 1}
        wake(worker)
    row = models.Dispatch.objects.get()
    assert (row.state, row.detail) == (state, "told early")
    assert row.reference.startswith("dl_"), "what we learned of the call is kept"
    assert row.handed_at == world.NOW
    assert times(house) == [1]
