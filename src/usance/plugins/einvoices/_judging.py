"""Judge files that may be anybody's in a child process with limits (`_judging_child`)."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic

import msgspec

from usance.domain.verification.profiles import Profile
from usance.plugins import Unreadable
from usance.plugins._child import Child

from ._verdict import Verdict, refused

BROKEN = "it needs more time or memory than we give; ask the sender for it again"
LATE = "the files before it took all the time of one request; send it in another one"
SECONDS = 60  # For all files of one request, begun ones excepted.
PLACES = 100  # Of each rule that are named.


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    profile: Profile | None
    on: date | None
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    verdict: Verdict
    left_out: int = 0  # Findings: a rule is broken in more than PLACES places.


child = Child(
    Path(__file__).with_name("_judging_child.py"),
    documents=2_000, seconds=20, broken=BROKEN, ours=True, largest_answer=64 * 1024 * 1024,
)  # fmt: skip
_judged = msgspec.msgpack.Decoder(Judged).decode


def judged(files: Iterable[bytes], asked: Asked, *, seconds: int = SECONDS) -> Iterator[Judged]:
    """The verdict on each file, in their order. One that breaks the limits has the one finding
    "readable", and so has each whose turn comes after the seconds are spent."""
    head = msgspec.msgpack.encode(asked)
    said = struct.pack(">I", len(head)) + head
    begun = monotonic()
    for file in files:
        if monotonic() - begun > seconds:
            yield Judged(verdict=refused(LATE, profile=asked.profile))
            continue
        try:
            yield _judged(child.ask(said, file))
        except Unreadable as fault:
            yield Judged(verdict=refused(fault.says, fault.where, profile=asked.profile))
