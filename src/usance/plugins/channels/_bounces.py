"""Mails that come to our return path, in our words.

A delivery status notification (RFC 3464) says what happened; others are read by flufl.bounce. The
parcel is found by the return path (VERP), else by the message id in what was returned. A person
who answers has seen the mail; a machine that answers proves nothing.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

from flufl.bounce import all_failures

from usance.domain.distribution import DeliveryEvent, Outcome
from usance.plugins import Unreadable

from . import _mail

# RFC 3464 §2.3.3. An expanded or relayed mail left the world in which anything is reported.
ACTIONS = {
    "failed": Outcome.BOUNCED,
    "delayed": Outcome.DEFERRED,
    "delivered": Outcome.DELIVERED,
    "relayed": Outcome.SENT,
    "expanded": Outcome.SENT,
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
        for number, (outcome, code, detail) in enumerate(_reports(mail, body), start=1)
    ]


def _reports(mail: Message, body: bytes) -> Iterator[tuple[Outcome, str, str]]:
    status = next((p for p in mail.walk() if _type(p) == "message/delivery-status"), None)
    if status is not None:
        yield from _notified(status)
    elif any(_type(part) == "message/feedback-report" for part in mail.walk()):
        yield Outcome.DELIVERED, "complaint", "The receiver marked it as unwanted."
    elif _is_automatic(mail) and not _is_from_a_mail_system(mail):
        yield Outcome.UNREADABLE, "auto-reply", _mail.one_line(str(mail.get("Subject", "")))
    else:
        temporary, permanent = all_failures(mail)
        if permanent or temporary:
            outcome = Outcome.BOUNCED if permanent else Outcome.DEFERRED
            addresses = sorted(
                address.decode("ascii", "replace") for address in permanent or temporary
            )
            yield outcome, "bounce", " ".join(addresses)
        elif _is_from_a_mail_system(mail):
            yield Outcome.UNREADABLE, "bounce", _mail.one_line(str(mail.get("Subject", "")))
        elif mail.get("In-Reply-To") and not _is_automatic(mail):
            yield Outcome.OPENED, "reply", _mail.one_line(str(mail.get("Subject", "")))
        else:
            # Proof that a person saw it is not guessed from a mail that says nothing of the kind.
            yield Outcome.UNREADABLE, "mail", _mail.one_line(str(mail.get("Subject", "")))


def _notified(status: Message) -> Iterator[tuple[Outcome, str, str]]:
    """The first block is about the message, each further one about a recipient (RFC 3464 §2.1)."""
    blocks = status.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if not (isinstance(block, Message) and block.get("Action")):
            continue
        action = str(block["Action"]).strip().lower()
        code = str(block.get("Status", "")).split(" ")[0].strip() or action
        detail = _mail.one_line(str(block.get("Diagnostic-Code", "")))
        yield ACTIONS.get(action, Outcome.UNREADABLE), code, detail


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


def _is_automatic(mail: Message) -> bool:
    stated = str(mail.get("Auto-Submitted", "no")).strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    return (
        stated.startswith("auto")
        or precedence in ("auto_reply", "junk")
        or any(mail.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autogenerated"))
    )


def _is_from_a_mail_system(mail: Message) -> bool:
    author = str(mail.get("From", "")).lower()
    empty = str(mail.get("Return-Path", "")).strip() == "<>"
    return "mailer-daemon" in author or "postmaster" in author or empty


def _type(part: Message) -> str:
    return part.get_content_type()
