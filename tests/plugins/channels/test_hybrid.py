"""The hybrid distributor: its words, and what its answers mean."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.outside import ADDRESSES, Receiver, parcel
from usance import sandbox
from usance.domain.distribution import Attachment, DeliveryEvent, Handed, Kind, Outcome
from usance.plugins import Unreadable
from usance.plugins.channels import _hybrid_words, hybrid
from usance.plugins.channels._signature import sign
from usance.sandbox.outbox import Where

SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DOCS = Path(__file__).parents[3] / "docs" / "distributor-api.md"


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, failing=0)) as running:
        yield running


def read(*events: dict[str, Any]) -> list[DeliveryEvent]:
    body = json.dumps({"events": events}).encode()
    timestamp = int(AT.timestamp())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(body, id="msg_1", timestamp=timestamp, secret=SECRET),
        "x-received-at": AT.isoformat(),
    }
    return hybrid.read(body, headers, {"webhook_secrets": SECRET})


def event(code: str, **more: str) -> dict[str, Any]:
    return {"id": "evt_1", "key": "k", "reference": "dl_1", "code": code,
            "at": "2026-03-02T13:00:00+01:00"} | more  # fmt: skip


@pytest.mark.parametrize("kind", sorted(hybrid.KINDS))
def test_every_kind_is_carried(world: sandbox.Running, kind: Kind) -> None:
    (handed,) = hybrid.send([parcel("key-1", kind)], world.config("channels", "hybrid"))

    assert handed.came_to is Handed.ACCEPTED
    assert world.dump()["deliveries"]["key-1"]["channel"] == kind.value


def test_an_incomplete_address_is_refused_with_what_is_missing(world: sandbox.Running) -> None:
    bad = parcel("key-1", Kind.LETTER, address={"city": "", "postcode": " "})

    (handed,) = hybrid.send([bad], world.config("channels", "hybrid"))

    assert handed.came_to is Handed.REFUSED
    assert handed.detail == "422 recipient_incomplete: letter needs city, postcode"


def test_the_same_key_with_other_content_is_refused(world: sandbox.Running) -> None:
    config = world.config("channels", "hybrid")
    list(hybrid.send([parcel("key-1", Kind.SMS)], config))

    (again,) = hybrid.send([parcel("key-1", Kind.SMS, text="Other")], config)

    assert (again.came_to, again.detail[:14]) == (Handed.REFUSED, "422 key_reused")


def test_a_later_answer_says_how_far_it_came(world: sandbox.Running) -> None:
    config = world.config("channels", "hybrid") | {"sent_at": AT.isoformat()}
    one = parcel("key-1", Kind.MAILBOX)
    (handed,) = hybrid.send([one], config)
    world.clock(sandbox.Settings().at + timedelta(days=9))

    (again,) = hybrid.send([one], config)  # 409: taken before, with its newest word.

    assert (handed.said, [(said.outcome, said.at) for said in again.said]) == (
        (), [(hybrid.outcome_of(world.dump()["deliveries"]["key-1"]["state"]), AT)],
    )  # fmt: skip
    assert hybrid.status("key-1", config).said == again.said


def test_busy_says_for_how_long(world: sandbox.Running) -> None:
    world.faults(busy_429=1)

    (handed,) = hybrid.send([parcel("key-1", Kind.SMS)], world.config("channels", "hybrid"))

    assert (handed.came_to, handed.retry_after_seconds) == (Handed.TRY_LATER, 2)


def test_a_wrong_token_fails_no_parcel_for_ever(world: sandbox.Running) -> None:
    config = world.config("channels", "hybrid") | {"token": "guess"}

    (handed,) = hybrid.send([parcel("key-1", Kind.SMS)], config)

    assert (handed.came_to, handed.detail[:15]) == (Handed.TRY_LATER, "401 token_wrong")
    assert hybrid.status("key-1", config).came_to is Handed.UNKNOWN


@pytest.mark.parametrize(
    ("status", "came_to"),
    [
        (301, Handed.TRY_LATER), (400, Handed.REFUSED), (403, Handed.TRY_LATER),
        (404, Handed.TRY_LATER), (413, Handed.REFUSED), (422, Handed.REFUSED),
        (429, Handed.TRY_LATER), (500, Handed.UNKNOWN), (502, Handed.UNKNOWN),
        (503, Handed.UNKNOWN), (504, Handed.UNKNOWN), (204, Handed.UNKNOWN),
        (201, Handed.UNKNOWN),  # Without a body that names the key, nothing is proved.
    ],
)  # fmt: skip
def test_what_an_answer_means(status: int, came_to: Handed) -> None:
    with Receiver(status) as somebody:
        config = {"url": somebody.url.rstrip("/"), "token": "t"}
        (handed,) = hybrid.send([parcel("key-1", Kind.SMS)], config)

    assert handed.came_to is came_to


def test_payment_data_go_beside_the_documents_not_among_them() -> None:
    paper = Attachment(name="f.pdf", media_type="application/pdf", content=b"%PDF")
    data = Attachment(name="p.json", media_type=hybrid.PAYMENT, content=b'{"reference": "RF1"}')

    body = json.loads(
        _hybrid_words.request_body(parcel("k", Kind.LETTER, attachments=(paper, data)))
    )

    assert body["payment"] == {"reference": "RF1"}
    assert [one["name"] for one in body["documents"]] == ["f.pdf"]
    assert body["recipient"] == ADDRESSES[Kind.LETTER]


def test_the_same_parcel_gives_the_same_bytes() -> None:
    one = parcel("k", Kind.LETTER)
    other = parcel("k", Kind.LETTER, address=dict(reversed(ADDRESSES[Kind.LETTER].items())))

    assert _hybrid_words.request_body(one) == _hybrid_words.request_body(other)


@pytest.mark.parametrize(("code", "outcome"), sorted(_hybrid_words.OUTCOMES.items()))
def test_a_word_of_the_contract_is_one_of_ours(code: str, outcome: Outcome) -> None:
    (told,) = read(event(code))

    assert (told.outcome, told.code, told.at) == (outcome, code, AT)
    assert f"| `{code}` |" in DOCS.read_text(), "say in the contract what it means"


def test_an_unknown_word_is_kept_and_the_others_are_read() -> None:
    odd, good = read(event("franking_recalibrated", new_field="x"), event("delivered"))

    assert (odd.outcome, odd.code) == (Outcome.UNREADABLE, "franking_recalibrated")
    assert good.outcome is Outcome.DELIVERED


def test_a_corrected_address_comes_with_the_return() -> None:
    (told,) = read(event("returned", corrected_address="Kund AB, Nya Storgatan 7, 111 22 Malmö"))

    assert told.corrected_address == "Kund AB, Nya Storgatan 7, 111 22 Malmö"


@pytest.mark.parametrize(
    "changed",
    [{"id": ""}, {"id": None}, {"code": ""}, {"at": "yesterday"}, {"at": "2026-03-02T13:00:00"}],
)
def test_an_event_without_name_word_or_moment_is_unreadable(changed: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read(event("delivered") | changed)


def test_more_than_five_hundred_events_are_not_read() -> None:
    assert len(read(*[event("sent")] * 500)) == 500
    with pytest.raises(Unreadable):
        read(*[event("sent")] * 501)


def test_what_was_delivered_is_told_signed() -> None:
    with Receiver(500, 429) as ours:  # The first two times we are busy.
        settings = sandbox.Settings(seed=7, failing=0, where=Where(webhook_url=ours.url))
        with sandbox.start(settings) as world:
            config = world.config("channels", "hybrid")
            list(hybrid.send([parcel("key-1", Kind.LETTER)], config))
            said = world.clock(settings.at + timedelta(days=5))
        ((headers, body),) = ours.got

    received = headers | {"x-received-at": datetime.now(UTC).isoformat()}
    events = hybrid.read(body, received, config)

    assert said["events_left"] == 0
    assert [one.code for one in events] == ["printed", "posted", "delivered"]
    assert {one.key for one in events} == {"key-1"}
