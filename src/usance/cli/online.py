"""Online payments from the command line: what was begun, paid, and paid on by providers."""

import json
from typing import Any

import click

from . import home
from .signing import refusing, signed_in
from .tolerances import money


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

    with home.listing("No such payment.") as put:
        for row in checkouts.found(view).order_by("-pk")[:200]:
            told = {
                "id": str(row.pk), "state": row.state, "amount": str(row.amount),
                "invoice": row.invoice.number, "provider": row.account.provider,
                "payment": row.payment, "final_on": str(row.final_on or ""), "detail": row.detail,
            }  # fmt: skip
            put(json.dumps(told) if as_json else "  ".join(told.values()).rstrip())


@online.command()
@click.option("--json", "as_json", is_flag=True, help="One line for each payout and balance.")
def payouts(as_json: bool) -> None:
    """List what providers have of ours and paid on. Exit code 1 while a payout is odd, or no
    statement shows it."""
    home.open_home()
    from usance import clock
    from usance.queries import provider_payouts as query

    with home.listing("No payout of a provider is told of.") as put:
        for place in query.places():
            told = {
                "provider": place.account.provider, "balance": str(place.balance),
                "under_way": str(place.under_way), "unknown": str(place.waiting),
            }  # fmt: skip
            put(json.dumps(told) if as_json else "  ".join(told.values()))
        tasks = {row.pk for row in query.tasks(today=clock.now().date())}
        for row in query.found()[:200]:
            told = {
                "id": str(row.pk), "state": row.state, "reference": row.reference,
                "amount": str(row.amount), "fee": str(row.fee),
                "arrives_on": row.arrives_on.isoformat(), "detail": row.detail,
            }  # fmt: skip
            put(json.dumps(told) if as_json else "  ".join(told.values()).rstrip())
    raise SystemExit(int(bool(tasks)))


@online.command()
def fetch() -> None:
    """Ask the providers now: what became of what was begun, and what they paid on."""
    home.open_home()
    from usance import clock
    from usance.jobs import online as asking

    at = clock.now()
    ended, taken = asking.look_after(at=at), asking.fetch_payouts(at=at)
    back = asking.pay_back(at=at)
    click.echo(f"{ended} ended, {taken} payouts taken in, {back} refunds closed")


@online.command()
@click.option("--json", "as_json", is_flag=True, help="One line for each refund.")
def refunds(as_json: bool) -> None:
    """List refunds through providers, the newest first, at most 200. Exit code 1 while one waits
    for its release, failed, or has no end for an hour."""
    home.open_home()
    from usance import clock
    from usance.queries import provider_refunds as query

    with home.listing("No refund goes through a provider.") as put:
        for row in query.found()[:200]:
            told = {
                "id": str(row.pk), "state": row.state, "amount": str(row.amount),
                "provider": row.account.provider, "payment": row.payment,
                "receipt": str(row.receipt_id), "because": row.reason, "detail": row.detail,
            }  # fmt: skip
            put(json.dumps(told) if as_json else "  ".join(told.values()).rstrip())
    raise SystemExit(int(bool(query.proposed() or query.to_act(at=clock.now()))))


@online.command()
@click.argument("receipt", type=click.UUID)
@click.argument("amount")
@click.option("--because", required=True)
@click.option("--as", "login", required=True, help="Who proposes; the password is asked for.")
def refund(receipt: Any, amount: str, because: str, login: str) -> None:
    """Propose to pay AMOUNT of RECEIPT, a bank line that came by a provider, back the way it came.

    A second person releases it with `usance online release-refund`.
    """
    home.open_home()
    from usance import clock, models
    from usance.actions import provider_refunds

    who = signed_in(login)
    with refusing():
        row = models.BankLine.objects.get(pk=receipt)
        part = money(amount, row.currency)
        made = provider_refunds.propose(receipt, part, because=because, at=clock.now(), **who)
    click.echo(f"{made.pk}  {made.amount} waits for a second person")


@online.command("release-refund")
@click.argument("refund_id", metavar="REFUND", type=click.UUID)
@click.option("--as", "login", required=True, help="Who releases; the password is asked for.")
def release_refund(refund_id: Any, login: str) -> None:
    """Release REFUND, which another person proposed. The provider is told within a minute, or by
    `usance online fetch`."""
    home.open_home()
    from usance import clock, models
    from usance.actions import provider_refunds

    who = signed_in(login)
    with refusing():
        row = models.ProviderRefund.objects.get(pk=refund_id)
        click.echo(f"{row.amount} of {row.payment}: {row.reason}", err=True)
        provider_refunds.release(refund_id, seen=row.content, at=clock.now(), **who)
    click.echo("Released")


@online.command("withdraw-refund")
@click.argument("refund_id", metavar="REFUND", type=click.UUID)
@click.option("--as", "login", required=True, help="Who withdraws; the password is asked for.")
def withdraw_refund(refund_id: Any, login: str) -> None:
    """Withdraw REFUND before anybody released it."""
    home.open_home()
    from usance import clock
    from usance.actions import provider_refunds

    who = signed_in(login)
    with refusing():
        provider_refunds.withdraw(refund_id, at=clock.now(), **who)
    click.echo("Withdrawn")
