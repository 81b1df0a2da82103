"""Ledgers that clients keep themselves: compare one, close what differs, act on what is late."""

import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click

from . import home, named
from .signing import refusing, signed_in


@click.group("client-ledger")
def client_ledger() -> None:
    """Clients that keep their own ledgers: their open items, and late invoices of theirs."""


@client_ledger.command("compare")
@click.argument("client")
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Its day.")
@click.option("--as", "login", required=True, help="Who says it; the password is asked for.")
def compare(client: str, path: Path, as_of: datetime, login: str) -> None:
    """Compare the open items of CLIENT in FILE, a CSV file or workbook, with ours of that day.

    Exit code 1: something differs.
    """
    home.open_home()
    from mimetypes import guess_type

    from usance import clock
    from usance.actions import client_ledgers
    from usance.actions.documents import Content

    whose = named.client(client)
    media = guess_type(path.name)[0] or "application/octet-stream"
    content = Content(data=path.read_bytes(), media_type=media, name=path.name)
    who = signed_in(login)
    with refusing():
        row = client_ledgers.compare_file(
            whose.pk, content, as_of=as_of.date(), at=clock.now(), **who
        )
    left = list(row.differences.filter(closed_at=None).order_by("pk"))
    click.echo(f"{row.rows} open items, {len(left)} differ")
    for one in left:
        click.echo(f"{one.pk}  {one.kind}  {one.number}  {_said(one.ours)}  {_said(one.theirs)}")
    raise SystemExit(bool(left))


@client_ledger.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def list_them(as_json: bool) -> None:
    """What differs, whose list is awaited, and which late invoices the client is asked about.

    Exit code 1 while there is something.
    """
    home.open_home()
    from usance import clock
    from usance.queries import client_ledgers, disclosure

    today = clock.now().date()
    found = [
        {"what": "difference", "id": str(one.pk), "client": one.of.client.name, "kind": one.kind,
         "number": one.number, "ours": _said(one.ours), "theirs": _said(one.theirs)}
        for one in client_ledgers.differences()[:500]
    ]  # fmt: skip
    found += [
        {"what": "awaited", "client": one.name}
        for one in client_ledgers.awaited(today=today)
    ]  # fmt: skip
    found += [
        {"what": "late", "client": row.client.name, "number": row.number,
         "due_on": row.due_on.isoformat()}
        for row in disclosure.late(today=today)[:500]
    ]  # fmt: skip
    with home.listing("Nothing differs, and nothing is awaited.") as put:
        for told in found:
            put(json.dumps(told) if as_json else "  ".join(filter(None, told.values())))
    raise SystemExit(bool(found))


@client_ledger.command("close")
@click.argument("difference_id", metavar="ID", type=click.UUID)
@click.option("--remark", required=True, help="What came of it.")
@click.option("--as", "login", required=True, help="Who says it; the password is asked for.")
def close(difference_id: UUID, remark: str, login: str) -> None:
    """Close the difference ID."""
    home.open_home()
    from usance import clock
    from usance.actions import client_ledgers

    who = signed_in(login)
    with refusing():
        client_ledgers.close(difference_id, remark=remark, at=clock.now(), **who)
    click.echo("Closed")


@client_ledger.command("asked")
@click.argument("number")
@click.option("--client", default="", help="The client, where several have this number.")
@click.option("--answer", required=True, help="What the client says.")
@click.option("--as", "login", required=True, help="Who asked; the password is asked for.")
def asked(number: str, client: str, answer: str, login: str) -> None:
    """Note what the client says of its late invoice NUMBER, bought in confidence."""
    home.open_home()
    from usance import clock
    from usance.actions import disclosing

    row = named.invoice(number, client)
    who = signed_in(login)
    with refusing():
        disclosing.asked(row.pk, answer=answer, at=clock.now(), **who)
    click.echo("Noted")


@client_ledger.command("tell")
@click.argument("number")
@click.option("--client", default="", help="The client, where several have this number.")
@click.option("--because", required=True, help="Why the debtor is told.")
@click.option("--as", "login", required=True, help="Who decides it; the password is asked for.")
def tell(number: str, client: str, because: str, login: str) -> None:
    """Tell the debtor of invoice NUMBER that it is ours: with the day's end."""
    home.open_home()
    from usance import clock
    from usance.actions import disclosing

    row = named.invoice(number, client)
    who = signed_in(login)
    with refusing():
        disclosing.tell(row.pk, because=because, at=clock.now(), **who)
    click.echo("The notice goes out with the day's end")


def _said(amount: object) -> str:
    """A dash: it is not there. Nothing open is an amount."""
    return "–" if amount is None else str(amount)
