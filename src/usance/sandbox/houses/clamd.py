"""A virus scanner that speaks clamd's INSTREAM over TCP. It knows EICAR's test file, no more.

The file `EICAR` is the one that all scanners agreed to call a virus, so that they can be tested.
Bytes that hold `ASKED` get other answers.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from usance.sandbox.world import World

from . import Event

KIND = "inspectors"
ROUTES = ()
CALLS = False
# In two pieces, so that scanners leave this file alone. Source: eicar.org, anti-malware test file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LARGEST = 25 * 1024 * 1024  # clamd's StreamMaxLength as it was for long.
ASKED = b"clamd, please "
ODD = {b"break": None, b"mumble": b"what?"}  # None: the line is closed without a word.


def config(url: str, secret: str) -> dict[str, str]:
    return {}


def report(events: Sequence[Event]) -> bytes:
    raise AssertionError("a scanner does not call")


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    raise AssertionError("a scanner does not call")


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[dict[str, str]]:
    server = await asyncio.start_server(_talk, "127.0.0.1", 0)
    try:
        yield {"address": f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"}
    finally:
        server.close()


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        answer = await _answered(reader)
        if answer is not None:
            writer.write(answer + b"\0")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        return  # The other side went away.
    finally:
        writer.close()


async def _answered(reader: asyncio.StreamReader) -> bytes | None:
    command = await reader.readuntil(b"\0")
    if command == b"zPING\0":
        return b"PONG"
    if command != b"zINSTREAM\0":
        return b"UNKNOWN COMMAND"
    data = b""
    while size := int.from_bytes(await reader.readexactly(4), "big"):
        if len(data) + size > LARGEST:
            return b"INSTREAM size limit exceeded. ERROR"
        data += await reader.readexactly(size)
    for word, answer in ODD.items():
        if ASKED + word in data:
            return answer
    return b"stream: Eicar-Test-Signature FOUND" if EICAR in data else b"stream: OK"
