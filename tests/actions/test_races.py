"""Two who want the same at the same moment: never above a limit, never twice, never lost."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import close_old_connections, connection, connections, transaction

from tests import world
from tests.belt import drain, receive
from tests.stories.reading import Step
from tests.stories.telling import Teller
from usance import models, pipeline
from usance.actions import (
    accruals,
    buying,
    credit,
    distribution,
    eligibility,
    finance,
    intake,
    ledger,
    parties,
    payment,
    refunds,
    settlement,
    verification,
)
from usance.domain import ledger as entries
from usance.domain.credit.eligibility import Agreed, Mark
from usance.domain.finance import Charges, Interest
from usance.domain.journal import Account
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.plugins.einvoices import ubl
from usance.queries import amounts, availability, doctor, trial

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run them from a barrier, each in a thread with a connection of its own; results in order."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        close_old_connections()
        barrier.wait()
        try:
            results[place] = act()
        except Exception as failure:
            results[place] = failure  # type: ignore[call-overload]  # Looked at by the test.
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=job) for job in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def kept() -> list[str]:
    return [answer.rule for answer in doctor.examine() if not answer.kept]


def test_eight_at_once_do_not_spend_one_debtor_limit_twice() -> None:
    """Sixteen of EUR 6 000 against a limit of EUR 50 000: eight fit, in every order."""
    place = world.build()
    receive(
        *(world.paper(place.acme, place.bolt, number=f"R-{n}", gross="6000") for n in range(16))
    )
    _until("credit.assess")
    ids = list(models.Invoice.objects.order_by("pk").values_list("pk", flat=True))

    def step_by_step(some: list[Any]) -> None:
        credit.assess(some, at=world.NOW, actor="belt")
        finance.fund(some, at=world.NOW, actor="belt")

    def buy(n: int) -> Callable[[], None]:
        if n % 2:
            return lambda: step_by_step(ids[n::8])
        return lambda: buying.assess_and_buy(ids[n::8], at=world.NOW, actor="belt")

    assert not any(at_once(*(buy(n) for n in range(8))))
    owed = amounts.exposure([place.bolt.pk], "EUR")[place.bolt.pk]
    assert owed == 4_800_000
    assert kept() == []


def test_eight_at_once_do_not_spend_one_facility_twice() -> None:
    """Advances of 8 000 against a facility of EUR 20 000: two fit, whichever debtors owe."""
    place = world.build()
    models.Facility.objects.filter(client=place.acme).update(limit_minor=2_000_000)
    models.CreditLimit.objects.update(limit_minor=10**12)
    receive(*(world.paper(place.acme, (place.bolt, place.kaufmann)[n % 2], number=f"R-{n}")
              for n in range(8)))  # fmt: skip
    _until("credit.assess")
    ids = list(models.Invoice.objects.values_list("pk", flat=True))

    at_once(*(lambda one=one: credit.assess([one], at=world.NOW, actor="b") for one in ids))  # type: ignore[misc]
    assert models.Invoice.objects.filter(stage="approved").count() == 2
    assert amounts.funds_in_use([place.acme.pk], "EUR") == {place.acme.pk: 1_600_000}


def test_two_sides_of_one_fraud_at_once_are_not_both_bought() -> None:
    """Four clients hand in the same claim, in batches of their own; one goes by the single step."""
    place = world.build()
    paper = world.paper(place.acme, place.bolt, number="R-1")
    receive(paper)
    for n in range(3):
        company = parties.Company(name=f"Strohmann {n}", country="DE", vat_id=f"DE99999999{n}")
        signed = {"role": Role.ADMIN, "at": world.NOW, "actor": "user:x"}
        receive(
            replace(paper, number=f"R{' ' * n} 1"),
            client=parties.register_client(company, **signed),
        )
    models.Facility.objects.bulk_create(
        models.Facility(
            client=client, currency="EUR", advance_rate=Decimal("0.8"), fee_rate=Decimal("0.01"),
            limit_minor=10**9, valid_from=world.NOW.date(), known_from=world.NOW,
        )
        for client in models.Client.objects.filter(name__startswith="Strohmann")
    )  # fmt: skip
    ids = list(models.Invoice.objects.values_list("pk", flat=True))
    now = {"at": world.NOW, "actor": "belt"}
    acts = [lambda one=one: buying.verify_and_buy([one], **now) for one in (*ids[:3], ids[0])]
    assert not any(at_once(*acts, lambda: verification.verify(ids[3:], **now)))
    drain(send=False)
    assert models.Invoice.objects.count() == 4
    assert models.Invoice.objects.filter(stage="funded").count() <= 1
    assert models.Hold.objects.filter(closed_at=None).count() >= 3
    assert kept() == []


def test_a_day_that_ends_in_six_places_while_it_is_settled_is_accrued_once() -> None:
    """Accrual beside accrual beside settlement: no row twice, and to the cent what is owed."""
    teller = Teller()
    (old,) = teller.place.acme.facilities.all()
    timed = Charges(interest=Interest(margin=Decimal("0.08")))
    world.agree(teller.place.acme, replace(old.agreement(), charges=timed), corrects=old.pk)
    bought = {"for": "10000.00 EUR", "by": "bolt", "due": "2026-04-30"}
    for number in ("R-1", "R-2"):
        teller.tell(Step(world.TODAY, "hands", {"": number, **bought}, (), 0))
    ids = list(models.Invoice.objects.order_by("pk").values_list("pk", flat=True))
    paid_on = world.TODAY + timedelta(days=40)
    at = datetime.combine(paid_on, time(9), UTC)

    def end() -> None:
        accruals.accrue(ids, through=paid_on - timedelta(days=1), at=at, actor="day")

    def give_back() -> None:
        settlement.repurchase(ids[:1], because="test", at=at, actor="day")

    assert not any(at_once(end, end, end, give_back, end, end))
    rows = models.Accrual.objects.filter(invoice=ids[1])
    assert (rows.count(), rows.latest("day").total_minor) == (40, 7111)
    assert models.Settlement.objects.get().interest_minor == 7111
    assert set(kept()) <= {"M24"}  # Nobody sent the papers in these forty days.


def test_one_invoice_handed_in_eight_times_at_once_is_one() -> None:
    place = world.build()
    data = ubl.write(world.paper(place.acme, place.bolt), {})
    file = intake.File(name="r.xml", data=data)

    done = at_once(
        *(lambda: intake.receive([file], client=None, way="api", at=world.NOW, actor="x"),) * 8
    )
    assert [type(one) for one in done] == [models.Batch] * 8
    assert models.Invoice.objects.count() == 1
    seen = [f for row in models.ReceivedFile.objects.all() for f in row.findings]
    assert [finding["code"] for finding in seen] == ["invoice_seen_before"] * 7


def test_one_statement_imported_eight_times_at_once_is_booked_once() -> None:
    teller = _paid()
    data, before = teller.last_file, models.BankLine.objects.count()
    models.Statement.objects.count()
    done = at_once(
        *(lambda: payment.import_statement("s.xml", data, at=world.NOW, actor="bank"),) * 8
    )
    assert [one.lines for one in done] == [0] * 8
    assert models.BankLine.objects.count() == before
    assert kept() == []


def test_steps_taken_by_two_at_once_are_taken_once() -> None:
    _paid()
    ids = list(models.Invoice.objects.values_list("pk", flat=True))
    statements = list(models.Statement.objects.values_list("pk", flat=True))
    now = {"at": world.NOW, "actor": "belt"}
    steps: list[Callable[[], Any]] = [
        lambda: finance.fund(ids, **now),
        lambda: settlement.settle(ids, **now),
        lambda: payment.match(statements, **now),
        lambda: distribution.plan(ids, **now),
    ]
    assert not any(at_once(*steps, *steps))
    drain(send=False)
    assert models.Invoice.objects.get().stage == "settled"
    assert models.Dispatch.objects.count() == 1
    assert kept() == []


def test_two_who_plan_at_once_send_one() -> None:
    place = world.build()
    receive(world.paper(place.acme, place.bolt))
    _until("distribution.plan")
    (one,) = models.Invoice.objects.values_list("pk", flat=True)
    at_once(*(lambda: distribution.plan([one], at=world.NOW, actor="belt"),) * 4)
    assert models.Dispatch.objects.count() == 1


EVERY_LANE = """
SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.day_total'), lane)
  FROM generate_series(1, 255) AS lane
