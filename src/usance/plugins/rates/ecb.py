"""The European Central Bank's euro foreign exchange reference rates, as XML: of a day, of the last
90 days, or the whole history; all three are the same format.

Source: ECB, "Euro foreign exchange reference rates", files eurofxref-daily.xml and
eurofxref-hist-90d.xml: `Cube time="2026-03-20"` holds `Cube currency="USD" rate="1.0826"`, units of
the currency for one euro; published around 16:00 CET on TARGET business days.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from usance.domain.exchange import BASE, LEAST, MOST, Published
from usance.plugins import Unreadable
from usance.plugins.rates import _http

CONFIG: Mapping[str, str] = {
    "url": "of the file of a day, or of the last 90 days",
    "timeout_seconds": "for the answer; without it 10",
}
LARGEST = 32 * 1024 * 1024


def read(data: bytes) -> tuple[Published, ...]:
    from usance.plugins._xml import open_xml  # Only here: lxml is heavy to load.

    root = open_xml(data, largest=LARGEST)
    found: dict[tuple[date, str], Published] = {}
    for day in root.iter("{*}Cube"):
        if "time" not in day.attrib:
            continue
        on = _day(day.get("time", ""), f"line {day.sourceline}")
        for one in day.iterchildren("{*}Cube"):
            where = f"line {one.sourceline}"
            rate = _rate(one.get("currency", ""), on, one.get("rate", ""), where)
            if found.setdefault((on, rate.currency), rate) != rate:
                raise Unreadable(f"two rates of {rate.currency} for {on}", where=where)
    if not found:
        raise Unreadable("it holds no rates: no Cube with a time and rates in it", where="line 1")
    return tuple(found[key] for key in sorted(found))


def fetch(config: Mapping[str, str]) -> bytes:
    return _http.fetched(config["url"], seconds=int(config.get("timeout_seconds", "") or 10))


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"{text!r} is no day", where=where) from None


def _rate(currency: str, on: date, text: str, where: str) -> Published:
    if len(currency) != 3 or not (currency.isascii() and currency.isupper()) or currency == BASE:
        raise Unreadable(f"{currency!r} is no currency with a rate against the euro", where=where)
    try:
        per_euro = Decimal(text)
    except InvalidOperation:
        raise Unreadable(f"{text!r} is no rate of {currency}", where=where) from None
    if not per_euro.is_finite() or not LEAST <= per_euro <= MOST:
        raise Unreadable(f"one euro is not worth {text} {currency}", where=where)
    return Published(currency=currency, on=on, per_euro=per_euro)
