"""Letters and payable invoices into Digipost's mailboxes, for people and organisations in Norway.

Our key is the message's id, and the document's uuid is made of it. Digipost takes an id once: the
second time it answers 400, and the document's status, which can be asked by its uuid, says that it
is there. So a message may be sent again, and what nobody knows can be asked. Digipost never calls
back: that it lies in the mailbox stands in the answer to the message, what was opened or failed
later is fetched.

Source: Digipost API v8, "Send", "Invoice", "Response Codes" (digipost.github.io/
digipost-technical-docs); api_v8.xsd; datatypes.xsd; documents/{sender}/{uuid}/status and
documents/events of its Java client.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import httpx
from lxml import etree

from usance.domain.distribution import (
    Attachment,
    DeliveryEvent,
    Handed,
    Handover,
    Kind,
    Outcome,
    Parcel,
)
from usance.plugins import TryLater, Unreadable, _digipost
from usance.plugins._digipost import NoAnswer, Session, element, read_answer, text_of
from usance.plugins._identities import NoIdentity, norwegian
from usance.plugins._machine_time import signing_time, told_at

from . import FETCHED_AS, Forged, _answers, _shown
from ._patience import hand_over
from ._payment import Payment, payment_of

KINDS = frozenset({Kind.MAILBOX})
CONFIG: Mapping[str, str] = {
    **_digipost.CONFIG,
    "fetch_days": "how far back events are asked for; without it 30",
}
TAKES_KEY = True
PAYABLE = True  # It takes the payment data.
ASKABLE = True

# Event types of api_v8.xsd; a notification that failed says nothing about the letter.
OUTCOMES = {
    "OPENED": Outcome.OPENED,
    "POSTMARKED": Outcome.SENT,
    "PRINT_FAILED": Outcome.BOUNCED,
    "SHREDDED": Outcome.RETURNED,
    "PEPPOL_DELIVERED": Outcome.DELIVERED,
    "PEPPOL_FAILED": Outcome.BOUNCED,
    "EMAIL_MESSAGE_SENT": Outcome.SENT,
    "EMAIL_MESSAGE_FAILED": Outcome.BOUNCED,
}
# What an answer's status says of the channel it names: it lies in the mailbox, or it left for a
# provider of the receiver's. What goes to print is on its way to nobody yet.
AT_HANDOVER = {
    ("DIGIPOST", "DELIVERED"): Outcome.DELIVERED,
    ("PEPPOL", "DELIVERED"): Outcome.SENT,
    ("EMAIL", "DELIVERED"): Outcome.SENT,
}
AT_ONCE = 100  # Events in one answer.
MOST = 1_000_000  # Events in all the days: an end, if Digipost knows none.
FETCH_DAYS = 30
DATATYPES = "http://api.digipost.no/schema/datatypes"
OURS_NAMESPACE = UUID("6f2f6d0b-5c0e-4f0e-9a3c-2b6c2f6f9d11")
# 404 is about the receiver: no user of Digipost's, or one who left.
OURS = _answers.OURS - {404}


def send(parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
    session = Session(config)
    with session.client:
        yield from hand_over(parcels, lambda parcel: _deliver(session, parcel, config))


def status(key: str, config: Mapping[str, str]) -> Handover:
    """REFUSED: Digipost has no document of this key. UNKNOWN: it could not be asked."""
    session = Session(config)
    with session.client:
        return _asked(session, key, config)[0]


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> list[DeliveryEvent]:
    """The events of a page that was fetched.

    :raises Forged: if nobody fetched it: Digipost does not call back.
    :raises Unreadable: if it is no page of events.
    """
    if not config.get(FETCHED_AS):
        raise Forged("Digipost does not call back")
    try:
        return [_event(one) for one in read_answer(body, "document-events")]
    except (NoAnswer, ValueError) as broken:
        raise Unreadable(str(broken), where="body") from broken


def fetch(config: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """What happened to our documents in the last days, page by page.

    :raises TryLater: if Digipost cannot be asked.
    """
    until = signing_time(config)
    since = until - timedelta(days=int(config.get("fetch_days", "") or FETCH_DAYS))
    session = Session(config)
    with session.client:
        for offset in range(0, MOST, AT_ONCE):
            page = _page(session, since, until, offset)
            count = page.count(b"<event ")
            if count:
                yield f"{since:%Y%m%d}-{until:%Y%m%d}-{offset}", page
            if count < AT_ONCE:
                return


def done(name: str, config: Mapping[str, str]) -> None:
    """Nothing is put away at Digipost: events leave with the days, and have ids."""


def document_uuid(key: str) -> UUID:
    """Our keys are UUIDs themselves; any other text gets one of its own."""
    try:
        return UUID(hex=key)
    except ValueError:
        return uuid5(OURS_NAMESPACE, key)


def shown(parcel: Parcel, config: Mapping[str, str]) -> str:
    """The request for people to read: the letter's XML; of documents their names and lengths."""
    try:
        media_type, body = _message(parcel)
    except NoIdentity as nobody:
        return str(nobody)
    letter = body.split(b"\r\n\r\n", 1)[1].partition(b"\r\n--")[0]
    headers = {"content-type": media_type, "x-digipost-signature": "made for each call"}
    kept = [f"{one.name}: {len(one.content)} bytes" for one in parcel.attachments]
    whole = letter.decode("utf-8", "replace") + "\n\n" + "\n".join(kept)
    return _shown.request(f"POST {config.get('url', '')}/messages", headers, whole.encode())


