"""Buy-backs from the command line: quote, show, do and decline as a person who signs in."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from . import home, named
from .signing import refusing, signed_in

if TYPE_CHECKING:
    from usance import models

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("buy-back")
def buy_back() -> None:
    """What clients take back of what they sold: some invoices, or all as they leave."""


@buy_back.command("list")
@click.option("--all", "every", is_flag=True, help="Also those that were decided.")
@click.option("--json", "as_json", is_flag=True, help="One line for each, amounts in minor units.")
def list_them(every: bool, as_json: bool) -> None:
    """Quotes that nobody has decided on, the oldest first. Exit code 1 while there is one."""
    home.open_home()
    from usance.queries import buy_backs as query

    rows = query.whole() if every else query.whole().filter(state="quoted")
    found = list(rows.order_by("pk")[:500])
    with home.listing(
        "No quote was made yet." if every else "No quote waits for a decision."
    ) as put:
        for one in found:
            put(json.dumps(_plain(one)) if as_json else _line(one))
    raise SystemExit(bool(found) and not every)


@buy_back.command()
@click.argument("numbers", nargs=-1, required=True)
@click.option("--client", default="", help="The client, where several have this number.")
@click.option("--way", type=click.Choice(["set_off", "receipt"]), default="set_off")
@click.option("--instead", default="", help="Number of the invoice that takes their place.")
@click.option("--on", "for_day", type=DAY, help="On which it is to be done; without it today.")
@click.option("--reason", required=True, help="Who of the client asked for it, and how.")
@click.option("--as", "login", required=True, help="Who quotes it; the password is asked for.")
def quote(
    numbers: tuple[str, ...], client: str, way: str, instead: str, for_day: datetime | None,
    reason: str, login: str,
) -> None:  # fmt: skip
    """What it costs the client to have invoices NUMBERS back."""
    home.open_home()
    from usance import clock
    from usance.actions import buy_backs
    from usance.domain.settlement.buy_backs import Way

    rows = [named.invoice(number, client) for number in numbers]
    other = named.invoice(instead, client) if instead else None
    who = signed_in(login)
    with refusing():
        made = buy_backs.quote(
            rows[0].client_id,
            [row.pk for row in rows],
            way=Way(way),
            instead=other.pk if other else None,
            for_day=for_day.date() if for_day else None,
            reason=reason,
            at=clock.now(),
            **who,
        )
    click.echo(_line(made))


@buy_back.command("exit")
@click.argument("client")
@click.argument("currency")
@click.option("--on", "for_day", type=DAY, help="On which it is to be done; without it today.")
@click.option("--reason", required=True, help="Who of the client gave notice, and how.")
@click.option("--as", "login", required=True, help="Who quotes it; the password is asked for.")
def leave(client: str, currency: str, for_day: datetime | None, reason: str, login: str) -> None:
    """What CLIENT pays in one sum to leave: all invoices, our claims, less what is due to it."""
    home.open_home()
    from usance import clock
    from usance.actions import buy_backs

    row = named.client(client)
    who = signed_in(login)
    with refusing():
        made = buy_backs.quote_exit(
            row.pk,
            currency.upper(),
            for_day=for_day.date() if for_day else None,
            reason=reason,
            at=clock.now(),
            **who,
        )
    click.echo(_line(made))


@buy_back.command()
@click.argument("buy_back", type=click.UUID)
@click.option("--receipt", type=click.UUID, help="Id of the bank line that pays it.")
@click.option("--as", "login", required=True, help="Who does it; the password is asked for.")
def execute(buy_back: UUID, receipt: UUID | None, login: str) -> None:
    """Do BUY_BACK as it is shown first: its invoices go back, their debtors are told."""
    home.open_home()
    from usance import clock
    from usance.actions import buy_backs

    row = _known(buy_back)
    home.say(_line(row))
    who = signed_in(login)
    with refusing():
        buy_backs.execute(row.pk, seen=row.content, receipt=receipt, at=clock.now(), **who)
    click.echo(_line(_known(buy_back)))


@buy_back.command()
@click.argument("buy_back", type=click.UUID)
@click.option("--remark", default="", help="Why.")
@click.option("--as", "login", required=True, help="Who says so; the password is asked for.")
def decline(buy_back: UUID, remark: str, login: str) -> None:
    """Do not do BUY_BACK; its invoices may be quoted anew."""
    home.open_home()
    from usance import clock
    from usance.actions import buy_backs

    row, who = _known(buy_back), signed_in(login)
    with refusing():
        buy_backs.decline(row.pk, remark=remark, at=clock.now(), **who)
    click.echo(_line(_known(buy_back)))


@buy_back.command()
@click.argument("buy_back", type=click.UUID)
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def paper(buy_back: UUID, file: Path) -> None:
    """Write the quote or buy-out statement of BUY_BACK to FILE, a PDF."""
    home.open_home()
    from usance.queries import buy_out

    file.write_bytes(buy_out.paper(_known(buy_back)))
    home.say(f"{file} written.")


def _known(pk: UUID) -> "models.BuyBack":
    from usance.queries import buy_backs as query

    row = query.whole().filter(pk=pk).first()
    if row is None:
        home.say(f"There is no buy-back {pk}. `usance buy-back list --all` shows them.")
        raise SystemExit(home.REFUSED)
    return row


def _line(row: "models.BuyBack") -> str:
    count = len(row.lines.all())
    return (
        f"{row.pk}  {row.state:<8} {row.to_pay!s:>16}  {row.client.name}: {row.kind}, {row.way},"
        f" {count} invoice{'s' * (count != 1)}, for {row.for_day}"
    )


def _plain(row: "models.BuyBack") -> dict[str, Any]:
    return {
        "id": str(row.pk), "client": row.client.name, "kind": row.kind, "way": row.way,
        "state": row.state, "for_day": row.for_day.isoformat(), "price_minor": row.price_minor,
        "to_pay_minor": row.to_pay.minor, "currency": row.currency, "digest": row.content,
        "invoices": [one.invoice.number for one in row.lines.all()],
    }  # fmt: skip
