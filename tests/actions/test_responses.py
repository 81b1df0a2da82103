"""What buyers answer: kept once, in any order; objections open a dispute, payment is forecast."""

import itertools
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from tests import belt, world
from tests.walks import HOUR, NOW, SIGNED, at_once, bought, kinds, said, sent, tell
from usance import models
from usance.actions import collection, disputes, reports
from usance.actions.documents import Content
from usance.domain.distribution import DeliveryEvent, Outcome, Response, Stance, State
from usance.queries import dossier, responses, today
from usance.queries.parcels import stored
from usance.web.client import words as client_words
from usance.web.office import diary_words as office_words

pytestmark = pytest.mark.django_db(transaction=True)
IN_MAY = date(2026, 5, 20)


@pytest.fixture
def invoice() -> models.Invoice:
    return bought(place := world.build(), place.tre_kronor)


def answer(row: models.Dispatch, stance: Stance, number: int = 1, **more: Any) -> Response:
    return Response(
        id=f"{row.key}-{stance}-{number}", key=row.key, reference="", stance=stance,
        at=NOW + number * HOUR, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stance", "state", "disputes"),
    [
        (Stance.RECEIVED, State.DELIVERED, 0),
        (Stance.IN_PROCESS, State.DELIVERED, 0),
        (Stance.UNDER_QUERY, State.OPENED, 1),
        (Stance.CONDITIONALLY_ACCEPTED, State.OPENED, 0),
        (Stance.REJECTED, State.OPENED, 1),
        (Stance.ACCEPTED, State.OPENED, 0),
        (Stance.PAID, State.OPENED, 0),
    ],
)
def test_what_each_answer_does(
    stance: Stance, state: State, disputes: int, invoice: models.Invoice
) -> None:
    assert tell(answer(sent(invoice), stance, reasons=("PRI",), text="Too dear.")) == 1
    belt.drain(send=False)
    assert sent(invoice).state == state
    assert [d.reason for d in models.Dispute.objects.all()] == [
        responses.says_of(models.Response.objects.get())
    ] * disputes
    assert kinds(invoice).count("response.received") == 1
    (arrived,) = models.Diary.objects.filter(invoice=invoice, kind="dispatch.delivered")
    says = "Opened by its receiver" if state is State.OPENED else "Delivered"
    for words in (office_words, client_words):
        assert str(words.told(arrived)["says"]).startswith(says)
    if disputes:
        assert (
            "Because: the price is not as agreed. Too dear." in models.Dispute.objects.get().reason
        )


def test_signs_and_moments_that_nobody_can_keep_hold_back_nothing(invoice: models.Invoice) -> None:
    row = sent(invoice)
    odd = "two\x00 \ud800words"
    never = datetime(9999, 12, 31, 23, tzinfo=timezone(-12 * HOUR))
    event = DeliveryEvent(id=odd, key=row.key, reference="", outcome=Outcome.SENT, at=never,
                          code=odd, detail=odd, corrected_address=odd)  # fmt: skip
    assert tell(event, answer(row, Stance.UNDER_QUERY, reasons=(odd,), text=odd)) == 2
    kept = models.DeliveryEvent.objects.get()
    assert (kept.detail, kept.at) == ("two\ufffd \ufffdwords", NOW)
    assert models.Response.objects.get().text == kept.detail
    assert tell(event) == 0, "a second time it is known"


@pytest.mark.parametrize(("owes", "part"), [("60000", 40_000_00), ("0", None), (None, None)])
def test_a_buyer_who_says_what_it_owes_disputes_the_rest(
    owes: str | None, part: int | None, invoice: models.Invoice
) -> None:
    models.Invoice.objects.filter(pk=invoice.pk).update(face_minor=100_000_00)
    told = Decimal(owes) if owes else None
    tell(answer(sent(invoice), Stance.UNDER_QUERY, reasons=("QTY",), owes=told))
    belt.drain(send=False)
    row = models.Dispute.objects.get()
    assert (row.code, row.amount_minor) == ("quantity", part)


def test_answers_and_reports_in_any_order_and_number_give_one_end(invoice: models.Invoice) -> None:
    """Five of them, one twice, in each of their 60 orders."""
    row = sent(invoice)
    every = [
        answer(row, Stance.UNDER_QUERY, 1),
        answer(row, Stance.UNDER_QUERY, 1),
        answer(row, Stance.PAID, 3, pays_on=IN_MAY),
        answer(row, Stance.PAID, 2, pays_on=IN_MAY - timedelta(days=5)),
        said(row, Outcome.DELIVERED, 4),
    ]
    for order in dict.fromkeys(itertools.permutations(every)):
        with transaction.atomic():
            for one in order:
                tell(one)
            belt.drain(send=False)
            assert sent(invoice).state == State.OPENED
            assert models.Dispute.objects.filter(closed_at=None).count() == 1
            assert responses.promised([invoice.pk]) == {invoice.pk: IN_MAY}
            assert models.Response.objects.count() == 3
            assert kinds(invoice).count("dispute.opened") == 1
            transaction.set_rollback(True)


