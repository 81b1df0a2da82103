"""Payouts: one proposes, another releases exactly what was seen."""

from datetime import timedelta

import pytest

from tests import world
from tests.web.office import day
from tests.web.office.conftest import SignedIn
from usance import models
from usance.actions import accounts, explained, finance
from usance.domain.mandate import Role
from usance.domain.payment import Was
from usance.queries import waiting
from usance.sandbox.iban import made_up

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


def test_money_of_a_client_without_an_account_waits_for_one(signed_in: SignedIn) -> None:
    """Nord sells in kronor; what came to us in euros by mistake is due to it all the same."""
    nord = day.build().place.nord
    stray = models.BankLine.objects.filter(unapplied_minor__gt=0, verdict="none").first()
    assert stray is not None
    explained.explain(
        stray.pk, Was.MISDIRECTED, stray.amount, client=nord.pk, role=Role.CASH, at=world.NOW,
        actor=day.CLERK,
    )  # fmt: skip
    day.propose()
    assert not models.Payout.objects.filter(client=nord, currency="EUR").exists()
    client = signed_in("admin")
    assert b"Due with no account to pay to" in client.get("/").content
    link = f"/clients/{nord.pk}?account=EUR"
    assert link in client.get("/payouts").content.decode()
    assert 'value="EUR"' in client.get(link).content.decode()
    row = accounts.enter(
        nord.pk, number=made_up("DE", 9, "nord"), currency="EUR", role=Role.ADMIN,
        at=world.LONG_AGO, actor=world.OFFICER,
    )  # fmt: skip
    assert waiting.elsewhere(at=world.NOW).unpayable == 0, "it counts as one to verify now"
    accounts.verify(row.pk, world.CALLED, role=Role.ADMIN, at=world.LONG_AGO, actor=world.SECOND)
    day.propose()
    assert models.Payout.objects.get(client=nord, currency="EUR").amount == stray.amount


def test_two_people_say_that_the_bank_never_executed_a_payout(signed_in: SignedIn) -> None:
    day.build()
    signed_in("operations").post("/payouts/proposals")
    signed_in("finance").post("/payouts/release", seen())
    row = models.Payout.objects.get(currency="EUR")
    assert row.file is not None
    finance.hand_over_file(row.file.pk, at=world.NOW, actor="bank")
    page = f"/payouts/{row.pk}/missing"
    models.PayoutFile.objects.update(pay_on=world.TODAY - timedelta(days=9))
    first = signed_in("operations")
    assert page in first.get("/payouts").content.decode()
    assert b'name="proof"' in first.get(page).content
    faulty = first.post(page, {"because": "The file was lost.", "proof": ""})
    assert (faulty.status_code, b"missing_payout_without_proof" in faulty.content) == (409, True)
    for end in ("withdrawal", "agree"):
        first.post(page, {"because": "The file was lost.", "proof": "A letter."})
        said = models.MissingPayout.objects.get(state="said")
        assert "Another one agrees" in first.get(page).content.decode()
        second = signed_in("finance")
        assert b"Payouts said to be missing" in second.get("/").content
        told = second.get(page)
        assert b"The file was lost." in second.get("/payouts").content
        answer = second.post(f"/payouts/missing/{said.pk}/{end}", {"seen": told.context["content"]})
        assert answer.status_code == 302
        first = signed_in("operations")
    row.refresh_from_db()
    assert (row.state, row.reason) == (
        "rejected", "Never executed, as operations says: The file was lost.",
    )  # fmt: skip
    assert "Two people say" in first.get(page).content.decode()
