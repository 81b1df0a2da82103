"""Money that has gone its way is not counted on again; and two statements of one day are no gap."""

import pytest

from tests import world
from tests.actions.test_cash import BY, Bank, bought, kept, line, paid
from usance import models
from usance.actions import explained, finance, payment, refunds, returns
from usance.domain.journal import Account
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.payment import NotThat, Was
from usance.queries import amounts
from usance.queries import explained as questions

pytestmark = pytest.mark.django_db


def release() -> str:
    """The key of what is released."""
    seen = dict(models.Payout.objects.filter(state="proposed").values_list("pk", "content"))
    finance.release_payouts(
        seen, role=Role.FINANCE, pay_on=world.TODAY, at=world.NOW, actor="user:releaser"
    )
    return models.Payout.objects.get(pk__in=seen).key


def test_of_a_receipt_that_was_paid_back_in_part_a_return_waits_for_a_person() -> None:
    """EUR 1 200 for R 1 000: 200 are paid back, then the bank takes the 1 200 back as well."""
    bought(("70012345", "1000.00"))
    bank = Bank()
    (row,) = bank.shows(line("1200.00", "70012345", end_to_end="E2E-1"))
    payment.allocate(row.pk, models.Invoice.objects.get().pk, Money.of("1000", "EUR"), **BY)
    refunds.propose(row.pk, Money.of("200", "EUR"), because="Too much.", **BY)
    release()
    (back,) = bank.shows(line("-1200.00", end_to_end="E2E-1", return_reason="AC06"))
    assert (back.unapplied_minor, paid(row)) == (-120_000, {"70012345": 100_000})
    assert Was.RETURNED not in {one.was for one in questions.suggestions(back)}
    with pytest.raises(NotThat, match="paid no invoice"):
        returns.returned(back.pk, row.pk, **BY)
    assert kept() == []


def test_a_payout_that_came_back_and_went_again_is_no_receipt_that_went_back() -> None:
    bought(("70012345", "1000.00"))
    finance.propose_payouts(at=world.NOW, actor="day")
    key = release()
    bank = Bank()
    bank.shows(line("-800.00", end_to_end=key))
    (came,) = bank.shows(line("800.00", end_to_end=key, return_reason="AC04"))
    (went,) = bank.shows(line("-800.00", end_to_end=key, return_reason="AC04"))
    assert (came.unapplied_minor, went.unapplied_minor) == (0, -80_000)
    assert kept() == []


@pytest.mark.parametrize(("was", "account"), [
    (Was.MISDIRECTED, Account.DUE_TO_CLIENTS), (Was.OVERPAID, Account.DUE_TO_DEBTORS),
])  # fmt: skip
def test_what_its_owner_has_had_is_not_said_to_be_something_else(
    was: Was, account: Account
) -> None:
    place = bought()
    bank = Bank()
    (row,) = bank.shows(line("77.00", "no invoice of ours", counterparty_account=""))
    whose = {"client": place.acme.pk} if was is Was.MISDIRECTED else {"debtor": place.bolt.pk}
    explained.explain(row.pk, was, row.amount, **whose, **BY)
    if was is Was.MISDIRECTED:
        finance.propose_payouts(at=world.NOW, actor="day")
        release()
    else:
        (out,) = bank.shows(line("-77.00", "refund"))
        explained.explain(out.pk, Was.REFUND, row.amount, debtor=place.bolt.pk, **BY)
    with pytest.raises(explained.MoneyGone):
        explained.withdraw(row.explanations.get().pk, **BY)
    of = amounts.of_clients if was is Was.MISDIRECTED else amounts.of_debtors
    assert of(account, list(whose.values()), "EUR") == {}
    assert kept() == []


def test_a_bank_may_tell_of_one_day_in_two_statements_and_not_leave_one_out() -> None:
    bought(("70012345", "1000.00"), ("70054321", "2500.00"))
    bank = Bank()
    bank.shows(line("0.50", "on the day before", counterparty_account=""))
    bank.shows(line("1000.00", "70012345"))
    bank.days -= 1
    bank.shows(line("2500.00", "70054321"))
    assert set(models.Invoice.objects.values_list("stage", flat=True)) == {"settled"}
    bank.days -= 1
    bank.balance += Money.of("5", "EUR")
    with pytest.raises(payment.StatementGap):
        bank.shows(line("1.00"))
    assert kept() == []
