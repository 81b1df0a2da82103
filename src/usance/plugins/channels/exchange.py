"""E-invoices as files on an access point's SFTP server, and its answers as files from there.

    in/<key>.xml       we put the UBL here, named by our key, whole (written as .part, renamed)
    taken/<key>.xml    the access point moves it here when it has taken it, and keeps the name
    out/<anything>     it puts answers here: a receipt, a status, what the buyer says
    out/done/          we move answers here when they stand in our books

Because the name is the key and stays visible in `in` or `taken`, the same key twice is one
delivery, and what became of a key can be asked. A file in `out` is called
`<key>.<what>.<anything>`: `sent` (the receiving access point gave its receipt), `failed` (with the
reason as text inside), or `answer`: an ApplicationResponse (Message Level Status, Invoice
Response), whose envelope only the access point could open and so names our key. To an invoice that
we did not send it has none: the file is called after the envelope's sender, `0007-5566778899`, and
only what that one says in its own name is believed.

Source: no standard says how: this is what InExchange, Pagero and Basware describe of theirs
(files by SFTP, renamed when whole, receipts as files), in the least form that answers every
question. The answers themselves: _application_response.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from usance.domain.distribution import (
    Attachment,
    DeliveryEvent,
    Handed,
    Handover,
    Kind,
    Outcome,
    Parcel,
    Report,
    Response,
)
from usance.plugins import TryLater, Unreadable

from . import FETCHED_AS, Forged, _application_response, _shown
from ._einvoice import is_participant, ubl_of
from ._patience import hand_over
from ._sftp import LOST, NOT_THERE, Drop

KINDS = frozenset({Kind.EINVOICE})
CONFIG: Mapping[str, str] = {
    "host": "of the access point",
    "port": "without it 22",
    "user": "ours there",
    "password": "if it gives one",
    "private_key": "ours, OpenSSH or PEM; without it the password",
    "host_key": "its public key, such as ssh-ed25519 AAAA…; nobody else is believed",
    "folder": "that holds in, taken and out; without it the one that the login opens",
    "timeout_seconds": "for each answer; without it 30",
    "inbound": "fetched: the caller fetched the answers itself; nobody else is believed",
}
TAKES_KEY = True
ASKABLE = True

_SIGNS = re.compile(r"\W|_")  # What may stand between a scheme and its number in a file's name.
WORDS = {"sent": Outcome.SENT, "failed": Outcome.BOUNCED}
ANSWER = "answer"


def send(parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
    with Drop(config) as drop:
        yield from hand_over(parcels, lambda parcel: _put(drop, parcel))


def status(key: str, config: Mapping[str, str]) -> Handover:
    """REFUSED: it is in no folder, so it was never there. UNKNOWN: nobody could look."""
    with Drop(config) as drop:
        try:
            if _is_there(drop, key):
                return Handover(key=key, came_to=Handed.ACCEPTED, reference=key)
        except LOST as trouble:
            return Handover(key=key, came_to=Handed.UNKNOWN, detail=_words(trouble))
    return Handover(key=key, came_to=Handed.REFUSED, detail="The file is in no folder.")


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> Sequence[Report]:
    """One file of `out`; its name tells the key and what it is.

    :raises Forged: if we did not fetch it ourselves: nobody calls.
    :raises Unreadable: if its name or its content is not as the module says.
    """
    name = config.get(FETCHED_AS, "")
    if config.get("inbound", "") != "fetched" or not name:
        raise Forged("this carrier does not call; its files are fetched")
    key, _, rest = name.partition(".")
    what, _, _ = rest.partition(".")
    if not key or not what:
        raise Unreadable("the name is not <key>.<what>.<anything>", where=name)
    if what == ANSWER:
        answer = _application_response.read(body)
        said = _application_response.report(answer, key=key)
        if isinstance(said, Response) and _SIGNS.sub("", key) != _SIGNS.sub("", answer.sender):
            said = replace(said, number="", seller="", buyer="")
        return [said]
    if len(body) > 10_000:
        raise Unreadable(f"{len(body)} bytes are no receipt", where=name)
    return [
        DeliveryEvent(
            id=name,
            key=key,
            reference="",
            outcome=WORDS.get(what, Outcome.UNREADABLE),
            at=_received(headers),
            code=what,
            detail=" ".join(body.decode("utf-8", errors="replace").split()),
        )
    ]


def shown(parcel: Parcel, config: Mapping[str, str]) -> str:
    """The file for people to read: its name there, and the document."""
    document = ubl_of(parcel)
    place = f"{config.get('folder', '').rstrip('/')}/in/{parcel.key}.xml".lstrip("/")
    head = f"PUT sftp://{config.get('user', '')}@{config.get('host', '')}/{place}"
    return _shown.request(head, {}, document.content if document else b"")


def fetch(config: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """:raises TryLater: if the server is not there, or no longer."""
    with Drop(config) as drop:
        try:
            for name in drop.names("out"):
                largest = _application_response.LARGEST_BYTES
                yield name, drop.read(f"out/{name}", largest=largest)
        except LOST as trouble:
            raise TryLater(_words(trouble)) from trouble


def done(name: str, config: Mapping[str, str]) -> None:
    """:raises TryLater: if the server is not there."""
    with Drop(config) as drop:
        drop.put_away("out", name)


def _put(drop: Drop, parcel: Parcel) -> tuple[Handover, bool]:
    """What it came to, and whether the server is up."""
    found, place = _fit(parcel), f"in/{parcel.key}.xml"
    if isinstance(found, str):
        return Handover(key=parcel.key, came_to=Handed.REFUSED, detail=found), True
    try:
        if _is_there(drop, parcel.key):
            return Handover(key=parcel.key, came_to=Handed.ACCEPTED, reference=parcel.key), True
        drop.write(f"{place}.part", found.content)
    except LOST as trouble:
        drop.close()
        return Handover(key=parcel.key, came_to=Handed.TRY_LATER, detail=_words(trouble)), False
    try:
        drop.rename(f"{place}.part", place)
    except NOT_THERE as trouble:
        return Handover(key=parcel.key, came_to=Handed.TRY_LATER, detail=_words(trouble)), False
    except LOST as trouble:
        drop.close()
        return Handover(key=parcel.key, came_to=Handed.UNKNOWN, detail=_words(trouble)), False
    return Handover(key=parcel.key, came_to=Handed.ACCEPTED, reference=parcel.key), True


def _fit(parcel: Parcel) -> Attachment | str:
    """The document to put, or why there is none."""
    if not is_participant(parcel.address.get("einvoice", "")):
        return "The address is no participant identifier like 0007:5560001111."
    return ubl_of(parcel) or "The parcel holds no UBL document."


def _is_there(drop: Drop, key: str) -> bool:
    return drop.exists(f"taken/{key}.xml") or drop.exists(f"in/{key}.xml")


def _words(trouble: BaseException) -> str:
    return f"{type(trouble).__name__}: {trouble}".rstrip(": ")


def _received(headers: Mapping[str, str]) -> datetime:
    """A receipt has no moment of its own: it counts from when it was fetched."""
    return datetime.fromisoformat(headers["x-received-at"]).astimezone(UTC)
