"""Everything that we claim to be fast, in one table: `make bench`, or `python -m bench --quick`.

Two numbers are the sizes of the book to compare: `python -m bench 10000 50000`. With `--growth`
only the process is measured, at any number of sizes, each put on the one before: `python -m bench
--growth 10000 100000 1000000` says what an invoice costs as the book grows; to fill it takes most
of the time. How many deliveries are sent and reported on says `--deliveries 100000`; then nothing
else is measured. Nor is with `--histories N --seed S`, which holds the books against a model
instead: bench/histories.py.

Rates are per core with the database on the same machine: our process and its database backend
together fill the core. Nothing is asserted. The home is made for this and removed.
"""

import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from . import (
    accruals,
    deliveries,
    einvoices,
    house,
    items,
    letters,
    memory,
    questions,
    seed,
    sends,
    validation,
    walk,
)
from .measure import Row, heading, measured, show


def main(*, quick: bool, sizes: Sequence[int]) -> None:
    many = 2 if quick else 5
    sizes = sizes or ((1_000, 3_000) if quick else (10_000, 200_000))
    print(_machine())
    heading("Without a database")
    judged = validation.rows(quick=quick)
    for row in (*einvoices.rows(quick=quick), *judged, *letters.rows(quick=quick)):
        show(row)
    told: dict[str, list[float]] = {}
    with house.opened() as opened:
        sends.connected(opened)
        for size in sizes:
            with measured() as took:
                seed.fill(opened, upto=size)
            heading(f"With {size:,} invoices in the database (filled in {took.wall:.0f} s)")
            for row in walk.rows(opened, many=many):
                show(row)
                told.setdefault(row.what, []).append(row.spent.core)
            for row in sends.rows(opened, many=1 if quick else 2):
                show(row)
            for row in questions.rows(opened, many=many):
                _show_question(row)
        _doctor()
        for row in accruals.rows(opened):
            show(row)
    print(f"\nCost with {sizes[1]:,} invoices, as a multiple of that with {sizes[0]:,}:")
    for what, (before, after) in told.items():
        print(f"{what:<52} {after / max(before, 1e-9):6.2f}")
    print()
    for line in memory.rows(quick=quick):
        print(line)
    many_deliveries(1_000 if quick else 5_000)


def growth(sizes: Sequence[int]) -> None:
    """What an invoice costs at each size, and as a multiple of the first."""
    told: dict[str, list[float]] = {}
    with house.opened() as opened:
        for size in sizes:
            with measured() as took:
                seed.fill(opened, upto=size)
            heading(f"With {size:,} invoices in the database (filled in {took.wall:.0f} s)")
            for row in walk.rows(opened, many=5):
                show(row)
                told.setdefault(row.what, []).append(row.spent.core)
    named = ", ".join(f"{size:,}" for size in sizes)
    print(f"\nCost at {named} invoices, as a multiple of the first:")
    for what, costs in told.items():
        print(f"{what:<52}" + "".join(f"{cost / max(costs[0], 1e-9):9.2f}" for cost in costs))


def many_deliveries(count: int) -> None:
    """Letters handed over, their receipts, and the memory that this takes at two sizes."""
    print("\nMany deliveries, printed before, and their receipts")
    for line in deliveries.rows(count):
        print(line, flush=True)


def many_items(count: int) -> None:
    """Bank lines read, matched and booked, and what doctor says of it."""
    with house.opened() as opened:
        heading(f"With {count:,} open items")
        for row in items.rows(opened, count, many=3):
            show(row)
        _doctor()


def _show_question(row: Row) -> None:
    print(f"{row.what:<52} {row.spent.wall * 1000:9.1f} ms", flush=True)


def _doctor() -> None:
    from usance.queries import doctor

    broken = [f"{one.rule} ({one.broken})" for one in doctor.examine() if not one.kept]
    print(f"\ndoctor: {'broken: ' + ', '.join(broken) if broken else 'every promise is kept'}")


def _machine() -> str:
    name = platform.processor() or platform.machine()
    about = Path("/proc/cpuinfo")
    for line in about.read_text().splitlines() if about.exists() else ():
        if line.startswith("model name"):
            name = line.partition(":")[2].strip()
            break
    load = os.getloadavg()[0]
    return (
        f"usance bench, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores of {name},"
        f" Python {platform.python_version()}, load before {load:.1f}"
    )


if __name__ == "__main__":
    given = sys.argv[1:]
    if "--deliveries" in given:
        print(_machine())
        many_deliveries(int(given[given.index("--deliveries") + 1]))
    elif "--items" in given:
        print(_machine())
        many_items(int(given[given.index("--items") + 1]))
    elif "--growth" in given:
        print(_machine())
        growth([int(word) for word in given if word.isdigit()] or [10_000, 100_000, 1_000_000])
    elif "--histories" in given:
        from . import histories

        histories.main()
    else:
        main(quick="--quick" in given, sizes=[int(word) for word in given if word.isdigit()])
