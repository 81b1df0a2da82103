"""Mail that comes in: over a server of our own, out of a mailbox, by a callback; each acts once."""

import json
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from tests import world
from tests.belt import drain, receive
from tests.listening import listening
from usance import models, sandbox
from usance.actions import mails
from usance.actions.mails import Came
from usance.domain.mandate import NotAllowed, Role
from usance.engine.cluster import Cluster
from usance.jobs import inbox
from usance.plugins import TryLater
from usance.plugins.channels import _imap
from usance.queries import mails as queries
from usance.queries import outside

pytestmark = pytest.mark.django_db(transaction=True)
DATE = "Date: Mon, 02 Mar 2026 10:00:00 +0000"


@pytest.fixture
def carried() -> Iterator[sandbox.Running]:
    """A sandbox that carries our e-mail, and lets nothing else go wrong."""
    told = sandbox.Settings(seed=7, bouncing=0, failing=0, at=world.NOW)
    with sandbox.start(told) as running:
        connect(running)
        yield running


def connect(running: sandbox.Running, listen: str = "lmtp://127.0.0.1:0") -> None:
    ready = running.ready
    Path(settings.OUTSIDE).write_text(
        json.dumps({
            "kinds": {"email": "mail", "letter": "posten", "einvoice": "posten"},
            "carriers": {
                "mail": {"plugin": "smtp", "config": ready["channels"]["smtp"]},
                "posten": {"plugin": "hybrid", "config": ready["channels"]["hybrid"]},
            },
            "inbound": {"carrier": "mail", "listen": listen, "imap": ready["imap"]},
        })
    )  # fmt: skip


def sent(email: str = "rechnung@bolt.example") -> models.Dispatch:
    """The delivery of one invoice to this address."""
    place = world.build()
    models.Debtor.objects.filter(pk=place.bolt.pk).update(email=email)
    receive(world.paper(place.acme, place.bolt))
    drain()
    row = models.Dispatch.objects.get()
    assert row.state == "accepted"
    return row


def mail(*lines: str, text: str = "x") -> bytes:
    return "\r\n".join([*lines, DATE, "", text, ""]).encode()


def take(*came: bytes, to: str = "") -> int:
    return mails.take("mail", [Came(one, to) for one in came], at=world.NOW, actor="inbox")


def bring(port: int, data: bytes, *to: str, lmtp: bool = True) -> dict[str, Any]:
    """As a mail server in front of ours brings it; who was refused and why."""
    kind = smtplib.LMTP if lmtp else smtplib.SMTP
    with kind("127.0.0.1", port) as line:
        return line.sendmail("", to, data)


@pytest.mark.parametrize(("scheme", "says", "code", "spoilt"), [
    ("lmtp", "550 5.1.1 User unknown", "5.1.1", 1),
    ("smtp", "550 mailbox is full", "soft bounce", 0),  # The address may be good.
])  # fmt: skip
def test_a_bounce_is_taken_by_our_own_server_and_the_letter_follows(
    carried: sandbox.Running, scheme: str, says: str, code: str, spoilt: int
) -> None:
    connect(carried, f"{scheme}://127.0.0.1:0")
    row = sent()
    # Only the envelope tells that no person wrote it.
    bounce = mail("From: Exchange <exchange@mx.example>", "Subject: Undeliverable",
                  text=f"<rechnung@bolt.example>: {says}")  # fmt: skip
    with listening() as port:
        for _ in range(2):
            to = f"bounce+{row.key}@factor.example"
            assert bring(port, bounce, to, lmtp=scheme == "lmtp") == {}

    row.refresh_from_db()
    assert (row.state, row.events.get().code) == ("failed", code)
    assert models.Suppression.objects.count() == spoilt
    kept = models.InboundMail.objects.get()
    assert (kept.heard, kept.dispatch_id, kept.closed_at) == ("report", row.pk, None)
    assert not queries.open_ones().exists()
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT size FROM document WHERE sha256 = %s", [kept.document_id])
        assert cursor.fetchone() == (len(bounce),)
    assert "distribution.fall_back" in drain(send=False)
    assert list(models.Dispatch.objects.order_by("rung").values_list("kind", flat=True)) == [
        "email", "letter",
    ]  # fmt: skip


def test_only_our_addresses_are_taken_and_one_at_a_time(carried: sandbox.Running) -> None:
    with listening() as port, smtplib.LMTP("127.0.0.1", port) as line:
        line.ehlo()
        line.mail("")
        assert line.rcpt("victim@elsewhere.example")[0] == 550
        assert line.rcpt("bounce@factor.example")[0] == 550
        assert line.rcpt("invoices@factor.example")[0] == 250
        assert line.rcpt("bounce+abc@factor.example")[0] == 452
    assert not models.InboundMail.objects.exists()


