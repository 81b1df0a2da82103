"""What carriers say who do not call: fetched from where they leave it, and taken in."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from usance.actions import reports
from usance.domain.distribution import DeliveryEvent, Outcome, Report
from usance.engine.crashpoint import crashpoint
from usance.plugins import TryLater, Unreadable
from usance.plugins.channels import FETCHED_AS
from usance.queries import outside

AT_ONCE = 100  # Pieces between two commits.
log = logging.getLogger(__name__)

Piece = tuple[str, bytes]


def fetch_reports(*, at: datetime) -> int:
    """From every carrier with a mailroom; how many reports were new. One that is down costs only
    itself. What was taken in when a worker died is fetched again and found to be known."""
    new = 0
    for carrier in outside.mailrooms():
        try:
            new += _visit(carrier, at=at)
        except TryLater as trouble:
            log.warning("nothing was fetched from %s: %s", carrier.name, trouble)
    return new


def _visit(carrier: outside.Carrier, *, at: datetime) -> int:
    """Until nothing waits, or nothing but what should be away already."""
    new, seen = 0, set[str]()
    while pieces := list(islice(carrier.channel.fetch(carrier.config), AT_ONCE)):
        new += _take(carrier, pieces, at=at)
        if seen.issuperset(name for name, _ in pieces):
            break
        seen.update(name for name, _ in pieces)
    return new


def _take(carrier: outside.Carrier, pieces: Sequence[Piece], *, at: datetime) -> int:
    found = [report for piece in pieces for report in _read(carrier, piece, at=at)]
    actor = f"carrier:{carrier.name}"
    new = reports.take_events(carrier.name, found, at=at, actor=actor)
    crashpoint("fetching.taken")
    carrier.channel.done([name for name, _ in pieces], carrier.config)
    return new


def _read(carrier: outside.Carrier, piece: Piece, *, at: datetime) -> Iterator[Report]:
    """What one piece says. One that cannot be read is a report of its own, for a person."""
    name, body = piece
    config = {**carrier.config, FETCHED_AS: name}
    try:
        yield from carrier.channel.read(body, {"x-received-at": at.isoformat()}, config)
    except Unreadable as broken:
        log.warning("unreadable from %s: %s: %s", carrier.name, name, broken)
        yield DeliveryEvent(
            id=f"piece {name}",
            key="",
            reference="",
            outcome=Outcome.UNREADABLE,
            at=at,
            code="unreadable",
            detail=f"{name}: {broken}",
        )
