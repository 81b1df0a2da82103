"""Registrations in internet banks from the command line: take files in, show, place, decline."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from . import home, named
from .signing import at_the_shell, refusing


@click.group()
def registrations() -> None:
    """Consumers who asked their banks for our e-invoices."""


@registrations.command()
@click.argument("carrier")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
def take(carrier: str, files: tuple[str, ...]) -> None:
    """Take in FILES of messages (docs/netbank.md) that came from CARRIER by another way.

    Taken in twice they are one. A file that cannot be read is refused whole.
    """
    home.open_home()
    from usance import clock
    from usance.actions import reports
    from usance.actions.documents import Content
    from usance.plugins import Unreadable
    from usance.plugins.channels import FETCHED_AS
    from usance.queries import outside

    try:
        found = next(one for one in outside.registrars() if one.name == carrier)
    except StopIteration:
        home.say(f"No carrier called {carrier} reaches internet banks. See `usance carriers`.")
        raise SystemExit(home.REFUSED) from None
    at, refused = clock.now(), False
    for file in files:
        place = Path(file)
        config = {**found.config, "inbound": "fetched", FETCHED_AS: place.name}
        data = place.read_bytes()
        try:
            said = found.channel.read(data, {"x-received-at": at.isoformat()}, config)
        except Unreadable as broken:
            home.say(f"{place.name}: {broken}")
            refused = True
            continue
        piece = Content(data=data, media_type="application/json", name=place.name)
        raw = dict.fromkeys(said, piece)
        new = reports.take_events(carrier, said, raw=raw, at=at, actor="cli")
        click.echo(f"{place.name}: {len(said)} messages, {new} new")
    raise SystemExit(home.REFUSED if refused else 0)


@registrations.command("list")
@click.option("--decided", is_flag=True, help="Those that were decided.")
@click.option("--json", "as_json", is_flag=True)
def list_them(decided: bool, as_json: bool) -> None:
    """The newest of those that wait for a person. Exit code 1 while one waits."""
    home.open_home()
    from usance.queries import registrations as query

    rows = list((query.decided() if decided else query.waiting()).order_by("-pk")[:500])
    with home.listing(
        "No registration was decided yet." if decided else "No registration waits."
    ) as put:
        for line in map(_plain if as_json else _told, rows):
            put(line)
    raise SystemExit(bool(rows) and not decided)


@registrations.command()
@click.argument("registration", type=click.UUID)
@click.argument("debtor")
@click.option("--remark", default="")
def place(registration: UUID, debtor: str, remark: str) -> None:
    """Say that REGISTRATION is DEBTOR's."""
    home.open_home()
    from usance.actions import registrations as action

    owner = named.debtor(debtor)
    with refusing():
        action.place(registration, owner.pk, remark=remark, **at_the_shell())
    click.echo(f"{owner.name} gets e-invoices in the bank.")


@registrations.command()
@click.argument("registration", type=click.UUID)
@click.option("--remark", default="", help="The consumer may read it in the bank.")
def decline(registration: UUID, remark: str) -> None:
    """It is nobody's of ours; the bank is told."""
    home.open_home()
    from usance.actions import registrations as action

    with refusing():
        action.decline(registration, remark=remark, **at_the_shell())


def _told(row: Any) -> str:
    whose = row.debtor.name if row.debtor_id else row.name or "-"
    return f"{row.pk}  {row.wants:<10} {row.address:<24} {whose}: {row.because}"


def _plain(row: Any) -> str:
    names = ("carrier", "wants", "address", "name", "reference", "because", "decision", "remark")
    told = {name: getattr(row, name) for name in names}
    debtor = str(row.debtor_id) if row.debtor_id else None
    return json.dumps({"id": str(row.pk), "at": row.at.isoformat(), "debtor": debtor, **told})
