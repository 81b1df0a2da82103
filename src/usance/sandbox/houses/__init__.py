"""The carriers, directories, inspectors, payment providers and publishers that the sandbox plays: a
module each, named as ours.

A house speaks the outside party's own protocol at its own addresses (`/<house>/…`) and lets the
distributor's engine (`world.deliver`) decide what becomes of each delivery, so that seed, clock,
journal and fault dial are the same for all. Its reports are kept by the outbox and posted, in the
house's own words, to `<webhook_url>/<house>`.

Beside the names below a house may have
- `serving(world)`: an async context manager for a server of another protocol (SFTP, DNS, IMAP) that
  yields settings to be added to `config`;
- `ALSO`: further kinds of plug-in that reach the same house with the same settings;
- `CALLS = False`: it never calls; whoever wants to know asks;
- `BATCH`: how many events it tells in one call, at most;
- `query(events, *, secret)`: the query of the address it calls, if that came with the order;
- `ANSWERS = True`: the buyer's answers to an e-invoice come back by it (answers.py).
- `sealed(body, *, at, secret)`: the body with its signature, if that stands within.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal, Protocol, cast

from usance.sandbox.serving import Reply

# Method, pattern of the whole path, and who answers: (world, request, *groups) -> Reply.
Route = tuple[str, str, Callable[..., Awaitable[Reply]]]
Event = Mapping[str, str]  # id, key, reference, code, at; perhaps detail and corrected_address.


class House(Protocol):
    KIND: Literal[
        "channels", "directories", "inspectors", "providers", "rates"
    ]  # The kind of plug-in that calls it.
    ROUTES: Sequence[Route]

    def config(self, url: str, secret: str) -> dict[str, str]:
        """What our plug-in has to know to reach it."""

    def report(self, events: Sequence[Event]) -> bytes:
        """The body of one callback with these events, in the house's own words."""

    def signed(self, body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
        """The headers of a callback with this body, its signature among them."""


@cache
def all_houses() -> Mapping[str, House]:
    """Every house by its name."""
    names = sorted(found.name for found in iter_modules(__path__))
    return {
        name: cast(House, import_module(f"{__name__}.{name}"))
        for name in names
        if not name.startswith("_")
    }
