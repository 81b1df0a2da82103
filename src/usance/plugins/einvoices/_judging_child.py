"""Run in a child process by `_judging`: a file, and the verdict on it as MessagePack.

Before the file stand the length of what is asked and that itself: profile, the day of the rules,
and today.
"""

import struct
from dataclasses import replace

import msgspec

from usance.domain.finding import Finding
from usance.plugins import Unreadable
from usance.plugins.einvoices import read_placed
from usance.plugins.einvoices._judging import PLACES, Asked, Judged
from usance.plugins.einvoices._verdict import verdict

MEMORY = 2_000_000_000  # Bytes of address space, the libraries included.
CPU_SECONDS = 600  # For all files that one child judges.
Refused = Unreadable
_asked = msgspec.msgpack.Decoder(Asked).decode


def answer(data: bytes) -> bytes:
    (length,) = struct.unpack_from(">I", data)
    asked, file = _asked(data[4 : 4 + length]), data[4 + length :]
    found = verdict(
        file, profile=asked.profile, on=asked.on, today=asked.today, read=read_placed
    )  # fmt: skip
    named = _named(found.findings)
    left_out = len(found.findings) - len(named)
    said = Judged(verdict=replace(found, findings=named), left_out=left_out)
    return msgspec.msgpack.encode(said)


def _named(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The first places of each rule."""
    met: dict[str, int] = {}
    named = []
    for one in findings:
        met[one.code] = met.get(one.code, 0) + 1
        if met[one.code] <= PLACES:
            named.append(one)
    return tuple(named)
