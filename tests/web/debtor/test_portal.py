"""The debtor's page: who comes in, what counts as opened, and what the debtor can say."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.belt import drain
from tests.web import season
from tests.web.season import LATER, Season
from usance import models
from usance.domain.distribution import EVIDENCE, Evidence, State
from usance.queries import portal
from usance.shared.models import User

pytestmark = pytest.mark.django_db
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture
def made() -> Season:
    return season.build()


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def path_of(made: Season, invoice: models.Invoice | None = None) -> str:
    link = portal.link(made.dispatch(invoice or made.letter))
    return link.partition("8000")[2]


def state(made: Season) -> State:
    return State(made.dispatch(made.letter).state)


def test_the_page_says_what_to_pay_to_whom(made: Season) -> None:
    page = Client().get(path_of(made)).content.decode()
    for words in ("Rechnung R-2", "500,00", "DE89 3704 0044 0532 0130 00", "Factor Nord AB",
                  "Schon bezahlt?", "Stimmt etwas nicht?"):  # fmt: skip
        assert words in page, words


@pytest.mark.parametrize(
    ("query", "words"),
    [("", "Rechnung"), ("?language=sv", "Faktura"), ("?language=en", "Invoice R-2"),
     ("?language=fr", "Déjà payée ?"), ("?language=pl", "Rechnung")],
)  # fmt: skip
def test_it_speaks_the_debtors_language_or_the_chosen_one(
    query: str, words: str, made: Season
) -> None:
    assert words in Client().get(path_of(made) + query).content.decode()


def test_a_language_that_we_do_not_speak_is_answered_in_english(made: Season) -> None:
    models.Debtor.objects.update(language="pl")
    assert "How to pay" in Client().get(path_of(made)).content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sv", ["Så betalar du", "500,00"]),
        ("no", ["Slik betaler du", "500,00"]),
        ("da", ["Sådan betaler du", "500,00"]),
        ("fi", ["Näin maksatte", "500,00"]),
        ("fr", ["Comment payer", "500,00"]),
    ],
)
def test_every_language_of_our_letters_is_spoken(
    language: str, words: list[str], made: Season
) -> None:
    models.Debtor.objects.update(language=language)
    page = Client().get(path_of(made)).content.decode()
    for said in words:
        assert said in page, said


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("fi-FI,fi;q=0.9,en;q=0.5", "Osoite ei johda laskuun"),
        ("nn,no;q=0.8", "Adressen fører ikke til noen faktura"),
        ("fil,en;q=0.5", "This address does not lead to an invoice"),
        ("en-GB,de;q=0.5", "This address does not lead to an invoice"),
        ("pl,fr;q=0.5", "Cette adresse ne mène à aucune facture"),
        ("", "This address does not lead to an invoice"),
        (",;q=x", "This address does not lead to an invoice"),
    ],
)
def test_who_is_turned_away_is_told_so_in_the_browsers_language(
    asked: str, words: str, made: Season
) -> None:
    answer = Client().get("/i/" + "x" * 40, HTTP_ACCEPT_LANGUAGE=asked)
    assert words in answer.content.decode()


def test_a_link_is_the_same_however_often_it_is_made(made: Season) -> None:
    row = made.dispatch(made.letter)
    assert portal.link(row) == portal.link(row)
    assert portal.dispatch_of(portal.link(row)[-40:], today=date(2026, 3, 2)) == row.pk


def test_every_message_names_the_page_of_its_own_delivery(made: Season) -> None:
    row = made.dispatch(made.letter)
    assert row.sealed is not None
    assert portal.link(row) in row.sealed["text"]


def test_a_link_ends(made: Season) -> None:
    token = path_of(made)[3:]
    last = made.letter.due_on + portal.OPEN_FOR
    assert portal.dispatch_of(token, today=last)
    assert portal.dispatch_of(token, today=last + timedelta(days=1)) is None


def test_a_token_with_any_letter_changed_leads_nowhere(made: Season) -> None:
    token = path_of(made)[3:]
    for place in range(len(token)):
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert portal.dispatch_of(other, today=LATER.date()) is None, place


@pytest.mark.parametrize("token", ["", "x", "x" * 39, "x" * 40, "x" * 41, "ä" * 40, "=" * 40])
def test_what_is_no_token_is_nothing(token: str) -> None:
    assert portal.dispatch_of(token, today=LATER.date()) is None


def test_a_signed_token_of_a_delivery_that_is_not_here_is_404(made: Season) -> None:
    token = portal.token(made.mine.pk, until=date(2027, 1, 1))
    assert Client().get(f"/i/{token}").status_code == 404


def test_it_goes_into_no_index_and_no_cache(made: Season) -> None:
    answer = Client().get(path_of(made))
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["get", "head"])
def test_to_fetch_the_page_proves_nothing(method: str, made: Season) -> None:
    getattr(Client(), method)(path_of(made), **BROWSER)
    Client().get(path_of(made) + "/invoice.pdf", **BROWSER)
    assert state(made) not in {State.OPENED, State.DELIVERED}


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; bingbot/2.0)"},
        {"HTTP_USER_AGENT": "Mozilla/5.0 Safelinks Scanner"},
        {"HTTP_USER_AGENT": "python-requests/2.32"},
        {"HTTP_USER_AGENT": ""},
        {**BROWSER, "HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {**BROWSER, "HTTP_PURPOSE": "prefetch"},
    ],
)
def test_a_robot_is_no_person(headers: dict[str, str], made: Season) -> None:
    assert Client().post(path_of(made) + "/seen", **headers).json() == {"counts": False}
    assert not models.DeliveryEvent.objects.filter(carrier="portal").exists()


@pytest.mark.parametrize("what", ["seen", "received", "paid", "pays", "plan", "objection"])
def test_a_colleague_who_looks_at_the_page_proves_nothing(what: str, made: Season) -> None:
    colleague = Client()
    user = User.objects.create_user("asa", password="correct horse battery", role="admin")
    colleague.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    assert colleague.get(path_of(made)).status_code == 200
    colleague.post(f"{path_of(made)}/{what}", {"text": "x"}, **BROWSER)
    assert not models.DeliveryEvent.objects.filter(carrier="portal").exists()
    assert not models.Diary.objects.filter(kind__in=["promise.made", "plan.asked"]).exists()


def test_a_page_on_a_screen_is_the_best_evidence_and_is_noted_once(made: Season) -> None:
    for _ in range(3):
        assert Client().post(path_of(made) + "/seen", **BROWSER).json() == {"counts": True}
    (event,) = models.DeliveryEvent.objects.filter(carrier="portal")
    assert (event.outcome, event.dispatch_id) == ("opened", made.dispatch(made.letter).pk)
    assert EVIDENCE[state(made)] is Evidence.PERSON_CONFIRMED


def test_a_form_needs_its_token_against_forgery(made: Season) -> None:
    strict = Client(enforce_csrf_checks=True)
    for what in ("seen", "paid", "pays", "plan", "objection", "received"):
        assert strict.post(f"{path_of(made)}/{what}", {"text": "x"}).status_code == 403


def test_an_objection_becomes_a_dispute_once(made: Season) -> None:
    for _ in range(2):
        Client().post(path_of(made) + "/objection", {"text": "Falsche Menge."}, **BROWSER)
    drain(send=False)
    (row,) = models.Dispute.objects.all()
    assert (row.invoice_id, row.reason) == (made.letter.pk, "Falsche Menge.")
    assert "Ihr Einwand ist vermerkt" in Client().get(path_of(made)).content.decode()


def test_an_objection_without_words_is_asked_for_again(made: Season) -> None:
    answer = Client().post(path_of(made) + "/objection", {"text": "  "}, follow=True, **BROWSER)
    assert "Bitte schreiben Sie" in answer.content.decode()
    assert not models.DeliveryEvent.objects.filter(carrier="portal").exists()


def test_already_paid_is_a_word_and_books_nothing(made: Season) -> None:
    before = models.Move.objects.count()
    for _ in range(2):  # Sent again by a browser: one word.
        Client().post(
            path_of(made) + "/paid", {"paid_on": "2026-02-27", "text": "Commerzbank"}, **BROWSER
        )
    line = models.Diary.objects.get(kind="promise.made", invoice=made.letter)
    assert line.particulars["says"] == (
        "The debtor says that it is paid on 2026-02-27: Commerzbank"
    )
    assert line.actor == "debtor:portal"
    assert models.Promise.objects.get().waits_until == date(2026, 3, 7)
    assert models.Move.objects.count() == before


def test_a_day_that_is_none_is_left_out(made: Season) -> None:
    Client().post(path_of(made) + "/paid", {"paid_on": "yesterday", "text": ""}, **BROWSER)
    line = models.Diary.objects.get(kind="promise.made", invoice=made.letter)
    assert line.particulars["says"] == "The debtor says that it is paid"


def test_the_paper_is_the_one_that_was_sent(made: Season) -> None:
    answer = Client().get(path_of(made) + "/invoice.pdf")
    kept = made.dispatch(made.letter).document
    assert kept is not None
    assert len(answer.content) == kept.size
    assert Client().get(path_of(made) + "/reminder.pdf").status_code == 404
    assert Client().get(path_of(made) + "/invoice.png").content.startswith(b"\x89PNG")


def test_who_tries_addresses_is_told_to_wait(made: Season) -> None:
    guest = Client()
    for number in range(30):
        assert guest.get(f"/i/{number:040d}").status_code == 404
    answer = guest.get(f"/i/{99:040d}")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
    assert guest.get(path_of(made)).status_code == 200, "who has an address is let in"


def test_forms_are_not_sent_without_end(made: Season) -> None:
    answers = [Client().post(path_of(made) + "/seen", **BROWSER).status_code for _ in range(14)]
    assert answers.count(429) == 2


def test_what_the_client_took_back_is_paid_to_the_client(made: Season) -> None:
    models.Invoice.objects.filter(pk=made.letter.pk).update(stage="repurchased")
    page = Client().get(path_of(made)).content.decode()
    assert "Bitte zahlen Sie an Acme Feinblech GmbH" in page
    assert "DE89 3704" not in page


def test_the_page_asks_no_more_than_it_needs(made: Season) -> None:
    path = path_of(made)
    with CaptureQueriesContext(connection) as queries:
        Client().get(path)
    assert len(queries) <= 11
