"""How many requests the API answers in a second, in this process. Prints; asserts nothing.

Run: PYTHONPATH=src:. python bench/api.py [--invoices 2000]. It makes a home of its own and takes it
away again.
"""

import argparse
import os
import shutil
import tempfile
import time
from hashlib import sha256
from pathlib import Path

REQUESTS = 300


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--invoices", type=int, default=2_000)
    count = parser.parse_args().invoices
    home = Path(tempfile.mkdtemp(prefix="usance-bench-api-"))
    home.chmod(0o755)
    os.environ["USANCE_HOME"] = str(home)
    from usance import engine
    from usance.cli import home as homes

    try:
        homes.open_home(environment="demo")
        _run(count)
    finally:
        engine.stop(home)
        shutil.rmtree(home)


def _run(count: int) -> None:
    from django.conf import settings
    from django.test import Client

    from tests import world
    from tests.belt import receive
    from usance.shared.models import ApiKey

    settings.API_PER_MINUTE = 10**9
    token = "us_bench.secret"  # noqa: S105 - of a home that ends with this run
    ApiKey.objects.create(
        prefix="us_bench", sha256=sha256(token.encode()).hexdigest(), name="bench",
        scopes=["read", "write"], created_at=world.NOW,
    )  # fmt: skip
    place = world.build()
    for start in range(0, count, 500):
        receive(
            *(
                world.paper(place.acme, place.bolt, number=f"R-{n}", gross=f"{100 + n}.00")
                for n in range(start, min(start + 500, count))
            )
        )
    program = Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {token}"})
    first = program.get("/v1/invoices?limit=1").json()["items"][0]["id"]
    print(f"{count} invoices in the book, one core, one connection")
    for path in (
        "/health/live",
        "/v1/invoices?limit=1",
        "/v1/invoices",
        "/v1/invoices?limit=200",
        f"/v1/invoices/{first}",
        "/v1/events?limit=100",
    ):
        shown = path.replace(first, "{id}")
        print(f"  GET {shown:<28} {_rate(program, path):>8.0f} requests/s")


def _rate(program: "object", path: str) -> float:
    assert program.get(path).status_code == 200  # type: ignore[attr-defined] - Django's test client
    began = time.perf_counter()
    for _ in range(REQUESTS):
        program.get(path)  # type: ignore[attr-defined] - the same
    return REQUESTS / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
