"""A day's end over many open invoices: charges for time, ageing, eligibility and what every client
may draw; by one process, and by two that take what is next. Run:
PYTHONPATH=src python -m bench.day 1000000    (open invoices; a home of its own)

The invoices are all bought and open, of 20 clients with interest on funds in use and 2,000 debtors.
"""

import os
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.queues import Queue
from typing import Any
from uuid import UUID

from . import accruals, house, seed
from .house import NOW, TODAY, House
from .measure import Row, heading, measured, peak_mb, rounds, show

DAY = timedelta(days=1)
Part = tuple[str, tuple[Any, ...]]  # The name of an act, and of what.


def main(count: int) -> None:
    with house.opened() as opened:
        with measured() as took:
            seed.fill(opened, upto=count, all_open=True)
            accruals.agreed(opened, through=TODAY - 3 * DAY)
        heading(f"With {count:,} open invoices (seeded in {took.wall:.0f} s), by one process")
        spent = 0.0
        for row in rows(opened, count):
            show(row)
            spent += row.spent.core
        print(f"a day's end: {spent:.1f} s of a core, {spent * 1_000_000 / count / 2:.0f} s by two"
              f" cores for a million; memory at most {peak_mb():.0f} MB")  # fmt: skip
        heading("The next day, by two processes")
        clock = 0.0
        for row in shared(opened, count):
            show(row)
            clock += row.spent.wall
        print(f"a day's end: {clock:.1f} s by the clock, {clock * 1_000_000 / count:.0f} s for a"
              " million")  # fmt: skip


def rows(opened: House, count: int) -> Iterator[Row]:
    """Each part once: the book is so large that nothing of it is warm."""
    for name, parts in _parts(opened, through=TODAY - 2 * DAY):
        yield rounds(name, "invoices", count, [partial(_do, parts)], opened.backend)


def shared(opened: House, count: int) -> Iterator[Row]:
    """The same, by two processes that are there already, as workers are."""
    there = get_context("spawn")
    queue, done, started = there.Queue(), there.Queue(), there.Queue()
    hands = [there.Process(target=_hand, args=(queue, done, started)) for _ in range(2)]
    for hand in hands:
        hand.start()
    theirs = [started.get(timeout=60) for _ in range(4)]

    def all_of(parts: list[Part]) -> None:
        for part in parts:
            queue.put(part)
        for _ in parts:
            done.get()

    for name, parts in _parts(opened, through=TODAY - DAY):
        yield rounds(name, "invoices", count, [partial(all_of, parts)], *theirs)
    for _ in hands:
        queue.put(None)
    for hand in hands:
        hand.join()


def _hand(queue: "Queue[Part | None]", done: "Queue[str]", started: "Queue[int]") -> None:
    import django

    django.setup()
    from django.db import connection

    from usance.jobs import runner

    runner.spare_the_collector()
    connection.ensure_connection()
    started.put(os.getpid())
    started.put(connection.connection.info.backend_pid)
    while part := queue.get():
        name, of = part
        ACTS[name](*of)
        done.put(name)


def _do(parts: list[Part]) -> None:
    for name, of in parts:
        ACTS[name](*of)


def _parts(opened: House, *, through: date) -> Iterator[tuple[str, list[Part]]]:
    from usance.queries import charges

    yield "charges for time accrued", [("accrue", (share, through)) for share in charges.shares()]
    yield "ageing by debtor", [("age", ())]
    yield (
        "eligibility and availability of every client",
        [("available", (client.pk,)) for client in opened.clients],
    )


def _accrue(share: int, through: date) -> None:
    from usance.jobs import day
    from usance.queries import charges

    day.accrue(charges.open_in(share), through=through, at=NOW)


def _ageing() -> None:
    from usance.queries.reports import catalogue, table

    report = catalogue.report("ageing")
    asked = catalogue.ask(report, {"on": TODAY.isoformat(), "by": "debtor"}, at=NOW)
    list(table.rows(report, asked))


def _available(client: UUID) -> None:
    from usance.queries import availability

    if found := availability.ledger(client, "EUR", on=TODAY):
        found.waterfall()


ACTS: dict[str, Callable[..., None]] = {
    "accrue": _accrue, "age": _ageing, "available": _available,
}  # fmt: skip


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:] if word.isdigit()]
    main(given[0] if given else 100_000)
