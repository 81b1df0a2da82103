"""Returned mails: what they say of each recipient, on our samples and on those that others kept.

The samples in bounces/ were written by us, one for each kind of report; said.jsonl beside them says
address, kind, reason and status of each recipient.
"""

import json
import time
from collections import Counter
from email.header import Header
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.packs import pack
from usance.domain.distribution import Found, Kind, suppresses
from usance.plugins import Unreadable
from usance.plugins.channels import _bounce_report, _bounces
from usance.plugins.channels._bounce_report import Recipient, Verdict
from usance.plugins.channels._bounce_words import CODES, HARD, Reason, coded, enhanced, spoken

SAMPLES = Path(__file__).parent / "bounces"
SAID = [json.loads(line) for line in (SAMPLES / "said.jsonl").read_text().splitlines()]

# Their words for a reason in ours. What they call filtered, policy or security is a refusal.
THEIRS = {
    "userunknown": "user_unknown", "hostunknown": "host_unknown", "hasmoved": "moved",
    "notaccept": "no_mail_service", "mailboxfull": "mailbox_full", "suspend": "mailbox_disabled",
    "mesgtoobig": "too_big", "expired": "expired", "networkerror": "network",
    "blocked": "blocked", "badreputation": "blocked", "authfailure": "authentication",
    "spamdetected": "spam", "delivered": "delivered", "systemerror": "system",
    "mailererror": "system", "syntaxerror": "system",
    **dict.fromkeys(("rejected", "securityerror", "policyviolation", "filtered", "norelaying"),
                    "refused"),
}  # fmt: skip
MADE_UP = "5.0.9"  # Codes that their reader made up where the mail has none.


@pytest.mark.parametrize("said", SAID, ids=lambda said: str(said["file"]))
def test_sample(said: dict[str, Any]) -> None:
    found = _bounce_report.read((SAMPLES / said["file"]).read_bytes())

    assert [[one.address, one.kind, one.reason, one.status] for one in found] == said["recipients"]


@pytest.mark.parametrize("said", SAID, ids=lambda said: str(said["file"]))
def test_only_what_is_hard_or_a_complaint_spoils_an_address(said: dict[str, Any]) -> None:
    data = (SAMPLES / said["file"]).read_bytes().lstrip()
    told = _bounces.heard(
        data, {"x-received-at": "2026-03-02T12:00:00+00:00"}, {"sender": "a@factor.example"}
    )
    spoilt = {
        one.address
        for one in told.said
        if suppresses(Found(kind=Kind.EMAIL, outcome=one.outcome, code=one.code, detail=one.detail))
    }

    assert spoilt == {one[0] for one in said["recipients"] if one[1] in ("hard", "complaint")}


def test_every_sample_says_what_it_is() -> None:
    assert {said["file"] for said in SAID} == {path.name for path in SAMPLES.glob("*.eml")}


def test_a_mailbox_file_holds_several_mails() -> None:
    one = (SAMPLES / "dsn_user_unknown.eml").read_bytes()
    line = b"From MAILER-DAEMON  Mon Mar  2 10:00:00 2026\n"

    found = _bounce_report.read(line + one + b"\n" + line + one)

    assert [each.address for each in found] == ["ap@kund.example"] * 2


