"""Clients' folders, here and over SFTP: each file is taken once, and its client is told."""

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from tests import world
from usance import models, sandbox
from usance.engine.cluster import Cluster
from usance.jobs import sweeping
from usance.plugins.drops import Place
from usance.plugins.drops import sftp as remote
from usance.plugins.drops.folder import opened
from usance.plugins.einvoices import ubl
from usance.sandbox import sftp

pytestmark = pytest.mark.django_db(transaction=True)
LATER = "4000000000"  # Seconds: whatever was written has settled.


@pytest.fixture
def place() -> world.World:
    return world.build()


@pytest.fixture
def inbox(tmp_path: Path, settings: Any) -> Path:
    settings.INBOX = str(tmp_path / "inbox")
    folder = tmp_path / "inbox" / "DE136695976"
    folder.mkdir(parents=True)
    Path(settings.OUTSIDE).write_text(json.dumps({"inbox": {"settle_seconds": "0"}}))
    return folder


def xml(place: world.World, number: str) -> bytes:
    return ubl.write(world.paper(place.acme, place.bolt, number=number), {})


def sweep() -> int:
    return sweeping.sweep(at=world.NOW)


def result(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def test_what_lies_whole_becomes_one_batch_and_is_told(place: world.World, inbox: Path) -> None:
    (inbox / "march").mkdir()
    (inbox / "march" / "R-1.xml").write_bytes(xml(place, "R-1"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("R-2.xml", xml(place, "R-2"))
        archive.writestr("../evil.xml", b"x")
    (inbox / "more.zip").write_bytes(packed.getvalue())
    (inbox / "broken.xml").write_bytes(b"<Invoice")
    for name in ("half.xml.part", "half.tmp", ".hidden.xml", "~$lock.xlsx"):
        (inbox / name).write_bytes(xml(place, name))

    assert sweep() == 3
    batch = models.Batch.objects.get()
    assert (batch.way, batch.client, models.Invoice.objects.count()) == ("folder", place.acme, 2)
    assert (inbox / "done" / "march" / "R-1.xml").read_bytes() == xml(place, "R-1")
    said = result(inbox / "done" / "more.zip.result.json")
    assert (said["status"], said["batch"], said["invoices"]) == ("taken", batch.number, 1)
    assert [one["code"] for one in said["findings"]] == ["member_name"]
    said = result(inbox / "failed" / "broken.xml.result.json")
    assert (said["status"], said["findings"][0]["code"]) == ("failed", "unreadable")
    left = sorted(path.name for path in inbox.iterdir())
    assert left == [
        ".hidden.xml",
        "done",
        "failed",
        "half.tmp",
        "half.xml.part",
        "march",
        "~$lock.xlsx",
    ]
    assert sweep() == 0


def test_the_same_file_twice_is_harmless(place: world.World, inbox: Path) -> None:
    for _ in range(2):
        (inbox / "R-1.xml").write_bytes(xml(place, "R-1"))
        sweep()
    said = result(inbox / "done" / "R-1~2.xml.result.json")
    assert (said["status"], said["batch"]) == ("taken_before", models.Batch.objects.get().number)
    (inbox / "R-1 copy.xml").write_bytes(xml(place, "R-1"))
    sweep()
    said = result(inbox / "done" / "R-1 copy.xml.result.json")
    assert (said["invoices"], said["findings"][0]["code"]) == (0, "invoice_seen_before")
    assert models.Invoice.objects.count() == 1


def test_a_file_that_still_changes_waits_unless_its_marker_lies_beside_it(
    place: world.World, inbox: Path
) -> None:
    Path(settings.OUTSIDE).write_text(json.dumps({"inbox": {"settle_seconds": "3600"}}))
    (inbox / "R-1.xml").write_bytes(xml(place, "R-1"))
    os.utime(inbox / "R-1.xml", (0, 0))  # As a program that keeps the time of writing.
    assert sweep() == 0
    (inbox / "R-1.xml.done").touch()
    assert sweep() == 1
    assert sorted(path.name for path in inbox.iterdir()) == ["done"]


def test_links_are_not_followed_and_unknown_folders_left_alone(
    place: world.World, inbox: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.xml").write_bytes(xml(place, "R-1"))
    (inbox / "R-1.xml").symlink_to(tmp_path / "secret.xml")
    (inbox / "all").symlink_to(tmp_path)
    stranger = inbox.parent / "SE999"
    stranger.mkdir()
    (stranger / "R-1.xml").write_bytes(xml(place, "R-1"))
    assert sweep() == 0
    assert not models.Batch.objects.exists()


def test_a_file_that_is_replaced_while_it_is_read_waits_and_is_taken_next(
    place: world.World, inbox: Path
) -> None:
    (inbox / "R-1.xml").write_bytes(xml(place, "R-1"))
    with opened({"folder": str(inbox), "now": LATER}) as drop:
        replaced(drop, inbox, xml(place, "R-22"))
    assert sweep() == 1
    assert models.Invoice.objects.get().number == "R-22"


def replaced(drop: Place, inbox: Path, new: bytes) -> None:
    """The only file there, after it was read: it is not put away as if the new one was taken."""
    (found,) = drop.waiting(most=9)
    assert drop.read(found.name, largest=99_999) == (inbox / found.name).read_bytes()
    (inbox / "new").write_bytes(new)
    (inbox / "new").replace(inbox / found.name)
    drop.put_away(found.name, b"{}", to="done")
    assert drop.read(found.name, largest=99_999) is None
    assert (inbox / found.name).read_bytes() == new


def test_what_we_may_not_read_holds_back_nothing_else() -> None:
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        inbox = Path(name)
        (inbox / "closed").mkdir()
        for path in ("a.xml", "b.xml", "closed/c.xml"):
            (inbox / path).write_bytes(b"<Invoice/>")
        inbox.chmod(0o755)
        (inbox / "a.xml").chmod(0)
        (inbox / "closed").chmod(0)
        if root:
            os.seteuid(65534)
        try:
            with opened({"folder": name, "now": LATER}) as drop:
                assert [one.name for one in drop.waiting(most=9)] == ["b.xml"]
                assert drop.read("b.xml", largest=99) == b"<Invoice/>"
        finally:
            if root:
                os.seteuid(0)
            (inbox / "closed").chmod(0o755)


def test_a_huge_table_is_refused_unread(place: world.World, inbox: Path) -> None:
    with (inbox / "all.csv").open("wb") as file:
        file.truncate(1 << 30)
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sweep() == 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024
    assert (
        result(inbox / "failed" / "all.csv.result.json")["findings"][0]["code"] == "file_too_large"
    )


def test_a_code_of_its_own_names_the_folder(place: world.World, inbox: Path) -> None:
    models.Door.objects.create(client=place.nord, code="nordhav")
    folder = inbox.parent / "nordhav"
    folder.mkdir()
    paper = world.paper(place.nord, place.tre_kronor, number="N-1", currency="SEK")
    (folder / "N-1.xml").write_bytes(ubl.write(paper, {}))
    assert sweep() == 1
    assert models.Batch.objects.get().client == place.nord


@pytest.mark.parametrize(
    "point", ["sweeping.read", "intake.committed", "sweeping.taken", "sweeping.moved"]
)
def test_killed_anywhere_it_is_taken_once(
    place: world.World, inbox: Path, point: str, cluster: Cluster, tmp_path: Path
) -> None:
    for number in ("R-1", "R-2"):
        (inbox / f"{number}.xml").write_bytes(xml(place, number))
    program = (
        "import django; django.setup()\n"
        "from datetime import datetime, UTC\nfrom usance.jobs import sweeping\n"
        "sweeping.sweep(at=datetime(2026, 3, 2, 9, tzinfo=UTC))"
    )
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        **os.environ, "USANCE_CRASH_AT": f"{point}:1", "USANCE_APP_URL": cluster.app_url,
        "USANCE_INBOX": settings.INBOX, "USANCE_OUTSIDE": settings.OUTSIDE,
        "USANCE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "usance.settings",
        "USANCE_SECRET_KEY": "for tests only, and long enough for them",
    }  # fmt: skip
    (home / "documents").symlink_to(Path(settings.STORAGES["documents"]["OPTIONS"]["location"]))
    Path(settings.STORAGES["documents"]["OPTIONS"]["location"]).mkdir(parents=True, exist_ok=True)
    died = subprocess.run(
        [sys.executable, "-c", program], env=environment, check=False, capture_output=True
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()[-2000:]

    sweep()
    assert models.Invoice.objects.count() == 2
    assert models.Batch.objects.count() == 1
    assert sorted(path.name for path in inbox.iterdir()) == ["done"]
    assert len(list((inbox / "done").iterdir())) == 4


class Desk:
    """Nobody stands behind the folder."""

    def begins(self, path: str) -> str:
        return ""

    def took(self, path: str) -> None:
        """It lies there."""

    def fill(self, folder: str) -> None:
        """What is there is there."""


@contextmanager
def served(folder: Path) -> Iterator[dict[str, str]]:
    """A real SFTP server over the folder, in a thread."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    ready: list[dict[str, str]] = []
    is_ready = threading.Event()

    async def run() -> None:
        told: Any = SimpleNamespace(settings=sandbox.Settings(seed=7))
        async with sftp.serving(told, Desk(), folder) as given:
            ready.append(given)
            is_ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert is_ready.wait(10)
    try:
        yield ready[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def test_over_sftp_the_same_is_fetched_and_the_results_are_pushed_back(
    place: world.World, inbox: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "R-1.xml").write_bytes(xml(place, "R-1"))
    (folder / "R-1.xml.done").touch()
    (folder / "bad.xml").write_bytes(b"<Invoice")
    (folder / "half.xml.part").write_bytes(b"<")
    with served(folder) as given:
        changing = tmp_path / "changing"
        changing.mkdir()
        (changing / "R-9.xml").write_bytes(b"<old/>")
        with served(changing) as other, remote.opened({**other, "settle_seconds": "0"}) as there:
            replaced(there, changing, b"<newer/>")
        drop = {
            "plugin": "sftp",
            "client": "DE136695976",
            "config": {**given, "settle_seconds": "1"},
        }
        Path(settings.OUTSIDE).write_text(json.dumps({"drops": {"acme": drop}}))
        assert sweep() == 2
        assert sweep() == 0
        forged = {**drop, "config": {**drop["config"], "host_key": _other_key()}}
        (folder / "R-2.xml").write_bytes(xml(place, "R-2"))
        Path(settings.OUTSIDE).write_text(json.dumps({"drops": {"acme": forged}}))
        assert sweep() == 0, "another host than the one we know is not believed"

    batch = models.Batch.objects.get()
    assert (batch.way, batch.client) == ("sftp", place.acme)
    assert result(folder / "done" / "R-1.xml.result.json")["batch"] == batch.number
    assert result(folder / "failed" / "bad.xml.result.json")["status"] == "failed"
    left = sorted(path.name for path in folder.iterdir())
    assert left == ["R-2.xml", "done", "failed", "half.xml.part"]


def _other_key() -> str:
    import asyncssh

    return asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
