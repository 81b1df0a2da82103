"""Terms with clients from the command line: what holds, what an invoice costs, market rates."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

from . import home, named
from .signing import at_the_shell, refusing

if TYPE_CHECKING:
    from usance.domain.finance import Quote
    from usance.domain.money import Money

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def facility() -> None:
    """Terms with clients: what holds, what we knew, what an invoice would cost."""


@facility.command()
@click.argument("client")
@click.option("--on", type=DAY, help="The day for which they hold; without it: today.")
@click.option("--known-on", type=DAY, help="As we knew it by the end of that day.")
@click.option("--json", "as_json", is_flag=True)
def show(client: str, on: datetime | None, known_on: datetime | None, as_json: bool) -> None:
    """What is agreed with CLIENT, in plain words."""
    home.open_home()
    from usance import clock
    from usance.domain.finance import in_words
    from usance.models.agreement import agreement_kept
    from usance.queries import facilities

    row = named.client(client)
    then = None
    if known_on is not None:
        then = datetime.combine(known_on.date(), datetime.max.time(), UTC)
    day = on.date() if on else clock.now().date()
    found = list(facilities.holding([row.pk], on=day, known_at=then).order_by("currency"))
    if as_json:
        told = [
            {"id": str(one.pk), "known_from": one.known_from.isoformat(),
             "known_to": one.known_to.isoformat() if one.known_to else None,
             "proposed_by": one.proposed_by, "approved_by": one.approved_by,
             "terms": agreement_kept(one.agreement())}
            for one in found
        ]  # fmt: skip
        click.echo(json.dumps(told))
    else:
        for one in found:
            click.echo(f"{row.name}, {one.currency}, from {one.valid_from}")
            for sentence in in_words(one.agreement()):
                click.echo(f"  {sentence}")
    if not found:
        home.say(f"No terms held with {row.name} on {day}.")
    raise SystemExit(0 if found else 1)


@facility.command()
@click.argument("client")
@click.argument("amount")
@click.argument("currency")
@click.option("--paid-on", type=DAY, required=True, help="When the debtor is taken to pay.")
@click.option("--issued-on", type=DAY, help="The date on the invoice; without it: today.")
@click.option("--json", "as_json", is_flag=True)
def quote(
    client: str,
    amount: str,
    currency: str,
    paid_on: datetime,
    issued_on: datetime | None,
    as_json: bool,
) -> None:
    """What an invoice of AMOUNT CURRENCY would bring CLIENT, and cost it, if we bought it today.

    Exit code 1: it goes beyond what is left of the facility, and would not be bought.
    """
    from usance.domain.money import Money, NotMoney

    try:
        face = Money.of(amount, currency.upper())
    except NotMoney as broken:
        raise click.UsageError(str(broken)) from None
    if face.minor <= 0:
        raise click.UsageError("AMOUNT is more than zero.")
    home.open_home()
    from usance import clock
    from usance.queries import quotes

    row, today = named.client(client), clock.now().date()
    with refusing():
        told = quotes.of(
            row.pk, face, today=today, paid_on=paid_on.date(),
            issued_on=issued_on.date() if issued_on else None,
        )  # fmt: skip
        left = quotes.left(row.pk, face.currency, today=today)
    fits = told.fits(left)
    rows = {
        "face": face, "advance": told.deal.advance, "reserve": told.reserve,
        "service fee": told.cost.service, "fee in brackets": told.cost.brackets,
        "interest": told.cost.interest, "adjustment": told.cost.adjustment, "tax": told.cost.vat,
        "cost": told.cost.total, "rebate": told.rebate, "left": left,
        "paid now": told.paid_now(left),
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(_plain(rows, told)))
        raise SystemExit(0 if fits else 1)
    if paid := told.across:
        rows |= {"advance paid": paid.advance, "rebate paid": paid.rebate}
    for name, money in rows.items():
        click.echo(f"{name:<16} {money.decimal:>16} {money.currency}")
    if told.annual is not None:
        click.echo(f"{'a year':<16} {told.annual * 100:>14.2f} % of the advance")
    if not fits:
        home.say(f"{told.draws} is more than the {left} left of the facility: it would not be"
                 " bought, and nothing paid. Ask for less, or wait for payments.")  # fmt: skip
    raise SystemExit(0 if fits else 1)


def _plain(rows: "dict[str, Money]", told: "Quote") -> dict[str, Any]:
    """For programs: minor units."""
    plain: dict[str, Any] = {name.replace(" ", "_"): m.minor for name, m in rows.items()}
    annual = None if told.annual is None else str(told.annual)
    plain |= {"currency": told.deal.face.currency, "annual": annual}
    if paid := told.across:
        plain["across"] = {
            "currency": paid.rate.into, "advance": paid.advance.minor,
            "rebate": paid.rebate.minor, "rate": f"{paid.rate.rate.normalize():f}",
            "published_on": paid.rate.published_on.isoformat(),
        }  # fmt: skip
    return plain


@facility.command()
@click.option("--json", "as_json", is_flag=True)
def waiting(as_json: bool) -> None:
    """Terms that wait for a second person's approval. Exit code 1: there are some."""
    home.open_home()
    from usance.queries import facilities

    found = list(facilities.waiting().order_by("pk"))
    with home.listing("No terms wait.") as put:
        if as_json:
            put(json.dumps([
                {"id": str(one.pk), "client": one.client.name, "digest": one.digest,
                 "proposed_by": one.proposed_by, "terms": one.content}
                for one in found
            ]))  # fmt: skip
        else:
            for one in found:
                put(f"{one.proposed_at:%Y-%m-%d}  {one.client.name}  by {one.proposed_by}")
    raise SystemExit(1 if found else 0)


@facility.command()
@click.argument("name")
@click.argument("rate")
@click.argument("first", type=DAY)
@click.argument("last", type=DAY)
@click.option("--source", required=True, help="Who published it, and when.")
def rate(name: str, rate: str, first: datetime, last: datetime, source: str) -> None:
    """Enter that the reference rate NAME is RATE (0.0325 is 3.25 %) from FIRST to LAST.

    The same days again correct it.
    """
    try:
        share = Decimal(rate)
    except InvalidOperation:
        raise click.UsageError(f"{rate} is no number.") from None
    if not abs(share) <= 1:
        raise click.UsageError("RATE is a share: 0.0325 is 3.25 %.")
    home.open_home()
    from usance.actions import terms

    days: dict[str, date] = {"first": first.date(), "last": last.date()}
    with refusing():
        row = terms.enter_rate(name, share, **days, source=source, **at_the_shell())
    click.echo(f"{row.name} is {row.rate} from {row.first} to {row.last}.")
