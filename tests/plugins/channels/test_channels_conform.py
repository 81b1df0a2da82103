"""Every channel keeps the contract against the sandbox: a new module is tested by being there."""

import inspect
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from tests.outside import parcel
from usance import plugins, sandbox
from usance.domain.distribution import Handed, Kind, Parcel
from usance.plugins.channels import Forged
from usance.plugins.channels._signature import sign

NAMES = plugins.names("channels")
DOCS = Path(__file__).parents[3] / "docs" / "plugins.md"
CARRIED = [name for name in NAMES if name != "portal"]  # The portal is ours: nobody can fail.
KIND = {"smtp": Kind.EMAIL, "hybrid": Kind.LETTER, "portal": Kind.PORTAL}
REFUSED = {"smtp": {"email": "nobody@kund.example"}, "hybrid": {"name": "Nobody AB"}}
SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
OLD_SECRET = "whsec_b2xkLXNlY3JldC1vbGQtc2VjcmV0LW9sZA=="
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)

every = pytest.mark.parametrize("name", NAMES)
carried = pytest.mark.parametrize("name", CARRIED)


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    settings = sandbox.Settings(seed=7, bouncing=0, failing=0, hang_seconds=0.6)
    with sandbox.start(settings) as running:
        yield running


def channel(name: str) -> ModuleType:
    return plugins.load("channels", name)


def config(world: sandbox.Running, name: str) -> dict[str, str]:
    return world.config("channels", name) | {"timeout_seconds": "0.3"}


def parcels(name: str, count: int) -> list[Parcel]:
    return [parcel(f"key-{n}", KIND[name]) for n in range(count)]


def truth(world: sandbox.Running, name: str) -> dict[str, int]:
    """How often each key was really taken."""
    dump = world.dump()
    if name == "smtp":
        return dict(dump["mails"])
    return {key: one["times"] for key, one in dump["deliveries"].items()}


@every
def test_a_channel_has_the_names_of_the_contract(name: str) -> None:
    module = channel(name)

    assert module.__doc__, "say in a line who carries what, and where that is specified"
    assert set(Kind) >= module.KINDS
    assert KIND[name] in module.KINDS
    assert isinstance(module.TAKES_KEY, bool)
    assert isinstance(module.ASKABLE, bool)
    assert all(module.CONFIG.values()), "say what each setting is for"
    assert list(inspect.signature(module.send).parameters) == ["parcels", "config"]
    assert list(inspect.signature(module.status).parameters) == ["key", "config"]
    assert list(inspect.signature(module.read).parameters) == ["body", "headers", "config"]


@every
def test_a_channel_has_its_line_of_docs(name: str) -> None:
    assert f"| channels | `{name}` |" in DOCS.read_text()


@every
def test_every_parcel_is_taken_in_order(world: sandbox.Running, name: str) -> None:
    handed = list(channel(name).send(parcels(name, 5), config(world, name)))

    assert [one.key for one in handed] == [f"key-{n}" for n in range(5)]
    assert {one.came_to for one in handed} == {Handed.ACCEPTED}
    assert all(one.reference for one in handed)
    if name in CARRIED:
        assert truth(world, name) == {f"key-{n}": 1 for n in range(5)}


@carried
def test_no_parcel_is_no_call(world: sandbox.Running, name: str) -> None:
    assert list(channel(name).send([], config(world, name))) == []
    assert truth(world, name) == {}


@carried
def test_what_is_refused_is_refused_and_the_rest_goes_on(world: sandbox.Running, name: str) -> None:
    first, second, third = parcels(name, 3)
    second = replace(second, address=dict(second.address) | REFUSED[name])

    handed = list(channel(name).send([first, second, third], config(world, name)))

    assert [x.came_to for x in handed] == [Handed.ACCEPTED, Handed.REFUSED, Handed.ACCEPTED]
    assert handed[1].detail
    assert truth(world, name) == {"key-0": 1, "key-2": 1}


@carried
def test_a_busy_carrier_has_nothing(world: sandbox.Running, name: str) -> None:
    world.faults(busy_429=1)

    (handed,) = channel(name).send(parcels(name, 1), config(world, name))

    assert handed.came_to is Handed.TRY_LATER
    assert truth(world, name) == {}


@carried
@pytest.mark.parametrize(
    "fault",
    ["timeout_after_accept", "reset_after_accept", "bad_gateway_after_accept", "garbage"],
)
def test_taken_without_an_answer_is_unknown_and_never_twice(
    world: sandbox.Running, name: str, fault: str
) -> None:
    module = channel(name)
    world.faults(**{fault: 1})

    (handed,) = module.send(parcels(name, 1), config(world, name))
    world.faults(**{fault: 0})

    assert handed.came_to is Handed.UNKNOWN
    assert truth(world, name) == {"key-0": 1}
    asked = module.status("key-0", config(world, name))
    assert asked.came_to is (Handed.ACCEPTED if module.ASKABLE else Handed.UNKNOWN)
    if module.TAKES_KEY:
        (again,) = module.send(parcels(name, 1), config(world, name))
        assert again.came_to is Handed.ACCEPTED
        assert again.reference == asked.reference
        assert truth(world, name) == {"key-0": 1}


