"""`usance plan list`: what a debtor asks for, for people and for programs."""

import pytest

from tests import world
from tests.belt import drain, receive
from usance import models
from usance.actions import plans
from usance.cli.plan import plain, told
from usance.queries import promises

pytestmark = pytest.mark.django_db


def test_a_plan_is_told_with_its_parts() -> None:
    place = world.build()
    receive(world.paper(place.acme, place.bolt, gross="1000.00"))
    drain(send=False)
    row = plans.ask(models.Dispatch.objects.get().pk, count=2, text="Ernte", at=world.NOW)
    (one,) = promises.planned([row])
    assert told(one) == (
        f"{row.pk}  asked    R-1 left 1000.00 EUR: 2026-04-30 500.00 EUR, 2026-05-30 500.00 EUR"
    )
    said = plain(one)
    assert (said["state"], said["left_minor"], said["text"]) == ("asked", 100_000, "Ernte")
    assert said["instalments"][1] == {"due_on": "2026-05-30", "minor": 50_000}
