"""Payments a little short or over, and what people say of those that are more; exact cents."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import world
from tests.actions.test_cash import Bank, bought, kept, line
from tests.belt import drain
from usance import models
from usance.actions import allocations, explained, returns, short_payments, tolerances
from usance.actions.disputes import DisputeOpen
from usance.domain.journal import Account
from usance.domain.mandate import NotAllowed, Role
from usance.domain.money import Money
from usance.domain.payment import Bears, Follows, NotThatConsequence, Reason
from usance.domain.settlement.losses import AboveAuthority
from usance.queries import amounts

pytestmark = pytest.mark.django_db
BY = {"role": Role.CASH, "at": world.NOW, "actor": "user:cash"}
COLLECTION = {"role": Role.COLLECTION, "at": world.NOW, "actor": "user:coll"}


def agreed(most: str = "5.00", bears: Bears = Bears.FACTOR, **more: object) -> models.Tolerance:
    told = {"share": None, "valid_from": world.TODAY, "reason": "small is small", **more}
    return tolerances.set_tolerance(Money.of(most, "EUR"), bears=bears, **COLLECTION, **told)  # type: ignore[arg-type]  # Of the test's own words.


def paid(amount: str) -> tuple[models.BankLine, models.Invoice]:
    invoice = models.Invoice.objects.get()
    (row,) = Bank().shows(line(amount, invoice.payment_reference))
    invoice.refresh_from_db()
    return row, invoice


def owed(invoice: models.Invoice, account: Account = Account.FACTORED_RECEIVABLES) -> int:
    return amounts.of_invoices(account, [invoice.pk]).get(invoice.pk, 0)


def small() -> int:
    rows = models.DayTotal.objects.filter(account=Account.SMALL_DIFFERENCES)
    return sum(row.debit_minor - row.credit_minor for row in rows)


@pytest.mark.parametrize(
    ("amount", "ours", "unapplied", "stage"),
    [
        ("995.00", 5_00, 0, "settled"),
        ("994.99", 0, 0, "funded"),
        ("1000.03", -3, 0, "settled"),
        ("1005.01", 0, 5_01, "settled"),
    ],
)
def test_a_payment_within_the_tolerance_settles_and_the_difference_is_ours(
    amount: str, ours: int, unapplied: int, stage: str
) -> None:
    bought(("R-1", "1000.00"))
    agreed()
    row, invoice = paid(amount)
    assert (small(), row.unapplied_minor, invoice.stage) == (ours, unapplied, stage)
    assert kept() == []


def test_the_client_bears_it_by_contract_of_its_reserve() -> None:
    place = bought(("R-1", "1000.00"))
    agreed("20.00", Bears.CLIENT, client=place.acme.pk, share=Decimal("0.01"))
    reserve = owed(models.Invoice.objects.get(), Account.CLIENT_RESERVES)
    _, invoice = paid("990.00")
    found = models.Difference.objects.get()
    assert (found.follows, found.reason, found.client_minor, found.reserve_minor) == (
        "charge_back", "discount", 10_00, 10_00,
    )  # fmt: skip
    assert (invoice.stage, small()) == ("settled", 0)
    assert invoice.settlement.rebate_minor == reserve - 10_00 - invoice.settlement.fee_minor
    assert kept() == []


def test_what_is_taken_back_is_owed_whole_again() -> None:
    place = bought(("R-1", "1000.00"))
    agreed("10.00", Bears.CLIENT, client=place.acme.pk)
    reserve = owed(models.Invoice.objects.get(), Account.CLIENT_RESERVES)
    row, invoice = paid("995.00")
    allocations.undo([row.allocations.get().pk], **BY)
    invoice.refresh_from_db()
    assert (invoice.stage, owed(invoice)) == ("funded", 1_000_00)
    assert owed(invoice, Account.CLIENT_RESERVES) == reserve
    assert models.Difference.objects.get().undone_at is not None
    assert kept() == []


def test_the_bank_takes_back_a_payment_with_a_little_too_much() -> None:
    bought(("R-1", "1000.00"))
    agreed()
    bank = Bank()
    reference = models.Invoice.objects.get().payment_reference
    (came,) = bank.shows(line("1000.03", reference))
    assert small() == -3
    (out,) = bank.shows(line("-1000.03", "Rueckgabe", return_reason="AC04"))
    returns.returned(out.pk, came.pk, **BY)
    invoice = models.Invoice.objects.get()
    assert (owed(invoice), small(), invoice.stage) == (1_000_00, 0, "funded")
    assert kept() == []


def test_who_says_that_it_was_no_slip_gets_the_money_back_on_the_line() -> None:
    bought(("R-1", "1000.00"))
    agreed()
    row, _ = paid("1000.03")
    explained.withdraw(row.explanations.get().pk, **BY)
    row.refresh_from_db()
    assert (row.unapplied_minor, small()) == (3, 0)
    assert kept() == []


@pytest.mark.parametrize(
    ("reason", "follows", "ours", "disputed", "outstanding"),
    [
        (Reason.PRICE, None, 0, "price", 40_00),
        (Reason.FREIGHT, None, 0, "terms", 40_00),
        (Reason.CHARGES, None, 40_00, "", 0),
        (Reason.TAX, None, 0, "", 0),
        (Reason.PART, None, 0, "", 40_00),
    ],
)
def test_a_reason_and_what_follows_on_it(
    reason: Reason, follows: Follows | None, ours: int, disputed: str, outstanding: int
) -> None:
    bought(("R-1", "1000.00"))
    row, invoice = paid("960.00")
    by = {**BY, "role": Role.ADMIN}
    said = short_payments.say(row.pk, invoice.pk, reason, follows=follows, **by)
    drain(send=False)
    invoice.refresh_from_db()
    assert (small(), owed(invoice)) == (ours, outstanding)
    assert invoice.stage == ("funded" if outstanding else "settled")
    codes = invoice.disputes.filter(closed_at=None).values_list("code", flat=True)
    assert list(codes) == [disputed] * bool(disputed)
    assert kept() == []
    with pytest.raises(short_payments.SaidBefore if outstanding else short_payments.NotShort):
        short_payments.say(row.pk, invoice.pk, reason, **by)
    short_payments.take_back(said.pk, **BY)
    invoice.refresh_from_db()
    assert (owed(invoice), small(), invoice.stage) == (40_00, 0, "funded")
    assert not invoice.disputes.filter(closed_at=None).exists()
    assert kept() == []


def test_what_may_not_be_said_is_refused() -> None:
    bought(("R-1", "1000.00"))
    row, invoice = paid("900.00")
    with pytest.raises(NotThatConsequence):
        short_payments.say(row.pk, invoice.pk, Reason.PRICE, follows=Follows.WRITE_OFF, **BY)
    with pytest.raises(AboveAuthority):  # A cash desk writes off nothing alone.
        short_payments.say(row.pk, invoice.pk, Reason.CHARGES, **BY)
    with pytest.raises(NotAllowed):
        short_payments.say(row.pk, invoice.pk, Reason.PART, **{**BY, "role": Role.INTAKE})
    more = Money.of("100.01", "EUR")
    with pytest.raises(short_payments.NotShort):
        short_payments.say(row.pk, invoice.pk, Reason.PART, amount=more, **BY)
    short_payments.say(row.pk, invoice.pk, Reason.PRICE, **BY)
    assert models.Difference.objects.get().dispute is not None
    with pytest.raises(AboveAuthority):
        agreed("50.01")  # More than one person of collection writes off alone.
    with pytest.raises(tolerances.ToleranceFaulty):
        agreed("0.00")
    assert kept() == []


def test_what_is_disputed_is_no_slip_and_terms_have_their_days() -> None:
    bought(("R-1", "1000.00"))
    first = agreed("1.00", valid_from=world.TODAY - timedelta(days=9))
    agreed("5.00", valid_from=world.TODAY + timedelta(days=5))
    first.refresh_from_db()
    assert first.valid_to == world.TODAY + timedelta(days=4)
    with pytest.raises(tolerances.ToleranceOverlaps):
        agreed("3.00", valid_from=world.TODAY)
    row, invoice = paid("996.00")
    assert (small(), owed(invoice)) == (0, 4_00)
    short_payments.say(row.pk, invoice.pk, Reason.QUALITY, **BY)
    last = world.TODAY + timedelta(days=30)
    second = models.Tolerance.objects.get(valid_to=None)
    tolerances.end(second.pk, last=last, because="over", **COLLECTION)
    with pytest.raises(tolerances.ToleranceFaulty):
        tolerances.end(second.pk, last=last, because="over", **COLLECTION)
    models.Difference.objects.update(undone_at=world.NOW)
    with pytest.raises(DisputeOpen):
        short_payments.say(row.pk, invoice.pk, Reason.QUALITY, **BY)