def _deliver(session: Session, parcel: Parcel, config: Mapping[str, str]) -> _answers.Outcome:
    key = parcel.key
    try:
        media_type, body = _message(parcel)
    except NoIdentity as nobody:
        return _answers.refused(key, str(nobody))
    answer = _answers.ask(key, lambda: session.post("/messages", body, media_type))
    if isinstance(answer, tuple):
        return answer
    if answer.status_code == 400:
        # Was the id taken before? Only that it was not makes a refusal of it.
        known = _asked(session, key, config)
        if known[0].came_to is not Handed.REFUSED:
            return known
    if answer.status_code not in (200, 201):
        return _answers.judged(key, answer, _digipost.fault(answer), ours=OURS)
    try:
        delivery = read_answer(answer.content, "message-delivery")
    except NoAnswer as broken:
        return _answers.unknown(key, f"{answer.status_code} that cannot be read: {broken}")
    uuid = text_of(delivery, "primary-document/uuid") or str(document_uuid(key))
    if uuid != str(document_uuid(key)):
        return _answers.unknown(key, f"{answer.status_code} about another document")
    by = text_of(delivery, "delivery-method"), text_of(delivery, "status")
    stated = text_of(delivery, "delivery-time")
    return _taken(key, uuid, by, stated, answer.content, config)


def _taken(
    key: str,
    uuid: str,
    by: tuple[str, str],
    stated: str,
    raw: bytes,
    config: Mapping[str, str],
) -> _answers.Outcome:
    """Taken, with what the answer says of it by then: its channel and status, and since when."""
    try:
        at = datetime.fromisoformat(stated)
    except ValueError:
        at = told_at(config)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    taken, is_there = _answers.accepted(key, uuid, " ".join(by).strip())
    return _answers.arrived(taken, AT_HANDOVER.get(by), by[1], at, raw), is_there


def _asked(session: Session, key: str, config: Mapping[str, str]) -> _answers.Outcome:
    uuid = document_uuid(key)
    answer = _answers.ask(key, lambda: session.get(f"/documents/{session.sender}/{uuid}/status"))
    if isinstance(answer, tuple):
        return _answers.unknown(key, answer[0].detail)
    if answer.status_code == 404:
        return _answers.refused(key, "Digipost has no such document.")
    try:
        if answer.status_code != 200:
            raise NoAnswer(f"{answer.status_code} {_digipost.fault(answer)}")
        found = read_answer(answer.content, "document-status")
    except NoAnswer as broken:
        return _answers.unknown(key, str(broken))
    if found.get("uuid", str(uuid)) != str(uuid):
        return _answers.unknown(key, "it told of another document")
    by = found.get("channel", ""), found.get("status", "")
    stated = found.get("delivered") or found.get("created") or ""
    return _taken(key, str(uuid), by, stated, answer.content, config)


