"""Letters to a print house over SFTP (docs/print-drop.md): a PDF and a manifest into a folder.

Everything is written under a temporary name. The manifest's last rename hands the letter over:
before it the house has nothing, while it runs nobody knows, behind it the letter is the house's.
The house moves what it took to `taken/` and keeps the manifests there, so that a key can be asked
about and is never printed twice. What became of letters comes back as CSV files in `out/`, fetched
by a job; a house may also post the same files to us, signed.

Source: our own contract; SFTP version 3 is draft-ietf-secsh-filexfer-02, in which a rename onto a
name that exists fails.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from io import BytesIO

import msgspec
import pikepdf

from usance.domain.distribution import DeliveryEvent, Handed, Handover, Kind, Parcel

from . import _shown, _signature
from ._letters import missing, paper, postal
from ._patience import hand_over
from ._receipts import events_of
from ._sftp import LOST, NOT_THERE, Drop

KINDS = frozenset({Kind.LETTER})
CONFIG: Mapping[str, str] = {
    "host": "of the house",
    "port": "without it 22",
    "user": "ours at the house",
    "password": "if the house gives one",
    "private_key": "ours, OpenSSH or PEM; without it the password",
    "host_key": "the house's public key, such as ssh-ed25519 AAAA…; nobody else is believed",
    "folder": "that holds in, taken and out; without it the one that the login opens",
    "product": "the house's word for how it is posted, passed on in the manifest",
    "duplex": "yes: both sides are printed",
    "window": "name of the envelope's window, passed on in the manifest",
    "timeout_seconds": "for each answer; without it 30",
    "inbound": "fetched: the caller fetched the receipts itself; without it they are signed",
    "webhook_secrets": "whsec_… of a house that posts its receipts, several separated by spaces",
}
TAKES_KEY = True
ASKABLE = True
LARGEST = 30_000_000  # Bytes of a PDF.
LARGEST_RECEIPTS = 10_000_000  # Bytes of a file of receipts.
MOST_FILES = 200  # Fetched at once; the rest comes the next time.


def send(parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
    with Drop(config) as drop:
        yield from hand_over(parcels, lambda parcel: _deliver(drop, parcel, config))


def status(key: str, config: Mapping[str, str]) -> Handover:
    """REFUSED: the house has no manifest of this key. UNKNOWN: it could not be asked."""
    with Drop(config) as drop:
        try:
            is_there = drop.exists(f"taken/{key}.json", f"in/{key}.json")
        except LOST as trouble:
            return _unknown(key, _words(trouble))
    if is_there:
        return Handover(key=key, came_to=Handed.ACCEPTED, reference=key)
    return Handover(key=key, came_to=Handed.REFUSED, detail="The house has no such manifest.")


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> list[DeliveryEvent]:
    """The lines of a file of receipts. A word that we do not know is UNREADABLE, kept.

    :raises Forged: if nobody fetched it and no secret fits (see _signature).
    :raises Unreadable: if it is not the CSV of docs/print-drop.md, with the line.
    """
    if config.get("inbound", "") != "fetched":
        _signature.verify(body, headers, secrets=config.get("webhook_secrets", ""))
    return list(events_of(body))


def shown(parcel: Parcel, config: Mapping[str, str]) -> str:
    """The two files for people to read: the PDF by its name, the manifest as it is."""
    pdf = paper(parcel)
    if pdf is None:
        return "There is no PDF to print."
    with pikepdf.open(BytesIO(pdf.content)) as document:
        pages = len(document.pages)
    place = f"sftp://{config.get('user', '')}@{config.get('host', '')}"
    place += f"/{config.get('folder', '').strip('/')}/in".replace("//", "/")
    told = manifest(parcel, pdf.content, pages, config)
    files = (
        f"PUT {place}/{parcel.key}.pdf ({len(pdf.content)} bytes)\nPUT {place}/{parcel.key}.json"
    )
    return _shown.request(files, {}, told)


def fetch(config: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """The files of receipts that wait in `out/`, oldest name first: name and content.

    :raises TryLater: if the house cannot be reached, or a file is larger than we take.
    """
    with Drop(config) as drop:
        yield from drop.files("out", ending=".csv", most=MOST_FILES, largest=LARGEST_RECEIPTS)


def done(name: str, config: Mapping[str, str]) -> None:
    """This file was taken in: it goes to `out/done/`, and is not fetched again.

    :raises TryLater: if it could not be moved; it will be fetched again, which does no harm.
    """
    with Drop(config) as drop:
        drop.put_away("out", name)


def _deliver(drop: Drop, parcel: Parcel, config: Mapping[str, str]) -> tuple[Handover, bool]:
    """What it came to, and whether the house is there."""
    key, pdf = parcel.key, paper(parcel)
    gaps = missing(parcel.address)
    if gaps:
        return _refused(key, f"The address lacks {', '.join(gaps)}."), True
    if pdf is None:
        return _refused(key, "There is no PDF to print."), True
    if len(pdf.content) > LARGEST:
        return _refused(key, f"The PDF has more than {LARGEST / 1e6:.0f} MB."), True
    try:
        with pikepdf.open(BytesIO(pdf.content)) as document:
            pages = len(document.pages)
    except pikepdf.PdfError as broken:
        return _refused(key, f"The PDF cannot be opened: {broken}."), True

    try:
        if drop.exists(f"taken/{key}.json", f"in/{key}.json"):
            return Handover(key=key, came_to=Handed.ACCEPTED, reference=key), True
        told = manifest(parcel, pdf.content, pages, config)
        drop.write_all({f"in/{key}.pdf.part": pdf.content, f"in/{key}.json.part": told})
        drop.rename(f"in/{key}.pdf.part", f"in/{key}.pdf", over=True)
    except LOST as trouble:
        drop.close()
        return _later(key, _words(trouble)), False
    try:
        drop.rename(f"in/{key}.json.part", f"in/{key}.json")
    except NOT_THERE as trouble:
        return _later(key, _words(trouble)), False
    except LOST as trouble:
        drop.close()
        return Handover(key=key, came_to=Handed.UNKNOWN, detail=_words(trouble)), False
    return Handover(key=key, came_to=Handed.ACCEPTED, reference=key), True


def manifest(parcel: Parcel, pdf: bytes, pages: int, config: Mapping[str, str]) -> bytes:
    """What the house is told of one letter, as docs/print-drop.md has it."""
    told = {
        "version": 1,
        "key": parcel.key,
        "file": f"{parcel.key}.pdf",
        "sha256": sha256(pdf).hexdigest(),
        "pages": pages,
        "duplex": config.get("duplex", "") == "yes",
        "window": config.get("window", ""),
        "product": config.get("product", ""),
        "sender": parcel.sender,
        "recipient": postal(parcel.address),
    }
    return msgspec.json.format(msgspec.json.encode(told))


def _refused(key: str, detail: str) -> Handover:
    return Handover(key=key, came_to=Handed.REFUSED, detail=detail)


def _later(key: str, detail: str) -> Handover:
    return Handover(key=key, came_to=Handed.TRY_LATER, detail=detail)


def _unknown(key: str, detail: str) -> Handover:
    return Handover(key=key, came_to=Handed.UNKNOWN, detail=detail)


def _words(trouble: BaseException) -> str:
    return f"{type(trouble).__name__}: {trouble}".rstrip(": ")
