"""Two debtors that are one company, at the desk: chosen, agreed to by another, taken back."""

import pytest
from django.test import Client

from tests import world
from tests.web.office.conftest import SignedIn, somebody
from usance import models
from usance.actions import parties
from usance.domain.mandate import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> world.World:
    return world.build()


def second() -> Client:
    client = Client()
    client.force_login(somebody("admin"))
    return client


def test_a_merger_is_chosen_agreed_to_by_another_and_taken_back(
    signed_in: SignedIn, made: world.World
) -> None:
    company = parties.Company(name="Bolt Maschinenbau", country="DE", city="München")
    goes = parties.register_debtor(company, role=Role.ADMIN, at=world.NOW, actor=world.OFFICER)
    office, other = signed_in("credit"), second()
    place = f"/debtors/{goes.pk}/mergers"
    assert "Same company as…" in office.get(f"/debtors/{goes.pk}").content.decode()
    shown = office.get(place).content.decode()
    assert str(made.bolt.pk) in shown
    assert "same name, legal form" in shown
    assert str(made.kaufmann.pk) not in shown
    assert str(made.kaufmann.pk) in office.get(place, {"q": "Kaufmann"}).content.decode()
    nobody = office.post(place, {"reason": "One."})
    assert (nobody.status_code, b"not_two_debtors" in nobody.content) == (409, True)
    answer = office.post(place, {"stays": str(made.bolt.pk), "reason": "One letterhead."})
    row = models.Merger.objects.get()
    assert answer["Location"] == f"/mergers/{row.pk}"
    assert b"a colleague agrees" in office.get(answer["Location"]).content
    assert b"1 merger waits for a second person" in office.get("/debtors").content
    assert b"One letterhead." in office.get("/mergers").content

    page = other.get(answer["Location"])
    seen = {"digest": page.context["digest"]}
    mine = office.post(f"{answer['Location']}/agreement", seen)
    assert (mine.status_code, b"second_person_needed" in mine.content) == (409, True)
    agreed = other.post(f"{answer['Location']}/agreement", seen)
    assert agreed["Location"] == f"/debtors/{made.bolt.pk}"
    assert "One company with" in other.get(agreed["Location"]).content.decode()
    went = office.get(f"/debtors/{goes.pk}").content.decode()
    assert "The same company as" in went
    assert "Set a limit" not in went
    assert str(goes.pk) not in office.get("/debtors").content.decode()
    assert str(goes.pk) in office.get("/debtors", {"q": "Bolt Maschinenbau"}).content.decode()

    back = office.post(f"/mergers/{row.pk}/reversal", {"reason": "The register shows two."})
    assert back["Location"] == f"/debtors/{goes.pk}"
    again = office.post(f"/mergers/{row.pk}/refusal")
    assert (again.status_code, b"merger_decided" in again.content) == (409, True)
    goes.refresh_from_db()
    assert goes.same_as is None


def test_who_may_not_edit_parties_may_look(signed_in: SignedIn, made: world.World) -> None:
    office = signed_in("cash")
    place = f"/debtors/{made.bolt.pk}/mergers"
    assert b"may look at debtors" in office.get(place).content
    answer = office.post(place, {"stays": str(made.kaufmann.pk), "reason": "One."})
    assert (answer.status_code, b"not_allowed" in answer.content) == (409, True)
