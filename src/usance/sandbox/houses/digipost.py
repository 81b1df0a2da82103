"""Digipost's mailboxes: signed requests, a message id taken once, events that are asked for.

Who has a number that ends in 9999 has no mailbox here.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import cache
from typing import NamedTuple
from urllib.parse import urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from usance.plugins import _digipost
from usance.plugins._digipost import NoAnswer, element, read_answer, text_of
from usance.sandbox.distributor import Carried, Unfit
from usance.sandbox.reading import demand
from usance.sandbox.serving import Reply, Request
from usance.sandbox.trouble import not_taken, spoiled
from usance.sandbox.world import World

from . import Event, Route

KIND = "channels"
ALSO = ("directories",)
NAME = "digipost"
CALLS = False
SENDER = "497013"
SKEW = timedelta(minutes=5)
WORDS = {"opened": "OPENED"}  # That it was delivered stands in the answer to the message.


class _Sent(NamedTuple):
    id: str
    to: str
    uuid: str
    documents: list[tuple[str, bytes]]


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def config(url: str, secret: str) -> dict[str, str]:
    pem = _key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {"url": f"{url}/digipost", "sender": SENDER, "private_key": pem.decode()}


def report(events: Sequence[Event]) -> bytes:
    """Never asked for: Digipost does not call back."""
    return b""


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    return {}


async def take(world: World, request: Request) -> Reply:
    if refused := _not_let_in(request):
        return refused
    try:
        sent = _read(request)
    except (NoAnswer, ValueError) as broken:
        return _fault(400, "INVALID_MESSAGE", str(broken))
    if _is_nobody(sent.to):
        return _fault(404, "UNKNOWN_RECIPIENT", "The recipient is not a Digipost user")
    if sent.id in world.distributor.carried:
        return _fault(400, "MESSAGE_ID_USED", "The message-id has been previously used")
    fault = world.faults.of_call("message " + sent.id)
    if refused := not_taken(fault):
        return refused
    digest = hashlib.sha256(request.body).hexdigest()
    recipient = {"mailbox": sent.to, "uuid": sent.uuid}
    found = demand(sent.documents, None)
    try:
        carried, _ = world.deliver(NAME, sent.id, "mailbox", recipient, digest, found, "")
    except Unfit as unfit:
        return _fault(400, unfit.code.upper(), str(unfit))
    delivery = element(
        "message-delivery",
        element("message-id", text=sent.id),
        element("delivery-method", text="DIGIPOST"),
        element("sender-id", text=SENDER),
        element("status", text="DELIVERED"),
        element("delivery-time", text=carried.at.isoformat()),
        element("primary-document", element("uuid", text=sent.uuid)),
    )
    return spoiled(fault, _xml(201, delivery), world)


async def status(world: World, request: Request, sender: str, uuid: str) -> Reply:
    if refused := _not_let_in(request):
        return refused
    carried = _carried(world, uuid)
    if carried is None or sender != SENDER:
        return _fault(404, "NOT_FOUND", "No such document")
    told = element("document-status")
    told.attrib.update({
        "uuid": uuid, "sender-id": SENDER, "status": "DELIVERED", "channel": "DIGIPOST",
        "created": carried.at.isoformat(), "is-primary-document": "true",
    })  # fmt: skip
    return _xml(200, told)


async def events(world: World, request: Request) -> Reply:
    if refused := _not_let_in(request):
        return refused
    since, until = (datetime.fromisoformat(request.query[name]) for name in ("from", "to"))
    start, most = int(request.query["offset"]), int(request.query["maxResults"])
    told = element("document-events")
    kept = [
        event
        for event in world.outbox.events[NAME]
        if event["code"] not in ("sent", "delivered")
        and since <= datetime.fromisoformat(event["at"]) < until
    ]
    for event in kept[start : start + most]:
        one = etree.SubElement(told, f"{{{_digipost.NAMESPACE}}}event")
        carried = world.distributor.carried[event["key"]]
        one.attrib.update({
            "uuid": carried.recipient["uuid"],
            "type": WORDS.get(event["code"], event["code"].upper()),
            "created": event["at"], "document-created": carried.at.isoformat(),
        })  # fmt: skip
    return _xml(200, told)


async def identify(world: World, request: Request) -> Reply:
    if refused := _not_let_in(request):
        return refused
    fault = world.faults.of_call("identify " + hashlib.sha256(request.body).hexdigest())
    if refused := not_taken(fault):
        return refused
    who = read_answer(request.body, "identification")[0].text or ""
    told = [element("result", text="DIGIPOST")]
    if _is_nobody(who):
        told = [element("result", text="UNIDENTIFIED")]
        told.append(element("unidentified-reason", text="NOT_FOUND"))
    return spoiled(fault, _xml(200, element("identification-result", *told)), world)


def _read(request: Request) -> _Sent:
    """:raises NoAnswer, ValueError: if a part is missing or does not fit the letter."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    mail = message_from_bytes(head + request.body, policy=policy.HTTP)
    parts = {
        str(part.get_filename()): (part.get_content_type(), _bytes(part))
        for part in mail.iter_parts()
    }
    if "message" not in parts or not request.headers["content-type"].startswith(
        "multipart/vnd.digipost-v8+xml"
    ):
        raise ValueError("the message's XML is missing")
    root = read_answer(parts["message"][1], "message")
    space = f"{{{_digipost.NAMESPACE}}}"
    documents = [*root.findall(f"{space}primary-document"), *root.findall(f"{space}attachment")]
    uuids = [text_of(one, "uuid") for one in documents]
    if sorted(uuids) != sorted(name for name in parts if name != "message"):
        raise ValueError("the documents' uuids and the parts' names do not agree")
    if any(not text_of(one, "subject") for one in documents):
        raise ValueError("subject is blank")
    held = [parts[uuid] for uuid in uuids]
    recipient = root.find(f"{space}recipient")
    if recipient is None or not len(recipient) or not uuids:
        raise ValueError("nobody is addressed, or nothing is sent")
    return _Sent(text_of(root, "message-id"), recipient[0].text or "", uuids[0], held)


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes), "a part of a part"
    return content


