"""Fee invoices from the command line: start them, list them, write one, take one back."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import home, named
from .signing import refusing, signed_in

if TYPE_CHECKING:
    from usance import models

DAY = click.DateTime(["%Y-%m-%d"])
AS = click.option("--as", "login", required=True, help="Who does it; the password is asked for.")


@click.group()
def fee() -> None:
    """Our own invoices to clients for fees, with tax. The day's end writes them each month."""


@fee.command()
@click.option("--since", type=DAY, required=True, help="In the first month that is invoiced.")
@click.option("--pattern", default="F{year}-{n:05}", show_default=True, help="Of the numbers.")
@click.option("--credit-pattern", default="FC{year}-{n:05}", show_default=True)
@AS
def start(since: datetime, pattern: str, credit_pattern: str, login: str) -> None:
    """Invoice what is charged from the first day of a month on."""
    home.open_home()
    from usance import clock
    from usance.actions import fees

    who = signed_in(login)
    with refusing():
        row = fees.start(
            since.date(), pattern=pattern, credit_pattern=credit_pattern, at=clock.now(), **who
        )
    click.echo(f"Fees are invoiced since {row.since}.")


@fee.command("list")
@click.option("--client", default="", help="Only of this one.")
@click.option("--json", "as_json", is_flag=True, help="One line for each, amounts in minor units.")
def list_them(client: str, as_json: bool) -> None:
    """Fee invoices and credit notes, the newest first."""
    home.open_home()
    from usance.queries import fees as query

    rows = query.rows()
    if client:
        rows = rows.filter(client=named.client(client))
    with home.listing("No such fee invoice.") as put:
        for one in rows.order_by("-pk")[:500]:
            put(json.dumps(_plain(one)) if as_json else _line(one))


@fee.command()
@click.argument("client")
@click.option("--currency", default="EUR", show_default=True)
@click.option("--through", type=DAY, required=True, help="The last day; it is over.")
@AS
def invoice(client: str, currency: str, through: datetime, login: str) -> None:
    """Invoice all charges of CLIENT (its name) to the end of a day."""
    home.open_home()
    from usance import clock
    from usance.actions import fees

    pk, who = named.client(client).pk, signed_in(login)
    with refusing():
        row = fees.invoice(pk, currency, through=through.date(), at=clock.now(), **who)
    click.echo(_line(row))


@fee.command()
@click.argument("number")
@click.option("--reason", required=True, help="Why it is taken back.")
@AS
def credit(number: str, reason: str, login: str) -> None:
    """Take fee invoice NUMBER back; its charges come to the next one."""
    home.open_home()
    from usance import clock
    from usance.actions import fees

    of, who = _known(number), signed_in(login)
    with refusing():
        row = fees.credit(of.pk, reason=reason, at=clock.now(), **who)
    click.echo(_line(row))


@fee.command()
@click.argument("number")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def paper(number: str, file: Path) -> None:
    """Write fee invoice NUMBER to FILE: as UBL if it ends in .xml, else as PDF."""
    home.open_home()
    from usance.queries.parcels import stored

    row = _known(number)
    file.write_bytes(stored(row.xml_id if file.suffix == ".xml" else row.pdf_id))
    click.echo(file)


def _known(number: str) -> "models.FeeInvoice":
    from usance.queries import fees as query

    row = query.rows().filter(number=number).first()
    if row is None:
        home.say(f"There is no fee invoice {number}. `usance fee list` shows them.")
        raise SystemExit(home.REFUSED)
    return row


def _line(row: "models.FeeInvoice") -> str:
    back = "  taken back" if row.is_credited else ""
    return (
        f"{row.number}  {row.first_on} – {row.last_on}  {row.client.name}:"
        f" {row.net} + {row.vat} VAT, deducted {row.taken}, rest {row.due}{back}"
    )


def _plain(row: "models.FeeInvoice") -> dict[str, Any]:
    return {
        "number": row.number, "kind": row.kind, "client": row.client.name,
        "first_on": str(row.first_on), "last_on": str(row.last_on), "currency": row.currency,
        "net_minor": row.net_minor, "vat_minor": row.vat_minor, "taken_minor": row.taken_minor,
        "due_minor": row.due_minor, "is_credited": row.is_credited, "lines": row.lines,
    }  # fmt: skip
