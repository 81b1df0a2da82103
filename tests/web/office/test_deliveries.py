"""Deliveries at the office: health, filters, the word of a person, what exactly was sent."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world
from tests.belt import drain
from tests.web.office import day
from tests.web.office.conftest import SignedIn
from tests.web.season import build as sealed
from usance import models
from usance.actions import reports
from usance.domain.distribution import DeliveryEvent, Outcome
from usance.queries import evidence

pytestmark = pytest.mark.django_db


def unknown() -> models.Dispatch:
    return models.Dispatch.objects.get(state="unknown")


def test_health_counts_what_was_planned_and_how_long_it_took(signed_in: SignedIn) -> None:
    day.build()
    (email,) = [
        one["row"]
        for one in signed_in("cash").get("/deliveries").context["health"]
        if one["row"].kind == "email"
    ]
    assert (email.planned, email.accepted, email.delivered, email.failed) == (3, 1, 1, 1)
    assert email.median_time is not None
    assert email.median_time.total_seconds() == 95 * 60


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("view=unknown", {"N-1"}),
        ("view=failed", {"R-1002"}),
        ("view=arrived", {"R-1001"}),
        ("kind=letter", {"R-1002", "R-1004"}),
        ("kind=letter&paper=reminder", set()),
    ],
)
def test_filters_live_in_the_address(query: str, numbers: set[str], signed_in: SignedIn) -> None:
    day.build()
    answer = signed_in("cash").get(f"/deliveries?{query}&format=json")
    rows = json.loads(b"".join(answer.streaming_content))
    assert {row["invoice"] for row in rows} == numbers


@pytest.mark.parametrize(
    ("said", "state", "tells"),
    [
        ("went_out", "accepted", "It went out by e-invoice, says a person"),
        ("again", "queued", "To be sent by e-invoice. A person says that it did not go out"),
    ],
)
def test_a_person_says_what_became_of_it(
    said: str, state: str, tells: str, signed_in: SignedIn
) -> None:
    day.build()
    row, office = unknown(), signed_in("operations")
    answer = office.post(f"/deliveries/{row.pk}/outcome", {"outcome": said})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.state == state
    timeline = office.get(f"/deliveries/{row.pk}").context["timeline"]
    assert timeline[-1]["says"] == tells


@pytest.mark.parametrize("role", ["intake", "verification", "credit", "finance", "cash"])
def test_a_role_that_may_not_has_no_word_on_it(role: str, signed_in: SignedIn) -> None:
    day.build()
    answer = signed_in(role).post(f"/deliveries/{unknown().pk}/outcome", {"outcome": "again"})
    assert answer.status_code == 409
    assert b"not_allowed" in answer.content
    assert unknown()


def test_what_is_known_by_now_cannot_be_decided_again(signed_in: SignedIn) -> None:
    day.build()
    office, row = signed_in("operations"), unknown()
    office.post(f"/deliveries/{row.pk}/outcome", {"outcome": "went_out"})
    again = office.post(f"/deliveries/{row.pk}/outcome", {"outcome": "again"})
    assert again.status_code == 409
    assert b"outcome_is_known" in again.content


def test_the_funnel_counts_how_far_each_kind_came(signed_in: SignedIn) -> None:
    day.build()
    rows = {
        one["row"].kind: one["row"]
        for one in signed_in("cash").get("/deliveries").context["funnel"]
    }
    email = rows["email"]
    assert (email.planned, email.handed, email.accepted, email.delivered, email.opened) == (
        3, 2, 2, 1, 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "numbers"),
    [("R-1001", {"R-1001"}), ("kaufmann", {"R-1004"}), ("nobody", set()), ("=", set())],
)
def test_a_delivery_is_found_by_number_or_debtor(
    words: str, numbers: set[str], signed_in: SignedIn
) -> None:
    day.build()
    answer = signed_in("cash").get("/deliveries", {"q": words, "format": "json"})
    rows = json.loads(b"".join(answer.streaming_content))
    assert {row["invoice"] for row in rows} == numbers


def test_what_failed_says_why_and_what_follows(signed_in: SignedIn) -> None:
    day.build()
    page = signed_in("cash").get("/deliveries?view=failed").content.decode()
    for words in ("Bounced", "Mailbox is full.", "Went on by Letter"):
        assert words in page, words


def test_several_are_decided_at_once_and_each_alone(signed_in: SignedIn) -> None:
    day.build()
    known = models.Dispatch.objects.get(state="delivered")
    office = signed_in("operations")
    answer = office.post(
        "/deliveries/decisions",
        {"do": "went_out", "id": [str(unknown().pk), str(known.pk), "nonsense"]},
        follow=True,
    )
    page = answer.content.decode()
    assert "1 done." in page
    assert "1 not: It is delivered." in page
    assert not models.Dispatch.objects.filter(state="unknown").exists()


def test_many_are_sent_by_letter_with_a_reason(signed_in: SignedIn) -> None:
    day.build()
    row = models.Dispatch.objects.get(state="delivered")
    fields = {"do": "letter", "id": str(row.pk), "reason": "Asked by telephone."}
    signed_in("collection").post("/deliveries/decisions", fields)
    new = models.Dispatch.objects.get(invoice=row.invoice_id, kind="letter")
    assert new.because == "Sent again by collection: Asked by telephone."


@pytest.mark.parametrize(("role", "status"), [("collection", 302), ("cash", 409), ("admin", 302)])
def test_a_role_sends_again_or_is_refused(role: str, status: int, signed_in: SignedIn) -> None:
    day.build()
    row = models.Dispatch.objects.get(state="delivered")
    answer = signed_in(role).post(
        f"/deliveries/{row.pk}/again", {"kind": "letter", "reason": "Asked for it."}
    )
    assert answer.status_code == status
    assert models.Dispatch.objects.filter(invoice=row.invoice_id).count() == 1 + (status == 302)


def test_a_refusal_says_what_to_do(signed_in: SignedIn) -> None:
    day.build()
    path = f"/deliveries/{models.Dispatch.objects.get(state='delivered').pk}/again"
    answer = signed_in("admin").post(path, {"kind": "mailbox", "reason": "Wish."})
    assert b"debtor_not_reachable_so" in answer.content
    assert signed_in("admin").post(path, {"kind": "pigeon", "reason": "x"}).status_code == 404


def test_a_delivery_shows_exactly_what_was_sent(signed_in: SignedIn) -> None:
    made = sealed()
    page = signed_in("cash").get(f"/deliveries/{made.dispatch(made.theirs).pk}").content.decode()
    for words in ("invoice.xml", "urn:cen.eu:en16931", "Page 1 of 1", "SHA-256",
                  "Shown in the portal under the key"):  # fmt: skip
        assert words in page, words


def test_the_paper_is_looked_at_before_it_is_sent_again(signed_in: SignedIn) -> None:
    made = sealed()
    path = f"/deliveries/{made.dispatch(made.mine).pk}"
    office, before = signed_in("cash"), models.Document.objects.count()
    page = office.get(f"{path}/preview/letter").content.decode()
    for words in ("Nothing was sent", "Industrieweg 9", "data:image/png;base64,", "1 page"):
        assert words in page, words
    assert models.Document.objects.count() == before, "and nothing is kept"
    assert office.get(f"{path}/preview/mailbox").status_code == 404, "the debtor has none"

    mail = office.get(f"{path}/message")
    assert mail.content.startswith(b"<!DOCTYPE html>")
    assert mail["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_page_that_is_not_there_shows_the_last(signed_in: SignedIn) -> None:
    made = sealed()
    path = f"/deliveries/{made.dispatch(made.mine).pk}"
    for page in ("9", "0", "x", "-1"):
        assert "Page 1 of 1" in signed_in("cash").get(f"{path}?page={page}").content.decode()


def parked_report() -> UUID:
    told = DeliveryEvent(
        id="odd-1", key="", reference="not ours", outcome=Outcome.UNREADABLE, at=world.NOW,
        code="teleported", detail="",
    )  # fmt: skip
    reports.take_events("hybrid", [told], at=world.NOW + timedelta(hours=1), actor="carrier")
    return models.DeliveryEvent.objects.get(event_id="odd-1").pk


def test_a_report_that_nobody_knows_waits_and_is_placed(signed_in: SignedIn) -> None:
    day.build()
    event, office = parked_report(), signed_in("operations")
    assert "teleported" in office.get("/deliveries/reports").content.decode()
    page = office.get(f"/deliveries/reports/{event}/place", {"q": "R-1004"})
    (found,) = page.context["found"]
    fields = {"do": "place", "dispatch": str(found["row"].pk), "means": "returned", "remark": "RTS"}
    office.post(f"/deliveries/reports/{event}/placed", fields)
    assert models.Dispatch.objects.get(pk=found["row"].pk).state == "failed"
    assert "Nothing to place" in office.get("/deliveries/reports").content.decode()
    shown = office.get(f"/deliveries/reports/{event}").content.decode()
    assert "Placed by" in shown
    assert "teleported" in shown


def test_a_report_is_laid_aside_and_an_empty_choice_is_asked_again(signed_in: SignedIn) -> None:
    day.build()
    event, office = parked_report(), signed_in("operations")
    answer = office.post(f"/deliveries/reports/{event}/placed", {"do": "place", "means": "?"})
    assert answer["Location"].endswith("/place")
    office.post(f"/deliveries/reports/{event}/placed", {"do": "aside", "remark": "A stranger's."})
    assert models.ReportDecision.objects.get().remark == "A stranger's."


def test_the_invoice_shows_both_times_and_the_grade_of_each_report(signed_in: SignedIn) -> None:
    made = sealed()
    page = signed_in("cash").get(f"/invoices/{made.mine.pk}").content.decode()
    for words in ("at the carrier", "received", "The receiver has it", "observed",
                  "/deliveries/reports/", "/certificate"):  # fmt: skip
        assert words in page, words


def test_a_certificate_is_downloaded_in_the_language_asked_for(signed_in: SignedIn) -> None:
    made = sealed()
    office = signed_in("cash")
    for language in ("", "?language=sv", "?language=xx"):
        answer = office.get(f"/invoices/{made.mine.pk}/certificate{language}")
        assert answer.content.startswith(b"%PDF")


def test_no_page_and_no_certificate_tells_how_to_push_to_a_browser(signed_in: SignedIn) -> None:
    made = sealed()
    row = made.mine.dispatches.get()
    row.address = {"push": "01", "auth": "c2VjcmV0", "p256dh": "BKey", "page": "/d/signed",
                   "endpoint": "https://push.example/capability"}  # fmt: skip
    row.save(update_fields=["address"])

    page = signed_in("cash").get(f"/deliveries/{row.pk}").content.decode()
    (carried,) = evidence.of(made.mine.pk, at=world.NOW).deliveries

    assert carried.address == ("push.example",)
    assert "push.example" in page
    for secret in ("c2VjcmV0", "BKey", "/d/signed", "/capability"):
        assert secret not in page, secret


def test_these_pages_ask_as_often_for_many_rows_as_for_few(signed_in: SignedIn) -> None:
    made = day.build()
    office = signed_in("operations")
    parked_report()
    paths = ["/deliveries?view=failed", "/deliveries/reports", "/deliveries?q=R-1"]

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert office.get(path).status_code == 200
        return len(queries)

    asked(paths[0])
    few = [asked(path) for path in paths]
    day.hand_in(
        *(
            world.paper(made.place.acme, made.place.bolt, number=f"M-{n}", gross=f"{n + 5}")
            for n in range(5)
        )
    )
    drain(send=False)
    models.Dispatch.objects.filter(invoice__number__startswith="M-").update(state="failed")
    for n in range(4):
        told = DeliveryEvent(
            id=f"odd-{n + 2}", key="", reference="", outcome=Outcome.DELIVERED, at=world.NOW
        )
        reports.take_events("hybrid", [told], at=world.NOW, actor="carrier")
    assert [asked(path) for path in paths] == few
