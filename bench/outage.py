"""The distributor goes down in a batch and comes back: `python -m bench.outage 1000 75`.

A real worker sends letters that were printed before; the sandbox is killed when a quarter is out,
stays away for so many seconds, and starts again at the same address with its memory. Told is what
the worker did meanwhile (calls, jobs) and what came of it: every letter carried once, none lost.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from . import deliveries, house, seed, sends

WORKER = """
import asyncio, django
django.setup()
from usance.jobs import runner
asyncio.run(runner.run(concurrency=2))
"""
PATIENCE_SECONDS = 600


def main(count: int, away_seconds: int) -> None:
    with house.opened() as opened:
        sends.connected(opened)
        seed.fill(opened, upto=count)
        deliveries.queue(opened)
        from usance import models, pipeline

        port, memory = _free(), opened.home / "sandbox"
        with _process(*_sandbox(port, memory)) as first:
            _ready(first, opened.home)
            keys = list(models.Dispatch.objects.order_by("pk").values_list("pk", flat=True))
            pipeline.put("distribution.send", keys)
            with _process("-c", WORKER, env={"USANCE_APP_URL": opened.cluster.app_url}):
                _until(lambda: _states()["accepted"] >= count // 4)
                first.kill()
                first.wait()
                down = time.monotonic()
                print(f"down after {dict(_states())}")
                while time.monotonic() - down < away_seconds:
                    time.sleep(15)
                    print(f"  {time.monotonic() - down:4.0f} s  {_situation()}", flush=True)
                with _process(*_sandbox(port, memory)) as second:
                    told = _ready(second, opened.home)
                    back = time.monotonic()
                    _until(lambda: _states() == {"accepted": count})
                    print(f"all out {time.monotonic() - back:.0f} s after it was back")
                    print(f"  {_situation()}")
                    _compare(told, keys)


def _compare(told: dict[str, Any], keys: list[Any]) -> None:
    from usance import models
    from usance.queries import doctor

    truth = httpx.get(f"{told['url']}/dump", trust_env=False, timeout=60).json()["deliveries"]
    print(f"carried: {dict(Counter(one['times'] for one in truth.values()))} (times: letters)")
    print(f"lost: {len({key.hex for key in keys} - truth.keys())}")
    spent = Counter(models.Dispatch.objects.values_list("attempt", flat=True))
    print(f"attempts: {dict(sorted(spent.items()))} (attempts: letters)")
    said = models.Diary.objects.filter(kind__startswith="carrier.").order_by("id")
    print(f"diary: {', '.join(said.values_list('kind', flat=True))}")
    wrong = [answer.rule for answer in doctor.examine(files=20) if not answer.kept]
    print(f"doctor: {wrong or 'every promise is kept'}")


def _situation() -> str:
    from django.db import connection

    from usance import models

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum((status IN ('todo', 'doing'))::int), 0),"
            " coalesce(sum((status = 'failed')::int), 0) FROM procrastinate_jobs"
            " WHERE args->>'step' = 'distribution.send'"
        )
        jobs, open_jobs, failed = cursor.fetchone()
    row = models.Carrier.objects.get()
    calls = sum(models.Dispatch.objects.values_list("attempt", flat=True))
    return (
        f"{dict(_states())}, {row.breaker} after {row.pauses} pauses, {calls} attempts,"
        f" {jobs} jobs of sending ({open_jobs} open, {failed} failed)"
    )


def _states() -> Counter[str]:
    from usance import models

    return Counter(models.Dispatch.objects.values_list("state", flat=True))


def _until(is_so: Any) -> None:
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < PATIENCE_SECONDS, f"it did not come to that: {_states()}"
        time.sleep(0.2)


def _ready(process: "subprocess.Popen[str]", home: Path) -> dict[str, Any]:
    """Wait until it serves, and let the workers know where."""
    assert process.stdout is not None
    told: dict[str, Any] = json.loads(process.stdout.readline())
    carriers = {"hybrid": {"plugin": "hybrid", "config": told["channels"]["hybrid"]}}
    (home / "outside.json").write_text(
        json.dumps({"kinds": {"letter": "hybrid"}, "carriers": carriers})
    )
    return told


def _sandbox(port: int, memory: Path) -> list[str]:
    return ["-m", "usance.sandbox", "--http-port", str(port), "--home", str(memory),
            "--failing", "0"]  # fmt: skip


@contextmanager
def _process(*words: str, env: dict[str, str] | None = None) -> Any:
    process = subprocess.Popen(  # noqa: S603 - our own modules.
        [sys.executable, *words],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ) | (env or {}),
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:] or ("1000", "75")))
