"""`usance mapping`: tables that wait for their columns, what is proposed, and a yes to it."""

import json
from typing import Any
from uuid import UUID

import click

from . import home, named
from .signing import refusing
from .told import counted


@click.group()
def mapping() -> None:
    """Which column of a client's table is which field."""


@mapping.command("list")
@click.option("--confirmed", is_flag=True, help="What holds, instead of what waits.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object in each line.")
def list_(confirmed: bool, as_json: bool) -> None:
    """Show the tables that wait, or with --confirmed what was said of others."""
    home.open_home()
    from usance.queries import mappings

    rows: list[dict[str, Any]]
    if confirmed:
        rows = [
            {"id": str(row.pk), "client": row.client.name, "columns": row.columns,
             "headings": row.headings, "by": row.confirmed_by,
             "on": f"{row.confirmed_at:%Y-%m-%d}"}
            for row in mappings.of_client()
        ]  # fmt: skip
    else:
        rows = [
            {"id": str(row.pk), "client": row.client.name if row.client else "",
             "file": row.file.name, "batch": row.file.batch.number,
             "since": f"{row.since:%Y-%m-%d %H:%M}"}
            for row in mappings.waiting().order_by("pk")
        ]  # fmt: skip
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else _line(row, confirmed))
    if not rows:
        home.say("Nothing was confirmed yet." if confirmed else "No table waits.")


@mapping.command()
@click.argument("table", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(table: UUID, as_json: bool) -> None:
    """Show what is proposed for a table that waits, column by column, with the reasons."""
    home.open_home()
    seen = _seen(table)
    proposal, said = seen.proposal, seen.proposal.mapping
    columns = [
        {"column": one.column + 1, "heading": one.heading, "field": one.field,
         "confidence": one.confidence, "reasons": [reason.says for reason in one.reasons],
         "samples": list(one.samples)}
        for one in proposal.guesses
    ]  # fmt: skip
    if as_json:
        click.echo(
            json.dumps(
                {"id": str(table), "columns": columns, "currency": said.currency,
                 "decimal": said.writing.decimal, "days": said.writing.days,
                 "doubts": list(proposal.doubts)},
                ensure_ascii=False,
            )
        )  # fmt: skip
        return
    for one in columns:
        field = f"{one['field'] or '–'} {one['confidence']} %" if one["field"] else "–"
        click.echo(f"{one['column']:>3}  {one['heading'] or '(no heading)':<28} {field}")
        for says in one["reasons"]:
            click.echo(f"       {says}")
        click.echo(f"       such as: {', '.join(one['samples'])}")
    for doubt in proposal.doubts:
        click.echo(f"To be settled: {doubt}.")
    home.say(f"If that is right: usance mapping confirm {table}")


@mapping.command()
@click.argument("table", type=click.UUID)
@click.option("--client", help="Whose it is, if the file came without a client.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=N",
              help="Instead of what is proposed; N from 1, 0 leaves it out.")  # fmt: skip
@click.option("--currency", default="", help="Of all rows, if no column says it.")
@click.option("--decimal", type=click.Choice([",", "."]))
@click.option("--days", type=click.Choice(["dmy", "mdy"]))
def confirm(
    table: UUID,
    client: str | None,
    columns: tuple[str, ...],
    currency: str,
    decimal: str | None,
    days: str | None,
) -> None:
    """Say yes to what is proposed, corrected by the options; it is kept, and the file is read."""
    home.open_home()
    from usance import clock
    from usance.actions import mapping as actions
    from usance.domain.intake.mapping import Mapping
    from usance.domain.intake.writing import Writing

    seen = _seen(table)
    proposed = seen.proposal.mapping
    owner = named.client(client) if client else seen.row.client
    if owner is None:
        home.say("Say whose table it is, with --client.")
        raise SystemExit(home.REFUSED)
    chosen = dict(proposed.columns)
    for word in columns:
        name, _, number = word.partition("=")
        if not number.isdecimal():
            raise click.BadParameter(f"{word}: write FIELD=N", param_hint="--column")
        chosen = {field: at for field, at in chosen.items() if field != name}
        chosen = {field: at for field, at in chosen.items() if at != int(number) - 1}
        if int(number):
            chosen[name] = int(number) - 1
    said = Mapping(
        columns=chosen,
        currency=(currency or proposed.currency).upper(),
        writing=Writing(
            decimal=decimal or proposed.writing.decimal, days=days or proposed.writing.days
        ),
    )
    with refusing():
        actions.confirm(table, said, client=owner.pk, role=None, at=clock.now(), actor="cli")
    seen.row.file.refresh_from_db()
    click.echo(f"{seen.row.file.name}: {counted(seen.row.file.taken, 'invoice')} taken in")
    for finding in seen.row.file.findings:
        click.echo(f"  {finding['where']} {finding['says']} {finding['todo']}")


def _seen(table: UUID) -> Any:
    from usance.queries import mappings

    row = mappings.waiting().filter(pk=table).first()
    if row is None:
        home.say(f"No table waits under {table}. `usance mapping list` shows those that do.")
        raise SystemExit(home.REFUSED)
    return mappings.seen(row)


def _line(row: dict[str, Any], confirmed: bool) -> str:
    if confirmed:
        fields = ", ".join(f"{name}={at + 1}" for name, at in row["columns"].items())
        return f"{row['id']}  {row['client']}  {row['on']} {row['by']}  {fields}"
    return f"{row['id']}  {row['client'] or '(client not said)'}  {row['file']}  {row['since']}"
