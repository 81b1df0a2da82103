"""An access point that takes e-invoices as files over SFTP, and gives answers as files.

in/<key>.xml is taken to taken/; out/<key>.<what>.<number> waits until it is moved to out/done/.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from lxml import etree

from usance.sandbox import answers, sftp
from usance.sandbox.distributor import Unfit
from usance.sandbox.reading import demand
from usance.sandbox.world import World

from . import Event, Route

KIND = "channels"
NAME = "exchange"
ROUTES: tuple[Route, ...] = ()
CALLS = False
ANSWERS = True


def config(url: str, secret: str) -> dict[str, str]:
    return {}


def report(events: Sequence[Event]) -> bytes:
    raise AssertionError("this house does not call")


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    raise AssertionError("this house does not call")


class Counter:
    """The access point's desk: takes what lies in `in`, fills `out`."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world, self._folder, self._filled = world, folder, 0
        for name in ("in", "taken", "out/done"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def begins(self, path: str) -> str:
        return self._world.faults.of_call(f"delivery {Path(path).stem}")

    def took(self, path: str) -> None:
        name = Path(path).name
        data = (self._folder / "in" / name).read_bytes()
        (self._folder / "in" / name).rename(self._folder / "taken" / name)
        key = name.removesuffix(".xml")
        buyer = _buyer(data)
        found = demand([("application/xml", data)], None)
        digest = sha256(data).hexdigest()
        try:
            self._world.deliver(NAME, key, "einvoice", {"einvoice": buyer}, digest, found, "")
        except Unfit as unfit:
            (self._folder / "out" / f"{key}.failed.0").write_text(str(unfit))

    def fill(self, folder: str) -> None:
        if folder != "/out":
            return
        events = self._world.outbox.events[NAME]
        for number, event in enumerate(events[self._filled :], start=self._filled + 1):
            what, data = _file(event)
            name = f"{event['key']}.{what}.{number:06d}"
            if not (self._folder / "out" / "done" / name).exists():
                (self._folder / "out" / name).write_bytes(data)
        self._filled = len(events)


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[dict[str, str]]:
    async with (
        sftp.a_folder(world, NAME) as folder,
        sftp.serving(world, Counter(world, folder), folder) as settings,
    ):
        yield settings


def _file(event: Event) -> tuple[str, bytes]:
    """What its name says, and what stands in it."""
    if event["code"] in answers.MEANT:
        return "answer", answers.document(event)
    return event["code"], event.get("detail", "").encode()


def _buyer(data: bytes) -> str:
    """The participant on the invoice; the sandbox takes one without, too."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return "unreadable"
    found = root.find("{*}AccountingCustomerParty/{*}Party/{*}EndpointID")
    if found is None:
        return "0007:0000000000"
    return f"{found.get('schemeID', '')}:{(found.text or '').strip()}"
