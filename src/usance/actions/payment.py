"""Let each line of a bank statement pay what it pays."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from usance import models
from usance.domain import payment
from usance.domain.events import Kind
from usance.domain.money import Money
from usance.engine.crashpoint import crashpoint
from usance.queries import across, advices, cash

from . import allocations, differences, released, returns
from .allocations import NotOpen as NotOpen
from .allocations import allocate as allocate
from .diary import Line, note
from .statements import AccountCurrency as AccountCurrency
from .statements import AccountUnknown as AccountUnknown
from .statements import Imported as Imported
from .statements import StatementBroken as StatementBroken
from .statements import StatementGap as StatementGap
from .statements import StatementNumberGap as StatementNumberGap
from .statements import import_statement as import_statement

AT_ONCE = 1000  # Lines matched in one transaction.
AGAIN = 20  # Times that a batch is decided anew because others paid the same invoices meanwhile.
ADVICES_AT_ONCE = 50
MOST_BESIDE = 500  # Earlier lines that are looked at once more beside a batch.


class _Moved(Exception):
    """What was decided upon is outstanding no longer: somebody else was faster."""


def match(statement_ids: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Let the new incoming lines of these statements pay what they surely pay; propose the rest.

    Some lines at a time, each time in a transaction of its own: every line it has looked at has a
    verdict, so whoever takes the step again goes on behind it.
    """
    while _decided(_match_some, statement_ids, at=at, actor=actor):
        pass
    returns.take_back(statement_ids, at=at, actor=actor)


