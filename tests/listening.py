"""Our own mail server, in a thread of the test."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from usance.jobs import inbox


@contextmanager
def listening() -> Iterator[int]:
    """Our own mail server, on the port that comes back."""
    loop, stop, ports = asyncio.new_event_loop(), asyncio.Event(), []
    is_ready = threading.Event()

    def ready(host: str, port: int) -> None:
        ports.append(port)
        is_ready.set()

    def run() -> None:
        loop.run_until_complete(inbox.serve(ready, stop))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert is_ready.wait(10)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
