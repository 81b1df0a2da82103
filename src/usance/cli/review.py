"""`usance review`: documents that were read page by page, and what waits for a person."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import click

from . import home

STATES = ("waiting", "postponed", "confirmed", "rejected", "unread", "unreadable", "all")


@click.group()
def review() -> None:
    """Look at what was read in PDFs and pictures. It is decided in the office, or by the API."""


@review.command("list")
@click.option("--state", type=click.Choice(STATES), default="waiting", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One line for each document.")
def list_(state: str, as_json: bool) -> None:
    """List documents, the oldest first."""
    home.open_home()
    from usance import clock
    from usance.queries import capture

    rows = capture.matching("" if state == "all" else state, today=clock.now().date())
    with home.listing("No such document.") as put:
        for row in rows.order_by("pk").iterator(chunk_size=500):
            said = brief(row)
            put(json.dumps(said) if as_json else in_a_line(said))


def brief(row: Any) -> dict[str, Any]:
    """A document of the list."""
    return {
        "id": str(row.pk),
        "file": row.file.name,
        "batch": row.file.batch.number,
        "state": row.state,
        "client": row.client.name if row.client else "",
        "number": row.number,
        "doubtful": row.doubtful,
        "because": [one["says"] for one in row.doubts],
    }


def in_a_line(said: dict[str, Any]) -> str:
    return (
        f"{said['id']}  batch {said['batch']}  {said['state']:<10} {said['doubtful']:>2} doubtful"
        f"  {said['number'] or '-'}  {said['file']}  {said['client']}"
    )


@review.command()
@click.argument("document", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(document: UUID, as_json: bool) -> None:
    """Show what was read in one document: values, confidence, reasons, corrections."""
    home.open_home()
    from usance import models
    from usance.domain.capture.review import DECIDABLE
    from usance.queries import capture, resolution

    row = models.Reading.objects.select_related("file").filter(pk=document).first()
    if row is None:
        home.say(f"There is no document {document}. `usance review list --state all` shows them.")
        raise SystemExit(home.REFUSED)
    fields = capture.read(row).fields.values() if row.content else ()
    clients = []
    if row.content and row.state in DECIDABLE:
        paper = capture.read(row).invoice
        if capture.parties_of(row, paper)[0] is None:
            clients = [
                {"id": str(one.id), "name": one.name, "because": list(one.because)}
                for one in resolution.clients([paper.seller])[paper.seller].candidates
            ]
    told = whole(row, fields, clients)
    click.echo(json.dumps(told) if as_json else "\n".join(in_lines(told)))


def whole(
    row: Any, fields: Iterable[Any], clients: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """One document with what was read, and what a person made of it.

    :param clients: that its seller may be, where nobody knows whose it is.
    """
    return {
        "id": str(row.pk),
        "file": row.file.name,
        "state": row.state,
        "version": row.version,
        "remark": row.remark,
        "fields": {
            one.name: {
                "value": one.value,
                "confidence": one.confidence,
                "reasons": [reason.says for reason in one.reasons],
            }
            for one in fields
        },
        "because": row.doubts,
        "clients": list(clients),
        "corrections": [
            {"field": one.field, "read": one.read, "said": one.said, "actor": one.actor}
            for one in row.corrections.order_by("pk")
        ],
        "invoice": str(row.invoice_id or ""),
    }


def in_lines(told: dict[str, Any]) -> Iterator[str]:
    yield f"{told['file']}: {told['state']} {told['remark']}".rstrip()
    for name, field in told["fields"].items():
        reasons = " ".join(field["reasons"])
        yield f"  {name:<18} {field['confidence']:.2f}  {field['value']}  ({reasons})"
    for doubt in told["because"]:
        yield f"  ! {doubt['says']}"
    for one in told["clients"]:
        yield f"  ? client {one['name']} ({', '.join(one['because'])})  {one['id']}"
    for one in told["corrections"]:
        yield f"  corrected: {one['field']}: {one['read'] or '-'} -> {one['said'] or '-'}"