def match_advised(advice_ids: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Let lines that wait pay what an advice says that came after them.

    Each comes to what it would have come to with the advice first.
    """
    for start in range(0, len(advice_ids), ADVICES_AT_ONCE):
        some = advice_ids[start : start + ADVICES_AT_ONCE]
        _decided(_match_waiting, some, at=at, actor=actor)


def _decided(some: Callable[..., int], ids: Sequence[UUID], *, at: datetime, actor: str) -> int:
    """Decide anew, from what is outstanding now, while somebody else is faster."""
    for _ in range(AGAIN + 1):
        try:
            return some(ids, at=at, actor=actor)
        except _Moved:
            continue
    raise _Moved(f"{AGAIN} times in a row")


@transaction.atomic
def _match_some(statement_ids: Sequence[UUID], *, at: datetime, actor: str) -> int:
    rows = list(
        models.BankLine.objects.select_for_update(no_key=True)
        .filter(statement_id__in=statement_ids, verdict="", amount_minor__gt=0)
        .order_by("statement_id", "ordinal")[:AT_ONCE]
    )
    if not rows:
        return 0
    lines = [cash.as_line(row) for row in rows]
    told = advices.awaited(lines)
    named = cash.named(lines, told)
    if beside := _waiting(rows, named.invoices):
        lines += map(cash.as_line, beside)
        told = advices.awaited(lines)
        named = cash.named(lines, told)
    both = [*rows, *beside]
    found = _found(lines, told, named, beside=_proposed(beside))
    # What waited before waits on, with what was proposed.
    said = [(r, f) for r, f in zip(both, found, strict=True) if not r.verdict or _is_sure(f)]
    _book(said, at=at, actor=actor)
    released.pass_on(rows, at=at, actor=actor)
    note(
        Kind.PAYMENT_UNAPPLIED,
        [
            Line(row.pk, None, {"left": str(Money(rest, row.currency)), "says": row.says})
            for row in rows
            if (rest := row.unapplied_minor)
        ],
        at=at,
        actor=actor,
    )
    return len(rows)


@transaction.atomic
def _match_waiting(advice_ids: Sequence[UUID], *, at: datetime, actor: str) -> int:
    """Lines that a person took back are matched again by an advice alone, not by what was known."""
    told = models.PaymentAdvice.objects.filter(pk__in=advice_ids, line=None, withdrawn_at=None)
    all_lines = models.BankLine.objects.select_for_update(no_key=True).order_by("pk")
    rows = [
        row for row in all_lines.filter(pk__in=list(advices.waiting_lines(told)[:AT_ONCE]))
        # As they are now that nobody else has them; a new one is matched with its statement.
        if row.verdict in ("probable", "none") and row.unapplied_minor == row.amount_minor
    ]  # fmt: skip
    if not rows:
        return _link(advice_ids, at=at)
    undone = models.Allocation.objects.filter(line__in=rows).values_list("line_id", flat=True)
    taken_back = set(undone)
    lines = [cash.as_line(row) for row in rows]
    awaited = advices.awaited(lines)
    found = _found(lines, awaited, cash.named(lines, awaited))
    said = [
        (row, one) for row, one in zip(rows, found, strict=True)
        if one.advice or one.says == payment.ADVISED
        or (_is_sure(one) and row.pk not in taken_back)
    ]  # fmt: skip
    _book(said, at=at, actor=actor)
    _link(advice_ids, at=at)
    return len(said)


def _link(advice_ids: Sequence[UUID], *, at: datetime) -> int:
    """Advices of what is booked already: each with its line, as if it had been there before."""
    told = models.PaymentAdvice.objects.filter(pk__in=advice_ids, line=None, withdrawn_at=None)
    linked = 0
    for advice, line in advices.told_of_booked(told):
        row = models.BankLine.objects.get(pk=line)
        linked += _use(advice, row, at=at)
    return linked


def _found(
    lines: Sequence[payment.BankLine],
    told: Sequence[payment.Awaited],
    named: cash.Named,
    *,
    beside: Collection[UUID] = (),
) -> Sequence[payment.Match]:
    """:param beside: invoices that are looked at though no line names them."""
    found = cash.open_for(lines, named.invoices | set(beside), told).take_all(lines)
    return across.beside(lines, found, named)


def _is_sure(found: payment.Match) -> bool:
    return found.verdict is payment.Verdict.CERTAIN


def _book(
    said: Sequence[tuple[models.BankLine, payment.Match]], *, at: datetime, actor: str
) -> None:
    """Write down what was found of these lines, and book what is sure.

    :raises _Moved: if an invoice or an advice is no longer what it was when it was looked at.
    """
    for row, found in said:
        _say(row, found)
    decided = [(row, one) for row, found in said if _is_sure(found) for one in found.allocations]
    left = _still_open(decided)
    for row, found in said:
        if found.advice and not _use(found.advice, row, at=at):
            raise _Moved
    small = differences.within(decided, left, at=at)
    allocations.update_lines([row for row, _ in said])
    crashpoint("payment.matched")
    allocations.write(decided, left, at=at, actor=actor)
    differences.write(small, at=at, actor=actor)


def _use(advice: UUID, row: models.BankLine, *, at: datetime) -> bool:
    waits = models.PaymentAdvice.objects.filter(pk=advice, line=None, withdrawn_at=None)
    return waits.update(line=row, matched_at=at) == 1


def _say(row: models.BankLine, found: payment.Match) -> None:
    row.verdict, row.says, row.proposals, row.short = found.verdict, found.says, [], None
    if found.verdict is not payment.Verdict.CERTAIN:
        row.proposals = [allocations.proposal(one, row.currency) for one in found.allocations]
        return
    for one in found.allocations:
        row.unapplied_minor -= one.amount.minor + (one.interest.minor if one.interest else 0)
    if found.short:
        row.short = {
            "minor": found.short.amount.minor,
            "reason": found.short.reason.value,
            "says": found.short.says,
        }


def _still_open(decided: Sequence[tuple[models.BankLine, payment.Allocation]]) -> dict[UUID, int]:
    """What is outstanding on the invoices that were decided upon, after it; they are locked now.

    :raises _Moved: if one of them changed since it was looked at.
    """
    first: dict[UUID, int] = {}
    for _, one in decided:
        first.setdefault(one.item.invoice, one.item.outstanding.minor)
    allocations.lock(set(first))
    left = cash.outstanding(first)
    if any(left.get(pk, 0) != minor for pk, minor in first.items()):
        raise _Moved
    for _, one in decided:
        left[one.item.invoice] -= one.amount.minor
    return left


def _waiting(rows: Sequence[models.BankLine], named: set[UUID]) -> list[models.BankLine]:
    """Earlier lines, whole and undecided, of the same payers or for which one of these invoices is
    proposed: together with the new ones they may be sure. What another looks at right now is left
    to it."""
    since = min(row.booked_on for row in rows) - timedelta(days=payment.WITHIN_DAYS)
    waiting = models.BankLine.objects.select_for_update(no_key=True, skip_locked=True).filter(
        amount_minor__gt=0, unapplied_minor=F("amount_minor"), verdict="probable",
        booked_on__gte=since,
    )  # fmt: skip
    asked = set(cash.proposed_for(named)) | set(
        cash.waiting_of({row.counterparty_account for row in rows})
    )
    return list(waiting.filter(pk__in=asked).order_by("pk")[:MOST_BESIDE]) if asked else []


def _proposed(rows: Sequence[models.BankLine]) -> set[UUID]:
    return {UUID(one["invoice"]) for row in rows for one in row.proposals}
