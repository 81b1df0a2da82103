"""Kill the process at every named place, restart it, and hold our books against the truth outside.

`python -m bench.torture [--seeds N] [--points NAME…] [--faults SHARE] [--each-kind]`. The places
are found by runs that are not killed. A place at which nothing died is a failure of this harness,
not a pass. Seed 1 is calm outside, the others have trouble of every kind; `--each-kind` adds a run
with each kind of trouble alone, at the places of a delivery. Letters have two carriers, e-mails are
refused and fall to the letter, receipts come in. Counted are duplicates, claimed and not done, done
but called failed: all must be zero; e-mail takes no key, so what nobody knows waits for a person.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import psycopg
from psycopg import sql

from usance import engine
from usance.engine import Cluster, operators
from usance.engine.cluster import on_database

SENT = {"accepted", "sent", "delivered", "opened"}
ALL = "all"
DELIVERY = ("carriers.", "distribution.", "reports.")
RESTARTS = 3
TRIES = 3  # Further walks to reach a place.
SECONDS = 240  # For one process of a run.


class Unknown(RuntimeError):
    """A walk that did not come to its end: nothing was compared."""


@dataclass(slots=True)
class Run:
    """What came of one walk."""

    point: str
    seed: int
    trouble: str  # Empty: none; a kind of sandbox.faults, or all of them.
    killed: bool
    seconds: float
    passed: Counter[str]
    verdict: dict[str, Any]
    truth: dict[str, Any]
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Site:
    """Where runs take place: one server, one furnished database to copy."""

    home: Path
    cluster: Cluster
    template: str


@contextmanager
def site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="usance-torture-") as name:
        home = Path(name)
        home.chmod(0o755)  # As root the server runs as another user, who has to get there.
        cluster = engine.start(home, durable=False)
        try:
            template = f"torture_{os.getpid()}"
            _create(cluster, template, "template0")
            own = cluster.on(template)
            _prepare(home, own)
            yield Site(home, own, template)
        finally:
            if not operators.address():
                engine.stop(home)


def walk(
    place: Site, *, point: str = "", seed: int, trouble: str, faults: float, log: bool = False
) -> Run:
    """One walk against an outside of its own, killed at `point` ("name:n"), taken to its end."""
    from usance.sandbox.faults import KINDS
    from usance.sandbox.running import Settings, start

    name = f"{place.template}_{time.monotonic_ns()}"
    home = place.home / name
    home.mkdir()
    _create(place.cluster, name, place.template)
    began = time.monotonic()
    with start(Settings(seed=seed, faults=0, bouncing=0, failing=0, hang_seconds=1)) as outside:
        from bench.torture_walk import MORNING

        kinds = KINDS if trouble == ALL else (trouble,) if trouble else ()
        outside.faults(**{kind: faults / len(kinds) for kind in kinds})

        outside.clock(MORNING)
        for iban, minor, currency in (
            ("DE89370400440532013000", 5_000_000, "EUR"),
            ("SE4550000000058398257466", 50_000_000, "SEK"),
        ):
            said = {"name": "Factor", "balance_minor": minor, "currency": currency}
            outside.http.put(f"/bank/{iban}", json=said).raise_for_status()
        for number in ("R-1", "R-2", "R-3", "R-4", "S-1"):
            outside.behave(number, "never")  # Who pays is up to the walk, not to the mail.
        _configure(home / "outside.json", outside.ready)
        environment = _environment(place, name) | (
            {"USANCE_CRASH_LOG": str(home / "log")} if log else {}
        )
        killed, verdict = _to_the_end(home, outside.url, environment, point)
        truth = outside.dump()
    passed = Counter((home / "log").read_text().split()) if log else Counter[str]()
    run = Run(point, seed, trouble, killed, time.monotonic() - began, passed, verdict, truth)
    run.faults = list(judge(run))
    _drop(place.cluster, name)
    return run


def judge(run: Run) -> Iterator[str]:
    """What is wrong with a run, but for its balance."""
    if run.point and not run.killed:
        yield "the point did not fire"
    yield from (f"the doctor: {rule}" for rule in run.verdict["broken"])
    if run.verdict["failed_jobs"] or run.verdict["parked"]:
        yield f"{run.verdict['failed_jobs']} jobs failed, {run.verdict['parked']} parked"
    for name, count in counts(run).items():
        if count:
            yield f"{count} {name}"
    executed = sum(file["executed"] for file in run.truth["orders"].values())
    if executed != run.verdict["ordered"]:
        yield f"the bank executed {executed} payouts, we ordered {run.verdict['ordered']}"


def counts(run: Run) -> dict[str, int]:
    carried, mails = run.truth["deliveries"], run.truth["mails"]
    papers: Counter[tuple[str, str]] = Counter()
    lied = lost = 0
    for row in run.verdict["dispatches"]:
        keyed = row["carrier"] != "smtp"
        times = carried[row["id"]]["times"] if row["id"] in carried else 0
        if not keyed:
            times = sum(n for message, n in mails.items() if row["id"] in message)
        papers[row["invoice__number"], row["paper"]] += times
        lied += row["state"] in SENT and not times
        lost += row["state"] == "failed" and bool(times)
    twice = sum(n - 1 for n in papers.values() if n > 1)
    return {"duplicates": twice, "claimed and not done": lied, "done but called failed": lost}


def _to_the_end(
    home: Path, url: str, environment: dict[str, str], point: str
) -> tuple[bool, dict[str, Any]]:
    killed = False
    for _ in range(RESTARTS):
        armed = {"USANCE_CRASH_AT": point} if point and not killed else {}
        try:
            done = subprocess.run(  # noqa: S603 - our own module.
                [sys.executable, "-m", "bench.torture_walk", str(home / "phase"), url],
                env=environment | armed, capture_output=True, text=True, timeout=SECONDS,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as late:
            raise Unknown(f"{point}: no end after {SECONDS} s") from late
        if done.returncode == 0:
            return killed, json.loads(done.stdout.splitlines()[-1])
        if done.returncode != -signal.SIGKILL:
            raise Unknown(f"{point}: {done.stderr[-3000:]}")
        killed = True
    raise Unknown(f"{point}: killed {RESTARTS} times")


def _configure(place: Path, ready: dict[str, Any]) -> None:
    carriers: dict[str, dict[str, Any]] = {
        name: {"plugin": name, "config": ready["channels"][name] | {"timeout_seconds": "0.5"}}
        for name in ("smtp", "hybrid")
    }
    carriers["hybrid"]["per_second"] = 500
    carriers["other"] = carriers["hybrid"]  # Letters have two carriers.
    kinds = {"email": "smtp", "letter": {"hybrid": 50, "other": 50}, "einvoice": "hybrid"}
    bank = {"plugin": "rest", "config": {"url": ready["bank"], "token": ""}}
    place.write_text(json.dumps({"kinds": kinds, "carriers": carriers, "bank": bank}))


def _environment(place: Site, name: str) -> dict[str, str]:
    return dict(os.environ) | {
        "USANCE_APP_URL": on_database(place.cluster.app_url, name),
        "USANCE_HOME": str(place.home / name),
        "USANCE_OUTSIDE": str(place.home / name / "outside.json"),
        "USANCE_LOG_LEVEL": "CRITICAL",
        "USANCE_SECRET_KEY": "for the torture only, and long enough for it",
        "DJANGO_SETTINGS_MODULE": "usance.settings",
    }


def _prepare(home: Path, cluster: Cluster) -> None:
    """In processes of their own: nobody may stay connected to a template."""
    place = Site(home, cluster, "")
    environment = _environment(place, cluster.app_url.rpartition("/")[2].partition("?")[0])
    environment["USANCE_APP_URL"] = cluster.app_url
    prepare = (
        "import django, sys; django.setup()\n"
        "from usance.shared.schema import prepare; prepare(sys.argv[1])"
    )
    for command in (["-c", prepare, cluster.owner_url], ["-m", "bench.torture_walk", "-", ""]):
        subprocess.run([sys.executable, *command], env=environment, check=True, timeout=SECONDS)  # noqa: S603


def _create(cluster: Cluster, name: str, template: str) -> None:
    with psycopg.connect(on_database(cluster.superuser_url, "postgres"), autocommit=True) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} ENCODING 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(template), sql.Identifier(engine.OWNER)
            )
        )


def _drop(cluster: Cluster, name: str) -> None:
    with psycopg.connect(on_database(cluster.superuser_url, "postgres"), autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def torture(
    place: Site, *, seeds: int, faults: float, only: Sequence[str] = (), each_kind: bool = False
) -> tuple[list[Run], list[str]]:
    """Every run, and what is wrong with any of them."""
    from usance.sandbox.faults import CALLS

    calm = walk(place, seed=1, trouble="", faults=0.0, log=True)
    stormy = walk(place, seed=1, trouble=ALL, faults=faults, log=True) if faults else calm
    points = sorted(only or set(calm.passed) | set(stormy.passed))
    runs, wrong = [calm, stormy], []
    for point in points:
        is_calm = point in calm.passed
        jobs = [(seed, ALL if seed > 1 or not is_calm else "") for seed in range(1, seeds + 1)]
        if each_kind and point.startswith(DELIVERY):
            jobs += [(seed, kind) for seed, kind in enumerate(CALLS, seeds + 1)]
        for seed, trouble in jobs:
            passed = (stormy if trouble else calm).passed[point]
            times = max(1, passed // seed) if seed < 3 else 1
            how: dict[str, Any] = {"seed": seed, "trouble": trouble, "faults": faults}
            try:
                # Faults fall by keys, and those are new in each run: a place that only trouble
                # leads to may not be reached; it is sought again before that counts as a failure.
                for nth in (times, *[1] * TRIES):
                    run = walk(place, point=f"{point}:{nth}", **how)
                    if run.killed:
                        break
            except Unknown as unknown:  # Nobody knows what came of it: that is no pass.
                wrong.append(f"{point} seed {seed} {trouble}: {unknown}")
                continue
            runs.append(run)
            says = "; ".join(run.faults) or "ok"
            print(
                f"  {point:<28} seed {seed} {trouble:<24} {run.seconds:5.1f} s  {says}",
                file=sys.stderr,
                flush=True,
            )
    for run in runs:
        name = f"{run.point or 'not killed'} seed {run.seed} {run.trouble}".strip()
        wrong.extend(f"{name}: {fault}" for fault in run.faults)
        if run.verdict["balance"] != calm.verdict["balance"]:
            wrong.append(f"{name}: another trial balance")
    return runs, wrong


def table(runs: Sequence[Run]) -> Iterator[str]:
    """What came of the runs, a line for each point, and their sums."""
    names = list(counts(runs[0]))
    yield (
        f"{'killed at':<28} {'runs':>5} {'killed':>7}"
        + "".join(f"{n:>23}" for n in names)
        + (f"{'left to a person':>18} {'s each':>7}")
    )
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(run.point.partition(":")[0] or "(nowhere)", []).append(run)
    for point, these in (*sorted(groups.items()), ("all", list(runs))):
        sums = [sum(counts(run)[name] for run in these) for name in names]
        left = sum(row["state"] == "unknown" for run in these for row in run.verdict["dispatches"])
        yield (
            f"{point:<28} {len(these):>5} {sum(run.killed for run in these):>7}"
            + "".join(f"{count:>23}" for count in sums)
            + f"{left:>18} {sum(run.seconds for run in these) / len(these):>7.1f}"
        )


@click.command()
@click.option("--seeds", default=2, show_default=True)
@click.option("--faults", default=0.3, show_default=True, help="Share of calls that go wrong.")
@click.option("--points", multiple=True, help="Only these.")
@click.option("--each-kind", is_flag=True, help="Also each kind of trouble alone, at deliveries.")
def main(seeds: int, faults: float, points: tuple[str, ...], each_kind: bool) -> None:
    """Kill at every point, restart, compare."""
    began = time.monotonic()
    logging.disable(logging.CRITICAL)  # The outside says much of those who hang up on it.
    with site() as place:
        runs, wrong = torture(place, seeds=seeds, faults=faults, only=points, each_kind=each_kind)
    for line in table(runs):
        print(line)
    killed = [run for run in runs if run.killed]
    sums = [sum(counts(run)[name] for run in runs) for name in counts(runs[0])]
    print(
        f"{len({run.point.partition(':')[0] for run in killed})} points × {seeds} seeds, "
        f"{'/'.join(map(str, sums))} (duplicates/claimed and not done/done but failed), "
        f"{len(killed)} kills in {time.monotonic() - began:.0f} s"
    )
    for fault in wrong:
        print(f"  WRONG: {fault}")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
