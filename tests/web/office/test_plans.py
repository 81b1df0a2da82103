"""Plans in the office: the queue, the decision and who may take it, and what an invoice shows."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.web import season
from tests.web.office.conftest import SignedIn
from usance import models
from usance.actions import plans, portal
from usance.domain.collection.promises import Word

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked() -> models.Plan:
    made = season.build()
    dispatch = made.dispatch(made.letter).pk
    portal.says(
        dispatch, word=Word.PAYS, on=date(2026, 3, 6), text="Sparkasse", at=season.LATER
    )  # fmt: skip
    return plans.ask(dispatch, count=2, text="Harvest", at=season.LATER)


def test_it_waits_on_the_first_screen_and_is_agreed_there(
    asked: models.Plan, signed_in: SignedIn
) -> None:
    desk = signed_in("collection")
    assert f"/plans/{asked.pk}" in desk.get("/").content.decode()
    assert "R-2" in desk.get("/plans").content.decode()
    shown = desk.get(f"/plans/{asked.pk}").content.decode()
    for words in ("Harvest", "Sparkasse", "250.00"):
        assert words in shown, words
    assert desk.post(f"/plans/{asked.pk}/decision", {"answer": "agree"}).status_code == 302
    assert "R-2" in desk.get("/plans?view=agreed").content.decode()
    invoice = desk.get(f"/invoices/{asked.invoice_id}").content.decode()
    assert "Instalment plan of" in invoice
    assert "/i/" in invoice, "the address of the debtor's page"
    assert "The debtor says that it pays on 2026-03-06: Sparkasse" in invoice
    assert desk.post(f"/plans/{asked.pk}/decision", {"answer": "agree"}).status_code == 409


def test_declining_keeps_the_remark(asked: models.Plan, signed_in: SignedIn) -> None:
    desk = signed_in("collection")
    desk.post(f"/plans/{asked.pk}/decision", {"answer": "decline", "remark": "Third this year."})
    shown = desk.get(f"/plans/{asked.pk}").content.decode()
    assert "Third this year." in shown
    assert "R-2" in desk.get("/plans?view=ended").content.decode()


@pytest.mark.parametrize("role", ["cash", "finance"])
def test_who_may_not_is_told_so(role: str, asked: models.Plan, signed_in: SignedIn) -> None:
    desk = signed_in(role)
    assert "not decide them" in desk.get(f"/plans/{asked.pk}").content.decode()
    assert desk.post(f"/plans/{asked.pk}/decision", {"answer": "agree"}).status_code == 409
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_a_plan_that_is_not_there_is_404(asked: models.Plan, signed_in: SignedIn) -> None:
    desk = signed_in("collection")
    assert desk.get(f"/plans/{asked.invoice_id}").status_code == 404
    assert desk.post(f"/plans/{asked.invoice_id}/decision").status_code == 404


def test_the_list_asks_the_same_however_long_it_is(asked: models.Plan, signed_in: SignedIn) -> None:
    desk = signed_in("collection")
    desk.get("/plans")
    with CaptureQueriesContext(connection) as few:
        desk.get("/plans")
    other = models.Invoice.objects.get(number="R-1")
    plans.ask(other.dispatches.get().pk, count=2, text="", at=season.LATER)
    with CaptureQueriesContext(connection) as more:
        desk.get("/plans")
    assert len(more) <= len(few)
