"""A mailbox over IMAP: what waits there, and putting it aside when it was kept.

Nothing is deleted, and nothing is moved before the caller has committed it: a mail that was taken
in and not put aside is found again, and known by its bytes. The connection is always encrypted.

Source: RFC 9051 and RFC 3501 (IMAP), RFC 6851 (MOVE), RFC 4315 (UIDPLUS), RFC 8314 §3 (TLS).
"""

import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from usance.plugins import TryLater

CONFIG: Mapping[str, str] = {
    "host": "IMAP server",
    "port": "without it 993, or 143 with starttls",
    "security": "tls (without it) or starttls",
    "user": "login",
    "password": "of the login",
    "ca_file": "PEM of the authority that vouches for the server; without it the system's",
    "timeout_seconds": "without a word from the server; without it 30",
    "visit_seconds": "for all of one visit, however it drips; without it 900",
    "folder": "where mail arrives; without it INBOX",
    "done_folder": "where it is put when it was kept; without it usance",
}
LARGEST_BYTES = 50 * 1024 * 1024
VISIT_SECONDS = 900  # A mail of the largest size comes over a slow line.
Trouble = (OSError, imaplib.IMAP4.error)
_NAME = re.compile(r"[A-Za-z0-9 ._/&+-]{1,100}")  # In modified UTF-7; no quote, no backslash.
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class Box:
    """An open folder."""

    def __init__(self, session: imaplib.IMAP4, done: str) -> None:
        self._session, self._done = session, done

    def waiting(self, at_most: int) -> list[str]:
        """Of the mails that wait, the oldest ones by their UIDs; flagged ones wait for a person."""
        found = b" ".join(_flat(self._ask("SEARCH", "UNDELETED UNFLAGGED")))
        return [uid.decode() for uid in found.split()[:at_most]]

    def fetch(self, uid: str) -> bytes | None:
        """The bytes of one; None: it is too large or gone. A large one is flagged for a person."""
        stated = _SIZE.search(b"".join(_flat(self._ask("FETCH", uid, "(RFC822.SIZE)"))))
        if stated is None:
            return None
        if int(stated[1]) > LARGEST_BYTES:
            self.flag([uid])
            return None
        for part in self._ask("FETCH", uid, "(BODY.PEEK[])"):
            if isinstance(part, tuple):
                return bytes(part[1])
        return None

    def flag(self, uids: Sequence[str]) -> None:
        """For a person: they are not waiting any more."""
        if uids:
            self._ask("STORE", ",".join(uids), "+FLAGS.SILENT", r"(\Flagged)")

    def put_aside(self, uids: Sequence[str]) -> None:
        """Out of the way: they were kept."""
        if not uids:
            return
        these, folder = ",".join(uids), f'"{self._done}"'
        with suppress(imaplib.IMAP4.error):  # It is there already.
            self._session.create(folder)
        if "MOVE" in self._session.capabilities:
            self._ask("MOVE", these, folder)
            return
        self._ask("COPY", these, folder)
        self._ask("STORE", these, "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in self._session.capabilities:
            self._ask("EXPUNGE", these)

    def _ask(self, command: str, *words: str) -> list[bytes | tuple[bytes, bytes]]:
        answer, found = self._session.uid(command, *words)
        if answer != "OK":
            raise imaplib.IMAP4.error(f"{command}: {answer} {found!r}")
        return [one for one in found if one is not None]


class _Timed(imaplib.IMAP4):
    """Ended after a while from outside: a server may say a byte before each time limit."""

    def __init__(self, *args: Any, visit_seconds: float, **named: Any) -> None:
        self._end = threading.Timer(visit_seconds, self._strike)
        self._end.daemon = True
        super().__init__(*args, **named)

    def open(self, *args: Any, **named: Any) -> None:
        super().open(*args, **named)
        self._end.start()

    def shutdown(self) -> None:
        self._end.cancel()
        super().shutdown()

    def _strike(self) -> None:
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


class _TimedOverTls(_Timed, imaplib.IMAP4_SSL):
    """The same from the first byte on over TLS."""


@contextmanager
def opened(config: Mapping[str, str]) -> Iterator[Box]:
    """The mailbox of these settings.

    :raises TryLater: if it cannot be reached, or breaks off; nothing was changed that matters.
    """
    folder, done = config.get("folder", "") or "INBOX", config.get("done_folder", "") or "usance"
    if not (_NAME.fullmatch(folder) and _NAME.fullmatch(done)):
        raise ValueError(f"{folder!r} or {done!r} is no name of a folder")
    try:
        session = _connected(config)
    except Trouble as trouble:
        raise TryLater(_words(trouble)) from trouble
    try:
        session.login(config["user"], config["password"])
        answer, says = session.select(f'"{folder}"')
        if answer != "OK":
            raise imaplib.IMAP4.error(f"SELECT {folder}: {says!r}")
        yield Box(session, done)
    except Trouble as trouble:
        raise TryLater(_words(trouble)) from trouble
    finally:
        with suppress(*Trouble):
            session.logout()
        with suppress(*Trouble):
            session.shutdown()  # Where it could not say goodbye.


def _connected(config: Mapping[str, str]) -> imaplib.IMAP4:
    security = config.get("security", "") or "tls"
    if security not in ("tls", "starttls"):
        raise ValueError(f"security is tls or starttls, not {security!r}: a password goes over it")
    trust = ssl.create_default_context(cafile=config.get("ca_file", "") or None)
    timeout = float(config.get("timeout_seconds", "") or 30)
    whole = float(config.get("visit_seconds", "") or VISIT_SECONDS)
    host, port = config["host"], int(config.get("port", "") or (993 if security == "tls" else 143))
    if security == "tls":
        return _TimedOverTls(host, port, ssl_context=trust, timeout=timeout, visit_seconds=whole)
    session = _Timed(host, port, timeout=timeout, visit_seconds=whole)
    try:
        session.starttls(ssl_context=trust)
    except Trouble:
        session.shutdown()
        raise
    return session


def _flat(parts: Sequence[bytes | tuple[bytes, bytes]]) -> Iterator[bytes]:
    for part in parts:
        yield b"".join(part) if isinstance(part, tuple) else part


def _words(trouble: Exception) -> str:
    return f"{type(trouble).__name__}: {trouble}"
