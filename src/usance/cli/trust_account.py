"""Accounts that clients hold in trust for us, from the command line: list, enter, check, close."""

import json
from uuid import UUID

import click

from . import home, named
from .signing import refusing, signed_in


@click.group("trust-account")
def trust_account() -> None:
    """Accounts of clients, held in trust for us. A second person checks each."""


@trust_account.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def list_them(as_json: bool) -> None:
    """List the open accounts, and terms that ask for one that is not there.

    Exit code 1 while one is missing or waits to be checked.
    """
    home.open_home()
    from usance import clock
    from usance.queries import trust_accounts

    found = [
        {"what": "account", "id": str(one.pk), "client": one.client.name, "iban": one.iban,
         "bank": one.bank, "currency": one.currency,
         "checked": one.checked_at.isoformat() if one.checked_at else "not checked"}
        for one in trust_accounts.listed()
    ]  # fmt: skip
    missing = [
        {"what": "missing", "client": one.client.name, "currency": one.currency,
         "terms": one.trust_account}
        for one in trust_accounts.missing(today=clock.now().date())
    ]  # fmt: skip
    with home.listing("No trust account is open or missing.") as put:
        for told in (*found, *missing):
            put(json.dumps(told) if as_json else "  ".join(told.values()))
    waits = any(told["checked"] == "not checked" for told in found)
    raise SystemExit(bool(missing) or waits)


@trust_account.command()
@click.argument("client")
@click.argument("iban")
@click.option("--currency", required=True)
@click.option("--bank", required=True, help="The name of the bank that holds it for us.")
@click.option("--as", "login", required=True, help="Who enters it; the password is asked for.")
def enter(client: str, iban: str, currency: str, bank: str, login: str) -> None:
    """Enter IBAN as an account that CLIENT, by its name, holds in trust for us."""
    home.open_home()
    from usance import clock
    from usance.actions import trust_accounts

    whose = named.client(client)
    who = signed_in(login)
    with refusing():
        row = trust_accounts.enter(
            whose.pk, number=iban, bank=bank, currency=currency.upper(), at=clock.now(), **who
        )
    click.echo(row.pk)


@trust_account.command()
@click.argument("account_id", metavar="ID", type=click.UUID)
@click.option("--iban", required=True, help="That the bank confirmed.")
@click.option("--proof", required=True, help="What shows that it is held for us.")
@click.option("--as", "login", required=True, help="Who checked it; the password is asked for.")
def check(account_id: UUID, iban: str, proof: str, login: str) -> None:
    """Say that the account ID is held for us. Never by who entered it."""
    _act("check", account_id, login, seen=iban, proof=proof)
    click.echo("Checked")


@trust_account.command()
@click.argument("account_id", metavar="ID", type=click.UUID)
@click.option("--because", required=True, help="Why it is held for us no more.")
@click.option("--as", "login", required=True, help="Who closes it; the password is asked for.")
def close(account_id: UUID, because: str, login: str) -> None:
    """Close the account ID."""
    _act("close", account_id, login, because=because)
    click.echo("Closed")


def _act(name: str, account_id: UUID, login: str, **said: str) -> None:
    home.open_home()
    from usance import clock
    from usance.actions import trust_accounts

    who = signed_in(login)
    act = {"check": trust_accounts.check, "close": trust_accounts.close}[name]
    with refusing():
        act(account_id, at=clock.now(), **said, **who)
