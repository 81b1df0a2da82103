"""Fetch what carriers hold as proof of deliveries that left, and keep it beside them."""

import logging
from datetime import datetime

from usance.actions import proofs as actions
from usance.engine.crashpoint import crashpoint
from usance.plugins import TryLater
from usance.queries import outside, proofs

log = logging.getLogger(__name__)


def fetch_proofs(*, at: datetime) -> int:
    """How many were kept. A carrier that is down costs only itself and one asking; what was fetched
    when a worker died is fetched again."""
    kept = 0
    for carrier in outside.witnesses():
        for dispatch, reference in proofs.missing(carrier.name, at=at):
            try:
                evidence = carrier.channel.evidence(reference, carrier.config)
            except TryLater as trouble:
                log.warning("%s gave no evidence: %s", carrier.name, trouble)
                actions.asked(dispatch, None, at=at)
                break
            crashpoint("witnesses.fetched")
            kept += actions.asked(dispatch, evidence, at=at)
    return kept
