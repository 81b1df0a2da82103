"""A worker dies while it reads pages: the job runs again, and one invoice comes of it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests import pages, world
from usance import models
from usance.actions import capture
from usance.engine.cluster import Cluster

pytestmark = pytest.mark.django_db(transaction=True)
READ = """
import sys, uuid, django
from datetime import datetime, UTC
django.setup()
from django.conf import settings
from usance.actions import capture
settings.STORAGES["documents"]["OPTIONS"] = {"location": sys.argv[1]}
keys = [uuid.UUID(one) for one in sys.argv[2:]]
capture.read(keys, at=datetime(2026, 3, 2, 9, tzinfo=UTC), actor="belt")
"""


@pytest.mark.parametrize(("at", "kept"), [("capture.read:2", 1), ("capture.kept:1", 1)])
def test_killed_between_reading_and_keeping_nothing_is_lost_or_doubled(
    at: str, kept: int, cluster: Cluster, settings: LazySettings
) -> None:
    place = world.build()
    models.Client.objects.update(sure_from="0.7")
    pages.hand_in(*[pages.printed(_paper(place, n), place.acme) for n in (1, 2)])
    keys = list(models.Reading.objects.order_by("pk").values_list("pk", flat=True))
    store = str(settings.STORAGES["documents"]["OPTIONS"]["location"])
    environment = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "usance.settings",
        "USANCE_APP_URL": cluster.app_url,
        "USANCE_SECRET_KEY": settings.SECRET_KEY,
        "USANCE_HOME": str(Path(store).parent),
        "USANCE_CRASH_AT": at,
    }
    done = subprocess.run(
        [sys.executable, "-c", READ, store, *(one.hex for one in keys)],
        env=environment, capture_output=True, timeout=90, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert models.Invoice.objects.count() == kept
    assert models.Reading.objects.filter(state="unread").count() == len(keys) - kept
    for _ in range(2):  # The job runs again, and once more for luck.
        capture.read(keys, at=world.NOW, actor="belt")
    assert set(models.Reading.objects.values_list("state", flat=True)) == {"passed"}
    numbers = models.Invoice.objects.order_by("number").values_list("number", "face_minor")
    assert list(numbers) == [("R-2026-01", 119_000), ("R-2026-02", 119_000)]
    assert models.Diary.objects.filter(kind="invoice.received").count() == len(keys)


def _paper(place: world.World, n: int) -> pages.Invoice:
    return pages.paper(place.acme, place.bolt, number=f"R-2026-0{n}")
