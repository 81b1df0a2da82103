"""HTTP/1.1 for the sandbox: kept connections, bodies with a length, and trouble on demand.

Own and small, because a server that must break a connection at the right byte is easier written
than bent. Loopback only; no TLS, no chunks.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

LARGEST_HEAD = 64 * 1024
LARGEST_BODY = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str  # As it came: a quoted slash is part of a name.
    query: Mapping[str, str]
    headers: Mapping[str, str]  # Names in lower case.
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    after_seconds: float = 0
    breaks: bool = False  # The connection is reset instead of the answer.


Answer = Callable[[Request], Awaitable[Reply]]


def said(status: int, value: Any, **headers: str) -> Reply:
    """JSON."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, msgspec.json.encode(value), {"content-type": "application/json"} | named)


def problem(status: int, code: str, detail: str, **headers: str) -> Reply:
    """RFC 9457, with a code."""
    value = {"title": HTTPStatus(status).phrase, "status": status, "code": code, "detail": detail}
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    about = {"content-type": "application/problem+json"} | named
    return Reply(status, json.dumps(value).encode(), about)


class Server:
    """Serves until closed; closing breaks what is open."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> int:
        """Listen on loopback; port 0 takes a free one, which comes back."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", port, limit=LARGEST_HEAD)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            for writer in list(self._open):
                writer.transport.abort()
            await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # The other side went away: nothing was asked.
        except asyncio.LimitOverrunError:
            writer.write(_written(problem(431, "head_too_large", "headers beyond 64 KiB")))
        finally:
            self._open.discard(writer)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One question and its answer; False ends the connection."""
        head = await reader.readuntil(b"\r\n\r\n")
        try:
            method, target, headers = _read(head)
            length = int(headers.get("content-length", "0"))
        except ValueError:
            writer.write(_written(problem(400, "bad_request", "this is no HTTP/1.1 request")))
            return False
        if "transfer-encoding" in headers or not 0 <= length <= LARGEST_BODY:
            writer.write(_written(problem(413, "body_refused", "at most 64 MiB, no chunks")))
            return False
        # In slices: a large body must not need a large limit for heads.
        body = await reader.readexactly(length) if length else b""
        url = urlsplit(target)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        reply = await self._answer(Request(method, url.path, query, headers, body))
        if reply.after_seconds:
            await asyncio.sleep(reply.after_seconds)
        if reply.breaks:
            writer.transport.abort()
            return False
        writer.write(_written(reply))
        await writer.drain()
        return headers.get("connection", "").lower() != "close"


def _read(head: bytes) -> tuple[str, str, dict[str, str]]:
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    method, target, version = first.split(" ")
    if version != "HTTP/1.1":
        raise ValueError(version)
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError(line)
        headers[name.lower()] = value.strip()
    return method, target, headers


def _written(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    lines += [f"content-length: {len(reply.body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + reply.body
