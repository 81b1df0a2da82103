"""Tell the exchanges of banks what we made of those who registered there."""

import logging
from datetime import datetime

from usance.actions import registrations as actions
from usance.engine.crashpoint import crashpoint
from usance.plugins import TryLater
from usance.queries import outside, registrations

log = logging.getLogger(__name__)


def answer(*, at: datetime) -> int:
    """How many were told. One that is down costs only itself; told twice, it is told once."""
    told = 0
    for carrier in outside.registrars():
        for row in registrations.to_answer(carrier.name):
            try:
                carrier.channel.answer(
                    row.message_id, row.decision == "placed", row.remark, carrier.config
                )
            except TryLater as trouble:
                log.warning("%s was not told any more: %s", carrier.name, trouble)
                break
            crashpoint("registrations.told")
            actions.answered([row.pk], at=at)
            told += 1
    return told
