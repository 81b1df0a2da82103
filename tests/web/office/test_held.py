"""The queue of holds, and what a person may do about an invoice."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client

from tests import world
from tests.belt import drain, receive
from tests.kept import kept
from tests.web.office.conftest import SignedIn
from usance import models, pipeline
from usance.domain.mandate import ALLOWED, Act
from usance.shared.models import Book, Role
from usance.web.office import standing

pytestmark = pytest.mark.django_db
DECIDES = sorted(ALLOWED[Act.RELEASE_HOLD] | {"admin"})


@pytest.fixture
@kept
def place() -> world.World:
    place = world.build()
    Book.objects.create(
        slug="main", name="Main", country="SE", created_at=world.NOW, simulated_at=world.NOW
    )
    nameless = world.without_buyer_ids(
        world.paper(place.acme, place.bolt, number="R-3"), "Bolt Maschinenbau Werk Süd"
    )
    receive(
        world.paper(place.acme, place.bolt, number="R-1"),
        world.paper(place.acme, place.bolt, number="R-2", gross="60000.00"),
        nameless,
    )
    drain(send=False)
    return place


def the(number: str) -> models.Invoice:
    return models.Invoice.objects.get(number=number)


def open_hold(number: str) -> models.Hold:
    return models.Hold.objects.get(invoice__number=number, closed_at=None)


def test_the_queue_says_why_and_with_which_figures(place: world.World, signed_in: SignedIn) -> None:
    page = signed_in("credit").get("/held").content.decode()
    said = html.unescape(page).replace("\N{NO-BREAK SPACE}", " ")
    assert "70,000.00 EUR is more than the debtor's limit of 50,000.00 EUR." in said
    plain = re.sub(r"<[^>]+>|\s+", " ", page)
    assert re.search(r"Exposure +10,000\.00 +EUR +· +Face +60,000\.00 +EUR +· +Limit", plain)
    assert "No debtor in the register fits" in page


@pytest.mark.parametrize(
    ("view", "shown", "hidden"),
    [
        ("findings", {"R-2", "R-3"}, set()),
        ("error", set(), {"R-2", "R-3"}),
        ("credit.assess", {"R-2"}, {"R-3"}),
        ("verification.verify", {"R-3"}, {"R-2"}),
    ],
)
def test_tabs_part_the_queue(
    view: str, shown: set[str], hidden: set[str], place: world.World, signed_in: SignedIn
) -> None:
    page = signed_in("credit").get(f"/held?view={view}").content.decode()
    assert all(f">{number}</a>" in page for number in shown)
    assert not any(f">{number}</a>" in page for number in hidden)


@pytest.mark.parametrize("role", [one for one in Role.values if one != Role.CLIENT])
def test_only_who_may_release_does(role: str, place: world.World, signed_in: SignedIn) -> None:
    client, hold = signed_in(role), open_hold("R-2")
    button = 'data-key="e"' in client.get("/held").content.decode()
    answer = client.post("/held/release", {"id": [hold.pk], "remark": "They paid by phone"})
    hold.refresh_from_db()
    may = role in DECIDES
    assert button is may
    assert answer.status_code == (302 if may else 409)
    assert (hold.closed_by, hold.remark) == (
        (f"user:{role}", "They paid by phone") if may else ("", "")
    )
    drain(send=False)
    assert the("R-2").stage == ("funded" if may else "verified")


def test_a_refusal_says_what_to_do_and_its_code(place: world.World, signed_in: SignedIn) -> None:
    client, hold = signed_in("credit"), open_hold("R-2")
    client.post("/held/release", {"one": hold.pk})
    again = client.post("/held/release", {"one": hold.pk})
    assert again.status_code == 409
    assert "hold_closed" in again.content.decode()
    assert "Somebody decided already" in again.content.decode()


def test_many_are_rejected_at_once(place: world.World, signed_in: SignedIn) -> None:
    ids = [open_hold("R-2").pk, open_hold("R-3").pk]
    answer = signed_in("verification").post("/held/reject", {"id": ids, "remark": "Not ours"})
    assert answer.status_code == 302
    assert {the("R-2").stage, the("R-3").stage} == {"rejected"}


def test_nonsense_decides_nothing(place: world.World, signed_in: SignedIn) -> None:
    answer = signed_in("credit").post("/held/release", {"id": "1 OR 1", "next": "//evil.example/"})
    assert answer.status_code == 302
    assert answer.url == "/held"
    assert models.Hold.objects.filter(closed_at=None).count() == 2


def test_a_debtor_is_chosen_from_candidates_and_the_invoice_goes_on(
    place: world.World, signed_in: SignedIn
) -> None:
    client, row = signed_in("verification"), the("R-3")
    page = client.get(f"/invoices/{row.pk}").content.decode()
    assert f'name="debtor" value="{place.bolt.pk}"' in page
    assert "name begins alike" in page or "same postcode" in page
    client.post(f"/invoices/{row.pk}/debtor", {"debtor": place.bolt.pk})
    client.post("/held/release", {"one": open_hold("R-3").pk})
    drain(send=False)
    assert the("R-3").debtor == place.bolt
    assert the("R-3").stage == "funded"


def test_releasing_a_credit_hold_shows_what_will_be_booked(
    place: world.World, signed_in: SignedIn
) -> None:
    page = signed_in("credit").get(f"/invoices/{the('R-2').pk}").content.decode()
    dialog = page[page.index('id="release-') :]
    assert "1200 Factored receivables" in dialog
    assert '<data class="num" value="48000.00 EUR">' in dialog
    assert '<data class="num" value="12000.00 EUR">' in dialog


def test_a_dispute_is_opened_closed_and_undone(place: world.World, signed_in: SignedIn) -> None:
    client, row = signed_in("collection"), the("R-1")
    answer = client.post(
        f"/invoices/{row.pk}/dispute", {"reason": "Two boxes missing"}, follow=True
    )
    assert f'action="/invoices/{row.pk}/dispute/close"' in answer.content.decode()
    assert "Two boxes missing" in answer.content.decode()
    assert client.post(f"/invoices/{row.pk}/dispute", {"reason": "x"}).status_code == 409
    client.post(f"/invoices/{row.pk}/dispute/close", {"reason": "Credit note sent"})
    assert row.disputes.get().outcome == "Credit note sent"
    assert signed_in("cash").post(f"/invoices/{row.pk}/dispute").status_code == 409


def test_a_reminder_goes_out_before_its_day_but_never_two_at_once(
    place: world.World, signed_in: SignedIn
) -> None:
    client, row = signed_in("collection"), the("R-1")
    assert client.post(f"/invoices/{row.pk}/reminders").status_code == 409  # Not late yet.
    late = world.NOW + timedelta(days=61)
    Book.objects.update(simulated_at=late)
    assert client.post(f"/invoices/{row.pk}/reminders").status_code == 302
    assert row.reminders.get().letter == "first_reminder"
    assert client.post(f"/invoices/{row.pk}/reminders").status_code == 409
    assert signed_in("cash").post(f"/invoices/{row.pk}/reminders").status_code == 409


def test_a_note_stays_on_the_timeline_as_text(place: world.World, signed_in: SignedIn) -> None:
    client, row = signed_in("cash"), the("R-1")
    client.post(f"/invoices/{row.pk}/notes", {"text": "<b>Call {them}</b> on Monday"})
    page = client.get(f"/invoices/{row.pk}").content.decode()
    assert "&lt;b&gt;Call {them}&lt;/b&gt; on Monday" in page
    assert client.post(f"/invoices/{row.pk}/notes", {"text": "  "}).status_code == 409


def test_nobody_decides_without_signing_in(place: world.World) -> None:
    for url in ("/", "/invoices", "/held", "/held/release", f"/invoices/{the('R-1').pk}"):
        answer = Client().get(url)
        assert answer.status_code == 302, url
        assert answer.url.startswith("/account/login/")


def test_every_step_before_which_an_invoice_is_held_has_its_word() -> None:
    assert pipeline.STEPS.keys() <= standing.STEPS.keys()