"""


def test_who_books_waits_for_nobody_who_books() -> None:
    """The bank, cash not yet applied and the day's totals belong to all: who has added to them and
    is not done yet stands in nobody's way."""

    def book(minor: int) -> None:
        entry = entries.capital(Money(minor, "EUR"), on=world.TODAY, voucher=f"owners:{minor}")
        ledger.book([entry], at=world.NOW, actor="user:x")

    def beside() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            book(2)

    with transaction.atomic():
        book(1)
        assert at_once(beside) == [None]
        book(4)
    lanes = models.DayTotal.objects.filter(account=Account.BANK).order_by("lane")
    assert list(lanes.values_list("lane", "debit_minor")) == [(1, 5), (2, 2)]

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EVERY_LANE)  # More writers than lanes: the rest share one.
        assert at_once(lambda: book(8), lambda: book(16)) == [None, None]
    assert list(lanes.values_list("lane", "debit_minor")) == [(0, 24), (1, 5), (2, 2)]
    assert trial.balance()[Account.BANK, "EUR"] == (31, 0)
    assert kept() == []


def test_a_proposal_during_a_release_is_not_paid_twice() -> None:
    place = world.build()
    world.capital("50000", "EUR")
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    (payout,) = finance.propose_payouts(at=world.NOW, actor="day")

    def release() -> None:
        finance.release_payouts(
            {payout.pk: payout.content}, role=Role.FINANCE, pay_on=world.TODAY, at=world.NOW,
            actor="user:second",
        )  # fmt: skip

    results = at_once(
        *(release,) * 3, *(lambda: finance.propose_payouts(at=world.NOW, actor="day"),) * 3
    )
    assert all(isinstance(one, Refusal | list | None) for one in results), results
    ordered = models.Payout.objects.exclude(state="proposed").values_list("amount_minor", flat=True)
    assert sum(ordered) <= 800_000
    due = amounts.of_clients(Account.DUE_TO_CLIENTS, [place.acme.pk], "EUR")
    assert sum(ordered) + due.get(place.acme.pk, 0) == 800_000


