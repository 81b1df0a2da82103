"""What goes wrong around a delivery ends in a clear state and a task: nothing lost, nothing twice.

No address at all: jobs/test_belt. A paper of 30 MB: letters/test_printable and the mailboxes' own.
A template with a missing or unknown field: test_templates, web/office/test_templates.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import belt, world
from tests.walks import sent
from usance import models, sandbox
from usance.actions import distribution
from usance.queries import deliveries, parcels
from usance.sandbox.houses import hybrid

pytestmark = pytest.mark.django_db(transaction=True)
NOW = world.NOW
MANY = 500


@pytest.fixture
def outside(settings: Any) -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, bouncing=0, failing=0)) as running:
        configure(settings, running)
        yield running


def configure(settings: Any, running: sandbox.Running, **changed: str) -> None:
    carriers = {
        name: {"plugin": name, "config": running.config("channels", name) | changed}
        for name in ("smtp", "hybrid")
    }
    kinds = {"email": "smtp", "letter": "hybrid", "einvoice": "hybrid", "mailbox": "hybrid"}
    Path(settings.OUTSIDE).write_text(json.dumps({"kinds": kinds, "carriers": carriers}))


@pytest.mark.parametrize(
    "malformed", ["bolt.example", "rechnung@", "@bolt.example", "a b@bolt.example", "a@b@c.example"]
)
def test_a_malformed_address_is_refused_and_the_letter_goes(
    outside: sandbox.Running, malformed: str
) -> None:
    place = world.build()
    models.Debtor.objects.filter(pk=place.bolt.pk).update(email=malformed)
    belt.receive(world.paper(place.acme, place.bolt))
    belt.drain()
    invoice = models.Invoice.objects.get()

    assert (sent(invoice).kind, sent(invoice).state) == ("letter", "accepted")
    refused = models.Dispatch.objects.filter(kind="email")
    assert {row.state for row in refused} <= {"failed"}
    assert outside.dump()["mails"] == {}


def test_a_malformed_address_and_no_other_is_a_task_with_its_reason(
    outside: sandbox.Running,
) -> None:
    place = world.build()
    models.Debtor.objects.filter(pk=place.bolt.pk).update(email="rechnung@", street="", city="")
    belt.receive(world.paper(place.acme, place.bolt))
    belt.drain()

    (hold,) = models.Hold.objects.filter(closed_at=None)
    assert [one["code"] for one in hold.findings] == ["nobody_reached"]
    assert outside.dump()["mails"] == {}


def test_five_hundred_wait_while_the_distributor_is_down_and_each_goes_once(
    outside: sandbox.Running, settings: Any
) -> None:
    place = world.build()
    papers = [
        world.paper(place.acme, place.kaufmann, number=f"R-{n}", gross=f"10.{n % 100:02}")
        for n in range(MANY)
    ]
    models.Debtor.objects.filter(pk=place.kaufmann.pk).update(email="")
    belt.receive(*papers, client=place.acme)
    belt.drain(send=False)
    _print_once()
    waiting = list(models.Dispatch.objects.order_by("pk").values_list("pk", flat=True))
    assert len(waiting) == MANY
    configure(settings, outside, url="http://127.0.0.1:9")

    distribution.send(waiting, at=NOW, actor="belt")

    states = Counter(models.Dispatch.objects.values_list("state", flat=True))
    assert states == {"queued": MANY}, "nothing is lost, nothing is called sent"
    assert models.Carrier.objects.get(name="hybrid").until, "it is left in peace for a while"
    assert not models.Hold.objects.filter(closed_at=None).exists(), "a person need do nothing yet"

    configure(settings, outside)
    models.Carrier.objects.update(until=NOW)
    for _ in range(20):
        models.Dispatch.objects.filter(state="queued").update(not_before=NOW)
        distribution.send(deliveries.due(), at=NOW, actor="belt")
    assert set(models.Dispatch.objects.values_list("state", flat=True)) == {"accepted"}
    carried = [one["times"] for one in outside.dump()["deliveries"].values()]
    assert carried == [1] * MANY


def _print_once() -> None:
    """One paper for all: what is sent is looked at elsewhere, printing costs."""
    first = models.Dispatch.objects.select_related("invoice__debtor").order_by("pk")[0]
    from usance.actions.distribution import sealing

    sealing.sealed(parcels.queued([first.pk]), at=NOW)
    first.refresh_from_db()
    models.Dispatch.objects.update(sealed=first.sealed, document_id=first.document_id)


@pytest.mark.parametrize("late", [timedelta(minutes=6), timedelta(days=2), -timedelta(minutes=6)])
def test_a_stale_webhook_changes_nothing(outside: sandbox.Running, late: timedelta) -> None:
    row = _handed()
    body, headers = _callback(outside, row, at=datetime.now(UTC) - late)
    assert _post(body, headers).status_code == 401
    _unmoved(row)


def test_a_forged_webhook_changes_nothing(outside: sandbox.Running) -> None:
    row = _handed()
    body, headers = _callback(outside, row)
    assert _post(body.replace(b"delivered", b"returned"), headers).status_code == 401
    assert _post(body, {}).status_code == 401
    _unmoved(row)
    assert _post(body, headers).status_code == 200
    row.refresh_from_db()
    assert row.state == "delivered", "the same, as it was signed, is believed"


def test_a_webhook_of_an_unknown_reference_waits_for_a_person(outside: sandbox.Running) -> None:
    row = _handed()
    body, headers = _callback(outside, row, key="f" * 32, reference="dl_of_somebody_else")
    for new in (1, 0):
        assert _post(body, headers).json() == {"events": 1, "new": new}
    parked = models.DeliveryEvent.objects.get(dispatch=None)
    assert parked.outcome == "delivered"
    assert parked.raw_id, "what came is kept"
    row.refresh_from_db()
    assert row.state == "accepted"


def _handed() -> models.Dispatch:
    place = world.build()
    belt.receive(world.paper(place.acme, place.kaufmann))
    belt.drain()
    return models.Dispatch.objects.get()


def _callback(
    outside: sandbox.Running, row: models.Dispatch, at: datetime | None = None, **changed: str
) -> tuple[bytes, dict[str, str]]:
    event: Any = {
        "id": "evt_1", "key": row.key, "reference": row.reference, "code": "delivered",
        "at": NOW.isoformat(),
    } | changed  # fmt: skip
    body = hybrid.report([event])
    secret = outside.config("channels", "hybrid")["webhook_secrets"]
    return body, hybrid.signed(body, id="msg_1", at=at or datetime.now(UTC), secret=secret)


def _post(body: bytes, headers: dict[str, str]) -> Any:
    sent = {name: value for name, value in headers.items() if name != "content-type"}
    return Client().post(
        "/v1/hooks/hybrid", body, content_type="application/json", headers=sent or None
    )


def _unmoved(row: models.Dispatch) -> None:
    row.refresh_from_db()
    assert row.state == "accepted"
    assert not models.DeliveryEvent.objects.exists()
