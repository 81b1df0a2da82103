"""A DNS server on loopback that answers one kind of question, over UDP and TCP on one port."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rrset

LARGEST_UDP = 1232  # As resolvers ask for, so that nothing is cut into pieces on the way.
SECONDS_TO_LIVE = 60


@dataclass(frozen=True, slots=True)
class Answer:
    status: str  # "" is silence.
    records: list[str] = field(default_factory=list)  # NAPTR, as in a zone file.


Knows = Callable[[str], Answer]


@asynccontextmanager
async def serve(knows: Knows) -> AsyncIterator[int]:
    """`knows` is asked by name, lower case, without the dot at the end; yields the port."""
    server = await asyncio.start_server(lambda r, w: _talk(r, w, knows), "127.0.0.1", 0)
    port = int(server.sockets[0].getsockname()[1])
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Datagrams(knows), local_addr=("127.0.0.1", port)
    )
    try:
        yield port
    finally:
        transport.close()
        server.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, knows: Knows) -> None:
        self._knows = knows
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if answer := _answered(data, self._knows, largest=LARGEST_UDP):
            self._transport.sendto(answer, addr)


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, knows: Knows) -> None:
    try:
        size = int.from_bytes(await reader.readexactly(2), "big")
        answer = _answered(await reader.readexactly(size), knows, largest=65_535)
        writer.write(len(answer).to_bytes(2, "big") + answer)
        await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        return  # The other side went away.
    finally:
        writer.close()


def _answered(data: bytes, knows: Knows, *, largest: int) -> bytes:
    """The answer's bytes, cut to a mark if they are too many; nothing for silence."""
    try:
        asked = dns.message.from_wire(data)
    except dns.exception.DNSException:
        return b""
    question = asked.question[0]
    found = knows(str(question.name).rstrip(".").lower())
    if not found.status:
        return b""
    answer = dns.message.make_response(asked)
    answer.set_rcode(dns.rcode.from_text(found.status))
    if found.records:
        answer.answer.append(
            dns.rrset.from_text(question.name, SECONDS_TO_LIVE, "IN", "NAPTR", *found.records)
        )
    whole = answer.to_wire(max_size=65_535)
    if len(whole) <= largest:
        return whole
    answer.answer.clear()
    answer.flags |= dns.flags.TC
    return answer.to_wire()
