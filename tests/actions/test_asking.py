"""usance mails debtors its questions: whom, what each end of a hand-over does, who is first."""

import itertools
from datetime import timedelta

import pytest
from django.db import transaction

from tests import world
from tests.actions.test_questions import CALL, SIGNED, allow, by_link, codes, handed_in, stage
from tests.actions.test_races import at_once
from tests.belt import drain
from tests.walks import bought, sent
from usance import models
from usance.actions import asking, questions, reports
from usance.domain.distribution import (
    DeliveryEvent,
    Handed,
    Handover,
    Kind,
    Outcome,
    Presence,
    State,
    address_key,
)
from usance.domain.verification.questions import Answer, Channel, Policy, Silence
from usance.queries import asking as query
from usance.queries import questions as of_questions

pytestmark = pytest.mark.django_db
MAILED = Policy(first=9)
HOUR = timedelta(hours=1)


def mailed(policy: Policy = MAILED) -> models.QuestionMail:
    """A question that usance asks by mail; the mail waits to go out."""
    place = world.build()
    allow(policy)
    return models.QuestionMail.objects.get(question=handed_in(place, "R-1"))


def called(row: models.QuestionMail, came_to: Handed, detail: str = "", **more: object) -> State:
    """The mail is claimed and handed over, and the carrier says so."""
    claimed = asking.claim(row.pk, at=world.NOW)
    assert claimed is not None
    said = Handover(key=row.key, came_to=came_to, detail=detail, **more)  # type: ignore[arg-type]  # Fields of it.
    return asking.write_down(row.pk, said, at=world.NOW, actor="asking")


def event(row: models.QuestionMail, outcome: Outcome, detail: str = "") -> DeliveryEvent:
    return DeliveryEvent(
        id=f"{row.key}-{outcome}", key=row.key, reference="", outcome=outcome, at=world.NOW,
        detail=detail,
    )  # fmt: skip


def tell(*events: DeliveryEvent) -> int:
    return reports.take_events("smtp", events, at=world.NOW, actor="carrier:smtp")


def now(row: models.QuestionMail) -> models.QuestionMail:
    return models.QuestionMail.objects.select_related("question").get(pk=row.pk)


def kinds() -> list[str]:
    rows = models.Diary.objects.filter(kind__startswith="question").order_by("pk")
    return [kind.removeprefix("question.") for kind in rows.values_list("kind", flat=True)]


def test_the_debtor_is_mailed_a_link_in_its_language_and_answers_by_it() -> None:
    row = mailed()
    assert (row.address, row.question.state) == ("rechnung@bolt.example", "asked")
    later = world.NOW + 3 * HOUR * 24
    claimed = asking.claim(row.pk, at=later)
    assert claimed is not None
    question = now(row).question
    assert question.answer_by == later.date() + timedelta(days=5)  # From when it goes.
    link = of_questions.link(question)
    assert claimed.subject == "Stimmt die Rechnung R-1 von Acme Feinblech GmbH?"
    for text in (claimed.text, claimed.html):
        for words in (link, "R-1", "1.000,00", "Factor Nord AB", "Acme Feinblech GmbH"):
            assert words in text, words
    said = Handover(key=row.key, came_to=Handed.ACCEPTED, reference="<1@factor>", detail="250 ok")
    assert asking.write_down(row.pk, said, at=later, actor="asking") is State.ACCEPTED
    assert (now(row).sent_at, now(row).reference) == (later, "<1@factor>")
    by_link(question, Answer.CONFIRMED)
    drain(send=False)
    assert stage(question) == "funded"
    assert kinds() == ["opened", "asked", "mailed", "answered"]


@pytest.mark.parametrize(
    ("email", "spoilt", "why"),
    [
        ("", False, "has no e-mail address"),
        ("Buchhaltung@Acme.example", False, "is the client's own"),
        ("rechnung@bolt.example", True, "earlier mails came back"),
    ],
)
def test_whom_no_mail_should_reach_a_person_calls(email: str, spoilt: bool, why: str) -> None:
    place = world.build()
    if spoilt:
        models.Suppression.objects.create(
            kind=Kind.EMAIL, address=address_key(Kind.EMAIL, {"email": email}), because="bounced",
            dispatch=sent(bought(place, place.bolt, number="R-0", gross="77")), since=world.NOW,
        )  # fmt: skip
    models.Debtor.objects.filter(pk=place.bolt.pk).update(email=email)
    allow(MAILED)
    row = handed_in(place, "R-1")
    assert (row.state, row.channel, codes(row)) == ("to_ask", "call", ["debtor_asked"])
    assert not row.mails.exists()
    told = models.Diary.objects.get(kind="question.unreached").particulars
    assert why in told["detail"]


@pytest.mark.parametrize("way", ["refused", "bounced"])
def test_a_mail_that_does_not_arrive_makes_it_a_task_to_call(way: str) -> None:
    row = mailed()
    if way == "refused":
        assert called(row, Handed.REFUSED, "550 no such user") is State.FAILED
    else:
        called(row, Handed.ACCEPTED)
        assert tell(event(row, Outcome.BOUNCED, "550 no such user")) == 1
        assert tell(event(row, Outcome.BOUNCED, "550 no such user")) == 0
    question = now(row).question
    assert (question.state, question.channel, question.answer_by) == ("to_ask", "call", None)
    assert list(of_questions.to_ask()) == [question]
    assert kinds().count("unreached") == 1
    assert not models.DeliveryEvent.objects.exists()
    again = questions.ask(question.pk, channel=Channel.MAIL, to="eva@bolt.example", **SIGNED)
    assert [one.state for one in again.mails.order_by("pk")] == ["failed", "queued"]


