"""Availability in the office and on the client's own page: the same figures, with their rows."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import world
from tests.belt import drain, receive
from tests.kept import kept
from tests.web.office.conftest import BACKEND, SignedIn
from usance import models
from usance.actions import disputes
from usance.domain.mandate import Role
from usance.shared.models import Book, User

pytestmark = pytest.mark.django_db
SET = {
    "past_due_days": "90", "since_issue_days": "", "cross_age_share": "50",
    "concentration_share": "25", "concentration_base": "gross", "countries": "de se",
    "government": "on", "confirmed_from": "100 000,00", "notice_days": "30",
    "dilution_share": "5", "retention": "1000.00", "valid_from": "2026-03-02",
    "reason": "Frame contract",
}  # fmt: skip


@pytest.fixture
@kept
def place() -> world.World:
    book = Book.objects.create(
        slug="main", name="Factor Nord AB", country="SE", simulated_at=world.NOW,
        created_at=world.NOW,
    )  # fmt: skip
    made = world.build()
    receive(
        world.paper(made.acme, made.bolt, number="R-1"),
        world.paper(made.acme, made.kaufmann, number="R-2", gross="5000"),
        world.paper(made.nord, made.tre_kronor, number="N-1", currency="SEK"),
    )
    drain(send=False)
    disputes.open_dispute(
        models.Invoice.objects.get(number="R-1").pk, reason="Short", role=Role.COLLECTION,
        at=world.NOW, actor="user:c",
    )  # fmt: skip
    for name, client in (("ellen", made.acme), ("nils", made.nord)):
        User.objects.create_user(
            name, password="correct horse battery", role="client", book=book, client_id=client.pk
        )
    return made


def own(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name), BACKEND)
    return client


def here(place: world.World, more: str = "") -> str:
    return f"/clients/{place.acme.pk}/availability/EUR{more}"


def test_the_office_and_the_client_read_the_same_figures(
    place: world.World, signed_in: SignedIn
) -> None:
    office = signed_in("credit").get(here(place)).content.decode()
    mine = own("ellen").get("/client/availability").content.decode()
    for page in (office, mine):
        for words in ("15,000.00", "Disputed", "The dispute is closed.", "R-1", "-8,000.00",
                      "Over age next", "Counts"):  # fmt: skip
            assert words.replace("-", "−") in page or words in page, words
    assert "user:" not in mine


def test_a_client_sees_nothing_of_another(place: world.World) -> None:
    page = own("nils").get("/client/availability").content.decode()
    assert "N-1" in page
    for words in ("R-1", "Bolt", "Kaufmann", "Acme"):
        assert words not in page, words
    bolt = place.bolt.pk
    for asked in (f"?debtor={bolt}", f"?without={bolt}", "?paid=R-1", "?currency=EUR"):
        page = own("nils").get(f"/client/availability{asked}").content.decode()
        assert "Bolt" not in page
        assert ">R-1<" not in page


def test_a_line_leads_to_its_rows_and_they_can_be_exported(
    place: world.World, signed_in: SignedIn
) -> None:
    office = signed_in("credit")
    page = office.get(here(place, "?because=disputed")).content.decode()
    assert "R-1" in page
    assert "R-2</a>" not in page
    answer = office.get(here(place, "?because=disputed&format=json"))
    (row,) = json.loads(b"".join(answer.streaming_content))
    assert (row["number"], row["because"], row["release"]) == (
        "R-1", "disputed", "The dispute is closed.",
    )  # fmt: skip


def test_what_if_stands_beside_what_is(place: world.World, signed_in: SignedIn) -> None:
    page = signed_in("credit").get(here(place, "?rate=90&paid=R-2")).content.decode()
    assert "As it is" in page
    assert "At the advance rate of 90 %" in page
    for odd in ("?rate=x", "?rate=-1", "?rate=101", "?without=1", "?on=yesterday", "?because=x"):
        assert signed_in("credit").get(here(place, odd)).status_code == 200


def test_a_set_is_agreed_and_its_rules_stand_in_sentences(
    place: world.World, signed_in: SignedIn
) -> None:
    office = signed_in("credit")
    place_ = f"/clients/{place.acme.pk}/eligibility/EUR"
    assert office.post(place_, SET)["Location"] == here(place)
    page = office.get(here(place)).content.decode()
    for words in ("Out from 91 days past due on", "Of one debtor at most 25 %", "DE, SE",
                  "100000.00 EUR", "1000.00 EUR are kept back", "Frame contract"):  # fmt: skip
        assert words in page, words
    faulty = office.post(place_, SET | {"retention": "much"})
    assert (faulty.status_code, b"Write an amount" in faulty.content) == (422, True)
    assert office.post(place_, SET).status_code == 409
    assert signed_in("cash").post(place_, SET).status_code == 409


def test_a_mark_and_an_over_advance_go_their_way(place: world.World, signed_in: SignedIn) -> None:
    office = signed_in("credit")
    marks = f"/clients/{place.acme.pk}/marks/EUR"
    said = {"kind": "contra", "debtor": str(place.bolt.pk), "amount": "1,500.00", "reason": "x"}
    assert office.post(marks, said).status_code == 302
    assert office.post(marks, said | {"number": "R-9"}).status_code == 422
    assert office.post(marks, said | {"amount": "1.5.5"}).status_code == 422
    row = models.EligibilityMark.objects.get()
    assert row.amount_minor == 150_000
    assert office.post(f"/marks/{row.pk}/end").status_code == 302
    over = f"/clients/{place.acme.pk}/over-advances/EUR"
    last = (world.TODAY + timedelta(days=7)).isoformat()
    assert office.post(over, {"amount": "x", "valid_to": last, "reason": "x"}).status_code == 422
    office.post(over, {"amount": "8000", "valid_to": last, "reason": "Credit note comes"})
    made = models.OverAdvance.objects.get()
    decide = f"/over-advances/{made.pk}/decision"
    yes = {"yes": "1", "seen": made.content}
    assert b"second_person_needed" in office.post(decide, yes).content
    assert b"Take back" in office.get(here(place)).content
    finance = signed_in("finance")
    assert b"Approve" in finance.get(here(place)).content
    assert finance.post(decide, yes).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.decided_by) == ("approved", "user:finance")
    assert b"Approved over-advance" in office.get(here(place)).content


def test_a_day_that_is_past_and_a_currency_without_a_facility(
    place: world.World, signed_in: SignedIn
) -> None:
    office = signed_in("credit")
    assert office.get(here(place, "?on=2026-03-01")).status_code == 200
    assert office.get(f"/clients/{place.acme.pk}/availability/SEK").status_code == 404
    assert own("ellen").get("/client/availability?on=2025-01-01").status_code == 200


def test_the_page_asks_as_often_for_many_rows_as_for_few(
    place: world.World, signed_in: SignedIn
) -> None:
    office = signed_in("credit")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert office.get(here(place)).status_code == 200
        return len(queries)

    asked()
    few = asked()
    receive(
        *(world.paper(place.acme, place.bolt, number=f"M-{n}", gross=f"{n + 5}") for n in range(8))
    )
    drain(send=False)
    assert asked() == few
