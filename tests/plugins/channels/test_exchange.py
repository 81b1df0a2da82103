"""The SFTP exchange: what waits in `out` is fetched, read, and put away when it is in the books."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import asyncssh
import pytest

from tests.outside import parcel, ubl
from tests.plugins.channels.test_application_response import code, document
from usance import sandbox
from usance.domain.distribution import (
    ARRIVED,
    DeliveryEvent,
    Handed,
    Kind,
    Outcome,
    Parcel,
    Report,
    Response,
    Stance,
    state_after,
)
from usance.domain.money import Money
from usance.plugins import TryLater, Unreadable
from usance.plugins.channels import FETCHED_AS, _application_response, exchange

KEY = "0197b1c2d3e4f5061728394a5b6c7d8e"
RECEIVED = {"x-received-at": "2026-01-05T09:00:00+01:00"}


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, failing=0, hang_seconds=0.6)) as running:
        yield running


@pytest.fixture
def config(world: sandbox.Running) -> dict[str, str]:
    return world.config("channels", "exchange") | {"timeout_seconds": "5"}


def invoice(key: str, number: str = "F-1") -> Parcel:
    amount = Money.of("125.00", "SEK")
    paper = ubl(number, "RF18539007547034", amount, due_on="2026-02-02", debtor="Kund AB")
    return parcel(key, Kind.EINVOICE, attachments=(paper,))


def fetched(config: Mapping[str, str]) -> list[Report]:
    return [
        report
        for name, body in exchange.fetch(config)
        for report in exchange.read(
            body, RECEIVED, {**config, "inbound": "fetched", FETCHED_AS: name}
        )
    ]


def test_what_was_put_is_reported_on_until_the_buyer_says_that_he_pays(
    world: sandbox.Running, config: dict[str, str]
) -> None:
    world.behave("F-1", "on_time")

    (handed,) = exchange.send([invoice(KEY)], config)
    world.clock(datetime(2026, 3, 1, tzinfo=UTC))
    reports = fetched(config)

    assert handed.came_to is Handed.ACCEPTED
    assert {report.key for report in reports} == {KEY}
    events = [report for report in reports if isinstance(report, DeliveryEvent)]
    assert state_after([event.outcome for event in events]) in ARRIVED
    said = {report.stance: report for report in reports if isinstance(report, Response)}
    assert list(said) == [Stance.RECEIVED, Stance.ACCEPTED, Stance.PAID]
    assert (
        said[Stance.PAID].pays_on
        == datetime.fromisoformat(world.dump()["bills"][0]["payments"][0]["at"]).date()
    )


def test_a_buyer_who_disputes_says_why_and_what_he_wants(
    world: sandbox.Running, config: dict[str, str]
) -> None:
    world.behave("F-1", "dispute")

    list(exchange.send([invoice(KEY)], config))
    world.clock(datetime(2026, 3, 1, tzinfo=UTC))
    (query,) = [
        report
        for report in fetched(config)
        if isinstance(report, Response) and report.stance is Stance.UNDER_QUERY
    ]

    assert query.reasons == ("QUA", "DEL")
    assert query.text == (
        "We do not accept invoice F-1: goods were damaged. · asks for more information (PIN)"
    )


def test_what_is_done_is_not_fetched_again_and_the_rest_is(
    world: sandbox.Running, config: dict[str, str]
) -> None:
    list(exchange.send([invoice(KEY)], config))
    world.clock(datetime(2026, 1, 4, tzinfo=UTC))
    first, *rest = [name for name, _ in exchange.fetch(config)]

    exchange.done(first, config)
    exchange.done(first, config)

    assert rest
    assert [name for name, _ in exchange.fetch(config)] == rest


def test_a_document_that_does_not_arrive_says_so(config: dict[str, str]) -> None:
    with sandbox.start(sandbox.Settings(seed=7, failing=1)) as world:
        config = world.config("channels", "exchange")
        list(exchange.send([invoice(KEY)], config))
        world.clock(datetime(2026, 1, 4, tzinfo=UTC))
        events = [one for one in fetched(config) if isinstance(one, DeliveryEvent)]

    assert [(one.outcome, one.code) for one in events] == [
        (Outcome.BOUNCED, "RE"),
        (Outcome.SENT, "sent"),
    ]
    assert events[0].detail == "FD · It could not be delivered."


def test_a_parcel_without_a_document_is_refused_and_nobody_is_called() -> None:
    nowhere = {"host": "127.0.0.1", "port": "1", "user": "u", "host_key": ""}

    (handed,) = exchange.send([parcel(KEY, Kind.EINVOICE)], nowhere)

    assert (handed.came_to, handed.detail) == (
        Handed.REFUSED,
        "The parcel holds no UBL document.",
    )


def test_a_server_with_another_key_is_not_given_anything(
    world: sandbox.Running, config: dict[str, str]
) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()

    (handed,) = exchange.send([invoice(KEY)], config | {"host_key": other})

    assert handed.came_to is Handed.TRY_LATER
    assert world.dump()["deliveries"] == {}
    assert exchange.status(KEY, config | {"host_key": other}).came_to is Handed.UNKNOWN


@pytest.mark.parametrize("changed", [{"password": "wrong"}, {"host_key": ""}, {"port": "1"}])
def test_where_we_are_not_let_in_nothing_is_fetched(
    config: dict[str, str], changed: dict[str, str]
) -> None:
    with pytest.raises(TryLater):
        list(exchange.fetch(config | changed))
    with pytest.raises(TryLater):
        exchange.done("x", config | changed)


@pytest.mark.parametrize("name", [KEY, ".sent.1", f"{KEY}."])
def test_a_file_that_names_no_delivery_is_unreadable(name: str) -> None:
    with pytest.raises(Unreadable):
        exchange.read(b"", RECEIVED, {"inbound": "fetched", FETCHED_AS: name})


def test_a_receipt_of_a_kind_that_nobody_knows_is_kept() -> None:
    (event,) = exchange.read(
        b"Hi\n", RECEIVED, {"inbound": "fetched", FETCHED_AS: f"{KEY}.franked.1"}
    )

    assert isinstance(event, DeliveryEvent)
    assert (event.outcome, event.code, event.detail) == (Outcome.UNREADABLE, "franked", "Hi")
    assert event.at == datetime(2026, 1, 5, 8, tzinfo=UTC)


def test_an_answer_beyond_the_limit_is_unreadable() -> None:
    body = b" " * (_application_response.LARGEST_BYTES + 1)

    with pytest.raises(Unreadable, match="more than"):
        exchange.read(body, RECEIVED, {"inbound": "fetched", FETCHED_AS: f"{KEY}.answer.1"})


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("0007-5560001111.answer.1", "F-4711"),
        ("0007-5590001111.answer.1", ""),  # The envelope came from somebody else.
        (f"{KEY}.answer.1", ""),  # Its delivery says which.
    ],
)
def test_only_what_a_sender_says_in_its_own_name_names_an_invoice(name: str, named: str) -> None:
    body = document(code("AP"))
    (said,) = exchange.read(body, RECEIVED, {"inbound": "fetched", FETCHED_AS: name})
    assert isinstance(said, Response)
    assert (said.number, said.id) == (named, "0007:5560001111/R-17")
    assert bool(said.buyer) is bool(said.seller) is bool(named)
