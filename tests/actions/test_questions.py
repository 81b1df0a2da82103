"""Debtors are asked before we buy: who is picked, what an answer does, and who comes first."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests import world
from tests.actions.test_races import at_once
from tests.belt import drain, receive
from usance import models
from usance.actions import holds, question_policy, questions, reports
from usance.domain.distribution import Response, Stance
from usance.domain.mandate import NotAllowed, Role
from usance.domain.refusal import Refusal
from usance.domain.verification.questions import Answer, Channel, Grade, Policy, Silence
from usance.jobs import day
from usance.queries import questions as query
from usance.queries import reach, responses

pytestmark = pytest.mark.django_db
SIGNED: dict[str, Any] = {"role": Role.VERIFICATION, "at": world.NOW, "actor": world.OFFICER}
CALL: dict[str, Any] = {"person": "Eva Bolt", "number": "+49 40 1", "text": ""}
FIRST = Policy(first=1, channel=Channel.LINK)


def picked(policy: Policy = FIRST, number: str = "R-1") -> models.Question:
    """An invoice that the policy picks, waiting on the belt."""
    place = world.build()
    allow(policy)
    return handed_in(place, number)


def allow(policy: Policy | None, client: models.Client | None = None) -> None:
    question_policy.set_policy(
        policy, client=client.pk if client else None, reason="New debtors are asked.",
        role=Role.CREDIT, at=world.NOW, actor=world.OFFICER,
    )  # fmt: skip


def handed_in(place: world.World, number: str, gross: str = "1000") -> models.Question:
    receive(world.paper(place.acme, place.bolt, number=number, gross=gross))
    drain(send=False)
    return models.Question.objects.get(invoice__number=number)


def asked(policy: Policy = FIRST) -> models.Question:
    row = picked(policy)
    return questions.ask(row.pk, channel=Channel.LINK, to="bolt@example.com", **SIGNED)


def by_link(row: models.Question, said: Answer, text: str = "") -> models.Question:
    return questions.answer_by_link(row.pk, attempt=row.attempt, said=said, text=text, at=world.NOW)


def stage(row: models.Question) -> str:
    return models.Invoice.objects.get(pk=row.invoice_id).stage


def codes(row: models.Question) -> list[str]:
    """Of the open hold."""
    hold = models.Hold.objects.filter(invoice=row.invoice_id, closed_at=None).first()
    return [one["code"] for one in hold.findings] if hold else []


def test_without_a_policy_nobody_is_asked() -> None:
    place = world.build()
    receive(world.paper(place.acme, place.bolt, number="R-1", gross="40000"))
    drain(send=False)
    assert not models.Question.objects.exists()
    assert models.Invoice.objects.get().stage == "funded"


def test_what_is_picked_is_not_bought_until_the_debtor_confirms() -> None:
    row = picked()
    assert (stage(row), row.state, codes(row)) == ("received", "to_ask", ["debtor_asked"])
    assert not models.Funding.objects.exists()
    row = questions.ask(row.pk, channel=Channel.LINK, to="bolt@example.com", **SIGNED)
    assert (row.state, row.answer_by) == ("asked", world.TODAY + timedelta(days=5))
    assert stage(row) == "received"
    row = by_link(row, Answer.CONFIRMED)
    drain(send=False)
    assert (row.state, row.grade, stage(row)) == ("confirmed", Grade.SIGNED, "funded")
    kinds = list(
        models.Diary.objects.filter(kind__startswith="question").order_by("pk")
        .values_list("kind", flat=True)
    )  # fmt: skip
    assert kinds == ["question.opened", "question.asked", "question.answered"]


def test_an_objection_holds_the_invoice_with_its_reason() -> None:
    row = asked()
    by_link(row, Answer.OBJECTED, "Two pallets are missing.")
    drain(send=False)
    assert (stage(row), codes(row)) == ("received", ["debtor_objects"])
    hold = models.Hold.objects.get(closed_at=None)
    assert "Two pallets are missing." in hold.findings[0]["says"]
    holds.release(hold.pk, remark="They came since.", **SIGNED)
    drain(send=False)
    row.refresh_from_db()
    assert (stage(row), row.state) == ("funded", "waived")


def test_an_objection_without_a_reason_is_refused() -> None:
    with pytest.raises(questions.WordsMissing):
        by_link(asked(), Answer.OBJECTED, "  ")


def test_a_call_keeps_who_said_it_and_by_which_number() -> None:
    row = questions.ask(picked().pk, channel=Channel.CALL, to="+49 40 1", **SIGNED)
    with pytest.raises(questions.WordsMissing):
        questions.answer(row.pk, said=Answer.CONFIRMED, **CALL | {"person": ""}, **SIGNED)
    row = questions.answer(row.pk, said=Answer.CONFIRMED, **CALL, **SIGNED)
    assert (row.person, row.grade) == ("Eva Bolt, +49 40 1", Grade.CALLED)
    drain(send=False)
    assert stage(row) == "funded"


def test_a_wrong_person_sends_it_back_and_ends_the_address() -> None:
    row = asked()
    old = query.link(row)[-44:]
    assert query.question_of(old, today=world.TODAY) == row
    again = by_link(row, Answer.WRONG_PERSON)
    assert (again.state, again.attempt, codes(row)) == ("to_ask", 2, ["debtor_asked"])
    assert query.question_of(old, today=world.TODAY) is None
    with pytest.raises(questions.QuestionClosed):
        questions.answer_by_link(row.pk, attempt=1, said=Answer.CONFIRMED, text="", at=world.NOW)


def test_the_same_answer_twice_is_one_and_another_one_is_refused() -> None:
    row = asked()
    by_link(row, Answer.CONFIRMED)
    by_link(row, Answer.CONFIRMED)
    assert models.Diary.objects.filter(kind="question.answered").count() == 1
    with pytest.raises(questions.QuestionClosed):
        by_link(row, Answer.OBJECTED, "No.")


@pytest.mark.parametrize(
    ("silence", "state", "after", "code"),
    [(Silence.HOLD, "silent", "received", ["debtor_silent"]),
     (Silence.PASS, "passed", "funded", [])],
)  # fmt: skip
def test_silence_holds_or_passes_as_the_policy_says(
    silence: Silence, state: str, after: str, code: list[str]
) -> None:
    row = asked(replace(FIRST, silence=silence))
    assert questions.time_out(at=world.NOW + timedelta(days=5), actor="day") == 0
    done = day.end(at=world.NOW + timedelta(days=6))
    drain(send=False)
    row.refresh_from_db()
    assert (done.questions_silent, row.state, stage(row), codes(row)) == (1, state, after, code)
    assert questions.time_out(at=world.NOW + timedelta(days=7), actor="day") == 0


def test_a_late_answer_counts_while_the_invoice_waits() -> None:
    row = asked()
    questions.time_out(at=world.NOW + timedelta(days=6), actor="day")
    by_link(row, Answer.CONFIRMED)
    drain(send=False)
    assert stage(row) == "funded"


def test_a_person_may_let_it_go_on_unanswered() -> None:
    row = picked()
    holds.release(models.Hold.objects.get().pk, remark="I saw the goods.", **SIGNED)
    drain(send=False)
    row.refresh_from_db()
    assert (row.state, stage(row)) == ("waived", "funded")
    with pytest.raises(questions.QuestionClosed):
        questions.ask(row.pk, channel=Channel.CALL, to="1", **SIGNED)


def test_a_rejected_invoice_is_asked_about_no_more() -> None:
    row = asked()
    holds.reject(models.Hold.objects.get().pk, remark="Client withdrew it.", **SIGNED)
    with pytest.raises(questions.QuestionClosed):
        by_link(row, Answer.CONFIRMED)
    assert questions.time_out(at=world.NOW + timedelta(days=9), actor="day") == 0
    assert list(query.done()) == [row]


def test_the_first_of_a_pair_are_asked_about_and_trust_thins_the_rest() -> None:
    place = world.build()
    allow(Policy(first=2, share=1000, halve_after=1, least=0))
    for number in ("R-1", "R-2"):
        row = handed_in(place, number, "1000" if number == "R-1" else "1100")
        questions.ask(row.pk, channel=Channel.LINK, to="bolt@example.com", **SIGNED)
        by_link(models.Question.objects.get(pk=row.pk), Answer.CONFIRMED)
        drain(send=False)
    receive(world.paper(place.acme, place.bolt, number="R-3", gross="1200"))
    third = models.Invoice.objects.get(number="R-3")
    assert query.history([third.pk]) == {(place.acme.pk, place.bolt.pk): (2, 2)}


def test_a_clients_own_policy_goes_before_that_of_all() -> None:
    place = world.build()
    allow(FIRST)
    allow(Policy(), place.acme)
    receive(world.paper(place.acme, place.bolt, number="R-1"))
    drain(send=False)
    assert not models.Question.objects.exists()
    allow(None, place.acme)
    assert query.policies([place.acme.pk])[place.acme.pk] == FIRST


def answered(row: models.Question, stance: Stance, number: int = 1) -> None:
    """The buyer's system answers to the invoice, which it had from us before it is bought."""
    dispatch, _ = models.Dispatch.objects.get_or_create(
        invoice_id=row.invoice_id, paper="invoice", rung=0, kind="einvoice", carrier="hybrid",
        defaults={"because": "x", "address": {}, "state": "accepted", "planned_at": world.NOW},
    )  # fmt: skip
    said = Response(
        id=f"{stance}-{number}", key=dispatch.key, reference="", stance=stance,
        at=world.NOW + timedelta(hours=number), reasons=("QTY",), text="Two are missing.",
    )  # fmt: skip
    reports.take_events("hybrid", [said], at=world.NOW, actor="carrier:hybrid")


