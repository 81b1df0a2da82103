"""Look into the clients' folders, here and over SFTP, and take in what lies there whole.

`<inbox>/<client>/` is a folder for each client, called by its code, VAT id or registration number.
What was taken moves to `done`, what could not be read to `failed`, each with a result beside it.
"""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType

import msgspec
from django.conf import settings

from usance import models, plugins
from usance.actions import drops, intake
from usance.actions.inspection import NotInspected
from usance.engine.crashpoint import crashpoint
from usance.plugins import TryLater
from usance.plugins.drops import DONE, FAILED, Lying, Place
from usance.queries import doors, outside

MOST_FILES = 200  # Of one batch.
LARGEST_FILE = 50 * 1024 * 1024
LARGEST_BATCH = 200 * 1024 * 1024
MOST_BATCHES = 5  # Of one client in one sweep, so that nobody waits behind a flood.
ACTOR = "sweep"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A drop of one client."""

    client: models.Client
    way: str
    module: ModuleType  # Keeps plugins.drops.Drop.
    config: Mapping[str, str]


def sweep(*, at: datetime) -> int:
    """Every place once; how many files were put away. A place that cannot be reached waits for the
    next sweep, the others go on."""
    done = 0
    for spot in spots():
        with drops.alone(spot.client.pk) as mine:
            if not mine:
                continue
            try:
                with spot.module.opened(spot.config) as place:
                    done += _emptied(place, spot, at=at)
            except (TryLater, NotInspected) as trouble:
                log.warning("%s: not all was taken: %s", spot.client.name, trouble)
    return done


def spots() -> Iterator[Spot]:
    """Where files of clients may lie."""
    folder = plugins.load("drops", "folder")
    root = Path(settings.INBOX)
    for place in sorted(root.iterdir()) if root.is_dir() else ():
        if not place.is_dir() or place.is_symlink() or place.name.startswith("."):
            continue
        client = doors.client_called(place.name)
        if client is None:
            log.warning("%s: no client has this code or identifier", place)
            continue
        config = {"folder": str(place), "now": str(int(time.time())), **outside.inbox()}
        yield Spot(client=client, way="folder", module=folder, config=config)
    for name, drop in outside.drops().items():
        client = doors.client_called(drop.client)
        if client is None:
            log.warning("drop %s: no client is called %s", name, drop.client)
            continue
        way = "sftp" if drop.name == "sftp" else "folder"
        config = {"now": str(int(time.time())), **drop.config}
        yield Spot(client=client, way=way, module=drop.module, config=config)


def _emptied(place: Place, spot: Spot, *, at: datetime) -> int:
    done = 0
    for _ in range(MOST_BATCHES):
        lying = place.waiting(most=MOST_FILES)
        large = [one for one in lying if one.size > LARGEST_FILE]
        for one in large:
            place.put_away(one.name, _too_large(one), to=FAILED)
        chunk = _chunk([one for one in lying if one.size <= LARGEST_FILE])
        if not chunk:
            return done + len(large)
        done += len(large) + _taken(place, spot, chunk, at=at)
        if len(lying) < MOST_FILES and len(chunk) + len(large) == len(lying):
            return done
    return done


def _taken(place: Place, spot: Spot, chunk: Sequence[Lying], *, at: datetime) -> int:
    files = []
    for one in chunk:
        data = place.read(one.name, largest=LARGEST_FILE)
        if data is not None:
            files.append(intake.File(name=one.name, data=data))
    crashpoint("sweeping.read")
    results = drops.take(files, client=spot.client.pk, way=spot.way, at=at, actor=ACTOR)
    crashpoint("sweeping.taken")
    for file, result in zip(files, results, strict=True):
        said = msgspec.json.format(msgspec.json.encode({**result.plain(), "at": at}), indent=2)
        place.put_away(file.name, said, to=FAILED if result.failed else DONE)
        crashpoint("sweeping.moved")
    return len(files)


def _chunk(lying: Sequence[Lying]) -> list[Lying]:
    """The first files that are together no larger than a batch may be."""
    chunk, size = [], 0
    for one in lying:
        size += one.size
        if chunk and size > LARGEST_BATCH:
            break
        chunk.append(one)
    return chunk


def _too_large(one: Lying) -> bytes:
    finding = {
        "file": one.name, "code": "file_too_large", "severity": "fatal", "where": "",
        "says": f"The file has {one.size:,} bytes; we take {LARGEST_FILE:,}.",
        "todo": "Look whether it is an invoice; split a schedule into several.",
    }  # fmt: skip
    told = {"file": one.name, "status": "failed", "batch": None, "invoices": 0}
    return msgspec.json.format(msgspec.json.encode({**told, "findings": [finding]}), indent=2)
