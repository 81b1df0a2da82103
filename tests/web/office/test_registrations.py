"""Consumers who registered in their banks, at the office: whose each is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world
from tests.walks import NOW, tell
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import SignedIn, somebody
from usance import models
from usance.domain.distribution import Registration, Wants
from usance.queries import work
from usance.web.office.rooms import rooms

pytestmark = pytest.mark.django_db


def registered(number: int, name: str = "Kaufmann") -> models.Registration:
    tell(
        Registration(
            id=f"r-{number}", wants=Wants.REGISTERED, at=NOW, address=f"bank:50200001{number}",
            name=name, reference="R-77",
        )
    )  # fmt: skip
    return models.Registration.objects.get(message_id=f"r-{number}")


def test_what_fits_nobody_is_placed_by_a_person(signed_in: SignedIn) -> None:
    place = world.build()
    row = registered(1)
    client = signed_in("operations")
    assert b"50200001" in client.get("/deliveries/registrations").content
    assert b"Registered in a bank" in client.get("/").content
    (task,) = [one for one in work.tasks() if one.sort is work.Sort.REGISTRATION]
    assert task.why == "No debtor has this personal number or reference."
    page = client.get(f"/deliveries/registrations/{row.pk}")
    assert [one.name for one in page.context["found"]] == [place.kaufmann.name]
    told = {"do": "place", "debtor": str(place.kaufmann.pk), "remark": "Called."}
    answer = client.post(f"/deliveries/registrations/{row.pk}/placed", told, follow=True)
    assert b"bank:502000011" in answer.content
    assert b"Its bank said so" in answer.content
    again = client.post(f"/deliveries/registrations/{row.pk}/placed", {"do": "decline"})
    assert again.status_code == 409
    assert b"registration_decided" in again.content


def test_who_may_not_edit_debtors_decides_nothing(signed_in: SignedIn) -> None:
    world.build()
    row = registered(1)
    answer = signed_in("cash").post(f"/deliveries/registrations/{row.pk}/placed", {"do": "decline"})
    assert (answer.status_code, b"not_allowed" in answer.content) == (409, True)


def test_without_a_debtor_nothing_is_placed(signed_in: SignedIn) -> None:
    world.build()
    row = registered(1)
    at = f"/deliveries/registrations/{row.pk}"
    answer = signed_in("intake").post(f"{at}/placed", {"do": "place", "debtor": "x"}, follow=True)
    assert b"Choose the debtor." in answer.content
    row.refresh_from_db()
    assert row.decision == ""


def test_the_pages_of_delivery_are_counted_in_one_query() -> None:
    world.build()
    registered(1)
    with CaptureQueriesContext(connection) as asked:
        counts = {str(one["name"]): one["count"] for one in rooms("deliveries")}
    assert len(asked) == 1
    assert counts["Registered in banks"] == 1


@pytest.mark.browser
def test_its_pages_are_clean(office_page: OpenPage) -> None:
    place = world.build()
    row = registered(1)
    page = office_page(somebody("admin"), "/deliveries/registrations", **PHONE)
    for path in (
        "/deliveries/registrations",
        f"/deliveries/registrations/{row.pk}?q=Bolt",
        f"/debtors/{place.kaufmann.pk}",
    ):
        page.goto(path)
        assert_clean_everywhere(page)
    page.goto(f"/deliveries/registrations/{row.pk}")
    page.get_by_label("Kaufmann & Söhne KG").check()
    page.get_by_role("button", name="Place it").click()
    page.goto("/deliveries/registrations?view=decided")
    assert_clean_everywhere(page)
