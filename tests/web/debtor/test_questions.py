"""The debtor's page of a question: fetching changes nothing, a press of the button answers once."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from tests import world
from tests.actions.test_questions import asked, codes, stage
from tests.belt import drain
from usance import models
from usance.queries import questions as query
from usance.shared.models import Book

pytestmark = pytest.mark.django_db
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def row() -> models.Question:
    today(0)
    return asked()


def today(days: int) -> None:
    at = world.NOW + timedelta(days=days)
    Book.objects.update_or_create(
        slug="main",
        defaults={"name": "Factor Nord AB", "country": "SE", "simulated_at": at,
                  "created_at": world.NOW},
    )  # fmt: skip


def path(row: models.Question) -> str:
    return query.link(row).partition("8000")[2]


def page(row: models.Question) -> str:
    return Client().get(path(row)).content.decode()


def test_it_says_what_is_asked_and_by_when(row: models.Question) -> None:
    shown = page(row)
    for words in ("Stimmt diese Rechnung?", "R-1", "1.000,00", "Acme Feinblech", "7. März 2026"):
        assert words in shown, words
    row.refresh_from_db()
    assert (row.seen_at, row.state) == (None, "asked")


def test_every_language_is_spoken(row: models.Question) -> None:
    for language, words in (("sv", "Stämmer fakturan?"), ("fi", "Onko lasku oikein?"),
                            ("en", "Is this invoice right?")):  # fmt: skip
        assert words in Client().get(f"{path(row)}?language={language}").content.decode()


def test_to_confirm_twice_is_one_answer(row: models.Question) -> None:
    for _ in range(2):
        answered = Client().post(path(row) + "/answer", {"answer": "confirmed"})
        assert answered.status_code == 302
    assert models.Diary.objects.filter(kind="question.answered").count() == 1
    drain(send=False)
    assert stage(row) == "funded"
    assert "Sie haben diese Rechnung bestätigt." in page(row)
    Client().post(path(row) + "/answer", {"answer": "objected", "text": "No."})
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_an_objection_needs_words_and_holds(row: models.Question) -> None:
    Client().post(path(row) + "/answer", {"answer": "objected"})
    assert codes(row) == ["debtor_asked"]
    Client().post(path(row) + "/answer", {"answer": "objected", "text": "<b>Falsch</b>"})
    assert codes(row) == ["debtor_objects"]
    assert "&lt;b&gt;Falsch" in page(row)


def test_the_wrong_persons_address_ends(row: models.Question) -> None:
    address = path(row)
    answered = Client().post(address + "/answer", {"answer": "wrong_person"})
    assert "Wir fragen jemand anderen" in answered.content.decode()
    assert Client().get(address).status_code == 404


def test_a_forged_or_old_address_leads_nowhere(row: models.Question) -> None:
    address = path(row)
    assert Client().get(address[:-1] + ("A" if address[-1] != "A" else "B")).status_code == 404
    assert Client().get("/v/" + "ä" * 44).status_code == 404
    today(5 + 30)
    assert Client().get(address).status_code == 200
    today(5 + 31)
    assert Client().get(address).status_code == 404


def test_who_is_signed_in_answers_nothing(row: models.Question) -> None:
    from tests.web.office.conftest import BACKEND, somebody

    colleague = Client()
    colleague.force_login(somebody("verification"), BACKEND)
    colleague.post(path(row) + "/answer", {"answer": "confirmed"})
    row.refresh_from_db()
    assert row.state == "asked"


def test_only_a_persons_browser_counts_as_opened(row: models.Question) -> None:
    Client(HTTP_USER_AGENT="SafeLinks scanner").post(path(row) + "/seen")
    row.refresh_from_db()
    assert row.seen_at is None
    Client(**BROWSER).post(path(row) + "/seen")
    row.refresh_from_db()
    assert (row.seen_at is not None, row.grade) == (True, 1)
