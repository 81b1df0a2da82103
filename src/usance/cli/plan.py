"""Instalment plans from the command line: show them, agree, decline."""

import json
from typing import Any
from uuid import UUID

import click

from . import home
from .signing import at_the_shell, refusing


@click.group()
def plan() -> None:
    """Instalment plans that debtors ask for on their pages."""


@plan.command("list")
@click.option("--all", "every", is_flag=True, help="Also those that run or ended.")
@click.option("--json", "as_json", is_flag=True)
def list_them(every: bool, as_json: bool) -> None:
    """Plans to decide, the oldest first. Exit code 1 while there is one."""
    home.open_home()
    from usance.queries import promises as query

    rows = list((query.matching(None) if every else query.to_decide()).order_by("pk")[:500])
    with home.listing(
        "No plan was asked for yet." if every else "No plan waits for a decision."
    ) as put:
        for one in query.planned(rows):
            put(json.dumps(plain(one)) if as_json else told(one))
    raise SystemExit(bool(rows) and not every)


@plan.command()
@click.argument("plan", type=click.UUID)
@click.option("--remark", default="", help="For the timeline.")
def agree(plan: UUID, remark: str) -> None:
    """Agree to PLAN: nobody reminds while it is kept."""
    _decide(plan, agrees=True, remark=remark)


@plan.command()
@click.argument("plan", type=click.UUID)
@click.option("--remark", default="", help="For the timeline.")
def decline(plan: UUID, remark: str) -> None:
    """Decline PLAN; the debtor may ask for another."""
    _decide(plan, agrees=False, remark=remark)


def _decide(pk: UUID, *, agrees: bool, remark: str) -> None:
    home.open_home()
    from usance import models
    from usance.actions import plans as action

    if not models.Plan.objects.filter(pk=pk).exists():
        home.say(f"There is no plan {pk}. `usance plan list --all` shows them.")
        raise SystemExit(home.REFUSED)
    with refusing():
        row = action.decide(pk, agrees=agrees, remark=remark, **at_the_shell())
    click.echo(f"{row.pk}  {row.state}")


def told(one: Any) -> str:
    """A queries.promises.Planned in a line."""
    parts = ", ".join(f"{part.due_on} {part.amount}" for part in one.terms)
    number = one.row.invoice.number
    return f"{one.row.pk}  {one.row.state:<8} {number} left {one.left}: {parts}"


def plain(one: Any) -> dict[str, Any]:
    """The same for programs: amounts in minor units."""
    row = one.row
    return {
        "id": str(row.pk), "invoice": str(row.invoice_id), "number": row.invoice.number,
        "state": row.state, "total_minor": row.total_minor, "left_minor": one.left.minor,
        "currency": row.currency, "text": row.text,
        "instalments": [
            {"due_on": str(part.due_on), "minor": part.amount.minor} for part in one.terms
        ],
    }  # fmt: skip
