"""Set the thresholds of signals: for all clients, or for one. Each change has its reason."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from usance import models
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.domain.verification.signals import BOUNDS, SIGNALS, Mode, Thresholds
from usance.queries import customs

from .diary import Line, note


class BadThreshold(Refusal):
    code = "threshold_out_of_bounds"
    todo = "Choose a figure within the bounds that are named."


class NoReason(Refusal):
    code = "reason_missing"
    todo = "Say why: whoever looks at it later has nothing else to go by."


@transaction.atomic
def set_thresholds(
    said: Thresholds, *, client: UUID | None, reason: str, role: Role, at: datetime, actor: str
) -> models.TrustSetting:
    """What holds from now on, for what is verified from now on. What held stands in the diary.

    :param client: None: all that have none of their own.
    :raises NotAllowed: if the role may not.
    :raises NoReason: if none is given.
    :raises BadThreshold: if a figure makes no sense, or a signal is unknown.
    """
    require(role, Act.SET_TRUST)
    if not reason.strip():
        raise NoReason("no reason was given")
    _refuse_senseless(said)
    after = _all(said) if client else customs.plain(said)
    row = models.TrustSetting.objects.select_for_update().filter(Q(client=client)).first()
    before = row.said if row else None
    if row is None:
        row = models.TrustSetting(client_id=client)
    row.said, row.reason = after, reason.strip()[:400]
    row.changed_at, row.changed_by = at, actor[:64]
    row.save()
    _changed(row, "thresholds of trust set", before, after, reason, at=at, actor=actor)
    return row


@transaction.atomic
def take_away(client: UUID, *, reason: str, role: Role, at: datetime, actor: str) -> None:
    """What holds for all holds for this client again.

    :raises NotAllowed: if the role may not.
    :raises NoReason: if none is given.
    """
    require(role, Act.SET_TRUST)
    if not reason.strip():
        raise NoReason("no reason was given")
    row = models.TrustSetting.objects.select_for_update().filter(Q(client=client)).first()
    if row is None:
        return
    _changed(row, "thresholds of trust taken away", row.said, None, reason, at=at, actor=actor)
    row.delete()


def _all(said: Thresholds) -> dict[str, object]:
    """Of one client everything is kept: what holds for all may change, its own does not."""
    kept: dict[str, object] = {name: getattr(said, name) for name in BOUNDS}
    return kept | {f"mode.{name}": how.value for name, how in sorted(said.modes.items())}


def _refuse_senseless(said: Thresholds) -> None:
    for name, (least, most) in BOUNDS.items():
        if not least <= getattr(said, name) <= most:
            raise BadThreshold(f"{name.replace('_', ' ')} is not between {least} and {most}")
    if unknown := said.modes.keys() - SIGNALS.keys():
        raise BadThreshold(f"there is no signal {sorted(unknown)[0]}")
    if any(how not in set(Mode) for how in said.modes.values()):
        raise BadThreshold("a signal is off, warns or holds")


def _changed(
    row: models.TrustSetting,
    what: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    reason: str,
    *,
    at: datetime,
    actor: str,
) -> None:
    particulars = {
        "what": f"{what}: {reason.strip()[:400]}", "value": reason.strip()[:400],
        "before": dict(before or {}), "after": dict(after or {}),
    }  # fmt: skip
    subject = row.client_id or row.pk
    note(Kind.MASTER_DATA_CHANGED, [Line(subject, None, particulars)], at=at, actor=actor)
