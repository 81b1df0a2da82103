"""Clients' payout accounts from the command line: show, enter, verify, stop."""

import json
from typing import Any

import click

from . import home, named
from .signing import refusing, signed_in


@click.group()
def account() -> None:
    """Where clients are paid. A new account waits, and a second person verifies it."""


@account.command("list")
@click.option("--waiting", is_flag=True, help="Only those that nothing can be paid to yet.")
@click.option("--json", "as_json", is_flag=True, help="One line for each account.")
def list_(waiting: bool, as_json: bool) -> None:
    """List the open accounts by client. Exit code 1 while one waits for a person."""
    home.open_home()
    from usance import clock, models
    from usance.domain import payee

    at, asks = clock.now(), False
    rows = models.ClientAccount.objects.filter(closed_at=None).select_related("client")
    with home.listing(
        "No account waits for anybody." if waiting else "No client has an account yet."
    ) as put:
        for row in rows.order_by("client__name_key", "currency"):
            why = payee.waits(verified_at=row.verified_at, usable_at=row.wait_until, at=at)
            asks = asks or row.verified_at is None
            if waiting and why is None:
                continue
            told = _told(row, why.code if why else "usable")
            put(json.dumps(told) if as_json else "  ".join(map(str, told.values())))
    raise SystemExit(int(asks))


@account.command()
@click.argument("client")
@click.argument("number")
@click.option("--currency", required=True)
@click.option("--scheme", type=click.Choice(["iban", "bankgiro", "plusgiro"]), default="iban")
@click.option("--reference", default="", help="To quote with each payout: OCR, KID or RF.")
@click.option("--bic", default="")
@click.option("--as", "login", required=True, help="Who enters it; the password is asked for.")
def enter(
    client: str, number: str, currency: str, scheme: str, reference: str, bic: str, login: str
) -> None:
    """Enter NUMBER as the account of CLIENT."""
    home.open_home()
    from usance import clock
    from usance.actions import accounts
    from usance.domain.payee import Scheme

    owner = named.client(client)
    who = signed_in(login)
    with refusing():
        row = accounts.enter(
            owner.pk,
            number=number,
            scheme=Scheme(scheme),
            reference=reference,
            bic=bic,
            currency=currency.upper(),
            at=clock.now(),
            **who,
        )
    click.echo(f"{row.pk}  waits until {row.wait_until:%Y-%m-%d %H:%M} UTC, and to be verified")


@account.command()
@click.argument("account_id", metavar="ACCOUNT", type=click.UUID)
@click.option("--person", required=True, help="Who answered the telephone.")
@click.option("--number", required=True, help="Which number you called.")
@click.option("--remark", required=True, help="What was said, and how you know the number.")
@click.option("--as", "login", required=True, help="Who called; the password is asked for.")
def verify(account_id: Any, person: str, number: str, remark: str, login: str) -> None:
    """Note that you called the client, and ACCOUNT is theirs."""
    home.open_home()
    from usance import clock
    from usance.actions import accounts
    from usance.domain.payee import CallBack

    who = signed_in(login)
    call = CallBack(person=person, number=number, remark=remark)
    with refusing():
        row = accounts.verify(account_id, call, at=clock.now(), **who)
    click.echo(f"{row.iban} is verified; nothing is paid to it before {row.wait_until:%Y-%m-%d}")


@account.command()
@click.argument("account_id", metavar="ACCOUNT", type=click.UUID)
@click.option("--because", required=True)
@click.option("--as", "login", required=True, help="Who stops it; the password is asked for.")
def withdraw(account_id: Any, because: str, login: str) -> None:
    """Stop ACCOUNT: the verified one that it replaced is open again."""
    home.open_home()
    from usance import clock
    from usance.actions import accounts

    who = signed_in(login)
    with refusing():
        again = accounts.withdraw(account_id, because=because, at=clock.now(), **who)
    click.echo(f"Withdrawn; {again.iban} is open again" if again else "Withdrawn")


@account.command()
@click.option("--json", "as_json", is_flag=True, help="One line for each bank.")
def banks(as_json: bool) -> None:
    """Until when our banks take orders, and on which day they pay them. Exit code 1: one has
    missed today's cut-off."""
    home.open_home()
    from usance import clock
    from usance.queries import cut_offs

    found = cut_offs.banks(at=clock.now())
    for one in found:
        told = {
            "currency": one.row.currency,
            "iban": one.row.iban,
            "pays_on": one.slot.on.isoformat(),
            "until": one.slot.closes_at.isoformat(timespec="minutes"),
            "missed": one.slot.missed,
        }
        late = "  today's cut-off is over" if one.slot.missed else ""
        line = f"{told['currency']}  {told['iban']}  pays on {told['pays_on']}"
        click.echo(json.dumps(told) if as_json else f"{line} until {told['until']}{late}")
    raise SystemExit(int(any(one.slot.missed for one in found)))


def _told(row: Any, state: str) -> dict[str, str]:
    return {
        "id": str(row.pk),
        "state": state,
        "currency": row.currency,
        "number": row.iban,
        "client": row.client.name,
        "wait_until": row.wait_until.isoformat(timespec="minutes") if row.wait_until else "-",
        "entered_by": row.entered_by,
    }
