"""Storecove's access point: what is submitted, its queue of webhooks, what its refusals mean."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.outside import parcel, ubl
from usance import sandbox
from usance.domain.distribution import (
    DeliveryEvent,
    Handed,
    Kind,
    Outcome,
    Parcel,
    Report,
    Response,
    Stance,
)
from usance.domain.money import Money
from usance.plugins import TryLater, Unreadable
from usance.plugins.channels import FETCHED_AS, Forged, _storecove_words, storecove

KEY = "0197b1c2d3e4f5061728394a5b6c7d8e"
GUID = "0197b1c2-d3e4-f506-1728-394a5b6c7d8e"
RECEIVED = {"x-received-at": "2026-01-05T09:00:00+01:00"}
PAPER = ubl("F-1", "RF1", Money.of("125.00", "SEK"), due_on="2026-02-02", debtor="Kund AB")
INVOICE = parcel(KEY, Kind.EINVOICE, attachments=(PAPER,))


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, failing=0)) as running:
        yield running


def fetched(config: dict[str, str]) -> list[Report]:
    """Everything in the queue, put away as it is read."""
    found: list[Report] = []
    while pieces := list(storecove.fetch(config)):
        for name, body in pieces:
            found += storecove.read(
                body, RECEIVED, config | {"inbound": "fetched", FETCHED_AS: name}
            )
        for name, _ in pieces:
            storecove.done(name, config)
    return found


def to(address: str) -> Parcel:
    return replace(INVOICE, address={"einvoice": address})


def told(**webhook: Any) -> list[Report]:
    body = json.dumps({"event_type": "document_submission", "guid": "g"} | webhook).encode()
    return list(storecove.read(body, RECEIVED, {"inbound": "fetched", FETCHED_AS: "w"}))


class Answering:
    """A server that gives one answer to everything, and keeps what it was asked."""

    def __init__(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.asked: list[tuple[str, str, bytes]] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                size = int(self.headers.get("content-length", "0"))
                asked.append((self.command, self.path, self.rfile.read(size)))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                self.answer()

            def do_POST(self) -> None:
                self.answer()

            def do_DELETE(self) -> None:
                self.answer()

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{self._server.server_port}/api/v2/"
        self.config = {"url": url, "token": "t", "legal_entity": "42", "timeout_seconds": "5"}

    def __enter__(self) -> "Answering":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_the_document_goes_as_it_is_under_our_key() -> None:
    with Answering(200, b'{"guid": "s-1", "more": 1}') as server:
        (handed,) = storecove.send([INVOICE], server.config)
        ((method, path, body),) = server.asked

    assert (handed.came_to, handed.reference) == (Handed.ACCEPTED, "s-1")
    assert (method, path) == ("POST", "/api/v2/document_submissions")
    asked = json.loads(body)
    raw = asked["document"].pop("rawDocumentData")
    assert base64.b64decode(raw.pop("document")) == PAPER.content
    assert raw == {"parseStrategy": "ubl"}
    assert asked == {
        "legalEntityId": 42,
        "idempotencyGuid": GUID,
        "routing": {"eIdentifiers": [{"scheme": "SE:ORGNR", "id": "5560001111"}]},
        "document": {"documentType": "invoice"},
    }


def test_the_queue_gives_one_after_the_other_until_it_is_empty(world: sandbox.Running) -> None:
    config = world.config("channels", "storecove")
    world.behave("F-1", "on_time")
    (handed,) = storecove.send([INVOICE], config)
    world.clock(datetime(2026, 3, 1, tzinfo=UTC))

    reports = fetched(config)

    assert {(report.key, report.reference) for report in reports} == {(KEY, handed.reference)}
    stances = [report.stance for report in reports if isinstance(report, Response)]
    assert stances == [Stance.RECEIVED, Stance.ACCEPTED, Stance.PAID]
    states = [report.code for report in reports if isinstance(report, DeliveryEvent)]
    assert states == ["succeeded", "AP"]  # The receipt, then the Message Level Status.
    assert list(storecove.fetch(config)) == []


def test_a_webhook_that_is_not_put_away_comes_again(world: sandbox.Running) -> None:
    config = world.config("channels", "storecove")
    list(storecove.send([INVOICE], config))
    world.clock(datetime(2026, 1, 3, tzinfo=UTC))

    assert list(storecove.fetch(config)) == list(storecove.fetch(config))
    ((name, _),) = storecove.fetch(config)
    storecove.done(name, config)
    storecove.done(name, config)
    assert [other for other, _ in storecove.fetch(config)] != [name]


@pytest.mark.parametrize(
    ("status", "body", "came_to"),
    [
        (401, b"", Handed.TRY_LATER),
        (403, b"", Handed.TRY_LATER),
        (404, b"", Handed.TRY_LATER),
        (302, b"", Handed.TRY_LATER),
        (429, b"", Handed.TRY_LATER),
        (400, b"", Handed.REFUSED),
        (422, b'[{"source": "document", "details": "no"}]', Handed.REFUSED),
        (422, b'[{"source": "idempotencyGuid", "details": "used"}]', Handed.ACCEPTED),
        (422, b'[{"source": "", "details": "Idempotency guid was used"}]', Handed.ACCEPTED),
        # Another fault beside it: this was not taken before.
        (422, b'[{"source": "idempotencyGuid"}, {"source": "routing"}]', Handed.REFUSED),
        (422, b"[]", Handed.REFUSED),
        (422, b"<p>", Handed.UNKNOWN),
        (200, b"{}", Handed.UNKNOWN),
        (200, b"[" * 5000, Handed.UNKNOWN),
        (500, b"", Handed.UNKNOWN),
        (503, b"", Handed.UNKNOWN),
    ],
)
def test_what_an_answer_means(status: int, body: bytes, came_to: Handed) -> None:
    with Answering(status, body) as server:
        (handed,) = storecove.send([INVOICE], server.config)

    assert handed.came_to is came_to


def test_how_long_to_wait_is_kept() -> None:
    with Answering(429, retry_after="17") as server:
        (handed,) = storecove.send([INVOICE], server.config)

    assert handed.retry_after_seconds == 17


@pytest.mark.parametrize("address", ["", "5560001111", "0007:", "0007:a/b", "0193:0123456789"])
def test_an_address_that_storecove_has_no_name_for_is_not_submitted(address: str) -> None:
    with Answering(200, b'{"guid": "s"}') as server:
        (handed,) = storecove.send([to(address)], server.config)
        assert server.asked == []

    assert handed.came_to is Handed.REFUSED
    assert handed.detail


def test_further_schemes_are_a_setting() -> None:
    with Answering(200, b'{"guid": "s"}') as server:
        further = server.config | {"schemes": "0225=FR:CTC 0193=UBLBE"}
        (handed,) = storecove.send([to("0193:0123456789")], further)
        ((_, _, body),) = server.asked

    assert handed.came_to is Handed.ACCEPTED
    assert json.loads(body)["routing"]["eIdentifiers"][0]["scheme"] == "UBLBE"


def test_no_two_schemes_have_one_name() -> None:
    assert len(set(_storecove_words.SCHEMES.values())) == len(_storecove_words.SCHEMES)


@pytest.mark.parametrize(("status", "body"), [(401, b""), (500, b""), (200, b"{}"), (200, b"<p>")])
def test_a_queue_that_cannot_be_read_is_tried_later(status: int, body: bytes) -> None:
    with Answering(status, body) as server:
        with pytest.raises(TryLater):
            list(storecove.fetch(server.config))
        if status != 200:
            with pytest.raises(TryLater):
                storecove.done("w", server.config)


def test_a_pushed_webhook_is_not_believed_without_a_signature() -> None:
    body = b'{"event_type": "document_submission", "event": "succeeded"}'

    with pytest.raises(Forged):
        storecove.read(body, RECEIVED, {})


@pytest.mark.parametrize("document", ["%%%", "PGI+", base64.b64encode(b"\0").decode(), "<a"])
def test_an_answer_that_is_broken_is_unreadable(document: str) -> None:
    with pytest.raises(Unreadable):
        told(response_document=document)


def test_a_guid_that_is_none_of_ours_leaves_the_key_empty() -> None:
    (event,) = told(event="succeeded", idempotencyGuid="other")

    assert isinstance(event, DeliveryEvent)
    assert (event.key, event.reference, event.outcome) == ("", "g", Outcome.SENT)
    assert event.at == datetime(2026, 1, 5, 8, tzinfo=UTC)


def test_a_webhook_tells_no_moment_and_gets_the_one_of_the_books_clock() -> None:
    body = json.dumps(
        {"event_type": "document_submission", "guid": "g", "event": "succeeded"}
    ).encode()
    settings = {"inbound": "fetched", FETCHED_AS: "w"}
    (by_the_wall,) = storecove.read(body, RECEIVED, settings)
    noted = RECEIVED | {"x-noted-at": "2026-04-08T19:00:00+00:00"}
    (by_the_book,) = storecove.read(body, noted, settings)
    assert by_the_wall.at.isoformat() == RECEIVED["x-received-at"]
    assert by_the_book.at.isoformat() == "2026-04-08T19:00:00+00:00"
