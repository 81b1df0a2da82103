"""Kivra: what stands in a payload, which bytes go out again, and tokens that end."""

import json
import threading
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
import pytest

from tests.outside import parcel
from usance import sandbox
from usance.domain.distribution import Attachment, Handed, Kind, Parcel
from usance.domain.reference import of
from usance.plugins.channels import kivra
from usance.plugins.channels._hybrid_words import PAYMENT
from usance.plugins.directories import kivra as directory

PERSON, COMPANY = {"mailbox": "19121212-1212"}, {"mailbox": "556000-1116"}
OCR = of(42, currency="SEK")
PDF = Attachment(name="invoice-1001.pdf", media_type="application/pdf", content=b"%PDF-1.7 paper")


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, bouncing=0, failing=0)) as running:
        yield running


def config(world: sandbox.Running, **changed: str) -> dict[str, str]:
    return world.config("channels", "kivra") | changed


def payment(minor: int = 123450, currency: str = "SEK", reference: str = "") -> Attachment:
    said = {
        "invoice_number": "1001",
        "reference": reference or OCR,
        "amount": {"minor": minor, "currency": currency},
        "due_on": "2026-04-01",
        "account": "SE4550000000058398257466",
    }
    return Attachment(name="payment.json", media_type=PAYMENT, content=json.dumps(said).encode())


def letter(key: str, address: dict[str, str], *attached: Attachment) -> Parcel:
    return parcel(key, Kind.MAILBOX, address=address, attachments=(PDF, *attached))


def said(one: Parcel, bankgiro: str = "991-2346") -> dict[str, Any]:
    return msgspec.json.decode(kivra.content(one, bankgiro), type=dict[str, Any])


def test_a_person_can_pay_an_invoice_inside_the_mailbox() -> None:
    told = said(letter("0197b1c2d3e4f5a6", PERSON, payment()))

    assert told["ssn"] == "191212121212"
    assert told["type"] == "invoice"
    assert [part["name"] for part in told["parts"]] == ["invoice-1001-d3e4f5a6.pdf"]
    assert b64decode(told["parts"][0]["data"]) == PDF.content
    assert told["payment_multiple_options"] == {
        "payable": True, "currency": "SEK", "method": "1", "account": "9912346",
        "options": [{"due_date": "2026-04-01", "amount": "1234.50", "type": "SE_OCR",
                     "reference": OCR}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "bankgiro"),
    [
        (letter("k", PERSON), "991-2346"),  # A reminder or a credit note: nothing says how to pay.
        (letter("k", PERSON, payment()), ""),
        (letter("k", PERSON, payment(currency="EUR")), "991-2346"),
        (letter("k", PERSON, payment(minor=99)), "991-2346"),
        (letter("k", PERSON, payment(reference="1" * 26)), "991-2346"),
        (letter("k", COMPANY, payment()), "991-2346"),
    ],
)
def test_what_cannot_be_paid_inside_is_a_letter(one: Parcel, bankgiro: str) -> None:
    told = said(one, bankgiro)

    assert told["type"] == "letter"
    assert "payment_multiple_options" not in told


def test_a_reference_that_is_no_ocr_number_is_the_senders_own() -> None:
    told = said(letter("k", PERSON, payment(reference="RF18539007547034")))

    assert told["payment_multiple_options"]["options"][0]["type"] == "TENANT_REF"


def test_a_parcel_has_the_same_bytes_each_time_and_another_key_has_others() -> None:
    one, other = (
        letter(key, PERSON, payment()) for key in ("0197b1c2aaaa0001", "0197b1c2aaaa0002")
    )

    assert kivra.content(one) == kivra.content(one)
    assert kivra.content(one) != kivra.content(other)


def test_sent_again_it_lies_there_once_and_printed_anew_twice(world: sandbox.Running) -> None:
    one = letter("key-1", PERSON, payment())
    changed = parcel(
        "key-1", Kind.MAILBOX, address=PERSON,
        attachments=(Attachment(name=PDF.name, media_type=PDF.media_type, content=b"%PDF other"),),
    )  # fmt: skip

    list(kivra.send([one, one], config(world)))
    assert world.dump()["deliveries"]["key-1"]["times"] == 1
    list(kivra.send([changed], config(world)))
    assert world.dump()["deliveries"]["key-1"]["times"] == 2


