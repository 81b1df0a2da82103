"""E-mail: what stands on the line, and what comes back."""

import email
import socket
import threading
from collections.abc import Iterator
from email.policy import default
from typing import Any

import pytest

from tests.outside import Receiver, parcel
from usance import sandbox
from usance.domain.distribution import (
    EVIDENCE,
    Attachment,
    Evidence,
    Handed,
    Kind,
    Outcome,
    Parcel,
    State,
)
from usance.plugins.channels import _mail, smtp
from usance.sandbox.outbox import Where

US = {"sender": "invoices@factor.example", "inbound": "mailbox"}


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, bouncing=0, hang_seconds=0.5)) as running:
        yield running


def mail(key: str = "key-1", **changed: Any) -> Parcel:
    return parcel(key, Kind.EMAIL, **changed)


def written(config: dict[str, str] | None = None, **changed: Any) -> Any:
    raw = _mail.written(mail(**changed), US | (config or {}))
    return email.message_from_bytes(raw, policy=default)


def test_a_mail_says_who_writes_to_whom_about_what() -> None:
    pdf = Attachment(name="Fäktura 1.pdf", media_type="application/pdf", content=bytes(range(256)))
    message = written({"sent_at": "2026-03-02T12:00:00+01:00"}, attachments=(pdf,))

    assert message["From"] == "Nordic Factoring AB <invoices@factor.example>"
    assert message["To"] == "Kund Åkeri AB <ap@kund.example>"
    assert message["Subject"] == "Faktura key-1"
    assert message["Message-ID"] == "<key-1@factor.example>"
    assert message["Date"] == "Mon, 02 Mar 2026 12:00:00 +0100"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in message
    text, attached = message.iter_parts()
    assert text.get_content() == "Hej!\r\n.\r\nEn rad som börjar med en punkt.\r\n"
    assert attached.get_filename() == "Fäktura 1.pdf"
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content() == bytes(range(256))
    assert not message.defects


def test_the_looks_stand_beside_the_text_and_last() -> None:
    pdf = Attachment(name="a.pdf", media_type="application/pdf", content=b"%PDF")
    message = written(html="<p>Hej på dig</p>", attachments=(pdf,))

    said, attached = message.iter_parts()
    assert said.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in said.iter_parts()] == ["text/plain", "text/html"]
    assert message.get_body(("html",)).get_content() == "<p>Hej på dig</p>\r\n"
    assert attached.get_content() == b"%PDF"
    assert not message.defects


def test_every_line_is_short_and_ascii() -> None:
    raw = _mail.written(mail(subject="Ä" * 500, text="ö" * 5000), US)

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_only_what_may_be_declined_says_how_to_unsubscribe() -> None:
    where = {"unsubscribe": "https://factor.example/u/{key}"}
    message = written(where, is_optional=True)

    assert "List-Unsubscribe" not in written(where), "an invoice cannot be declined"
    assert "List-Unsubscribe" not in written(is_optional=True)
    assert message["List-Unsubscribe"] == "<https://factor.example/u/key-1>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("evil", ["\r\nBcc: x@evil.example", "\nX: y", "\r", "\x00", "\u2028B: c"])
