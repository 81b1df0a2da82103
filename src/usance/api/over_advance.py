"""What lets a client draw beyond its ledger, as the API has it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from ninja import Field
from pydantic import BaseModel, StrictBool

from usance import models

from .values import Amount, AmountIn, Asked, Day, Line

Why = Annotated[Line, Field(min_length=1, max_length=400, examples=["Frame contract § 4"])]


class OverAdvanceIn(Asked):
    amount: AmountIn
    valid_to: Day
    reason: Why


class OverAdvanceDecisionIn(Asked):
    approved: StrictBool
    seen: Line = Field("", max_length=64, description="`content` of what was seen; of an approval.")


class OverAdvanceOut(BaseModel):
    id: UUID
    client: UUID
    amount: Amount
    reason: str
    valid_to: date
    state: str = Field(examples=["proposed"])
    content: str = Field(description="Hash of amount, reason and last day: who approves sends it.")
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    uncovered: Amount | None = Field(
        description="Drawn beyond the ledger after its last day; null: it holds, or never did."
    )

    @classmethod
    def of(cls, row: models.OverAdvance) -> "OverAdvanceOut":
        return cls(
            id=row.pk, client=row.client_id, amount=Amount.of(row.amount), reason=row.reason,
            valid_to=row.valid_to, state=row.state, content=row.content,
            proposed_by=row.proposed_by, proposed_at=row.proposed_at, decided_by=row.decided_by,
            uncovered=Amount.maybe(row.uncovered),
        )  # fmt: skip
