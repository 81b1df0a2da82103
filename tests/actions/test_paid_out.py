"""What the bank's statement shows of payouts, however it books them."""

from datetime import timedelta
from typing import Any

import pytest

from tests import world
from tests.actions.test_money_out import PAYER, _kept, _proposed, _receipt, _refund, _released
from tests.belt import drain, receive
from usance import models
from usance.actions import (
    allocations,
    explained,
    finance,
    movements,
    paid_out,
    paid_out_said,
    payment,
)
from usance.actions.allocations import TooLate, UndoneBefore
from usance.domain.mandate import NotAllowed, Role
from usance.domain.money import Money
from usance.domain.payment import BankLine, Statement, Was
from usance.plugins.payouts import Answer, Verdict
from usance.plugins.statements._camt_write import write_camt053
from usance.queries import paid_out as questions

pytestmark = pytest.mark.django_db


def _ordered() -> tuple[str, list[models.Payout]]:
    """What is due to a client and a refund to a debtor, in one file that the bank has."""
    line = _receipt()
    client = models.Client.objects.get(name__startswith="Acme")
    receive(world.paper(client, models.Debtor.objects.get(name__startswith="Bolt")))
    drain(send=False)
    rows = [_proposed(), _refund(line, "120.50")]
    (file,) = _released(*rows)
    finance.hand_over_file(file.pk, at=world.NOW, actor="bank")
    return file.name, rows


def _debits(*lines: BankLine, opening: int = 5_030_000) -> int:
    told = Statement(
        account=world.OUR_EUR, currency="EUR", reference=str(lines[0].amount), lines=lines,
        opening=Money(opening, "EUR"), opened_on=world.TODAY, closed_on=world.TODAY,
        closing=Money(opening + sum(line.amount.minor for line in lines), "EUR"),
    )  # fmt: skip
    at = world.NOW + timedelta(hours=models.Statement.objects.count())
    return payment.import_statement("s.xml", write_camt053(told, at), at=at, actor="bank").lines


def _debit(minor: int, text: str = "", **more: str) -> BankLine:
    return BankLine(
        amount=Money(minor, "EUR"), booked_on=world.TODAY, texts=(text,) if text else (), **more
    )  # fmt: skip


def _states() -> list[str]:
    return list(models.Payout.objects.order_by("amount_minor").values_list("state", flat=True))


def test_payouts_that_the_bank_books_as_one_sum_are_closed_by_the_name_of_their_file() -> None:
    name, (due, refund) = _ordered()
    _debits(_debit(-812_049, f"Sammler {name}"), _debit(-1, "Porto"))
    assert _states() == ["sent", "sent"], "another sum than was ordered"
    answer = Answer(file=name, key=refund.key, verdict=Verdict.REJECTED, code="AC04")
    _debits(_debit(-800_000, f"Sammler {name}", bank_reference="A"), opening=4_217_950)
    finance.take_answers([answer], at=world.NOW, actor="bank")
    assert paid_out.look_again(at=world.NOW, actor="bank") == 1
    assert _states() == ["rejected", "paid"]
    assert paid_out.look_again(at=world.NOW, actor="bank") == 0
    assert _kept() == []
    assert due.amount_minor == 800_000


@pytest.mark.parametrize("whole_first", [True, False])
def test_a_sum_closes_the_payouts_that_its_details_name(whole_first: bool) -> None:
    _, (due, refund) = _ordered()
    whole = [_debit(-812_050, bank_reference="E1", entry_reference="E1")]
    parts = [
        _debit(-row.amount_minor, bank_reference=f"E1/{row.amount_minor}", entry_reference="E1",
               end_to_end=row.key)
        for row in (due, refund)
    ]  # fmt: skip
    for lines in (whole, parts) if whole_first else (parts, whole):
        _debits(*lines)
    assert _states() == ["paid", "paid"]
    assert models.BankLine.objects.filter(amount_minor__lt=0, unapplied_minor__lt=0).count() == 0
    assert _kept() == []


def test_a_format_without_keys_closes_a_payout_by_its_payee() -> None:
    _, (due, refund) = _ordered()
    _debits(
        _debit(-800_000, "Zahlung", counterparty_account=due.iban),
        _debit(-12_050, "Zahlung", counterparty_account=due.iban),
    )
    assert _states() == ["sent", "paid"], "the refund goes to another account"
    assert refund.iban == PAYER
    assert _kept() == []


