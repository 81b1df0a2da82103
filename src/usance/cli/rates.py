"""Exchange rates and what positions in other currencies are worth, from the command line."""

import json
from datetime import datetime
from pathlib import Path

import click

from . import home
from .signing import at_the_shell, refusing

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def rates() -> None:
    """What currencies are worth, and what the books hold in them."""


@rates.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_them(as_json: bool) -> None:
    """The last rate of each currency: units for one euro. Exit code 1 while typed ones wait for a
    second person."""
    home.open_home()
    from usance import clock
    from usance.queries import exchange as query

    today, waiting = clock.now().date(), query.waiting().count()
    with home.listing("No rate is known yet. `usance rates import` brings some.") as put:
        for row in query.latest():
            told = {"currency": row.currency, "published_on": row.published_on.isoformat(),
                    "per_euro": row.plain, "source": row.source}  # fmt: skip
            age = (today - row.published_on).days
            line = (
                f"{row.currency} {row.plain:>14}  {row.published_on}  {row.source}, {age} days old"
            )
            put(json.dumps(told) if as_json else line)
    if waiting:
        home.say(f"{waiting} typed rates wait for a second person: Settings, Exchange rates.")
    raise SystemExit(1 if waiting else 0)


@rates.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--source", default="ecb", help="Whose format it is; without it ecb.")
def import_(file: Path, source: str) -> None:
    """Take in a FILE of rates as it is published, such as the ECB's eurofxref-daily.xml or
    eurofxref-hist-90d.xml. The same again is nothing new."""
    home.open_home()
    from usance.actions import exchange

    data = file.read_bytes()
    with refusing():
        found, new = exchange.import_file(data, source=source, name=file.name, **at_the_shell())
    click.echo(f"{new} of {found} rates are new")


@rates.command("home")
@click.argument("currency", required=False)
def home_currency(currency: str | None) -> None:
    """Show the currency of the book, or choose it as long as nothing was valued in another."""
    home.open_home()
    from usance.actions import exchange
    from usance.queries import exchange as query

    if currency:
        with refusing():
            exchange.choose_home(currency, **at_the_shell())
    click.echo(query.home() or "none: nothing is valued in another currency")


@rates.command()
@click.option("--through", type=DAY, help="The last day; without it yesterday.")
@click.option("--month", type=click.DateTime(["%Y-%m"]), help="Revalue at the end of this month.")
def value(through: datetime | None, month: datetime | None) -> None:
    """Value what is booked in other currencies, as the day's end does.

    Exit code 1 while a rate is missing.
    """
    home.open_home()
    from datetime import timedelta

    from usance import clock
    from usance.actions import valuing
    from usance.domain.periods import month as month_of

    day = through.date() if through else clock.now().date() - timedelta(days=1)
    with refusing():
        done = valuing.value(through=day, **at_the_shell())
    click.echo(f"{done.days} days of currencies were valued")
    for says in done.missing:
        home.say(f"{says}. `usance rates import FILE` brings it in.")
    if month:
        _, last = month_of(month.date())
        with refusing():
            entries = valuing.revalue(last, **at_the_shell())
        click.echo(f"{len(entries)} entries at the closing rates of {last}")
    raise SystemExit(1 if done.missing else 0)


@rates.command()
@click.option("--on", type=DAY, help="The evening of this day; without it yesterday's.")
@click.option("--json", "as_json", is_flag=True)
def positions(on: datetime | None, as_json: bool) -> None:
    """What each account holds in other currencies: carried, worth, and the difference.

    Exit code 1 while something is not valued yet.
    """
    home.open_home()
    from datetime import timedelta

    from usance import clock
    from usance.queries import exchange as query

    day = on.date() if on else clock.now().date() - timedelta(days=1)
    base = query.home()
    lacking = query.behind(base, through=day) if base else []
    with home.listing("Nothing is held in other currencies.") as put:
        for one in query.positions(base, on=day) if base else []:
            told = {"account": one.account.value, "name": one.name, "currency": one.units.currency,
                    "units_minor": one.units.minor, "home": base,
                    "carried_minor": one.carried.minor,
                    "worth_minor": one.worth.minor,
                    "unrealised_minor": one.unrealised.minor}  # fmt: skip
            line = (f"{one.account.value} {one.name:<24} {one.units!s:>20} {one.carried!s:>20}"
                    f" {one.worth!s:>20} {one.unrealised!s:>16}")  # fmt: skip
            put(json.dumps(told) if as_json else line)
    for currency, since in lacking:
        home.say(f"{currency} of {since} is not valued yet.")
    raise SystemExit(1 if lacking else 0)
