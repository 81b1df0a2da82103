"""`usance offer`: what may be sold and what is offered, for people and for programs."""

import pytest

from tests import world
from tests.actions.test_offers import ALL, asked, chooses, hand_in
from usance.cli.offer import chosen, plain, told
from usance.queries import offers

pytestmark = pytest.mark.django_db


def test_choices_and_offers_are_told_in_lines_and_in_minor_units() -> None:
    place = world.build()
    chooses(place.acme, ALL)
    rows = hand_in(place.acme, place.bolt, R_1="1000.00")
    (found,) = offers.choices(place.acme.pk, today=world.TODAY)
    (line,) = chosen(found)
    assert (line["number"], line["advance_minor"], line["cost_minor"]) == ("R-1", 80_000, 1_500)
    assert (line["recourse_days"], line["fallback"], line["refused"]) == (60, False, [])
    row = asked(place.acme, rows)
    assert told(row) == (
        f"{row.pk}  offered  800.00 EUR for 1000.00 EUR, cost 15.00 EUR, through 2026-03-03"
    )
    assert plain(row)["invoices"] == [str(rows[0].pk)]
