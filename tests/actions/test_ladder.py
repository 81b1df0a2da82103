"""The ladder on its walk: what is chosen, deadlines, and arrivals behind a fall-back."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from tests import belt, world
from tests.walks import NOW, SIGNED, at_once, bought, carry, handed, kinds, only, said, sent, tell
from usance import law, models
from usance.actions import distribution, ladders
from usance.domain.distribution import (
    Enough,
    Kind,
    Outcome,
    Paper,
    Setting,
    Settings,
    Sort,
    State,
)
from usance.domain.mandate import NotAllowed, Role
from usance.jobs import delivery
from usance.queries import ladders as ladders_of

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told() -> world.World:
    return world.build()


def test_a_dispatch_keeps_why_and_why_not(told: world.World) -> None:
    row = sent(bought(told, told.bolt))
    assert (row.kind, row.enough, row.deadline_at) == ("email", "accepted", NOW + 24 * HOUR)
    assert row.because == "The debtor's e-mail address is known."
    assert [(no["kind"], no["code"]) for no in row.left_out] == [
        ("einvoice", "no_address"), ("mailbox", "no_address"),
    ]  # fmt: skip


def test_a_network_that_only_took_it_is_followed_by_the_next_rung(told: world.World) -> None:
    invoice = bought(told, told.tre_kronor)
    first = sent(invoice)
    assert (first.kind, first.enough) == ("einvoice", "sent")
    handed(first)
    assert delivery.judge_late(at=NOW + 23 * HOUR) == 0
    assert delivery.judge_late(at=NOW + 24 * HOUR) == 1
    belt.drain(send=False)
    second = sent(invoice)
    assert (second.kind, second.rung, second.walk) == ("letter", 1, first.pk)
    tried = next(no for no in second.left_out if no["code"] == "tried")
    assert tried["kind"] == "einvoice"
    assert "dispatch.late" in kinds(invoice)


def test_a_letter_without_news_is_fine(told: world.World) -> None:
    """Post without tracking confirms nothing: what the carrier took counts as that, no better."""
    invoice = bought(told, told.kaufmann)
    handed(sent(invoice))
    assert delivery.judge_late(at=NOW + 240 * HOUR) == 1
    belt.drain(send=False)
    assert sent(invoice).state == State.ACCEPTED
    assert models.Dispatch.objects.count() == 1
    assert not models.Hold.objects.exists()


def test_behind_the_last_rung_stands_a_person(told: world.World) -> None:
    only(Kind.EINVOICE)
    invoice = bought(told, told.tre_kronor)
    handed(sent(invoice))
    delivery.judge_late(at=NOW + 24 * HOUR)
    belt.drain(send=False)
    hold = models.Hold.objects.get(invoice=invoice)
    assert hold.findings[0]["code"] == "delivery_unconfirmed"
    tell(said(sent(invoice), Outcome.DELIVERED))
    hold.refresh_from_db()
    assert (hold.decision, hold.remark) == ("resolved", "It was delivered after all.")


def test_released_it_walks_anew_from_the_first_rung(told: world.World) -> None:
    only(Kind.EINVOICE)
    invoice = bought(told, told.tre_kronor)
    handed(sent(invoice))
    delivery.judge_late(at=NOW + 24 * HOUR)
    belt.drain(send=False)
    distribution.again([invoice.pk], at=NOW + 25 * HOUR, actor=world.OFFICER)
    assert [sent(invoice).rung, models.Dispatch.objects.count()] == [0, 2]
    assert sent(invoice).walk == sent(invoice, 0).pk
    distribution.again([invoice.pk], at=NOW + 25 * HOUR, actor=world.OFFICER)
    assert models.Dispatch.objects.count() == 2


def test_what_never_left_is_taken_back_before_the_next_rung(told: world.World) -> None:
    invoice = bought(told, told.tre_kronor)
    delivery.judge_late(at=NOW + 24 * HOUR)
    belt.drain(send=False)
    assert [sent(invoice, 0).state, sent(invoice).kind] == [State.CANCELLED, "letter"]
    distribution.send([sent(invoice, 0).pk], at=NOW, actor="belt")
    assert sent(invoice, 0).state == State.CANCELLED


def test_of_an_unknown_outcome_a_person_is_asked_and_nothing_more_is_sent(
    told: world.World,
) -> None:
    invoice = bought(told, told.bolt)
    models.Dispatch.objects.update(state=State.UNKNOWN)
    delivery.judge_late(at=NOW + 24 * HOUR)
    belt.drain(send=False)
    assert models.Dispatch.objects.count() == 1
    assert models.Hold.objects.get(invoice=invoice).findings[0]["code"] == "delivery_in_doubt"
    later = SIGNED | {"at": NOW + 30 * HOUR}
    distribution.resolve_unknown(sent(invoice).pk, went_out=True, **later)
    assert not models.Hold.objects.filter(closed_at=None).exists()
    assert sent(invoice).deadline_at == NOW + 54 * HOUR
    assert delivery.judge_late(at=NOW + 60 * HOUR) == 1
    belt.drain(send=False)
    assert models.Dispatch.objects.count() == 1


def test_the_deadline_job_twice_at_once_judges_once(told: world.World) -> None:
    invoice = bought(told, told.tre_kronor)
    handed(sent(invoice))
    late = [sent(invoice).pk]
    counts: list[int] = []
    at_once(lambda: counts.append(distribution.judge(late, at=NOW + 25 * HOUR, actor="janitor")), 4)
    assert sorted(counts) == [0, 0, 0, 1]
    belt.drain(send=False)
    assert kinds(invoice).count("dispatch.late") == 1
    assert models.Dispatch.objects.count() == 2


def test_a_late_arrival_takes_back_what_has_not_left(told: world.World) -> None:
    invoice = bought(told, told.tre_kronor)
    handed(sent(invoice))
    delivery.judge_late(at=NOW + 24 * HOUR)
    belt.drain(send=False)
    tell(said(sent(invoice, 0), Outcome.DELIVERED))
    assert sent(invoice).state == State.CANCELLED
    assert not models.DoubleDelivery.objects.exists()
    assert "dispatch.cancelled" in kinds(invoice)


def test_two_arrivals_are_one_double_in_any_order(told: world.World) -> None:
    """Five reports on two deliveries, one of them twice, in each of their 120 orders."""
    invoice, first, second = _two_on_their_way(told)
    every = [
        said(first, Outcome.DELIVERED),
        said(first, Outcome.DELIVERED),
        said(second, Outcome.SENT, 2),
        said(second, Outcome.DELIVERED, 3),
        said(first, Outcome.OPENED, 4),
    ]
    before = models.Move.objects.count()
    for order in itertools.permutations(every):
        with transaction.atomic():
            for one in order:
                tell(one)
            assert [sent(invoice, 0).state, sent(invoice).state] == [State.OPENED, State.DELIVERED]
            double = models.DoubleDelivery.objects.get()
            assert (double.first_id, double.second_id) == (first.pk, second.pk)
            assert kinds(invoice).count("dispatch.doubled") == 1
            assert models.Move.objects.count() == before
            transaction.set_rollback(True)


def _two_on_their_way(
    told: world.World,
) -> tuple[models.Invoice, models.Dispatch, models.Dispatch]:
    invoice = bought(told, told.tre_kronor)
    handed(sent(invoice))
    delivery.judge_late(at=NOW + 24 * HOUR)
    belt.drain(send=False)
    handed(sent(invoice))
    return invoice, sent(invoice, 0), sent(invoice)


def test_a_letter_whose_time_is_over_makes_the_late_arrival_a_double(told: world.World) -> None:
    invoice, first, second = _two_on_their_way(told)
    tell(said(first, Outcome.DELIVERED))
    assert not models.DoubleDelivery.objects.exists()  # The letter may still come back.
    delivery.judge_late(at=NOW + 300 * HOUR)
    assert models.DoubleDelivery.objects.get().second_id == second.pk
    assert delivery.judge_late(at=NOW + 301 * HOUR) == 0
    assert kinds(invoice).count("dispatch.doubled") == 1


def test_two_arrivals_in_one_callback_are_a_double(told: world.World) -> None:
    _, first, second = _two_on_their_way(told)
    tell(said(first, Outcome.DELIVERED), said(second, Outcome.DELIVERED))
    assert models.DoubleDelivery.objects.get().second_id == second.pk


def test_two_arrivals_at_once_are_written_down_once(told: world.World) -> None:
    invoice, first, second = _two_on_their_way(told)
    todo = [said(first, Outcome.DELIVERED), said(second, Outcome.DELIVERED)] * 2
    at_once(lambda: tell(todo.pop()), 4)
    assert models.DoubleDelivery.objects.count() == 1
    assert kinds(invoice).count("dispatch.delivered") == 2


def test_a_failed_rung_does_not_go_on_when_another_has_arrived(told: world.World) -> None:
    invoice, first, second = _two_on_their_way(told)
    tell(said(first, Outcome.DELIVERED), said(second, Outcome.RETURNED, 2))
    belt.drain(send=False)
    assert models.Dispatch.objects.filter(invoice=invoice).count() == 2
    assert not models.Hold.objects.exists()


@pytest.mark.parametrize("numbers", [(1, 2), (2, 1)])
def test_what_failed_says_why_whatever_else_was_reported(
    told: world.World, numbers: tuple[int, int]
) -> None:
    row = sent(bought(told, told.kaufmann))
    handed(row)
    tell(
        said(row, Outcome.SENT, numbers[0], code="succeeded"),
        said(row, Outcome.BOUNCED, numbers[1], code="failed", detail="No such house."),
    )
    row.refresh_from_db()
    assert (row.state, row.detail) == ("failed", "No such house.")


def test_the_most_particular_ladder_holds(told: world.World) -> None:
    only(Kind.LETTER)
    mine = Settings(whose="", rungs=(Setting(kind=Kind.EMAIL, hours=5, enough=Enough.ACCEPTED),))
    ladders.set_up(mine, client=told.acme.pk, paper=Paper.INVOICE, **SIGNED)
    row = sent(bought(told, told.bolt))
    assert (row.kind, row.deadline_at) == ("email", NOW + 5 * HOUR)
    letter = next(no for no in row.left_out if no["kind"] == "letter")
    assert "client Acme Feinblech GmbH for each invoice does not use it" in letter["because"]
    own = ladders.set_up(
        Settings(whose="", rungs=(Setting(kind=Kind.LETTER, hours=9, enough=Enough.SENT),)),
        debtor=told.bolt.pk, **SIGNED,
    )  # fmt: skip
    assert sent(bought(told, told.bolt, "R-2", gross="500.00")).kind == "letter"
    ladders.take_away(own.pk, **SIGNED)
    assert sent(bought(told, told.bolt, "R-3", gross="500.00")).kind == "email"
    changes = models.Diary.objects.filter(kind="master_data.changed", subject_id=told.bolt.pk)
    assert [line.particulars["what"] for line in changes.order_by("pk")][-2:] == [
        "ladder set up", "ladder taken away",
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        ladders.set_up(mine, role=Role.COLLECTION, at=NOW, actor="user:x")


def test_a_message_beside_a_rung_moves_nothing_and_goes_once(
    told: world.World, settings: Any
) -> None:
    carry(settings, sms="hybrid")
    models.Debtor.objects.filter(pk=told.tre_kronor.pk).update(phone="+46701234567")
    only(Kind.EINVOICE, Kind.LETTER, beside=(Kind.SMS,))
    invoice = bought(told, told.tre_kronor)
    beside = models.Dispatch.objects.get(kind="sms")
    assert (beside.beside_id, beside.deadline_at) == (sent(invoice).pk, None)
    assert beside.address == {"phone": "+46701234567", "name": "Tre Kronor Livs AB"}
    tell(said(beside, Outcome.BOUNCED))
    belt.drain(send=False)
    assert sent(invoice).kind == "einvoice"
    tell(said(sent(invoice), Outcome.BOUNCED))
    belt.drain(send=False)
    assert sent(invoice).kind == "letter"
    assert models.Dispatch.objects.filter(kind="sms").count() == 1


def test_a_message_says_what_to_pay_and_carries_no_paper(told: world.World, settings: Any) -> None:
    carry(settings, sms="hybrid")
    models.Debtor.objects.filter(pk=told.tre_kronor.pk).update(phone="+46701234567")
    only(Kind.EINVOICE, beside=(Kind.SMS,))
    invoice = bought(told, told.tre_kronor)
    beside = models.Dispatch.objects.get(kind="sms")
    distribution.send([beside.pk], at=NOW, actor="belt")
    beside.refresh_from_db()
    assert beside.sealed["attachments"] == []
    assert invoice.payment_reference in beside.sealed["text"].replace(" ", "")
    assert len(beside.sealed["text"]) < 320


def test_an_estimated_arrival_is_no_proof(told: world.World) -> None:
    invoice = bought(told, told.kaufmann)
    tell(said(sent(invoice), Outcome.DELIVERED, estimated=True))
    assert sent(invoice).state == State.SENT
    assert models.DeliveryEvent.objects.get().estimated
    tell(said(sent(invoice), Outcome.DELIVERED, 2))
    assert sent(invoice).state == State.DELIVERED


def test_where_the_network_is_the_law_nothing_else_is_sent(told: world.World) -> None:
    models.Client.objects.filter(pk=told.acme.pk).update(country="BE")
    models.Debtor.objects.filter(pk=told.bolt.pk).update(country="BE")
    told.acme.refresh_from_db()
    told.bolt.refresh_from_db()
    invoice = bought(told, told.bolt)
    assert not models.Dispatch.objects.exists()
    (told_so,) = models.Hold.objects.get(invoice=invoice).findings
    says = told_so["says"]
    assert says.startswith("No channel reaches the debtor."), "nothing was tried"
    assert says.count("Belgium demands") == 1
    assert told_so["todo"].startswith("Enter its e-invoice address")
    assert "does not fulfil the duty" in says


def test_in_every_country_with_a_duty_mail_does_not_fulfil_it(
    told: world.World,
) -> None:
    asked = {"client": told.acme.pk, "on": date(2026, 5, 1)}
    for duty in law.e_invoicing():
        for sort in sorted(duty.to):
            models.Client.objects.update(country=duty.country)
            models.Debtor.objects.filter(pk=told.bolt.pk).update(
                country=duty.country, public=sort is Sort.PUBLIC, einvoice_id=""
            )
            told.bolt.refresh_from_db()
            assert told.bolt.sort() is sort
            nothing = ladders_of.for_debtor(told.bolt, paper=Paper.INVOICE, **asked)
            codes = {no.kind: no.code for no in nothing.left_out}
            assert (nothing.rungs, codes[Kind.EINVOICE]) == ((), "no_address"), duty.country
            assert codes[Kind.EMAIL] == codes[Kind.LETTER] == "duty_not_fulfilled"
            told.bolt.einvoice_id = "0088:7300010000001"
            (rung,) = ladders_of.for_debtor(told.bolt, paper=Paper.INVOICE, **asked).rungs
            assert rung.kind == Kind.EINVOICE
            assert f"{duty.name} demands {duty.network}" in rung.because
            reminded = ladders_of.for_debtor(told.bolt, paper=Paper.REMINDER, **asked)
            assert [one.kind for one in reminded.rungs] == [Kind.EMAIL, Kind.LETTER]
