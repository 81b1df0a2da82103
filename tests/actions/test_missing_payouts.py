"""Payouts that the bank neither executes nor rejects: two people end them, and a late debit is
found and told."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests import world
from tests.actions.test_money_out import _kept, _proposed, _released
from tests.actions.test_paid_out import _debit, _debits, _ordered, _states
from tests.actions.test_races import at_once
from usance import models
from usance.actions import finance, missing_payouts, paid_out, paid_out_said
from usance.domain.events import Kind
from usance.domain.journal import Account
from usance.domain.mandate import ContentChanged, NotAllowed, Role, SecondPersonNeeded
from usance.domain.money import Money
from usance.plugins.payouts import Answer, Verdict
from usance.queries import amounts, waiting
from usance.queries import missing_payouts as questions
from usance.queries import payouts as due_query

pytestmark = pytest.mark.django_db
LATE = world.NOW + timedelta(days=5)
ANNA: Any = {"role": Role.FINANCE, "at": LATE, "actor": "user:anna"}
BO: Any = {"role": Role.FINANCE, "at": LATE, "actor": "user:bo"}
WHY: Any = {"because": "The bank lost the file.", "proof": "The bank's letter of 6 March."}


def missing(payout: models.Payout) -> models.MissingPayout:
    """As two people say."""
    row = missing_payouts.say(payout.pk, **WHY, **ANNA)
    return missing_payouts.agree(row.pk, seen=missing_payouts.content(row), **BO)


def _late_after() -> list[int]:
    """How many no statement shows in time, today and on the next days."""
    days = [world.NOW + timedelta(days=n) for n in range(4)]
    return [waiting.elsewhere(at=day).late for day in days]


def _due(payout: models.Payout) -> tuple[int, int]:
    """What is due to its client, and what it owes us."""
    return _stands(Account.DUE_TO_CLIENTS, payout), _stands(Account.CLIENT_CLAIMS, payout)


def _stands(account: Account, payout: models.Payout) -> int:
    return amounts.of_clients(account, [payout.client_id], "EUR").get(payout.client_id, 0)


def test_two_people_say_that_the_bank_never_executed_a_payout() -> None:
    name, (due, refund) = _ordered()
    assert _late_after() == [0, 0, 2, 2], "days; the bank says nothing at all"
    # The file came twice by mistake, says the bank: it leaves both open.
    finance.take_answers(
        [Answer(file=name, key="", verdict=Verdict.PENDING, code="DU01")], at=world.NOW, actor="b"
    )
    assert _late_after() == [0, 0, 0, 2]
    with pytest.raises(missing_payouts.NotMissing):
        missing_payouts.say(due.pk, **WHY, **ANNA | {"at": world.NOW})
    with pytest.raises(missing_payouts.ProofMissing):
        missing_payouts.say(due.pk, because="Lost.", proof=" ", **ANNA)
    with pytest.raises(NotAllowed):
        missing_payouts.say(due.pk, **WHY, **ANNA | {"role": Role.CASH})
    row = missing_payouts.say(due.pk, **WHY, **ANNA)
    with pytest.raises(missing_payouts.MissingSaid):
        missing_payouts.say(due.pk, **WHY, **BO)
    seen = missing_payouts.content(row)
    with pytest.raises(SecondPersonNeeded):
        missing_payouts.agree(row.pk, seen=seen, **ANNA | {"actor": "user:anna via us_1"})
    with pytest.raises(ContentChanged):
        missing_payouts.agree(row.pk, seen="0" * 64, **BO)
    with pytest.raises(DatabaseError), transaction.atomic():
        models.MissingPayout.objects.update(state="agreed", decided_at=LATE, decided_by="user:anna")
    assert [one.pk for one in questions.waiting()] == [row.pk]
    missing_payouts.withdraw(row.pk, **BO)
    with pytest.raises(missing_payouts.MissingDecided):
        missing_payouts.agree(row.pk, seen=seen, **BO)
    assert _states() == ["sent", "sent"]

    receipt = refund.receipt
    assert receipt is not None
    for one in (due, refund):
        missing(one)
    assert (_states(), _due(due)) == (["rejected", "rejected"], (due.amount_minor, 0))
    receipt.refresh_from_db()
    assert receipt.unapplied_minor == receipt.amount_minor
    assert {one.pk for one in due_query.to_act()} == {due.pk, refund.pk}
    assert _kept() == []
    _released(_proposed(at=LATE), at=LATE, pay_on=LATE.date())
    assert _due(due) == (0, 0)


def test_a_bank_that_executes_it_after_all_is_found_and_nothing_is_paid_twice() -> None:
    _, (due, refund) = _ordered()
    for one in (due, refund):
        missing(one)
    fresh = _proposed(at=LATE)
    assert (fresh.amount_minor, fresh.set_off_minor) == (due.amount_minor, 0)
    _debits(*(_debit(-one.amount_minor, end_to_end=one.key) for one in (due, refund)))
    assert sorted(_states()) == ["paid", "proposed", "rejected"], "the refund waits for a person"
    assert _due(due) == (due.amount_minor, due.amount_minor)
    with pytest.raises(ContentChanged):
        _released(fresh, at=LATE, pay_on=LATE.date())
    told = models.Diary.objects.filter(kind=Kind.PAYOUT_PAID_AFTER_ALL)
    assert {row.subject_id for row in told} == {due.pk, refund.pk}
    lines = {row.amount_minor: row for row in models.BankLine.objects.filter(amount_minor__lt=0)}
    assert lines[-due.amount_minor].unapplied_minor == 0
    assert lines[-refund.amount_minor].unapplied_minor == -refund.amount_minor
    assert "after all" in lines[-refund.amount_minor].says
    assert {row.payout_id for row in questions.after_all()} == {due.pk, refund.pk}
    assert _kept() == []

    again = _proposed(at=LATE)
    assert (again.amount_minor, again.set_off_minor) == (0, due.amount_minor)
    _released(again, at=LATE, pay_on=LATE.date())
    assert _due(due) == (0, 0)
    assert [row.payout_id for row in questions.after_all()] == [refund.pk]
    back = _debit(due.amount_minor, end_to_end=due.key)
    _debits(back, opening=4_217_950)
    assert _due(due) == (due.amount_minor, 0), "it came back, and is due again"
    assert _kept() == []


@pytest.mark.parametrize("whole", [True, False])
def test_a_sum_in_which_a_missing_payout_is_after_all_is_found(whole: bool) -> None:
    name, (due, refund) = _ordered()
    missing(due)
    minor = due.amount_minor + (refund.amount_minor if whole else 0)
    _debits(_debit(-minor, f"Sammler {name}"))
    assert _states() == (["paid", "paid"] if whole else ["sent", "rejected"])
    if not whole:  # Once the bank says that the other one is not in it, it is that one alone.
        answer = Answer(file=name, key=refund.key, verdict=Verdict.REJECTED, code="AC04")
        finance.take_answers([answer], at=LATE, actor="bank")
        assert paid_out.look_again(at=LATE, actor="bank") == 1
        assert paid_out.look_again(at=LATE, actor="bank") == 0
        assert _states() == ["rejected", "paid"]
    assert _due(due) == (due.amount_minor, due.amount_minor)
    assert _kept() == []


def test_what_the_statement_shows_first_is_not_missing() -> None:
    _, (due, refund) = _ordered()
    row = missing_payouts.say(due.pk, **WHY, **ANNA)
    _debits(_debit(-due.amount_minor, end_to_end=due.key))
    assert not questions.waiting().exists()
    with pytest.raises(missing_payouts.MissingDecided):
        missing_payouts.agree(row.pk, seen=missing_payouts.content(row), **BO)
    assert _states() == ["sent", "paid"]
    missing(refund)
    _debits(_debit(-refund.amount_minor, "Zahlung"), opening=4_230_000)
    line = models.BankLine.objects.get(amount_minor=-refund.amount_minor)
    cash = BO | {"role": Role.CASH}
    with pytest.raises(paid_out_said.NotThatDebit):
        paid_out_said.say(line.pk, [refund.pk], **cash)
    assert Money(line.unapplied_minor, "EUR") == -refund.amount
    assert _kept() == []


@pytest.mark.django_db(transaction=True)
def test_a_payout_said_to_be_missing_while_the_bank_shows_it_is_paid_once() -> None:
    """Whoever is first: it is paid, or it is due again and the client owes it us."""
    _, (row, _) = _ordered()
    said = missing_payouts.say(row.pk, **WHY, **ANNA)
    seen = missing_payouts.content(said)
    debit = _debit(-row.amount_minor, end_to_end=row.key)
    agreed, shown = at_once(
        lambda: missing_payouts.agree(said.pk, seen=seen, **BO), lambda: _debits(debit)
    )
    assert shown == 1
    row.refresh_from_db()
    late = not isinstance(agreed, missing_payouts.MissingDecided)
    assert (row.state, _due(row)) == ("paid", (row.amount_minor * late,) * 2)
    assert _kept() == []