def test_what_was_not_kept_is_not_taken(carried: sandbox.Running) -> None:
    with listening() as port:
        there = Path(settings.OUTSIDE).read_text()
        with smtplib.LMTP("127.0.0.1", port) as line:
            line.ehlo()
            line.mail("")
            line.rcpt("invoices@factor.example")
            Path(settings.OUTSIDE).write_text("{}")
            assert line.data(mail("From: a@b.example"))[0] == 451
        Path(settings.OUTSIDE).write_text(there)
        assert bring(port, mail("From: a@b.example"), "invoices@factor.example") == {}

    assert models.InboundMail.objects.count() == 1


def test_mails_are_fetched_from_a_mailbox_and_put_aside_after_they_were_kept(
    carried: sandbox.Running,
) -> None:
    row = sent("full@bolt.example")
    carried.clock(world.NOW + timedelta(hours=1))

    assert [inbox.visit(), inbox.visit()] == [1, 0]

    row.refresh_from_db()
    assert (row.state, row.events.get().code) == ("failed", "5.2.2")
    assert models.InboundMail.objects.get().dispatch_id == row.pk


def test_a_mailbox_whose_mails_were_not_put_aside_acts_once(carried: sandbox.Running) -> None:
    """Killed between the commit and the move: the next visit finds the same mails."""
    row = sent("bounce@bolt.example")
    carried.clock(world.NOW + timedelta(hours=1))
    inbound = outside.inbound()
    with _imap.opened(inbound.imap) as box:
        (uid,) = box.waiting(50)
        data = box.fetch(uid)
    assert data is not None
    assert take(data) == 1

    assert inbox.visit() == 0

    assert models.InboundMail.objects.count() == row.events.count() == 1
    with _imap.opened(inbound.imap) as box:
        assert box.waiting(50) == []


def test_a_mailbox_with_a_wrong_login_or_a_foreign_certificate_is_visited_later(
    carried: sandbox.Running,
) -> None:
    told = json.loads(Path(settings.OUTSIDE).read_text())
    for wrong in ({"password": "guess"}, {"ca_file": ""}, {"port": "1"}):
        changed = told | {"inbound": told["inbound"] | {"imap": told["inbound"]["imap"] | wrong}}
        Path(settings.OUTSIDE).write_text(json.dumps(changed))
        with pytest.raises(TryLater):
            inbox.visit()
    clear = _imap.opened({"host": "127.0.0.1", "security": "none"})
    with pytest.raises(ValueError, match="a password goes over it"), clear:
        pass