def test_nobody_breaks_out_of_a_header(evil: str) -> None:
    file = Attachment(name=f"a{evil}.pdf", media_type="application/pdf", content=b"%PDF")
    message = written(
        sender=f"Factor{evil}", subject=f"Faktura{evil}", language=f"sv{evil}",
        address={"name": f"Kund{evil}"}, attachments=(file,),
    )  # fmt: skip

    assert set(message.keys()) == {
        "From", "To", "Subject", "Message-ID", "Auto-Submitted", "Content-Language",
        "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert message["To"].addresses[0].addr_spec == "ap@kund.example"


@pytest.mark.parametrize(
    "address",
    ["", "kund", "@kund.example", "ap@", "ap@kund..example", "a b@kund.example", "ap@kund.example>",
     "ap@kund.example\r\nRCPT TO:<x@evil.example>", "<ap@kund.example>", "a,b@kund.example",
     "ap@" + "x" * 300 + ".example", "x" * 65 + "@kund.example"],
)  # fmt: skip
def test_a_malformed_address_is_refused(world: sandbox.Running, address: str) -> None:
    config = world.config("channels", "smtp")

    bad, good = smtp.send([mail(address={"email": address}), mail("key-2")], config)

    assert (bad.came_to, good.came_to) == (Handed.REFUSED, Handed.ACCEPTED)
    assert "no e-mail address" in bad.detail
    assert world.dump()["mails"] == {"key-2": 1}


def test_a_name_of_a_country_is_written_as_dns_has_it() -> None:
    assert _mail.recipient("ap@åkeri.example") == "ap@xn--keri-poa.example"


def test_straße_is_not_strasse() -> None:
    assert _mail.recipient("ap@straße.example") == "ap@xn--strae-oqa.example"
    assert _mail.recipient("ap@strasse.example") == "ap@strasse.example"


def test_an_address_beyond_ascii_goes_out_as_it_is(world: sandbox.Running) -> None:
    config = world.config("channels", "smtp")
    named = mail(address={"email": "åsa.öberg@åkeri.example"})

    (taken,) = smtp.send([named], config)

    assert taken.came_to is Handed.ACCEPTED
    assert "<åsa.öberg@xn--keri-poa.example>".encode() in _mail.written(named, US)


def test_no_password_leaves_in_clear(world: sandbox.Running) -> None:
    config = world.config("channels", "smtp") | {"user": "sandbox", "password": "sandbox"}

    (handed,) = smtp.send([mail()], config)

    assert (handed.came_to, world.dump()["mails"]) == (Handed.TRY_LATER, {})
    assert "no login over plain text" in handed.detail


def test_a_server_without_tls_gets_nothing(world: sandbox.Running) -> None:
    """As one in between may make it look: it takes STARTTLS out of what is offered."""
    with Plain() as bare:
        (handed,) = smtp.send([mail()], {"host": "127.0.0.1", "port": bare.port} | US)

    assert handed.came_to is Handed.TRY_LATER
    assert "STARTTLS" in handed.detail


def test_a_mail_that_is_too_large_is_refused_before_it_leaves(world: sandbox.Running) -> None:
    config = world.config("channels", "smtp")
    large = Attachment(name="a.pdf", media_type="application/pdf", content=bytes(30_000_000))

    big, good = smtp.send([mail(attachments=(large,)), mail("key-2")], config)
    (bigger,) = smtp.send(
        [mail("key-3", attachments=(large, large))], config | {"largest_bytes": "999999999"}
    )

    assert (big.came_to, good.came_to) == (Handed.REFUSED, Handed.ACCEPTED)
    assert "5.3.4 the mail has 41" in big.detail
    assert bigger.came_to is Handed.REFUSED
    assert "the server takes 52428800" in bigger.detail
    assert world.dump()["mails"] == {"key-2": 1}


def test_a_key_that_cannot_sign_keeps_the_mail_here(world: sandbox.Running) -> None:
    config = world.config("channels", "smtp") | {"dkim_selector": "s", "dkim_key_file": "/nowhere"}

    (handed,) = smtp.send([mail()], config)

    assert (handed.came_to, world.dump()["mails"]) == (Handed.TRY_LATER, {})


class Plain:
    """A mail server that offers nothing."""

    def __enter__(self) -> "Plain":
        self._listens = socket.create_server(("127.0.0.1", 0))
        self.port = str(self._listens.getsockname()[1])
        threading.Thread(target=self._talk, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listens.close()

    def _talk(self) -> None:
        with self._listens.accept()[0] as line:
            line.sendall(b"220 bare\r\n")
            while line.recv(1000):
                line.sendall(b"250 bare\r\n")


def test_tls_and_login_are_spoken(world: sandbox.Running) -> None:
    safe = world.config("channels", "smtp") | world.ready["smtp_login"] | {"security": "starttls"}

    (taken,) = smtp.send([mail()], safe)
    (wrong,) = smtp.send([mail("key-2")], safe | {"password": "guess"})
    (foreign,) = smtp.send([mail("key-3")], safe | {"ca_file": ""})

    assert taken.came_to is Handed.ACCEPTED
    assert (wrong.came_to, wrong.detail[:4]) == (Handed.TRY_LATER, "SMTP")
    assert foreign.came_to is Handed.TRY_LATER
    assert "CERTIFICATE_VERIFY_FAILED" in foreign.detail
    assert world.dump()["mails"] == {"key-1": 1}


def test_a_greylisted_mail_is_taken_the_second_time(world: sandbox.Running) -> None:
    config, grey = world.config("channels", "smtp"), mail(address={"email": "grey@kund.example"})

    (first,) = smtp.send([grey], config)
    (second,) = smtp.send([grey], config)

    assert (first.came_to, second.came_to) == (Handed.TRY_LATER, Handed.ACCEPTED)


def test_full_mailboxes_do_not_hold_up_the_others(world: sandbox.Running) -> None:
    grey = [mail(f"grey-{n}", address={"email": f"grey{n}@kund.example"}) for n in range(5)]

    handed = list(smtp.send([*grey, mail("last")], world.config("channels", "smtp")))

    assert [one.came_to for one in handed] == [Handed.TRY_LATER] * 5 + [Handed.ACCEPTED]


@pytest.mark.parametrize(
    ("who", "outcome", "code"),
    [
        ("bounce", Outcome.BOUNCED, "5.1.1"),
        ("full", Outcome.BOUNCED, "5.2.2"),
        ("odd", Outcome.BOUNCED, "5.1.1"),
        ("away", Outcome.UNREADABLE, "auto-reply"),
    ],
)
def test_what_comes_back_names_its_parcel(who: str, outcome: Outcome, code: str) -> None:
    from datetime import timedelta

    with Receiver() as inbox:
        settings = sandbox.Settings(bouncing=0, where=Where(inbound_url=inbox.url))
        with sandbox.start(settings) as world:
            config = world.config("channels", "smtp")
            list(smtp.send([mail(address={"email": f"{who}@kund.example"})], config))
            world.clock(settings.at + timedelta(hours=1))
        ((headers, body),) = inbox.got

    from datetime import UTC, datetime

    received = headers | {"x-received-at": datetime.now(UTC).isoformat()}
    (event,) = smtp.read(body, received, config)

    assert (event.key, event.outcome, event.code) == ("key-1", outcome, code)
    assert event.reference == "<key-1@factor.example>"
    assert event.at == settings.at + timedelta(minutes=5)


def came(text: str, **head: str) -> list[Any]:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in head.items()]
    date = "Date: Mon, 02 Mar 2026 10:00:00 +0000"
    return smtp.read("\r\n".join([*lines, date, "", text]).encode(), {}, US)


def test_a_person_who_answers_has_seen_it() -> None:
    (event,) = came("Thanks", From="ap@kund.example", In_Reply_To="<key-1@factor.example>")

    assert (event.key, event.outcome, event.code) == ("key-1", Outcome.OPENED, "reply")
    assert EVIDENCE[State.OPENED] is Evidence.PERSON_CONFIRMED


def test_a_mail_to_our_return_path_that_answers_nothing_proves_nothing() -> None:
    (event,) = came("Undelivered", To="bounce+key-1@factor.example", From="relay@mx.example")

    assert (event.outcome, event.code) == (Outcome.UNREADABLE, "mail")


def test_an_answer_to_a_thread_is_found_by_its_references() -> None:
    (event,) = came("Thanks", From="ap@kund.example",
                    References="<key-1@factor.example> <other@kund.example>")  # fmt: skip

    assert (event.key, event.outcome) == ("key-1", Outcome.OPENED)


def test_the_envelope_stands_before_what_the_mail_says() -> None:
    mail = b"To: bounce+key-1@factor.example\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\n\r\nx"
    (event,) = smtp.read(mail, {"x-envelope-to": "bounce+key-2@factor.example"}, US)

    assert event.key == "key-2"


def test_a_bounce_without_our_return_path_is_found_by_what_it_returns() -> None:
    report = (
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        "Final-Recipient: rfc822; ap@kund.example\r\nAction: delayed\r\nStatus: 4.4.7\r\n\r\n"
        "--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-Id: <key-9@factor.example>\r\n"
        "--x--\r\n"
    )
    kind = 'multipart/report; report-type=delivery-status; boundary="x"'
    (event,) = came(report, To="invoices@factor.example", Content_Type=kind)

    assert (event.key, event.outcome, event.code) == ("key-9", Outcome.DEFERRED, "4.4.7")


def test_a_complaint_shows_that_it_arrived() -> None:
    body = (
        "--x\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n\r\n--x--\r\n"
    )
    kind = 'multipart/report; report-type=feedback-report; boundary="x"'
    (event,) = came(body, To="bounce+key-1@factor.example", Content_Type=kind)

    assert (event.outcome, event.code) == (Outcome.COMPLAINED, "complaint")


def test_the_same_bounce_twice_has_one_id() -> None:
    head = {"To": "bounce+key-1@factor.example", "From": "MAILER-DAEMON@mx"}

    assert came("User unknown", **head)[0].id == came("User unknown", **head)[0].id


def test_somebody_elses_mail_is_no_event() -> None:
    assert came("Buy now", To="invoices@factor.example") == []
    assert came("x", To="bounce+key-1@other.example") == []
