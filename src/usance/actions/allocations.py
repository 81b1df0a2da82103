"""Let bank lines pay invoices: by the engine's decision or a person's, and take it back again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Count

from usance import models
from usance.domain import ledger, payment
from usance.domain.events import Kind
from usance.domain.invoice import Stage
from usance.domain.journal import About, Entry
from usance.domain.mandate import Act, Role, name_of, require
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change, copy
from usance.models.ids import new_text
from usance.queries import cash, write_offs

from . import crossing, differences, exchanged, payers, settlement
from .diary import Line, note
from .ledger import book

UNDO_WITHIN = timedelta(days=14)  # Later a mistake is corrected by a return or an explanation.
Allocated = tuple[models.BankLine, payment.Allocation]


class NotOpen(Refusal):
    code = "nothing_to_allocate"
    todo = "Look at the line and the invoice again: somebody may have matched them meanwhile."


class TooLate(Refusal):
    code = "allocation_too_old_to_undo"
    todo = "Explain the line or return the money instead; the books of that time are agreed upon."


class UndoneBefore(Refusal):
    code = "allocation_undone_before"
    todo = "Look at the line again: a colleague or a return has taken it back already."


def allocate(
    line_id: UUID, invoice_id: UUID, amount: Money, *, role: Role, at: datetime, actor: str
) -> None:
    """A person says what a line pays.

    :raises NotAllowed: if the role may not.
    :raises NotOpen: if the line or the invoice has not that much left.
    """
    split(line_id, {invoice_id: amount}, role=role, at=at, actor=actor)


@transaction.atomic
def split(
    line_id: UUID, parts: Mapping[UUID, Money], *, role: Role, at: datetime, actor: str
) -> None:
    """A person says which invoices a line pays, and with how much of it each: all or none.

    Who paid is remembered for the debtor, if all parts are one debtor's: see `payers.learn`.

    :raises NotAllowed: if the role may not.
    :raises NotOpen: if the line or an invoice has not that much left, or nothing is named.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    row = models.BankLine.objects.select_for_update(no_key=True).get(pk=line_id)
    lock(parts.keys())
    items = {item.invoice: item for item in cash.items(parts.keys())}
    left = {pk: item.outstanding.minor for pk, item in items.items()}
    paid = set(row.allocations.filter(undone_at=None).values_list("invoice_id", flat=True))
    for pk, amount in parts.items():
        if (
            pk not in items
            or pk in paid  # Once, and then corrected.
            or not row.currency == amount.currency == items[pk].outstanding.currency
            or not 0 < amount.minor <= left[pk]
        ):
            raise NotOpen(f"{amount} of line {row.bank_reference} cannot pay it")
    asked = sum(amount.minor for amount in parts.values())
    if not 0 < asked <= row.unapplied_minor:
        raise NotOpen(f"line {row.bank_reference} has not that much left")
    chosen = [
        (row, payment.Allocation(item=items[pk], amount=amount, score=payment.CERTAIN,
                                 because=("Chosen by hand.",)))
        for pk, amount in parts.items()
    ]  # fmt: skip
    for pk, amount in parts.items():
        left[pk] -= amount.minor
    row.verdict, row.says = "certain", "Matched by hand."
    row.unapplied_minor -= asked
    small = differences.within(chosen, left, at=at)
    update_lines([row])
    write(chosen, left, at=at, actor=actor)
    differences.write(small, at=at, actor=actor)
    payers.learn(row, {items[pk].debtor for pk in parts}, at=at, actor=actor)


def confirm(
    lines: Mapping[UUID, str], *, role: Role, at: datetime, actor: str
) -> dict[UUID, Refusal]:
    """A person says yes to the proposals of these lines, each in a transaction of its own.

    :param lines: what was seen of each, as `cash.seen` gives it: what changed since is refused.
    :returns: the lines that were refused, and why.
    """
    refused: dict[UUID, Refusal] = {}
    for pk, seen in lines.items():
        try:
            with transaction.atomic():
                _confirm(pk, seen, role=role, at=at, actor=actor)
        except Refusal as no:
            refused[pk] = no
    return refused


