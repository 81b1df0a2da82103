"""Paying online against the sandbox's provider: told once, late, twice, forged, killed; paid on."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.test import Client

from tests import world
from tests.actions.test_races import at_once
from tests.belt import drain, receive
from tests.outside import Receiver
from usance import models, sandbox
from usance.actions import checkouts, provider_payouts
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.payment.checkouts import Movement, Sort
from usance.engine.cluster import Cluster
from usance.jobs import bank, day, online
from usance.queries import doctor, outside, portal
from usance.sandbox.houses.stripe import report, signed
from usance.sandbox.running import Where

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
HOURS = timedelta(hours=2)


class Online:
    """The provider, and what it told that nobody passed on to us yet."""

    def __init__(self, running: sandbox.Running, calls: Receiver) -> None:
        self.running, self.calls = running, calls

    def pass_on(self, *, order: tuple[int, ...] = (), times: int = 1) -> list[int]:
        """Give us its calls, in this order and so often; what we answered."""
        got = list(self.calls.got)
        self.calls.got.clear()
        chosen = [got[n] for n in order] if order else got
        return [told(headers, body) for headers, body in chosen for _ in range(times)]

    def pays(self, url: str) -> str:
        answer = httpx.post(url, trust_env=False)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def dashboard(self, what: str, payment: str, **more: int) -> None:
        self.running.http.post(f"/stripe/test/{what}/{payment}", json=more).raise_for_status()

    def until(self, at: datetime) -> None:
        """The time moves; the statements of the days before come, what is paid on is told."""
        self.running.clock(at)
        for n in range(8, 0, -1):
            bank.fetch_statements((at - n * DAY).date(), at=at)
        online.fetch_payouts(at=at)
        drain(send=False, at=at)


def told(headers: dict[str, str], body: bytes) -> int:
    extra = {"headers": {"stripe-signature": headers["stripe-signature"]}}
    return Client().post(
        "/v1/hooks/stripe", body, content_type="application/json", **extra
    ).status_code  # fmt: skip


@pytest.fixture
def shop() -> Iterator[Online]:
    with Receiver() as calls:
        where = Where(webhook_url=calls.url.rstrip("/"))
        told = sandbox.Settings(seed=7, failing=0, bouncing=0, at=world.NOW, where=where)
        with sandbox.start(told) as running:
            config = running.config("providers", "stripe")
            hybrid = running.config("channels", "hybrid")
            found = {
                "kinds": {"email": "hybrid"},
                "carriers": {"hybrid": {"plugin": "hybrid", "config": hybrid}},
                "providers": {"stripe": {"plugin": "stripe", "config": config}},
                "bank": {"plugin": "rest", "config": {"url": running.ready["bank"], "token": ""}},
            }
            Path(settings.OUTSIDE).write_text(json.dumps(found))
            asked = {"name": "Factor Nord AB", "balance_minor": 0, "currency": "EUR"}
            running.http.put(f"/bank/{world.OUR_EUR}", json=asked).raise_for_status()
            yield Online(running, calls)


def bought(*, count: int = 1, gross: str = "1000.00") -> list[models.Dispatch]:
    place = world.build()
    for n in range(count):
        receive(world.paper(place.acme, place.bolt, number=f"R-{n}", gross=gross))
    drain(send=False)
    return list(models.Dispatch.objects.order_by("invoice__number", "pk"))


def begin(sent: models.Dispatch, *, at: datetime = world.NOW) -> str:
    return checkouts.begin(
        sent.pk, back="https://factor.example/i/x", language="de", at=at, actor="debtor"
    )


def broken() -> list[str]:
    wrong = (one for one in doctor.examine() if not one.kept and one.rule != "M24")
    return [f"{one.rule} {one.rows}" for one in wrong]


def state() -> tuple[str, str]:
    row = models.Checkout.objects.select_related("invoice").order_by("-pk")[0]
    return row.state, row.invoice.stage


def at_providers() -> int:
    rows = models.DayTotal.objects.filter(account="1050")
    return sum(row.debit_minor - row.credit_minor for row in rows)


def test_paid_online_paid_on_less_fees_and_final_after_a_while(shop: Online) -> None:
    (sent, *_) = bought()
    assert shop.pays(begin(sent)) == "https://factor.example/i/x?online=done"
    assert shop.pass_on(times=2) == [200, 200]
    assert state() == ("paid", "funded")  # The reserve waits.
    page = portal.page(sent.pk, today=world.TODAY)
    assert page is not None
    assert page.is_paid
    assert at_providers() == 1_000_00
    (receipt,) = models.BankLine.objects.all()
    assert (receipt.unapplied_minor, receipt.allocations.get().amount_minor) == (0, 1_000_00)
    assert broken() == []

    shop.until(world.NOW + 4 * DAY)
    payout = models.ProviderPayout.objects.get()
    assert (payout.state, payout.amount_minor, payout.fee_minor) == ("arrived", 984_75, 15_25)
    assert payout.line is not None
    assert payout.line.says == "A payout of Stripe."
    assert at_providers() == 0
    assert online.fetch_payouts(at=world.NOW + 4 * DAY) == 0
    assert broken() == []

    row = models.Checkout.objects.get()
    assert row.final_on == world.TODAY + 120 * DAY
    final = datetime.combine(row.final_on, world.NOW.timetz())
    assert day.end(at=final - DAY).reserves_freed == 0
    assert day.end(at=final).reserves_freed == 1
    assert state() == ("paid", "settled")
    assert broken() == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_in_which_it_is_told_does_not_matter(
    shop: Online, order: tuple[int, ...]
) -> None:
    (sent, *_) = bought()
    shop.pays(begin(sent))
    (charge,) = [json.loads(body)["data"]["object"]["payment_intent"] for _, body in shop.calls.got]
    shop.dashboard("dispute", charge)
    shop.dashboard("win", charge)
    assert shop.pass_on(order=order, times=2) == [200] * 6
    assert state() == ("paid", "funded")
    assert at_providers() == 1_000_00
    assert models.ProviderEvent.objects.filter(taken_at=None).count() == 0
    assert broken() == []


def test_a_dispute_makes_the_invoice_owed_again_and_costs(shop: Online) -> None:
    (sent, *_), at = bought(), world.NOW + 4 * DAY
    shop.pays(begin(sent))
    shop.pass_on()
    shop.until(at)
    payment = models.Checkout.objects.get().payment
    shop.dashboard("dispute", payment)
    shop.pass_on()
    assert state() == ("returned", "funded")
    assert models.BankLine.objects.get(amount_minor=-1_000_00).return_reason == "dispute fraudulent"
    assert at_providers() == -1_000_00  # It is held back from what comes next.
    assert broken() == []

    shop.pays(begin(sent, at=at))
    shop.pass_on()
    assert state() == ("paid", "funded")
    assert broken() == []
    shop.until(at + 3 * DAY)
    assert models.ProviderPayout.objects.count() == 1  # 1000 − 15.25 − 1000 − 15 is none.


def test_paid_at_the_bank_meanwhile_it_is_paid_too_much(shop: Online) -> None:
    (sent, *_) = bought()
    url = begin(sent)
    asked = {"minor": 400_00, "currency": "EUR", "reference": sent.invoice.payment_reference}
    shop.running.http.post(f"/bank/{world.OUR_EUR}/credits", json=asked).raise_for_status()
    shop.until(world.NOW + DAY)
    shop.running.http.post("/clock", json={"at": (world.NOW + DAY).isoformat()})
    assert begin(sent, at=world.NOW + DAY) != url  # What is open now: 600.
    assert [row.amount_minor for row in models.Checkout.objects.order_by("pk")] == [
        1_000_00, 600_00,
    ]  # fmt: skip
    first = models.Checkout.objects.order_by("pk")[0]
    assert (first.state, first.detail) == ("ended", checkouts.OTHER_AMOUNT)


def test_paid_twice_the_rest_is_the_debtors_and_goes_back(shop: Online) -> None:
    (sent, *_) = bought()
    url = begin(sent)
    asked = {"minor": 1_000_00, "currency": "EUR", "reference": sent.invoice.payment_reference}
    shop.running.http.post(f"/bank/{world.OUR_EUR}/credits", json=asked).raise_for_status()
    shop.pays(url)
    for n in range(1, 3):
        bank.fetch_statements(world.TODAY + (n - 1) * DAY, at=world.NOW + DAY)
    shop.running.clock(world.NOW + DAY)
    bank.fetch_statements(world.TODAY, at=world.NOW + DAY)
    drain(send=False, at=world.NOW + DAY)
    shop.pass_on()
    receipt = models.BankLine.objects.get(account__provider="stripe")
    assert (receipt.unapplied_minor, receipt.verdict) == (1_000_00, "probable")
    assert broken() == []
    shop.dashboard("refund", models.Checkout.objects.get().payment)
    shop.pass_on()
    receipt.refresh_from_db()
    assert receipt.unapplied_minor == 0
    assert at_providers() == 0
    assert broken() == []


def test_what_nobody_told_is_asked_for_and_what_nobody_paid_ends(shop: Online) -> None:
    one, other = bought(count=2)[:2]
    shop.pays(begin(one))
    begin(other)
    shop.calls.got.clear()  # Its calls are lost.
    assert online.look_after(at=world.NOW + timedelta(minutes=6)) == 0
    assert models.Checkout.objects.get(invoice=one.invoice_id).state == "paid"
    assert online.look_after(at=world.NOW + HOURS) == 1
    assert models.Checkout.objects.get(invoice=other.invoice_id).detail == checkouts.NOBODY
    assert broken() == []


def test_a_payout_tells_of_payments_of_which_no_call_came(shop: Online) -> None:
    (sent, *_) = bought()
    shop.pays(begin(sent))
    shop.until(world.NOW + 4 * DAY)
    assert state() == ("paid", "funded")
    assert models.ProviderPayout.objects.get().state == "arrived"
    assert shop.pass_on() == [200]
    assert models.BankLine.objects.filter(amount_minor=1_000_00).count() == 1
    assert broken() == []


def test_nobody_knows_what_became_of_the_call_and_asking_again_begins_once(shop: Online) -> None:
    (sent, *_) = bought()
    shop.running.faults(reset_after_accept=1.0)
    with pytest.raises(checkouts.ProviderSilent):
        begin(sent)
    assert state() == ("begun", "funded")
    shop.running.faults(reset_after_accept=0.0)
    url = begin(sent)
    assert begin(sent) == url
    assert models.Checkout.objects.count() == 1


def test_two_who_click_at_once_get_one_checkout_and_two_calls_book_once(shop: Online) -> None:
    (sent, *_) = bought()
    urls = at_once(*[lambda: begin(sent) for _ in range(4)])
    assert len(set(urls)) == 1
    shop.pays(urls[0])
    ((headers, body),) = shop.calls.got
    assert at_once(*[lambda: told(headers, body) for _ in range(4)]) == [200] * 4
    assert at_providers() == 1_000_00
    shop.running.clock(world.NOW + 4 * DAY)
    at = world.NOW + 4 * DAY
    days = [(at - n * DAY).date() for n in range(4, 1, -1)]
    for on in days:
        bank.fetch_statements(on, at=at)
    last = (at - DAY).date()
    at_once(
        lambda: bank.fetch_statements(last, at=at), lambda: online.fetch_payouts(at=at),
        lambda: online.fetch_payouts(at=at),
    )  # fmt: skip
    assert models.ProviderPayout.objects.get().state == "arrived"
    assert broken() == []


def test_what_is_forged_old_or_no_event_moves_nothing(shop: Online) -> None:
    secret = outside.providers()["stripe"].config["webhook_secret"]
    body = report([{"id": "evt_1", "code": "checkout.session.completed", "key": "", "at": ""}])
    now = datetime.now(world.NOW.tzinfo)
    for at, key, status in (
        (now, secret, 200), (now, "whsec_other", 401), (now - timedelta(minutes=6), secret, 401),
        (now + timedelta(minutes=6), secret, 401),
    ):  # fmt: skip
        assert told(signed(body, id="x", at=at, secret=key), body) == status
    assert told({"stripe-signature": "v1=abc"}, body) == 401
    assert told(signed(b"{", id="x", at=now, secret=secret), b"{") == 422
    assert models.ProviderEvent.objects.count() == 0


def test_what_a_provider_kept_of_a_payout_that_our_bank_refused_is_gone(shop: Online) -> None:
    """First heard of when it had failed; what is left of it comes with the next one."""
    (sent, *_) = bought()
    shop.pays(begin(sent))
    shop.running.clock(world.NOW + 4 * DAY)
    at, provider = world.NOW + 4 * DAY, outside.providers()["stripe"]
    (payout,) = provider.module.payouts(world.TODAY, provider.config)
    (charge,) = provider.module.movements(payout.id, provider.config)
    how = {"at": at, "actor": "online"}
    failed = replace(payout, failed=True)
    for _ in range(2):
        assert provider_payouts.take("stripe", failed, [charge], **how) == "failed"
    assert at_providers() == payout.amount.minor

    again = Movement(id="txn_again", sort=Sort.PAYOUT_FAILED, amount=payout.amount,
                     fee=charge.fee - charge.fee, at=at)  # fmt: skip
    fresh = replace(payout, id="po_again")
    assert provider_payouts.take("stripe", fresh, [again], **how) == "told"
    for n in range(4, 0, -1):
        bank.fetch_statements((at - n * DAY).date(), at=at)
    assert at_providers() == 0
    assert broken() == []


def test_a_payout_with_money_of_others_is_odd_and_a_person_says_which_line_it_is(
    shop: Online,
) -> None:
    (sent, *_) = bought()
    shop.pays(begin(sent))
    shop.running.clock(world.NOW + 4 * DAY)
    at, provider = world.NOW + 4 * DAY, outside.providers()["stripe"]
    (payout,) = provider.module.payouts(world.TODAY, provider.config)
    (charge,) = provider.module.movements(payout.id, provider.config)

    strange = replace(charge, told="pi_strange:paid", key="", payment="pi_strange")
    how = {"at": at, "actor": "online"}
    assert provider_payouts.take("stripe", payout, [strange], **how) == "odd"
    assert provider_payouts.take("stripe", payout, [], **how) == "odd"
    assert models.BankLine.objects.filter(account__provider="stripe").count() == 0
    unmarked = replace(payout, marks=())
    assert provider_payouts.take("stripe", unmarked, [charge], **how) == "told"
    for n in range(4, 0, -1):
        bank.fetch_statements((at - n * DAY).date(), at=at)
    row = models.ProviderPayout.objects.get()
    (line,) = models.BankLine.objects.filter(account__provider="", amount_minor=984_75)
    provider_payouts.arrived(row.pk, line.pk, role=Role.CASH, at=at, actor="user:cash")
    with pytest.raises(provider_payouts.NotThatPayout):
        provider_payouts.arrived(row.pk, line.pk, role=Role.CASH, at=at, actor="user:cash")
    assert Money(at_providers(), "EUR") == Money(0, "EUR")
    assert broken() == []


DIES = """
import sys; import django; django.setup()
from datetime import datetime
from uuid import UUID
from usance.actions import checkouts
from usance.jobs import online
at = datetime.fromisoformat(sys.argv[2])
if sys.argv[1] == "ask":
    online.look_after(at=at)
