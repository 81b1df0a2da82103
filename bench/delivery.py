"""How many documents are handed over in a second: by SMTP and by the hybrid distributor.

    python -m bench.delivery [mails] [deliveries]

Each carries a PDF of 60 KB. The sandbox is a process of its own; "core" counts what our side
takes of a core, "both" ours and the sandbox's together, as if they shared one. Receipts are the
signed callbacks of all deliveries, verified and read.
"""

import io
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf

from tests.outside import Receiver, parcel
from usance import sandbox
from usance.domain.distribution import Attachment, Handed, Kind
from usance.plugins.channels import hybrid, smtp
from usance.sandbox.outbox import Where

CHUNK = 500  # As a job hands over.


@dataclass
class Spent:
    """Seconds: by the clock, of our core, of the sandbox's."""

    wall: float
    ours: float
    theirs: float


def main(mails: int, deliveries: int) -> None:
    with Receiver() as ours:
        settings = sandbox.Settings(bouncing=0, failing=0, where=Where(webhook_url=ours.url))
        with sandbox.spawn(settings) as world:
            for name, channel, kind, count in (
                ("smtp", smtp, Kind.EMAIL, mails),
                ("hybrid", hybrid, Kind.LETTER, deliveries),
            ):
                config = world.config("channels", name)
                spent = measure(world, lambda: send(channel, kind, count, config))  # noqa: B023
                show(f"{name}, 60 KB", count, spent)
            world.clock(settings.at + timedelta(days=10))
        began = time.process_time()
        received = {"x-received-at": datetime.now(UTC).isoformat()}
        events = sum(len(hybrid.read(body, head | received, config)) for head, body in ours.got)
        took = time.process_time() - began
        print(f"{'receipts read':18} {events:7}   {events / took:9,.0f} /s core")


def send(channel: Any, kind: Kind, count: int, config: dict[str, str]) -> None:
    paper = Attachment(name="invoice.pdf", media_type="application/pdf", content=pdf())
    for first in range(0, count, CHUNK):
        numbers = range(first, min(first + CHUNK, count))
        chunk = [parcel(f"{kind}-{n}", kind, attachments=(paper,)) for n in numbers]
        for handed in channel.send(chunk, config):
            assert handed.came_to is Handed.ACCEPTED, handed


def pdf() -> bytes:
    """One page and 60 KB that no one can compress."""
    made, written = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.attachments["noise.bin"] = random.Random(1).randbytes(60_000)  # noqa: S311
    made.save(written)
    return written.getvalue()


def measure(world: Any, work: Callable[[], None]) -> Spent:
    wall, ours, theirs = time.perf_counter(), time.process_time(), _seconds(world.process.pid)
    work()
    return Spent(
        time.perf_counter() - wall,
        time.process_time() - ours,
        _seconds(world.process.pid) - theirs,
    )


def show(name: str, count: int, spent: Spent) -> None:
    both = spent.ours + spent.theirs
    print(
        f"{name:18} {count:7}   {count / spent.wall:9,.0f} /s wall "
        f"{count / spent.ours:9,.0f} /s core {count / both:9,.0f} /s both"
    )


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given or [1000, 3000]))