@pytest.mark.parametrize(
    ("stance", "state", "after", "code"),
    [
        (Stance.ACCEPTED, "confirmed", "funded", []),
        (Stance.UNDER_QUERY, "objected", "received", ["debtor_objects"]),
        (Stance.REJECTED, "objected", "received", ["debtor_objects"]),
        (Stance.CONDITIONALLY_ACCEPTED, "asked", "received", ["debtor_asked"]),
        (Stance.IN_PROCESS, "asked", "received", ["debtor_asked"]),
    ],
)
def test_a_buyers_invoice_response_answers(
    stance: Stance, state: str, after: str, code: list[str]
) -> None:
    row = asked()
    answered(row, stance)
    drain(send=False)
    row.refresh_from_db()
    assert (row.state, stage(row), codes(row)) == (state, after, code)
    if state != "asked":
        assert (row.grade, row.answered_by) == (Grade.BUYER, "debtor:response")
        assert "Two are missing." in row.said


def by_name(
    row: models.Question, stance: Stance, *, number: str = "R-1", seller: str = "9930:DE136695976",
    buyer: str = "",
) -> int:  # fmt: skip
    """The buyer's system answers to what the client sent: its access point knows no key of ours."""
    debtor = models.Debtor.objects.get(pk=row.debtor_id)
    said = Response(
        id=f"{buyer}{number}{stance}", key="tx-4711", reference="", stance=stance, at=world.NOW,
        reasons=("QTY",), text="Two are missing.", number=number, seller=seller,
        buyer=buyer or f"9930:{debtor.vat_id}",
    )  # fmt: skip
    return reports.take_events("exchange", [said], at=world.NOW, actor="carrier:exchange")


