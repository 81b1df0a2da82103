"""An SFTP server on loopback over a folder, for houses that take and give files.

It is asyncssh's own server; a house is asked before a file is begun, told when one got its name,
and asked to fill a folder before it is listed. So the fault dial works at the same places as over
HTTP: before anything was taken, and after.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import asyncssh

from .trouble import SLOW_SECONDS
from .world import World

USER = PASSWORD = "sandbox"  # noqa: S105 - opens nothing but the sandbox.


class Desk(Protocol):
    """Who stands behind the folder. Paths begin with "/"."""

    def begins(self, path: str) -> str:
        """The trouble of this attempt, by the fault dial; called once for each file."""

    def took(self, path: str) -> None:
        """A whole file in `in` has this name now."""

    def fill(self, folder: str) -> None:
        """Put there what is to be found there now."""


@asynccontextmanager
async def serving(world: World, desk: Desk, folder: Path) -> AsyncIterator[dict[str, str]]:
    """Yields the settings of plugins.channels._sftp."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    server = await asyncssh.create_server(
        _Login,
        "127.0.0.1",
        0,
        server_host_keys=[key],
        sftp_factory=lambda channel: _Files(channel, world, desk, folder),
        allow_scp=False,
        allow_pty=False,
        agent_forwarding=False,
        config=None,
    )
    try:
        yield {
            "host": "127.0.0.1",
            "port": str(server.sockets[0].getsockname()[1]),
            "user": USER,
            "password": PASSWORD,
            "host_key": key.export_public_key().decode().strip(),
        }
    finally:
        server.close()


@asynccontextmanager
async def a_folder(world: World, name: str) -> AsyncIterator[Path]:
    """In the sandbox's home, so that a restart finds it; without one, until it ends."""
    if world.settings.home:
        folder = world.settings.home / name
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


class _Login(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


class _Files(asyncssh.SFTPServer):
    def __init__(
        self, channel: asyncssh.SSHServerChannel[bytes], world: World, desk: Desk, folder: Path
    ) -> None:
        super().__init__(channel, chroot=str(folder).encode())
        self._world, self._desk = world, desk
        self._faults: dict[str, str] = {}

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        if pflags & asyncssh.FXF_WRITE:
            name = path.decode().removesuffix(".part")
            fault = self._faults[name] = self._desk.begins(_whole(name))
            if fault == "busy_429":
                raise asyncssh.SFTPFailure("too many at once, as the fault dial asked")
        return super().open(path, pflags, attrs)

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        if not _whole(newpath.decode()).startswith("/in/"):
            super().rename(oldpath, newpath)  # Somebody puts away what he has read.
            return
        fault = self._faults.pop(newpath.decode(), "")
        if fault == "error_500":
            raise asyncssh.SFTPFailure("not renamed, as the fault dial asked")
        result: Any = super().rename(oldpath, newpath)
        assert result is None, "asyncssh renames at once"
        self._desk.took(_whole(newpath.decode()))
        if fault == "timeout_after_accept":
            await asyncio.sleep(self._world.settings.hang_seconds)
        if fault in ("timeout_after_accept", "reset_after_accept", "garbage"):
            self.connection.abort()
        if fault == "bad_gateway_after_accept":
            raise asyncssh.SFTPFailure("renamed, and this is said all the same")
        if fault == "slow":
            await asyncio.sleep(SLOW_SECONDS)

    def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        self._desk.fill(_whole(path.decode()))
        return super().scandir(path)


def _whole(path: str) -> str:
    return "/" + path.strip("/")
