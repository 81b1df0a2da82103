"""Ask directories which of our debtors' addresses can receive what.

No transaction is open while a directory is asked. That it could not be asked is written down too,
so that nobody waits for it again at once: what was known before stays known.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import ModuleType
from uuid import UUID

import msgspec
from django.db import connection, transaction

from usance import models
from usance.domain.distribution import Capability, Kind, is_bank
from usance.models.ids import new_id
from usance.queries import ladders, lookups, outside

AT_ONCE = 200  # Addresses in one question to a directory.
YES_HOLDS = timedelta(days=7)
NO_HOLDS = timedelta(days=1)  # It may register tomorrow.
SILENT_FOR = timedelta(minutes=10)  # Nothing is asked before planning after a directory was away.

UPSERT = """
INSERT INTO capability (id, debtor_id, kind, identifier, receives, documents, detail, asked_at,
  tried_at, valid_until)
VALUES (%(id)s, %(debtor)s, %(kind)s, %(identifier)s, %(receives)s, %(documents)s::jsonb,
  %(detail)s, %(at)s, %(at)s, %(until)s)
ON CONFLICT (debtor_id, kind) DO UPDATE SET
  tried_at = excluded.tried_at, valid_until = excluded.valid_until, detail = excluded.detail,
  receives = CASE WHEN kept THEN capability.receives ELSE excluded.receives END,
  documents = CASE WHEN kept THEN capability.documents ELSE excluded.documents END,
  asked_at = CASE WHEN kept THEN capability.asked_at ELSE excluded.asked_at END,
  identifier = excluded.identifier
""".replace(
    # What it said of the same address stands until it says something else.
    "kept",
    "(excluded.receives IS NULL AND capability.identifier = excluded.identifier)",
)


def look_up(
    debtors: Sequence[UUID], *, kinds: Collection[Kind] = tuple(Kind), at: datetime, actor: str
) -> int:
    """Ask every directory of these kinds that is set up about these debtors; how many answered."""
    known = 0
    for kind, (directory, config) in outside.directories().items():
        if kind not in kinds:
            continue
        known += _ask(kind, directory, config, lookups.debtors(debtors), at=at)
    return known


def look_up_before_planning(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Ask about the debtors of these invoices of whom nothing fresh is known.

    A directory that was away a moment ago is not waited for: the periodic job asks it again.
    """
    for kind, (directory, config) in outside.directories().items():
        if lookups.was_away(kind, since=at - SILENT_FOR):
            continue
        stale = lookups.stale_of_invoices(invoices, kind, at=at)
        if stale:
            _ask(kind, directory, config, stale, at=at)


def _ask(
    kind: Kind,
    directory: ModuleType,
    config: Mapping[str, str],
    debtors: Sequence[models.Debtor],
    *,
    at: datetime,
) -> int:
    asked = [(one, ladders.identifier(one, kind)) for one in debtors]
    asked = [
        (one, identifier) for one, identifier in asked if identifier and not is_bank(identifier)
    ]
    config = {**config, "asked_at": at.isoformat()}  # A plug-in reads no clock.
    known = 0
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        said = list(directory.look_up([identifier for _, identifier in some], config))
        assert len(said) == len(some), f"{directory.__name__} did not answer for each"
        _keep(kind, list(zip((one.pk for one, _ in some), said, strict=True)), at=at)
        known += sum(one.receives is not None for one in said)
        if all(one.receives is None for one in said):
            break  # It is away: the rest is asked next time.
    return known


@transaction.atomic
def _keep(kind: Kind, said: Sequence[tuple[UUID, Capability]], *, at: datetime) -> None:
    with connection.cursor() as cursor:
        # In one order, so that two who ask about the same debtors never wait crosswise.
        for debtor, one in sorted(said, key=lambda pair: pair[0]):
            holds = {True: YES_HOLDS, False: NO_HOLDS, None: SILENT_FOR}[one.receives]
            cursor.execute(
                UPSERT,
                {
                    "id": new_id(),
                    "debtor": debtor,
                    "kind": kind.value,
                    "identifier": one.identifier[:80],
                    "receives": one.receives,
                    "documents": msgspec.json.encode(sorted(one.documents)).decode(),
                    "detail": one.detail[:200],
                    "at": at,
                    "until": at + holds,
                },
            )
