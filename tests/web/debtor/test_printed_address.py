"""The address on a letter: it leads to the same page, and whoever comes by it proves nothing."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.belt import drain
from tests.letters.reading import flowing
from tests.web import season
from tests.web.season import LATER, Season
from usance import models
from usance.queries import parcels, portal
from usance.sandbox.houses.webpush import OUR_KEY, subscription

pytestmark = pytest.mark.django_db
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture
def made() -> Season:
    return season.build()


def path_of(made: Season) -> str:
    return portal.link(made.dispatch(made.letter), printed=True).partition("8000")[2]


def proofs() -> list[str]:
    return list(models.DeliveryEvent.objects.filter(carrier="portal").values_list("code"))


def test_a_letter_carries_it_and_an_email_names_the_page_in_its_text(made: Season) -> None:
    said = {}
    for invoice in (made.letter, made.mine):
        kept = made.dispatch(invoice).document
        assert kept is not None
        said[invoice] = flowing(parcels.stored(kept.sha256))
    assert "Online ansehen" in said[made.letter]
    assert "Online ansehen" not in said[made.mine]


def test_a_letter_that_is_made_again_has_the_same_bytes(made: Season) -> None:
    row = models.Dispatch.objects.select_related(
        "invoice__client", "invoice__debtor", "invoice__paper"
    ).get(invoice=made.letter)
    again = parcels.made(row, parcels.ours())
    kept = parcels.unsealed(row)
    assert again.attachments == kept.attachments


def test_it_leads_to_the_page_as_long_as_the_other(made: Season) -> None:
    row, token = made.dispatch(made.letter), path_of(made)[3:]
    last = made.letter.due_on + portal.OPEN_FOR
    assert portal.was_printed(token)
    assert not portal.was_printed(portal.link(row)[-40:])
    assert portal.dispatch_of(token, today=last) == row.pk
    assert portal.dispatch_of(token, today=last + timedelta(days=1)) is None
    page = Client().get(path_of(made)).content.decode()
    for words in ("Rechnung R-2", "DE89 3704 0044 0532 0130 00", "Schon bezahlt?"):
        assert words in page, words
    assert "Ich habe sie erhalten" not in page
    assert "debtor.js" not in page


def test_nobody_makes_the_other_address_of_it(made: Season) -> None:
    token = path_of(made)[3:]
    raw = bytearray(portal.urlsafe_b64decode(token))
    raw[16] &= 0x7F  # Without the mark that it was printed.
    other = portal.urlsafe_b64encode(bytes(raw)).decode()
    assert portal.dispatch_of(other, today=LATER.date()) is None


def test_who_has_the_paper_may_be_the_client_and_proves_nothing(made: Season) -> None:
    path = path_of(made)
    assert Client().post(path + "/seen", **BROWSER).json() == {"counts": False}
    assert Client().post(path + "/received", **BROWSER).status_code == 404
    Client().post(path + "/paid", {"text": "Commerzbank"}, **BROWSER)
    assert proofs() == []
    assert models.Diary.objects.filter(kind="promise.made", invoice=made.letter).count() == 1


def test_an_objection_is_taken(made: Season) -> None:
    Client().post(path_of(made) + "/objection", {"text": "Falsche Menge."}, **BROWSER)
    drain(send=False)
    assert models.Dispute.objects.get().reason == "Falsche Menge."


def test_no_browser_subscribes_by_it(made: Season) -> None:
    config = {"private_key": OUR_KEY, "subject": "mailto:it@factor.example"}
    carriers = {"browsers": {"plugin": "webpush", "config": config}}
    told = json.dumps({"kinds": {"push": "browsers"}, "carriers": carriers})
    Path(settings.OUTSIDE).write_text(told)
    path = path_of(made)
    assert "data-push" not in Client().get(path).content.decode()
    keys = {name: text for name, text in subscription("b").items() if name != "endpoint"}
    said = json.dumps({"endpoint": "https://fcm.googleapis.com/fcm/send/x", "keys": keys})
    answer = Client().post(
        path + "/push", said, content_type="application/json",
        HTTP_ORIGIN=settings.URL.rstrip("/"), HTTP_SEC_FETCH_SITE="same-origin",
    )  # fmt: skip
    assert answer.status_code == 403
    assert not models.PushSubscription.objects.exists()
