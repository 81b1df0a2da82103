"""Set up the ladder of channels: for all, for a client, for a debtor, for one paper of these."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.distribution import Paper, Settings, checked
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.queries import ladders

from .diary import Line, note


class NoLadder(Refusal):
    code = "no_ladder_here"
    todo = "Look again: somebody took it away already."


@transaction.atomic
def set_up(
    settings: Settings,
    *,
    client: UUID | None = None,
    debtor: UUID | None = None,
    paper: Paper | None = None,
    role: Role,
    at: datetime,
    actor: str,
) -> models.LadderSetting:
    """The ladder from now on, for what is planned from now on. What it was stands in the diary.

    :param client: None: of every client. So with `debtor`, and `paper` for every paper.
    :raises NotAllowed: if the role may not.
    :raises BadLadder: if no ladder can be made of the settings.
    """
    require(role, Act.SET_LADDER)
    checked(settings)
    of = {"client_id": client, "debtor_id": debtor, "paper": paper or ""}
    rungs = ladders.plain(settings.rungs)
    row = models.LadderSetting.objects.select_for_update(of=("self",)).filter(**of).first()
    before = {"rungs": row.rungs, "cheapest_first": row.cheapest_first} if row else None
    after = {"rungs": rungs, "cheapest_first": settings.cheapest_first}
    if row is not None and before == after:
        return row
    if row is None:
        row = models.LadderSetting(**of)
    row.rungs, row.cheapest_first = rungs, settings.cheapest_first
    row.changed_at, row.changed_by = at, actor[:64]
    row.save()
    _changed(row, "ladder set up", before=before, after=after, at=at, actor=actor)
    return row


@transaction.atomic
def take_away(setting_id: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """What is more general holds again.

    :raises NotAllowed: if the role may not.
    :raises NoLadder: if it is gone.
    """
    require(role, Act.SET_LADDER)
    row = models.LadderSetting.objects.select_for_update().filter(pk=setting_id).first()
    if row is None:
        raise NoLadder("there is no such ladder")
    before = {"rungs": row.rungs, "cheapest_first": row.cheapest_first}
    _changed(row, "ladder taken away", before=before, after=None, at=at, actor=actor)
    row.delete()


def _changed(
    row: models.LadderSetting,
    what: str,
    *,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    at: datetime,
    actor: str,
) -> None:
    """On the debtor's or client's own history if it is theirs."""
    subject = row.debtor_id or row.client_id or row.pk
    whose = "debtor" if row.debtor_id else "client" if row.client_id else "factor"
    particulars = {
        "what": what, "value": row.paper or "every paper", "whose": whose,
        "ladder_before": before, "ladder_after": after,
    }  # fmt: skip
    note(Kind.MASTER_DATA_CHANGED, [Line(subject, None, particulars)], at=at, actor=actor)
