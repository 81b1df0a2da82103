"""Every channel believes its carrier's callbacks, and nobody else's: the rest of the contract."""

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.outside import Receiver
from tests.plugins.channels.conforming import CARRIED, CASES, NAMES, channel, parcels
from usance import plugins, sandbox
from usance.domain.distribution import ARRIVED, DeliveryEvent, Outcome, state_after
from usance.plugins.channels import Forged
from usance.sandbox import houses
from usance.sandbox.outbox import Where

SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
OLD_SECRET = "whsec_b2xkLXNlY3JldC1vbGQtc2VjcmV0LW9sZA=="
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DEEP = b'{"signature": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"
CALLING = [name for name in CARRIED if CASES[name]["callbacks"]]
SIGNING = [name for name in CARRIED if CASES[name].get("signed", True)]
SAMPLES = [
    pytest.param(name, sample, id=f"{name}-{place}")
    for name in CARRIED
    for place, sample in enumerate(CASES[name].get("sample", []))
]
calling = pytest.mark.parametrize("name", CALLING)
signing = pytest.mark.parametrize("name", SIGNING)


def house(name: str) -> houses.House:
    return houses.all_houses()[name]


def signed(
    name: str, body: bytes, *, at: datetime = AT, secret: str = SECRET, id: str = "msg_1"
) -> dict[str, str]:
    """As the carrier signs it, and when it came."""
    headers = house(name).signed(body, id=id, at=at, secret=secret)
    if query := getattr(house(name), "query", None):
        headers["x-received-query"] = query([], secret=secret)
    return headers | {"x-received-at": AT.isoformat()}


def posted(name: str, body: bytes, **more: Any) -> tuple[bytes, dict[str, str]]:
    """Body and headers: with some carriers the signature stands within the body."""
    if sealed := getattr(house(name), "sealed", None):
        body = sealed(body, at=more.get("at", AT), secret=more.get("secret", SECRET))
    return body, signed(name, body, **more)


def reader(name: str) -> dict[str, str]:
    return {"webhook_secrets": f"{OLD_SECRET} {SECRET}"} | CASES[name].get("config", {})


def good(name: str) -> bytes:
    return house(name).report([])


@signing
def test_a_signed_callback_is_read_under_either_secret(name: str) -> None:
    for secret in (SECRET, OLD_SECRET):
        body, headers = posted(name, good(name), secret=secret)
        assert channel(name).read(body, headers, reader(name)) == []


@signing
@pytest.mark.parametrize("seconds", [-300, 300])
def test_three_hundred_seconds_are_allowed(name: str, seconds: int) -> None:
    body, headers = posted(name, good(name), at=AT + timedelta(seconds=seconds))

    assert channel(name).read(body, headers, reader(name)) == []


@signing
def test_a_callback_that_is_altered_unsigned_or_old_is_not_believed(name: str) -> None:
    body, right = posted(name, good(name))
    received = {"x-received-at": AT.isoformat()}
    unsigned = good(name), signed(name, good(name))
    bodies_count = not CASES[name].get("unsigned")  # Some sign anything but the body, or nothing.
    for altered, headers in (
        *(((body + b" ", right),) if bodies_count else ()),
        (good(name), received),
        posted(name, good(name), secret="whsec_" + "b3RoZXItb3RoZXItb3RoZXItb3RoZXI="),
        *(((unsigned),) if unsigned != (body, right) else ()),
        *((body, right | {header: "x"}) for header in right if "signature" in header),
        *((body, right | {header: ""}) for header in right if "signature" in header),
        *((body, right | {header: "v1,ä"}) for header in right if "signature" in header),
    ):
        with pytest.raises(Forged):
            channel(name).read(altered, headers, reader(name))
    with pytest.raises(Forged):
        channel(name).read(body, right, reader(name) | {"webhook_secrets": ""})
    if not CASES[name].get("timeless"):  # Some carriers sign the body alone.
        for stamp in (AT + timedelta(seconds=301), AT - timedelta(seconds=301)):
            with pytest.raises(Forged):
                channel(name).read(body, right | {"x-received-at": stamp.isoformat()}, reader(name))