def _message(parcel: Parcel) -> tuple[str, bytes]:
    """The multipart body and its media type: the letter's XML, then each document's bytes.

    :raises NoIdentity: if the address is no Norwegian person's or organisation's.
    """
    kind, value = norwegian(parcel.address.get("mailbox", ""))
    papers = [one for one in parcel.attachments if one.media_type == "application/pdf"]
    papers = papers or [_as_text(parcel)]
    first = document_uuid(parcel.key)
    uuids = [first, *(uuid5(first, str(n)) for n in range(1, len(papers)))]
    documents = [
        _document("primary-document" if not n else "attachment", uuid, paper, parcel)
        for n, (uuid, paper) in enumerate(zip(uuids, papers, strict=True))
    ]
    message = element(
        "message",
        element("message-id", text=parcel.key),
        element("recipient", element(kind, text=value)),
        *documents,
    )
    boundary = f"usance-{first.hex}"
    parts = [_part("message", _digipost.MEDIA_TYPE, _digipost.written(message))]
    parts += [
        _part(str(uuid), paper.media_type, paper.content)
        for uuid, paper in zip(uuids, papers, strict=True)
    ]
    edge = f"--{boundary}".encode()
    body = b"".join(edge + b"\r\n" + part + b"\r\n" for part in parts) + edge + b"--\r\n"
    return f"multipart/vnd.digipost-v8+xml; boundary={boundary}", body


def _document(name: str, uuid: UUID, paper: Attachment, parcel: Parcel) -> etree._Element:
    """In the schema's order."""
    inside = [
        element("uuid", text=str(uuid)),
        element("subject", text=parcel.subject[:255] or paper.name),
        element("file-type", text=paper.name.rpartition(".")[2].lower() or "pdf"),
        element("authentication-level", text="PASSWORD"),
        element("sensitivity-level", text="NORMAL"),
    ]
    payment = payment_of(parcel)
    if name == "primary-document" and payment and (account := _account(payment)):
        inside.append(element("data-type", _invoice(payment, account)))
    return element(name, *inside)


def _invoice(payment: Payment, account: str) -> etree._Element:
    made = etree.Element(f"{{{DATATYPES}}}invoice", nsmap={None: DATATYPES})  # type: ignore[dict-item]  # The stubs do not know None.
    told = {
        # A moment is asked for: the day's first hour, in winter and in summer.
        "due-date": f"{payment.due_on.isoformat()}T00:00:00+01:00",
        "sum": str(payment.money.decimal),
        "creditor-account": account,
    }
    if payment.reference.isdigit():  # A KID is digits alone; an RF reference is none.
        told["kid"] = payment.reference
    for name, text in told.items():
        etree.SubElement(made, f"{{{DATATYPES}}}{name}").text = text
    return made


def _account(payment: Payment) -> str:
    """The Norwegian account of eleven digits in the IBAN. Nothing: it cannot be paid there."""
    iban = payment.account.replace(" ", "")
    is_payable = payment.amount.currency == "NOK" and payment.amount.minor > 0
    return iban[4:] if is_payable and iban.startswith("NO") and len(iban) == 15 else ""


def _as_text(parcel: Parcel) -> Attachment:
    return Attachment(name="letter.txt", media_type="text/plain", content=parcel.text.encode())


def _part(name: str, media_type: str, content: bytes) -> bytes:
    quoted = f'"{name}"' if name == "message" else name
    head = f"Content-Type: {media_type}\r\nContent-Disposition: attachment; filename={quoted}"
    return head.encode() + b"\r\n\r\n" + content


def _page(session: Session, since: datetime, until: datetime, offset: int) -> bytes:
    asked = {
        "from": since.isoformat(timespec="milliseconds"),
        "to": until.isoformat(timespec="milliseconds"),
        "offset": str(offset),
        "maxResults": str(AT_ONCE),
        "sender": session.sender,
    }
    try:
        answer = session.get("/documents/events", **asked)
        if answer.status_code != 200:
            raise TryLater(f"{answer.status_code} {_digipost.fault(answer)}")
        read_answer(answer.content, "document-events")
    except (httpx.HTTPError, NoAnswer) as trouble:
        raise TryLater(_answers.words(trouble)) from trouble
    return answer.content


def _event(found: etree._Element) -> DeliveryEvent:
    uuid, kind, created = (
        UUID(found.get("uuid", "")),
        found.get("type", ""),
        found.get("created", ""),
    )
    about = found[0] if len(found) else None
    return DeliveryEvent(
        id=f"{uuid}:{kind}:{created}",
        key=uuid.hex if uuid.version == 7 else "",  # Ours are; others come from a test.
        reference=str(uuid),
        outcome=OUTCOMES.get(kind, Outcome.UNREADABLE),
        at=datetime.fromisoformat(created),
        code=kind,
        detail=about.get("error-code", "") if about is not None else "",
    )