def test_a_long_statement_is_booked_some_lines_at_a_time_and_each_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name, (due, refund) = _ordered()
    lines = [
        _debit(1_000, "Gutschrift", bank_reference="A"),
        _debit(-due.amount_minor, bank_reference="E1/1", entry_reference="E1", end_to_end=due.key),
        *[_debit(-700, "Gebühr")] * 3,
        _debit(-40, bank_reference="E1/2", entry_reference="E1", end_to_end="NOT OURS"),
        _debit(2_000, "Gutschrift", bank_reference="B"),
        _debit(-refund.amount_minor, f"Sammler {name}"),
    ]
    monkeypatch.setattr(movements, "AT_ONCE", 2)
    assert _debits(*lines) == len(lines)
    assert _states() == ["paid", "paid"]
    kept = models.BankLine.objects.order_by("ordinal").filter(statement__reference=lines[0].amount)
    # What the bank scatters over the statement comes last, and together.
    said = [(row.amount_minor, bool(row.entry_reference)) for row in kept]
    assert [not is_entry for _, is_entry in said] == [True] * 6 + [False] * 2
    assert sorted(minor for minor, _ in said) == sorted(line.amount.minor for line in lines)
    assert _kept() == []
    again = [_debit(7), *lines, _debit(-700, "Gebühr")]
    assert _debits(*again) == 2, "the credit, and a fourth of the equal ones"
    assert _kept() == []


def test_a_person_says_which_payouts_a_debit_is_and_takes_it_back() -> None:
    _, (due, refund) = _ordered()
    _debits(_debit(-812_400, "Sammelauftrag"), _debit(500_000, "Gutschrift"))
    by: Any = {"role": Role.CASH, "at": world.NOW, "actor": "user:cash"}
    out, came = models.BankLine.objects.order_by("-pk")[:2][::-1]
    assert [one.pk for one in questions.for_line(out)] == [due.pk, refund.pk]
    assert questions.for_line(came) == []
    both = [due.pk, refund.pk]
    for line, chosen in ((out, []), (out, [*both, out.pk]), (came, both)):
        with pytest.raises(paid_out_said.NotThatDebit):
            paid_out_said.say(line.pk, chosen, **by)
    with pytest.raises(NotAllowed):
        paid_out_said.say(out.pk, both, **by | {"role": Role.CREDIT})
    for n in range(2):
        assert paid_out_said.say(out.pk, both, **by) == Money(350, "EUR")
        assert _states() == ["paid", "paid"]
        out.refresh_from_db()
        assert (out.unapplied_minor, out.says) == (-350, "2 payouts of ours, as cash says.")
        if not n:  # What is left is the bank's charge, by another word.
            charge = Money(350, "EUR")
            explained.explain(out.pk, Was.CHARGE, charge, **by)
        assert [one.payout for one in questions.said_of(out)] == [due, refund]
        assert _kept() == []
        with pytest.raises(paid_out_said.NotThatDebit):
            paid_out_said.say(out.pk, both, **by)
        if not n:
            (said,) = out.explanations.all()
            explained.withdraw(said.pk, **by)
        assert paid_out_said.take_back(out.pk, **by) == 2
        assert _states() == ["sent", "sent"]
        assert questions.said_of(out) == []
        assert _kept() == []
        with pytest.raises(UndoneBefore):
            paid_out_said.take_back(out.pk, **by)
    # The bank says it after all: what people said before is in nobody's way.
    _debits(_debit(-due.amount_minor, end_to_end=due.key), opening=4_717_600)
    assert _states() == ["sent", "paid"]
    paid_out_said.say(out.pk, [refund.pk], **by)
    assert _kept() == []
    late = by | {"at": world.NOW + allocations.UNDO_WITHIN + timedelta(seconds=1)}
    with pytest.raises(TooLate):
        paid_out_said.take_back(out.pk, **late)
    back = _debit(refund.amount_minor, end_to_end=refund.key)
    _debits(back, opening=3_917_600)
    assert _states() == ["returned", "paid"]
    with pytest.raises(paid_out_said.PayoutBack):
        paid_out_said.take_back(out.pk, **by)