@carried
def test_a_carrier_that_can_be_asked_says_what_it_never_saw(
    world: sandbox.Running, name: str
) -> None:
    module = channel(name)
    world.faults(error_500=1)

    (handed,) = module.send(parcels(name, 1), config(world, name))

    if module.ASKABLE:
        assert handed.came_to is Handed.UNKNOWN
        assert module.status("key-0", config(world, name)).came_to is Handed.REFUSED
    else:
        assert handed.came_to is Handed.TRY_LATER
    assert truth(world, name) == {}


@carried
def test_slow_is_not_lost(world: sandbox.Running, name: str) -> None:
    world.faults(slow=1)

    (handed,) = channel(name).send(parcels(name, 1), config(world, name))

    assert handed.came_to is Handed.ACCEPTED


@carried
def test_nobody_there_is_try_later_for_all(world: sandbox.Running, name: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    nowhere = config(world, name) | {"port": str(port), "url": f"http://127.0.0.1:{port}"}

    handed = list(channel(name).send(parcels(name, 500), nowhere))

    assert len(handed) == 500
    assert {one.came_to for one in handed} == {Handed.TRY_LATER}


@carried
def test_a_silent_carrier_costs_three_time_outs_not_a_hundred(
    world: sandbox.Running, name: str
) -> None:
    world.faults(timeout_after_accept=1)
    began = time.monotonic()

    handed = list(channel(name).send(parcels(name, 100), config(world, name)))

    assert time.monotonic() - began < 5
    assert [x.came_to for x in handed] == [Handed.UNKNOWN] * 3 + [Handed.TRY_LATER] * 97
    assert set(truth(world, name)) == {"key-0", "key-1", "key-2"}


def signed(body: bytes, *, at: datetime = AT, secret: str = SECRET) -> dict[str, str]:
    timestamp = int(at.timestamp())
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(timestamp),
        "webhook-signature": "v1,bm9uZQ== "
        + sign(body, id="msg_1", timestamp=timestamp, secret=secret),
        "x-received-at": AT.isoformat(),
    }


GOOD = {"smtp": b"Date: Mon, 02 Mar 2026 10:00:00 +0000\r\n\r\nHi", "hybrid": b'{"events": []}'}
READER = {"webhook_secrets": f"{OLD_SECRET} {SECRET}", "sender": "us@factor.example"}


@carried
def test_a_signed_callback_is_read_under_either_secret(name: str) -> None:
    body = GOOD[name]

    assert channel(name).read(body, signed(body), READER) == []
    assert channel(name).read(body, signed(body, secret=OLD_SECRET), READER) == []


@carried
@pytest.mark.parametrize("seconds", [-300, 300])
def test_three_hundred_seconds_are_allowed(name: str, seconds: int) -> None:
    body = GOOD[name]

    assert channel(name).read(body, signed(body, at=AT + timedelta(seconds=seconds)), READER) == []


@carried
@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1,ä"},
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "1" * 400},
        {"webhook-timestamp": str(int(AT.timestamp()) + 1)},
        {"x-received-at": ""},
        {"x-received-at": "2026-03-02T12:00:00"},
        {"x-received-at": (AT + timedelta(seconds=301)).isoformat()},
        {"x-received-at": (AT - timedelta(seconds=301)).isoformat()},
    ],
    ids=lambda changed: "-".join(changed),
)
def test_a_forged_or_old_callback_is_not_believed(name: str, changed: dict[str, str]) -> None:
    body = GOOD[name]

    with pytest.raises(Forged):
        channel(name).read(body, signed(body) | changed, READER)


@carried
def test_one_altered_byte_is_seen(name: str) -> None:
    with pytest.raises(Forged):
        channel(name).read(GOOD[name] + b" ", signed(GOOD[name]), READER)


@carried
def test_without_a_secret_nothing_is_believed(name: str) -> None:
    with pytest.raises(Forged):
        channel(name).read(GOOD[name], signed(GOOD[name]), READER | {"webhook_secrets": ""})


@carried
@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"[]", b"{" * 5000])
def test_signed_nonsense_says_that_it_cannot_be_read(name: str, body: bytes) -> None:
    with pytest.raises(plugins.Unreadable):
        channel(name).read(body, signed(body), READER)


def test_nobody_calls_back_for_the_portal() -> None:
    with pytest.raises(Forged):
        channel("portal").read(b"{}", signed(b"{}"), READER)


def test_a_type_checker_holds_the_modules_against_the_protocol() -> None:
    """Nothing to run: mypy reads the next lines."""
    from usance.plugins.channels import Channel, hybrid, portal, smtp

    _channels: tuple[Channel, ...] = (hybrid, portal, smtp)
