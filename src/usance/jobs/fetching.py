"""What carriers say who do not call: fetched from where they leave it, and taken in."""

import logging
from collections.abc import Sequence
from datetime import datetime

from usance.actions import reports
from usance.actions.documents import Content, media_type
from usance.domain.distribution import DeliveryEvent, Outcome, Report
from usance.engine.crashpoint import crashpoint
from usance.plugins import TryLater, Unreadable
from usance.plugins.channels import FETCHED_AS
from usance.queries import outside

log = logging.getLogger(__name__)


def fetch_reports(*, at: datetime) -> int:
    """From every carrier who leaves his reports; how many were new. One that is down costs only
    itself. What was taken in when a worker died is fetched again and found to be known."""
    new = 0
    for carrier in outside.fetched():
        try:
            new += _visit(carrier, at=at)
        except TryLater as trouble:
            log.warning("nothing more was fetched from %s: %s", carrier.name, trouble)
    return new


def _visit(carrier: outside.Carrier, *, at: datetime) -> int:
    """Until nothing waits, or nothing but what should be away already."""
    new, seen = 0, set[str]()
    while True:
        found = 0
        for name, body in carrier.channel.fetch(carrier.config):
            found += name not in seen
            seen.add(name)
            said = _read(carrier, name, body, at=at)
            actor = f"carrier:{carrier.name}"
            piece = Content(data=body, media_type=media_type(body), name=name)
            raw = dict.fromkeys(said, piece)
            new += reports.take_events(carrier.name, said, raw=raw, at=at, actor=actor)
            crashpoint("fetching.taken")
            carrier.channel.done(name, carrier.config)
        if not found:
            return new


def _read(carrier: outside.Carrier, name: str, body: bytes, *, at: datetime) -> Sequence[Report]:
    """What one piece says. One that cannot be read is a report of its own, for a person."""
    config = {**carrier.config, "inbound": "fetched", FETCHED_AS: name}
    try:
        said: Sequence[Report] = carrier.channel.read(
            body, {"x-received-at": at.isoformat()}, config
        )
    except Unreadable as broken:
        log.warning("unreadable from %s: %s: %s", carrier.name, name, broken)
        return [
            DeliveryEvent(
                id=f"piece {name}",
                key="",
                reference="",
                outcome=Outcome.UNREADABLE,
                at=at,
                code="unreadable",
                detail=f"{name}: {broken}",
            )
        ]
    return said
