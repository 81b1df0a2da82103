"""Disputes over the API: opened over all or a part, stated anew, closed as something shows."""

import pytest

from tests import world
from tests.api.conftest import Program
from tests.api.test_operations import funded

pytestmark = pytest.mark.django_db


def test_a_dispute_is_opened_and_closed(program: Program, place: world.World) -> None:
    row = funded(place)
    opened = program.post(f"/v1/invoices/{row.pk}/disputes", {"reason": "Damaged."})
    assert (opened.status_code, opened.said["opened_by"]) == (201, program.actor)
    again = program.post(f"/v1/invoices/{row.pk}/disputes", {"reason": "Damaged."})
    assert (again.status_code, again.said["code"]) == (409, "dispute_open")
    assert program.delete(f"/v1/invoices/{row.pk}/disputes/current").status_code == 204
    closed = program.delete(f"/v1/invoices/{row.pk}/disputes/current")
    assert (closed.status_code, closed.said["code"]) == (409, "no_dispute_open")


def test_a_dispute_over_a_part_is_restated_and_ends_as_something_shows(
    program: Program, place: world.World
) -> None:
    row = funded(place)
    here = f"/v1/invoices/{row.pk}/disputes"
    asked = {"reason": "Dear.", "code": "price", "amount": {"minor": 2_000_00, "currency": "EUR"}}
    assert program.post(here, asked).said["amount"] == asked["amount"]
    more = asked | {"amount": {"minor": 10_000_01, "currency": "EUR"}, "instead": True}
    refused = program.post(here, more)
    assert (refused.status_code, refused.said["code"]) == (409, "disputed_amount_impossible")
    less = asked | {"amount": {"minor": 500_00, "currency": "EUR"}, "instead": True}
    assert program.post(here, less).status_code == 201
    whole = program.get(f"/v1/invoices/{row.pk}").said
    assert whole["disputed_part"] == {"minor": 500_00, "currency": "EUR"}
    assert [one["ended_as"] for one in whole["disputes"]] == ["restated", None]
    unproved = program.delete(f"{here}/current?ended_as=credit_note")
    assert (unproved.status_code, unproved.said["code"]) == (409, "dispute_end_not_proved")
    assert program.delete(f"{here}/current?outcome=Found").status_code == 204
    assert program.get(f"/v1/invoices/{row.pk}").said["disputed_part"]["minor"] == 0
