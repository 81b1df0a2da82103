"""`usance debit plan`, `announce`, `cancel`, `recalls`, `recall-told`: what a person says of direct
debits before the bank has them."""

import json
from typing import Any

import click

from . import home, named
from .signing import refusing, signed_in
from .told import counted

SIGNED = click.option(
    "--as", "login", required=True, help="Who says it; the password is asked for."
)


@click.command("plan")
@click.argument("numbers", metavar="[INVOICE...]", nargs=-1)
@click.option("--client", default="", help="The client, where several have these numbers.")
@SIGNED
def plan(numbers: tuple[str, ...], client: str, login: str) -> None:
    """Plan what falls due soon; or the INVOICEs that are named, once more or early. Debtors whom a
    mail reaches are told by it."""
    home.open_home()
    from usance import clock
    from usance.actions import debits

    only = [named.invoice(number, client).pk for number in numbers]
    who = signed_in(login)
    with refusing():
        made = debits.plan(only=only, at=clock.now(), **who)
    for row in made:
        click.echo(f"{row.pk}  {row.collect_on}  {row.amount}  {row.invoice.number}")
    home.say(f"{counted(len(made), 'direct debit')} planned")


@click.command("announce")
@click.argument("debits", metavar="DEBIT...", type=click.UUID, nargs=-1, required=True)
@click.option("--how", required=True, help="A letter, a call: how the debtor was told.")
@SIGNED
def announce(debits: tuple[Any, ...], how: str, login: str) -> None:
    """Say that the debtors of these DEBITs were told, whom no mail reached."""
    home.open_home()
    from usance import clock
    from usance.actions import debits as action

    who = signed_in(login)
    with refusing():
        action.announce(debits, how=how, at=clock.now(), **who)
    click.echo(f"{len(set(debits))} announced: a second person releases them")


@click.command("cancel")
@click.argument("debits", metavar="DEBIT...", type=click.UUID, nargs=-1, required=True)
@click.option("--because", required=True)
@SIGNED
def cancel(debits: tuple[Any, ...], because: str, login: str) -> None:
    """Cancel DEBITs that nobody has released. Who was told of one is told that it is cancelled."""
    home.open_home()
    from usance import clock
    from usance.actions import debits as action

    who = signed_in(login)
    with refusing():
        action.cancel(debits, because=because, at=clock.now(), **who)
    click.echo(f"{len(set(debits))} cancelled")


@click.command("recalls")
@click.option("--json", "as_json", is_flag=True, help="One line for each.")
def recalls(as_json: bool) -> None:
    """List cancelled debits whose debtors do not know and no mail reached. Exit code 1 while there
    is one: a person tells them."""
    home.open_home()
    from usance.queries import debits as questions

    rows = questions.unrecalled().select_related("debit__mandate__debtor", "debit__invoice")
    found = list(rows.order_by("pk")[:500])
    with home.listing("No cancelled debit is untold.") as put:
        for row in found:
            told = {
                "debit": str(row.debit_id), "amount": str(row.debit.amount),
                "invoice": row.debit.invoice.number, "debtor": row.debit.mandate.debtor.name,
                "address": row.address, "detail": row.detail,
            }  # fmt: skip
            put(json.dumps(told) if as_json else "  ".join(told.values()).rstrip())
    raise SystemExit(bool(found))


@click.command("recall-told")
@click.argument("debit", metavar="DEBIT", type=click.UUID)
@click.option("--how", required=True, help="A letter, a call: how the debtor was told.")
@SIGNED
def recall_told(debit: Any, how: str, login: str) -> None:
    """Say that the debtor of cancelled DEBIT was told that nothing is collected."""
    home.open_home()
    from usance import clock, models
    from usance.actions import debits

    who = signed_in(login)
    with refusing():
        row = models.DebitRecall.objects.get(debit=debit)
        debits.recall_told(row.pk, how=how, at=clock.now(), **who)
    click.echo("Told")
