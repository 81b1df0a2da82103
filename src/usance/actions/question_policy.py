"""Whom the policy of questions asks, and when."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from usance import models
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.domain.verification import questions as rule
from usance.domain.verification.questions import Policy
from usance.queries import questions as query

from .diary import Line, note
from .questions import WordsMissing


class BadPolicy(Refusal):
    code = "policy_out_of_bounds"
    todo = "Choose a figure within the bounds that are named."


@transaction.atomic
def set_policy(
    said: Policy | None, *, client: UUID | None, reason: str, role: Role, at: datetime, actor: str
) -> None:
    """What holds for what is verified from now on. None: what holds for all holds for the client,
    and of all nobody is asked. Each change has its reason in the diary.

    :raises NotAllowed: if the role may not.
    :raises WordsMissing: without a reason.
    :raises BadPolicy: if a figure makes no sense.
    """
    require(role, Act.SET_TRUST)
    if not reason.strip():
        raise WordsMissing("the reason")
    for name, (least, most) in rule.BOUNDS.items() if said else ():
        if not least <= getattr(said, name) <= most:
            raise BadPolicy(f"{name.replace('_', ' ')} is not between {least} and {most}")
    if said and said.least > said.share:
        raise BadPolicy("the least share is larger than the first")
    row = models.QuestionPolicy.objects.select_for_update().filter(Q(client=client)).first()
    before = row.said if row else {}
    after = query.plain(said) if said else {}
    row = row or models.QuestionPolicy(client_id=client)
    row.said, row.reason = after, reason.strip()[:400]
    row.changed_at, row.changed_by = at, actor[:64]
    row.save()
    told = {
        "what": f"policy of questions set: {row.reason}", "value": row.reason,
        "before": before, "after": after,
    }  # fmt: skip
    note(Kind.MASTER_DATA_CHANGED, [Line(client or row.pk, None, told)], at=at, actor=actor)
    if said is None:
        row.delete()