def test_a_large_paper_goes_another_way(world: sandbox.Running) -> None:
    large = Attachment(name="a.pdf", media_type="application/pdf", content=b"%PDF" * 7_500_000)
    one = parcel("key-1", Kind.MAILBOX, address=PERSON, attachments=(large,))

    handed = list(kivra.send([one, letter("key-2", PERSON)], config(world)))

    assert [x.came_to for x in handed] == [Handed.REFUSED, Handed.ACCEPTED]
    assert "Kivra takes 1000000" in handed[0].detail


@pytest.mark.parametrize("mailbox", ["", "nobody", "5560001111", "1212121212", "191212121213"])
def test_a_number_that_is_none_is_never_asked_about(world: sandbox.Running, mailbox: str) -> None:
    (handed,) = kivra.send([letter("key-1", {"mailbox": mailbox})], config(world))

    assert handed.came_to is Handed.REFUSED
    assert world.dump()["deliveries"] == {}


def test_a_token_that_ends_within_a_batch_is_renewed(world: sandbox.Running) -> None:
    sending = kivra.send([letter(f"key-{n}", PERSON) for n in range(3)], config(world))
    handed = [next(sending)]
    world.clock(sandbox.Settings().at + timedelta(hours=9))
    handed += list(sending)

    assert {one.came_to for one in handed} == {Handed.ACCEPTED}


def test_a_token_that_is_never_good_is_renewed_once_for_a_parcel() -> None:
    asked: Counter[str] = Counter()

    class Closed(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            asked[self.path] += 1
            is_auth = self.path == "/v1/auth"
            body = b'{"access_token": "t"}' if is_auth else b"{}"
            self.send_response(200 if is_auth else 401)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Closed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = {"url": f"http://127.0.0.1:{server.server_port}", "client_id": "a",
                "client_secret": "b", "tenant": "t"}  # fmt: skip
    handed = list(kivra.send([letter(f"key-{n}", PERSON) for n in range(9)], settings))
    server.shutdown()
    server.server_close()

    assert {one.came_to for one in handed} == {Handed.TRY_LATER}
    assert asked == {"/v1/auth": 4, "/v2/tenant/t/content": 6}  # Three parcels, then it is enough.


@pytest.mark.parametrize(
    "changed", [{"client_secret": "other"}, {"tenant": "other"}, {"client_id": ""}]
)
def test_who_is_not_let_in_has_handed_over_nothing(
    world: sandbox.Running, changed: dict[str, str]
) -> None:
    (handed,) = kivra.send([letter("key-1", PERSON)], config(world, **changed))

    assert handed.came_to is Handed.TRY_LATER
    assert world.dump()["deliveries"] == {}


def test_the_directory_answers_for_each_in_order(world: sandbox.Running) -> None:
    asked = ["19121212-1212", "556999-9997", "556000-1116", "nobody", "556000-1116"]

    found = list(directory.look_up(asked, world.config("directories", "kivra")))

    assert [one.identifier for one in found] == asked
    assert [one.receives for one in found] == [True, False, True, False, True]
    assert found[0].documents == {"letter", "invoice"}
    assert "no Swedish" in found[3].detail
    assert list(directory.look_up([], world.config("directories", "kivra"))) == []


@pytest.mark.parametrize("fault", ["error_500", "busy_429", "garbage", "reset_after_accept"])
def test_a_directory_that_cannot_be_asked_knows_nothing(world: sandbox.Running, fault: str) -> None:
    world.faults(**{fault: 1})

    found = list(directory.look_up(["19121212-1212", "x"], world.config("directories", "kivra")))

    assert [one.receives for one in found] == [None, False]
    assert found[0].detail


def test_nobody_answers_for_a_directory_that_is_not_there() -> None:
    nowhere = {"url": "http://127.0.0.1:9", "client_id": "", "client_secret": "", "tenant": ""}

    (found,) = directory.look_up(["19121212-1212"], nowhere)

    assert found.receives is None
