"""Deliveries at the office: health, filters, and the word of a person on an unknown outcome."""

import json

import pytest

from tests.web.office import day
from tests.web.office.conftest import SignedIn
from usance import models

pytestmark = pytest.mark.django_db


def unknown() -> models.Dispatch:
    return models.Dispatch.objects.get(state="unknown")


def test_health_counts_what_was_planned_and_how_long_it_took(signed_in: SignedIn) -> None:
    day.build()
    (email,) = [
        one["row"]
        for one in signed_in("cash").get("/deliveries").context["health"]
        if one["row"].kind == "email"
    ]
    assert (email.planned, email.accepted, email.delivered, email.failed) == (3, 1, 1, 1)
    assert email.median_time is not None
    assert email.median_time.total_seconds() == 95 * 60


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("view=unknown", {"N-1"}),
        ("view=failed", {"R-1002"}),
        ("view=arrived", {"R-1001"}),
        ("kind=letter", {"R-1002", "R-1004"}),
        ("kind=letter&paper=reminder", set()),
    ],
)
def test_filters_live_in_the_address(query: str, numbers: set[str], signed_in: SignedIn) -> None:
    day.build()
    answer = signed_in("cash").get(f"/deliveries?{query}&format=json")
    rows = json.loads(b"".join(answer.streaming_content))
    assert {row["invoice"] for row in rows} == numbers


@pytest.mark.parametrize(("said", "state"), [("went_out", "accepted"), ("again", "queued")])
def test_a_person_says_what_became_of_it(said: str, state: str, signed_in: SignedIn) -> None:
    day.build()
    row = unknown()
    answer = signed_in("operations").post(f"/deliveries/{row.pk}/outcome", {"outcome": said})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.state == state


@pytest.mark.parametrize("role", ["intake", "verification", "credit", "finance", "cash"])
def test_a_role_that_may_not_has_no_word_on_it(role: str, signed_in: SignedIn) -> None:
    day.build()
    answer = signed_in(role).post(f"/deliveries/{unknown().pk}/outcome", {"outcome": "again"})
    assert answer.status_code == 409
    assert b"not_allowed" in answer.content
    assert unknown()


def test_what_is_known_by_now_cannot_be_decided_again(signed_in: SignedIn) -> None:
    day.build()
    office, row = signed_in("operations"), unknown()
    office.post(f"/deliveries/{row.pk}/outcome", {"outcome": "went_out"})
    again = office.post(f"/deliveries/{row.pk}/outcome", {"outcome": "again"})
    assert again.status_code == 409
    assert b"outcome_is_known" in again.content