def test_a_code_that_nobody_stated_says_so() -> None:
    (made,) = _bounce_report.read((SAMPLES / "exim_no_route.eml").read_bytes())
    (stated,) = _bounce_report.read((SAMPLES / "dsn_user_unknown.eml").read_bytes())

    assert (made.is_stated, stated.is_stated) == (False, True)


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ("550 5.1.1 User unknown", "5.1.1"),
        ("550 #5.1.0 Address rejected.", "5.1.0"),
        ("554 4.4.7 Message expired.<421 4.4.2 Connection timed out>", "4.4.2"),
        ("Sorry, no mailbox here by that name. (#5.1.1)", "5.1.1"),
        ("rejected by 5.1.2.3", ""),  # An address on the net.
        ("deferred - 4.16.55.1; see", ""),
        ("550 5.0.0 (5.2.2 is the cause)", "5.0.0"),
        ("", ""),
    ],
)
def test_the_innermost_server_has_the_word(says: str, code: str) -> None:
    assert enhanced(says) == code


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("550 <a@b.example>: user unknown", Reason.USER_UNKNOWN),
        ("550 5.4.1 [a@b.example]: Recipient address rejected: Access denied",
         Reason.USER_UNKNOWN),
        ("552 5.2.2 over quota", Reason.MAILBOX_FULL),
        ("Postfach ist voll", Reason.MAILBOX_FULL),
        ("550 account a@b.example is disabled", Reason.MAILBOX_DISABLED),
        ("550 5.7.1 relaying denied", Reason.REFUSED),
        ("550 the SPF record of factor.example forbids it, user unknown",
         Reason.AUTHENTICATION),  # What is said of us stands before what is said of the address.
        ("550 5.4.310 DNS domain kund.example does not exist", Reason.HOST_UNKNOWN),
        ("Postkassen er fuld", Reason.MAILBOX_FULL),
        ("Ukjent mottaker", Reason.USER_UNKNOWN),
        ("Användaren är okänd", Reason.USER_UNKNOWN),
        ("Tuntematon vastaanottaja", Reason.USER_UNKNOWN),
        ("550 5.1.1 User unknown (relay.kund.example)", Reason.USER_UNKNOWN),  # A host's name.
        ("User a.person not listed in Domino Directory", Reason.USER_UNKNOWN),
        ("550 she is no longer employed here", Reason.USER_UNKNOWN),
        ("Host or domain name not found. Name service error for name=kund.example: Host not found",
         Reason.HOST_UNKNOWN),
        ("550 invalid RDNS record of your mail server", Reason.BLOCKED),
        ("554 you have used up your daily relay quota", Reason.BLOCKED),
        ("550 192.0.2.1 has sent to too many recipients this hour", Reason.BLOCKED),
        ("553 https://www.spamhaus.org/query/ip/192.0.2.1", Reason.BLOCKED),
        ("550 no such user, see https://www.spamhaus.org/faq", Reason.USER_UNKNOWN),
        ("550 the recipient account is blocked", Reason.MAILBOX_DISABLED),
        ("550 Le compte du destinataire est bloqué", Reason.MAILBOX_DISABLED),
        ("554 the domain is not reachable", Reason.NETWORK),
        ("554 Service currently unavailable", Reason.SYSTEM),
        ("421 service refused, please try later", Reason.SYSTEM),
        ("Command output: Error while writing to the mailbox", Reason.SYSTEM),
        ("Could not deliver for the last 432000 seconds. Giving up.", Reason.EXPIRED),
        ("see https://user.example/user-unknown", None),
        ("", None),
    ],
)  # fmt: skip
def test_words_have_one_meaning(says: str, reason: Reason | None) -> None:
    assert spoken(says, "") is reason


@pytest.mark.parametrize("detail", CODES)
def test_only_a_permanent_code_about_the_address_is_hard(detail: str) -> None:
    exact = detail if "." in detail else f"{detail}.99"
    found = {
        level: _bounce_report.recipient(
            "a@b.example", "", action="failed", status=f"{level}{exact}"
        )
        for level in ("4.", "5.")
    }

    assert found["4."].kind is Verdict.SOFT
    assert (found["5."].kind is Verdict.HARD) == (coded(f"5.{exact}") in HARD)


@pytest.mark.parametrize(
    ("says", "kind", "reason"),
    [
        ("550 5.1.1 <a@b.example>: Recipient address rejected", Verdict.HARD, Reason.USER_UNKNOWN),
        ("550 rejected", Verdict.SOFT, Reason.REFUSED),
        ("550 5.0.0 rejected", Verdict.SOFT, Reason.REFUSED),
    ],
)
def test_a_mere_refusal_counts_where_the_code_says_nothing(
    says: str, kind: Verdict, reason: Reason
) -> None:
    one = _bounce_report.recipient("a@b.example", says, action="failed", status="")

    assert (one.kind, one.reason) == (kind, reason)


@pytest.mark.parametrize(
    ("says", "when", "kind"),
    [
        ("550 Domain does not exist", "", Verdict.HARD),
        ("550 Domain does not exist", "(in reply to MAIL FROM\n    command)", Verdict.SOFT),
        ("550 Domain does not exist", "SMTP error after initial connection:", Verdict.SOFT),
        ("553 5.1.0 does not exist", "after MAIL FROM:<us@factor.example>", Verdict.SOFT),
        ("553 5.1.8 Domain of sender address us@factor.example does not exist", "", Verdict.SOFT),
        (
            "550 No such user",
            ">>> MAIL From:<us@factor.example>\n<<< 550 No such user",
            Verdict.SOFT,
        ),
        ("550 No such user", ">>> DATA\n<<< 550 No such user\n554 Unavailable", Verdict.SOFT),
        ("550 No such user", ">>> DATA\n<<< 550 No such user\n<<< 503 Need RCPT", Verdict.HARD),
    ],
)
def test_what_is_said_before_a_recipient_is_named_is_about_us(
    says: str, when: str, kind: Verdict
) -> None:
    one = _bounce_report.recipient("a@b.example", says, action="failed", status="", when=when)

    assert one.kind is kind


