"""A folder at somebody else's, over SFTP: one connection, made when it is first needed.

Only the host key of the settings is believed; neither agent nor files of the account are asked for
keys, so that what a program may do is what its settings say.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import asyncssh

from usance.plugins import TryLater

T = TypeVar("T")
# The other side did not do it, or nobody knows whether it did.
LOST = (asyncssh.Error, OSError, TimeoutError)
# It said so clearly that it did not.
NOT_THERE = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPPermissionDenied, asyncssh.SFTPOpUnsupported)
FOLDER = asyncssh.FILEXFER_TYPE_DIRECTORY
SLOWEST = 50_000  # Bytes a second; a file gets that much longer than an answer.


class Drop:
    """Paths are relative to the folder. Every call has a time limit."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self._config = config
        self._seconds = float(config.get("timeout_seconds", "") or 30)
        self._root = config.get("folder", "").rstrip("/")
        self._runner: asyncio.Runner | None = None
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def exists(self, *paths: str) -> bool:
        """Whether one of them is there; all are asked at once."""
        client = self._sftp()
        return any(self._do(_all(client.exists(self._at(path)) for path in paths)))

    def write(self, path: str, content: bytes) -> None:
        self.write_all({path: content})

    def write_all(self, files: Mapping[str, bytes]) -> None:
        """Path -> content; at once, in no order."""
        client = self._sftp()
        size = sum(map(len, files.values()))
        written = (_written(client, self._at(path), data) for path, data in files.items())
        self._do(_all(written), more=size / SLOWEST)

    def rename(self, old: str, new: str, *, over: bool = False) -> None:
        """`over`: what has the new name already goes away before."""
        client = self._sftp()
        try:
            self._do(client.rename(self._at(old), self._at(new)))
        except asyncssh.SFTPFailure:
            if not (over and self.exists(new)):
                raise
            self._do(client.remove(self._at(new)))
            self._do(client.rename(self._at(old), self._at(new)))

    def files(
        self, folder: str, *, ending: str, most: int, largest: int
    ) -> Iterator[tuple[str, bytes]]:
        """The first files of the folder by name, with their content.

        :raises TryLater: if the other side cannot be reached, or a file is larger than `largest`.
        """
        try:
            names = sorted(
                str(name)
                for name in self._do(self._sftp().listdir(self._at(folder)))
                if str(name).endswith(ending) and not str(name).startswith(".")
            )
            for name in names[:most]:
                path = self._at(f"{folder}/{name}")
                size = self._do(self._sftp().getsize(path)) or 0
                if size > largest:
                    raise TryLater(f"{name} has {size} bytes; we take {largest}")
                yield name, self._do(_content(self._sftp(), path, largest), more=size / SLOWEST)
        except LOST as trouble:
            raise TryLater(f"{type(trouble).__name__}: {trouble}") from trouble

    def names(self, folder: str) -> list[str]:
        """The whole files of the folder: no folders, no hidden or temporary ones."""
        found = self._do(self._sftp().readdir(self._at(folder)))
        names = (str(one.filename) for one in found if one.attrs.type != FOLDER)
        return sorted(n for n in names if not n.startswith(".") and not n.endswith(".part"))

    def read(self, path: str, *, largest: int) -> bytes:
        """The content; of a longer file one byte more than `largest`, to be refused by that."""
        more = largest / SLOWEST
        return self._do(_content(self._sftp(), self._at(path), largest + 1), more=more)

    def listing(self, folder: str) -> dict[str, tuple[int, int]]:
        """Every file of the folder, hidden and temporary ones too: its size and when it was
        written, by the other side's clock."""
        found = self._do(self._sftp().readdir(self._at(folder)))
        return {
            str(one.filename): (one.attrs.size or 0, one.attrs.mtime or 0)
            for one in found
            if one.attrs.type == asyncssh.FILEXFER_TYPE_REGULAR
        }

    def state(self, path: str) -> tuple[int, int] | None:
        """Its size and when it was written, as in `listing`; None: it is not there."""
        try:
            found = self._do(self._sftp().lstat(self._at(path)))
        except asyncssh.SFTPNoSuchFile:
            return None
        return found.size or 0, found.mtime or 0

    def make(self, folder: str) -> None:
        """The folder, if it is not there."""
        if not self.exists(folder):
            self._do(self._sftp().mkdir(self._at(folder)))

    def remove(self, path: str) -> None:
        self._do(self._sftp().remove(self._at(path)))

    def put_away(self, folder: str, name: str) -> None:
        """Into `done` below it; a name that is there already is replaced. What is away stays so.

        :raises TryLater: if the other side could not be asked or would not.
        """
        assert "/" not in name, name
        try:
            if not self.exists(f"{folder}/{name}"):
                return
            if not self.exists(f"{folder}/done"):
                self._do(self._sftp().mkdir(self._at(f"{folder}/done")))
            self.rename(f"{folder}/{name}", f"{folder}/done/{name}", over=True)
        except LOST as trouble:
            raise TryLater(f"{type(trouble).__name__}: {trouble}") from trouble

    def close(self) -> None:
        """End the connection; the next call makes a new one."""
        connection, self._connection, self._client = self._connection, None, None
        if connection is not None:
            connection.abort()

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}" if self._root else path

    def _sftp(self) -> asyncssh.SFTPClient:
        if self._client is None:
            try:
                self._connection, self._client = self._do(self._connected())
            except ValueError as wrong:  # A key or name that cannot be one: nobody was called.
                raise ConnectionError(f"the settings are wrong: {wrong}") from wrong
        return self._client

    async def _connected(self) -> tuple[asyncssh.SSHClientConnection, asyncssh.SFTPClient]:
        given = self._config
        key = given.get("private_key", "")
        connection = await asyncssh.connect(
            given["host"],
            int(given.get("port", "") or 22),
            username=given["user"],
            password=given.get("password") or None,
            client_keys=[asyncssh.import_private_key(key)] if key else None,
            known_hosts=([asyncssh.import_public_key(given["host_key"])], [], []),
            agent_path=None,
            config=None,
            connect_timeout=self._seconds,
            login_timeout=self._seconds,
        )
        return connection, await connection.start_sftp_client()

    def _do(self, work: Coroutine[Any, Any, T], *, more: float = 0) -> T:
        """:raises TimeoutError: after the time that the settings give, and `more` seconds."""
        if self._runner is None:
            self._runner = asyncio.Runner()

        return self._runner.run(self._limited(work, self._seconds + more))

    async def _limited(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        """A connection that is silent is ended before the work is: a file that is being closed
        would wait for its answer, cancelled or not.
        """
        task = asyncio.ensure_future(work)
        ended, _ = await asyncio.wait({task}, timeout=seconds)
        if ended:
            return task.result()
        self.close()
        task.cancel()
        await asyncio.wait({task}, timeout=1)
        if task.done() and not task.cancelled():
            task.exception()  # Looked at: the time-out says it all.
        raise TimeoutError(f"no answer within {seconds:.0f} seconds")


async def _all(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Everything together. All have ended when the first failure is raised: a file that is still
    being written when the connection goes would wait for ever to be closed.
    """
    ended = await asyncio.gather(*work, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException):
            raise one
    return [one for one in ended if not isinstance(one, BaseException)]


async def _written(client: asyncssh.SFTPClient, path: str, content: bytes) -> None:
    async with client.open(path, "wb") as file:
        await file.write(content)


async def _content(client: asyncssh.SFTPClient, path: str, largest: int) -> bytes:
    async with client.open(path, "rb") as file:
        content = await file.read(largest)
        assert isinstance(content, bytes), "it was opened for bytes"
        return content
