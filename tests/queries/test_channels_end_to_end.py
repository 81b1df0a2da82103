"""A bought invoice into a mailbox, and the few words beside it: from the row to the carrier."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests import world
from tests.belt import drain, receive
from usance import models, sandbox
from usance.actions import distribution
from usance.actions import push as browsers
from usance.domain.distribution import Enough, State
from usance.domain.texting import length
from usance.jobs import delivery, fetching
from usance.plugins.channels import elks
from usance.queries import parcels
from usance.sandbox.houses.webpush import subscription

pytestmark = pytest.mark.django_db

NAMES = ("elks", "kivra", "digipost", "webpush", "smtp", "hybrid")
KINDS = {"sms": "elks", "mailbox": "kivra", "push": "webpush", "email": "smtp", "letter": "hybrid",
         "einvoice": "hybrid"}  # fmt: skip


@pytest.fixture
def outside() -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, bouncing=0, failing=0)) as running:
        carriers = {
            name: {"plugin": name, "config": running.config("channels", name)} for name in NAMES
        }
        carriers["digipost"]["config"] |= {"fetch_days": "10000"}  # The sandbox's time is not ours.
        Path(settings.OUTSIDE).write_text(json.dumps({"kinds": KINDS, "carriers": carriers}))
        yield running


@pytest.fixture
def place() -> world.World:
    return world.build()


def bought(place: world.World) -> models.Invoice:
    world.capital("500000", "SEK")
    receive(world.paper(place.nord, place.tre_kronor))
    drain(send=False)
    return models.Invoice.objects.get()


def sent(
    invoice: models.Invoice, kind: str, address: dict[str, str], carrier: str = ""
) -> models.Dispatch:
    row = models.Dispatch.objects.create(
        invoice=invoice, paper="invoice", rung=0, kind=kind, carrier=carrier or KINDS[kind],
        because="", address=address, planned_at=world.NOW,
    )  # fmt: skip
    distribution.send([row.pk], at=world.NOW, actor="test")
    row.refresh_from_db()
    return row


def test_a_printed_invoice_fits_into_kivra_and_lies_there_once(
    outside: sandbox.Running, place: world.World
) -> None:
    invoice = bought(place)
    row = sent(invoice, "mailbox", {"mailbox": "19121212-1212", "name": "Tre Kronor"})

    assert (row.state, row.handed_at) == (State.DELIVERED, world.NOW)  # 201: it lies there.
    truth = outside.dump()["deliveries"][row.key]
    assert (truth["house"], truth["times"], truth["number"]) == ("kivra", 1, invoice.number)
    (said,) = models.DeliveryEvent.objects.select_related("raw")
    assert (said.outcome, said.code, said.at) == ("delivered", "201", world.NOW)
    assert said.raw is not None
    assert said.raw.media_type == "application/json"
    noted = models.Diary.objects.filter(subject_id=row.pk).order_by("id")
    assert [one.kind for one in noted] == ["dispatch.accepted", "dispatch.delivered"]
    over = world.NOW - timedelta(minutes=1)
    models.Dispatch.objects.update(deadline_at=over, enough=Enough.CONFIRMED)
    delivery.judge_late(at=world.NOW)
    assert not models.Diary.objects.filter(kind="dispatch.late").exists()  # The ladder stays.


def test_who_cannot_be_asked_but_takes_keys_is_handed_the_same_again(
    outside: sandbox.Running, place: world.World
) -> None:
    invoice = bought(place)
    outside.faults(reset_after_accept=1)
    row = sent(invoice, "mailbox", {"mailbox": "19121212-1212", "name": "Tre Kronor"})
    assert row.state == State.UNKNOWN
    outside.faults(reset_after_accept=0)

    distribution.ask([row.pk], at=world.NOW, actor="test")
    row.refresh_from_db()
    assert (row.state, row.attempt) == (State.QUEUED, 1)
    models.Dispatch.objects.filter(pk=row.pk).update(not_before=None)
    distribution.send([row.pk], at=world.NOW, actor="test")

    row.refresh_from_db()
    assert row.state == State.DELIVERED
    assert outside.dump()["deliveries"][row.key]["times"] == 1


def test_what_may_have_gone_out_never_ends_as_failed(
    outside: sandbox.Running, place: world.World
) -> None:
    invoice = bought(place)
    outside.faults(reset_after_accept=1)
    row = sent(invoice, "mailbox", {"mailbox": "19121212-1212", "name": "Tre Kronor"})
    distribution.ask([row.pk], at=world.NOW, actor="test")
    outside.faults(reset_after_accept=0, busy_429=1)
    models.Dispatch.objects.filter(pk=row.pk).update(not_before=None, attempt=7)

    distribution.send([row.pk], at=world.NOW, actor="test")
    distribution.ask([row.pk], at=world.NOW, actor="test")

    row.refresh_from_db()
    assert (row.state, row.attempt) == (State.UNKNOWN, 8)


def test_a_letter_at_digipost_that_was_opened_is_opened_here(
    outside: sandbox.Running, place: world.World
) -> None:
    invoice = bought(place)
    rows = [sent(invoice, "mailbox", {"mailbox": "01019000083"}, "digipost") for _ in range(9)]
    assert {row.state for row in rows} == {State.DELIVERED}  # By the answer, before any event.
    outside.clock(sandbox.Settings().at + timedelta(days=9))

    opened = fetching.fetch_reports(at=world.NOW)

    # About half of all are opened, by dice that fall on their keys.
    there = [one["state"] for one in outside.dump()["deliveries"].values()]
    assert opened == there.count("opened") == len(there) - there.count("delivered")
    assert models.Dispatch.objects.filter(carrier="digipost", state="opened").count() == opened
    assert fetching.fetch_reports(at=world.NOW) == 0


def test_a_text_message_says_what_the_invoice_says_and_its_report_is_taken_in(
    outside: sandbox.Running, place: world.World
) -> None:
    invoice = bought(place)
    row = sent(invoice, "sms", {"phone": "070-123 45 67", "name": "Tre Kronor"})

    assert row.state == State.ACCEPTED
    assert row.document_id is None
    parcel = parcels.unsealed(row)
    assert parcel.attachments == ()
    assert length(parcel.text).parts == 1
    for said in (invoice.number, invoice.payment_reference, "Factor Nord AB", "Nordhav Seafood"):
        assert said in parcel.text

    secret = outside.config("channels", "elks")["webhook_secrets"]
    where = f"/v1/hooks/elks?{elks.callback_query(row.key, secret)}"
    body = f"id={row.reference}&status=delivered&delivered=2026-03-02T10:00:00"
    form = "application/x-www-form-urlencoded"
    assert Client().post(where, body, content_type=form).json() == {"events": 1, "new": 1}
    assert Client().post(where, body, content_type=form).json() == {"events": 1, "new": 0}
    assert Client().post("/v1/hooks/elks?key=x", body, content_type=form).status_code == 401
    row.refresh_from_db()
    assert row.state == State.DELIVERED


def test_a_browser_is_told(outside: sandbox.Running, place: world.World) -> None:
    invoice = bought(place)
    browsers.subscribe(
        place.tre_kronor.pk, **subscription("b1"), page="/i/x", services="push.sandbox.example",
        at=world.NOW,
    )  # fmt: skip
    address = parcels.address(place.tre_kronor, parcels.Kind.PUSH)
    row = sent(invoice, "push", dict(address))

    assert (row.state, row.detail) == (State.ACCEPTED, "")
    assert outside.dump()["deliveries"][row.key]["channel"] == "push"
    assert parcels.address(place.bolt, parcels.Kind.PUSH) == {}