def test_a_receipt_is_paid_back_or_matched_but_never_both() -> None:
    _paid(quoting="nothing")
    line = models.BankLine.objects.get(amount_minor__gt=0)
    invoice = models.Invoice.objects.get()
    models.BankLine.objects.filter(pk=line.pk).update(
        counterparty_account=world.OUR_SEK, verdict="none"
    )
    whole = Money.of("10000", "EUR")
    cash = {"role": Role.CASH, "at": world.NOW, "actor": "user:cash"}
    proposed = refunds.propose(line.pk, whole, because="Twice.", **cash)

    def release() -> None:
        finance.release_payouts(
            {proposed.pk: proposed.content}, role=Role.FINANCE, pay_on=world.TODAY, at=world.NOW,
            actor="user:second",
        )  # fmt: skip

    results = at_once(
        *(release,) * 3,
        *(lambda: refunds.propose(line.pk, whole, because="Twice.", **cash),) * 2,
        *(lambda: payment.allocate(line.pk, invoice.pk, whole, **cash),) * 3,
    )
    assert all(isinstance(one, Refusal | models.Payout | None) for one in results), results
    line.refresh_from_db()
    refunded = sum(
        models.Payout.objects.filter(state="released").values_list("amount_minor", flat=True)
    )
    matched = sum(models.Allocation.objects.values_list("amount_minor", flat=True))
    assert line.unapplied_minor + refunded + matched == 1_000_000
    assert kept() == []


def test_two_who_allocate_one_line_spend_it_once() -> None:
    teller = _paid(quoting="nothing")
    line = models.BankLine.objects.get(amount_minor__gt=0)
    invoice = models.Invoice.objects.get()
    done = at_once(
        *(lambda: payment.allocate(line.pk, invoice.pk, Money.of("10000", "EUR"), role=Role.CASH,
                                   at=world.NOW, actor="user:cash"),) * 4
    )  # fmt: skip
    assert sorted(type(one).__name__ for one in done) == [
        "NoneType",
        "NotOpen",
        "NotOpen",
        "NotOpen",
    ]
    assert teller.place.acme
    assert kept() == []


def _paid(quoting: str = "R-1") -> Teller:
    """An invoice bought and paid, with the statement that says so; nothing matched yet."""
    teller = Teller()
    at = datetime.combine(world.TODAY, time(9), UTC)
    teller.capital({"": "50000.00 EUR"}, at)
    teller.hands({"": "R-1", "for": "10000.00 EUR", "by": "bolt", "due": "2026-04-30"}, at)
    drain(send=False)
    teller.pays({"": "10000.00 EUR", "quoting": quoting}, at)
    return teller


def _until(stop: str) -> None:
    """Run the belt up to the step named, which is left."""
    from tests.belt import waiting

    while jobs := [job for job in waiting() if job[1] != stop]:
        for job, step, subjects in jobs:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job]
                )
            pipeline.STEPS[step](subjects, at=world.NOW, actor="belt")


def test_eight_at_once_do_not_spend_one_headroom_twice() -> None:
    """Bolt may set off EUR 15 000, and an over-advance covers EUR 10 000: of eight of EUR 6 000,
    whose advances are 4 800 each, two fit in every order."""
    place = world.build()
    signed: dict[str, Any] = {"role": Role.CREDIT, "at": world.NOW}
    eligibility.agree(
        place.acme.pk, "EUR", Agreed(), valid_from=world.TODAY, reason="Frame contract",
        actor="user:credit", **signed,
    )  # fmt: skip
    eligibility.mark(
        place.acme.pk, Mark.CONTRA, debtor=place.bolt.pk, amount=Money.of("15000", "EUR"),
        reason="Supplier", actor="user:credit", **signed,
    )  # fmt: skip
    over = eligibility.propose_over_advance(
        place.acme.pk, Money.of("10000", "EUR"), reason="Bridge", valid_to=world.TODAY,
        actor="user:credit", **signed,
    )  # fmt: skip
    eligibility.decide_over_advance(
        over.pk, yes=True, seen=over.content, actor="user:second", **signed
    )
    receive(*(world.paper(place.acme, place.bolt, number=f"R-{n}", gross="6000") for n in range(8)))
    _until("finance.fund")
    ids = list(models.Invoice.objects.filter(stage="approved").values_list("pk", flat=True))
    assert len(ids) == 8

    assert not any(
        at_once(*(lambda one=one: finance.fund([one], at=world.NOW, actor="b") for one in ids))  # type: ignore[misc]
    )
    said = availability.ledger(place.acme.pk, "EUR", on=world.TODAY)
    assert said is not None
    # Two use up 9 600 of the 10 000 before their own ledger carries anything: contra takes 12 000.
    assert models.Funding.objects.count() == 2
    assert said.waterfall().spendable == Money.of("400", "EUR")
    assert models.Headroom.objects.count() == 2
    assert kept() == []
