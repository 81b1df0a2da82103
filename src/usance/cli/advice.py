"""`usance advice`: what payers say that they paid: read without a database, kept, withdrawn."""

import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from usance.domain.payment import Advice
from usance.plugins import advices

from . import home
from .signing import at_the_shell, refusing
from .statement import plain
from .told import fault, sentence


@click.group()
def advice() -> None:
    """Payment advices: lists of invoices with amounts that payers send."""


@advice.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="One JSON line per file on stdout.")
def read(files: tuple[Path, ...], as_json: bool) -> None:
    """Read FILES (mail, PDF, CSV, XLSX, UBL RemittanceAdvice) and print what they list.

    Needs no database. Exit code 1 if one is no advice or cannot be used.
    """
    failed = False
    for path in files:
        try:
            reading = advices.examine(path.read_bytes())
        except OSError as trouble:
            home.say(f"{path}: {trouble.strerror}. Name a file that can be read.")
            failed = True
            continue
        failed |= bool(reading.findings)
        if as_json:
            told = {
                "file": str(path), "format": reading.format,
                "advices": [_plain(one) for one in reading.advices],
                "findings": [plain(one) for one in reading.findings],
            }  # fmt: skip
            click.echo(json.dumps(told, ensure_ascii=False))
            continue
        click.echo(f"{path}: {reading.format or 'unknown format'}")
        for one in reading.advices:
            _print(one)
        for finding in reading.findings:
            line = fault(finding.says, where=finding.where, todo=finding.todo)
            click.echo(f"  {finding.severity}: {line}", err=True)
    sys.exit(1 if failed else 0)


@advice.command("import")
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file and line.")
def import_(paths: tuple[Path, ...], as_json: bool) -> None:
    """Keep what payers say; lines that wait for it are matched by a worker.

    A file that is refused changes nothing; the others go on. Exit code 3 if one was refused.
    """
    home.open_home()
    from usance import clock
    from usance.actions import advices as actions
    from usance.domain.refusal import Refusal

    refused = False
    for path in paths:
        try:
            data = path.read_bytes()
            done = actions.receive(path.name, data, way="cli", at=clock.now(), actor="cli")
        except Refusal as no:
            refused = True
            told: dict[str, Any] = {"code": no.code, "says": str(no), "todo": no.todo}
            _tell(path, {"refused": told}, f"refused: {sentence(no)} {no.todo}", as_json)
        except OSError as trouble:
            refused = True
            told = {"code": "unreadable_file", "says": str(trouble)}
            words = f"{trouble.strerror}. Name a file that can be read."
            _tell(path, {"refused": told}, words, as_json)
        else:
            new = [str(one) for one in done.new]
            words = f"{len(new)} new advice{'s' * (len(new) != 1)}, {done.known} known before"
            _tell(path, {"advices": new, "known": done.known}, words, as_json)
    raise SystemExit(home.REFUSED if refused else 0)


@advice.command("list")
@click.option("--all", "every", is_flag=True, help="Also those whose money came or that are gone.")
@click.option("--json", "as_json", is_flag=True)
def list_them(every: bool, as_json: bool) -> None:
    """Advices whose money has not come, the oldest first. Exit code 1 while there is one."""
    home.open_home()
    from usance import models
    from usance.queries import advices as questions

    rows = models.PaymentAdvice.objects.all() if every else questions.waiting()
    found = list(rows.select_related("document").order_by("pk")[:500])
    with home.listing(
        "No advice came in yet." if every else "No advice waits for its money."
    ) as put:
        for row in found:
            state = "withdrawn" if row.withdrawn_at else "used" if row.line_id else "waits"
            if as_json:
                put(json.dumps({
                    "id": str(row.pk), "state": state, "payer": row.payer,
                    "total": {"minor": row.total_minor, "currency": row.currency},
                    "invoices": len(row.parts), "received_at": row.received_at.isoformat(),
                    "bank_line": str(row.line_id) if row.line_id else None,
                }))  # fmt: skip
            else:
                put(
                    f"{row.pk}  {state:<9}  {row.received_at.date()}  {row.total!s:>18}"
                    f"  {len(row.parts)} invoices  {row.payer or row.document.name}"
                )
    raise SystemExit(bool(found) and not every)


@advice.command()
@click.argument("advice", type=click.UUID)
@click.option("--because", default="", help="For the diary.")
def withdraw(advice: UUID, because: str) -> None:
    """ADVICE tells of no bank line any longer."""
    home.open_home()
    from usance.actions import advices as actions

    with refusing():
        actions.withdraw(advice, because=because, **at_the_shell())
    click.echo(f"{advice} is withdrawn.")


@advice.command()
@click.argument("advice", type=click.UUID)
def restore(advice: UUID) -> None:
    """ADVICE waits for its money again: it was not to be withdrawn."""
    home.open_home()
    from usance.actions import advices as actions

    with refusing():
        actions.restore(advice, **at_the_shell())
    click.echo(f"{advice} waits again.")


def _plain(one: Advice) -> dict[str, Any]:
    return {
        "payer": one.payer, "payer_account": one.payer_account, "reference": one.reference,
        "paid_on": one.paid_on.isoformat() if one.paid_on else None,
        "total": str(one.total), "currency": one.currency,
        "parts": [
            {"number": part.number, "also": list(part.also), "amount": str(part.amount),
             "deducted": str(part.deducted), "reason": part.reason}
            for part in one.parts
        ],
    }  # fmt: skip


def _print(one: Advice) -> None:
    day = f" on {one.paid_on}" if one.paid_on else ""
    click.echo(f"  {one.total} {one.currency}{day}  {one.payer} {one.reference}".rstrip())
    for part in one.parts:
        less = f" less {part.deducted}" if part.deducted else ""
        click.echo(f"    {part.number:<24} {part.amount:>14}{less}  {part.reason}".rstrip())


def _tell(path: Path, told: dict[str, object], words: str, as_json: bool) -> None:
    click.echo(json.dumps({"file": str(path)} | told) if as_json else f"{path}: {words}")
