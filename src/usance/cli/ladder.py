"""How a debtor is reached, from the command line: every channel with its reason."""

import json
from typing import Any

import click

from . import home, named


@click.group()
def ladder() -> None:
    """Show which channels are tried for a debtor, in which order, and why."""


@ladder.command()
@click.argument("debtor")
@click.option(
    "--paper", type=click.Choice(["invoice", "notice", "reminder", "release"]), default="invoice"
)
@click.option("--json", "as_json", is_flag=True)
def show(debtor: str, paper: str, as_json: bool) -> None:
    """How DEBTOR would be reached today."""
    home.open_home()
    from usance import clock
    from usance.domain.distribution import Paper
    from usance.queries import ladders

    row = named.debtor(debtor)
    said = ladders.for_debtor(row, paper=Paper(paper), on=clock.now().date())
    if as_json:
        told: dict[str, Any] = {
            "debtor": row.name,
            "paper": paper,
            "whose": said.whose,
            "rungs": [
                {"kind": one.kind, "because": one.because, "hours": one.hours,
                 "enough": one.enough, "beside": list(one.beside)}
                for one in said.rungs
            ],
            "left_out": [
                {"kind": one.kind, "code": one.code, "because": one.because}
                for one in said.left_out
            ],
        }  # fmt: skip
        click.echo(json.dumps(told))
    else:
        click.echo(f"{row.name}, {paper}; the ladder of {said.whose}")
        for place, one in enumerate(said.rungs, start=1):
            click.echo(f"{place:>3} {one.kind:<9} {one.hours:>4} h  {one.because}")
        for no in said.left_out:
            click.echo(f"  – {no.kind:<9}         {no.because}")
    raise SystemExit(0 if said.rungs else 1)
