"""Terms by program: propose, approve by another person, as of any day, quotes, reference rates."""

import pytest

from tests import world
from tests.api.conftest import key
from tests.belt import drain, receive
from tests.stories.crossing import Crossing
from usance import models
from usance.actions import ledger as books
from usance.actions import settlement
from usance.domain import ledger
from usance.domain.journal import About

pytestmark = pytest.mark.django_db

TERMS = {
    "limit": {"minor": 30000000, "currency": "EUR"}, "advance_rate": "0.8", "fee_rate": "0.015",
    "recourse_days": 60, "valid_from": "2026-04-01", "product": "recourse",
    "charges": {"interest": {"margin": "0.03", "reference": "EURIBOR3M", "floor": "0"}},
}  # fmt: skip


def test_terms_are_proposed_by_one_and_approved_by_another(place: world.World) -> None:
    ann, bo = (key("read", "write", "credit", owner=name) for name in ("ann", "bo"))
    path = f"/v1/clients/{place.acme.pk}/facilities"
    said = ann.post(path, TERMS)
    assert said.status_code == 201, said.content
    assert "Interest of EURIBOR3M (at least 0 %) plus 3 % a year" in " ".join(said.said["in_words"])
    (waiting,) = ann.get("/v1/facility-proposals").said["items"]
    assert waiting == said.said
    approvals = f"/v1/facility-proposals/{waiting['id']}/approvals"
    seen = {"digest": waiting["digest"]}
    mine = ann.post(approvals, seen)
    assert (mine.status_code, mine.said["code"]) == (403, "second_person_needed")
    other = bo.post(approvals, {"digest": "0" * 64})
    assert (other.status_code, other.said["code"]) == (409, "content_changed")
    agreed = bo.post(approvals, seen)
    assert agreed.status_code == 201, agreed.content
    assert agreed.said["charges"]["interest"]["count"] == "ACT/360"
    again = bo.post(approvals, seen)
    assert (again.status_code, again.said["code"]) == (409, "facility_proposal_decided")

    new = ann.get(path).said["items"][0]
    (old,) = ann.get(path, on="2026-03-31").said["items"]
    assert (new["valid_to"], old["valid_to"]) == ("2026-03-31", "2026-03-31")
    before = {"on": "2026-05-01", "known_at": "2026-03-02T08:00:00Z"}
    assert ann.get(path, **before).said["items"] == []  # Nothing was agreed at that hour.


def test_terms_that_contradict_themselves_are_refused_with_all_of_it(place: world.World) -> None:
    ann = key("read", "write", "credit", owner="ann")
    wrong = {**TERMS, "advance_rate": "0.99", "recourse_days": None}
    answer = ann.post(f"/v1/clients/{place.acme.pk}/facilities", wrong)
    assert (answer.status_code, answer.said["code"]) == (409, "facility_terms_faulty")
    assert "more than the face" in answer.said["detail"]
    assert "has recourse" in answer.said["detail"]
    strange = {**TERMS, "charges": {"interest": {"margin": "0.03", "reference": "NOPE"}}}
    answer = ann.post(f"/v1/clients/{place.acme.pk}/facilities", strange)
    assert (answer.status_code, answer.said["code"]) == (409, "facility_terms_faulty")
    assert "NOPE is no reference rate" in answer.said["detail"]
    overlap = {**TERMS, "valid_from": "2026-01-01"}
    answer = ann.post(f"/v1/clients/{place.acme.pk}/facilities", overlap)
    assert (answer.status_code, answer.said["code"]) == (409, "facility_spans_overlap")
    unknown = {**TERMS, "charges": {"interest": {"margin": "0.03", "count": "ACT/364"}}}
    assert ann.post(f"/v1/clients/{place.acme.pk}/facilities", unknown).status_code == 422


def test_limited_recourse_is_said_as_it_is_agreed(place: world.World) -> None:
    ann, bo = (key("read", "write", "credit", owner=name) for name in ("ann", "bo"))
    path = f"/v1/clients/{place.acme.pk}/facilities"
    limited = {"share": "0.8", "most": 500000}
    faulty = ann.post(path, {**TERMS, "recourse": limited})  # This product's is for all.
    assert (faulty.status_code, faulty.said["code"]) == (409, "facility_terms_faulty")
    assert ann.post(path, {**TERMS, "recourse": {"most": 0}}).status_code == 422
    quiet = ann.post(path, {**TERMS, "product": "confidential", "recourse_days": None})
    assert (quiet.status_code, quiet.said["code"]) == (409, "facility_terms_faulty")
    days = {"list_days": 5, "ask_days": 0, "tell_days": 3}
    open_ = ann.post(path, {**TERMS, "keeping": days})  # Debtors are told: the ledger is ours.
    assert (open_.status_code, open_.said["code"]) == (409, "facility_terms_faulty")
    quiet = {**TERMS, "product": "confidential", "recourse_days": 60, "buying": {}}
    usual = {"list_days": 10, "ask_days": 7, "tell_days": 10}
    for said, kept in ((None, usual), (days, days)):
        told = ann.post(path, {**quiet, "keeping": said})
        assert (told.status_code, told.said["keeping"]) == (201, kept)
    assert ann.post(path, {**quiet, "keeping": {**days, "list_days": 26}}).status_code == 422
    off = {"days": 30, "fee_rate": "0.005", "times": 2}
    said = ann.post(
        path,
        {**TERMS, "product": "limited_recourse", "recourse": limited, "refactoring": off},
    )
    assert said.status_code == 201, said.content
    approvals = f"/v1/facility-proposals/{said.said['id']}/approvals"
    agreed = bo.post(approvals, {"digest": said.said["digest"]})
    assert (agreed.status_code, agreed.said["recourse"]) == (201, limited)
    assert agreed.said["refactoring"] == off
    assert "Recourse is put off up to 2 times" in " ".join(agreed.said["in_words"])
    assert "the client takes back 80 % of it, at most 5000.00 EUR." in " ".join(
        agreed.said["in_words"]
    )