def _confirm(pk: UUID, seen: str, *, role: Role, at: datetime, actor: str) -> None:
    require(role, Act.ALLOCATE_PAYMENT)
    row = models.BankLine.objects.select_for_update(no_key=True).get(pk=pk)
    parts = cash.best(row)
    if not parts or cash.seen(parts) != seen:
        raise NotOpen(f"what is proposed for line {row.bank_reference} has changed")
    split(pk, parts, role=role, at=at, actor=actor)


@transaction.atomic
def undo(allocations: Sequence[UUID], *, role: Role, at: datetime, actor: str) -> None:
    """A person takes back what lines were said to pay; the money is unapplied again.

    :raises NotAllowed: if the role may not.
    :raises UndoneBefore: if one of them is undone.
    :raises TooLate: if one of them is older than UNDO_WITHIN.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    found = models.Allocation.objects.filter(pk__in=allocations)
    lines = list(
        models.BankLine.objects.select_for_update(no_key=True)
        .filter(pk__in=found.values("line_id"))
        .order_by("pk")
    )
    rows = list(found.filter(undone_at=None).select_related("invoice"))
    if len(rows) < len(set(allocations)):
        raise UndoneBefore("it was taken back already")
    if any(at - row.at > UNDO_WITHIN for row in rows):
        raise TooLate(f"it is more than {UNDO_WITHIN.days} days old")
    for line in lines:
        line.verdict, line.says, line.short = "probable", f"Taken back by {name_of(actor)}.", None
    take_back(lines, rows, because="Taken back.", at=at, actor=actor)


def take_back(
    lines: Sequence[models.BankLine],
    rows: Sequence[models.Allocation],
    *,
    because: str,
    at: datetime,
    actor: str,
) -> None:
    """The lines pay the invoices no longer; those that were settled with it are open again.

    :param lines: locked, with all that they are to say; their unapplied amounts grow.
    """
    invoices = {row.invoice_id for row in rows}
    lock(invoices)
    differences.lock_clients(lines, invoices)
    settlement.reopen(list(invoices), at=at, actor=actor)
    by_line = {line.pk: line for line in lines}
    differences.take_back(by_line, invoices, at=at, actor=actor)
    now = models.Invoice.objects.filter(pk__in=invoices).values_list("pk", "stage")
    stages = {pk: Stage(stage) for pk, stage in now}
    for row in rows:
        by_line[row.line_id].unapplied_minor += row.of_line_minor
        row.undone_at, row.undone_by, row.undone_because = at, actor, because
    change(rows, ["undone_at", "undone_by", "undone_because"])
    update_lines(list(by_line.values()))
    shared = write_offs.borne_again(rows)
    entries = [
        _undone(row, at, stage=stages[row.invoice_id], back=shared.get(row.pk)) for row in rows
    ]
    ended = [crossing.rates_of(invoices, of=one) for one in ("write_off", "repurchase")]
    taken = ended[0] | ended[1]
    crossing.book_across(
        entries,
        by={
            entry.key: taken[row.invoice_id]
            for row, entry in zip(rows, entries, strict=True)
            if row.invoice_id in taken
        },
        at=at, actor=actor,
    )  # fmt: skip
    exchanged.back(list(zip(rows, entries, strict=True)), at=at, actor=actor)
    crashpoint("payment.undone")
    note(
        Kind.PAYMENT_UNDONE,
        [
            Line(row.invoice_id, row.invoice_id, {"amount": str(row.amount), "because": because})
            for row in rows
        ],
        at=at,
        actor=actor,
    )


def _undone(row: models.Allocation, at: datetime, *, stage: Stage, back: Money | None) -> Entry:
    return ledger.allocation_undone(
        str(row.pk), row.invoice.number, row.amount, line=str(row.line_id), on=at.date(),
        interest=Money(row.interest_minor, row.currency),
        about=About(
            client=row.invoice.client_id, debtor=row.invoice.debtor_id, invoice=row.invoice_id
        ),
        stage=stage, back=back,
    )  # fmt: skip


def write(
    allocated: Sequence[Allocated], left: Mapping[UUID, int], *, at: datetime, actor: str
) -> None:
    """Write what was decided: allocations, entries, who is paid.

    :param left: what is outstanding on each invoice after it, in minor units.
    """
    before = _turns({row.pk for row, _ in allocated})
    turns = [
        before.get((row.pk, found.item.invoice), 0) if before else 0 for row, found in allocated
    ]
    copy(
        models.Allocation,
        ["id", "line", "invoice", "amount_minor", "interest_minor", "line_minor", "currency",
         "score", "because", "at", "actor", "turn", "undone_by", "undone_because"],
        (
            (new_text(), row.pk, found.item.invoice, found.amount.minor,
             found.interest.minor if found.interest else 0,
             found.across.paid.minor if found.across else None, found.amount.currency,
             found.score, _told(found.because), at, actor, turn, "", "")
            for (row, found), turn in zip(allocated, turns, strict=True)
        ),
    )  # fmt: skip
    entries = [
        ledger.allocation(
            found.item.number,
            found.amount,
            interest=found.interest,
            about=About(
                client=found.item.client,
                debtor=found.item.debtor,
                invoice=found.item.invoice,
            ),
            on=row.booked_on,
            line=str(row.pk),
            turn=turn,
        )
        for (row, found), turn in zip(allocated, turns, strict=True)
    ]
    went = zip(entries, (found.across for _, found in allocated), strict=True)
    exchanged.over([(entry, one) for entry, one in went if one], at=at, actor=actor)
    book(entries, at=at, actor=actor)
    crashpoint("payment.allocated")
    note(
        Kind.PAYMENT_ALLOCATED,
        [
            Line(found.item.invoice, found.item.invoice,
                 {"amount": str(found.amount), "because": found.because})
            for _, found in allocated
        ],
        at=at,
        actor=actor,
    )  # fmt: skip
    paid = dict.fromkeys(f.item.invoice for _, f in allocated if not left[f.item.invoice])
    note(Kind.INVOICE_PAID, [Line(pk, pk, {"by": "payment"}) for pk in paid], at=at, actor=actor)


@lru_cache(maxsize=1024)  # There are only so many clues, and few ways to find them together.
def _told(because: tuple[str, ...]) -> str:
    return msgspec.json.encode(because).decode()


def _turns(lines: Collection[UUID]) -> dict[tuple[UUID, UUID], int]:
    """How often each of these lines was said to pay an invoice and was taken back."""
    undone = models.Allocation.objects.filter(line_id__in=lines, undone_at__isnull=False)
    counted = undone.values_list("line_id", "invoice_id").annotate(count=Count("pk"))
    return {(line, invoice): count for line, invoice, count in counted}


def update_lines(rows: Sequence[models.BankLine]) -> None:
    """What was said of each line, and what of it is left."""
    change(rows, ["verdict", "says", "proposals", "unapplied_minor", "short"])


def proposal(allocation: payment.Allocation, currency: str) -> dict[str, object]:
    """An allocation as a line keeps it that waits for a person.

    :param currency: of the line. The amount's is told where it is another one.
    """
    amount = allocation.amount
    told = {} if amount.currency == currency else {"currency": amount.currency}
    return told | {
        "invoice": str(allocation.item.invoice),
        "number": allocation.item.number,
        "amount_minor": amount.minor,
        "score": str(allocation.score),
        "because": list(allocation.because),
    }


def lock(invoices: Collection[UUID]) -> None:
    """In the order of their keys, so that two batches wait for each other and never crosswise."""
    rows = models.Invoice.objects.select_for_update(no_key=True).filter(pk__in=invoices)
    list(rows.order_by("pk").values_list("pk", flat=True))