def test_reports_in_any_order_give_one_end() -> None:
    """Four of them, in each of their 24 orders."""
    row = mailed()
    called(row, Handed.ACCEPTED)
    outcomes = (Outcome.DEFERRED, Outcome.DELIVERED, Outcome.OPENED, Outcome.UNREADABLE)
    for order in itertools.permutations(event(row, one) for one in outcomes):
        with transaction.atomic():
            for one in order:
                tell(one)
            assert (now(row).state, now(row).question.state) == (State.OPENED, "asked")
            transaction.set_rollback(True)


def test_a_bounce_of_an_earlier_mail_changes_nothing_of_the_next() -> None:
    row = mailed()
    called(row, Handed.ACCEPTED)
    questions.ask(row.question_id, channel=Channel.MAIL, to="eva@bolt.example", **SIGNED)
    tell(event(row, Outcome.BOUNCED))
    assert (now(row).state, now(row).question.state) == ("failed", "asked")


def test_what_the_carrier_did_not_take_waits_and_is_given_up_after_twenty_tries() -> None:
    row, at = mailed(), world.NOW
    untried = Handover(key=row.key, came_to=Handed.TRY_LATER, presence=Presence.UNTRIED)
    assert asking.claim(row.pk, at=at) is not None
    assert asking.write_down(row.pk, untried, at=at, actor="asking") is State.QUEUED
    assert now(row).tries == 0
    assert asking.claim(row.pk, at=at) is None  # Not before it waited.
    for nth in range(1, 21):
        at += HOUR
        assert query.due(at=at, most=9) == [row.pk]
        assert asking.claim(row.pk, at=at) is not None
        away = Handover(key=row.key, came_to=Handed.TRY_LATER, detail="421 busy")
        state = asking.write_down(row.pk, away, at=at, actor="asking")
        assert state is (State.QUEUED if nth < 20 else State.FAILED)
    assert now(row).question.state == "to_ask"


def test_what_may_have_gone_out_keeps_its_words_and_is_never_called_unsent() -> None:
    row = mailed()
    called(row, Handed.UNKNOWN)
    text = now(row).text
    assert asking.claim(row.pk, at=world.NOW) is None
    away = Handover(key=row.key, came_to=Handed.TRY_LATER, detail="The same under its key.")
    for hours in range(1, 21):
        at = world.NOW + hours * HOUR
        asking.write_down(row.pk, away, at=at, actor="asking")
        asking.claim(row.pk, at=at + HOUR)
        assert now(row).text == text
    assert (now(row).state, now(row).question.state) == ("unknown", "asked")


def test_a_worker_that_died_in_the_call_leaves_it_unknown() -> None:
    row = mailed()
    asking.claim(row.pk, at=world.NOW)
    asking.expire(at=world.NOW + timedelta(minutes=9))
    assert now(row).state == State.CALLING
    asking.expire(at=world.NOW + timedelta(minutes=11))
    assert (now(row).state, now(row).doubted) == (State.UNKNOWN, True)


def test_no_mail_goes_out_for_what_was_answered_meanwhile() -> None:
    row = mailed()
    questions.answer(row.question_id, said=Answer.CONFIRMED, **CALL, **SIGNED)
    assert asking.claim(row.pk, at=world.NOW) is None
    assert now(row).state == State.CANCELLED


@pytest.mark.parametrize(("came_to", "state"), [(Handed.ACCEPTED, "passed"),
                                                (Handed.UNKNOWN, "silent")])  # fmt: skip
def test_silence_passes_only_what_surely_went_out(came_to: Handed, state: str) -> None:
    row = mailed(Policy(first=9, silence=Silence.PASS))
    called(row, came_to)
    questions.time_out(at=world.NOW + timedelta(days=6), actor="day")
    assert now(row).question.state == state


def test_a_mail_needs_an_address_and_does_not_overtake_one_in_the_air() -> None:
    row = mailed()
    with pytest.raises(questions.NoAddress):
        questions.ask(row.question_id, channel=Channel.MAIL, to="Eva", **SIGNED)
    asking.claim(row.pk, at=world.NOW)
    with pytest.raises(questions.MailOnItsWay):
        questions.ask(row.question_id, channel=Channel.MAIL, to="eva@bolt.example", **SIGNED)


def test_the_step_taken_twice_mails_once() -> None:
    row = mailed()
    asking.mail([row.question_id], at=world.NOW, actor="belt")
    assert models.QuestionMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_claim_one_mail_once_and_two_clicks_leave_one_to_go() -> None:
    row = mailed()
    claims = at_once(
        lambda: asking.claim(row.pk, at=world.NOW), lambda: asking.claim(row.pk, at=world.NOW)
    )
    assert sum(one is not None for one in claims) == 1
    said = Handover(key=row.key, came_to=Handed.ACCEPTED)
    asking.write_down(row.pk, said, at=world.NOW, actor="asking")

    def again() -> None:
        questions.ask(row.question_id, channel=Channel.MAIL, to="eva@bolt.example", **SIGNED)

    assert at_once(again, again) == [None, None]
    states = models.QuestionMail.objects.order_by("pk").values_list("state", flat=True)
    assert sorted(states) == ["accepted", "cancelled", "queued"]
