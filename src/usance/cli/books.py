"""The books from the command line: the trial balance on both axes of time; months that close."""

import json
from datetime import date, datetime
from typing import Any

import click

from . import home
from .signing import at_the_shell, refusing

DAY = click.DateTime(["%Y-%m-%d"])
MONTH = click.DateTime(["%Y-%m"])


@click.group()
def period() -> None:
    """Close months of the books. Reopening takes two people, in the office or by the API."""


@click.group()
def ledger() -> None:
    """Read the books."""


@ledger.command()
@click.option("--on", type=DAY, help="Entries that count for this day or before; without it today.")
@click.option("--known", type=DAY, help="Written by the end of this day (UTC); without it: all.")
@click.option("--json", "as_json", is_flag=True)
def trial(on: datetime | None, known: datetime | None, as_json: bool) -> None:
    """The trial balance of any day, by what was known on any day."""
    home.open_home()
    from usance import clock
    from usance.queries import ledger as query

    day = on.date() if on else clock.now().date()
    for one in query.trial(on=day, known=known.date() if known else None):
        for row in one.rows:
            if as_json:
                click.echo(json.dumps({
                    "account": row.account, "name": row.name, "currency": one.currency,
                    "debit_minor": row.debit.minor, "credit_minor": row.credit.minor,
                    "balance_minor": row.balance.minor,
                }))  # fmt: skip
            else:
                click.echo(
                    f"{row.account} {row.name:<24} {row.left or '':>24} {row.right or '':>24}"
                )
        if not as_json:
            click.echo(f"{'Sum':<29} {one.left!s:>24} {one.right!s:>24}")


@period.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_them(as_json: bool) -> None:
    """The months, the newest first."""
    home.open_home()
    from usance import clock
    from usance.queries import periods as query

    for one in query.months(today=clock.now().date()):
        by = one.row.closed_by if one.row and one.state != "open" else ""
        told = {"month": f"{one.first_on:%Y-%m}", "state": one.state.value, "closed_by": by}
        click.echo(json.dumps(told) if as_json else f"{one.first_on:%Y-%m}  {one.state:<4}  {by}")


@period.command()
@click.argument("month", type=MONTH)
@click.option("--json", "as_json", is_flag=True)
def check(month: datetime, as_json: bool) -> None:
    """What stands in the way of closing MONTH, such as 2026-03. Exit code 1 if a point stops it."""
    home.open_home()
    checks = _checks(month.date())
    for one in checks:
        if as_json:
            told = {"code": one.code, "says": one.says, "found": one.found, "stops": one.stops}
            click.echo(json.dumps(told))
            continue
        click.echo(f"{'✓' if one.is_done else '✗' if one.stops else '!'} {one.says}")
        for said in one.found:
            click.echo(f"    {said}")
    raise SystemExit(1 if any(one.stops and not one.is_done for one in checks) else 0)


@period.command()
@click.argument("month", type=MONTH)
@click.option("--hard", is_flag=True, help="Nothing at all is dated into it; without it: soft.")
@click.option("--remark", default="", help="Why points that do not stop it may stay open.")
def close(month: datetime, hard: bool, remark: str) -> None:
    """Close MONTH, such as 2026-03."""
    home.open_home()
    from usance.actions import periods as action
    from usance.domain.periods import State

    to = State.HARD if hard else State.SOFT
    with refusing():
        action.close(month.date(), to, remark=remark, **at_the_shell())
    click.echo(f"{month:%Y-%m} is closed ({to})")


def _checks(first_on: date) -> Any:
    from usance import clock
    from usance.queries import periods as query

    return query.checklist(first_on, seed=int(clock.now().timestamp()))