def _not_let_in(request: Request) -> Reply | None:
    headers = request.headers
    try:
        away = abs(datetime.now(UTC) - parsedate_to_datetime(headers.get("date", "")))
    except (TypeError, ValueError):
        return _fault(400, "INVALID_DATE", "Date is missing or malformed")
    if away > SKEW:
        return _fault(400, "INVALID_DATE", "Date deviates by more than five minutes")
    digest = base64.b64encode(hashlib.sha256(request.body).digest()).decode()
    if request.body and headers.get("x-content-sha256") != digest:
        return _fault(400, "INVALID_HASH", "X-Content-SHA256 does not match the content")
    query = urlencode(dict(request.query))
    said = _digipost.to_sign(request.method, request.path, headers, query)
    try:
        stated = base64.b64decode(headers.get("x-digipost-signature", ""))
        _key().public_key().verify(stated, said.encode(), padding.PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return _fault(403, "INVALID_SIGNATURE", f"===START==={said}===SLUTT===")
    if headers.get("x-digipost-userid") != SENDER:
        return _fault(403, "NO_CERTIFICATE", "No certificate found for this sender")
    return None


def _carried(world: World, uuid: str) -> Carried | None:
    carried = world.distributor.carried.values()
    return next((x for x in carried if x.house == NAME and x.recipient["uuid"] == uuid), None)


def _is_nobody(number: str) -> bool:
    return number.endswith("9999")


def _fault(status: int, code: str, says: str) -> Reply:
    told = (
        element("error-code", text=code),
        element("error-message", text=says),
        element("error-type", text="CLIENT_DATA"),
    )
    return _xml(status, element("error", *told))


def _xml(status: int, root: etree._Element) -> Reply:
    return Reply(status, _digipost.written(root), {"content-type": _digipost.MEDIA_TYPE})


ROUTES: tuple[Route, ...] = (
    ("POST", "/digipost/messages", take),
    ("GET", "/digipost/documents/([^/]+)/([^/]+)/status", status),
    ("GET", "/digipost/documents/events", events),
    ("POST", "/digipost/identification", identify),
)
