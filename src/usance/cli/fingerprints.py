"""Compare with other factors from the command line, without showing them an invoice."""

import json
from datetime import timedelta
from pathlib import Path

import click

from . import home
from .signing import at_the_shell, refusing

DAYS = 400  # Older invoices are paid, or lost.


@click.group()
def fingerprints() -> None:
    """Exchange keyed fingerprints with a circle of factors: docs/trust.md."""


@fingerprints.command("export")
@click.argument("circle")
@click.option("--days", default=DAYS, show_default=True, help="How far back, by issue date.")
@click.option("--out", type=click.Path(path_type=Path), help="A file; without it, stdout.")
def export_(circle: str, days: int, out: Path | None) -> None:
    """Write the fingerprints of what we bought, for the others of CIRCLE."""
    home.open_home()
    from usance import clock
    from usance.actions import fingerprints as action
    from usance.domain.mandate import Role

    at = clock.now()
    since = at.date() - timedelta(days=days)
    with refusing():
        lines = list(action.export(circle, since=since, role=Role.ADMIN, at=at, actor="cli"))
    text = "".join(f"{line}\n" for line in lines)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text)
    home.say(f"{len(lines) - 2} fingerprints for the circle {circle}.")


@fingerprints.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    """Take in the FILE that another factor of a circle exported."""
    home.open_home()
    from usance.actions import fingerprints as action

    # A byte that is no text stands in no fingerprint: its line is named as none.
    with file.open(encoding="utf-8", errors="replace") as lines, refusing():
        read, added = action.take_in(lines, **at_the_shell())
    home.say(f"{read} fingerprints read, {added} of them new.")


@fingerprints.command()
@click.option("--days", default=DAYS, show_default=True, help="How far back, by issue date.")
@click.option("--json", "as_json", is_flag=True, help="One line for each match.")
def check(days: int, as_json: bool) -> None:
    """Compare all our invoices with everything that was imported. Exit code 1: some match."""
    home.open_home()
    from usance import clock
    from usance.queries import fingerprints as questions

    since = clock.now().date() - timedelta(days=days)
    found = 0
    for one in questions.compared(since=since):
        found += 1
        if as_json:
            told = {"number": one.number, "invoice": str(one.invoice), "kind": one.kind,
                    "factor": one.factor, "circle": one.circle, "month": one.month}  # fmt: skip
            click.echo(json.dumps(told))
        else:
            click.echo(f"{one.number:<24} {one.kind:<7} {one.factor} ({one.circle}, {one.month})")
    home.say(f"{found} of ours match a fingerprint of another factor.")
    raise SystemExit(1 if found else 0)
