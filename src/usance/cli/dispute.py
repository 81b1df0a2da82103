"""Disputes from the command line: show them, open one over a part of an invoice, close it."""

import json
from typing import TYPE_CHECKING, Any

import click

from . import home, named
from .signing import at_the_shell, refusing

if TYPE_CHECKING:
    from usance import models

REASONS = ("price", "quantity", "quality", "delivery", "order", "terms", "paper", "paid", "other")


@click.group()
def dispute() -> None:
    """What debtors object to: all of an invoice, or a part of it."""


@dispute.command("list")
@click.option("--json", "as_json", is_flag=True, help="One line for each dispute.")
def list_them(as_json: bool) -> None:
    """Open disputes, the oldest first. Exit code 1 while there is one."""
    home.open_home()
    from usance import models
    from usance.queries import disputed

    rows = list(
        models.Dispute.objects.filter(closed_at=None).select_related("invoice").order_by("pk")[:500]
    )
    left = disputed.parts([row.invoice_id for row in rows])
    with home.listing("No dispute is open.") as put:
        for row in rows:
            told = _plain(row, left.get(row.invoice_id, 0))
            put(json.dumps(told) if as_json else _told(row, left.get(row.invoice_id, 0)))
    raise SystemExit(bool(rows))


@dispute.command("open")
@click.argument("number")
@click.option("--client", default="", help="The client, where several have this number.")
@click.option("--code", type=click.Choice(REASONS), default="other", show_default=True)
@click.option("--amount", default="", help="What is disputed, 1234.50. Without it: all of it.")
@click.option("--reason", required=True, help="What the debtor says.")
@click.option("--instead", is_flag=True, help="Put it in the place of the open one.")
def open_(number: str, client: str, code: str, amount: str, reason: str, instead: bool) -> None:
    """Open a dispute on invoice NUMBER. What is not disputed is collected as before."""
    home.open_home()
    from usance.actions import disputes
    from usance.domain.collection.disputes import Reason
    from usance.domain.money import Money, NotMoney

    row = named.invoice(number, client)
    try:
        part = Money.of(amount, row.currency) if amount else None
    except NotMoney as wrong:
        raise click.BadParameter(str(wrong), param_hint="--amount") from wrong
    begin = disputes.restate if instead else disputes.open_dispute
    with refusing():
        made = begin(
            row.pk, reason=reason, code=Reason(code), amount=part, **at_the_shell(),
        )  # fmt: skip
    click.echo(f"{made.pk}  {row.number}  {part or 'all of it'}  {code}")


@dispute.command()
@click.argument("number")
@click.option("--client", default="", help="The client, where several have this number.")
@click.option(
    "--as", "ends", type=click.Choice(["withdrawn", "credit_note", "payment"]), default="withdrawn",
    show_default=True, help="How it ended.",
)  # fmt: skip
@click.option("--outcome", default="", help="In words, for the timeline.")
def close(number: str, client: str, ends: str, outcome: str) -> None:
    """Close the open dispute on invoice NUMBER."""
    home.open_home()
    from usance.actions import disputes
    from usance.domain.collection.disputes import Ending

    row = named.invoice(number, client)
    with refusing():
        disputes.close_dispute(
            row.pk, outcome=outcome, ends=Ending(ends), **at_the_shell(),
        )  # fmt: skip
    click.echo(f"{row.number}  closed  {ends}")


def _told(row: "models.Dispute", left: int) -> str:
    from usance.domain.money import Money

    amount = Money(left, row.invoice.currency)
    return f"{row.invoice.number:<16} {amount!s:>18}  {row.code:<9} {row.reason}"


def _plain(row: "models.Dispute", left: int) -> dict[str, Any]:
    """The same for programs: amounts in minor units."""
    return {
        "id": str(row.pk), "invoice": str(row.invoice_id), "number": row.invoice.number,
        "code": row.code, "amount_minor": row.amount_minor, "disputed_minor": left,
        "currency": row.invoice.currency, "reason": row.reason,
        "opened_at": row.opened_at.isoformat(),
    }  # fmt: skip
