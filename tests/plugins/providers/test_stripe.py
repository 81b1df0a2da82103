"""What is signed may still say odd things: it is Unreadable, or it can be kept."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from usance.plugins import Unreadable
from usance.plugins.providers import Told, stripe
from usance.sandbox.houses.stripe import signed

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DISPUTE = {"id": "dp_1", "amount": 10_000, "currency": "sek", "payment_intent": "pi_1",
           "metadata": {}, "reason": "fraudulent"}  # fmt: skip
DEEP = "[" * 5_000 + "]" * 5_000


def read(about: object, kind: str = "charge.dispute.funds_withdrawn") -> list[Told]:
    event = {"id": "evt_1", "type": kind, "created": int(AT.timestamp()), "data": {"object": about}}
    return _read(json.dumps(event).encode())


def _read(body: bytes) -> list[Told]:
    headers = signed(body, id="", at=AT, secret="whsec_1") | {"x-received-at": AT.isoformat()}
    return list(stripe.read(body, headers, {"webhook_secret": "whsec_1"}))


@pytest.mark.parametrize("id", [None, "", 7, "d" * 101])
def test_an_event_about_nothing_that_has_a_name_is_unreadable(id: object) -> None:
    with pytest.raises(Unreadable):
        read(DISPUTE | {"id": id})


@pytest.mark.parametrize("metadata", [None, "", 10**20, True, ["key"], {"key": None}])
def test_odd_metadata_name_no_checkout(metadata: object) -> None:
    (told,) = read(DISPUTE | {"metadata": metadata})

    assert (told.id, told.key) == ("dp_1:taken_back", "")


def test_no_text_holds_what_no_database_takes() -> None:
    (told,) = read(DISPUTE | {"reason": "a\0b"})

    assert told.detail == "dispute a\N{REPLACEMENT CHARACTER}b"


def test_two_payments_that_nobody_names_are_not_one() -> None:
    session: dict[str, Any] = {"id": "cs_1", "payment_status": "paid", "amount_total": 100}
    with pytest.raises(Unreadable):
        read(session | {"currency": "sek"}, "checkout.session.completed")


def test_lists_in_lists_without_end_are_unreadable() -> None:
    with pytest.raises(Unreadable):
        _read(f'{{"data": {DEEP}}}'.encode())
