"""Online payments from the command line: what was begun, paid, and paid on by providers."""

import json

import click

from . import home


@click.group()
def online() -> None:
    """What debtors pay at payment providers."""


@online.command("list")
@click.option("--view", type=click.Choice(["all", "waiting", "paid", "back", "ended"]),
              default="all", show_default=True)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One line for each payment.")
def list_(view: str, as_json: bool) -> None:
    """List what debtors began to pay, the newest first, at most 200."""
    home.open_home()
    from usance.queries import checkouts

    for row in checkouts.found(view).order_by("-pk")[:200]:
        told = {
            "id": str(row.pk), "state": row.state, "amount": str(row.amount),
            "invoice": row.invoice.number, "provider": row.account.provider,
            "payment": row.payment, "final_on": str(row.final_on or ""), "detail": row.detail,
        }  # fmt: skip
        click.echo(json.dumps(told) if as_json else "  ".join(told.values()).rstrip())


@online.command()
@click.option("--json", "as_json", is_flag=True, help="One line for each payout and balance.")
def payouts(as_json: bool) -> None:
    """List what providers have of ours and paid on. Exit code 1 while a payout is odd, or no
    statement shows it."""
    home.open_home()
    from usance import clock
    from usance.queries import provider_payouts as query

    for place in query.places():
        told = {
            "provider": place.account.provider, "balance": str(place.balance),
            "under_way": str(place.under_way), "unknown": str(place.waiting),
        }  # fmt: skip
        click.echo(json.dumps(told) if as_json else "  ".join(told.values()))
    tasks = {row.pk for row in query.tasks(today=clock.now().date())}
    for row in query.found()[:200]:
        told = {
            "id": str(row.pk), "state": row.state, "reference": row.reference,
            "amount": str(row.amount), "fee": str(row.fee),
            "arrives_on": row.arrives_on.isoformat(), "detail": row.detail,
        }  # fmt: skip
        click.echo(json.dumps(told) if as_json else "  ".join(told.values()).rstrip())
    raise SystemExit(int(bool(tasks)))


@online.command()
def fetch() -> None:
    """Ask the providers now: what became of what was begun, and what they paid on."""
    home.open_home()
    from usance import clock
    from usance.jobs import online as asking

    at = clock.now()
    ended, taken = asking.look_after(at=at), asking.fetch_payouts(at=at)
    click.echo(f"{ended} ended, {taken} payouts taken in")
