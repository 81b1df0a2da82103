"""Offers on screens: a client chooses and accepts, two of our people decide, each sees its own."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from tests.actions.test_offers import ALL, BY_PEOPLE, chooses, hand_in
from tests.web import season
from tests.web.client.test_own import signed_in as client_in
from tests.web.office.conftest import SignedIn
from tests.web.season import Season
from usance import models

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Season:
    return season.build()


@pytest.fixture
def acme(made: Season) -> Client:
    return client_in(season.own_user(made, made.place.acme))


def text(page: object) -> str:
    found = page.content.decode()  # type: ignore[attr-defined]  # A response of Django's.
    return re.sub(r"\s+", " ", found)


def digest(page: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert found, "the form carries what is seen"
    return found[1]


def test_a_client_chooses_sees_what_it_brings_and_accepts(made: Season, acme: Client) -> None:
    assert "Sell invoices" not in text(acme.get("/client/")), "all are bought as they come in"
    chooses(made.place.acme, ALL)
    assert "Sell invoices" in text(acme.get("/client/"))
    rows = hand_in(made.place.acme, made.place.bolt, R_7="1000.00", R_8="500.00")
    picked = {"invoice": [str(row.pk) for row in rows]}
    shown = text(acme.get("/client/offers", picked))
    for words in ("1,200.00", "22.50", "with recourse 60 days", "Ask for this offer"):
        assert words in shown, words
    asked = acme.post("/client/offers", picked)
    place = asked["Location"]
    assert "1 offer of ours waits for your answer." in text(acme.get("/client/"))
    page = text(acme.get(place))
    seen = {"digest": digest(page), "answer": "accept"}
    assert acme.post(f"{place}/answer", {**seen, "digest": "0" * 64}).status_code == 409
    assert acme.post(f"{place}/answer", seen).status_code == 302
    assert "Accepted" in text(acme.get(place))
    assert models.Funding.objects.filter(invoice__in=rows).count() == 2
    assert "You accepted our offer" in text(acme.get(f"/client/invoices/{rows[0].pk}"))
    refused = acme.post(f"{place}/answer", seen)
    assert (refused.status_code, "It is accepted" in text(refused)) == (409, True)


def test_what_we_know_of_its_debtor_stays_with_us(made: Season, acme: Client) -> None:
    """Kaufmann is good for EUR 20 000: the client hears that cover does not reach, no figure."""
    chooses(made.place.acme, replace(ALL, instant=0))
    (row,) = hand_in(made.place.acme, made.place.kaufmann, R_9="30000.00")
    shown = text(acme.get("/client/offers", {"invoice": str(row.pk)}))
    assert "our cover for this debtor does not reach that far" in shown
    assert "20,000" not in shown
    assert "20000" not in shown
    answer = acme.post("/client/offers", {"invoice": str(row.pk)})
    assert (answer.status_code, "Leave out what is named" in text(answer)) == (409, True)


def test_another_clients_offer_is_not_there(
    made: Season, acme: Client, signed_in: SignedIn
) -> None:
    chooses(made.place.nord, ALL)
    (row,) = hand_in(made.place.nord, made.place.tre_kronor, N_7="100.00")
    assert "N-7" not in text(acme.get("/client/offers", {"invoice": str(row.pk)}))
    desk = signed_in("finance")
    place = desk.post(f"/clients/{made.place.nord.pk}/offers/new", {"invoice": str(row.pk)})
    pk = place["Location"].rsplit("/", 1)[1]
    assert acme.get(f"/client/offers/{pk}").status_code == 404
    assert acme.post(f"/client/offers/{pk}/answer", {"answer": "decline"}).status_code == 404


def test_above_the_mandate_it_waits_in_the_office_for_two(
    made: Season, acme: Client, signed_in: SignedIn
) -> None:
    chooses(made.place.acme, BY_PEOPLE)
    (row,) = hand_in(made.place.acme, made.place.bolt, R_7="1000.00")
    place = acme.post("/client/offers", {"invoice": str(row.pk)})["Location"]
    pk = place.rsplit("/", 1)[1]
    assert "Our people look at it" in text(acme.get(place))
    first, second = signed_in("finance"), signed_in("credit")
    assert "Acme Feinblech" in text(first.get("/offers"))
    said: Callable[[Client], dict[str, str]] = lambda desk: {  # noqa: E731 - asked anew each time
        "digest": digest(text(desk.get(f"/offers/{pk}"))), "answer": "agree",
    }  # fmt: skip
    today = text(second.get("/"))
    assert (f'href="/offers/{pk}"' in today, "Offer to decide" in today) == (True, True)
    assert first.post(f"/offers/{pk}/decision", said(first)).status_code == 302
    assert "is for it; another one decides." in text(second.get("/"))
    assert "You prepared it" in text(first.get(f"/offers/{pk}"))
    assert second.post(f"/offers/{pk}/decision", said(second)).status_code == 302
    assert "Accept" in text(acme.get(place))
    assert "Acme Feinblech" in text(second.get("/offers?view=clients"))
    assert "not decide them" not in text(second.get(f"/offers/{pk}"))
    accepted = {**said(first), "answer": "accept"}
    assert first.post(f"/offers/{pk}/answer", accepted).status_code == 302
    assert models.Invoice.objects.get(pk=row.pk).stage == "funded"