elif sys.argv[1] == "back":
    online.pay_back(at=at)
else:
    checkouts.begin(UUID(sys.argv[1]), back="https://factor.example/i/x", language="de", at=at,
                    actor="debtor")
"""


def killed(where: str, word: str, at: datetime, cluster: Cluster, home: Path) -> None:
    home.mkdir()
    (home / "documents").symlink_to(settings.STORAGES["documents"]["OPTIONS"]["location"])
    environment = {
        **os.environ, "USANCE_CRASH_AT": f"{where}:1", "USANCE_APP_URL": cluster.app_url,
        "USANCE_HOME": str(home), "USANCE_OUTSIDE": settings.OUTSIDE, "USANCE_ENVIRONMENT": "test",
        "DJANGO_SETTINGS_MODULE": "usance.settings", "USANCE_SECRET_KEY": settings.SECRET_KEY,
    }  # fmt: skip
    died = subprocess.run(
        [sys.executable, "-c", DIES, word, at.isoformat()], env=environment, check=False,
        capture_output=True, timeout=90,
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()[-1500:]


def test_killed_between_the_provider_and_the_books_it_is_paid_once(
    shop: Online, cluster: Cluster, tmp_path: Path
) -> None:
    (sent, *_) = bought()
    killed("checkouts.told", str(sent.pk), world.NOW, cluster, tmp_path / "one")
    assert state() == ("begun", "funded")  # The provider has it, and nobody wrote that down.
    shop.pays(begin(sent))
    assert models.Checkout.objects.count() == 1
    late = world.NOW + timedelta(minutes=6)
    killed("online.received", "ask", late, cluster, tmp_path / "two")
    assert models.BankLine.objects.count() == models.ProviderEvent.objects.count() == 0
    assert shop.pass_on() == [200]
    assert online.look_after(at=late) == 0
    assert at_providers() == 1_000_00
    assert broken() == []
