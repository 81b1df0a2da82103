"""Carriers from the command line: who is paused, who gets how much, and a person's word on that."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import click

from . import home
from .signing import at_the_shell, refusing


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def carriers(ctx: click.Context, as_json: bool) -> None:
    """Show every carrier: whether it answers, what waits for it, and its share of each kind.

    Exit code 1 while one of them is paused.
    """
    if ctx.invoked_subcommand:
        return
    home.open_home()
    from usance.domain.carriers import Breaker
    from usance.queries.carriers import board

    rows = board()
    with home.listing("No carrier is set up: see docs/operations.md, outside.json.") as put:
        for line in (json.dumps({"carriers": list(map(plain, rows))}),) if as_json else told(rows):
            put(line)
    raise SystemExit(any(row.breaker is not Breaker.CLOSED for row in rows))


def told(rows: Iterable[Any]) -> Iterator[str]:
    """The lines for people, of `queries.carriers.board`."""
    for row in rows:
        yield f"{row.name:<16} {_standing(row)}, {row.waiting} waiting"
        for part in row.shares:
            how = "as a person said" if part.pinned is not None else f"{part.resting} at rest"
            yield f"{'':<16} {part.kind}: {part.now} parts ({how})"


def plain(row: Any) -> dict[str, Any]:
    """A row of the board as JSON takes it."""
    names = ("name", "breaker", "since", "until", "says", "calls", "answered", "lowered", "waiting")
    values = {name: getattr(row, name) for name in names}
    values["per_second"] = str(row.per_second) if row.per_second is not None else None
    values["shares"] = {
        part.kind: {"resting": part.resting, "now": part.now, "pinned": part.pinned}
        for part in row.shares
    }
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


@carriers.command()
@click.argument("kind")
@click.argument("parts", nargs=-1)
def share(kind: str, parts: tuple[str, ...]) -> None:
    """Say how much of a KIND its carriers get: `letter posten=80 other=20`.

    Without parts the kind is shared by success again. What is on its way stays with its carrier.
    """
    from usance.domain.distribution import Kind

    try:
        wanted = {name: int(part) for name, _, part in (one.partition("=") for one in parts)}
        of = Kind(kind)
    except ValueError as wrong:
        kinds = ", ".join(Kind)
        raise click.UsageError(f"{wrong}. Say `KIND NAME=PARTS…`; kinds are {kinds}.") from wrong
    home.open_home()
    from usance.actions import carriers as action

    with refusing():
        action.pin(of, wanted, **at_the_shell())


def _standing(row: Any) -> str:
    if row.until is not None:
        word = {"closed": "asked to wait", "open": "paused", "half_open": "tried again"}
        return f"{word[row.breaker]} until {row.until:%H:%M:%S} UTC ({row.says})"
    return f"answered {row.answered} of {row.calls}" if row.calls else "not called yet"
