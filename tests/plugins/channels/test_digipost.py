"""Digipost: what is signed, what a message says, ids that were used, events that are fetched."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

import pytest
from lxml import etree

from tests.outside import parcel
from usance import sandbox
from usance.domain.distribution import Attachment, DeliveryEvent, Handed, Kind, Outcome, Parcel
from usance.plugins import TryLater, Unreadable
from usance.plugins._digipost import NoAnswer, read_answer, to_sign
from usance.plugins.channels import FETCHED_AS, Forged, digipost
from usance.plugins.channels._hybrid_words import PAYMENT
from usance.plugins.directories import digipost as directory

KEY = "0197b1c2d3e47a6b8c9d0e1f2a3b4c5d"
PERSON = {"mailbox": "01019000083"}
PDF = Attachment(name="invoice-1001.pdf", media_type="application/pdf", content=b"%PDF-1.7 paper")
SPACES = {"d": "http://api.digipost.no/schema/v8", "t": "http://api.digipost.no/schema/datatypes"}


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, bouncing=0, failing=0)) as running:
        yield running


def config(world: sandbox.Running, **changed: str) -> dict[str, str]:
    return world.config("channels", "digipost") | changed


def payment(**changed: object) -> Attachment:
    said = {
        "invoice_number": "1001",
        "reference": "0000004211",
        "amount": {"minor": 123450, "currency": "NOK"},
        "due_on": "2026-04-01",
        "account": "NO93 8601 1117 947",
    } | changed
    return Attachment(name="payment.json", media_type=PAYMENT, content=json.dumps(said).encode())


def letter(key: str, *attached: Attachment) -> Parcel:
    return parcel(key, Kind.MAILBOX, address=PERSON, attachments=(PDF, *attached))


def message(one: Parcel) -> etree._Element:
    _, body = digipost._message(one)
    return etree.fromstring(body.split(b"\r\n\r\n", 1)[1].split(b"\r\n--", 1)[0])


def found(root: etree._Element, path: str) -> list[etree._Element]:
    return cast(list[etree._Element], root.xpath(path, namespaces=SPACES))


def test_what_is_signed_is_what_the_documentation_shows() -> None:
    headers = {
        "date": "Wed, 29 Jun 2011 14:58:11 GMT",
        "x-digipost-userid": "9999",
        "x-content-sha256": "q1MKE+RZFJgrefm34/uplM/R8/si9xzqGvvwK0YMbR0=",
        "accept": "anything",
    }

    assert to_sign("post", "/Messages", headers, "parameter1=58&parameter2=Test") == (
        "POST\n/messages\ndate: Wed, 29 Jun 2011 14:58:11 GMT\n"
        "x-content-sha256: q1MKE+RZFJgrefm34/uplM/R8/si9xzqGvvwK0YMbR0=\n"
        "x-digipost-userid: 9999\nparameter1=58&parameter2=test\n"
    )
    del headers["x-content-sha256"]
    assert to_sign("GET", "/", headers, "").endswith("x-digipost-userid: 9999\n\n")


def test_a_message_names_each_document_as_its_part_is_named() -> None:
    terms = Attachment(name="terms.pdf", media_type="application/pdf", content=b"%PDF terms")
    media_type, body = digipost._message(letter(KEY, terms))
    root = message(letter(KEY, terms))
    uuids = [one.text for one in found(root, "//d:uuid")]

    assert media_type.startswith("multipart/vnd.digipost-v8+xml; boundary=")
    assert found(root, "d:message-id")[0].text == KEY
    assert uuids[0] == str(UUID(KEY))
    assert len(set(uuids)) == 2
    assert all(f"filename={uuid}\r\n".encode() in body for uuid in uuids)
    assert (media_type, body) == digipost._message(letter(KEY, terms))


def test_an_invoice_can_be_paid_inside_the_mailbox() -> None:
    (invoice,) = found(message(letter(KEY, payment())), "//t:invoice")

    assert [(etree.QName(one).localname, one.text) for one in invoice] == [
        ("due-date", "2026-04-01T00:00:00+01:00"),
        ("sum", "1234.50"),
        ("creditor-account", "86011117947"),
        ("kid", "0000004211"),
    ]


@pytest.mark.parametrize(
    "attached",
    [
        (),
        (payment(account="SE4550000000058398257466"),),
        (payment(account=""),),
        (payment(amount={"minor": 123450, "currency": "SEK"}),),
        (payment(amount={"minor": 0, "currency": "NOK"}),),
    ],
)
def test_what_cannot_be_paid_there_is_a_letter(attached: tuple[Attachment, ...]) -> None:
    assert not found(message(letter(KEY, *attached)), "//t:invoice")


def test_a_reference_with_letters_is_no_kid() -> None:
    root = message(letter(KEY, payment(reference="RF18539007547034")))

    assert not found(root, "//t:kid")


def test_an_id_that_was_used_is_one_delivery(world: sandbox.Running) -> None:
    one, again = digipost.send([letter(KEY), letter(KEY)], config(world))

    assert one.came_to is again.came_to is Handed.ACCEPTED
    assert one.reference == again.reference == str(UUID(KEY))
    assert world.dump()["deliveries"][KEY]["times"] == 1


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_clock_that_is_wrong_refuses_nobodys_letter(world: sandbox.Running, minutes: int) -> None:
    signed_at = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
    (handed,) = digipost.send([letter(KEY)], config(world, signed_at=signed_at))

    assert handed.came_to is Handed.UNKNOWN  # 400 says many things; nobody could be asked.
    assert digipost.status(KEY, config(world)).came_to is Handed.REFUSED
    assert world.dump()["deliveries"] == {}


def test_who_signs_with_another_key_has_handed_over_nothing(world: sandbox.Running) -> None:
    (handed,) = digipost.send([letter(KEY)], config(world, sender="1"))

    assert handed.came_to is Handed.TRY_LATER
    assert "403 NO_CERTIFICATE" in handed.detail
    assert world.dump()["deliveries"] == {}


def test_a_blank_subject_is_refused_by_the_carrier(world: sandbox.Running) -> None:
    blank = parcel(KEY, Kind.MAILBOX, address=PERSON, attachments=(PDF,), subject="  ")
    (handed,) = digipost.send([blank], config(world))

    assert handed.came_to is Handed.REFUSED
    assert "subject" in handed.detail


def test_thirty_megabytes_go_through(world: sandbox.Running) -> None:
    large = Attachment(name="a.pdf", media_type="application/pdf", content=b"%PDF" * 7_500_000)
    one = parcel(KEY, Kind.MAILBOX, address=PERSON, attachments=(large,))
    (handed,) = digipost.send([one], config(world) | {"timeout_seconds": "20"})

    assert handed.came_to is Handed.ACCEPTED


def test_what_was_opened_is_fetched_page_by_page(world: sandbox.Running) -> None:
    keys = [f"0197b1c2d3e47a6b8c9d0e1f2a3b4c{n:02x}" for n in range(240)]
    settings = config(world, timeout_seconds="9", fetch_days="10000")
    list(digipost.send([letter(key) for key in keys], settings))
    world.clock(sandbox.Settings().at + timedelta(days=9))

    pages = list(digipost.fetch(settings))
    events = [event for page in pages for event in fetched(*page)]

    assert len(pages) == 2
    assert len(events) > digipost.AT_ONCE  # About half of all are opened.
    assert {event.outcome for event in events} == {Outcome.OPENED}
    assert {event.key for event in events} < set(keys)
    assert len({event.id for event in events}) == len(events)
    for name, _ in pages:
        digipost.done(name, settings)
    assert [event for page in digipost.fetch(settings) for event in fetched(*page)] == events
    long_ago = (datetime.now(UTC) - timedelta(minutes=4)).isoformat()
    assert list(digipost.fetch(settings | {"fetch_days": "0", "signed_at": long_ago})) == []


def fetched(name: str, body: bytes) -> list[DeliveryEvent]:
    return digipost.read(body, {}, {FETCHED_AS: name})


def test_events_that_cannot_be_fetched_are_fetched_later(world: sandbox.Running) -> None:
    for settings in (config(world, url="http://127.0.0.1:9"), config(world, sender="1")):
        with pytest.raises(TryLater):
            list(digipost.fetch(settings))


@pytest.mark.parametrize(
    "inside",
    [
        "<event/>",
        '<event uuid="x" type="OPENED" created="2026-03-02T12:00:00+01:00"/>',
        f'<event uuid="{UUID(KEY)}" type="OPENED" created="soon"/>',
    ],
)
def test_a_page_that_is_none_cannot_be_read(inside: str) -> None:
    body = f'<document-events xmlns="http://api.digipost.no/schema/v8">{inside}</document-events>'

    with pytest.raises(Unreadable):
        fetched("page", body.encode())
    with pytest.raises(Unreadable):
        fetched("page", b"<html>")
    with pytest.raises(Forged):
        digipost.read(body.encode(), {}, {})


def test_a_word_of_theirs_that_we_do_not_know_is_kept() -> None:
    one = etree.fromstring(
        f'<event uuid="{UUID(KEY)}" type="FRANKED" created="2026-03-02T12:00:00+01:00"/>'
    )
    event = digipost._event(one)

    assert (event.outcome, event.code, event.key) == (Outcome.UNREADABLE, "FRANKED", KEY)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<",
        b"<message-delivery/>",
        b'<!DOCTYPE a><message-delivery xmlns="http://api.digipost.no/schema/v8"/>',
        b'<error xmlns="http://api.digipost.no/schema/v8"/>',
    ],
)
def test_what_is_no_answer_is_not_read(data: bytes) -> None:
    with pytest.raises(NoAnswer):
        read_answer(data, "message-delivery")


def test_the_directory_answers_for_each_in_order(world: sandbox.Running) -> None:
    asked = ["01019000083", "999999999", "910000004", "nobody", "ola.nordmann#1234"]

    found = list(directory.look_up(asked, world.config("directories", "digipost")))

    assert [one.identifier for one in found] == asked
    assert [one.receives for one in found] == [True, False, True, False, True]
    assert found[1].detail == "UNIDENTIFIED NOT_FOUND"


@pytest.mark.parametrize("fault", ["error_500", "busy_429", "garbage", "reset_after_accept"])
def test_a_directory_that_cannot_be_asked_knows_nothing(world: sandbox.Running, fault: str) -> None:
    world.faults(**{fault: 1})

    found = list(directory.look_up([PERSON["mailbox"]] * 5, config(world)))

    assert [one.receives for one in found] == [None] * 5
    assert found[4].detail == "Not asked: the 3 before it found no answer."
