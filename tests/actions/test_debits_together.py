"""Direct debits that the bank books as one sum, and one of them that comes back; exact cents."""

import re
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from tests import world
from tests.actions.test_debits import BOLTS, DAY, DUE, broken, ready, sent
from tests.belt import drain
from usance import models
from usance.actions import collected, debit_files, payment, summed
from usance.actions.allocations import UndoneBefore
from usance.domain.mandate import NotAllowed, Role
from usance.domain.money import Money
from usance.domain.payment import BankLine, Statement
from usance.plugins.payouts import Answer, Verdict
from usance.plugins.statements._camt_write import write_camt053

pytestmark = pytest.mark.django_db
PARTS = "<TxDtls><Refs><EndToEndId>{}</EndToEndId></Refs></TxDtls>"


class Bank:
    """Statements that follow on each other; `details` stand in the last entry of one."""

    def __init__(self) -> None:
        self.balance, self.told = Money(0, "EUR"), 0

    def says(self, *lines: BankLine, on: date, details: str = "") -> None:
        self.told += 1
        opening = self.balance
        for line in lines:
            self.balance += line.amount
        statement = Statement(
            account=world.OUR_EUR, currency="EUR", reference=f"S{self.told}", opening=opening,
            closing=self.balance, opened_on=on, closed_on=on,
            lines=tuple(replace(line, booked_on=on) for line in lines),
        )  # fmt: skip
        at = datetime.combine(on, world.NOW.timetz())
        data = write_camt053(statement, at)
        if details:
            head, _, tail = data.decode().rpartition("<NtryDtls>")
            data = f"{head}<NtryDtls>{details}{tail[tail.index('</NtryDtls>') :]}".encode()
        payment.import_statement(f"{self.told}.xml", data, at=at, actor="bank")
        drain(send=False, at=at)


def credit(minor: int, **said: Any) -> BankLine:
    told: dict[str, Any] = {"booked_on": DUE, "bank_reference": f"B{minor}"}
    return BankLine(amount=Money(minor, "EUR"), **told | said)


def three() -> tuple[models.DebitFile, list[models.Debit]]:
    """Three debits of 1000.01 each; the first one under a mandate is a batch of its own."""
    ready(count=3, gross="1000.01")
    file = sent()
    return file, list(models.Debit.objects.order_by("pk"))


def states() -> list[str]:
    return list(models.Debit.objects.order_by("pk").values_list("state", flat=True))


def test_a_batch_is_collected_one_goes_back_and_comes_again() -> None:
    file, (first, second, third) = three()
    bank = Bank()
    told = f"<Btch><MsgId>{file.name}</MsgId><PmtInfId>{file.name}-2</PmtInfId></Btch>"
    alone = credit(1_000_01, end_to_end=first.key)
    bank.says(alone, credit(2_000_02), on=DUE, details=told)
    receipt = models.BankLine.objects.get(amount_minor=2_000_02)
    assert (receipt.unapplied_minor, receipt.says) == (0, "2 direct debits of ours in one sum.")
    assert states() == ["collected"] * 3
    paid = models.Allocation.objects.filter(undone_at=None)
    assert {(row.invoice_id, row.amount_minor) for row in paid} == {
        (row.invoice_id, 1_000_01) for row in (first, second, third)
    }
    assert broken() == []

    back = credit(
        -1_000_01, end_to_end=second.key, return_reason="AM04", counterparty_account=BOLTS
    )
    bank.says(back, on=DUE + 3 * DAY)
    assert states() == ["collected", "returned", "collected"]
    owed = models.Balance.objects.filter(account="1200", debit_minor__gt=0)
    left = {row.invoice_id: row.debit_minor - row.credit_minor for row in owed}
    assert left == {first.invoice_id: 0, second.invoice_id: 1_000_01, third.invoice_id: 0}
    assert not models.BankLine.objects.exclude(unapplied_minor=0).exists()
    assert broken() == []

    again = credit(1_000_01, bank_reference="B9", end_to_end=second.key, return_reason="AM04")
    bank.says(again, on=DUE + 4 * DAY)
    assert states() == ["collected"] * 3
    assert paid.count() == 3
    assert broken() == []


@pytest.mark.parametrize("is_told_first", [True, False])
def test_what_was_rejected_is_not_in_the_sum_whichever_is_told_first(is_told_first: bool) -> None:
    file, (_, _, third) = three()
    answer = Answer(file=file.name, key=third.key, verdict=Verdict.REJECTED, code="AC04")
    at, bank = datetime.combine(DUE, world.NOW.timetz()), Bank()
    if is_told_first:
        debit_files.take_answers([answer], at=at, actor="bank")
    bank.says(credit(2_000_02, texts=(f"SAMMLER {file.name}",)), on=DUE)
    if not is_told_first:
        assert states() == ["sent"] * 3
        debit_files.take_answers([answer], at=at, actor="bank")
        assert collected.look_again(at=at, actor="bank") == 2
    assert states() == ["collected", "collected", "rejected"]
    assert models.BankLine.objects.get().unapplied_minor == 0
    assert collected.look_again(at=at, actor="bank") == 0
    assert broken() == []


