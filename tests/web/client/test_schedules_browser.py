"""A client signs what it assigned, on its telephone; the office sees who did."""

import pytest
from playwright.sync_api import expect

from tests.actions.test_schedules import bought
from tests.web import season
from tests.web.browser import assert_clean
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models
from usance.actions import schedules
from usance.shared.models import Book, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_client_signs_on_its_telephone(office_page: OpenPage) -> None:
    place = bought(1, "R-1", "R-2")
    book = Book.objects.create(
        slug="main", name="Factor Nord AB", country="SE", simulated_at=season.LATER,
        created_at=season.LATER,
    )  # fmt: skip
    user = User.objects.create_user(
        username="ellen", first_name="Ellen", last_name="Ek", password="acme-signs-42",
        role="client", book=book, client_id=place.acme.pk,
    )  # fmt: skip
    row = models.Schedule.objects.get()
    schedules.print_due(at=season.LATER)

    page = office_page(user, "/client/", width=320, theme="dark")
    page.get_by_role("link", name="What we bought waits", exact=False).click()
    assert_clean(page)
    page.get_by_role("link", name=row.number).click()
    assert_clean(page)
    page.get_by_role("checkbox").check()
    for word in ("guessed", "acme-signs-42"):
        page.get_by_label("Your password").fill(word)
        page.get_by_role("button", name="Sign", exact=True).click()
        if word == "guessed":
            expect(page.get_by_role("alert")).to_contain_text("not your password")
            assert not models.ScheduleSignature.objects.exists()
            page.get_by_role("checkbox").check()
    expect(page.get_by_text("Signed by Ellen Ek")).to_be_visible()
    assert_clean(page)
    signed = models.ScheduleSignature.objects.get()
    assert (signed.signer, signed.digest, signed.address) == (
        "user:ellen", row.digest, "127.0.0.1"
    )  # fmt: skip
    assert "Chrom" in signed.agent or "Mozilla" in signed.agent

    desk = office_page(somebody("finance"), "/schedules", width=1440, theme="light")
    assert_clean(desk)
    desk.get_by_role("link", name=row.number).click()
    expect(desk.get_by_text("Signed by Ellen Ek")).to_be_visible()
    assert_clean(desk)
