"""Requests and offers from the command line: what a client may sell, what it brings, answers."""

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from . import home, named
from .signing import refusing, signed_in

if TYPE_CHECKING:
    from usance import models
    from usance.queries.offers import Chosen, Considered


AS = click.option(
    "--as", "login", required=True, help="Who answers for it; the password is asked for."
)


@click.group()
def offer() -> None:
    """Requests and offers: what clients may sell, and what we offer for it."""


@offer.command("list")
@click.option("--all", "every", is_flag=True, help="Also those with clients, and those that ended.")
@click.option("--json", "as_json", is_flag=True)
def list_them(every: bool, as_json: bool) -> None:
    """Offers that wait for our people, the oldest first. Exit code 1 while there is one."""
    home.open_home()
    from usance.queries import offers as query

    rows = list((query.matching() if every else query.to_decide()).order_by("pk")[:500])
    with home.listing("No offer was asked for yet." if every else "No offer waits for us.") as put:
        for row in rows:
            put(json.dumps(plain(row)) if as_json else told(row))
    raise SystemExit(bool(rows) and not every)


@offer.command()
@click.argument("client")
@click.option("--invoice", "invoices", type=click.UUID, multiple=True, help="Only these, together.")
@click.option("--json", "as_json", is_flag=True)
def choices(client: str, invoices: tuple[UUID, ...], as_json: bool) -> None:
    """What CLIENT may sell, what it brings if it is bought today, or why we would not buy it."""
    home.open_home()
    from usance import clock
    from usance.queries import offers as query

    whose, today = named.client(client).pk, clock.now().date()
    with refusing():
        found = (
            [query.considered(whose, invoices, today=today)] if invoices
            else query.choices(whose, today=today)
        )  # fmt: skip
    for one in found:
        for line in chosen(one):
            click.echo(json.dumps(line) if as_json else _shown(line))


@offer.command()
@click.argument("client")
@click.argument("invoices", type=click.UUID, nargs=-1, required=True)
@AS
def ask(client: str, invoices: tuple[UUID, ...], login: str) -> None:
    """Ask for an offer for INVOICES of CLIENT, on its word."""
    _do(login, lambda offers, signed: offers.ask(named.client(client).pk, invoices, **signed))


@offer.command()
@click.argument("offer", type=click.UUID)
@click.option("--refuse", is_flag=True, help="Nothing is offered.")
@click.option("--remark", default="", help="The client reads it if nothing is offered.")
@AS
def decide(offer: UUID, refuse: bool, remark: str, login: str) -> None:
    """Be for OFFER as it stands now, or refuse it. A second person makes it an offer."""

    def act(offers: Any, signed: dict[str, Any]) -> Any:
        seen = _seen(offer)
        return offers.decide(offer, agrees=not refuse, seen=seen, remark=remark, **signed)

    _do(login, act)


@offer.command()
@click.argument("offer", type=click.UUID)
@AS
def accept(offer: UUID, login: str) -> None:
    """The client accepts OFFER as it stands now: all of it is bought."""
    _do(login, lambda offers, signed: offers.accept(offer, seen=_seen(offer), **signed))


@offer.command()
@click.argument("offer", type=click.UUID)
@click.option("--remark", default="", help="For the timeline.")
@AS
def decline(offer: UUID, remark: str, login: str) -> None:
    """The client declines OFFER, or takes its request back."""
    _do(login, lambda offers, signed: offers.decline(offer, remark=remark, **signed))


def _do(login: str, act: Any) -> None:
    home.open_home()
    from usance import clock
    from usance.actions import offers

    who = signed_in(login)
    with refusing():
        row = act(offers, {**who, "at": clock.now()})
    click.echo(told(row))


def _seen(pk: UUID) -> str:
    """The hash of the offer as it stands now."""
    from usance import clock
    from usance.domain.finance import offering
    from usance.queries import offers as query

    row = query.matching().get(pk=pk)
    lines = query.priced(row, today=clock.now().date())
    return offering.content(row.client_id, row.facility_id, lines)


def told(row: "models.Offer") -> str:
    """An offer in a line."""
    until = f", through {row.valid_through}" if row.valid_through else ""
    return f"{row.pk}  {row.state:<8} {row.advance} for {row.face}, cost {row.cost}{until}"


def plain(row: "models.Offer") -> dict[str, Any]:
    """The same for programs: amounts in minor units."""
    return {
        "id": str(row.pk), "client": str(row.client_id), "state": row.state,
        "currency": row.currency, "face_minor": row.face_minor,
        "advance_minor": row.advance_minor, "cost_minor": row.cost_minor,
        "priced_on": str(row.priced_on), "instant": row.instant,
        "valid_through": str(row.valid_through) if row.valid_through else None,
        "invoices": [str(line.invoice_id) for line in row.lines.all()],
    }  # fmt: skip


def chosen(found: "Considered") -> list[dict[str, Any]]:
    """Invoices that may be sold, for programs: amounts in minor units."""
    return [
        {"invoice": str(one.row.pk), "number": one.row.number, "currency": one.row.currency,
         "face_minor": one.row.face_minor, "advance_minor": one.line.quote.deal.advance.minor,
         "cost_minor": one.line.quote.cost.total.minor,
         "recourse_days": one.line.recourse_days, "fallback": one.fallback,
         "recourse_share": _share(one), "recourse_most_minor": one.line.extent.most,
         "refused": [{"code": no.code, "says": no.says} for no in one.no]}
        for one in found.chosen
    ]  # fmt: skip


def _share(one: "Chosen") -> str | None:
    share = one.line.extent.share
    return None if share is None else f"{share:f}"


def _shown(line: dict[str, Any]) -> str:
    from usance.domain.finance.extent import Extent, in_words
    from usance.domain.money import Money

    share, most = line["recourse_share"], line["recourse_most_minor"]
    said = Extent(share=None if share is None else Decimal(share), most=most)
    money = {
        name: Money(line[f"{name}_minor"], line["currency"]) for name in ("face", "advance", "cost")
    }
    if line["refused"]:
        return f"{line['invoice']}  {line['refused'][0]['says']}"
    without = line["recourse_days"] is None
    recourse = "without recourse" if without else f"recourse {line['recourse_days']} d"
    if part := in_words(said, line["currency"]):
        recourse = f"{recourse}, {part}"
    return (
        f"{line['invoice']}  {line['number']}: {money['advance']} for {money['face']},"
        f" cost {money['cost']}, {recourse}"
    )
