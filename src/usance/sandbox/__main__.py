"""python -m usance.sandbox: one JSON line with the addresses when it is ready, then it serves."""

import asyncio
import json
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from .outbox import Where
from .running import serve
from .world import Settings


@click.command()
@click.option("--seed", default=1, show_default=True, help="Same seed and calls, same world.")
@click.option("--at", default="", help="The moment it is at the start; without it: now.")
@click.option("--faults", default=0.0, show_default=True, help="Share of calls that go wrong.")
@click.option("--bouncing", default=0.02, show_default=True, help="Share of addresses.")
@click.option("--failing", default=0.03, show_default=True, help="Share of deliveries.")
@click.option("--hang-seconds", default=60.0, show_default=True, help="Length of a time-out.")
@click.option("--home", type=click.Path(path_type=Path), help="Folder that a restart reads.")
@click.option("--webhook-url", default="", help="Where events go: <url>/<house>.")
@click.option("--inbound-url", default="", help="Where bounces and replies are posted.")
@click.option("--inbound-smtp", default="", help="host:port where they are sent instead.")
@click.option("--webhook-secret", default="", help="whsec_…; without it the sandbox's own.")
@click.option("--simulated-timestamps", is_flag=True, help="Sign with the sandbox's clock.")
@click.option("--http-port", default=0, help="Without it a free one.")
@click.option("--smtp-port", default=0, help="Without it a free one.")
def main(http_port: int, at: str, home: Path | None, **rest: Any) -> None:
    """The outside world of usance, simulated on loopback."""
    where = Where(
        webhook_url=rest.pop("webhook_url"),
        inbound_url=rest.pop("inbound_url"),
        inbound_smtp=rest.pop("inbound_smtp"),
        secret=rest.pop("webhook_secret"),
        is_simulated=rest.pop("simulated_timestamps"),
    )
    moment = datetime.fromisoformat(at) if at else datetime.now(UTC).replace(microsecond=0)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    settings = Settings(at=moment, home=home, where=where, **rest)
    asyncio.run(_serve(settings, http_port))


async def _serve(settings: Settings, http_port: int) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await serve(settings, lambda ready: click.echo(json.dumps(ready)), stop, http_port=http_port)


if __name__ == "__main__":
    main()
