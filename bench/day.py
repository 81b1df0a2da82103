"""A day's end over many open invoices: charges for time, ageing, eligibility and what every client
may draw. Run: PYTHONPATH=src python -m bench.day 1000000    (open invoices; a home of its own)

The invoices are all bought and open, of 20 clients with interest on funds in use and 2,000 debtors.
"""

import sys
from collections.abc import Iterator
from datetime import timedelta

from . import accruals, house, seed
from .house import ACTOR, NOW, TODAY, House
from .measure import Row, heading, measured, peak_mb, rounds, show

DAY = timedelta(days=1)


def main(count: int) -> None:
    with house.opened() as opened:
        with measured() as took:
            seed.fill(opened, upto=count, all_open=True)
            accruals.agreed(opened, through=TODAY - 2 * DAY)
        heading(f"With {count:,} open invoices (seeded in {took.wall:.0f} s)")
        spent = 0.0
        for row in rows(opened, count):
            show(row)
            spent += row.spent.core
        print(f"a day's end: {spent:.1f} s of a core, {spent * 1_000_000 / count / 2:.0f} s by two"
              f" cores for a million; memory at most {peak_mb():.0f} MB")  # fmt: skip


def rows(opened: House, count: int) -> Iterator[Row]:
    """Each part once: the book is so large that nothing of it is warm."""
    for name, work in (
        ("charges for time accrued", lambda: _accrue(opened)),
        ("ageing by debtor", _ageing),
        ("eligibility and availability of every client", lambda: _available(opened)),
    ):
        yield rounds(name, "invoices", count, [work], opened.backend)


def _accrue(opened: House) -> None:
    from usance.actions import accruals as actions
    from usance.jobs import day
    from usance.queries import charges

    through = TODAY - DAY  # As every night: to the end of yesterday.
    behind = charges.behind(through=through)
    for start in range(0, len(behind), day.ACCRUED):
        actions.accrue(behind[start : start + day.ACCRUED], through=through, at=NOW, actor=ACTOR)


def _ageing() -> object:
    from usance.queries.reports import catalogue, table

    report = catalogue.report("ageing")
    asked = catalogue.ask(report, {"on": TODAY.isoformat(), "by": "debtor"}, at=NOW)
    return [*table.rows(report, asked)]


def _available(opened: House) -> object:
    from usance.queries import availability

    found = [availability.ledger(client.pk, "EUR", on=TODAY) for client in opened.clients]
    return [one.waterfall() for one in found if one]


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:] if word.isdigit()]
    main(given[0] if given else 100_000)
