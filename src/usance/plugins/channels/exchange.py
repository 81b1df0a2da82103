"""E-invoices as files on an access point's SFTP server, and its answers as files from there.

    in/<key>.xml       we put the UBL here, named by our key, whole (written as .part, renamed)
    taken/<key>.xml    the access point moves it here when it has taken it, and keeps the name
    out/<anything>     it puts answers here: a receipt, a status, what the buyer says
    read/<anything>    we move answers here when they stand in our books

Because the name is the key and stays visible in `in` or `taken`, the same key twice is one
delivery, and what became of a key can be asked. A file in `out` is called
`<key>.<what>.<anything>`: `sent` (the receiving access point gave its receipt), `failed` (with the
reason as text inside), or `answer`: an ApplicationResponse (Message Level Status, Invoice
Response), whose envelope only the access point could open and so names our key.

Source: no standard says how: this is what InExchange, Pagero and Basware describe of theirs
(files by SFTP, renamed when whole, receipts as files), in the least form that answers every
question. The answers themselves: _application_response.
"""

from collections.abc import Iterator, Mapping, Sequence
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
)
from usance.plugins import TryLater, Unreadable

from . import FETCHED_AS, Forged, _application_response, _sftp
from ._einvoice import is_participant, ubl_of
from ._patience import hand_over
from ._sftp import Denied, NotReached, Server, Unsure, words

KINDS = frozenset({Kind.EINVOICE})
CONFIG: Mapping[str, str] = _sftp.CONFIG | {
    "root": "folder that holds in, taken, out and read; without it where the login arrives",
}
TAKES_KEY = True
ASKABLE = True

WORDS = {"sent": Outcome.SENT, "failed": Outcome.BOUNCED}
ANSWER = "answer"


def send(parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
    if not parcels:
        return
    with Server(config) as server:
        yield from hand_over(parcels, lambda parcel: _put(server, parcel, config))


def status(key: str, config: Mapping[str, str]) -> Handover:
    """REFUSED: it is in no folder, so it was never there. UNKNOWN: nobody could look."""
    try:
        with Server(config) as server:
            if _is_there(server, key, config):
                return Handover(key=key, came_to=Handed.ACCEPTED, reference=key)
    except (NotReached, Denied) as trouble:
        return Handover(key=key, came_to=Handed.UNKNOWN, detail=words(trouble))
    return Handover(key=key, came_to=Handed.REFUSED, detail="The file is in no folder.")


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> Sequence[Report]:
    """One file of `out`; its name tells the key and what it is.

    :raises Forged: if we did not fetch it ourselves: nobody calls.
    :raises Unreadable: if its name or its content is not as the module says.
    """
    name = config.get(FETCHED_AS, "")
    if not name:
        raise Forged("this carrier does not call; its files are fetched")
    key, _, rest = name.partition(".")
    what, _, _ = rest.partition(".")
    if not key or not what:
        raise Unreadable("the name is not <key>.<what>.<anything>", where=name)
    if what == ANSWER:
        return _application_response.reports(_application_response.read(body), key=key)
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


def fetch(config: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """:raises TryLater: if the server is not there, or no longer."""
    try:
        with Server(config) as server:
            folder = _path(config, "out")
            for name in server.names(folder):
                yield (
                    name,
                    server.get(f"{folder}/{name}", largest=_application_response.LARGEST_BYTES),
                )
    except (NotReached, Denied) as trouble:
        raise TryLater(words(trouble)) from trouble


def done(names: Sequence[str], config: Mapping[str, str]) -> None:
    """:raises TryLater: if the server is not there."""
    try:
        with Server(config) as server:
            for name in names:
                server.move(_path(config, "out", name), _path(config, "read", name))
    except (NotReached, Denied) as trouble:
        raise TryLater(words(trouble)) from trouble


def _put(server: Server, parcel: Parcel, config: Mapping[str, str]) -> tuple[Handover, bool]:
    """What it came to, and whether the server is up."""
    found = _fit(parcel)
    if isinstance(found, str):
        return Handover(key=parcel.key, came_to=Handed.REFUSED, detail=found), True
    try:
        if not _is_there(server, parcel.key, config):
            server.put(_path(config, "in", f"{parcel.key}.xml"), found.content)
    except NotReached as trouble:
        return Handover(key=parcel.key, came_to=Handed.TRY_LATER, detail=words(trouble)), False
    except Denied as trouble:
        return Handover(key=parcel.key, came_to=Handed.TRY_LATER, detail=words(trouble)), True
    except Unsure as trouble:
        return Handover(key=parcel.key, came_to=Handed.UNKNOWN, detail=words(trouble)), False
    return Handover(key=parcel.key, came_to=Handed.ACCEPTED, reference=parcel.key), True


def _fit(parcel: Parcel) -> Attachment | str:
    """The document to put, or why there is none."""
    if not is_participant(parcel.address.get("einvoice", "")):
        return "The address is no participant identifier like 0007:5560001111."
    return ubl_of(parcel) or "The parcel holds no UBL document."


def _is_there(server: Server, key: str, config: Mapping[str, str]) -> bool:
    return any(server.has(_path(config, folder, f"{key}.xml")) for folder in ("in", "taken"))


def _path(config: Mapping[str, str], *parts: str) -> str:
    return "/".join(filter(None, (config.get("root", "").rstrip("/"), *parts)))


def _received(headers: Mapping[str, str]) -> datetime:
    """A receipt has no moment of its own: it counts from when it was fetched."""
    return datetime.fromisoformat(headers["x-received-at"]).astimezone(UTC)
