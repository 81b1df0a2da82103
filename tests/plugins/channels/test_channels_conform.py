"""Every channel keeps the contract against the sandbox.

A new module is tested by being there: its house in the sandbox plays the carrier, and
cases/<name>.toml says what it carries, whom it refuses, and holds recorded callbacks.
"""

import inspect
import json
import socket
import time
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from tests.outside import PAPER, Receiver, parcel, ubl
from usance import plugins, sandbox
from usance.domain.distribution import (
    ARRIVED,
    ARRIVES,
    Attachment,
    DeliveryEvent,
    Handed,
    Kind,
    Outcome,
    Parcel,
    state_after,
)
from usance.domain.money import Money
from usance.plugins.channels import Forged
from usance.sandbox import houses
from usance.sandbox.outbox import Where

NAMES = plugins.names("channels")
HERE = Path(__file__).parent
DOCS = HERE.parents[2] / "docs" / "plugins.md"
CARRIED = [name for name in NAMES if name != "portal"]  # The portal is ours: nobody can fail.
SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
OLD_SECRET = "whsec_b2xkLXNlY3JldC1vbGQtc2VjcmV0LW9sZA=="
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
CASES = {name: tomllib.loads((HERE / "cases" / f"{name}.toml").read_text()) for name in CARRIED}
CALLING = [name for name in CARRIED if CASES[name]["callbacks"]]
SIGNING = [name for name in CARRIED if CASES[name].get("signed", True)]
KEYS = [f"{n:032x}" for n in range(500)]  # As ours are: a UUID's digits.
SAMPLES = [
    pytest.param(name, sample, id=f"{name}-{place}")
    for name in CARRIED
    for place, sample in enumerate(CASES[name].get("sample", []))
]


def channel(name: str) -> ModuleType:
    return plugins.load("channels", name)


every = pytest.mark.parametrize("name", NAMES)
carried = pytest.mark.parametrize("name", CARRIED)
witness = pytest.mark.parametrize("name", [n for n in CARRIED if hasattr(channel(n), "evidence")])
calling = pytest.mark.parametrize("name", CALLING)
signing = pytest.mark.parametrize("name", SIGNING)


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    settings = sandbox.Settings(seed=7, bouncing=0, failing=0, hang_seconds=0.6)
    with sandbox.start(settings) as running:
        yield running


def config(world: sandbox.Running, name: str, *, hurried: bool = False) -> dict[str, str]:
    """Patient, so that a busy machine is no silent carrier; hurried where the carrier is silent."""
    seconds = CASES.get(name, {}).get("timeout_seconds", "0.3") if hurried else "10"
    return world.config("channels", name) | {"timeout_seconds": seconds}


def parcels(name: str, count: int) -> list[Parcel]:
    address = CASES.get(name, {}).get("address", {})
    return [
        parcel(key, kind(name), address=address, attachments=papers(key, name))
        for key in KEYS[:count]
    ]


def papers(key: str, name: str) -> tuple[Attachment, ...]:
    """Nothing, or what its kind of channel cannot do without."""
    if kind(name) is Kind.LETTER:
        return (PAPER,)
    if kind(name) is not Kind.EINVOICE:
        return ()
    amount = Money.of("125.00", "SEK")
    return (ubl(f"F{key}", "RF18539007547034", amount, due_on="2026-02-02", debtor="Kund AB"),)


def kind(name: str) -> Kind:
    return Kind(CASES[name]["kind"]) if name in CASES else Kind.PORTAL


def truth(world: sandbox.Running, name: str) -> dict[str, int]:
    """How often each key was really taken."""
    dump = world.dump()
    carried = {key: one["times"] for key, one in dump["deliveries"].items()}
    return carried | dict(dump["mails"])


@every
def test_a_channel_has_the_names_of_the_contract(name: str) -> None:
    module = channel(name)

    assert module.__doc__, "say in a line who carries what, and where that is specified"
    assert set(Kind) >= module.KINDS
    assert kind(name) in module.KINDS
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

    assert [one.key for one in handed] == KEYS[:5]
    assert {one.came_to for one in handed} == {Handed.ACCEPTED}
    assert all(one.reference for one in handed)
    if name in CARRIED:
        assert truth(world, name) == dict.fromkeys(KEYS[:5], 1)


