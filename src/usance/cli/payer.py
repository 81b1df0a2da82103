"""`usance payer`: what people said of who pays for whom: look, say, withdraw."""

import json
from uuid import UUID

import click

from . import home
from .signing import at_the_shell, refusing


@click.group()
def payer() -> None:
    """Who pays for whom, as people said or as was learned from their choices."""


@payer.command("list")
@click.option("--all", "every", is_flag=True, help="Also rules that were withdrawn.")
@click.option("--json", "as_json", is_flag=True)
def list_them(every: bool, as_json: bool) -> None:
    """The rules that hold, the oldest first."""
    home.open_home()
    from usance import models

    rows = models.PayerRule.objects.select_related("debtor", "client").order_by("pk")
    with home.listing("There is no rule yet." if every else "No rule holds.") as put:
        for row in rows.iterator(chunk_size=500) if every else rows.filter(withdrawn_at=None):
            party = row.debtor or row.client
            assert party is not None, "a rule is about a debtor or a client"
            whose = "debtor" if row.debtor else "client"
            if as_json:
                put(json.dumps({
                    "id": str(row.pk), "by": row.by, "says": row.says, whose: party.name,
                    "line": str(row.line_id) if row.line_id else None, "said_by": row.said_by,
                    "said_at": row.said_at.isoformat(), "withdrawn": row.withdrawn_at is not None,
                }))  # fmt: skip
            else:
                gone = "  withdrawn" if row.withdrawn_at else ""
                put(f"{row.pk}  {row.by:<7}  {row.says}  →  {whose} {party.name}{gone}")


@payer.command()
@click.argument("rule", type=click.UUID)
def withdraw(rule: UUID) -> None:
    """RULE holds no longer; what was matched with its help stays."""
    home.open_home()
    from usance.actions import payers

    with refusing():
        payers.withdraw(rule, **at_the_shell())
    click.echo(f"{rule} is withdrawn.")