@pytest.mark.parametrize("stance", [Stance.RECEIVED, Stance.IN_PROCESS, Stance.ACCEPTED])
def test_a_buyer_that_answers_has_it_whatever_its_access_point_says(
    stance: Stance, invoice: models.Invoice
) -> None:
    """A status RE of the network, an arrival and the buyer's answer, in each of their orders. The
    belt runs after each, so that a failure brings the next channel, which goes out no more; or at
    the end, when no other channel is wanted."""
    row = sent(invoice)
    every = [said(row, Outcome.BOUNCED, 1), said(row, Outcome.DELIVERED, 2), answer(row, stance, 3)]
    has_it = State.OPENED if stance is Stance.ACCEPTED else State.DELIVERED
    for together in (False, True):
        ends = set()
        for order in itertools.permutations(every):
            with transaction.atomic():
                for told in [order] if together else [(one,) for one in order]:
                    for one in told:
                        tell(one)
                    belt.drain(send=False)
                walk = models.Dispatch.objects.filter(invoice=invoice, beside=None).order_by("pk")
                ends.add(tuple(walk.values_list("state", flat=True)))
                transaction.set_rollback(True)
        assert ends == ({(has_it,)} if together else {(has_it,), (has_it, State.CANCELLED)})


def test_an_objection_told_again_reopens_nothing(invoice: models.Invoice) -> None:
    objection = answer(sent(invoice), Stance.REJECTED)
    tell(objection)
    belt.drain(send=False)
    disputes.close_dispute(invoice.pk, outcome="Settled.", **SIGNED)
    assert tell(objection) == 0
    collection.take_objections([sent(invoice).pk], at=NOW, actor="belt")
    assert not models.Dispute.objects.filter(closed_at=None).exists()


def test_the_same_answer_twice_at_once_is_kept_once(invoice: models.Invoice) -> None:
    objection = answer(sent(invoice), Stance.UNDER_QUERY)
    at_once(lambda: tell(objection), 4)
    belt.drain(send=False)
    assert models.Response.objects.count() == 1
    assert models.Dispute.objects.count() == 1
    assert kinds(invoice).count("response.received") == 1


def test_what_came_is_kept_byte_for_byte(invoice: models.Invoice) -> None:
    body = b'{"events": ["as they came"]}'
    raw = Content(data=body, media_type="application/json", name="callback-hybrid")
    row = sent(invoice)
    came = [said(row, Outcome.SENT), answer(row, Stance.RECEIVED)]
    reports.take_events(
        "hybrid", came, raw=dict.fromkeys(came, raw), at=NOW, actor="carrier:hybrid"
    )  # fmt: skip
    event, response = models.DeliveryEvent.objects.get(), models.Response.objects.get()
    assert event.raw_id == response.raw_id
    assert event.raw_id is not None
    assert stored(event.raw_id) == body


def test_an_answer_to_nothing_of_ours_is_kept_for_a_person(invoice: models.Invoice) -> None:
    stranger = Response(id="1", key="", reference="no-such", stance=Stance.REJECTED, at=NOW)
    assert tell(stranger) == 1
    belt.drain(send=False)
    assert models.Response.objects.get().dispatch is None
    assert not models.Dispute.objects.exists()


def test_a_promise_moves_the_forecast_and_nothing_else(invoice: models.Invoice) -> None:
    before = today.open_by_due()["SEK"]
    assert today.expected("SEK") == before
    tell(answer(sent(invoice), Stance.PAID, pays_on=IN_MAY))
    assert [(due.on, due.minor) for due in today.expected("SEK")] == [(IN_MAY, before[0].minor)]
    assert today.open_by_due()["SEK"] == before
    found = dossier.dossier(invoice.pk, today=world.TODAY)
    assert found is not None
    assert found.pays_on == IN_MAY
    assert [one.stance for one in found.responses] == ["PD"]


def test_of_what_is_paid_in_part_that_part_is_forecast(invoice: models.Invoice) -> None:
    """And what came already is no more awaited; of a part that nobody names the day is kept."""
    (due,) = today.open_by_due()["SEK"]
    row = sent(invoice)
    partly: dict[str, Any] = {"pays_on": IN_MAY, "reasons": ("PPD",)}
    tell(answer(row, Stance.PAID, **partly))
    assert today.expected("SEK") == (due,)
    tell(answer(row, Stance.PAID, 2, pays=Decimal("400.50"), **partly))
    assert {one.on: one.minor for one in today.expected("SEK")} == {
        due.on: due.minor - 400_50, IN_MAY: 400_50,
    }  # fmt: skip
    assert responses.announced([invoice.pk]) == set()
    assert responses.says_of(responses.of_invoice(invoice.pk)[-1]) == (
        "The buyer has ordered the payment of a part: 400.5."
    )
    tell(answer(row, Stance.PAID, 3, pays=Decimal(1_000_000_000), **partly))
    assert [(one.on, one.minor) for one in today.expected("SEK")] == [(IN_MAY, due.minor)]
    tell(answer(row, Stance.PAID, 4, pays_on=IN_MAY))
    assert responses.announced([invoice.pk]) == {invoice.pk}
