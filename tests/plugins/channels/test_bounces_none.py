"""Mails that look like bounces and are none: nothing hard may be read from them.

A wrong hard suppresses an address that works, the worst that a reader of bounces can do.
"""

import time
from email.header import Header
from zlib import crc32

import pytest

from usance.plugins.channels import _bounce_report
from usance.plugins.channels._bounce_report import Verdict

NOBODY: list[tuple[str, str]] = []
AP = "ap@kund.example"
SOFT, NONE, COMPLAINT = (AP, "soft"), (AP, "none"), (AP, "complaint")
DAEMON = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\n"
PERSON = "From: lars@kund.example\n"
BOUNCE = f"""\
<{AP}>: host mx.kund.example[192.0.2.1] said: 550 5.1.1 <{AP}>:
    Recipient address rejected: User unknown (in reply to RCPT TO command)
"""
FIELDS = f"""\
Final-Recipient: rfc822; {AP}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown
"""
RETURNED = f"Content-Type: message/rfc822\n\nFrom: a@factor.example\nTo: {AP}\n\nAn invoice.\n"
LARGE = ("x" * 76 + "\n") * 270_000  # 20 MB.


def _mail(head: str, body: str, subject: str = "Faktura 17", sort: str = "text/plain") -> str:
    return (
        f"{head}To: faktura@factor.example\nSubject: {Header(subject, 'utf-8').encode()}\n"
        f"MIME-Version: 1.0\nContent-Type: {sort}; charset=utf-8\n\n{body}\n"
    )


def _parts(head: str, *parts: str, subject: str = "Faktura 17", sort: str = "mixed") -> str:
    edge = f"={crc32(str(parts).encode())}"
    whole = "".join(f"--{edge}\n{part}\n" for part in parts) + f"--{edge}--"
    return _mail(head, whole, subject, f'multipart/{sort}; boundary="{edge}"')


def _report(head: str, sort: str, fields: str, text: str, subject: str = "Faktura 17") -> str:
    return _parts(
        head, f"Content-Type: text/plain\n\n{text}", f"Content-Type: message/{sort}\n\n{fields}",
        RETURNED, subject=subject, sort="report",
    )  # fmt: skip


def _dsn(fields: str, text: str, subject: str = "Delivery report") -> str:
    fields = f"Reporting-MTA: dns; mx.example\n\n{fields}"
    return _report(DAEMON, "delivery-status", fields, text, subject)


def _acted(action: str, status: str) -> str:
    fields = f"Final-Recipient: rfc822; {AP}\nAction: {action}\nStatus: {status}\n"
    return _dsn(fields, f"<{AP}>: 550 5.1.1 User unknown, says nobody.")


def _receipt(does: str, head: str = PERSON) -> str:
    fields = (
        f"Reporting-UA: kund.example; Mail\nFinal-Recipient: rfc822;{AP}\n"
        f"Original-Message-ID: <1@factor.example>\nDisposition: automatic-action/{does}\n"
    )
    text = f"Your message\n\n  To: {AP}\n\nwas deleted unread. No such user may be told."
    return _report(head, "disposition-notification", fields, text, "Not read: Faktura 17")


def _feedback(sort: str, more: str = "") -> str:
    fields = f"Feedback-Type: {sort}\nUser-Agent: Loop/1\nVersion: 1\n{more}"
    return _report("From: fbl@isp.example\n", "feedback-report", fields, f"{AP}: user unknown")


def _forwarded(times: int) -> str:
    mail = _dsn(FIELDS, BOUNCE)
    for _ in range(times):
        mail = _parts(PERSON, "\nSee below.", f"Content-Type: message/rfc822\n\n{mail}")
    return mail


def _quoted(text: str) -> str:
    return "".join(f"> {line}\n" for line in text.splitlines())


