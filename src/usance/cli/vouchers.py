"""Hand entries to the bookkeeping of others from the command line, and take its answers."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from . import home
from .signing import at_the_shell, refusing

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def vouchers() -> None:
    """Export entries as vouchers: SIE 4, DATEV, CSV."""


@vouchers.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_them(as_json: bool) -> None:
    """The bookkeepings that take our entries, and what each has not got yet.

    Exit code 1 while vouchers failed there.
    """
    home.open_home()
    from usance import clock
    from usance.queries import vouchers as query

    today = clock.now().date()
    with home.listing("No bookkeeping takes our entries: `usance vouchers add`.") as put:
        for row in query.targets():
            waiting = [] if row.ended_at else query.pending(row, until=today)
            if as_json:
                put(json.dumps(_plain(row, waiting)))
                continue
            put(f"{row.name}: {row.format}, {row.chart}, series {row.series}")
            for one in waiting:
                put(f"  {one.entries:>8} pending  {one.currency} {one.first_on} – {one.last_on}")
    failed = query.failed()
    if failed:
        home.say(f"{failed} vouchers failed; the office lists them under Ledger, Exports.")
    raise SystemExit(1 if failed else 0)


@vouchers.command("set")
@click.argument("name")
@click.option("--format", "format_", required=True, help="sie4, datev, csv_vouchers.")
@click.option("--chart", required=True, help="bas, skr03, skr04, own.")
@click.option("--series", default="U", help="Of the vouchers' numbers; without it U.")
@click.option("--year-begins", type=click.IntRange(1, 12), default=1, help="Month.")
@click.option("--since", type=DAY, required=True, help="The first day that is exported.")
@click.option("--number", "numbers", multiple=True, metavar="OURS=THEIRS", help="Of an account.")
@click.option("--in-home", is_flag=True, help="All currencies at their worth in the book's own.")
@click.option("--setting", "settings", multiple=True, metavar="NAME=VALUE", help="Of the format.")
def set_target(
    name: str,
    format_: str,
    chart: str,
    series: str,
    year_begins: int,
    since: datetime,
    numbers: tuple[str, ...],
    in_home: bool,
    settings: tuple[str, ...],
) -> None:
    """Set up the bookkeeping NAME, or change it."""
    pairs = _pairs(numbers, "--number"), _pairs(settings, "--setting")
    home.open_home()
    from usance.actions import vouchers as action

    with refusing():
        row = action.set_target(
            name=name, format=format_, chart=chart, series=series, year_begins=year_begins,
            since=since.date(), numbers=pairs[0], settings=pairs[1], in_home=in_home,
            **at_the_shell(),
        )  # fmt: skip
    click.echo(f"{row.pk}  {row.name}")


@vouchers.command()
@click.argument("name")
def end(name: str) -> None:
    """Export nothing more to the bookkeeping NAME. Set again, it goes on."""
    home.open_home()
    from usance.actions import vouchers as action

    with refusing():
        action.end_target(_target(name).pk, **at_the_shell())
    click.echo(f"Nothing more is exported to {name}.")


@vouchers.command()
@click.argument("name")
@click.option("--until", type=DAY, help="The last day taken along; without it today.")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--json", "as_json", is_flag=True)
def export(name: str, until: datetime | None, folder: Path, as_json: bool) -> None:
    """Export what the bookkeeping NAME has not got yet, into files in a folder.

    Each entry goes once. Nothing pending: no file.
    """
    home.open_home()
    from usance import clock
    from usance.actions import vouchers as action
    from usance.queries.parcels import stored

    target, day = _target(name), until.date() if until else clock.now().date()
    with refusing():
        made = action.export(target.pk, until=day, **at_the_shell())
    folder.mkdir(parents=True, exist_ok=True)
    for row in made:
        place = folder / row.document.name
        place.write_bytes(stored(row.document_id))
        told = {"id": str(row.pk), "file": str(place), "currency": row.currency,
                "vouchers": row.vouchers, "postings": row.postings,
                "total_minor": int(row.total_minor), "sha256": row.document_id}  # fmt: skip
        says = f"{place}  {row.vouchers} vouchers, {row.first_on} – {row.last_on}"
        click.echo(json.dumps(told) if as_json else says)
    if not made:
        home.say(f"{name} has everything up to {day}.")


@vouchers.command()
@click.argument("name")
@click.argument("currency")
@click.argument("year", type=click.IntRange(2000, 2100))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def year(name: str, currency: str, year: int, file: Path) -> None:
    """Write the whole fiscal YEAR in CURRENCY into FILE, with opening and closing balances.

    For an auditor: it hands nothing over. Of any length, in the same memory.
    """
    home.open_home()
    from django.db import transaction

    from usance import clock
    from usance.domain.vouchers import TargetUnfit, fiscal_year
    from usance.plugins.vouchers import Unwritable
    from usance.queries import vouchers as query

    target = _target(name)
    first, last = fiscal_year(date(year, target.year_begins, 1), target.year_begins)
    with refusing():
        try:
            with transaction.atomic(), file.open("wb") as out:  # A cursor of the server needs one.
                head = query.head(
                    target, currency=currency, year=year, first_on=first, last_on=last,
                    name=f"{year}-{currency}", made_at=clock.now(), with_standings=True,
                )  # fmt: skip
                written = query.load(target.format).write(
                    query.of_year(target, currency, year), head
                )
                size = sum(map(out.write, written))
        except Unwritable as no:
            raise TargetUnfit(str(no)) from no
    click.echo(f"{file}  {size} bytes")


@vouchers.command()
@click.argument("batch")
@click.argument("state", type=click.Choice(["exported", "booked", "failed", "pending"]))
@click.option("--number", type=click.IntRange(1), help="Of one voucher; without it all of them.")
@click.option("--theirs", default="", help="Its number there; without it it has ours.")
@click.option("--series", default="", help="Its series there.")
@click.option("--external", default="", help="Their id of what they took.")
@click.option("--error", default="", help="Why it failed.")
def answer(
    batch: str, state: str, number: int | None, theirs: str, series: str, external: str, error: str
) -> None:
    """Say what became of the vouchers of BATCH, by its name. Said twice is said once."""
    home.open_home()
    from usance import models
    from usance.actions import vouchers as action
    from usance.domain.vouchers import Answer, State

    row = models.VoucherBatch.objects.filter(name=batch).first()
    if row is None:
        home.say(f"No export is called {batch}.")
        raise SystemExit(home.REFUSED)
    said = Answer(state=State(state), number=number, their_number=theirs, their_series=series,
                  external=external, error=error)  # fmt: skip
    with refusing():
        changed = action.take_answers(row.pk, [said], **at_the_shell())
    click.echo(f"{changed} vouchers are {state} now")


def _target(name: str) -> Any:
    from usance import models

    row = models.VoucherTarget.objects.filter(name=name).first()
    if row is None:
        home.say(f"No bookkeeping is called {name}. `usance vouchers list` shows them.")
        raise SystemExit(home.REFUSED)
    return row


def _pairs(said: tuple[str, ...], option: str) -> dict[str, str]:
    found = dict(one.partition("=")[::2] for one in said)
    if not all(found) or not all(found.values()):
        raise click.BadParameter("written as NAME=VALUE", param_hint=option)
    return found


def _plain(row: Any, waiting: Any) -> dict[str, Any]:
    return {
        "id": str(row.pk), "name": row.name, "format": row.format, "chart": row.chart,
        "series": row.series, "year_begins": row.year_begins, "since": str(row.since),
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "pending": [
            {"currency": one.currency, "year": one.year, "entries": one.entries,
             "first_on": str(one.first_on), "last_on": str(one.last_on)} for one in waiting
        ],
    }  # fmt: skip
