"""`usance report NAME`: a report of the books as of any day, as text, JSON or CSV."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from . import home
from .signing import refusing

WORDS = ("on", "since", "known", "client", "debtor", "invoice", "currency", "by", "basis",
         "bucket", "account", "kind", "month")  # fmt: skip


@click.command("report")
@click.argument("name", required=False)
@click.option("--on", metavar="DATE", help="The last day that counts; without it today.")
@click.option("--since", metavar="DATE", help="The first day of the period.")
@click.option("--known", metavar="MOMENT", help="Only what was written by then.")
@click.option("--client", metavar="CLIENT", help="One client; none: nobody.")
@click.option("--debtor", metavar="DEBTOR", help="One debtor; none: nobody.")
@click.option("--invoice", metavar="ID", help="An invoice, by its id; none: about no invoice.")
@click.option("--currency", metavar="CODE")
@click.option("--by", type=click.Choice(["client", "debtor", "invoice"]), help="A row for each.")
@click.option("--basis", type=click.Choice(["due", "issued"]), help="From when ages count.")
@click.option("--bucket", metavar="NAME", help="One age only.")
@click.option("--account", metavar="NUMBERS", help="Accounts of the chart, with commas.")
@click.option("--kind", metavar="KIND", help="bought, paid, diluted or taken_back.")
@click.option("--month", metavar="MONTH", help="Handed in in this month, as 2026-03.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each row.")
@click.option("--csv", "as_csv", is_flag=True)
@click.option(
    "--pdf", type=click.Path(dir_okay=False, path_type=Path), help="A client statement as a paper."
)
def report(
    name: str | None, as_json: bool, as_csv: bool, pdf: Path | None, **words: str | None
) -> None:
    """Show report NAME; without a name, say which there are and what each means."""
    home.open_home()
    from usance import clock
    from usance.queries.reports import catalogue, papers

    if name is None:
        _list(as_json)
        return
    given = {word: value for word in WORDS if (value := words.get(word)) is not None}
    at = clock.now()
    with refusing():
        one = catalogue.report(name)
        asked = catalogue.ask(one, given, at=at)
        if pdf is not None:
            _paper_of(one)
            pdf.write_bytes(papers.client(asked, language=_language(asked), at=at))
            click.echo(pdf)
            return
    for line in _written(one, asked, as_json=as_json, as_csv=as_csv):
        click.echo(line, nl=False)


def _list(as_json: bool) -> None:
    from usance.queries.reports import catalogue

    for one in catalogue.REPORTS.values():
        said = {"name": one.name, "title": one.title, "definition": one.says, "takes": one.takes}
        click.echo(json.dumps(said) if as_json else f"{one.name:<18}{one.about}")


def _paper_of(one: Any) -> None:
    if one.name != "client-statement":
        raise click.UsageError("--pdf is for client-statement; the office prints a debtor's.")


def _language(asked: Any) -> str:
    from usance import models

    found: str = models.Client.objects.values_list("language", flat=True).get(pk=asked.client)
    return found


def _written(one: Any, asked: Any, *, as_json: bool, as_csv: bool) -> Iterator[str]:
    """The report in pieces of text, flat in memory."""
    from usance.queries.reports import table
    from usance.web import exports, reporting

    names = [column.name for column in one.columns(asked)]
    rows = reporting.plain(table.everything(one, asked))
    if as_csv:
        for piece in exports.written("csv", names, rows):
            yield piece.decode()
        return
    if as_json:
        for cells in rows:
            said = [cell if isinstance(cell, int | None) else str(cell) for cell in cells]
            yield json.dumps(dict(zip(names, said, strict=True))) + "\n"
        return
    yield "  ".join(names) + "\n"
    for cells in rows:
        yield "  ".join("-" if cell is None else str(cell) for cell in cells) + "\n"