def test_a_mailbox_that_drips_does_not_hold_its_visitor() -> None:
    """Each byte comes before the time limit of an answer, and the greeting never ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            line, _ = server.accept()
            with line, suppress(OSError):
                while True:
                    line.sendall(b"*")
                    time.sleep(0.02)

        threading.Thread(target=drip, daemon=True).start()
        config = {"host": "127.0.0.1", "port": str(server.getsockname()[1]), "user": "u",
                  "password": "p", "security": "starttls", "visit_seconds": "0.2"}  # fmt: skip
        began = time.monotonic()
        with pytest.raises(TryLater), _imap.opened(config):
            pass
        assert time.monotonic() - began < 5


def test_a_mail_over_which_we_fall_is_flagged_and_holds_back_no_other(
    carried: sandbox.Running, cluster: Cluster
) -> None:
    first = sent("full@bolt.example")
    place = models.Invoice.objects.get()
    debtor, client = place.debtor, place.client
    receive(world.paper(client, debtor, number="R-2"))
    drain()
    carried.clock(world.NOW + timedelta(hours=1))
    table = f"{settings.BOOK_SCHEMA}.inbound_mail"
    with psycopg.connect(cluster.owner_url, autocommit=True) as owner:
        owner.execute(f"ALTER TABLE {table} ADD CONSTRAINT refuses"
                      f" CHECK (dispatch_id <> '{first.pk}')")  # fmt: skip
        try:
            assert [inbox.visit(), inbox.visit()] == [1, 0]
        finally:
            owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT refuses")
    assert models.InboundMail.objects.get().dispatch_id != first.pk
    with _imap.opened(outside.inbound().imap) as box:
        assert box.waiting(50) == []


def test_a_persons_answer_is_proof_and_a_task(carried: sandbox.Running) -> None:
    row = sent()
    answer = mail(
        "From: Anna Bolt <anna@bolt.example>", "To: invoices@factor.example",
        "Subject: =?utf-8?q?Re=3A_Rechnung?=", f"In-Reply-To: <{row.key}@factor.example>",
        "Content-Type: text/html; charset=utf-8",
        text="<style>p{}</style><p>Wir haben das <b>schon</b> bezahlt.</p>"
             "<script>alert(1)</script><p>Gruß\u202egnp.exe</p><img src='https://x.example/p.gif'>",
    )  # fmt: skip

    assert [take(answer), take(answer)] == [1, 0]

    row.refresh_from_db()
    assert (row.state, row.events.get().code) == ("opened", "reply")
    waits = queries.open_ones().get()
    assert (waits.sender, waits.subject) == ("Anna Bolt <anna@bolt.example>", "Re: Rechnung")
    assert queries.text(waits) == "Wir haben das schon bezahlt.\nGrußgnp.exe"
    with pytest.raises(NotAllowed):
        mails.close(waits.pk, remark="", role=Role.INTAKE, at=world.NOW, actor="user:i")
    mails.close(waits.pk, remark="Called.", role=Role.COLLECTION, at=world.NOW, actor="user:c")
    with pytest.raises(mails.NotOpen):
        mails.close(waits.pk, remark="", role=Role.COLLECTION, at=world.NOW, actor="user:c")
    assert not queries.open_ones().exists()


def test_an_automatic_answer_is_kept_and_changes_nothing(carried: sandbox.Running) -> None:
    row = sent("away@bolt.example")
    carried.clock(world.NOW + timedelta(hours=1))

    assert inbox.visit() == 1

    row.refresh_from_db()
    assert (row.state, row.events.get().outcome) == ("accepted", "unreadable")
    assert models.InboundMail.objects.get().heard == "auto_reply"
    assert not queries.open_ones().exists()


def test_a_complaint_shows_that_it_arrived_and_is_called_one(carried: sandbox.Running) -> None:
    row = sent()
    report = (
        "--x\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n"
        "Original-Rcpt-To: rechnung@bolt.example\r\n\r\n"
        "--x\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Received: by mx\r\nMessage-ID: <{row.key}@factor.example>\r\n--x--\r\n"
    )
    kind = 'Content-Type: multipart/report; report-type=feedback-report; boundary="x"'

    take(mail("From: abuse@isp.example", kind, text=report))

    row.refresh_from_db()
    assert (row.state, row.events.get().outcome) == ("delivered", "complained")


def test_a_bounce_that_names_only_the_receiver_is_about_the_last_mail_to_it(
    carried: sandbox.Running,
) -> None:
    row = sent()
    notice = mail("From: MAILER-DAEMON@mx.example", "Subject: Undeliverable",
                  text="<Rechnung@Bolt.example>: 550 5.1.1 User unknown")  # fmt: skip
    stranger = mail("From: MAILER-DAEMON@mx.example", "Subject: Undeliverable",
                    text="<other@bolt.example>: 550 5.1.1 User unknown")  # fmt: skip

    later = world.NOW + timedelta(days=3)
    late = notice.replace(b"02 Mar", b"05 Mar")
    mails.take("mail", [Came(late), Came(stranger)], at=later, actor="inbox")

    row.refresh_from_db()
    assert row.state == "failed"
    assert set(models.InboundMail.objects.values_list("dispatch", flat=True)) == {row.pk, None}


def test_the_return_path_stands_before_the_message_and_the_message_before_the_receiver(
    carried: sandbox.Running,
) -> None:
    place = world.build()
    receive(*(world.paper(place.acme, place.bolt, number=f"R-{n}") for n in range(3)))
    drain()
    first, second, last = models.Dispatch.objects.order_by("planned_at", "pk")
    text = (
        "<rechnung@bolt.example>: 550 5.1.1 User unknown\r\n\r\n"
        "--- Below this line is a copy of the message.\r\n\r\n"
        f"Message-ID: <{second.key}@factor.example>"
    )
    notice = mail("From: MAILER-DAEMON@mx.example", "Subject: failure notice", text=text)
    third = mail("From: MAILER-DAEMON@mx.example", "Subject: failure notice",
                 text="<rechnung@bolt.example>: 550 5.1.1 User unknown")  # fmt: skip
    third = third.replace(b"02 Mar", b"03 Mar")

    for came in (Came(notice, f"bounce+{first.key}@factor.example"), Came(notice), Came(third)):
        mails.take("mail", [came], at=world.NOW, actor="inbox")

    about = list(models.InboundMail.objects.order_by("pk").values_list("dispatch", flat=True))
    assert about == [first.pk, second.pk, last.pk]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff",
        b"no header",
        b"Subject: no date at all\r\n\r\n",
        b"Subject: =?utf-8?b?4?=\r\n\r\n",
    ],  # Base64 that is none.
)
def test_what_nobody_can_read_is_kept_for_a_person(carried: sandbox.Running, data: bytes) -> None:
    world.build()

    assert [take(data), take(data)] == [1, 0]

    assert queries.open_ones().get().heard == "other"


def test_a_callback_with_a_mail_is_kept_like_any_other(
    carried: sandbox.Running, client: Any
) -> None:
    from datetime import UTC, datetime

    from usance.sandbox import houses
    from usance.sandbox.running import SECRET

    row = sent()
    bounce = mail("From: MAILER-DAEMON@mx.example", f"To: bounce+{row.key}@factor.example",
                  "Subject: Failed", text="<a@b.example>: 550 5.1.1 no such user")  # fmt: skip
    signed = houses.all_houses()["smtp"].signed(
        bounce, id="m1", at=datetime.now(UTC), secret=SECRET
    )
    for new in (1, 0):
        answer = client.post(
            "/v1/hooks/mail", data=bounce, content_type=signed["content-type"],
            headers={name: value for name, value in signed.items() if name != "content-type"},
        )  # fmt: skip
        assert (answer.status_code, answer.json()["new"]) == (200, new)

    row.refresh_from_db()
    assert row.state == "failed"
    assert models.InboundMail.objects.get().dispatch_id == row.pk
