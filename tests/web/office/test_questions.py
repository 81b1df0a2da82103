"""Questions in the office: the queue, asking, noting answers, the policy and who may set it."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world
from tests.actions.test_questions import FIRST, allow, answered, handed_in, picked, stage
from tests.belt import drain, receive
from tests.web.office.conftest import SignedIn
from usance import models
from usance.domain.distribution import Stance

pytestmark = pytest.mark.django_db
POLICY = {"from_units": "5000", "first": "2", "share": "300", "least": "10", "halve_after": "5",
          "days": "4", "channel": "call", "silence": "pass", "reason": "New client."}  # fmt: skip


def test_it_is_asked_answered_and_bought(signed_in: SignedIn) -> None:
    row, desk = picked(), signed_in("verification")
    assert "R-1" in desk.get("/questions").content.decode()
    desk.post(f"/questions/{row.pk}/ask", {"channel": "link", "to": "eva@bolt.example"})
    shown = desk.get(f"/questions/{row.pk}").content.decode()
    assert "/v/" in shown
    assert "Stimmt die Rechnung R-1" in shown
    assert "R-1" in desk.get("/questions?view=asked").content.decode()
    said = {"answer": "confirmed", "person": "Eva", "number": "+49 40 1"}
    assert desk.post(f"/questions/{row.pk}/answer", said).status_code == 302
    drain(send=False)
    assert stage(row) == "funded"
    assert "Eva, +49 40 1" in desk.get("/questions?view=done").content.decode()
    assert "Eva, +49 40 1" in desk.get(f"/invoices/{row.invoice_id}").content.decode()


@pytest.mark.parametrize("stance", [Stance.ACCEPTED, Stance.UNDER_QUERY, Stance.REJECTED])
def test_what_the_buyers_system_answered_stands_in_the_log_with_its_grade(
    stance: Stance, signed_in: SignedIn
) -> None:
    """Before anybody was asked: its answer is one to the question that waits to be put."""
    row, desk = picked(), signed_in("verification")
    answered(row, stance)
    drain(send=False)
    for page in (f"/questions/{row.pk}", f"/invoices/{row.invoice_id}"):
        shown = unescape(desk.get(page).content.decode())
        assert "the buyer's system answered over its network" in shown
        assert "Two are missing." in shown
    word = "Confirmed" if stance is Stance.ACCEPTED else "Objected"
    assert word in desk.get(f"/questions/{row.pk}").content.decode()


@pytest.mark.parametrize("role", ["cash", "intake"])
def test_who_may_not_is_told_so(role: str, signed_in: SignedIn) -> None:
    row, desk = picked(), signed_in(role)
    answered = desk.post(f"/questions/{row.pk}/ask", {"channel": "call", "to": "1"})
    assert answered.status_code == 409
    assert desk.post("/settings/questions", POLICY).status_code == 422
    assert models.QuestionPolicy.objects.get().said["first"] == 1


def test_the_policy_is_set_with_a_reason(signed_in: SignedIn) -> None:
    place, desk = world.build(), signed_in("credit")
    assert desk.post("/settings/questions", POLICY | {"reason": ""}).status_code == 422
    assert desk.post("/settings/questions", POLICY | {"first": "x"}).status_code == 422
    assert not models.QuestionPolicy.objects.exists()
    of_one = POLICY | {"client": str(place.acme.pk)}
    assert desk.post("/settings/questions", of_one).status_code == 302
    row = models.QuestionPolicy.objects.get()
    assert (row.client_id, row.said["days"], row.reason) == (place.acme.pk, 4, "New client.")
    told = models.Diary.objects.filter(kind="master_data.changed").order_by("pk").last()
    assert told.particulars["after"]["channel"] == "call"
    desk.post("/settings/questions", of_one | {"away": "1"})
    assert not models.QuestionPolicy.objects.exists()


def test_the_queue_asks_the_same_queries_for_one_and_for_five(signed_in: SignedIn) -> None:
    place, desk = world.build(), signed_in("verification")
    allow(FIRST.__class__(first=100))
    handed_in(place, "R-1")
    desk.get("/questions")
    with CaptureQueriesContext(
        connection,
    ) as one:
        desk.get("/questions")
    receive(*(world.paper(place.acme, place.bolt, number=f"S-{n}", gross=str(2000 + 137 * n))
              for n in range(5)))  # fmt: skip
    drain(send=False)
    with CaptureQueriesContext(connection) as six:
        desk.get("/questions")
    assert models.Question.objects.count() > 1
    assert len(one) == len(six)
