"""Files on their way in: what was handed over, what was read in each, and what is taken of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from usance.domain.capture.supporting import Recognised
from usance.domain.finding import Finding
from usance.domain.invoice import Invoice, Receivable
from usance.models.ids import new_id
from usance.plugins.wrappings._opened import opened as inside


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as it was handed in."""

    name: str
    data: bytes
    media_type: str = "application/octet-stream"


@dataclass(slots=True)
class Taken:
    """An invoice that was read in a file, on its way into the books."""

    file: int
    paper: Invoice
    claim: Receivable
    client: UUID
    findings: tuple[Finding, ...]
    place: str = ""  # Within the file, where it holds many.
    id: UUID = field(default_factory=new_id)
    debtor: UUID | None = None


@dataclass(slots=True)
class Read:
    """What one file held."""

    id: UUID
    file: File
    within: UUID | None = None  # The wrapping that it was taken out of.
    wrapping: str = ""  # The plug-in that opened it: then it holds files, and no invoice itself.
    format: str = ""
    is_refused: bool = False  # By the inspector: it is kept, and not read.
    findings: list[Finding] = field(default_factory=list)
    waits: str = ""  # Fingerprint of the table that somebody must confirm first.
    supports: tuple[Recognised, frozenset[str]] | None = None  # It belongs to an invoice.


def opened(files: Iterable[File]) -> list[Read]:
    """Every file, each wrapping before what is in it."""
    reads: list[Read] = []
    for file in files:
        ids: dict[int, UUID] = {}
        for piece in inside(file.name, file.data, file.media_type):
            ids[id(piece)] = pk = new_id()
            reads.append(
                Read(
                    id=pk,
                    file=File(name=piece.name, data=piece.data, media_type=piece.media_type),
                    within=ids[id(piece.within)] if piece.within else None,
                    wrapping=piece.wrapping,
                    format=piece.wrapping,
                    findings=piece.findings,
                )
            )
    return reads
