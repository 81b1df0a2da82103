"""Files on somebody's SFTP server: written whole under a name, listed, fetched, moved.

The server's key must be known beforehand (`host_key`): who answers is checked, never asked. A
connection opens with the first call and anew after it broke, so that one broken call costs itself
alone. Three failures are told apart, because they decide whether the same may be tried again.

Source: SSH File Transfer Protocol, draft-ietf-secsh-filexfer-02 (version 3): all speak it.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import asyncssh

T = TypeVar("T")

CONFIG = {
    "host": "SFTP server",
    "port": "without it 22",
    "user": "login",
    "password": "of the login; without it key_file is used",
    "key_file": "private key of the login, in a file",
    "host_key": "the server's public key, one line as in known_hosts, without the name",
    "timeout_seconds": "for each answer; without it 30",
}
PARTLY = ".part"  # A name that nobody takes for a whole file.


class NotReached(Exception):
    """Nobody answered, it was not who we know, or we were not let in. Nothing was done."""


class Denied(Exception):
    """The server said no. Nothing was done."""


class Unsure(Exception):
    """It broke or fell silent in the middle of giving a file its name: it may have it."""


class Server:
    """One login. Use as a context manager; not for two threads."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self._config = config
        self._timeout = float(config.get("timeout_seconds", "") or 30)
        self._runner = asyncio.Runner()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._files: asyncssh.SFTPClient | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hang_up()
        self._runner.close()

    def put(self, path: str, data: bytes) -> None:
        """Write under a temporary name, then rename: whoever looks sees all of it or nothing.

        :raises NotReached, Denied: the file is surely not there.
        :raises Unsure: while it was renamed.
        """
        files = self._there()
        self._done(self._write(files, path + PARTLY, data))
        try:
            self._run(files.rename(path + PARTLY, path))
        except (OSError, asyncssh.Error, TimeoutError) as trouble:
            if not isinstance(trouble, asyncssh.SFTPPermissionDenied):
                self._hang_up()
                raise Unsure(words(trouble)) from trouble
            raise Denied(words(trouble)) from trouble

    def names(self, folder: str) -> list[str]:
        """The whole files in a folder, by name.

        :raises NotReached, Denied:
        """
        found = self._done(self._there().readdir(folder))
        names = [
            str(one.filename) for one in found if one.attrs.type != asyncssh.FILEXFER_TYPE_DIRECTORY
        ]
        return sorted(
            name for name in names if not name.startswith(".") and not name.endswith(PARTLY)
        )

    def get(self, path: str, *, largest: int) -> bytes:
        """The file's bytes, at most one more than `largest`.

        :raises NotReached, Denied:
        """
        return self._done(self._read(self._there(), path, largest + 1))

    def has(self, path: str) -> bool:
        """:raises NotReached, Denied:"""
        return self._done(self._there().exists(path))

    def move(self, path: str, to: str) -> None:
        """Rename, over what has that name; nothing happens where it is moved already.

        :raises NotReached, Denied:
        """
        if self.has(path):
            self._done(self._there().posix_rename(path, to))

    def _there(self) -> asyncssh.SFTPClient:
        if self._files is None:
            try:
                self._connection, self._files = self._run(self._open())
            except (OSError, asyncssh.Error, TimeoutError, ValueError) as trouble:
                raise NotReached(words(trouble)) from trouble
        return self._files

    async def _open(self) -> tuple[asyncssh.SSHClientConnection, asyncssh.SFTPClient]:
        config = self._config
        connection = await asyncssh.connect(
            config["host"],
            int(config.get("port", "") or 22),
            username=config["user"],
            password=config.get("password") or None,
            client_keys=[config["key_file"]] if config.get("key_file") else None,
            known_hosts=([asyncssh.import_public_key(config["host_key"])], [], []),
            config=None,  # Not what lies in the home of whoever runs us.
            agent_path=None,
            connect_timeout=self._timeout,
            login_timeout=self._timeout,
        )
        return connection, await connection.start_sftp_client()

    @staticmethod
    async def _write(files: asyncssh.SFTPClient, path: str, data: bytes) -> None:
        async with files.open(path, "wb") as file:
            await file.write(data)

    @staticmethod
    async def _read(files: asyncssh.SFTPClient, path: str, size: int) -> bytes:
        async with files.open(path, "rb") as file:
            data = await file.read(size)
            assert isinstance(data, bytes), "it was opened for bytes"
            return data

    def _done(self, call: Coroutine[Any, Any, T]) -> T:
        try:
            return self._run(call)
        except (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost) as lost:
            self._hang_up()
            raise NotReached(words(lost)) from lost
        except asyncssh.SFTPError as refused:
            raise Denied(words(refused)) from refused
        except (OSError, asyncssh.Error, TimeoutError) as trouble:
            self._hang_up()
            raise NotReached(words(trouble)) from trouble

    def _run(self, call: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(asyncio.wait_for(call, self._timeout))

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.abort()
        self._connection = self._files = None


def words(trouble: BaseException) -> str:
    return f"{type(trouble).__name__}: {trouble}" if str(trouble) else type(trouble).__name__
