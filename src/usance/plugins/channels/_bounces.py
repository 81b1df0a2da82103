"""Mails that come to our return path, in our words.

What such a mail says of each recipient is read in _bounce_report. The parcel is found by the
return path (VERP), else by the message id in what was returned. A person who answers has seen the
mail; a machine that answers proves nothing.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

from usance.domain.distribution import DeliveryEvent, Outcome
from usance.plugins import Unreadable

from . import _bounce_report, _bounce_text, _mail
from ._bounce_report import Fate, Verdict

# An expanded or relayed mail left the world in which anything is reported.
OUTCOMES = {
    Fate.FAILED: Outcome.BOUNCED,
    Fate.DELAYED: Outcome.DEFERRED,
    Fate.DELIVERED: Outcome.DELIVERED,
    Fate.PASSED_ON: Outcome.SENT,
    Fate.NONE: Outcome.UNREADABLE,
}
_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> list[DeliveryEvent]:
    """One event for each report in the mail that is about a parcel of ours, in its order.

    :raises Unreadable: if it is no mail, or says of no moment when it was written or received.
    """
    mail = message_from_bytes(body)
    if not mail.keys():
        raise Unreadable("no header of a mail", where="line 1")
    key = _key(mail, body, config)
    if not key:
        return []
    at = _moment(mail, headers)
    name = hashlib.sha256(body).hexdigest()[:32]
    return [
        DeliveryEvent(
            id=f"{name}-{number}",
            key=key,
            reference=_mail.message_id(key, config),
            outcome=outcome,
            at=at,
            code=code,
            detail=detail,
        )
        for number, (outcome, code, detail) in enumerate(_reports(mail), start=1)
    ]


def _reports(mail: Message) -> Iterator[tuple[Outcome, str, str]]:
    found = _bounce_report.of(mail)
    for one in found:
        if one.kind is Verdict.COMPLAINT:
            yield Outcome.DELIVERED, "complaint", "The receiver marked it as unwanted."
        elif one.kind is Verdict.AUTO_REPLY:
            yield Outcome.UNREADABLE, "auto-reply", _mail.one_line(one.says)
        else:
            # A code that we made from the words is not the carrier's own.
            code = one.status if one.is_stated else "bounce"
            yield OUTCOMES[one.fate], code, _mail.one_line(one.says or one.address)
    if found:
        return
    subject = _mail.one_line(str(mail.get("Subject", "")))
    if _is_from_a_mail_system(mail):
        yield Outcome.UNREADABLE, "bounce", subject
    elif mail.get("In-Reply-To") and not _bounce_text.is_automatic(mail):
        yield Outcome.OPENED, "reply", subject
    else:
        # Proof that a person saw it is not guessed from a mail that says nothing of the kind.
        yield Outcome.UNREADABLE, "mail", subject


def _key(mail: Message, body: bytes, config: Mapping[str, str]) -> str:
    host = re.escape(_mail.domain(config))
    verp = re.compile(rf"\b{re.escape(_mail.prefix(config))}\+([\w.=-]{{1,50}})@{host}\b", re.I)
    for name in _TO:
        for value in mail.get_all(name, []):
            if found := verp.search(str(value)):
                return found[1]
    ours = re.compile(rf"<([\w.=-]{{1,50}})@{host}>", re.I)
    for name in ("In-Reply-To", "References"):
        if found := ours.search(str(mail.get(name, ""))):
            return found[1]
    returned = re.search(rb"^Message-ID:\s*(<[^>\r\n]{1,200}>)", _returned(mail, body), re.I | re.M)
    found = ours.fullmatch(returned[1].decode("ascii", "replace")) if returned else None
    return found[1] if found else ""


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
        except (ValueError, TypeError, IndexError):
            continue
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    raise Unreadable("neither a Date nor a moment of receipt", where="Date")


def _is_from_a_mail_system(mail: Message) -> bool:
    is_unanswerable = str(mail.get("Return-Path", "")).strip() == "<>"
    return is_unanswerable or _bounce_text.is_from_a_mail_system(mail)
