"""The books: the trial balance as of any day, and every entry with its moves."""

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import corrections
from usance.domain.journal import GROWS_BY_DEBIT, NAMES, Account
from usance.domain.mandate import Act
from usance.queries import entries, trial

from . import gate, lists, once
from .values import Amount, AmountIn, Asked, Day, Line, Listed, Stretch

router = Router(tags=["Ledger"])


class Move(BaseModel):
    """So much from the credited account to the debited one."""

    debit: str = Field(examples=["1200"])
    credit: str = Field(examples=["2200"])
    amount: Amount
    client: UUID | None
    debtor: UUID | None
    invoice: UUID | None


class EntryOut(BaseModel):
    id: UUID
    key: str = Field(examples=["purchase:0199f3a2-0000-7000-8000-000000000000"])
    booked_on: date = Field(description="The day it counts for.")
    because: str = Field(examples=["Purchase of invoice R-1001"])
    voucher: str
    at: datetime = Field(description="When it was written.")
    actor: str = Field(examples=["belt"])
    moves: list[Move]

    @classmethod
    def of(cls, row: models.Entry, *, invoice: UUID | None = None) -> "EntryOut":
        """With all moves, or those about one invoice."""
        moves = sorted(row.moves.all(), key=lambda move: move.pk)
        return cls(
            id=row.pk, key=row.key, booked_on=row.booked_on, because=row.because,
            voucher=row.voucher, at=row.at, actor=row.actor,
            moves=[
                Move(
                    debit=m.debit, credit=m.credit,
                    amount=Amount.minors(m.amount_minor, m.currency),
                    client=m.client_id, debtor=m.debtor_id, invoice=m.invoice_id,
                )
                for m in moves
                if invoice is None or m.invoice_id == invoice
            ],
        )  # fmt: skip


class EntryFilter(Stretch):
    booked_from: Day | None = None
    booked_to: Day | None = None
    client: UUID | None = None
    debtor: UUID | None = None
    invoice: UUID | None = None
    known_on: Day | None = None


class AccountLine(BaseModel):
    account: str = Field(examples=["1200"])
    name: str = Field(examples=["Factored receivables"])
    debit: Amount
    credit: Amount
    balance: Amount = Field(description="By the side on which the account grows.")


class LedgerTotal(BaseModel):
    debit: Amount
    credit: Amount


class TrialBalance(BaseModel):
    as_of_on: date
    known_on: date | None = Field(description="Null: all that is written.")
    accounts: list[AccountLine]
    totals: list[LedgerTotal] = Field(description="By currency; debit equals credit.")


@router.get("/trial-balance", response=TrialBalance, summary="Show the trial balance")
def trial_balance(
    request: HttpRequest, as_of: Day | None = None, known_on: Day | None = None
) -> TrialBalance:
    """As of the end of that day; without it, of today. `known_on`: by what was written by the end
    of that day in UTC, so that a report of then can be asked again."""
    day = as_of or clock.now().date()
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    accounts = []
    for (account, currency), (debit, credit) in sorted(
        trial.balance(as_of=day, known=known_on).items()
    ):
        sign = 1 if account in GROWS_BY_DEBIT else -1
        accounts.append(
            AccountLine(
                account=account.value, name=NAMES[account], debit=Amount.minors(debit, currency),
                credit=Amount.minors(credit, currency),
                balance=Amount.minors(sign * (debit - credit), currency),
            )
        )  # fmt: skip
        sums[currency][0] += debit
        sums[currency][1] += credit
    totals = [
        LedgerTotal(debit=Amount.minors(debit, currency), credit=Amount.minors(credit, currency))
        for currency, (debit, credit) in sorted(sums.items())
    ]
    return TrialBalance(as_of_on=day, known_on=known_on, accounts=accounts, totals=totals)


@router.get("/entries", response=Listed[EntryOut], summary="List entries, in the order written")
def list_entries(request: HttpRequest, asked: Query[EntryFilter]) -> Listed[EntryOut]:
    """For bookkeeping programs. To follow new ones without a gap, use /v1/events."""
    chosen = entries.Filter(**asked.model_dump(exclude={"after", "limit"}))
    return lists.listed(entries.matching(chosen), asked, EntryOut.of, newest_first=False)


class CorrectionIn(Asked):
    """Of accounts that no record beside the books speaks of: unexplained debits, capital, income,
    losses and charges."""

    debit: Account = Field(examples=["6100"])
    credit: Account = Field(examples=["1900"])
    amount: AmountIn
    booked_on: Day
    because: Line = Field(min_length=1, max_length=200, examples=["Charges of the bank, March"])
    proof: Line = Field(min_length=1, max_length=120, examples=["Bank's invoice 4711"])


class ReversalIn(Asked):
    booked_on: Day = Field(description="A day of an open month.")
    because: Line = Field(min_length=1, max_length=200, examples=["It was booked twice."])


@router.post("/corrections", response={201: EntryOut}, summary="Book a correction by hand")
@once.keyed(required=True)
def correct(request: HttpRequest, said: CorrectionIn) -> EntryOut:
    """A further entry: nothing booked is changed. It may count for a month closed softly."""
    caller = gate.caller(request)
    row = corrections.correct(
        said.debit, said.credit, said.amount.money(), on=said.booked_on, because=said.because,
        proof=said.proof, role=caller.role(Act.CORRECT_BOOKS), at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return EntryOut.of(row)


@router.post("/entries/{id}/reversals", response={201: EntryOut}, summary="Reverse a correction")
@once.keyed(required=True)
def reverse(request: HttpRequest, id: UUID, said: ReversalIn) -> EntryOut:
    caller = gate.caller(request)
    row = corrections.reverse(
        id, on=said.booked_on, because=said.because, role=caller.role(Act.CORRECT_BOOKS),
        at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return EntryOut.of(row)
