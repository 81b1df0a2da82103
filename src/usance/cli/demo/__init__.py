"""`usance demo`: the whole process on invented data, then the office to look around in."""

import json
import os
from datetime import date
from typing import Any

import click

from usance.cli import home, serve
from usance.cli.processes import Children

from . import outside
from .plan import Plan, logins

FIRST_DAY = date(2026, 3, 2)  # A Monday; all rates of the season are known.


@click.command()
@click.option("--once", is_flag=True, help="Run the job and exit; serve nothing afterwards.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
@click.option("--invoices", default=200, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 120))
@click.option("--seed", default=2026, show_default=True, help="Same seed, same season.")
@click.option(
    "--faults", default=0.02, show_default=True, type=click.FloatRange(0, 1),
    help="Share of calls to the outside that fail.",
)  # fmt: skip
@click.option("--port", default=8000, show_default=True, help="Of the office.")
def command(once: bool, as_json: bool, port: int, **wanted: Any) -> None:
    """Show usance at work: 90 days of a factor in about a minute.

    Clients hand in invoices, debtors get them and pay, the bank reports, everything is booked.
    Run again, it goes on where it was stopped, or opens the office on what is there.
    """
    home.set_environment("demo")
    # Debtors' links lead to the office that runs, whatever its port is.
    os.environ.setdefault("USANCE_URL", f"http://localhost:{port}")
    home.wake()
    plan = Plan.load_or_make(home.path(), first=FIRST_DAY, **wanted)
    try:
        with Children(home.path() / "logs") as children:
            told = _open(children, plan, port, once=once, as_json=as_json)
            if once:
                raise SystemExit(1 if told["promises_broken"] else 0)
            home.say("\nCtrl-C ends everything; `usance demo` opens it again.")
            serve.wait(children)
    except KeyboardInterrupt:
        home.say("Stopping. `usance demo` goes on from here.")
        raise SystemExit(0 if plan.is_finished else 1) from None


def _open(
    children: Children, plan: Plan, port: int, *, once: bool, as_json: bool
) -> dict[str, Any]:
    """Start everybody, play what is left, show the summary and say where the office is."""
    reopens = plan.is_finished and home.is_prepared() and not once
    if reopens:  # Somebody waits for the office alone: the rest would take its time from it.
        serve.office(children, port)
        serve.wait_for(port, children)
        _invite(logins(home.path()), port)
    outside.start(
        children, home=home.path(), seed=plan.seed, at=plan.opening, port=port, faults=plan.faults
    )
    if not reopens:  # It loads while we make the tables.
        serve.office(children, port)
    home.open_home()
    from . import figures, progress, run

    world = run.start(children, plan, port=port)
    if not plan.is_finished:
        with progress.shown(plan) as display:
            run.play(plan, world, display)
    told: dict[str, Any] = figures.summary()
    click.echo(json.dumps(told)) if as_json else progress.table(told)
    if not once:
        _invite(logins(home.path()), port)
    return told


def _invite(logins: dict[str, dict[str, str]], port: int) -> None:
    home.say(f"\nThe office is open: http://localhost:{port}\n")
    for login, row in logins.items():
        home.say(f"  {login:<8} {row['password']:<14} {row['name']}, {row['role']}")
