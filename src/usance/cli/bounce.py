"""`usance bounce`: what a returned mail says of each recipient, without a database."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from usance.plugins import Unreadable
from usance.plugins.channels import _bounce_report
from usance.plugins.channels._bounce_report import Recipient, Verdict

LARGEST_BYTES = 50 * 1024 * 1024


@click.group()
def bounce() -> None:
    """Mails that came back."""


@bounce.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON line per file on stdout.")
def read(files: tuple[Path, ...], as_json: bool) -> None:
    """Say who is meant in each FILE, and whether the address is bad (hard) or only the day (soft).

    FILE is a mail as it came, a mailbox file, or a folder (every .eml in it). Exit code 0 if every
    file was read, 1 if one could not be.
    """
    failed = False
    for path in _paths(files):
        told = _told(path)
        failed |= bool(told["findings"])
        if as_json:
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            _print(told)
    sys.exit(1 if failed else 0)


def _paths(files: tuple[Path, ...]) -> Iterator[Path]:
    for path in files:
        yield from sorted(path.rglob("*.eml")) if path.is_dir() else [path]


def _told(path: Path) -> dict[str, Any]:
    found: tuple[Recipient, ...] = ()
    findings: list[dict[str, str]] = []
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            findings.append(_finding("file_too_large", f"{size} bytes are more than a mail has."))
        else:
            found = _bounce_report.read(path.read_bytes())
    except OSError as broken:
        findings.append(_finding("file_unreadable", f"{broken.strerror}."))
    except Unreadable as broken:
        findings.append(_finding("mail_unreadable", f"{broken}."))
    return {
        "file": str(path),
        "kind": worst(found),
        "recipients": [_recipient(one) for one in found],
        "findings": findings,
    }


def worst(found: tuple[Recipient, ...]) -> Verdict:
    """The kind of a whole mail: what needs most to be done about it."""
    kinds = {one.kind for one in found}
    return next((kind for kind in Verdict if kind in kinds), Verdict.NONE)


def _finding(code: str, says: str) -> dict[str, str]:
    return {"code": code, "says": says}


def _recipient(one: Recipient) -> dict[str, Any]:
    return {
        "address": one.address,
        "kind": one.kind,
        "reason": one.reason,
        "status": one.status,
        "status_stated": one.is_stated,
        "reply": one.reply,
        "fate": one.fate,
        "says": one.says,
    }


def _print(told: dict[str, Any]) -> None:
    click.echo(f"{told['file']}: {told['kind']}")
    for one in told["recipients"]:
        words = (one["address"] or "(no address)", one["kind"], one["reason"], one["status"])
        click.echo("  " + "  ".join(filter(None, (*words, one["says"][:80]))))
    for finding in told["findings"]:
        click.echo(f"  {finding['code']}: {finding['says']}", err=True)
