"""Paying back through the sandbox's provider: released by two, done once, late, failed, killed."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests import world
from tests.actions.test_races import at_once
from tests.jobs.test_online import Online, at_providers, begin, bought, broken, killed
from tests.jobs.test_online import shop as shop
from usance import models
from usance.actions import allocations, provider_refunds, refunds
from usance.domain.mandate import NotAllowed, Role, SecondPersonNeeded
from usance.domain.money import Money
from usance.domain.payment.paid_back import Next, after_silence
from usance.engine.cluster import Cluster
from usance.jobs import online
from usance.queries import outside

pytestmark = pytest.mark.django_db(transaction=True)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CASH = {"role": Role.CASH, "actor": "user:cash"}
FINANCE = {"role": Role.FINANCE, "actor": "user:finance"}


def paid_for_nothing(shop: Online) -> models.BankLine:
    """1000.00 paid online that pay no invoice any more: they were meant for somebody else."""
    (sent, *_) = bought()
    shop.pays(begin(sent))
    shop.pass_on()
    receipt = models.BankLine.objects.get()
    pks = list(receipt.allocations.values_list("pk", flat=True))
    allocations.undo(pks, at=world.NOW, **CASH)
    receipt.refresh_from_db()
    assert receipt.unapplied_minor == 1_000_00
    return receipt


def released(receipt: models.BankLine, amount: str = "1000.00") -> models.ProviderRefund:
    eur = Money.of(amount, "EUR")
    row = provider_refunds.propose(
        receipt.pk, eur, because="not meant for us", at=world.NOW, **CASH
    )
    return provider_refunds.release(row.pk, seen=row.content, at=world.NOW, **FINANCE)


def account(number: str) -> int:
    rows = models.DayTotal.objects.filter(account=number)
    return sum(row.credit_minor - row.debit_minor for row in rows)


def came_to(row: models.ProviderRefund) -> str:
    row.refresh_from_db()
    return row.state


def test_released_it_goes_back_once_and_the_payout_that_nets_it_reconciles(shop: Online) -> None:
    receipt = paid_for_nothing(shop)
    row = released(receipt, "400.00")
    receipt.refresh_from_db()
    assert (receipt.unapplied_minor, account("2300"), account("2250")) == (600_00, 600_00, 400_00)
    assert broken() == []
    assert online.pay_back(at=world.NOW) == 1
    assert (came_to(row), at_providers(), account("2250")) == ("done", 600_00, 0)
    assert row.line is not None
    assert (row.line.amount_minor, row.line.unapplied_minor) == (-400_00, 0)
    assert shop.pass_on(order=(1, 0), times=2) == [200] * 4  # refund.updated, refund.created
    assert online.pay_back(at=world.NOW + HOUR) == 0
    assert models.BankLine.objects.count() == 2
    shop.until(world.NOW + 4 * DAY)
    payout = models.ProviderPayout.objects.get()
    assert (payout.state, payout.amount_minor) == ("arrived", 1_000_00 - 15_25 - 400_00)
    assert at_providers() == 0
    assert broken() == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_what_the_card_does_not_take_is_unapplied_again_in_whatever_order_it_is_told(
    shop: Online, order: tuple[int, ...]
) -> None:
    receipt = paid_for_nothing(shop)
    row = released(receipt)
    shop.running.faults(reset_after_accept=1.0)
    assert online.pay_back(at=world.NOW) == 0
    assert came_to(row) == "asked"  # It was heard, and nobody wrote that down.
    shop.running.faults(reset_after_accept=0.0)
    shop.dashboard("fail", receipt.checkout.payment)
    assert shop.pass_on(order=order, times=2) == [200] * 6
    assert came_to(row) == "failed"
    again = models.BankLine.objects.get(unapplied_minor__gt=0)
    assert (again.amount_minor, at_providers(), account("2250")) == (1_000_00, 1_000_00, 0)
    assert models.Checkout.objects.get().line == again
    assert broken() == []
    assert online.pay_back(at=world.NOW + HOUR) == 0
    other = released(again)
    online.pay_back(at=world.NOW + HOUR)
    assert (came_to(other), models.Checkout.objects.get().state) == ("done", "returned")
    assert (at_providers(), account("2300")) == (0, 0)
    assert broken() == []


def test_silence_is_asked_about_before_anything_is_said_again(shop: Online) -> None:
    receipt = paid_for_nothing(shop)
    shop.running.faults(error_500=1.0)
    row = released(receipt, "250.00")
    online.pay_back(at=world.NOW)
    assert came_to(row) == "asked"
    shop.running.faults(error_500=0.0)
    online.pay_back(at=world.NOW + timedelta(minutes=5))
    assert (came_to(row), shop.calls.got) == ("asked", [])  # Too early to say that it was not.
    online.pay_back(at=world.NOW + timedelta(minutes=11))
    assert (came_to(row), at_providers()) == ("done", 750_00)
    assert broken() == []


@pytest.mark.parametrize(
    ("since_release", "since_asked", "follows"),
    [
        (timedelta(0), timedelta(minutes=9), Next.WAIT),
        (timedelta(0), timedelta(minutes=10), Next.AGAIN),
        (22 * HOUR, timedelta(minutes=59), Next.AGAIN),
        (23 * HOUR, timedelta(minutes=59), Next.WAIT),
        (23 * HOUR, HOUR, Next.GIVE_UP),
    ],
)
def test_what_follows_on_silence(
    since_release: timedelta, since_asked: timedelta, follows: Next
) -> None:
    asked_at = world.NOW + since_release
    at = asked_at + since_asked
    if since_release >= 22 * HOUR:
        asked_at, at = asked_at - since_asked, world.NOW + since_release
    assert after_silence(released_at=world.NOW, asked_at=asked_at, at=at) is follows


def test_what_the_provider_refuses_is_unapplied_again(shop: Online) -> None:
    receipt = paid_for_nothing(shop)
    row = released(receipt, "600.00")
    shop.dashboard("refund", receipt.checkout.payment, minor=500_00)  # An operator was faster.
    online.pay_back(at=world.NOW)
    assert came_to(row) == "failed"
    assert "greater than unrefunded" in row.detail
    receipt.refresh_from_db()
    assert receipt.unapplied_minor == 1_000_00
    shop.pass_on()
    receipt.refresh_from_db()
    assert (receipt.unapplied_minor, at_providers()) == (500_00, 500_00)
    assert broken() == []


def test_two_people_two_workers_and_no_more_than_there_is(shop: Online) -> None:
    receipt = paid_for_nothing(shop)
    eur = Money.of("1000.01", "EUR")
    with pytest.raises(refunds.NothingToRefund):
        provider_refunds.propose(receipt.pk, eur, because="x", at=world.NOW, **CASH)
    eur = Money.of("1000.00", "EUR")
    row = provider_refunds.propose(receipt.pk, eur, because="x", at=world.NOW, **CASH)
    own = {"role": Role.FINANCE, "actor": "user:cash", "at": world.NOW}
    with pytest.raises(SecondPersonNeeded):
        provider_refunds.release(row.pk, seen=row.content, **own)
    with pytest.raises(NotAllowed):
        provider_refunds.release(row.pk, seen=row.content, at=world.NOW, **CASH)
    answers = at_once(
        *[lambda: provider_refunds.release(row.pk, seen=row.content, at=world.NOW, **FINANCE)] * 3
    )
    assert sum(isinstance(one, provider_refunds.RefundNotOpen) for one in answers) == 2
    at_once(*[lambda: online.pay_back(at=world.NOW)] * 3)
    assert (came_to(row), at_providers()) == ("done", 0)
    assert models.BankLine.objects.count() == 2
    assert broken() == []


def test_killed_after_the_provider_heard_it_is_paid_back_once(
    shop: Online, cluster: Cluster, tmp_path: Path
) -> None:
    receipt = paid_for_nothing(shop)
    row = released(receipt)
    killed("provider_refunds.told", "back", world.NOW, cluster, tmp_path / "one")
    assert (came_to(row), at_providers()) == ("asked", 1_000_00)
    shop.calls.got.clear()
    assert online.pay_back(at=world.NOW + HOUR) == 1
    assert (came_to(row), at_providers()) == ("done", 0)
    provider = outside.providers()["stripe"]
    assert len(provider.module.refunds(receipt.checkout.payment, provider.config)) == 1
    assert broken() == []
