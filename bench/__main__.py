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

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from textwrap import fill

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


def _parser() -> argparse.ArgumentParser:
    here = Path(__file__)
    others = [
        f"bench.{one.stem}"
        for one in sorted(here.parent.glob("*.py"))
        if one != here and '__name__ == "__main__"' in one.read_text("utf-8")
    ]
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=(__doc__ or "").replace("`", ""),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=fill(f"Run on their own, with python -m: {', '.join(others)}.", 78),
    )
    option = parser.add_argument
    option("sizes", nargs="*", type=_count, metavar="INVOICES", help="sizes of the book")
    option("--quick", action="store_true", help="fewer rounds and smaller books")
    alone = parser.add_mutually_exclusive_group().add_argument
    alone("--growth", action="store_true", help="only the process, at any number of sizes")
    alone("--items", type=_count, metavar="N", help="only bank lines against N open items")
    alone("--deliveries", type=_count, metavar="N", help="only N letters sent and reported on")
    alone("--histories", metavar="N", help="only N books against a model (see bench.histories)")
    return parser


def _count(word: str) -> int:
    number = int(word.replace(",", "").replace("_", ""))
    if number < 1:
        raise ValueError
    return number


def run(words: Sequence[str]) -> None:
    if "--histories" in words:
        from . import histories

        histories.main(args=list(words))
        return
    parser = _parser()
    given = parser.parse_args(words)
    if not given.growth and len(given.sizes) not in (0, 2):
        parser.error("two sizes are compared; more of them with --growth")
    if given.deliveries:
        print(_machine())
        many_deliveries(given.deliveries)
    elif given.items:
        print(_machine())
        many_items(given.items)
    elif given.growth:
        print(_machine())
        growth(given.sizes or [10_000, 100_000, 1_000_000])
    else:
        main(quick=given.quick, sizes=given.sizes)


if __name__ == "__main__":
    try:
        run(sys.argv[1:])
    except BrokenPipeError:  # Whoever read it has seen enough; the home is removed by now.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
