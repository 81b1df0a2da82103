"""The European Central Bank's page of reference rates, with rates that seed and day throw.

GET /ecb/eurofxref-daily.xml, GET /ecb/eurofxref-hist-90d.xml

Published at 15:00 UTC on days on which TARGET is open, as the real ones are around 16:00 CET.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from usance.domain.calendars import Calendar, is_open
from usance.sandbox import dice
from usance.sandbox.serving import Reply, Request
from usance.sandbox.world import World

from . import Event

KIND = "rates"
CALLS = False
HOUR = 15
TARGET = frozenset({Calendar.TARGET})
# Units for one euro, about which the rates move by up to 2 % within a month and 0.3 % in a day.
ABOUT = {
    "USD": "1.0800", "JPY": "162.00", "CZK": "25.300", "DKK": "7.4600", "GBP": "0.8500",
    "HUF": "395.00", "PLN": "4.3000", "SEK": "11.2000", "CHF": "0.9500", "NOK": "11.7000",
}  # fmt: skip
MONTHLY, DAILY = 2_000, 300  # In hundred thousandths.


def config(url: str, secret: str) -> dict[str, str]:
    return {"url": f"{url}/ecb/eurofxref-hist-90d.xml"}


def report(events: Sequence[Event]) -> bytes:
    raise AssertionError("a central bank does not call")


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    raise AssertionError("a central bank does not call")


async def daily(world: World, request: Request) -> Reply:
    return _file(world, days=7, most=1)


async def last_90_days(world: World, request: Request) -> Reply:
    return _file(world, days=90, most=90)


ROUTES = (
    ("GET", "/ecb/eurofxref-daily\\.xml", daily),
    ("GET", "/ecb/eurofxref-hist-90d\\.xml", last_90_days),
)


def _file(world: World, *, days: int, most: int) -> Reply:
    found = list(_published(world.agenda.at, days))[:most]
    cubes = "".join(
        f'<Cube time="{day}">'
        + "".join(
            f'<Cube currency="{currency}" rate="{_rate(world.settings.seed, currency, day)}"/>'
            for currency in ABOUT
        )
        + "</Cube>"
        for day in found
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"'
        ' xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">'
        "<gesmes:subject>Reference rates</gesmes:subject>"
        f"<Cube>{cubes}</Cube></gesmes:Envelope>"
    )
    return Reply(200, body.encode(), {"content-type": "text/xml"})


def _published(at: datetime, days: int) -> Iterator[date]:
    """The newest first."""
    today = at.date()
    for back in range(days):
        day = today - timedelta(days=back)
        if is_open(day, TARGET) and (day < today or at.hour >= HOUR):
            yield day


@lru_cache(maxsize=2_000)  # A file of 90 days holds a thousand, and each day's asks for them.
def _rate(seed: int, currency: str, day: date) -> Decimal:
    about = Decimal(ABOUT[currency])
    slow = dice.throw(seed, "rate", currency, f"{day:%Y-%m}") % (2 * MONTHLY + 1) - MONTHLY
    quick = dice.throw(seed, "rate", currency, str(day)) % (2 * DAILY + 1) - DAILY
    return (about * (100_000 + slow + quick) / 100_000).quantize(about)