@pytest.mark.parametrize(
    ("stance", "state", "after", "code", "disputes"),
    [
        (Stance.ACCEPTED, "confirmed", "funded", [], 0),
        (Stance.UNDER_QUERY, "objected", "received", ["debtor_objects"], 1),
        (Stance.REJECTED, "objected", "received", ["debtor_objects"], 1),
        (Stance.RECEIVED, "asked", "received", ["debtor_asked"], 0),
    ],
)
def test_a_buyers_answer_to_what_the_client_sent_answers(
    stance: Stance, state: str, after: str, code: list[str], disputes: int
) -> None:
    row = asked()
    assert by_name(row, stance, number="r 1") == 1
    drain(send=False)
    row.refresh_from_db()
    assert (row.state, stage(row), codes(row)) == (state, after, code)
    (told,) = responses.of_invoice(row.invoice_id)
    assert (told.dispatch, told.stance) == (None, stance)
    assert models.Dispute.objects.count() == disputes
    assert not reach.parked_responses().exists()


@pytest.mark.parametrize(
    "meant",
    [{"number": "R-2"}, {"seller": "9930:DE999999999"}, {"seller": ""},
     {"buyer": "9930:DE999999999"}, {"buyer": "0088:7300010000001"}],
)  # fmt: skip
def test_an_answer_that_names_another_invoice_is_kept_for_a_person(meant: dict[str, str]) -> None:
    row = asked()
    by_name(row, Stance.ACCEPTED, **meant)
    drain(send=False)
    row.refresh_from_db()
    assert (row.state, reach.parked_responses().count()) == ("asked", 1)
    if address := meant.get("buyer", "").removeprefix("9930:DE999999999"):
        models.Debtor.objects.filter(pk=row.debtor_id).update(einvoice_id=address)
        by_name(row, Stance.REJECTED, **meant)
        drain(send=False)
        row.refresh_from_db()
        assert row.state == "objected", "the register knows where the debtor takes e-invoices"


