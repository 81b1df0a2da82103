"""The European Central Bank's file, and the sandbox's over true HTTP."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from usance import sandbox
from usance.domain.exchange import Published, possible
from usance.plugins import TryLater, Unreadable
from usance.plugins.rates import Source, ecb

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gesmes:Envelope'
    ' xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"'
    ' xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">\n<Cube>\n'
)
TAIL = "\n</Cube>\n</gesmes:Envelope>\n"
DAY = (
    "<Cube time='2026-03-20'>\n<Cube currency='USD' rate='{}'/>\n"
    "<Cube currency='JPY' rate='161'/></Cube>"
)


def file(*cubes: str) -> bytes:
    return f"{HEAD}{''.join(cubes)}{TAIL}".encode()


def test_days_and_rates_are_read_in_order() -> None:
    _source: Source = ecb
    earlier = "<Cube time='2026-03-19'><Cube currency='USD' rate='1.0850'/></Cube>"
    assert ecb.read(file(DAY.format("1.0826"), earlier)) == (
        Published(currency="USD", on=date(2026, 3, 19), per_euro=Decimal("1.0850")),
        Published(currency="JPY", on=date(2026, 3, 20), per_euro=Decimal(161)),
        Published(currency="USD", on=date(2026, 3, 20), per_euro=Decimal("1.0826")),
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "line"),
        (b"rates", "line 1"),
        (b"<!DOCTYPE x><x/>", "DOCTYPE"),
        (b"<x/>", "it holds no rates"),
        (file("<Cube time='2026-03-20'/>"), "it holds no rates"),
        (file(DAY.format("one")), "line 5: 'one' is no rate of USD"),
        (file(DAY.format("")), "is no rate of USD"),
        (file(DAY.format("0")), "one euro is not worth 0 USD"),
        (file(DAY.format("NaN")), "one euro is not worth NaN USD"),
        (file(DAY.format("1.08").replace("JPY", "EUR")), "'EUR' is no currency"),
        (file(DAY.format("1.08").replace("JPY", "jpy")), "'jpy' is no currency"),
        (file(DAY.format("1.08").replace("JPY", "USD")), "two rates of USD for 2026-03-20"),
        (file(DAY.format("1.08").replace("03-20", "13-20")), "'2026-13-20' is no day"),
    ],
)
def test_what_is_no_such_file_is_refused_with_its_place(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        ecb.read(data)


def test_the_sandbox_publishes_on_target_days_in_the_afternoon() -> None:
    morning = datetime(2026, 4, 7, 14, 59, tzinfo=UTC)  # The Tuesday after Easter.
    with sandbox.start(sandbox.Settings(seed=7, at=morning)) as running:
        config = running.config("rates", "ecb")
        daily = {"url": config["url"].replace("hist-90d", "daily")}
        assert {one.on for one in ecb.read(ecb.fetch(daily))} == {date(2026, 4, 2)}
        running.clock(morning.replace(hour=15))
        found = ecb.read(ecb.fetch(daily))
        assert {one.on for one in found} == {date(2026, 4, 7)}
        history = ecb.read(ecb.fetch(config))
        assert set(found) < set(history)
        assert len({one.on for one in history}) > 60
        for one in history:
            possible(one, today=date(2026, 4, 7))
        with pytest.raises(TryLater, match="404"):
            ecb.fetch({"url": f"{running.url}/ecb/other.xml"})
    with pytest.raises(TryLater):
        ecb.fetch(daily | {"timeout_seconds": "1"})
