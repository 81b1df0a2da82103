"""What a carrier holds as proof is fetched when the delivery left, kept once, and asked for again
when there is none; asking ends."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests import belt, world
from usance import models, sandbox
from usance.actions.proofs import PAUSES
from usance.domain.distribution import Kind
from usance.jobs import fetching, witnesses
from usance.queries import evidence
from usance.queries.parcels import stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def outside(settings: Any) -> Iterator[sandbox.Running]:
    told = sandbox.Settings(seed=7, failing=0, at=world.NOW)
    with sandbox.start(told) as running:
        config = running.config("channels", "storecove")
        carriers = {"storecove": {"plugin": "storecove", "config": config}}
        kinds = dict.fromkeys(("email", "letter", "einvoice", "mailbox"), "storecove")
        told_us = {"kinds": kinds, "carriers": carriers}
        Path(settings.OUTSIDE).write_text(json.dumps(told_us))
        yield running


def sent() -> models.Dispatch:
    told = world.build()
    belt.receive(world.paper(told.nord, told.tre_kronor, currency="SEK"), client=told.nord)
    belt.drain()
    return models.Dispatch.objects.get(kind=Kind.EINVOICE)


def left(outside: sandbox.Running) -> models.Dispatch:
    """A delivery that Storecove said to have left."""
    dispatch = sent()
    outside.clock(world.NOW + timedelta(minutes=2))
    fetching.fetch_reports(at=world.NOW)
    dispatch.refresh_from_db()
    assert dispatch.state == "sent"
    return dispatch


def unreachable(settings: Any) -> None:
    place = Path(settings.OUTSIDE)
    told = json.loads(place.read_text())
    told["carriers"]["storecove"]["config"]["url"] = "http://127.0.0.1:9"
    place.write_text(json.dumps(told))


def test_evidence_is_kept_once_beside_the_delivery_and_in_the_certificate(
    outside: sandbox.Running,
) -> None:
    dispatch = left(outside)

    assert witnesses.fetch_proofs(at=world.NOW) == 1
    assert witnesses.fetch_proofs(at=world.NOW + timedelta(days=9)) == 0

    proof = models.Proof.objects.get()
    assert (proof.pk, proof.tries, proof.ask_at) == (dispatch.pk, 1, None)
    assert proof.document_id
    told = json.loads(stored(proof.document_id))
    assert (told["guid"], told["network"]) == (dispatch.reference, "peppol")
    (carried,) = evidence.of(dispatch.invoice_id, at=world.NOW).deliveries
    assert carried.proof == proof.document_id


def test_nobody_asks_before_the_carrier_said_that_it_left(outside: sandbox.Running) -> None:
    sent()

    assert witnesses.fetch_proofs(at=world.NOW) == 0
    assert not models.Proof.objects.exists()


def test_who_has_none_is_asked_again_later_and_not_for_ever(
    outside: sandbox.Running, settings: Any
) -> None:
    left(outside)
    unreachable(settings)
    moments: list[datetime] = []
    at = world.NOW
    for _ in range(len(PAUSES) + 1):
        assert witnesses.fetch_proofs(at=at) == 0
        row = models.Proof.objects.get()
        moments.append(row.asked_at)
        assert witnesses.fetch_proofs(at=at) == 0, "not before its time"
        assert models.Proof.objects.get().tries == len(moments)
        at = row.ask_at or at + timedelta(days=5)

    assert [b - a for a, b in pairwise(moments)] == list(PAUSES)
    row = models.Proof.objects.get()
    assert (row.document_id, row.ask_at, row.tries) == (None, None, len(PAUSES) + 1)
    assert witnesses.fetch_proofs(at=at) == 0
    assert models.Proof.objects.get().tries == len(PAUSES) + 1


def test_evidence_that_comes_late_is_kept(outside: sandbox.Running, settings: Any) -> None:
    left(outside)
    before = Path(settings.OUTSIDE).read_text()
    unreachable(settings)
    witnesses.fetch_proofs(at=world.NOW)
    Path(settings.OUTSIDE).write_text(before)

    assert witnesses.fetch_proofs(at=world.NOW + PAUSES[0]) == 1
    assert models.Proof.objects.get().tries == 2


def test_the_delivery_page_shows_the_grade_and_the_carriers_evidence(
    outside: sandbox.Running, settings: Any
) -> None:
    from types import SimpleNamespace

    from usance.queries import channels
    from usance.web import delivered

    dispatch = left(outside)
    witnesses.fetch_proofs(at=world.NOW)
    row = channels.one(dispatch.pk)
    grade = delivered.delivery(row)
    assert "held" not in grade, "the page's word for the evidence hides none of the delivery's"
    assert SimpleNamespace(**grade).proof
    assert row.proof.document_id