def test_who_answered_before_anybody_would_ask_is_not_asked() -> None:
    place = world.build()
    receive(world.paper(place.acme, place.bolt, number="R-1"))
    invoice = models.Invoice.objects.get()
    question = models.Question(invoice_id=invoice.pk, debtor_id=place.bolt.pk)
    by_name(question, Stance.ACCEPTED)
    allow(FIRST)
    drain(send=False)
    row = models.Question.objects.get()
    assert (row.state, row.grade, stage(row)) == ("confirmed", Grade.BUYER, "funded")


def test_a_persons_answer_before_a_buyers_response_stands() -> None:
    row = asked()
    by_link(row, Answer.OBJECTED, "Wrong price.")
    answered(row, Stance.ACCEPTED)
    drain(send=False)
    row.refresh_from_db()
    assert (row.state, row.grade, codes(row)) == ("objected", Grade.SIGNED, ["debtor_objects"])


@pytest.mark.django_db(transaction=True)
def test_of_a_person_and_a_buyers_response_at_once_one_is_taken() -> None:
    row = asked()
    answered(row, Stance.REJECTED)
    (dispatch,) = models.Dispatch.objects.values_list("pk", flat=True)
    results = at_once(
        lambda: by_link(row, Answer.CONFIRMED),
        lambda: questions.take_responses([dispatch], at=world.NOW, actor="belt"),
    )
    others = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, questions.QuestionClosed) for one in others), others
    assert models.Diary.objects.filter(kind="question.answered").count() == 1
    drain(send=False)
    row.refresh_from_db()
    assert (row.state, stage(row)) in {("confirmed", "funded"), ("objected", "received")}


@pytest.mark.parametrize("role", [Role.CLIENT, Role.INTAKE, Role.CASH])
def test_who_may_not_answer_is_refused(role: Role) -> None:
    row = asked()
    who = SIGNED | {"role": role}
    for act in (
        lambda: questions.ask(row.pk, channel=Channel.CALL, to="1", **who),
        lambda: questions.answer(row.pk, said=Answer.CONFIRMED, **CALL, **who),
        lambda: question_policy.set_policy(FIRST, client=None, reason="Why not.", **who),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize(
    ("policy", "reason"),
    [(FIRST, " "), (Policy(first=101), "So."), (Policy(share=1, least=2), "So."),
     (Policy(first=1, days=0), "So.")],
)  # fmt: skip
def test_a_policy_needs_sense_and_a_reason(policy: Policy, reason: str) -> None:
    with pytest.raises(Refusal):
        question_policy.set_policy(
            policy, client=None, reason=reason, role=Role.CREDIT, at=world.NOW, actor="user:x"
        )
    assert not models.QuestionPolicy.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_yes_and_no_at_once_one_is_taken() -> None:
    row = asked()
    results = at_once(
        lambda: by_link(row, Answer.CONFIRMED), lambda: by_link(row, Answer.OBJECTED, "No.")
    )
    assert sum(isinstance(one, questions.QuestionClosed) for one in results) == 1
    assert models.Diary.objects.filter(kind="question.answered").count() == 1
    drain(send=False)
    row.refresh_from_db()
    assert (row.state, stage(row)) in {("confirmed", "funded"), ("objected", "received")}


@pytest.mark.django_db(transaction=True)
def test_an_answer_while_it_times_out_is_not_lost() -> None:
    row = asked()
    late = world.NOW + timedelta(days=6)
    results = at_once(
        lambda: by_link(row, Answer.CONFIRMED), lambda: questions.time_out(at=late, actor="day")
    )
    assert not any(isinstance(one, Exception) for one in results), results
    drain(send=False)
    row.refresh_from_db()
    assert (row.state, stage(row), codes(row)) == ("confirmed", "funded", [])