@every
def test_what_was_sent_can_be_opened_without_its_secrets(world: sandbox.Running, name: str) -> None:
    """The same parcel is shown in the same words, and nothing in them opens a door."""
    (one,) = parcels(name, 1)
    config = world.config("channels", name)

    said = channel(name).shown(one, config)

    assert said == channel(name).shown(one, config)
    assert one.key in said.replace("-", "") or one.text.strip() in said
    named = ("token", "password", "secret", "private_key", "client_secret", "webhook_secrets")
    for secret in filter(None, (config.get(word, "") for word in named)):
        assert secret not in said or secret == "sandbox", (
            name
        )  # The sandbox's user is its password.


@carried
def test_no_parcel_is_no_call(world: sandbox.Running, name: str) -> None:
    assert list(channel(name).send([], config(world, name))) == []
    assert truth(world, name) == {}


@carried
def test_what_is_refused_is_refused_and_the_rest_goes_on(world: sandbox.Running, name: str) -> None:
    first, second, third = parcels(name, 3)
    second = replace(second, address=dict(second.address) | CASES[name]["refused"])

    handed = list(channel(name).send([first, second, third], config(world, name)))

    assert [x.came_to for x in handed] == [Handed.ACCEPTED, Handed.REFUSED, Handed.ACCEPTED]
    assert handed[1].detail
    assert truth(world, name) == {KEYS[0]: 1, KEYS[2]: 1}


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

    hurried = config(world, name, hurried=fault == "timeout_after_accept")
    (handed,) = module.send(parcels(name, 1), hurried)
    world.faults(**{fault: 0})

    assert handed.came_to is Handed.UNKNOWN
    assert truth(world, name) == {KEYS[0]: 1}
    asked = module.status(KEYS[0], config(world, name))
    assert asked.came_to is (Handed.ACCEPTED if module.ASKABLE else Handed.UNKNOWN)
    if module.TAKES_KEY:
        (again,) = module.send(parcels(name, 1), config(world, name))
        assert again.came_to is Handed.ACCEPTED
        assert again.reference == asked.reference or not module.ASKABLE
        assert truth(world, name) == {KEYS[0]: 1}


@carried
def test_a_carrier_that_can_be_asked_says_what_it_never_saw(
    world: sandbox.Running, name: str
) -> None:
    module = channel(name)
    world.faults(error_500=1)

    (handed,) = module.send(parcels(name, 1), config(world, name))

    if module.ASKABLE:
        assert handed.came_to is Handed.UNKNOWN
        assert module.status(KEYS[0], config(world, name)).came_to is Handed.REFUSED
    elif module.TAKES_KEY:  # Nobody can say, but the same may be sent again.
        assert handed.came_to is Handed.UNKNOWN
    else:
        assert handed.came_to in (Handed.TRY_LATER, Handed.UNKNOWN)
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

    handed = list(channel(name).send(parcels(name, 100), config(world, name, hurried=True)))

    assert time.monotonic() - began < 5
    assert [x.came_to for x in handed] == [Handed.UNKNOWN] * 3 + [Handed.TRY_LATER] * 97
    assert set(truth(world, name)) == set(KEYS[:3])


@witness
def test_proof_is_there_when_it_left_and_is_the_same_when_asked_twice(name: str) -> None:
    told = sandbox.Settings(seed=7, failing=0)
    with sandbox.start(told) as world:
        config = world.config("channels", name)
        (handed,) = channel(name).send(parcels(name, 1), config)
        assert channel(name).evidence(handed.reference, config) is None
        world.clock(told.at + timedelta(days=9))
        proof = channel(name).evidence(handed.reference, config)

        assert proof
        assert channel(name).evidence(handed.reference, config) == proof
        assert channel(name).evidence("nothing of ours/..", config) is None
        world.faults(error_500=1)
        with pytest.raises(plugins.TryLater):
            channel(name).evidence(handed.reference, config)


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


@calling
def test_a_word_that_nobody_knows_is_kept_and_has_no_effect(name: str) -> None:
    odd = {"id": "evt_1", "key": "key-1", "reference": "ref-1", "code": "franking_recalibrated",
           "at": AT.isoformat()}  # fmt: skip
    body, headers = posted(name, house(name).report([odd]))

    (event,) = channel(name).read(body, headers, reader(name))

    assert isinstance(event, DeliveryEvent)
    assert (event.outcome, event.code) == (Outcome.UNREADABLE, "franking_recalibrated")


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
        outcomes = [e.outcome if isinstance(e, DeliveryEvent) else ARRIVES[e.stance] for e in about]
        assert state_after(outcomes) in ARRIVED, about
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
