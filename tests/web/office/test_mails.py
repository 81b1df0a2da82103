"""Mail that came back, in the office: shown as text, ended by a person."""

import pytest

from tests import world
from tests.belt import drain, receive
from tests.web.office.conftest import SignedIn
from usance import models
from usance.actions import mails
from usance.actions.mails import Came

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script><img src=https://x.example/p.gif>"


def arrived(data: bytes) -> models.InboundMail:
    mails.take("hybrid", [Came(data)], at=world.NOW, actor="inbox")
    return models.InboundMail.objects.get()


DEEP = b"From: a@b.example\nTo: c@d.example\n" + b"Content-Type: message/rfc822\n\n" * 3000


@pytest.fixture
def answer(settings: object) -> models.InboundMail:
    from pathlib import Path

    from django.conf import settings as ours

    place = Path(ours.OUTSIDE)
    place.write_text(place.read_text().replace("{}", '{"sender": "us@factor.example"}'))
    here = world.build()
    receive(world.paper(here.acme, here.bolt))
    drain(send=False)
    key = models.Dispatch.objects.get().key
    return arrived(
        f"From: Anna <anna@bolt.example>\r\nSubject: Re: {EVIL}\r\n"
        f"In-Reply-To: <{key}@factor.example>\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\n"
        f"\r\nPaid already. {EVIL}\r\n\r\nAnna\r\n".encode()
    )


def test_what_a_person_wrote_waits_and_is_shown_as_text(
    answer: models.InboundMail, signed_in: SignedIn
) -> None:
    client = signed_in("collection")

    listed = client.get("/deliveries/mail").content.decode()
    shown = client.get(f"/deliveries/mail/{answer.pk}").content.decode()
    today = client.get("/").content.decode()

    assert "Anna &lt;anna@bolt.example&gt;" in listed
    assert "R-1" in listed
    assert "Paid already. &lt;script&gt;" in shown
    assert EVIL not in shown + listed + today
    assert f"/deliveries/mail/{answer.pk}" in today


def test_who_may_ends_it_with_a_word(answer: models.InboundMail, signed_in: SignedIn) -> None:
    place = f"/deliveries/mail/{answer.pk}/done"

    assert signed_in("intake").post(place, {"remark": "x"}).status_code == 409
    assert signed_in("collection").post(place, {"remark": "Called her."}).status_code == 302
    assert signed_in("collection").post(place, {"remark": "Again"}).status_code == 409

    answer.refresh_from_db()
    assert (answer.closed_by, answer.remark) == ("user:collection", "Called her.")
    assert "Called her." in signed_in("intake").get("/deliveries/mail?view=all").content.decode()
    empty = signed_in("intake").get("/deliveries/mail").content.decode()
    assert "Nobody waits for an answer" in empty


@pytest.mark.parametrize("data", [b"\x00", DEEP], ids=["none", "deep"])
def test_mail_that_nobody_can_place_waits_too(
    answer: models.InboundMail, signed_in: SignedIn, data: bytes
) -> None:
    mails.take("hybrid", [Came(data)], at=world.NOW, actor="inbox")
    strange = models.InboundMail.objects.exclude(pk=answer.pk).get()

    listed = signed_in("intake").get("/deliveries/mail").content.decode()
    shown = signed_in("intake").get(f"/deliveries/mail/{strange.pk}").content.decode()

    assert "Not placed" in listed
    assert "about nothing that we sent" in shown
