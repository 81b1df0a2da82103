"""How long the reports take at sizes of the book, and by which plans: `python -m bench.reports`.

Numbers are sizes: `python -m bench.reports 10000 100000`. With `--plans` the plans are printed.
The last line is the memory of this process before and after a file of all open items.
"""

import resource
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta

from . import house, seed
from .house import NOW, House

DAYS_BACK = (0, 7, 60)


def main(sizes: Sequence[int], *, plans: bool) -> None:
    with house.opened() as opened:
        for size in sizes or (10_000, 100_000):
            seed.fill(opened, upto=size)
            opened.as_superuser("ANALYZE")
            print(f"\nWith {size:,} invoices, CPU of our process and time on the wall, ms")
            for line in _times(opened, plans=plans):
                print(line, flush=True)
        print(_memory(opened))


def _times(opened: House, *, plans: bool) -> "list[str]":
    from usance.queries.reports import catalogue, table

    lines = []
    ended = date(2025, 12, 31)
    for name, report in catalogue.REPORTS.items():
        for back in DAYS_BACK:
            words = {"on": (ended - timedelta(days=back)).isoformat()}
            if name == "client-statement":
                words["client"] = str(opened.clients[0].pk)
            asked = catalogue.ask(report, words, at=NOW)
            wall, own = time.perf_counter(), time.process_time()
            rows = len(table.page(report, asked, skip=0, most=100)[0])
            table.ends(report, asked)
            spent = (time.process_time() - own, time.perf_counter() - wall)
            lines.append(
                f"{name:<18}{back:>3} days back {rows:>4} rows shown"
                f" {spent[0] * 1000:8.0f} {spent[1] * 1000:8.0f}"
            )
            if plans and not back:
                lines.append(_plan(report.sql(asked), asked.values))
    return lines


def _plan(sql: str, values: "dict[str, object]") -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {sql}", values)
        return "\n".join("    " + row[0] for row in cursor.fetchall())


def _memory(opened: House) -> str:
    from usance.queries.reports import catalogue, table
    from usance.web import exports, reporting

    report = catalogue.report("open-items")
    asked = catalogue.ask(report, {"on": "2025-12-31"}, at=NOW)
    names = [column.name for column in report.columns(asked)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size = sum(map(len, exports.written("xlsx", names, reporting.plain(table.rows(report, asked)))))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows = table.count(report, asked)
    return f"\nAn XLSX of {rows:,} open items: {size:,} bytes; memory {before:,} → {after:,} kB"


if __name__ == "__main__":
    given = sys.argv[1:]
    main([int(one) for one in given if one.isdigit()], plans="--plans" in given)
