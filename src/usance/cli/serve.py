"""Serve the office, run workers, and listen for mail."""

import signal
import sys
import time
from pathlib import Path

import click

from . import home
from .processes import Children, PortTaken, refuse_taken, wait_for


@click.command()
@click.option("--port", default=8000, show_default=True, help="Of the office, on this machine.")
@click.option("--workers", default=1, show_default=True, help="Worker processes; 0 for none.")
def up(port: int, workers: int) -> None:
    """Serve the office with workers, until Ctrl-C. Run again, it continues where it was."""
    home.open_home()
    with Children(home.path() / "logs") as children:
        office(children, port)
        for number in range(workers):
            children.python(f"worker-{number + 1}", "usance", "worker")
        if listens():
            children.python("inbox", "usance", "inbox")
        wait_for(port, children)
        home.say(f"usance serves http://localhost:{port} · Ctrl-C ends it.")
        wait(children)


@click.command()
@click.option("--concurrency", default=2, show_default=True, help="Jobs at the same time.")
def worker(concurrency: int) -> None:
    """Run jobs until Ctrl-C. Any number of workers, on any number of machines."""
    home.open_home()
    import asyncio

    from usance.jobs import runner

    asyncio.run(runner.run(concurrency=concurrency))


@click.command()
def inbox() -> None:
    """Take in mail that a mail server brings, by LMTP or SMTP, until Ctrl-C.

    Where it listens stands in outside.json under `inbound`.
    """
    home.open_home()
    import asyncio

    from usance.jobs import inbox as room
    from usance.queries.outside import NotConfigured

    async def serve() -> None:
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        await room.serve(
            lambda host, port: home.say(f"Mail is taken at {host}:{port} · Ctrl-C ends it."), stop
        )

    try:
        asyncio.run(serve())
    except (NotConfigured, ValueError, OSError) as trouble:
        home.say(f"{trouble}. Give `listen` under `inbound` in outside.json: docs/operations.md.")
        raise SystemExit(home.CANNOT_RUN) from trouble


def listens() -> bool:
    """Whether mail that comes in is to be listened for."""
    from usance.queries import outside

    try:
        return bool(outside.inbound().listen)
    except outside.NotConfigured:
        return False


def office(children: Children, port: int) -> None:
    """Start the web server of all faces. Ends the command with exit code 4 if it cannot."""
    try:
        refuse_taken(port)
    except PortTaken as taken:
        home.say(str(taken))
        raise SystemExit(home.CANNOT_RUN) from taken
    children.start(
        "office",
        [
            str(Path(sys.executable).with_name("granian")),
            *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--blocking-threads", "4", "--no-access-log", "--log-level", "warning"),
            # Sooner than our own patience ends: nobody but it knows its workers.
            *("--workers-kill-timeout", "5"),
            "usance.wsgi:application",
        ],
    )


def wait(children: Children) -> None:
    """Until Ctrl-C, a SIGTERM, or one of them fails: then exit code 4."""
    stopped: list[int] = []
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, _: stopped.append(number))
    while not stopped:
        if name := children.failed():
            home.say(f"{name} has ended: see {home.path() / 'logs'}")
            raise SystemExit(home.CANNOT_RUN)
        time.sleep(0.2)
    home.say("Stopping.")
