"""Direct debits with the sandbox's bank: told by mail, ordered, collected, sent back; killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from tests import world
from tests.actions.test_debits import BOLTS, DUE, broken, ready, release
from tests.actions.test_races import at_once
from tests.belt import drain
from usance import models, sandbox
from usance.actions import debits
from usance.domain.mandate import ContentChanged, Role
from usance.engine.cluster import Cluster
from usance.jobs import bank, notices

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def outside() -> Iterator[sandbox.Running]:
    told = sandbox.Settings(seed=7, failing=0, bouncing=0, at=world.NOW)
    with sandbox.start(told) as running:
        found = {
            "kinds": {"email": "hybrid"},
            "carriers": {
                "hybrid": {"plugin": "hybrid", "config": running.config("channels", "hybrid")}
            },
            "bank": {"plugin": "rest", "config": {"url": running.ready["bank"], "token": ""}},
        }
        Path(settings.OUTSIDE).write_text(json.dumps(found))
        asked = {"name": "Factor Nord AB", "balance_minor": 0, "currency": "EUR"}
        running.http.put(f"/bank/{world.OUR_EUR}", json=asked).raise_for_status()
        yield running


def _released(debtor: str) -> models.DebitFile:
    place = ready()
    models.Debtor.objects.filter(pk=place.bolt.pk).update(name=debtor)
    debits.plan(at=world.NOW, actor="day")
    assert notices.announce_due(at=world.NOW) == 1
    assert notices.announce_due(at=world.NOW) == 0
    row = models.Debit.objects.get()
    assert (row.state, row.announced_how) == ("announced", "mail to rechnung@bolt.example")
    (file,) = release({row.pk: row.content})
    return file


def _until(outside: sandbox.Running, day: datetime) -> None:
    """The bank's statements and answers to that day."""
    outside.clock(day)
    on = (day - timedelta(days=1)).date()
    for n in range(100, -1, -1):
        bank.fetch_statements(on - timedelta(days=n), at=day)
    bank.fetch_answers(at=day)
    drain(send=False, at=day)


@pytest.mark.parametrize(("debtor", "state", "reason"), [
    ("Pays AG", "collected", ""), ("Closed AG", "rejected", "AC04"),
    ("Short AG", "returned", "AM04"),
])  # fmt: skip
def test_every_collection_ends(
    outside: sandbox.Running, debtor: str, state: str, reason: str
) -> None:
    _released(debtor)
    assert bank.hand_over_files(at=world.NOW) == 1
    assert bank.hand_over_files(at=world.NOW) == 0
    _until(outside, datetime.combine(DUE + timedelta(days=7), world.NOW.timetz()))
    row = models.Debit.objects.get()
    assert (row.state, row.reason[:4]) == (state, reason)
    assert broken() == []


def test_who_was_told_is_told_that_it_is_cancelled_once(outside: sandbox.Running) -> None:
    place = ready(count=3)
    first, second, third = debits.plan(at=world.NOW, actor="day")
    models.DebitNotice.objects.filter(debit=second).update(state="refused")
    how = {"role": Role.COLLECTION, "at": world.NOW, "actor": "user:c"}
    debits.cancel([third.pk], because="", **how)  # Before anybody was told.
    assert notices.announce_due(at=world.NOW) == 1
    debits.announce([second.pk], how="letter", **how)
    assert notices.recall_due(at=world.NOW) == 0
    models.Debtor.objects.filter(pk=place.bolt.pk).update(language="fr")
    debits.cancel([first.pk, second.pk], because="They transfer it.", **how)
    assert sorted(at_once(*[lambda: notices.recall_due(at=world.NOW)] * 2)) in ([0, 2], [1, 1])
    assert notices.recall_due(at=world.NOW) == 0
    told = {row.debit_id: row for row in models.DebitRecall.objects.all()}
    assert {pk: row.state for pk, row in told.items()} == {first.pk: "sent", second.pk: "sent"}
    assert told[first.pk].address == "rechnung@bolt.example"
    assert told[first.pk].subject.startswith("Pas de prélèvement de 10")
    assert BOLTS not in told[first.pk].text
    assert BOLTS[-4:] in told[first.pk].text


def test_two_runs_at_once_collect_an_invoice_once() -> None:
    ready(count=3)
    made = at_once(*[lambda: debits.plan(at=world.NOW, actor="day") for _ in range(4)])
    assert sorted(len(one) for one in made) == [0, 0, 0, 3]
    rows = list(models.Debit.objects.order_by("pk"))
    debits.announce(
        [row.pk for row in rows], how="letter", role=Role.COLLECTION, at=world.NOW, actor="user:c"
    )
    seen = {row.pk: row.content for row in rows}
    came = at_once(*[lambda: release(seen) for _ in range(4)])
    assert sum(isinstance(one, list) for one in came) == 1
    assert sum(isinstance(one, ContentChanged) for one in came) == 3
    assert models.DebitFile.objects.count() == 1
    assert broken() == []


HAND_OVER = """
import django; django.setup()
from datetime import UTC, datetime
from usance.jobs import bank
bank.hand_over_files(at=datetime(2026, 3, 2, 9, 5, tzinfo=UTC))
"""


def test_a_worker_killed_between_the_bank_and_the_books_orders_once(
    outside: sandbox.Running, cluster: Cluster, tmp_path: Path
) -> None:
    """The bank has the file, and nobody wrote that down: the same file goes again."""
    file = _released("Pays AG")
    home = tmp_path / "home"
    home.mkdir()
    (home / "documents").symlink_to(settings.STORAGES["documents"]["OPTIONS"]["location"])
    environment = {
        **os.environ, "USANCE_CRASH_AT": "bank.file_sent:1", "USANCE_APP_URL": cluster.app_url,
        "USANCE_HOME": str(home), "USANCE_OUTSIDE": settings.OUTSIDE, "USANCE_ENVIRONMENT": "test",
        "DJANGO_SETTINGS_MODULE": "usance.settings", "USANCE_SECRET_KEY": settings.SECRET_KEY,
    }  # fmt: skip
    died = subprocess.run(
        [sys.executable, "-c", HAND_OVER], env=environment, check=False, capture_output=True,
        timeout=60,
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()[-1500:]
    file.refresh_from_db()
    assert file.handed_at is None
    assert list(outside.http.get("/dump").json()["orders"]) == [file.name]

    assert bank.hand_over_files(at=world.NOW) == 1
    _until(outside, datetime.combine(DUE + timedelta(days=2), world.NOW.timetz()))
    assert models.BankLine.objects.filter(amount_minor__gt=0).count() == 1
    assert models.Debit.objects.get().state == "collected"
    assert broken() == []