def test_a_quote_and_the_rate_it_needs(place: world.World) -> None:
    ann = key("read", "write", "credit", owner="ann")
    path = f"/v1/clients/{place.acme.pk}/quote"
    asked = {"minor": 1000000, "currency": "EUR", "paid_on": "2026-04-11"}
    told = ann.get(path, **asked).said
    assert (told["rebate"]["minor"], told["cost"]["minor"]) == (185000, 15000)
    (old,) = models.Facility.objects.filter(client=place.acme)
    assert (told["left"]["minor"], told["paid_now"]["minor"]) == (old.limit_minor, 800000)
    fits, beyond = (
        ann.get(path, **asked | {"minor": minor}).said
        for minor in (old.limit_minor * 10 // 8, old.limit_minor * 10 // 8 + 2)
    )
    assert fits["paid_now"] == fits["left"] == {"minor": old.limit_minor, "currency": "EUR"}
    assert (beyond["advance"]["minor"], beyond["paid_now"]["minor"]) == (old.limit_minor + 1, 0)
    interest = {"margin": "0.06", "reference": "EURIBOR3M"}
    body = {
        **TERMS, "limit": {"minor": old.limit_minor, "currency": "EUR"}, "corrects": str(old.pk),
        "valid_from": "2026-01-01", "charges": {"interest": interest},
    }  # fmt: skip
    said = ann.post(f"/v1/clients/{place.acme.pk}/facilities", body)
    assert said.status_code == 201, said.content
    bo = key("read", "write", "credit", owner="bo")
    path_ = f"/v1/facility-proposals/{said.said['id']}/approvals"
    assert bo.post(path_, {"digest": said.said["digest"]}).status_code == 201
    lacking = ann.get(path, **asked)
    assert (lacking.status_code, lacking.said["code"]) == (409, "reference_rate_missing")
    rate = {"name": "EURIBOR3M", "rate": "0.02", "first": "2026-01-01", "last": "2026-06-30",
            "source": "EMMI"}  # fmt: skip
    assert ann.post("/v1/reference-rates", rate).status_code == 201
    told = ann.get(path, **asked).said
    assert (told["interest"]["minor"], told["rebate"]["minor"]) == (7111, 177889)
    assert told["annual"] == "0.2522"
    crossing = ann.post("/v1/reference-rates", {**rate, "first": "2026-06-30"})
    assert (crossing.status_code, crossing.said["code"]) == (409, "reference_rate_overlaps")
    assert ann.post("/v1/reference-rates", {**rate, "rate": "0.03"}).status_code == 201
    (shown,) = ann.get("/v1/reference-rates").said["items"]
    assert shown["rate"] == "0.03"
    early = ann.get(path, **{**asked, "paid_on": "2026-03-01"})
    assert (early.status_code, early.said["code"]) == (409, "paid_before_bought")
    none = ann.get(path, **{**asked, "currency": "SEK"})
    assert (none.status_code, none.said["code"]) == (409, "no_facility")


def test_terms_that_nobody_wants_are_withdrawn(place: world.World) -> None:
    ann = key("read", "write", "credit", owner="ann")
    said = ann.post(f"/v1/clients/{place.acme.pk}/facilities", TERMS).said
    gone = ann.post(f"/v1/facility-proposals/{said['id']}/withdrawals")
    assert (gone.status_code, gone.said["decision"]) == (201, "withdrawn")
    assert ann.get("/v1/facility-proposals").said["items"] == []


def test_an_invoice_in_another_currency_comes_to_what_was_quoted(place: world.World) -> None:
    """The same rate holds all day: quote, payout and settlement agree to the cent."""
    ann, bo = (key("read", "write", "credit", owner=name) for name in ("ann", "bo"))
    path = f"/v1/clients/{place.acme.pk}/facilities"
    (old,) = models.Facility.objects.filter(client=place.acme)
    taken = {"currencies": ["KWD", "USD"], "haircut": "0.05"}
    body = {
        "limit": {"minor": old.limit_minor, "currency": "EUR"}, "advance_rate": "0.8",
        "fee_rate": "0.015", "recourse_days": 60, "valid_from": "2026-01-01",
        "corrects": str(old.pk), "foreign": taken, "charges": {"minimum": 10000},
    }  # fmt: skip
    wrong = ann.post(path, body | {"foreign": {"currencies": ["EUR"]}})
    assert (wrong.status_code, wrong.said["code"]) == (409, "facility_terms_faulty")
    said = ann.post(path, body)
    assert (said.status_code, said.said["foreign"]) == (201, taken), said.content
    approvals = f"/v1/facility-proposals/{said.said['id']}/approvals"
    assert bo.post(approvals, {"digest": said.said["digest"]}).said["foreign"] == taken

    asked = {"minor": 1000001, "currency": "KWD", "paid_on": world.TODAY.isoformat()}
    quote = f"/v1/clients/{place.acme.pk}/quote"
    lacking = ann.get(quote, **asked)
    assert (lacking.status_code, lacking.said["code"]) == (409, "exchange_rate_missing")
    Crossing().publishes({"": "USD 1.25, KWD 0.32", "for": "2026-02-27"}, world.NOW)
    told = ann.get(quote, **asked).said
    assert told["advance"] == {"minor": 750000, "currency": "KWD"}
    assert told["across"] == {
        "advance": {"minor": 234375, "currency": "EUR"},
        "rebate": {"minor": 68125, "currency": "EUR"},  # It costs 100.00 EUR at least.
        "rate": "3.125", "published_on": "2026-02-27",
    }  # fmt: skip
    assert ann.get(quote, **asked | {"currency": "EUR"}).said["across"] is None

    receive(world.paper(place.acme, place.bolt, number="K-1", gross="1000.001", currency="KWD"))
    drain(send=False)
    row = models.Invoice.objects.get(number="K-1")
    pay(row)
    shown = ann.get(f"/v1/invoices/{row.pk}").said["conversions"]
    assert [(one["what"], one["came_to"]["minor"], one["is_owed"]) for one in shown] == [
        ("purchase", 234375, False), ("settlement", 68125, False)
    ]  # fmt: skip


def pay(row: models.Invoice) -> None:
    """All of it is allocated, and it is settled the same day."""
    about = About(client=row.client_id, debtor=row.debtor_id, invoice=row.pk)
    entry = ledger.allocation(
        row.number, row.face, interest=None, about=about, on=world.TODAY, line="x"
    )
    books.book([entry], at=world.NOW, actor="test")
    settlement.settle([row.pk], at=world.NOW, actor="test")


def test_confirming_is_agreed_and_what_the_debtor_approved_is_handed_in(place: world.World) -> None:
    ann, bo = (key("read", "write", "credit", owner=name) for name in ("ann", "bo"))
    path = f"/v1/clients/{place.acme.pk}/facilities"
    terms = TERMS | {
        "product": "confirming", "advance_rate": "1", "fee_rate": "0", "recourse_days": None,
        "valid_from": str(world.TODAY),
        "charges": {"interest": {"margin": "0.06", "base": "face", "to_due": True}},
    }  # fmt: skip
    grows = terms | {"charges": {"interest": {"margin": "0.06"}}}
    assert "This product has a flat price" in ann.post(path, grows).said["detail"]
    said = ann.post(path, terms).said
    assert "A discount of 6 % a year on the invoice amount" in " ".join(said["in_words"])
    approvals = f"/v1/facility-proposals/{said['id']}/approvals"
    assert bo.post(approvals, {"digest": said["digest"]}).status_code == 201

    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    row = models.Invoice.objects.get()
    (held,) = ann.get("/v1/holds").said["items"]
    assert [one["code"] for one in held["findings"]] == ["approved_by_the_debtor"]
    to = f"/v1/debtors/{place.bolt.pk}/undertakings"
    line = {
        "client": str(place.acme.pk), "number": "r 1", "due_on": "2026-04-30",
        "amount": {"minor": 1000000, "currency": "EUR"},
    }  # fmt: skip
    wrong = line | {"number": "R-2", "amount": {"minor": 0, "currency": "EUR"}}
    assert key("read", "write", "cash").post(to, {"items": [line]}).said["code"] == "not_allowed"
    answered = ann.post(to, {"items": [line, wrong], "person": "Eva Bolt"})
    assert answered.status_code == 201, answered.content
    assert (answered.said["taken"], answered.said["items"][0]) == (1, None)
    assert answered.said["items"][1]["code"] == "undertaking_amount"
    drain(send=False)
    row.refresh_from_db()
    assert (row.stage, row.funding.advance_minor) == ("funded", 990167)
    (stands,) = ann.get(to).said["items"]
    assert (stands["number"], stands["means"], stands["person"]) == ("r 1", "api", "Eva Bolt")
    assert ann.get(f"/v1/documents/{stands['document']}").status_code == 200
