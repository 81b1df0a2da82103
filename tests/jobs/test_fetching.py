"""Carriers that do not call are visited: what they say is taken in once, whatever happens."""

import asyncio
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests import belt, world
from usance import models, sandbox
from usance.domain.distribution import Kind
from usance.jobs import fetching
from usance.plugins.einvoices import ubl
from usance.queries import responses
from usance.queries.parcels import stored

pytestmark = pytest.mark.django_db
NAMES = ("exchange", "storecove")


@pytest.fixture
def outside(settings: Any) -> Iterator[sandbox.Running]:
    """A world where nothing arrives, so that carriers alone speak."""
    yield from running(settings, failing=1)


@pytest.fixture
def buyers(settings: Any) -> Iterator[sandbox.Running]:
    """A world where everything arrives and buyers answer."""
    yield from running(settings, failing=0)


def running(settings: Any, *, failing: int) -> Iterator[sandbox.Running]:
    told = sandbox.Settings(seed=7, failing=failing, at=world.NOW)
    with sandbox.start(told) as running:
        carriers = {
            name: {"plugin": name, "config": running.config("channels", name)} for name in NAMES
        }
        Path(settings.OUTSIDE).write_text(json.dumps({"kinds": {}, "carriers": carriers}))
        yield running


def sent(settings: Any, name: str) -> models.Dispatch:
    """An invoice handed to this carrier of e-invoices."""
    place = Path(settings.OUTSIDE)
    kinds = dict.fromkeys(("email", "letter", "einvoice", "mailbox"), name)
    place.write_text(json.dumps(json.loads(place.read_text()) | {"kinds": kinds}))
    told = world.build()
    belt.receive(world.paper(told.nord, told.tre_kronor, currency="SEK"), client=told.nord)
    belt.drain()
    return models.Dispatch.objects.get(kind=Kind.EINVOICE)


def codes(dispatch: models.Dispatch) -> list[str]:
    return sorted(
        models.DeliveryEvent.objects.filter(dispatch=dispatch).values_list("code", flat=True)
    )


@pytest.mark.parametrize(
    ("name", "said"), [("exchange", ["RE", "sent"]), ("storecove", ["failed", "succeeded"])]
)
def test_what_waits_is_taken_in_once(
    outside: sandbox.Running, settings: Any, name: str, said: list[str]
) -> None:
    dispatch = sent(settings, name)
    assert dispatch.state == "accepted"
    outside.clock(world.NOW + timedelta(days=1))

    assert fetching.fetch_reports(at=world.NOW) == 2
    assert fetching.fetch_reports(at=world.NOW) == 0

    assert codes(dispatch) == said
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.carrier) == ("failed", name)


def test_the_document_that_left_is_addressed_to_the_participant(
    outside: sandbox.Running, settings: Any
) -> None:
    dispatch = sent(settings, "exchange")

    (sealed,) = [
        one for one in dispatch.sealed["attachments"] if one["media_type"] == "application/xml"
    ]
    ((left, _),) = ubl.read(stored(sealed["sha256"]))
    assert left.buyer.endpoint is not None
    assert f"{left.buyer.endpoint.scheme}:{left.buyer.endpoint.value}" == "0007:5561234567"
    assert left.specification.endswith("poacc:billing:3.0")


def test_a_file_that_cannot_be_read_is_kept_for_a_person_and_the_others_are_taken(
    outside: sandbox.Running, settings: Any, tmp_path: Path
) -> None:
    dispatch = sent(settings, "exchange")
    outside.clock(world.NOW + timedelta(minutes=2))
    put(outside, "out/aaa.answer.1", b"<!DOCTYPE a><ApplicationResponse/>")

    assert fetching.fetch_reports(at=world.NOW) == 2
    assert fetching.fetch_reports(at=world.NOW) == 0

    (odd,) = models.DeliveryEvent.objects.filter(dispatch=None)
    assert (odd.outcome, odd.code) == ("unreadable", "unreadable")
    assert odd.detail.startswith("aaa.answer.1: line 1")
    assert codes(dispatch) == ["sent"]


def test_a_carrier_that_is_down_costs_only_itself(outside: sandbox.Running, settings: Any) -> None:
    dispatch = sent(settings, "storecove")
    outside.clock(world.NOW + timedelta(minutes=2))
    place = Path(settings.OUTSIDE)
    told = json.loads(place.read_text())
    told["carriers"]["exchange"]["config"] |= {"port": "1"}
    place.write_text(json.dumps(told))

    assert fetching.fetch_reports(at=world.NOW) == 1
    assert codes(dispatch) == ["succeeded"]


@pytest.mark.parametrize("name", NAMES)
def test_a_buyer_who_accepts_is_evidence_and_his_payment_is_forecast(
    buyers: sandbox.Running, settings: Any, name: str
) -> None:
    buyers.behave("R-1", "on_time")
    dispatch = sent(settings, name)
    buyers.clock(world.NOW + timedelta(days=60))

    fetching.fetch_reports(at=world.NOW)
    belt.drain()

    dispatch.refresh_from_db()
    assert dispatch.state == "opened"
    said = models.Response.objects.filter(dispatch=dispatch).order_by("at")
    assert [one.stance for one in said] == ["AB", "AP", "PD"]
    paid = date.fromisoformat(buyers.dump()["bills"][0]["payments"][0]["at"][:10])
    assert responses.promised([dispatch.invoice_id]) == {dispatch.invoice_id: paid}
    assert not models.Dispute.objects.exists()
    assert all(one.raw_id for one in said), "what was fetched is kept as it came"


@pytest.mark.parametrize("name", NAMES)
def test_a_buyer_who_asks_back_opens_a_dispute_with_his_reasons(
    buyers: sandbox.Running, settings: Any, name: str
) -> None:
    buyers.behave("R-1", "dispute")
    dispatch = sent(settings, name)
    buyers.clock(world.NOW + timedelta(days=2))

    fetching.fetch_reports(at=world.NOW)
    belt.drain()

    (dispute,) = models.Dispute.objects.filter(invoice=dispatch.invoice_id)
    assert "goods were damaged" in dispute.reason
    (query,) = models.Response.objects.filter(stance="UQ")
    assert query.reasons == ["QUA", "DEL"]


def put(outside: sandbox.Running, path: str, content: bytes) -> None:
    """Somebody at the access point leaves a file."""

    config = outside.config("channels", "exchange")

    async def leave() -> None:
        async with (
            asyncssh.connect(
                config["host"],
                int(config["port"]),
                username=config["user"],
                password=config["password"],
                known_hosts=None,
                config=None,
            ) as connection,
            connection.start_sftp_client() as files,
            files.open(path, "wb") as file,
        ):
            await file.write(content)  # fmt: skip

    asyncio.run(leave())
