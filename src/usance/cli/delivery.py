"""Deliveries from the command line: list them, write out what was sent or would be, send again,
and say what became of those that nobody knows of."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from . import home, named
from .signing import at_the_shell, refusing

if TYPE_CHECKING:
    from usance import models
    from usance.queries.sent import Sent

VIEWS = ("all", "unknown", "failed", "under_way", "arrived")
BY = click.Choice(["einvoice", "mailbox", "email", "letter"])
AT_MOST = 500
FOLDER = click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), default=".",
    help="Where the files go; without it here.",
)  # fmt: skip


@click.group()
def delivery() -> None:
    """What goes out to debtors: what was sent, what would be, and what nobody knows."""


@delivery.command("list")
@click.option("--view", type=click.Choice(VIEWS), default="all", show_default=True)
@click.option("--invoice", "number", default="", help="Of the invoice with this number.")
@click.option("--client", default="", help="The client, where several have this number.")
@click.option("--json", "as_json", is_flag=True, help="One object for each.")
def list_them(view: str, number: str, client: str, as_json: bool) -> None:
    """Deliveries, the newest first, 500 at most. Exit code 1 while one has an unknown outcome."""
    home.open_home()
    from usance import models
    from usance.domain.distribution import State
    from usance.queries import channels

    rows = channels.found(view=view, since=None).order_by("-planned_at", "-pk")
    if number:
        rows = rows.filter(invoice=named.invoice(number, client))
    with home.listing("No such delivery.") as put:
        for row in rows[:AT_MOST]:
            put(json.dumps(_plain(row)) if as_json else _told(row))
    raise SystemExit(models.Dispatch.objects.filter(state=State.UNKNOWN).exists())


@delivery.command()
@click.argument("delivery", type=click.UUID)
@FOLDER
def sent(delivery: UUID, folder: Path) -> None:
    """Write into files what exactly went out with DELIVERY: message, papers, the request.

    Secrets in the request are masked.
    """
    home.open_home()
    from usance.queries import channels
    from usance.queries import sent as query

    with refusing():
        made = query.sent(channels.one(delivery))
    if made is None:
        home.say("Nothing was made ready for it yet. `preview` shows what would go out.")
        raise SystemExit(home.REFUSED)
    _write(made, folder)


@delivery.command()
@click.argument("delivery", type=click.UUID)
@click.option("--by", "kind", type=BY, required=True, help="The channel.")
@FOLDER
def preview(delivery: UUID, kind: str, folder: Path) -> None:
    """Write into files the paper of DELIVERY as it would go out by a channel now. Nothing is sent.

    Exit code 3 if the channel does not reach the debtor.
    """
    home.open_home()
    from usance.domain.distribution import Kind
    from usance.queries import channels
    from usance.queries import sent as query

    with refusing():
        ways = query.kinds_for(channels.one(delivery))
        if kind not in ways:
            home.say(f"It does not go out by {kind} now. It would by: {', '.join(ways) or 'none'}.")
            raise SystemExit(home.REFUSED)
        made = query.would_be(delivery, Kind(kind))
    _write(made, folder)


@delivery.command()
@click.argument("delivery", type=click.UUID)
@click.option("--by", "kind", type=BY, required=True, help="The channel.")
@click.option("--reason", required=True, help="Why; it stands with the delivery.")
def resend(delivery: UUID, kind: str, reason: str) -> None:
    """Send the paper of DELIVERY once more by a channel; the new delivery is printed.

    Exit code 3 while one of the paper is under way, or if the debtor need not read it any more.
    """
    home.open_home()
    from usance.actions import resend as action
    from usance.domain.distribution import Kind
    from usance.queries import channels

    with refusing():
        wanted = action.Wanted(dispatch=delivery, kind=Kind(kind), reason=reason)
        new = action.resend(wanted, **at_the_shell())
    click.echo(_told(channels.one(new.pk)))


@delivery.command()
@click.argument("delivery", type=click.UUID)
@click.option(
    "--went-out/--send-again", "went_out", default=None, help="It went out, or it did not."
)
def resolve(delivery: UUID, went_out: bool | None) -> None:
    """Say what became of DELIVERY, whose outcome nobody knows. Ask carrier or debtor first.

    Exit code 3 if its outcome is known by now.
    """
    if went_out is None:
        raise click.UsageError("Say --went-out, or --send-again.")
    home.open_home()
    from usance.actions import distribution
    from usance.queries import channels

    with refusing():
        distribution.resolve_unknown(delivery, went_out=went_out, **at_the_shell())
    click.echo(_told(channels.one(delivery)))


def _write(made: "Sent", folder: Path) -> None:
    """The parcel as files; their paths are printed."""
    from usance.queries import evidence

    folder.mkdir(parents=True, exist_ok=True)
    to = evidence.reached(made.address)
    head = [f"From: {made.sender}", *(f"{key}: {said}" for key, said in to.items())]
    files = {"message.txt": "\n".join([*head, f"Subject: {made.subject}", "", made.text]).encode()}
    if made.html:
        files["message.html"] = made.html.encode()
    if made.request:
        files["request.txt"] = made.request.encode()
    for one in made.pieces:
        files[_file_name(one.name, taken=files)] = one.content
    for name, content in files.items():
        place = folder / name
        place.write_bytes(content)
        click.echo(place)


def _file_name(name: str, *, taken: Collection[str]) -> str:
    """A name for the disk: clients name what they enclose."""
    kept = "".join(ch if ch.isalnum() or ch in "-_." else "_" for ch in name).lstrip(".") or "paper"
    return kept if kept not in taken else f"{len(taken)}-{kept}"


def _told(row: "models.Dispatch") -> str:
    said = f"{row.pk}  {row.state:<9} {row.invoice.number:<16} {row.paper:<8} {row.kind:<8} "
    return f"{said} {row.carrier}  {row.detail}".rstrip()


def _plain(row: "models.Dispatch") -> dict[str, Any]:
    from usance.queries import channels

    return {
        "id": str(row.pk), "key": row.key, "invoice": str(row.invoice_id),
        "number": row.invoice.number, "paper": row.paper, "kind": row.kind,
        "carrier": row.carrier, "state": row.state,
        "evidence": channels.evidence(row.state).name.lower(), "because": row.because,
        "planned_at": row.planned_at.isoformat(),
        "handed_at": row.handed_at.isoformat() if row.handed_at else None,
        "attempts": row.attempt, "reference": row.reference, "detail": row.detail,
    }  # fmt: skip
