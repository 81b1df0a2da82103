"""Measure work: seconds by the clock, and of a core, ours and the database's.

A rate "per core" is what one core would do if it did nothing else: the processor time of our
process and of its database backend together. A busy neighbour changes the clock, hardly that.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Spent:
    """Seconds: by the clock, of our core, of the core of those who worked for us."""

    wall: float = 0.0
    ours: float = 0.0
    theirs: float = 0.0

    @property
    def core(self) -> float:
        return self.ours + self.theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: the median of several rounds."""

    what: str
    unit: str
    count: int  # Units in a round.
    rounds: Sequence[Spent] = field(repr=False)

    @property
    def spent(self) -> Spent:
        return Spent(
            median(one.wall for one in self.rounds),
            median(one.ours for one in self.rounds),
            median(one.theirs for one in self.rounds),
        )

    @property
    def per_core(self) -> float:
        """Units a core does in a second."""
        return self.count / max(self.spent.core, 1e-9)


@contextmanager
def measured(*others: int) -> Iterator[Spent]:
    """What the block takes; `others`: processes whose processor time counts as theirs."""
    spent = Spent()
    theirs, ours, wall = cpu_of(others), time.process_time(), time.perf_counter()
    yield spent
    spent.wall = time.perf_counter() - wall
    spent.ours = time.process_time() - ours
    spent.theirs = cpu_of(others) - theirs


def rounds(
    what: str, unit: str, count: int, work: Sequence[Callable[[], object]], *others: int
) -> Row:
    """Each callable is a round; the first one warms up and is not counted."""
    spent = []
    for nth, one in enumerate(work):
        with measured(*others) as took:
            one()
        if nth or len(work) == 1:
            spent.append(took)
    return Row(what=what, unit=unit, count=count, rounds=spent)


def cpu_of(processes: Sequence[int]) -> float:
    """Seconds of processor time that these processes have used, by /proc; 0 where there is none."""
    seconds = 0.0
    for pid in processes:
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists():
            fields = stat.read_text().rpartition(")")[2].split()
            seconds += (int(fields[11]) + int(fields[12])) / TICK
    return seconds


def peak_mb() -> float:
    """The most memory this process ever held, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


def show(row: Row) -> None:
    spent = row.spent
    print(
        f"{row.what:<52} {row.count:>6} {row.unit:<9} {spent.wall:>8.3f} {spent.ours:>8.3f}"
        f" {spent.theirs:>8.3f} {row.per_core:>9,.0f} /core-s {row.count / spent.wall:>9,.0f} /s",
        flush=True,
    )


def heading(text: str) -> None:
    print(f"\n{text}", flush=True)
    print(
        f"{'':<52} {'a round':>16} {'clock s':>8} {'ours s':>8} {'theirs s':>8}"
        f" {'per core':>17} {'by clock':>12}",
        flush=True,
    )
