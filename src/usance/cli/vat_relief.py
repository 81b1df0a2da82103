"""`usance vat-relief`: the VAT in what a client's debtors never paid, as text, JSON, CSV or PDF."""

import json
from datetime import datetime
from pathlib import Path

import click

from . import home, named

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("vat-relief")
@click.argument("client")
@click.option("--on", type=DAY, help="As of the end of this day; without it today.")
@click.option("--json", "as_json", is_flag=True, help="One line for each invoice.")
@click.option("--csv", "as_csv", is_flag=True)
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write a paper.")
def command(
    client: str, on: datetime | None, as_json: bool, as_csv: bool, pdf: Path | None
) -> None:
    """What VAT CLIENT may correct for invoices that came back to it unpaid, and from when.

    Exit code 1 while the VAT of one, or the rule, is not known.
    """
    home.open_home()
    from usance import clock
    from usance.domain.settlement.relief import State
    from usance.queries import vat_relief as query
    from usance.web import exports

    row = named.client(client)
    at = clock.now()
    told = query.of_client(row, on=min(on.date() if on else at.date(), at.date()))
    if pdf is not None:
        pdf.write_bytes(query.paper(told, made_at=at))
        home.say(f"{pdf} written.")
    elif as_csv:
        for piece in exports.written("csv", query.COLUMNS, query.cells(told)):
            click.echo(piece.decode(), nl=False)
    else:
        for cells in query.cells(told):
            plain = ["" if cell is None else str(cell) for cell in cells]
            click.echo(
                json.dumps(dict(zip(query.COLUMNS, plain, strict=True)))
                if as_json
                else "  ".join(one or "-" for one in plain)
            )
    unknown = (State.TAX_UNKNOWN, State.LAW_UNKNOWN)
    raise SystemExit(any(one.found.state in unknown for one in told.lines))
