"""The diary as a feed: everything that happened, each line once, none skipped.

Ids are made before their transaction ends, so a later id can be seen before an earlier one. The
feed therefore goes by transaction and stops below the oldest that is still running: nothing can
appear there any more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from usance import models

# By the column: `tx` alone would be the text beside it, and 10 come before 9.
EVENTS = """
SELECT id, kind, subject_id, invoice_id, at, actor, particulars, tx::text FROM diary
 WHERE tx < pg_snapshot_xmin(pg_current_snapshot())
   AND (tx, id) > (%s::text::xid8, %s::uuid) AND (%s::text[] IS NULL OR kind = ANY(%s))
 ORDER BY diary.tx, id LIMIT %s
"""
LARGEST_TX = 2**64 - 1


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Behind which line the feed goes on."""

    tx: int
    id: UUID

    def __str__(self) -> str:
        return f"{self.tx}-{self.id.hex}"

    @classmethod
    def read(cls, text: str) -> "Place":
        """:raises ValueError: if it is no place of this feed."""
        tx, _, key = text.partition("-")
        if not tx.isascii() or not tx.isdigit() or int(tx) > LARGEST_TX:
            raise ValueError(f"{text!r} is no place in the feed")
        return cls(int(tx), UUID(key))


START = Place(0, UUID(int=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    id: UUID
    kind: str
    subject: UUID
    invoice: UUID | None
    at: datetime
    actor: str
    particulars: dict[str, Any]
    place: Place


def events(after: Place, *, kinds: Collection[str] = (), size: int) -> list[Event]:
    """The next lines behind that place. `kinds` empty: every kind."""
    wanted = list(kinds) or None
    found = models.Diary.objects.raw(EVENTS, [str(after.tx), after.id, wanted, wanted, size])
    return [
        Event(
            id=row.pk,
            kind=row.kind,
            subject=row.subject_id,
            invoice=row.invoice_id,
            at=row.at,
            actor=row.actor,
            particulars=row.particulars,
            place=Place(int(row.tx), row.pk),
        )
        for row in found
    ]
