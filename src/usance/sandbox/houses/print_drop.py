"""A print house's SFTP server (docs/print-drop.md): takes PDFs with manifests, writes receipts."""

import asyncio
import csv
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import asyncssh
import msgspec

from usance.plugins.channels._signature import sign
from usance.sandbox.distributor import Unfit
from usance.sandbox.reading import demand
from usance.sandbox.trouble import SLOW_SECONDS
from usance.sandbox.world import World

from . import Event, Route

KIND = "channels"
NAME = "print_drop"
ROUTES: tuple[Route, ...] = ()
LOGIN = {"user": "sandbox", "password": "sandbox"}
FOLDERS = ("in", "taken", "out")
COLUMNS = ("id", "key", "status", "at", "detail", "corrected_address")


def config(url: str, secret: str) -> dict[str, str]:
    return {"host": "127.0.0.1", "webhook_secrets": secret, **LOGIN}


def report(events: Sequence[Event]) -> bytes:
    """A file of receipts. A print house does not hear what debtors say."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for event in events:
        if event["code"] != "disputed":
            told = {**event, "status": event["code"]}
            writer.writerow([told.get(column, "") for column in COLUMNS])
    return out.getvalue().encode()


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    timestamp = int(at.timestamp())
    return {
        "content-type": "text/csv",
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(body, id=id, timestamp=timestamp, secret=secret),
    }


class Login(asyncssh.SSHServer):
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return {"user": username, "password": password} == LOGIN


class Folder(asyncssh.SFTPServer):
    """A folder on disk; a manifest that gets its name hands a letter over."""

    def __init__(self, chan: Any, world: World, place: Path, written: dict[str, int]) -> None:
        super().__init__(chan, chroot=str(place).encode())
        self._chan, self._world, self._place, self._written = chan, world, place, written
        self._fault = ""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        name = path.decode()
        if name.endswith(".json.part"):
            key = Path(name).name.removesuffix(".json.part")
            self._fault = self._world.faults.of_call("delivery " + key)
            if self._fault == "busy_429":
                raise asyncssh.SFTPFailure("no space, come again")
        return super().open(path, pflags, attrs)

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        if not newpath.endswith(b".json"):
            super().rename(oldpath, newpath)
            return
        fault, self._fault = self._fault, ""
        if fault == "error_500":
            self._hang_up()
        super().rename(oldpath, newpath)
        self._take(Path(newpath.decode()).name.removesuffix(".json"))
        if fault == "timeout_after_accept":
            await asyncio.sleep(self._world.settings.hang_seconds)
        if fault in ("timeout_after_accept", "reset_after_accept", "garbage"):
            self._hang_up()
        if fault == "bad_gateway_after_accept":
            raise asyncssh.SFTPFailure("internal error")
        if fault == "slow":
            await asyncio.sleep(SLOW_SECONDS)

    def listdir(self, path: bytes) -> Sequence[bytes]:
        """Receipts are written when somebody looks for them."""
        if path.strip(b"/") == b"out":
            self._write_receipts()
        return [name.encode() for name in sorted(p.name for p in self._real(path).iterdir())]

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        for name in (b".", b"..", *self.listdir(path)):
            attrs = asyncssh.SFTPAttrs.from_local(await asyncio.to_thread(self._real(path).stat))
            yield asyncssh.SFTPName(name, b"", attrs)

    def _hang_up(self) -> None:
        self._chan.get_connection().abort()
        raise asyncssh.SFTPConnectionLost("as the fault dial asked")

    def _real(self, path: bytes) -> Path:
        return self._place / path.decode().strip("/")

    def _take(self, key: str) -> None:
        """Read the letter, carry it, and move it to where taken ones are kept."""
        told = msgspec.json.decode((self._place / "in" / f"{key}.json").read_bytes())
        pdf = (self._place / "in" / told["file"]).read_bytes()
        try:
            if sha256(pdf).hexdigest() != told["sha256"]:
                raise Unfit("file_broken", "the PDF is not the one that the manifest names")
            self._world.deliver(
                NAME, key, "letter", told["recipient"], told["sha256"],
                demand([("application/pdf", pdf)], None), "",
            )  # fmt: skip
        except Unfit as unfit:
            self._world.outbox.event(
                NAME, f"unfit_{key}", key=key, reference=key, code="rejected",
                at=self._world.agenda.at.isoformat(), detail=str(unfit),
            )  # fmt: skip
        for name in (told["file"], f"{key}.json"):
            (self._place / "in" / name).rename(self._place / "taken" / name)

    def _write_receipts(self) -> None:
        events = self._world.outbox.events[NAME]
        fresh = events[self._written["events"] :]
        if fresh:
            self._written["events"] = len(events)
            self._written["files"] += 1
            name = f"receipts-{self._written['files']:06d}.csv"
            (self._place / "out" / name).write_bytes(report(fresh))


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[dict[str, str]]:
    key = asyncssh.generate_private_key("ssh-ed25519")
    written = {"events": 0, "files": 0}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in FOLDERS:
            (place / name).mkdir()
        server = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Login, server_host_keys=[key],
            sftp_factory=lambda chan: Folder(chan, world, place, written),
        )  # fmt: skip
        try:
            yield {
                "port": str(server.sockets[0].getsockname()[1]),
                "host_key": key.export_public_key().decode().strip(),
            }
        finally:
            server.close()
            await server.wait_closed()