def test_an_exact_code_stands_before_words_beside_it() -> None:
    one = _bounce_report.recipient(
        "a@b.example", "525 5.7.13", action="failed", status="", beside="554 Service unavailable"
    )

    assert one.reason is Reason.MAILBOX_DISABLED


@pytest.mark.parametrize("name", ["dsn_of_two.eml", "qmail_of_two.eml", "complaint.eml"])
def test_line_ends_and_what_stands_before_the_header_change_nothing(name: str) -> None:
    plain = (SAMPLES / name).read_bytes()
    said = _bounce_report.read(plain)

    for altered in (
        plain.replace(b"\n", b"\r\n"), plain.replace(b"\n", b"\r"),
        b"\xef\xbb\xbf" + plain, b"\n  \n" + plain,
    ):  # fmt: skip
        assert _bounce_report.read(altered) == said


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Invoice 1", "Out of Office: Invoice 1", "Auto: Invoice", "Autosvar: x",
        "Automatiskt svar: Faktura 1", "Frånvaromeddelande", "Abwesenheitsnotiz: Rechnung",
        "Automatische Antwort: Rechnung", "Fraværsmelding", "Automatisk svar: Faktura",
        "Ikke til stede: Faktura", "Réponse automatique : Facture", "Absence du bureau : Facture",
        "Respuesta automática: Factura", "Risposta automatica: Fattura", "Fuori sede: Fattura",
        "Automatisch antwoord: Factuur", "Automatyczna odpowiedź: Faktura", "Poissa: Lasku",
        "Automaattinen vastaus: Lasku", "Resposta automática: Fatura",
    ],
)  # fmt: skip
def test_a_machine_that_answers_says_so_in_many_languages(subject: str) -> None:
    (one,) = _bounce_report.read(_from_anna(subject))

    assert one.kind is Verdict.AUTO_REPLY


@pytest.mark.parametrize(
    "subject",
    ["Re: Autofaktura", "Re: Automatic payment rejected", "Faktura ferie", "Re: Rechnung"],
)
def test_a_person_who_answers_is_no_machine(subject: str) -> None:
    assert _bounce_report.read(_from_anna(subject)) == ()


def _from_anna(subject: str) -> bytes:
    head = f"From: anna@kund.example\nSubject: {Header(subject, 'utf-8').encode()}\n\n"
    return head.encode() + b"Thanks.\n"


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        (b"=?utf-8?b?a?=", "=?utf-8?b?a?="),  # No base64 has one letter.
        ("Frånvaro: faktura".encode(), "Frånvaro: faktura"),
        ("Frånvaro: faktura".encode("cp1252"), "Frånvaro: faktura"),
    ],
)
def test_a_header_that_breaks_the_rules_is_read_all_the_same(stated: bytes, read: str) -> None:
    raw = b"From: anna@kund.example\nAuto-Submitted: auto-replied\nSubject: " + stated
    (one,) = _bounce_report.read(raw + b"\n\nThanks.\n")

    assert (one.kind, one.says) == (Verdict.AUTO_REPLY, read)


@pytest.mark.parametrize("said", ["utf-8", "us-ascii", ""])
def test_a_notice_in_letters_that_it_does_not_name_is_read(said: str) -> None:
    named = f"Content-Type: text/plain; charset={said}\n" if said else ""
    head = f"From: MAILER-DAEMON@mx.example\nSubject: Undelivered mail\n{named}\n"
    says = "Kunde inte levereras till:\n\nekonomi@kund.example\nAnvändaren är okänd\n"
    (found,) = _bounce_report.read(head.encode() + says.encode("cp1252"))

    assert (found.address, found.reason) == ("ekonomi@kund.example", Reason.USER_UNKNOWN)


