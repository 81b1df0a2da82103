"""`usance issue`: drafts of invoices that we write for clients, and their activation."""

import json
from typing import Any
from uuid import UUID

import click

from . import home
from .signing import at_the_shell, refusing, signed_in

STATES = ("open", "draft", "waiting", "issued", "discarded")


@click.group()
def issue() -> None:
    """Invoices that we write for clients. They are drafted at the office, or by the API."""


@issue.command("list")
@click.option("--state", type=click.Choice(STATES), default="open", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One line for each draft.")
def list_(state: str, as_json: bool) -> None:
    """List drafts, the oldest first; open: drafts and those that wait for a second person."""
    home.open_home()
    from usance.domain.intake.issuing import OPEN, State
    from usance.queries import issuing

    states = OPEN if state == "open" else (State(state),)
    for row in issuing.of_client(None, states).order_by("pk").iterator(chunk_size=500):
        told = brief(row)
        click.echo(json.dumps(told) if as_json else in_a_line(told))


@issue.command()
@click.argument("draft", type=click.UUID)
@click.option("--as", "login", required=True, help="Who issues it; the password is asked for.")
def activate(draft: UUID, login: str) -> None:
    """Issue DRAFT, if the client's rule lets it out; else it waits for a second person, which is
    you if somebody else prepared it. Exit code 1: it waits now."""
    home.open_home()
    from usance import clock, models
    from usance.actions import issuing

    who = signed_in(login)
    with refusing():
        row = models.Draft.objects.get(pk=draft)
        row = issuing.activate(draft, seen=row.digest, at=clock.now(), **who)
    click.echo(f"Issued as {row.number}" if row.number else f"It waits: {row.because}")
    raise SystemExit(0 if row.number else 1)


@issue.group()
def recurring() -> None:
    """Invoices that are written each month. The office and the API agree on new ones."""


@recurring.command("list")
@click.option("--json", "as_json", is_flag=True, help="One line for each.")
def list_recurring(as_json: bool) -> None:
    """What is written each month, the oldest first; what was stopped is left out."""
    home.open_home()
    from usance.queries import issuing

    for row in issuing.recurring().order_by("pk").iterator(chunk_size=500):
        told = {
            "id": str(row.pk), "name": row.name, "client": row.client.name,
            "debtor": row.debtor.name if row.debtor else "", "gross": str(issuing.gross_of(row)),
            "day": row.day, "since": str(row.since), "until": str(row.until) if row.until else None,
        }  # fmt: skip
        click.echo(
            json.dumps(told)
            if as_json
            else f"{row.pk}  day {row.day:<2} {told['gross']:>18}"
            f"  {row.name}: {told['client']} to {told['debtor'] or '-'}"
        )


@recurring.command()
@click.argument("which", type=click.UUID)
def stop(which: UUID) -> None:
    """Write WHICH no more; drafts that were made stay."""
    home.open_home()
    from usance.actions import recurring as action

    with refusing():
        row = action.stop(which, **at_the_shell())
    click.echo(f"{row.name} is written no more")


def brief(row: Any) -> dict[str, str]:
    """A draft of the list."""
    return {
        "id": str(row.pk),
        "state": row.state,
        "kind": row.kind,
        "number": row.number,
        "client": row.client.name,
        "debtor": row.debtor.name if row.debtor else "",
        "gross": str(row.gross),
        "prepared_by": row.prepared_by,
        "because": row.because,
    }


def in_a_line(said: dict[str, str]) -> str:
    return (
        f"{said['id']}  {said['state']:<9} {said['number'] or '-':<12} {said['gross']:>18}"
        f"  {said['client']} to {said['debtor'] or '-'}"
    )
