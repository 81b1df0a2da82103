"""A worker dies while it takes in registrations of internet banks, or answers them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import world
from tests.walks import NOW, SIGNED
from usance import models, sandbox
from usance.actions import parties
from usance.actions.parties import Company
from usance.engine.cluster import Cluster
from usance.jobs import fetching
from usance.jobs import registrations as answering

pytestmark = pytest.mark.django_db(transaction=True)
WORK = """
import sys, django
from datetime import datetime
django.setup()
from django.conf import settings
from usance.jobs import fetching, registrations
settings.STORAGES["documents"]["OPTIONS"] = {"location": sys.argv[1]}
settings.OUTSIDE = sys.argv[2]
at = datetime.fromisoformat(sys.argv[3])
fetching.fetch_reports(at=at)
registrations.answer(at=at)
"""


@pytest.fixture
def house(settings: Any) -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, failing=0, at=NOW)) as running:
        config = running.config("channels", "netbank")
        files = json.loads(config.pop("files_at"))
        carriers = {"netbank": {"plugin": "netbank", "config": config | files}}
        told = {"kinds": {"einvoice": "netbank"}, "carriers": carriers}
        Path(settings.OUTSIDE).write_text(json.dumps(told))
        yield running


@pytest.mark.parametrize(
    ("at", "kept", "told"),
    [
        ("reports.kept:1", 0, 0),
        ("reports.kept:2", 1, 0),
        ("fetching.taken:1", 1, 0),
        ("fetching.taken:2", 2, 0),
        ("registrations.told:1", 2, 1),
    ],
)
def test_killed_anywhere_each_registration_is_taken_in_once_and_answered(
    house: sandbox.Running, at: str, kept: int, told: int, cluster: Cluster, settings: Any
) -> None:
    world.build()
    for number in ("12", "13"):
        parties.register_debtor(
            Company(name=f"Person {number}", country="SE", street="Gatan 1", postcode="111 22",
                    city="Malmö"),
            mailbox_id=f"1912121212{number}", **SIGNED,
        )  # fmt: skip
        said = {"id": f"r-{number}", "what": "registered", "address": f"50200001234{number}",
                "identity": f"1912121212{number}"}  # fmt: skip
        house.http.post("/netbank/people", json=said).raise_for_status()
    store = str(settings.STORAGES["documents"]["OPTIONS"]["location"])
    environment = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "usance.settings",
        "USANCE_APP_URL": cluster.app_url,
        "USANCE_SECRET_KEY": settings.SECRET_KEY,
        "USANCE_HOME": str(Path(store).parent),
        "USANCE_CRASH_AT": at,
    }
    done = subprocess.run(
        [sys.executable, "-c", WORK, store, str(settings.OUTSIDE), NOW.isoformat()],
        env=environment, capture_output=True, timeout=90, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert models.Registration.objects.count() == kept
    assert len([one for one in _answers(house).values() if one]) == told

    for _ in range(2):  # The job runs again, and once more for luck.
        fetching.fetch_reports(at=NOW)
        answering.answer(at=NOW)
    rows = models.Registration.objects.order_by("message_id")
    assert [(one.message_id, one.decision) for one in rows] == [
        ("r-12", "placed"), ("r-13", "placed"),
    ]  # fmt: skip
    assert all(one.answered_at for one in rows)
    assert _answers(house) == {key: {"accepted": True, "because": ""} for key in ("r-12", "r-13")}
    placed = models.Debtor.objects.exclude(einvoice_id="").values_list("einvoice_id", flat=True)
    assert sorted(one for one in placed if one.startswith("bank:")) == [
        "bank:5020000123412", "bank:5020000123413",
    ]  # fmt: skip


def _answers(house: sandbox.Running) -> dict[str, Any]:
    return dict(house.http.get("/netbank/people").json())