AWAY = {
    "Autosvar: Faktura 17": f"Jag har slutat. Adressen finns inte längre.\n{AP}: skriv dit.",
    "Automatisk svar: Faktura 17": f"Jeg har sluttet. Adressen finnes ikke lenger.\n{AP}",
    "Fraværsmeddelelse": f"Jeg er fratrådt, adressen findes ikke længere.\n{AP}",
    "Automaattinen vastaus: Lasku": f"En ole enää töissä täällä.\n{AP}: tuntematon vastaanottaja",
    "Automatische Antwort: Rechnung": f"Diese Adresse existiert nicht mehr.\n{AP}: bitte dorthin.",
    "Réponse automatique : Facture": f"Cette adresse n'existe plus.\n{AP}",
    "Automatic reply: Invoice 17": f"I no longer work here.\n{AP} (user unknown from May)",
    "Respuesta automática: Factura": f"La dirección no existe.\n{AP}",
    "Risposta automatica: Fattura": f"Questo indirizzo non esiste.\n{AP}",
}
LATE = {
    "Meddelandet har inte levererats ännu": f"Vi försöker igen.\n\n{AP}: Okänd mottagare",
    "Meldingen er forsinket": f"Vi prøver igjen.\n\n{AP}: Ukjent mottaker",
    "Meddelelsen er endnu ikke leveret": f"Vi prøver igen.\n\n{AP}: Ukendt modtager",
    "Viesti viivästyy": f"Yritämme uudelleen.\n\n{AP}: Tuntematon vastaanottaja",
    "Zustellung verzögert": f"Es wird weiter versucht.\n\n{AP}: Empfänger unbekannt",
    "Message en retard": f"Il n'a pas encore été remis.\n\n{AP}: utilisateur inconnu",
    "Bericht vertraagd": f"Het is nog niet bezorgd.\n\n{AP}: Onbekende ontvanger",
    "Warning: could not send": f"YOU DO NOT NEED TO RESEND.\n\n<{AP}>... Deferred: Host unknown",
}
LIST = "From: nyheter-bounces@lista.example\nReturn-Path: <>\nList-Id: <nyheter.lista.example>\n"
NEWS = "From: news@verktyg.example\nList-Id: <n.example>\nList-Unsubscribe: <https://x.example>\n"
MAILS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "newsletter": (_mail(NEWS, f"{AP}\nUser unknown", "Why mail could not be delivered"), NOBODY),
    "parcel": (
        _mail(NEWS, "It was returned to sender: recipient unknown.", "Undeliverable"), NOBODY,
    ),
    "person away, of whom a machine writes": (
        _mail("Return-Path: <>\nFrom: anna@kund.example\nAuto-Submitted: auto-replied\n",
              f"My mails cannot be delivered.\n\n{AP} is no longer employed."),
        [("anna@kund.example", "auto-reply")],
    ),
    "answer that quotes a bounce": (_mail(PERSON, f"I got:\n\n{_quoted(BOUNCE)}\nWhy?"), NOBODY),
    "answer that holds a bounce": (_mail(PERSON, BOUNCE, "Fwd: Undelivered Mail"), NOBODY),
    "answer that holds fields": (_mail(PERSON, FIELDS, "Re: could not be delivered"), NOBODY),
    "answer with qmail's words": (
        _mail(PERSON, "Hi. This is the qmail-send program at mx.example.\n\n"
              f"<{AP}>:\nSorry, no mailbox here by that name. (#5.1.1)\n", "failure notice"),
        NOBODY,
    ),
    "ticket that quotes a bounce": (
        _mail("From: help@kund.example\nAuto-Submitted: auto-generated\n", _quoted(BOUNCE),
              "[Ticket 17] Undelivered mail"), [("help@kund.example", "auto-reply")],
    ),
    "away, above a bounce": (
        _mail("From: anna@kund.example\nAuto-Submitted: auto-replied\n", f"I am away.\n\n{BOUNCE}",
              "Automatic reply: Undelivered Mail"), [("anna@kund.example", "auto-reply")],
    ),
    "forwarded bounce": (_forwarded(1), NOBODY),
    "forwarded forty times": (_forwarded(40), NOBODY),
    "receipt, displayed": (_receipt("MDN-sent-manually; displayed"), NOBODY),
    "receipt, deleted": (_receipt("MDN-sent-automatically; deleted"), NOBODY),
    "receipt, failed": (_receipt("MDN-sent-automatically; failed"), NOBODY),
    "receipt from nobody": (
        _receipt("MDN-sent-automatically; deleted", "Return-Path: <>\nFrom: anna@kund.example\n"),
        NOBODY,
    ),
    "late, with a permanent code": (_acted("delayed", "5.1.1"), [SOFT]),
    "passed on": (_acted("relayed", "2.0.0"), [NONE]),
    "to more than one": (_acted("expanded", "2.1.5"), [NONE]),
    "delivered": (_acted("delivered", "2.1.5"), [NONE]),
    "delivered, with a permanent code": (_acted("delivered", "5.1.1"), [NONE]),
    "probe of a list": (
        _mail(LIST, "There may be a problem delivering messages to faktura@factor.example: "
              "user unknown. Confirm, please.", "confirm 1a2b3c"), NOBODY,
    ),
    "list's bounce of another member": (
        _parts(LIST, f"\nMember: {AP}\nAction: disabled",
               f"Content-Type: message/rfc822\n\n{_dsn(FIELDS, BOUNCE)}"), NOBODY,
    ),
    "complaint": (_feedback("abuse", f"Original-Rcpt-To: <{AP}>\n"), [COMPLAINT]),
    "complaint that names nobody": (_feedback("abuse"), [COMPLAINT]),
    "complaint of two": (
        _feedback("virus", f"Original-Rcpt-To: {AP}\nOriginal-Rcpt-To: b@kund.example\n"),
        [COMPLAINT, ("b@kund.example", "complaint")],
    ),
    "no junk": (_feedback("not-spam"), NOBODY),
    "failed signature": (_feedback("auth-failure", "Auth-Failure: dmarc\n"), NOBODY),
    "postmaster is a person": (
        _mail("From: Postmaster <postmaster@kund.example>\nIn-Reply-To: <1@factor.example>\n",
              "Write to b@kund.example from May on."), NOBODY,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MAILS)
def test_what_looks_like_a_bounce_and_is_none(name: str) -> None:
    mail, said = MAILS[name]

    assert [(one.address, one.kind.value) for one in _bounce_report.read(mail.encode())] == said


@pytest.mark.parametrize("subject", AWAY)
def test_who_has_left_and_says_so_has_an_address_that_answers(subject: str) -> None:
    head = "From: anna@kund.example\nAuto-Submitted: auto-replied\n"
    (one,) = _bounce_report.read(_mail(head, AWAY[subject], subject).encode())

    assert (one.address, one.kind) == ("anna@kund.example", Verdict.AUTO_REPLY)


@pytest.mark.parametrize("subject", LATE)
def test_a_mail_that_is_late_is_tried_again_in_any_language(subject: str) -> None:
    (one,) = _bounce_report.read(_mail(DAEMON, LATE[subject], subject).encode())

    assert (one.address, one.kind, one.fate.value) == (AP, Verdict.SOFT, "delayed")


def test_twenty_megabytes_take_no_longer_than_their_length() -> None:
    start = time.process_time()

    assert _bounce_report.read(_mail(PERSON, _quoted(BOUNCE) + LARGE).encode()) == ()
    (one,) = _bounce_report.read(_dsn(FIELDS, BOUNCE + LARGE).encode())

    assert (one.address, one.kind) == (AP, Verdict.HARD)
    assert time.process_time() - start < 10