def test_details_without_amounts_decide_and_other_sums_wait_for_a_person() -> None:
    file, (first, second, _) = three()
    bank = Bank()
    bank.says(credit(2_000_01, texts=(f"SAMMLER {file.name}-1",)), on=DUE)
    assert states() == ["sent"] * 3
    keys = "".join(PARTS.format(row.key) for row in (first, second))
    bank.says(credit(2_000_02), on=DUE + DAY * 3, details=keys)
    assert states() == ["collected", "collected", "sent"]
    assert broken() == []


def test_details_with_amounts_tell_what_was_collected_and_what_came_back_of_one_entry() -> None:
    _, (first, second, third) = three()
    lines = [
        credit(minor, entry_reference="E1", end_to_end=row.key, return_reason=why)
        for minor, row, why in (
            (1_000_01, first, ""), (1_000_01, second, ""), (1_000_01, third, ""),
            (-1_000_01, third, "MD06"),
        )
    ]  # fmt: skip
    lines = [replace(line, bank_reference=f"E1/{n}") for n, line in enumerate(lines, start=1)]
    Bank().says(*lines, on=DUE)
    assert states() == ["collected", "collected", "returned"]
    assert broken() == []


def test_a_person_says_which_debits_a_sum_is_less_what_the_bank_kept() -> None:
    _, (first, second, third) = three()
    Bank().says(credit(2_000_01, texts=("SAMMLER",)), on=DUE)
    row = models.BankLine.objects.get()
    by: dict[str, Any] = {"role": Role.CASH, "at": world.NOW + 20 * DAY, "actor": "user:cash"}
    for chosen in ([first.pk], [first.pk, second.pk, third.pk], [first.pk, row.pk], []):
        with pytest.raises(summed.NotThatSum):
            summed.say(row.pk, chosen, **by)
    with pytest.raises(NotAllowed):
        summed.say(row.pk, [first.pk], **by | {"role": Role.FINANCE})
    assert summed.say(row.pk, [first.pk, third.pk], **by) == 2
    assert states() == ["collected", "sent", "collected"]
    paid = models.Allocation.objects.filter(undone_at=None)
    assert {(one.invoice_id, one.amount_minor) for one in paid} == {
        (first.invoice_id, 1_000_01), (third.invoice_id, 1_000_00),
    }  # fmt: skip
    assert broken() == []
    with pytest.raises(summed.NotThatSum):
        summed.say(row.pk, [first.pk, second.pk], **by)

    summed.take_back(row.pk, **by)
    assert states() == ["sent"] * 3
    row.refresh_from_db()
    assert row.unapplied_minor == 2_000_01
    with pytest.raises(UndoneBefore):
        summed.take_back(row.pk, **by)
    assert summed.say(row.pk, [first.pk, second.pk], **by) == 2
    assert broken() == []


def test_a_reason_that_comes_after_the_booking_is_the_reason_of_the_return() -> None:
    """camt.053 books the return without a code; camt.054 of the same movement brings it later."""
    _, (first, _, _) = three()
    bank = Bank()
    bank.says(credit(1_000_01, end_to_end=first.key), on=DUE)
    back = credit(
        -1_000_01, end_to_end=first.key, bank_reference="R1", counterparty_account=BOLTS,
        reversal=True,
    )  # fmt: skip
    bank.says(back, on=DUE + 3 * DAY)
    told = replace(back, return_reason="AC04")
    at = datetime.combine(DUE + 4 * DAY, world.NOW.timetz())
    on = DUE + 3 * DAY
    notice = Statement(
        account=world.OUR_EUR, currency="EUR", reference="N1",
        opening=Money(0, "EUR"), closing=Money(-1_000_01, "EUR"),
        opened_on=on, closed_on=on, lines=(replace(told, booked_on=on),),
    )  # fmt: skip
    data = write_camt053(notice, at).replace(b"camt.053", b"camt.054")
    data = re.sub(rb"<Bal>.*?</Bal>", b"", data, flags=re.DOTALL)
    data = data.replace(b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn").replace(b"Stmt>", b"Ntfctn>")
    payment.import_statement("n.xml", data, at=at, actor="bank")
    drain(send=False, at=at)
    assert states() == ["returned", "sent", "sent"]
    assert models.BankLine.objects.filter(amount_minor=-1_000_01).count() == 1
    first.refresh_from_db()
    assert first.reason.startswith("AC04")
    assert broken() == []
