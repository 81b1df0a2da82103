"""Every channel keeps the contract against the sandbox.

A new module is tested by being there: its house in the sandbox plays the carrier, and
cases/<name>.toml says what it carries, whom it refuses, and holds recorded callbacks.
"""

import inspect
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.plugins.channels.conforming import (
    CARRIED,
    CASES,
    HERE,
    KEYS,
    carried,
    channel,
    config,
    every,
    kind,
    parcels,
    truth,
)
from usance import plugins, sandbox
from usance.domain.distribution import Handed, Handover, Kind

DOCS = HERE.parents[2] / "docs" / "plugins.md"
witness = pytest.mark.parametrize("name", [n for n in CARRIED if hasattr(channel(n), "evidence")])


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    settings = sandbox.Settings(seed=7, bouncing=0, failing=0, hang_seconds=0.6)
    with sandbox.start(settings) as running:
        yield running


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
    module, at = channel(name), sandbox.Settings().at
    told = config(world, name) | {"sent_at": at.isoformat()}

    handed = list(module.send(parcels(name, 5), told))

    assert [one.key for one in handed] == KEYS[:5]
    assert {one.came_to for one in handed} == {Handed.ACCEPTED}
    assert all(one.reference for one in handed)
    if name in CARRIED:
        assert truth(world, name) == dict.fromkeys(KEYS[:5], 1)
    known = [handed[0], module.status(KEYS[0], told)] if module.ASKABLE else handed[:1]
    _says_at_once(known, CASES.get(name, {}).get("at_once"), at)


def _says_at_once(known: Sequence[Handover], wanted: str | None, at: datetime) -> None:
    """`at_once` of cases/<name>.toml: how far it is with the answer. Without it: taken, no more."""
    for one in known:
        assert [said.outcome.value for said in one.said] == ([wanted] if wanted else [])
        assert bool(one.answer) == bool(wanted), "what is said at once is kept as it came"
        for said in one.said:
            assert (said.key, said.reference) == (one.key, known[0].reference)
            assert (said.at, bool(said.code)) == (at, True)
    assert len({said.id for one in known for said in one.said}) == bool(wanted)


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
