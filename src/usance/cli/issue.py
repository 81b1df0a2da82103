"""`usance issue`: drafts of invoices that we write for clients, and their activation."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import click

from . import home, named
from .signing import at_the_shell, refusing, signed_in
from .told import fault

STATES = ("open", "draft", "waiting", "issued", "discarded")


class DecimalType(click.ParamType):
    """1234.50: digits and a point, at most four places."""

    name = "figure"

    def convert(self, value: Any, param: Any, ctx: Any) -> Decimal:
        try:
            figure = Decimal(value)
        except InvalidOperation:
            self.fail(f"{value} is no number. Write 1234.50.", param, ctx)
        if not figure.is_finite() or figure < 0 or round(figure, 4) != figure:
            self.fail(f"{value} is below zero, or finer than four places.", param, ctx)
        return figure


@click.group()
def issue() -> None:
    """Invoices that we write for clients: drafts, their activation, and what recurs."""


@issue.command("list")
@click.option("--state", type=click.Choice(STATES), default="open", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One line for each draft.")
def list_(state: str, as_json: bool) -> None:
    """List drafts, the oldest first; open: drafts and those that wait for a second person."""
    home.open_home()
    from usance.domain.intake.issuing import OPEN, State
    from usance.queries import issuing

    states = OPEN if state == "open" else (State(state),)
    with home.listing("No such draft.") as put:
        for row in issuing.of_client(None, states).order_by("pk").iterator(chunk_size=500):
            told = brief(row)
            put(json.dumps(told) if as_json else in_a_line(told))


@issue.command()
@click.argument("client")
@click.argument("debtor")
@click.option("--currency", required=True, help="EUR, SEK …")
@click.option(
    "--line", "lines", type=(str, DecimalType(), DecimalType(), DecimalType()), multiple=True,
    required=True, metavar="TEXT QUANTITY PRICE RATE",
    help="What is charged: net price of one unit, VAT in per cent. Again and again.",
)  # fmt: skip
@click.option("--category", type=click.Choice(["S", "Z", "E", "AE", "K", "G", "O"]), default="S",
              show_default=True, help="Of the VAT of all lines, UNTDID 5305.")  # fmt: skip
@click.option("--due-days", type=click.IntRange(0, 365), default=30, show_default=True)
@click.option("--order", default="", help="The debtor's order number.")
@click.option("--note", default="", help="Printed below.")
@click.option("--as", "login", required=True, help="Who prepares it; the password is asked for.")
def draft(
    client: str, debtor: str, currency: str,
    lines: tuple[tuple[str, Decimal, Decimal, Decimal], ...], category: str, due_days: int,
    order: str, note: str, login: str,
) -> None:  # fmt: skip
    """Draft an invoice of CLIENT to DEBTOR. What stands in its way is said; it is a draft all the
    same. Exit code 1 then."""
    home.open_home()
    from usance import clock
    from usance.actions import issuing
    from usance.domain.intake.entry import Entry, EntryLine
    from usance.queries import issuing as questions

    seller, buyer = named.client(client), named.debtor(debtor)
    said = Entry(
        is_credit_note=False, number="", issued_on=None, due_on=None, currency=currency.upper(),
        seller=questions.party(seller), buyer=questions.party(buyer), order=order, note=note,
        lines=[
            EntryLine(text=text, quantity=quantity, price=price, category=category, rate=rate)
            for text, quantity, price, rate in lines
        ],
    )  # fmt: skip
    who = signed_in(login)
    with refusing():
        row = issuing.write(
            said, client=seller.pk, debtor=buyer.pk, due_days=due_days, at=clock.now(), **who
        )
    click.echo(in_a_line(brief(row)))
    faults = questions.findings(row, today=clock.now().date())
    for one in faults:
        home.say(fault(one.says, todo=one.todo))
    raise SystemExit(1 if faults else 0)


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

    with home.listing("Nothing is written each month.") as put:
        for row in issuing.recurring().order_by("pk").iterator(chunk_size=500):
            told = {
                "id": str(row.pk), "name": row.name, "client": row.client.name,
                "debtor": row.debtor.name if row.debtor else "",
                "gross": str(issuing.gross_of(row)), "day": row.day, "since": str(row.since),
                "until": str(row.until) if row.until else None,
            }  # fmt: skip
            put(
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
