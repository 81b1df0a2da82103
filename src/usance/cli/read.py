"""`usance read`: what stands in invoice files. Needs no database and changes nothing.

Exit codes: 0 every file was read; 1 some file is unreadable or has a fault that stops it; 2 the
command was called wrongly.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click
import msgspec

from usance.domain.capture.reading import Field
from usance.domain.finding import Finding, blocking
from usance.domain.invoice import Invoice
from usance.plugins import Unreadable
from usance.plugins.scans import read_paper

from .told import fault

MAX_BYTES = 64 * 1024 * 1024  # Of any file; formats have their own, lower limits.
PARALLEL_FROM = 200  # Files; below it a second process costs more than it brings.
PAGES_FROM = 8  # Files of which pages may have to be read, which takes longer.
PAGES = frozenset({".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"})
CHUNK = 25  # Files in one task, and the bound of what waits in memory.
CHUNK_OF_PAGES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one file came to. `format` is empty where no format knows the file."""

    file: str
    format: str
    invoices: tuple[Invoice, ...]
    findings: tuple[Finding, ...]
    # Of what was read on pages only; empty where the file has data.
    kind: str = ""
    language: str = ""
    fields: tuple[Field, ...] = ()


@click.command("read")
@click.argument("paths", metavar="FILE…", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file and line.")
@click.pass_context
def command(context: click.Context, paths: tuple[str, ...], as_json: bool) -> None:
    """Show what stands in invoice files: UBL, CII, Factur-X, CSV schedules, PDFs, pictures.

    Folders are walked. "-" reads names of files from standard input, one in each line.
    """
    good = True
    for line, is_good in _reports(_files(paths), as_json):
        good = good and is_good
        if as_json:
            sys.stdout.buffer.write(line)
        else:
            click.echo(line.decode("utf-8"), nl=False)
    sys.stdout.flush()
    context.exit(0 if good else 1)


def report(name: str) -> Report:
    """Read one file. Whatever is wrong with it is a finding."""
    try:
        size = os.stat(name).st_size
        if size > MAX_BYTES:
            raise Unreadable(f"the file has {size:,} bytes, more than {MAX_BYTES:,}")
        paper = read_paper(Path(name).read_bytes())
    except Unreadable as wrong:
        return _unread(name, "unreadable", wrong.says, wrong.where)
    except OSError as wrong:
        return _unread(name, "no_file", f"The file cannot be opened: {wrong.strerror}.", "")
    reading = paper.reading
    return Report(
        file=name,
        format=paper.format,
        invoices=paper.invoices,
        findings=paper.findings,
        kind=reading.kind if reading else "",
        language=reading.language if reading else "",
        fields=tuple(reading.fields.values()) if reading else (),
    )


def _unread(name: str, code: str, says: str, where: str) -> Report:
    said = Finding(code=code, says=says, where=where)
    return Report(file=name, format="", invoices=(), findings=(said,))


def _files(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if path == "-":
            yield from (name for line in sys.stdin if (name := line.rstrip("\r\n")))
        elif os.path.isdir(path):
            yield from _walked(path)
        else:
            yield path


def _walked(folder: str) -> Iterator[str]:
    for where, folders, names in os.walk(folder):
        folders.sort()  # The same order on every machine.
        yield from (os.path.join(where, name) for name in sorted(names))


def _reports(names: Iterator[str], as_json: bool) -> Iterator[tuple[bytes, bool]]:
    """A line and its verdict for each file, in the order of the files."""
    first = list(islice(names, PARALLEL_FROM + 1))
    cores = len(os.sched_getaffinity(0))
    pages = sum(Path(name).suffix.lower() in PAGES for name in first)
    if (len(first) <= PARALLEL_FROM and pages < PAGES_FROM) or cores == 1:
        for name in chain(first, names):
            yield _line(name, as_json)
        return
    everything = chain(first, names)
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        waiting = []
        while chunk := list(islice(everything, CHUNK_OF_PAGES if pages else CHUNK)):
            waiting.append(pool.submit(_lines, chunk, as_json))
            if len(waiting) > 2 * cores:
                yield from waiting.pop(0).result()
        for each in waiting:
            yield from each.result()


def _lines(names: list[str], as_json: bool) -> list[tuple[bytes, bool]]:
    return [_line(name, as_json) for name in names]


def _line(name: str, as_json: bool) -> tuple[bytes, bool]:
    said = report(name)
    text = msgspec.json.encode(said) + b"\n" if as_json else _summary(said).encode("utf-8")
    return text, not blocking(said.findings)


def _summary(said: Report) -> str:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(width=120, highlight=False, color_system=None)
    with console.capture() as shown:
        console.print(f"{escape(said.file)}  ({said.format or 'unreadable'})", soft_wrap=True)
        if said.invoices:
            table = Table("number", "kind", "issued", "due", "seller", "buyer", "amount due")
            for invoice in said.invoices:
                table.add_row(*(escape(_clean(cell)) for cell in _row(invoice)))
            console.print(table)
        for field in said.fields:
            why = " ".join(reason.says for reason in field.reasons)
            line = (
                f"  {field.name:18} {field.confidence:4.0%}  {_clean(field.value)}  ({_clean(why)})"
            )
            console.print(escape(line), soft_wrap=True)
        for finding in said.findings:
            line = fault(_clean(finding.says), where=_clean(finding.where), todo=finding.todo)
            console.print(escape(f"  {finding.severity}: {line}"), soft_wrap=True)
    return shown.get()


def _clean(text: str) -> str:
    """Without control characters: a file must not steer the terminal."""
    return "".join(ch if ch.isprintable() else " " for ch in text)


def _row(invoice: Invoice) -> tuple[str, ...]:
    def shown(value: Any) -> str:
        return "" if value is None else str(value)

    return (
        invoice.number,
        "credit note" if invoice.is_credit_note else "invoice",
        shown(invoice.issued_on),
        shown(invoice.due_on),
        invoice.seller.name or invoice.seller.trading_name,
        invoice.buyer.name or invoice.buyer.trading_name,
        f"{shown(invoice.totals.payable)} {invoice.currency}",
    )
