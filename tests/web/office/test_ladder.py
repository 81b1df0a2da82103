"""The ladder editor, and what came back: addresses, doubles, reports that nobody understands."""

from typing import Any

import pytest

from tests import world
from tests.walks import bought, said, sent, tell
from tests.web.office.conftest import SignedIn
from usance import models
from usance.domain.distribution import Outcome
from usance.queries import ladders, work

pytestmark = pytest.mark.django_db

FORM: dict[str, Any] = {
    "kind": ["email", "letter", "einvoice", "mailbox"],
    "email-on": "on", "email-hours": "12", "email-enough": "accepted", "email-sms": "on",
    "email-cost": "0,02", "letter-on": "on", "letter-hours": "200", "letter-enough": "sent",
    "einvoice-hours": "24", "einvoice-enough": "sent", "mailbox-hours": "72",
    "mailbox-enough": "confirmed", "currency": "EUR",
}  # fmt: skip


@pytest.fixture
def place() -> world.World:
    return world.build()


def test_a_ladder_is_set_up_shown_and_taken_away(place: world.World, signed_in: SignedIn) -> None:
    client = signed_in("operations")
    assert "not set up" in client.get("/settings/ladder").content.decode()
    answer = client.post("/settings/ladder", FORM)
    assert (answer.status_code, answer.url) == (302, "/settings/ladder")
    row = models.LadderSetting.objects.get()
    kept = ladders.read(row)
    assert [(one.kind, one.enabled, one.hours) for one in kept.rungs] == [
        ("email", True, 12), ("letter", True, 200), ("einvoice", False, 24), ("mailbox", False, 72),
    ]  # fmt: skip
    assert str(kept.rungs[0].cost) == "0.02 EUR"
    assert sent(bought(place, place.bolt)).deadline_at is not None
    page = client.get("/settings/ladder", {"for": "Bolt"}).content.decode()
    assert "The debtor&#x27;s e-mail address is known." in page
    assert "The ladder of the factor does not use it." in page
    client.post(f"/settings/ladder/{row.pk}/away")
    assert not models.LadderSetting.objects.exists()


def test_a_rung_moves_without_being_saved(place: world.World, signed_in: SignedIn) -> None:
    client = signed_in("operations")
    page = client.post("/settings/ladder", FORM | {"move": "letter:up"}).content.decode()
    assert "Moved, not saved yet." in page
    assert "it follows the ladder of usance" in page
    assert page.index('value="letter"') < page.index('value="email"')
    assert 'value="0.02"' in page
    assert not models.LadderSetting.objects.exists()


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"email-hours": "soon"}, 422, "how many hours"),
        ({"email-hours": "5000"}, 409, "ladder_unusable"),
        ({"email-hours": "0"}, 409, "A delivery by e-mail has 0 hours until it counts as late;"),
        ({"email-cost": "cheap"}, 422, "the price of a piece"),
        ({"email-on": "", "letter-on": ""}, 409, "No channel is on."),
    ],
)
def test_what_is_no_ladder_is_said_and_kept_on_the_screen(
    change: dict[str, str], status: int, says: str, place: world.World, signed_in: SignedIn
) -> None:
    answer = signed_in("operations").post("/settings/ladder", FORM | change)
    assert answer.status_code == status
    assert says in answer.content.decode()
    assert not models.LadderSetting.objects.exists()


def test_another_role_looks_and_does_not_touch(place: world.World, signed_in: SignedIn) -> None:
    client = signed_in("cash")
    assert "look at ladders, not change them" in client.get("/settings/ladder").content.decode()
    assert client.post("/settings/ladder", FORM).status_code == 409
    assert not models.LadderSetting.objects.exists()


def test_a_debtor_and_a_client_have_ladders_of_their_own(
    place: world.World, signed_in: SignedIn
) -> None:
    client = signed_in("operations")
    of = {"debtor": str(place.bolt.pk), "paper": "reminder"}
    client.post("/settings/ladder", FORM | of)
    row = models.LadderSetting.objects.get()
    assert (row.debtor_id, row.client_id, row.paper) == (place.bolt.pk, None, "reminder")
    assert "Bolt Maschinenbau AG · Reminders" in client.get("/settings/ladder").content.decode()
    answer = client.post("/settings/ladder?paper=reminder", FORM, follow=True)
    assert "Saved: it holds for what is planned from now on." in answer.content.decode()
    assert models.LadderSetting.objects.filter(debtor=None, paper="reminder").count() == 1
    assert not models.LadderSetting.objects.filter(paper="").exists()
    assert client.post("/settings/ladder?paper=reminders", FORM).status_code == 404
    assert client.get("/settings/ladder", {"debtor": str(place.acme.pk)}).status_code == 404


def test_a_better_address_is_a_task_and_is_taken_over(
    place: world.World, signed_in: SignedIn
) -> None:
    row = sent(bought(place, place.kaufmann))
    tell(said(row, Outcome.RETURNED, corrected_address="Neue Straße 8, 50668 Köln"))
    assert [task.sort.value for task in work.tasks()] == ["address"]
    client = signed_in("operations")
    assert "A carrier knows a better address" in client.get("/").content.decode()
    for page in ("/deliveries/back", f"/debtors/{place.kaufmann.pk}"):
        assert 'value="Neue Straße 8"' in client.get(page).content.decode()
    proposal = models.AddressProposal.objects.get()
    wrote = {"street": "Neue Straße 8a", "postcode": "50668", "city": "Köln", "country": "DE"}
    assert signed_in("cash").post(f"/addresses/{proposal.pk}/accept", wrote).status_code == 409
    assert client.post(f"/addresses/{proposal.pk}/accept", wrote).status_code == 302
    place.kaufmann.refresh_from_db()
    assert place.kaufmann.street == "Neue Straße 8a"
    assert client.post(f"/addresses/{proposal.pk}/decline").status_code == 409
    assert work.waiting().addresses == 0


def test_a_spoilt_address_is_shown_and_lifted_with_a_reason(
    place: world.World, signed_in: SignedIn
) -> None:
    tell(said(sent(bought(place, place.bolt)), Outcome.BOUNCED, code="5.1.1", detail="No user."))
    client = signed_in("collection")
    for page in ("/deliveries/back?view=spoilt", f"/debtors/{place.bolt.pk}"):
        assert "Mail to it bounced for good. No user." in client.get(page).content.decode()
    spoilt = models.Suppression.objects.get()
    assert client.post(f"/suppressions/{spoilt.pk}/lift", {"remark": ""}).status_code == 409
    assert client.post(f"/suppressions/{spoilt.pk}/lift", {"remark": "Mended."}).status_code == 302
    assert "Mended." in client.get("/deliveries/back?view=lifted").content.decode()


def test_what_nobody_understands_is_shown(place: world.World, signed_in: SignedIn) -> None:
    row = sent(bought(place, place.bolt))
    tell(said(row, Outcome.UNREADABLE, code="quantum_state", detail="New since Monday."))
    page = signed_in("collection").get("/deliveries/reports").content.decode()
    assert "quantum_state" in page
    assert "New since Monday." in page


def test_a_delivery_and_its_invoice_say_why_and_why_not(
    place: world.World, signed_in: SignedIn
) -> None:
    row = sent(bought(place, place.bolt))
    client = signed_in("collection")
    for page in (f"/deliveries/{row.pk}", f"/invoices/{row.invoice_id}"):
        text = client.get(page).content.decode()
        assert "The debtor&#x27;s e-mail address is known." in text
        assert "No digital mailbox is known." in text
