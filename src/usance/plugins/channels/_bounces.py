"""Mails that come to our return path, in our words.

What such a mail says of each recipient is read in _bounce_report. The parcel is found by the
return path (VERP), else by the message id that is answered to or that was returned. A person who
answers has seen the mail; a machine that answers proves nothing.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from usance.domain.distribution import (
    SOFT,
    DeliveryEvent,
    Found,
    Heard,
    Kind,
    Outcome,
    suppresses,
)
from usance.plugins import Unreadable, _mails

from . import _bounce_report, _bounce_text, _mail
from ._bounce_report import Fate, Recipient, Verdict

# An expanded or relayed mail left the world in which anything is reported.
OUTCOMES = {
    Fate.FAILED: Outcome.BOUNCED,
    Fate.DELAYED: Outcome.DEFERRED,
    Fate.DELIVERED: Outcome.DELIVERED,
    Fate.PASSED_ON: Outcome.SENT,
    Fate.NONE: Outcome.UNREADABLE,
}
_LINE = re.I | re.M
_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that a mail says of what we sent."""

    outcome: Outcome
    code: str
    detail: str
    address: str = ""  # Of the receiver it is about; empty if none is named.


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that came to us, read."""

    id: str  # Of these bytes: the same mail twice has one.
    heard: Heard
    key: str  # Of the parcel it is about; empty: it names none of ours.
    at: datetime
    sender: str
    subject: str
    said: tuple[Said, ...]


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> list[DeliveryEvent]:
    """One event for each report in the mail that is about a parcel of ours, in its order.

    :raises Unreadable: if it is no mail, or says of no moment when it was written or received.
    """
    mail = heard(body, headers, config)
    return list(events(mail, mail.key, config)) if mail.key else []


def events(mail: Mail, key: str, config: Mapping[str, str]) -> Iterator[DeliveryEvent]:
    """What the mail says, said of the parcel with this key."""
    for number, one in enumerate(mail.said, start=1):
        yield DeliveryEvent(
            id=f"{mail.id}-{number}",
            key=key,
            reference=_mail.message_id(key, config),
            outcome=one.outcome,
            at=mail.at,
            code=one.code,
            detail=one.detail,
        )


def heard(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> Mail:
    """What a mail is, whom it is from and what it says.

    `headers` are those of who brought it: "x-envelope-to" is where it was sent, "x-envelope-from"
    who sent it, "x-received-at" when it came (ISO 8601).

    :raises Unreadable: as `read`.
    """
    mail = _mails.slim(body).mail
    if not mail.keys():
        raise Unreadable("no header of a mail", where="line 1")
    if headers.get("x-envelope-from") == "" and not mail.get("Return-Path"):
        mail["Return-Path"] = "<>"  # The last who takes it writes it down (RFC 5321 §4.4).
    try:
        sort, said = _sorted(mail)
    except RecursionError as deep:
        raise Unreadable(_mails.WITHIN, where="mail") from deep
    return Mail(
        id=hashlib.sha256(body).hexdigest()[:32],
        heard=sort,
        key=_key(mail, body, headers, config),
        at=_moment(mail, headers),
        sender=_mail.one_line(_bounce_text.unfolded(mail, "From")),
        subject=_bounce_text.subject(mail),
        said=tuple(said),
    )


def _sorted(mail: Message) -> tuple[Heard, list[Said]]:
    found = _bounce_report.of(mail)
    if found:
        is_reply = all(one.kind is Verdict.AUTO_REPLY for one in found)
        return Heard.AUTO_REPLY if is_reply else Heard.REPORT, list(map(_said, found))
    subject = _bounce_text.subject(mail)
    if _is_from_a_mail_system(mail):
        return Heard.OTHER, [Said(outcome=Outcome.UNREADABLE, code="bounce", detail=subject)]
    if _bounce_text.is_automatic(mail):
        return Heard.AUTO_REPLY, [Said(outcome=Outcome.UNREADABLE, code="mail", detail=subject)]
    if mail.get("In-Reply-To") or mail.get("References"):
        return Heard.ANSWER, [Said(outcome=Outcome.OPENED, code="reply", detail=subject)]
    # Proof that a person saw it is not guessed from a mail that says nothing of the kind.
    return Heard.OTHER, [Said(outcome=Outcome.UNREADABLE, code="mail", detail=subject)]


def _said(one: Recipient) -> Said:
    if one.kind is Verdict.COMPLAINT:
        detail = "The receiver marked it as unwanted."
        return Said(
            outcome=Outcome.COMPLAINED, code="complaint", detail=detail, address=one.address
        )
    says = _mail.one_line(one.says)
    if one.kind is Verdict.AUTO_REPLY:
        return Said(outcome=Outcome.UNREADABLE, code="auto-reply", detail=says)
    # A code that we made from the words is not the carrier's own.
    code = one.status if one.is_stated else "bounce"
    outcome, detail = OUTCOMES[one.fate], says or one.address
    alone = Found(kind=Kind.EMAIL, outcome=outcome, code=code, detail=detail)
    if one.kind is not Verdict.HARD and suppresses(alone):
        code = f"{SOFT} {code}"
    return Said(outcome=outcome, code=code, detail=detail, address=one.address)


def _key(mail: Message, body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> str:
    host = re.escape(_mail.domain(config))
    verp = re.compile(rf"\b{re.escape(_mail.prefix(config))}\+([\w.=-]{{1,50}})@{host}\b", re.I)
    sent_to = [headers.get("x-envelope-to", ""), *(v for n in _TO for v in mail.get_all(n, []))]
    for value in sent_to:
        if found := verp.search(str(value)):
            return found[1]
    ours = re.compile(rf"<([\w.=-]{{1,50}})@{host}>", re.I)
    for name in ("In-Reply-To", "References"):
        if found := ours.search(str(mail.get(name, ""))):
            return found[1]
    for stated in re.findall(rb"^Message-ID:\s*(<[^>\r\n]{1,200}>)", _returned(mail, body), _LINE):
        if found := ours.fullmatch(stated.decode("ascii", "replace")):
            return found[1]
    return ""


def _returned(mail: Message, body: bytes) -> bytes:
    """What stands below the notice's own header: the returned message or its header."""
    _, _, below = body.replace(b"\r\n", b"\n").partition(b"\n\n")
    return below


def _moment(mail: Message, headers: Mapping[str, str]) -> datetime:
    for text, parse in (
        (str(mail.get("Date", "")), parsedate_to_datetime),
        (headers.get("x-received-at", ""), datetime.fromisoformat),
    ):
        try:
            at = parse(text)
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, TypeError, IndexError, OverflowError):  # The last: 9999-12-31 -1200.
            continue
    raise Unreadable("neither a Date nor a moment of receipt", where="Date")


def _is_from_a_mail_system(mail: Message) -> bool:
    is_unanswerable = str(mail.get("Return-Path", "")).strip() == "<>"
    return is_unanswerable or _bounce_text.is_from_a_mail_system(mail)
