"""What exactly went out with a dispatch: the message, every attachment, the carrier's request."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from usance import models
from usance.domain.distribution import Kind, Paper, needless
from usance.domain.invoice import Stage

from . import ladders, outside, parcels


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An attachment as it was sealed."""

    name: str
    media_type: str
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A parcel as it was sealed: the same bytes in every attempt."""

    sender: str
    address: Mapping[str, str]
    language: str
    subject: str
    text: str
    html: str  # The text again, with its looks. Empty: this channel carries none.
    pieces: tuple[Piece, ...]
    request: str  # As the carrier gets it, secrets masked. Empty: this channel cannot show it.


def sent(row: models.Dispatch) -> Sent | None:
    """None: nothing was made ready yet. Reads the documents, asks the database nothing."""
    if row.sealed is None:
        return None
    parcel = parcels.unsealed(row)
    return Sent(
        sender=parcel.sender,
        address=parcel.address,
        language=parcel.language,
        subject=parcel.subject,
        text=parcel.text,
        html=parcel.html,
        pieces=tuple(
            Piece(name=one.name, media_type=one.media_type, sha256=kept["sha256"],
                  content=one.content)
            for one, kept in zip(parcel.attachments, row.sealed["attachments"], strict=True)
        ),
        request=_request(row),
    )  # fmt: skip


def would_be(dispatch: UUID, kind: Kind) -> Sent:
    """The same paper by this kind of channel, made now for a person to look at and kept nowhere.

    :raises NotConfigured: if nobody carries this kind.
    """
    row = parcels.whole(models.Dispatch.objects.filter(pk=dispatch)).get()
    assert row.invoice.debtor is not None, "what was sent has a debtor"
    row.kind, row.address = kind.value, dict(parcels.address(row.invoice.debtor, kind))
    row.carrier = outside.carrier_of(kind, row.address.get("einvoice", ""))
    parcel = parcels.made(row, parcels.ours())
    return Sent(
        sender=parcel.sender,
        address=parcel.address,
        language=parcel.language,
        subject=parcel.subject,
        text=parcel.text,
        html=parcel.html,
        pieces=tuple(
            Piece(name=one.name, media_type=one.media_type, sha256="", content=one.content)
            for one in parcel.attachments
        ),
        request="",
    )


def _request(row: models.Dispatch) -> str:
    try:
        carrier = outside.carrier(row.carrier)
    except outside.NotConfigured:
        return ""  # It was taken out of the settings since.
    shown = getattr(carrier.channel, "shown", None)
    return str(shown(parcels.unsealed(row), carrier.config)) if shown else ""


def kinds_for(row: models.Dispatch) -> list[Kind]:
    """By what the debtor can be reached now, the best first: among these a person chooses. Nothing,
    if the paper asks for what was paid or is ours no longer."""
    over = needless(Paper(row.paper), Stage(row.invoice.stage), even_if_paid=True)
    if row.invoice.debtor is None or over:
        return []
    (found,) = ladders.ladders([ladders.of_invoice(row.invoice, Paper(row.paper))])
    return [rung.kind for rung in found.rungs]
