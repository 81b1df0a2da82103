"""How clients' files come in by themselves: codes, folders, addresses, senders."""

import json

import click

from . import home, named
from .signing import refusing


@click.group()
def door() -> None:
    """Show and set how clients' files come in by folder and mail."""


@door.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each client and line.")
def show(as_json: bool) -> None:
    """Each client's folder and address, and whose mail is believed."""
    home.open_home()
    from django.conf import settings

    from usance import models
    from usance.queries import doors, outside

    invoices = outside.invoices_address()
    with home.listing("There is no client yet.") as put:
        for client in models.Client.objects.order_by("name_key"):
            row, word = doors.of(client), doors.word_of(client)
            told = {
                "client": client.name,
                "code": word,
                "folder": f"{settings.INBOX}/{word}" if word else "",
                "address": doors.address(word, invoices),
                "senders": [*(row.senders if row else ()), *filter(None, [client.email])],
                "acknowledges": row.acknowledges if row else True,
            }
            if as_json:
                put(json.dumps(told))
            else:
                put(f"{client.name}: {told['folder'] or 'no folder'}")
                put(f"  {told['address'] or 'no address'} from {', '.join(told['senders'])}")


@door.command("set")
@click.argument("client")
@click.option("--code", required=True, help="Small letters, digits and hyphens.")
@click.option("--sender", "senders", multiple=True, help="An address, or @domain; may be repeated.")
@click.option("--quiet", is_flag=True, help="Senders are not told what was taken.")
def set_(client: str, code: str, senders: tuple[str, ...], quiet: bool) -> None:
    """Set the code and senders of CLIENT, which its code until now names too."""
    home.open_home()
    from usance import clock
    from usance.actions import doors as action
    from usance.queries import doors

    owner = doors.client_called(client) or named.client(client)
    with refusing():
        action.set_door(
            owner.pk, code=code, senders=senders, acknowledges=not quiet, role=None,
            at=clock.now(), actor="cli",
        )  # fmt: skip
    click.echo(f"{owner.name}: {code}")
