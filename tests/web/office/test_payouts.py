"""Payouts: one proposes, another releases exactly what was seen."""

import pytest

from tests.web.office import day
from tests.web.office.conftest import SignedIn
from usance import models

pytestmark = pytest.mark.django_db


def seen() -> dict[str, list[str]]:
    rows = models.Payout.objects.filter(state="proposed")
    return {"seen": [f"{row.pk}:{row.content}" for row in rows]}


def test_what_is_due_is_proposed_and_released_by_a_second_person(signed_in: SignedIn) -> None:
    day.build()
    signed_in("operations").post("/payouts/proposals")
    finance = signed_in("finance")
    preview = finance.get("/payouts/release")
    assert [str(total) for total in preview.context["totals"]] == ["21450.00 EUR", "42500.00 SEK"]
    assert {(move.debit[:4], move.credit[:4]) for move in preview.context["journal"]} == {
        ("2200", "2250")
    }
    answer = finance.post("/payouts/release", seen())
    assert answer.status_code == 302
    assert set(models.Payout.objects.values_list("state", "released_by")) == {
        ("released", "user:finance")
    }
    assert models.PayoutFile.objects.count() == 2


def test_the_same_person_is_refused_and_told_why(signed_in: SignedIn) -> None:
    day.build()
    finance = signed_in("finance")
    finance.post("/payouts/proposals")
    assert b"You proposed these yourself" in finance.get("/payouts/release").content
    answer = finance.post("/payouts/release", seen())
    assert answer.status_code == 409
    assert b"second_person_needed" in answer.content
    assert not models.PayoutFile.objects.exists()


@pytest.mark.parametrize(
    "role", ["intake", "verification", "credit", "collection", "cash", "operations"]
)
def test_a_role_that_may_not_releases_nothing(role: str, signed_in: SignedIn) -> None:
    day.build()
    day.propose()
    answer = signed_in(role).post("/payouts/release", seen())
    assert answer.status_code == 409
    assert b"not_allowed" in answer.content
    assert not models.PayoutFile.objects.exists()


@pytest.mark.parametrize("role", ["intake", "verification", "credit", "collection", "cash"])
def test_a_role_that_may_not_proposes_nothing(role: str, signed_in: SignedIn) -> None:
    day.build()
    assert signed_in(role).post("/payouts/proposals").status_code == 409
    assert not models.Payout.objects.exists()


def test_what_changed_after_it_was_seen_is_not_released(signed_in: SignedIn) -> None:
    day.build()
    day.propose()
    old = seen()
    day.propose()
    assert b"content_changed" in signed_in("admin").post("/payouts/release", old).content
    wrong = {"seen": [f"{row.pk}:other" for row in models.Payout.objects.all()]}
    assert b"content_changed" in signed_in("admin").post("/payouts/release", wrong).content
    assert signed_in("admin").post("/payouts/release", {}).status_code == 409
    assert not models.PayoutFile.objects.exists()
