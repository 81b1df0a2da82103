"""Online payments by program: what was paid, what a provider has, paid on, and which receipt."""

import pytest

from tests import world
from tests.api.conftest import key
from tests.stories.reading import Step
from tests.stories.telling import Teller
from usance import models

pytestmark = pytest.mark.django_db


def test_what_was_paid_online_and_paid_on_is_listed() -> None:
    teller = Teller()
    for word, says in (
        ("hands", {"": "R-1", "for": "1000.00 EUR", "by": "bolt", "due": "2026-03-20"}),
        ("taps", {"": "R-1"}),
    ):
        teller.tell(Step(world.TODAY, word, says, (), 1))
    ann = key("read", "write", "cash", owner="ann")
    (paid,) = ann.get("/v1/checkouts", state="paid").said["items"]
    assert (paid["amount"], paid["provider"], paid["payment"], paid["final_on"]) == (
        {"minor": 100_000, "currency": "EUR"}, "stripe", "pi_R-1", "2026-06-30",
    )  # fmt: skip
    (place,) = ann.get("/v1/provider-payouts/balances").said["items"]
    assert (place["balance"]["minor"], place["under_way"]["minor"], place["final_days"]) == (
        100_000, 0, 120,
    )  # fmt: skip
    teller.tell(Step(world.TODAY, "forwards", {"": "R-1", "for": "15.25 EUR"}, (), 2))
    (payout,) = ann.get("/v1/provider-payouts").said["items"]
    line = models.BankLine.objects.get(account__provider="", amount_minor=98_475)
    assert (payout["state"], payout["fee"]["minor"], payout["bank_line"]) == (
        "arrived", 1_525, str(line.pk),
    )  # fmt: skip
    again = ann.post(f"/v1/provider-payouts/{payout['id']}/arrivals", {"bank_line": str(line.pk)})
    assert (again.status_code, again.said["code"]) == (409, "provider_payout_is_not_that")
