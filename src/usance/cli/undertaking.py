"""What debtors undertook irrevocably to pay: show it, file a signed paper."""

import json
from pathlib import Path

import click

from . import home, named
from .signing import at_the_shell, refusing
from .told import fault


@click.group()
def undertaking() -> None:
    """What debtors undertook irrevocably to pay: what confirming buys on."""


@undertaking.command("list")
@click.option("--json", "as_json", is_flag=True, help="One line for each.")
def list_them(as_json: bool) -> None:
    """Undertakings that stand, the newest 500 first."""
    home.open_home()
    from usance import models

    rows = models.Undertaking.objects.filter(ended_at=None).select_related("client", "debtor")
    with home.listing("No undertaking stands.") as put:
        for row in rows.order_by("-pk")[:500]:
            if as_json:
                told = {"id": str(row.pk), "client": row.client.name, "debtor": row.debtor.name,
                        "number": row.number, "minor": row.face_minor, "currency": row.currency,
                        "due_on": row.due_on.isoformat(), "means": row.means, "person": row.person,
                        "document": row.document_id}  # fmt: skip
                put(json.dumps(told))
            else:
                put(f"{row.number}  {row.amount}  {row.due_on}  {row.debtor.name}  {row.means}")


@undertaking.command("file")
@click.argument("number")
@click.argument("paper", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--client", default="", help="The client, where several have this number.")
@click.option("--person", required=True, help="Who signed it for the debtor.")
def file_it(number: str, paper: Path, client: str, person: str) -> None:
    """File PAPER, signed by the debtor, over the amount and due date of invoice NUMBER."""
    home.open_home()
    from mimetypes import guess_type

    from usance.actions import undertakings
    from usance.actions.documents import Content
    from usance.domain.credit.undertaking import Means

    row = named.invoice(number, client)
    if row.debtor_id is None:
        raise click.UsageError(f"Nobody has said yet who owes {row.number}.")
    line = undertakings.Approved(
        client=row.client_id, number=row.number, amount=row.face, due_on=row.due_on
    )
    proof = Content(
        data=paper.read_bytes(), name=paper.name,
        media_type=guess_type(paper.name)[0] or "application/octet-stream",
    )  # fmt: skip
    with refusing():
        (no,) = undertakings.take(
            row.debtor_id, [line], means=Means.DESK, proof=proof, person=person, **at_the_shell()
        )
    if no is not None:
        home.say(f"Refused ({no.code}): {fault(no.says, todo=no.todo)}")
        raise SystemExit(home.REFUSED)
    click.echo(f"{row.number}  {row.face}  {row.due_on}")
