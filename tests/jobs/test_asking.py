"""Questions go out by a real mail server, bounces come back; a carrier that knows keys is asked."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from tests import world
from tests.actions.test_asking import MAILED, kinds, mailed, now
from tests.actions.test_questions import allow, handed_in
from tests.jobs.test_inbox import connect
from usance import models, sandbox
from usance.domain.verification.questions import Channel
from usance.jobs import asking, inbox
from usance.queries.outside import NotConfigured

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def outside() -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, bouncing=0, failing=0, at=world.NOW)) as running:
        yield running


def test_a_mail_goes_out_once_and_its_bounce_makes_it_a_call() -> None:
    with sandbox.start(sandbox.Settings(seed=7, bouncing=1, failing=0, at=world.NOW)) as running:
        connect(running)
        row = mailed()
        assert asking.ask_due(at=world.NOW) == 1
        assert asking.ask_due(at=world.NOW) == 0
        running.clock(world.NOW + timedelta(days=3))
        inbox.visit()
    row = now(row)
    assert (row.carrier, row.state, row.question.state) == ("mail", "failed", "to_ask")
    assert row.question.channel == Channel.CALL
    assert kinds() == ["opened", "asked", "mailed", "unreached"]
    assert not models.InboundMail.objects.filter(heard="other").exists()


@pytest.mark.parametrize("trouble", ["timeout_after_accept", "reset_after_accept"])
def test_a_carrier_that_knows_keys_gets_it_once_whatever_breaks(
    trouble: str, outside: sandbox.Running
) -> None:
    config = outside.config("channels", "hybrid") | {"timeout_seconds": "0.3"}
    carriers = {"hybrid": {"plugin": "hybrid", "config": config}}
    told = {"kinds": {"email": "hybrid"}, "carriers": carriers}
    Path(settings.OUTSIDE).write_text(json.dumps(told))
    row = mailed()
    outside.faults(**{trouble: 1.0})
    assert asking.ask_due(at=world.NOW) == 0
    assert now(row).state == "unknown"
    outside.faults(**{trouble: 0.0})
    asking.ask_due(at=world.NOW)
    assert (now(row).state, now(row).question.state) == ("accepted", "asked")
    assert kinds() == ["opened", "asked", "mailed"]


def test_who_carries_no_mail_leaves_the_question_to_a_call() -> None:
    Path(settings.OUTSIDE).write_text("{}")
    place = world.build()
    allow(MAILED)
    row = handed_in(place, "R-1")
    assert (row.state, row.channel) == ("to_ask", "call")
    with pytest.raises(NotConfigured):
        asking.ask_due(at=world.NOW)
