"""The whole way of two invoices, over real protocols: out, back, and out again another way.

An invoice leaves by SMTP; its bounce comes back by SMTP into our own server; the letter that
follows is confirmed by a webhook to a live web server. Jobs are run by a real worker.
"""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from procrastinate.contrib.django import app

from tests import world
from tests.belt import receive
from tests.listening import listening
from usance import models, pipeline, sandbox
from usance.jobs import belt  # noqa: F401 - the worker finds its tasks by this
from usance.queries import doctor
from usance.sandbox.outbox import Where

pytestmark = pytest.mark.django_db(transaction=True)


def work() -> None:
    """A worker takes the belt's jobs until none is left."""

    async def run() -> None:
        worker = app.with_connector(app.connector.get_worker_connector())
        async with worker.open_async():
            await worker.run_worker_async(
                queues=[pipeline.QUEUE], wait=False, listen_notify=False,
                install_signal_handlers=False,
            )  # fmt: skip

    asyncio.run(run())


def carried_by(running: sandbox.Running, listen: str) -> None:
    ready = running.ready["channels"]
    carriers = {name: {"plugin": name, "config": ready[name]} for name in ("smtp", "hybrid")}
    Path(settings.OUTSIDE).write_text(
        json.dumps({
            "kinds": {"email": "smtp", "letter": "hybrid", "einvoice": "hybrid"},
            "carriers": carriers,
            "inbound": {"listen": listen},
        })
    )  # fmt: skip


def test_what_bounces_goes_by_letter_and_what_arrives_is_confirmed(live_server: Any) -> None:
    place = world.build()
    models.Debtor.objects.filter(pk=place.bolt.pk).update(email="bounce@bolt.example")
    Path(settings.OUTSIDE).write_text(json.dumps({
        "carriers": {"smtp": {"plugin": "smtp", "config": {"sender": "invoices@factor.example"}}},
        "inbound": {"carrier": "smtp", "listen": "smtp://127.0.0.1:0"},
    }))  # fmt: skip
    with listening() as port:
        there = sandbox.Settings(
            seed=7, bouncing=0, failing=0, at=world.NOW,
            where=Where(
                webhook_url=f"{live_server.url}/v1/hooks", inbound_smtp=f"127.0.0.1:{port}"
            ),
        )  # fmt: skip
        with sandbox.start(there) as outside:
            carried_by(outside, f"smtp://127.0.0.1:{port}")
            receive(
                world.paper(place.acme, place.bolt, number="R-1"),
                world.paper(place.acme, place.kaufmann, number="R-2", gross="900"),
            )
            work()
            told = outside.clock(world.NOW + timedelta(hours=1))
            assert (told["mails"], told["mails_left"]) == (1, 0)
            work()
            told = outside.clock(world.NOW + timedelta(days=20))
            assert told["events_left"] == 0

    found = models.Dispatch.objects.order_by("invoice__number", "rung")
    assert [(row.invoice.number, row.kind, row.state) for row in found] == [
        ("R-1", "email", "failed"),
        ("R-1", "letter", "delivered"),
        ("R-2", "letter", "delivered"),
    ]
    bounced, _, confirmed = found
    assert bounced.events.get().code == "5.1.1"
    assert bounced.mails.get().heard == "report"
    assert {event.outcome for event in confirmed.events.all()} >= {"sent", "delivered"}
    assert [answer.rule for answer in doctor.examine() if not answer.kept] == []
