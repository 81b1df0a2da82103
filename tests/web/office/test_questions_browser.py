"""Questions in a real browser: the queue, asking, the debtor's answer, the policy; all clean."""

import pytest
from playwright.sync_api import expect

from tests.actions.test_questions import SIGNED, asked, stage
from tests.belt import drain
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.debtor.test_questions import today
from tests.web.office.conftest import somebody
from usance import models
from usance.actions import questions
from usance.domain.verification.questions import Channel
from usance.queries import questions as query

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_every_view_of_questions_is_clean(office_page: OpenPage) -> None:
    row = asked()
    questions.ask(row.pk, channel=Channel.MAIL, to="rechnung@bolt.example", **SIGNED)
    models.QuestionMail.objects.update(state="failed", detail="550 no such user")
    page = office_page(somebody("admin"), "/questions?view=asked", **PHONE)
    assert_clean_everywhere(page)
    page.get_by_role("link", name="R-1", exact=True).click()
    expect(page.get_by_role("heading", name="Is R-1 right?")).to_be_visible()
    page.get_by_role("button", name="Mail it again").click()
    expect(page.get_by_text("Goes out within a minute", exact=True)).to_be_visible()
    assert row.mails.count() == 2
    for path in (
        f"/questions/{row.pk}", "/questions", "/questions?view=objected", "/questions?view=done",
        f"/invoices/{row.invoice_id}", "/settings/questions", "/held",
    ):  # fmt: skip
        page.goto(path)
        assert_clean_everywhere(page)


def test_a_debtor_confirms_behind_the_link(open_page: OpenPage) -> None:
    today(0)
    row = asked()
    page = open_page(query.link(row).partition("8000")[2], **PHONE)
    expect(page.get_by_role("heading", name="Stimmt diese Rechnung?")).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_text("Nicht für Sie?").click()
    assert_clean_everywhere(page)
    page.get_by_role("button", name="Wir bestätigen die Rechnung").click()
    expect(page.get_by_text("Sie haben diese Rechnung bestätigt.")).to_be_visible()
    assert_clean_everywhere(page)
    drain(send=False)
    assert stage(row) == "funded"
