"""Carriers at the office: who answers, who gets how much, and a person's word on that."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from tests import world
from tests.walks import bought
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import SignedIn, somebody
from usance import models
from usance.domain.distribution import Kind
from usance.queries import carriers, work

pytestmark = pytest.mark.django_db
HELD = {"do": "hold", "parts-hybrid": "30", "parts-other": "70"}


def write(outside: dict[str, Any]) -> None:
    Path(settings.OUTSIDE).write_text(json.dumps(outside))


@pytest.fixture(autouse=True)
def _two(_carriers: None) -> None:
    """Two carriers share letters, one of them with a limit; a third carries nothing."""
    of = {"plugin": "hybrid", "config": {}}
    write({
        "kinds": {"email": "hybrid", "letter": {"hybrid": 80, "other": 20}},
        "carriers": {"hybrid": of, "other": of | {"per_second": 5}, "spare": of},
    })  # fmt: skip


def paused(name: str = "other", *, minutes: int = 10) -> models.Carrier:
    now = timezone.now()
    return models.Carrier.objects.create(
        name=name, breaker="open", since=now, until=now + timedelta(minutes=minutes),
        recent="+++-----", says="ConnectError: refused",
    )  # fmt: skip


def words(page: bytes) -> str:
    """What stands in the carriers' card, as one reads it."""
    card = page.decode().partition('id="carriers"')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", card).split())


def test_every_carrier_stands_with_its_shares(signed_in: SignedIn) -> None:
    said = words(signed_in("cash").get("/deliveries").content)
    for part in ("hybrid Not called yet", "Letter 80 %", "Letter 20 %", "at most 5 a second",
                 "spare Not called yet", "Shares of Letter success decides"):  # fmt: skip
        assert part in said, part
    assert "Shares of E-mail" not in said, "one carrier has nothing to share"


def test_a_paused_carrier_says_why_until_when_and_that_it_gets_nothing(
    signed_in: SignedIn,
) -> None:
    paused()
    said = words(signed_in("cash").get("/deliveries").content)
    for part in ("Paused", "Tried again at", "Why: The carrier could not be reached.",
                 "3 of the last 8", "Letter 0 % (20 % as set up)", "Letter 100 % (80 % as set up)",
                 ):  # fmt: skip
        assert part in said, part


def test_a_pause_that_is_over_and_a_carrier_that_asked_for_time_say_so(
    signed_in: SignedIn,
) -> None:
    paused(minutes=-1)
    row = paused("hybrid")
    models.Carrier.objects.filter(pk=row.pk).update(breaker="closed")
    said = words(signed_in("cash").get("/deliveries").content)
    assert "Tried with the next delivery" in said
    assert "Asked us to wait" in said
    assert "Nothing goes to it before" in said


def test_a_person_holds_shares_and_lets_them_go(signed_in: SignedIn) -> None:
    office = signed_in("operations")
    answer = office.post("/deliveries/carriers/letter", HELD)
    assert (answer.status_code, answer["Location"]) == (302, "/deliveries#carriers")
    assert carriers.present().weights(Kind.LETTER) == {"hybrid": 30, "other": 70}
    said = words(office.get("/deliveries").content)
    assert "Letter 30 % (held by a person; 80 % as set up)" in said
    assert "held by operations since" in said
    note = models.Diary.objects.filter(kind="master_data.changed").order_by("id").last()
    assert note is not None
    assert (note.actor, note.particulars["after"]) == (
        "user:operations",
        {"hybrid": 30, "other": 70},
    )
    office.post("/deliveries/carriers/letter", {"do": "let_go"})
    assert not models.CarrierPin.objects.exists()


@pytest.mark.parametrize("role", ["cash", "finance", "intake", "verification", "credit"])
def test_a_role_that_may_not_looks_and_holds_nothing(role: str, signed_in: SignedIn) -> None:
    office = signed_in(role)
    assert "Hold these shares" not in office.get("/deliveries").content.decode()
    answer = office.post("/deliveries/carriers/letter", HELD)
    assert answer.status_code == 409
    assert b"not_allowed" in answer.content
    assert not models.CarrierPin.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"parts-hybrid": "101"},
        {"parts-hybrid": "-1"},
        {"parts-hybrid": "half"},
        {"parts-hybrid": "\N{SUPERSCRIPT TWO}"},
        {"parts-hybrid": "0", "parts-other": "0"},
        {"parts-stranger": "10"},
        {},
    ],
)
def test_what_is_no_share_is_refused(wrong: dict[str, str], signed_in: SignedIn) -> None:
    answer = signed_in("operations").post("/deliveries/carriers/letter", wrong)
    assert answer.status_code == 409
    assert b"carrier_share_unknown" in answer.content
    assert not models.CarrierPin.objects.exists()


def test_there_are_no_shares_of_what_is_no_channel(signed_in: SignedIn) -> None:
    assert signed_in("operations").post("/deliveries/carriers/pigeon", HELD).status_code == 404
    assert signed_in("operations").get("/deliveries/carriers/letter").status_code == 405


def test_a_paused_carrier_is_a_task_of_today_while_it_is_set_up(signed_in: SignedIn) -> None:
    paused()
    paused("gone")
    (task,) = work.tasks()
    assert (task.sort, task.name, task.why, task.raw) == (
        "carrier", "other", "The carrier could not be reached.", "ConnectError: refused"
    )  # fmt: skip
    assert (work.waiting().carriers, work.waiting().all) == (1, 1)
    page = signed_in("cash").get("/").content.decode()
    assert "Carrier paused" in page
    assert "/deliveries#carriers" in page


@pytest.mark.parametrize("text", ["{", '{"kinds": {"letter": {"x": 1.5}}, "carriers": {"x": {}}}'])
def test_a_broken_file_is_said_and_the_office_stays_open(text: str, signed_in: SignedIn) -> None:
    paused()
    Path(settings.OUTSIDE).write_text(text)
    office = signed_in("operations")
    assert "Write it into secrets/outside.json" in words(office.get("/deliveries").content)
    assert office.get("/").status_code == 200


def test_the_pages_of_delivery_lead_to_each_other(signed_in: SignedIn) -> None:
    office = signed_in("cash")
    for path in ("/deliveries", "/deliveries/back", "/deliveries/reports", "/deliveries/mail"):
        rooms = office.get(path).context["rooms"]
        assert [one["url"] for one in rooms if one["here"]] == [path]
        for one in rooms:
            assert office.get(one["url"]).status_code == 200


def test_reports_that_wait_are_placed_in_the_room_of_delivery(signed_in: SignedIn) -> None:
    page = signed_in("cash").get("/deliveries/reports")
    (here,) = [line["place"].url for line in page.context["shell"]["places"] if line["here"]]
    assert here == "deliveries"


@pytest.mark.browser
def test_shares_are_held_with_a_browser(office_page: OpenPage) -> None:
    place = world.build()
    bought(place, place.bolt)
    paused()
    page = office_page(somebody("operations"), "/deliveries", **PHONE)
    assert_clean_everywhere(page)
    page.get_by_text("Shares of Letter").click()
    page.get_by_label("Parts for other").fill("0")
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Hold these shares").click()
    page.get_by_text("held by operations").wait_for()
    page.get_by_text("Shares of Letter").click()
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Let success decide again").click()
    page.get_by_text("success decides", exact=True).wait_for()
    assert not models.CarrierPin.objects.exists()
    for path in ("/", "/deliveries/back?view=spoilt", "/deliveries/reports?view=answers"):
        page.goto(path)
        assert_clean_everywhere(page)
