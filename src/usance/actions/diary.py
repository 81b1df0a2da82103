"""Write down that things happened, in the transaction in which they happened."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from usance import models
from usance.domain.events import Kind
from usance.models.bulk import copy
from usance.models.ids import new_text


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened to `subject`; `invoice` puts it on that invoice's timeline."""

    subject: UUID
    invoice: UUID | None = None
    particulars: Mapping[str, Any] = field(default_factory=dict)


Belt = Callable[[Kind, Sequence[UUID]], None]
_belts: list[Belt] = []


def connect(belt: Belt) -> None:
    """Let the belt hear of everything that is noted, in the same transaction.

    The belt stands a floor above, so it comes here; nothing here knows what follows what.
    """
    if belt not in _belts:
        _belts.append(belt)


def note(
    kind: Kind, lines: Iterable[Line], *, at: datetime, actor: str, goes_on: bool = True
) -> None:
    """Add one diary row for each line and let the belt go on from there.

    :param goes_on: False: what follows is done in the same transaction, by whoever notes it.
    """
    noted = list(lines)
    if not noted:
        return
    said, by = kind.value, actor[:64]
    copy(
        models.Diary,
        ["id", "kind", "subject_id", "invoice", "at", "actor", "particulars"],
        (
            (
                new_text(),
                said,
                line.subject,
                line.invoice,
                at,
                by,
                msgspec.json.encode(line.particulars).decode(),
            )
            for line in noted
        ),
    )
    for belt in _belts if goes_on else ():
        belt(kind, [line.subject for line in noted])


def note_invoices(
    kind: Kind, invoices: Iterable[UUID], *, at: datetime, actor: str, **particulars: object
) -> None:
    """The common case: the same thing happened to many invoices."""
    note(kind, [Line(one, one, particulars) for one in invoices], at=at, actor=actor)
