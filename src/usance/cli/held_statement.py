"""Statements that the bank's connection brought and that were refused."""

import json
from uuid import UUID

import click

from . import home
from .signing import at_the_shell, refusing
from .told import counted, fault


@click.command("held")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per statement and line.")
def held(as_json: bool) -> None:
    """Statements that the bank's connection fetched and that were refused, the oldest first.

    Exit code 1 while there is one.
    """
    home.open_home()
    from usance.queries import held_statements

    rows = list(held_statements.waiting()[:500])
    with home.listing("No statement is held.") as put:
        for row in rows:
            told = {"id": str(row.pk), "iban": row.account.iban, "on": row.on.isoformat(),
                    "code": row.code, "says": row.says, "todo": row.todo}  # fmt: skip
            words = f"{row.pk}  {row.account.iban}  {row.on}  {row.code}"
            reason = fault(row.says, todo=row.todo)
            put(json.dumps(told) if as_json else f"{words}\n  {reason}")
    raise SystemExit(bool(rows))


@click.command("take")
@click.argument("held_id", metavar="ID", type=click.UUID)
@click.option("--gap-known", is_flag=True, help="The bank says that there is no statement with the"
              " numbers that are left out.")  # fmt: skip
def take(held_id: UUID, gap_known: bool) -> None:
    """Import the refused statement ID, as `usance statement held` names it."""
    home.open_home()
    from usance.actions import held_statements

    with refusing():
        done = held_statements.take(held_id, gap_known=gap_known, **at_the_shell())
    click.echo(f"{counted(done.lines, 'new movement')}, {done.known} known.")


@click.command("lay-aside")
@click.argument("held_id", metavar="ID", type=click.UUID)
@click.option("--because", default="", help="Why it is not wanted.")
def lay_aside(held_id: UUID, because: str) -> None:
    """Do not ask for the refused statement ID again: it came another way, or was taken back."""
    home.open_home()
    from usance.actions import held_statements

    with refusing():
        held_statements.lay_aside(held_id, because=because, **at_the_shell())
    click.echo("Laid aside.")