@pytest.mark.parametrize(("subject", "says"), [
    ("Kunde inte levereras: Faktura 17",
     "Det gick inte att leverera ditt meddelande till ekonomi@kund.example.\n\n"
     "Mottagaren finns inte hos kund.example."),
    ("Kunne ikke leveres: Faktura 17",
     "Din melding til ekonomi@kund.example kunne ikke leveres.\n\nUkjent mottaker."),
    ("Unzustellbar: Rechnung 17",
     "Ihre Nachricht an ekonomi@kund.example wurde nicht zugestellt.\n\nUnbekannter Empfänger."),
    ("Onbestelbaar: factuur 17",
     "Uw bericht aan ekonomi@kund.example is niet bezorgd.\n\nOnbekende ontvanger."),
])  # fmt: skip
def test_an_address_within_a_sentence_in_other_languages(subject: str, says: str) -> None:
    head = f"From: postmaster@mx.example\nTo: us@factor.example\nSubject: {subject}\n"
    (found,) = _bounce_report.read(
        f"{head}Content-Type: text/plain; charset=utf-8\n\n{says}\n".encode()
    )

    assert (found.address, found.reason) == ("ekonomi@kund.example", Reason.USER_UNKNOWN)


def test_what_is_no_mail_is_unreadable() -> None:
    for data in (b"", b"\x00\x01", b"no header at all"):
        with pytest.raises(Unreadable):
            _bounce_report.read(data)


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 -1200", "Mon, 99 Foo 99999"])
def test_a_mail_that_nobody_wrote_on_any_day_is_as_old_as_its_receipt(date: str) -> None:
    mail = _from_anna("two\x00 words").replace(b"\n\n", f"\nDate: {date}\n\n".encode())
    head = {"x-received-at": "2026-03-02T12:00:00+00:00"}
    found = _bounces.heard(mail, head, {"sender": "invoices@factor.example"})
    assert (found.at.year, found.subject) == (2026, "two\ufffd words")


@pytest.mark.parametrize("said", SAID, ids=lambda said: str(said["file"]))
def test_a_cut_or_altered_mail_is_read_or_unreadable(said: dict[str, Any]) -> None:
    data = (SAMPLES / said["file"]).read_bytes()
    for at in range(0, len(data), max(len(data) // 60, 1)):
        for broken in (data[:at], data[:at] + b"\xff?\x00" + data[at + 3 :], data[at:]):
            try:
                _bounce_report.read(broken)
            except Unreadable:
                continue


@pytest.mark.parametrize(
    "filling", ["\n", " ", "<", "a@", "550 ", "a" * 60 + "@b.c:", "user ", "x: ", "a"]
)
def test_a_mail_made_to_keep_us_busy_does_not(filling: str) -> None:
    text = "From: MAILER-DAEMON@x.example\nSubject: Undeliverable\n\n" + filling * 100_000
    start = time.process_time()

    _bounce_report.read(text.encode())

    assert time.process_time() - start < 10


def test_parts_without_end_are_unreadable_or_read() -> None:
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000)
    )
    try:
        found = _bounce_report.read(deep)
    except Unreadable:
        found = ()
    assert found == ()


def test_samples_of_others() -> None:
    """How often we say what another reader says; the floor is what was measured when it was set."""
    folder = pack("bounces")
    count: Counter[str] = Counter()
    for line in (folder / "truth.jsonl").read_text().splitlines():
        theirs = json.loads(line)
        ours = _bounce_report.read((folder / theirs["file"]).read_bytes())
        ours = tuple(one for one in ours if one.kind is not Verdict.COMPLAINT)  # They list none.
        count["files"] += 1
        count["as many recipients"] += len(ours) == len(theirs["results"])
        count["recipients"] += len(theirs["results"])
        for one, told in zip(ours, theirs["results"], strict=False):
            count += _agreed(one, told)
    for name, number in count.items():
        print(f"{name:24} {number:4}")

    assert count["as many recipients"] / count["files"] >= 0.99
    assert count["address"] / count["recipients"] >= 0.99
    assert count["hard or soft"] / count["recipients"] >= 0.94
    assert count["class"] / count["recipients"] >= 0.99
    assert count["status"] / count["with a status"] >= 0.98
    assert count["reason"] / count["recipients"] >= 0.91


def _agreed(one: Recipient, told: dict[str, Any]) -> Counter[str]:
    has_code = not told["dsn"].startswith(MADE_UP)
    return Counter({
        "address": int("@" in one.address),
        "hard or soft": int((one.kind is Verdict.HARD) == told["hard"]),
        "class": int(one.status[:1] == told["dsn"][:1]),
        "with a status": int(has_code),
        "status": int(has_code and one.status == told["dsn"]),
        "reason": int(one.reason == THEIRS.get(told["reason"], "other")),
        "reply": int(one.reply == told["reply"]),
    })  # fmt: skip
