"""`usance statement`: read what a bank's file says, without a database; or book it."""

import json
import sys
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from usance.domain.finding import Finding
from usance.domain.money import Money
from usance.domain.payment import BankLine, Ordered, Reference, Statement
from usance.plugins import statements

from . import held_statement, home
from .told import counted, fault

LARGEST_BYTES = 512 * 1024 * 1024
SMALLER = "Ask the bank for a file per account or day."


@click.group()
def statement() -> None:
    """Bank statements."""


for command in (held_statement.held, held_statement.take, held_statement.lay_aside):
    statement.add_command(command)


@statement.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON line per file on stdout.")
def read(files: tuple[Path, ...], as_json: bool) -> None:
    """Read FILES of any known format and print their statements and lines.

    Exit code 0 if every file was read (findings are printed), 1 if one could not be read.
    """
    failed = False
    for path in files:
        reading = examined(path)
        failed |= not reading.statements and bool(reading.findings)
        if as_json:
            _write(path, reading)
        else:
            _print(path, reading)
    sys.exit(1 if failed else 0)


def examined(path: Path) -> statements.Reading:
    """What a file says; of a long one neither bytes nor lines are held in memory."""
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            return _refused("file_too_large", f"{size} bytes are more than we read at once.",
                            SMALLER)  # fmt: skip
        with path.open("rb") as file:
            return statements.examine(file)
    except OSError as broken:
        return _refused("file_unreadable", f"{broken.strerror}.", "Check the path and your rights.")


def _refused(code: str, says: str, todo: str) -> statements.Reading:
    return statements.Reading(format="", findings=(Finding(code=code, says=says, todo=todo),))


def _print(path: Path, reading: statements.Reading) -> None:
    click.echo(f"{path}: {reading.format or 'unknown format'}")
    for one in reading.statements:
        click.echo(f"  {one.account} {one.reference}  {one.opening} → {one.closing}")
        for line in one.lines:
            words = [line.counterparty, *(ref.value for ref in line.references), *line.texts]
            said = " · ".join(word for word in words if word)
            click.echo(f"    {line.booked_on} {line.amount!s:>18}  {said}")
    for finding in reading.findings:
        line = fault(finding.says, where=finding.where, todo=finding.todo)
        click.echo(f"  {finding.severity}: {line}", err=True)


def _write(path: Path, reading: statements.Reading) -> None:
    """The file as one JSON line, a bank line at a time: a file may hold a million."""
    begun = {"file": str(path), "format": reading.format}
    click.echo(_json(begun)[:-1] + ', "statements": [', nl=False)
    for nth, one in enumerate(reading.statements):
        told = plain(replace(one, lines=()))
        del told["lines"]
        click.echo((", " if nth else "") + _json(told)[:-1] + ', "lines": [', nl=False)
        for place, line in enumerate(one.lines):
            click.echo((", " if place else "") + _json(plain(line)), nl=False)
        click.echo("]}", nl=False)
    click.echo('], "findings": ' + _json([plain(one) for one in reading.findings]) + "}")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def plain(value: Statement | BankLine | Reference | Ordered | Finding) -> dict[str, Any]:
    """A value as JSON shows it: money as minor units and currency, days as ISO 8601."""
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: object) -> object:
    match value:
        case Money():
            return {"minor": value.minor, "currency": value.currency}
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(one) for one in value]
        case BankLine() | Reference() | Ordered():
            return plain(value)
        case Decimal():
            return f"{value:f}"
    return value


@statement.command("import")
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--gap-known", is_flag=True, help="The bank says that there is no statement with the"
              " numbers that are left out.")  # fmt: skip
@click.option("--account", default="", metavar="IBAN", help="Of ours, where a file does not name"
              " its account or currency (CSV).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file and line.")
def import_(paths: tuple[Path, ...], gap_known: bool, account: str, as_json: bool) -> None:
    """Book what the bank reports; a movement that stands in the books already is left alone.

    A file that is refused changes nothing; the others go on. Exit code 3 if one was refused.
    """
    home.open_home()
    from usance import clock
    from usance.actions import payment
    from usance.domain.refusal import Refusal

    refused = False
    for path in paths:
        try:
            if path.stat().st_size > LARGEST_BYTES:
                raise payment.StatementBroken("It is more than we read at once", todo=SMALLER)
            with path.open("rb") as file:
                done = payment.import_statement(
                    path.name, file, gap_known=gap_known, of_account=account,
                    at=clock.now(), actor="cli",
                )  # fmt: skip
        except Refusal as refusal:
            refused = True
            told = {"code": refusal.code, "says": str(refusal), "todo": refusal.todo}
            _tell(
                path,
                {"refused": told},
                f"refused: {fault(str(refusal), todo=refusal.todo)}",
                as_json,
            )
            continue
        except OSError as trouble:
            refused = True
            _tell(path, {"refused": {"code": "unreadable_file", "says": str(trouble)}},
                  f"{trouble.strerror}. Name a file that can be read.", as_json)  # fmt: skip
            continue
        _tell(
            path,
            {"statements": done.statements, "lines": done.lines, "known": done.known},
            f"{counted(done.lines, 'new movement')}, {done.known} known,"
            f" {counted(done.statements, 'statement')}",
            as_json,
        )
    raise SystemExit(home.REFUSED if refused else 0)


def _tell(path: Path, told: dict[str, object], words: str, as_json: bool) -> None:
    click.echo(json.dumps({"file": str(path)} | told) if as_json else f"{path}: {words}")
