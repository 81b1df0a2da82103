"""Text messages: what is not sent, what is paid for, and which reports are believed."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.outside import parcel
from usance import sandbox
from usance.domain.distribution import DeliveryEvent, Handed, Kind, Outcome
from usance.plugins import Unreadable
from usance.plugins.channels import Forged, elks
from usance.plugins.channels._numbers import NoMobile, mobile

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET, OLD = "whsec_c2VjcmV0", "whsec_b2xk"
CONFIG = {"webhook_secrets": f"{SECRET} {OLD}"}


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, bouncing=0, failing=0)) as running:
        yield running


def config(world: sandbox.Running, **changed: str) -> dict[str, str]:
    return world.config("channels", "elks") | changed


def headers(key: str, secret: str = SECRET) -> dict[str, str]:
    query = elks.callback_query(key, secret)
    return {"x-received-at": AT.isoformat(), "x-received-query": query}


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("+46701234567", "", "+46701234567"),
        ("070-123 45 67", "SE", "+46701234567"),
        ("0046 70 123 45 67", "", "+46701234567"),
        ("(+47) 406 12 345", "NO", "+4740612345"),
        ("+358 40 1234567", "", "+358401234567"),
        ("+1 202 555 0123", "", "+12025550123"),  # The plan does not tell mobiles apart.
    ],
)
def test_a_number_is_read_by_its_countrys_plan(written: str, country: str, number: str) -> None:
    assert mobile(written, country=country) == number


@pytest.mark.parametrize(
    ("written", "country", "why"),
    [
        ("", "SE", "no telephone number"),
        ("", "", "has no country"),
        ("070-123 45 67", "", "has no country"),
        ("070-123 45 6", "SE", "no number of its country's plan"),
        ("08-555 010 00", "SE", "no mobile's"),
        ("+46 8 555 010 00", "", "no mobile's"),
        ("+999 123 456 789", "", "no telephone number"),
        ("ring mig", "SE", "no telephone number"),
        ("+46701234567; DROP", "SE", "number"),
        ("0" * 500, "SE", "no telephone number"),
    ],
)
def test_what_no_text_message_can_reach_costs_nothing(
    world: sandbox.Running, written: str, country: str, why: str
) -> None:
    with pytest.raises(NoMobile, match=why):
        mobile(written, country=country)

    one = parcel("key-1", Kind.SMS, address={"phone": written})
    (handed,) = elks.send([one], config(world, country=country))

    assert handed.came_to is Handed.REFUSED
    assert world.dump()["deliveries"] == {}


@pytest.mark.parametrize(
    ("text", "came_to", "detail"),
    [
        ("Hej " + "å" * 150, Handed.ACCEPTED, "1 part"),
        ("å" * 161, Handed.ACCEPTED, "2 parts"),
        ("Привет " * 9, Handed.ACCEPTED, "1 part, Unicode"),
        ("Привет " * 12, Handed.ACCEPTED, "2 parts, Unicode"),
        ("å" * 307, Handed.REFUSED, "A text of 307 places is 3 parts."),
        ("  \n", Handed.REFUSED, "A text of 0 places is 1 part."),
    ],
)
def test_a_long_text_is_paid_for_or_refused(
    world: sandbox.Running, text: str, came_to: Handed, detail: str
) -> None:
    (handed,) = elks.send([parcel("key-1", Kind.SMS, text=text)], config(world))

    assert (handed.came_to, handed.detail) == (came_to, detail)


@pytest.mark.parametrize("sender", ["", "No", "1Factoring", "Nordic Factoring", "Factoring&to=x"])
def test_a_sender_that_no_telephone_shows_is_our_mistake(
    world: sandbox.Running, sender: str
) -> None:
    with pytest.raises(ValueError, match="sender"):
        list(elks.send([parcel("key-1", Kind.SMS)], config(world, sender=sender)))


def test_a_wrong_login_is_about_us_and_nothing_was_sent(world: sandbox.Running) -> None:
    (handed,) = elks.send([parcel("key-1", Kind.SMS)], config(world, password="other"))

    assert handed.came_to is Handed.TRY_LATER
    assert "401" in handed.detail
    assert world.dump()["deliveries"] == {}


def test_a_report_names_our_key_even_if_we_never_got_the_carriers_reference() -> None:
    (event,) = elks.read(b"id=s1&status=failed", headers("0197b1c2"), CONFIG)

    assert isinstance(event, DeliveryEvent)
    assert (event.key, event.reference, event.outcome) == ("0197b1c2", "s1", Outcome.BOUNCED)


def test_a_report_that_comes_twice_has_one_id() -> None:
    body = b"id=s1&status=delivered&delivered=2026-03-02T11:58:07"
    events = [*elks.read(body, headers("k"), CONFIG), *elks.read(body, headers("k", OLD), CONFIG)]

    assert {event.id for event in events} == {"s1:delivered"}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "key=k",
        "token=" + "0" * 64,
        "key=k&token=",
        "key=k&token=" + "0" * 64,
        "key=k&token=%C3%A5",
        elks.callback_query("k", "whsec_other"),
        elks.callback_query("k", SECRET).replace("key=k", "key=j"),  # Another message's token.
        elks.callback_query("k", SECRET) + "&key=j",
        elks.callback_query("k", SECRET) + "&token=x",
    ],
)
def test_a_report_to_another_address_is_not_believed(query: str) -> None:
    told = {"x-received-at": AT.isoformat(), "x-received-query": query}

    with pytest.raises(Forged):
        elks.read(b"id=s1&status=delivered", told, CONFIG)


@pytest.mark.parametrize(
    "body",
    [
        b"id=s1",
        b"status=delivered",
        b"id=&status=delivered",
        b"id=s1%00&status=delivered",
        b"id=s1&status=delivered&delivered=soon",
        b"&".join(b"a%d=1" % n for n in range(50)),
        b'{"id": "s1", "status": "delivered"}',
    ],
)
def test_a_report_that_is_none_cannot_be_read(body: bytes) -> None:
    with pytest.raises(Unreadable):
        elks.read(body, headers("k"), CONFIG)
