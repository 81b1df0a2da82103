"""What currencies are worth: fetched from who publishes it, and taken in."""

from datetime import datetime

from usance.actions import exchange
from usance.queries import outside

ACTOR = "rates"


def fetch(*, at: datetime) -> int:
    """Ask once; how many rates were new.

    :raises NotConfigured: if nobody is set up.
    :raises TryLater: if it cannot be fetched.
    :raises RatesUnreadable: if it cannot be understood.
    """
    name, source, config = outside.rates()
    data = source.fetch(config)
    file = f"{name}-{at:%Y-%m-%d}.xml"
    return exchange.import_file(data, source=name, name=file, role=None, at=at, actor=ACTOR)[1]