@signing
@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"[]", b"{" * 5000])
def test_signed_nonsense_says_that_it_cannot_be_read(name: str, body: bytes) -> None:
    body, headers = posted(name, body)
    sealed = hasattr(house(name), "sealed")  # What cannot hold a signature has none.
    with pytest.raises((plugins.Unreadable, Forged) if sealed else plugins.Unreadable):
        channel(name).read(body, headers, reader(name))


@signing
def test_lists_in_lists_without_end_break_nothing(name: str) -> None:
    body, headers = posted(name, DEEP)
    for told in (headers, {"x-received-at": AT.isoformat()}):  # Some look before they believe.
        with suppress(plugins.Unreadable, Forged):
            assert len(channel(name).read(body, told, reader(name))) <= 1


@calling
def test_a_word_that_nobody_knows_is_kept_and_has_no_effect(name: str) -> None:
    odd = {"id": "evt_1", "key": "key-1", "reference": "ref-1", "code": "franking_recalibrated",
           "at": AT.isoformat()}  # fmt: skip
    body, headers = posted(name, house(name).report([odd]))

    (event,) = channel(name).read(body, headers, reader(name))

    assert isinstance(event, DeliveryEvent)
    assert (event.outcome, event.code) == (Outcome.UNREADABLE, "franking_recalibrated")


@calling
@pytest.mark.parametrize(
    ("right", "odd"),
    [
        (b"ref-1", b"ref-\xff"),  # No UTF-8.
        (AT.isoformat().encode(), b"9999-12-31T23:59:59-12:00"),
        (AT.isoformat().encode(), b"0001-01-01T00:00:00+14:00"),
        (str(int(AT.timestamp())).encode(), b"1e308"),
        (str(int(AT.timestamp())).encode(), b"-1000000000000000000"),  # No clock has it.
        (b'"evt_1"', b'""'),
        (AT.isoformat().encode(), b"2026-03-02T12:00:0"),
    ],
)
def test_one_odd_value_breaks_nothing(name: str, right: bytes, odd: bytes) -> None:
    told = {"id": "evt_1", "key": "key-1", "reference": "ref-1", "code": "sent",
            "at": AT.isoformat()}  # fmt: skip
    body, headers = posted(name, house(name).report([told]).replace(right, odd))
    try:
        events = channel(name).read(body, headers, reader(name))
    except (plugins.Unreadable, Forged):
        return
    assert all(e.id and isinstance(e.id, str) and e.at.tzinfo for e in events)


@calling
def test_what_was_handed_over_is_reported_on_until_it_arrived(name: str) -> None:
    with Receiver() as ours:
        told = sandbox.Settings(seed=7, failing=0, where=Where(webhook_url=ours.url))
        with sandbox.start(told) as world:
            config = world.config("channels", name)
            handed = list(channel(name).send(parcels(name, 3), config))
            world.clock(told.at + timedelta(days=9))
    now = {"x-received-at": datetime.now(UTC).isoformat()}
    events = [
        e for headers, body in ours.got for e in channel(name).read(body, headers | now, config)
    ]

    for one in handed:
        about = [e for e in events if e.key == one.key or e.reference == one.reference]
        said = [e.outcome if isinstance(e, DeliveryEvent) else e.stance for e in about]
        assert state_after(said) in ARRIVED, about
        assert len({e.id for e in about}) == len(about), "doubles are told by their ids"


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
def test_a_recorded_callback_is_read_as_its_case_says(name: str, sample: dict[str, Any]) -> None:
    body, headers = sample["says"].encode(), {"x-received-at": AT.isoformat()}
    if name in SIGNING:
        body, headers = posted(name, body)
    told = sample.get("headers", {}), sample.get("config", {})
    events = channel(name).read(body, headers | told[0], reader(name) | told[1])

    read = [json.loads(msgspec.json.encode(asdict(event))) for event in events]
    for event, wanted in zip(read, sample["read"], strict=True):
        assert {field: event[field] for field in wanted} == wanted


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(SIGNING)))
def test_who_does_not_call_is_not_believed(name: str) -> None:
    with pytest.raises(Forged):
        channel(name).read(b"{}", {"x-received-at": AT.isoformat()}, {})
