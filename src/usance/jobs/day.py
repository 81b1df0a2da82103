"""The day's end: write what recurs, end questions that nobody answered and plans that are over,
remind, take recourse, propose payouts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from usance.actions import collection, finance, plans, questions, recurring, settlement
from usance.pipeline import CHUNK
from usance.queries import overdue

ACTOR = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the day's end did."""

    reminders: int
    repurchases: int
    payouts_proposed: int
    drafts_written: int = 0
    questions_silent: int = 0
    plans_ended: int = 0


def end(*, at: datetime) -> Day:
    """Run what is due once a day. Run twice on a day, the second finds nothing left to do."""
    today = at.date()
    drafts = recurring.make_due(at=at, actor=ACTOR)
    silent = questions.time_out(at=at, actor=ACTOR)
    ended = plans.look_after(at=at, actor=ACTOR)
    reminders = sum(
        collection.remind(chunk, at=at, actor=ACTOR)
        for chunk in _chunks(overdue.due_for_reminder(today=today))
    )
    late = overdue.past_recourse(today=today)
    for chunk in _chunks(late):
        settlement.repurchase(chunk, because="recourse period over", at=at, actor=ACTOR)
    proposed = finance.propose_payouts(at=at, actor=ACTOR)
    return Day(
        reminders=reminders,
        repurchases=len(late),
        payouts_proposed=len(proposed),
        drafts_written=drafts,
        questions_silent=silent,
        plans_ended=ended,
    )


def _chunks(ids: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
