"""Take in bank statements, and let each line pay what it pays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec
from django.db import connection, transaction

from usance import models
from usance.domain import ledger, payment
from usance.domain.events import Kind
from usance.domain.finding import blocking
from usance.domain.journal import About
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy
from usance.models.ids import new_id
from usance.plugins import statements
from usance.queries import cash

from . import movements
from .diary import Line, note
from .documents import Content, keep
from .ledger import book

AT_ONCE = 1_000  # Lines matched in one transaction.


class AccountUnknown(Refusal):
    code = "bank_account_unknown"
    todo = "Add the account under Settings, or take the file to the company it belongs to."


class StatementBroken(Refusal):
    code = "statement_broken"
    todo = "Ask the bank for the statement again; nothing of it was booked."


class StatementGap(Refusal):
    code = "statement_gap"
    todo = "Import the statement in between first; nothing of this one was booked."


class NotOpen(Refusal):
    code = "nothing_to_allocate"
    todo = "Look at the line and the invoice again: somebody may have matched them meanwhile."


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of one file."""

    statements: int
    lines: int  # Movements that were new.
    known: int  # Movements that stood in our books already.


def import_statement(
    name: str, data: bytes, *, role: Role | None = None, at: datetime, actor: str
) -> Imported:
    """Book every movement of the file that we have not seen, each exactly once.

    :param role: of the person who brings the file; None: the bank's connection does.
    :raises NotAllowed: if the role may not.
    :raises StatementBroken: if it is no statement we know, cannot be read to the end, or opening
        and movements do not give closing; says where.
    :raises AccountUnknown: if it speaks of an account that is not ours.
    :raises StatementGap: if it does not begin where the last one ended.
    :raises ToldDifferently: if it contradicts another file about one movement.
    """
    if role is not None:
        require(role, Act.IMPORT_STATEMENT)
    reading = statements.examine(data)
    if faults := blocking(reading.findings):
        raise StatementBroken("; ".join(f"{f.where} {f.says}".strip() for f in faults[:5]))
    with transaction.atomic():
        (digest,) = keep(
            [Content(data=data, media_type="application/octet-stream", name=name)], at=at
        )
        counts = [_import(one, digest, at=at, actor=actor) for one in reading.statements]
    return Imported(
        statements=len(counts),
        lines=sum(new for new, _ in counts),
        known=sum(known for _, known in counts),
    )


def _import(
    statement: payment.Statement, digest: str, *, at: datetime, actor: str
) -> tuple[int, int]:
    account = (
        models.BankAccount.objects.select_for_update(no_key=True)
        .filter(iban=statement.account)
        .first()
    )
    if account is None:
        raise AccountUnknown(statement.account)
    same = models.Statement.objects.filter(
        account=account, document_id=digest, reference=statement.reference
    )
    if same.exists():
        return 0, len(statement.lines)
    _refuse_gap(account, statement)
    row = models.Statement(
        account=account,
        document_id=digest,
        reference=statement.reference[:80],
        sequence=statement.sequence[:40],
        opening_minor=statement.opening.minor if statement.opening else None,
        closing_minor=statement.closing.minor if statement.closing else None,
        opened_on=statement.opened_on,
        closed_on=statement.closed_on,
        imported_at=at,
        actor=actor,
    )
    row.save(force_insert=True)
    new = movements.add(account, row, statement, at=at, actor=actor)
    note(
        Kind.STATEMENT_IMPORTED,
        [Line(row.pk, None, {"lines": new, "reference": statement.reference})],
        at=at,
        actor=actor,
    )
    return new, sum(not line.pending for line in statement.lines) - new


def _refuse_gap(account: models.BankAccount, statement: payment.Statement) -> None:
    """Balances chain from statement to statement; the first one opens the chain."""
    if statement.opening is None or statement.closed_on is None:
        return
    last = (
        models.Statement.objects.filter(
            account=account, closing_minor__isnull=False, closed_on__lt=statement.closed_on
        )
        .order_by("-closed_on", "-imported_at")
        .first()
    )
    if last is None or last.closing_minor is None or last.closing_minor == statement.opening.minor:
        return
    raise StatementGap(
        f"{account.iban}: opens with {statement.opening}, but the statement of"
        f" {last.closed_on} closed with {Money(last.closing_minor, account.currency)}"
    )


def match(statement_ids: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Let the new incoming lines of these statements pay what they surely pay; propose the rest.

    Some lines at a time, each time in a transaction of its own: every line it has looked at has a
    verdict, so whoever takes the step again goes on behind it.
    """
    while _match_some(statement_ids, at=at, actor=actor):
        pass


@transaction.atomic
def _match_some(statement_ids: Sequence[UUID], *, at: datetime, actor: str) -> int:
    rows = list(
        models.BankLine.objects.select_for_update(no_key=True)
        .filter(statement_id__in=statement_ids, verdict="", amount_minor__gt=0)
        .order_by("statement_id", "ordinal")[:AT_ONCE]
    )
    if not rows:
        return 0
    lines = {row.pk: cash.as_line(row) for row in rows}
    items = cash.candidates(lines)
    _lock({item.invoice for found in items.values() for item in found})
    left = cash.outstanding({item.invoice for found in items.values() for item in found})
    allocated: list[tuple[models.BankLine, payment.Allocation]] = []
    for row in rows:
        now = [
            replace(item, outstanding=Money(left.get(item.invoice, 0), row.currency))
            for item in items[row.pk]
        ]
        found = payment.match(lines[row.pk], now)
        row.verdict, row.says, row.proposals = found.verdict, found.says, []
        if found.verdict is payment.Verdict.CERTAIN:
            for allocation in found.allocations:
                left[allocation.item.invoice] -= allocation.amount.minor
                row.unapplied_minor -= allocation.amount.minor
                row.unapplied_minor -= allocation.interest.minor if allocation.interest else 0
                allocated.append((row, allocation))
        elif found.allocations:
            row.proposals = [_proposal(allocation) for allocation in found.allocations]
    _update_lines(rows)
    crashpoint("payment.matched")
    _allocate(allocated, left, at=at, actor=actor)
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
def allocate(
    line_id: UUID, invoice_id: UUID, amount: Money, *, role: Role, at: datetime, actor: str
) -> None:
    """A person says what a line pays.

    :raises NotAllowed: if the role may not.
    :raises NotOpen: if the line or the invoice has not that much left.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    row = models.BankLine.objects.select_for_update(no_key=True).get(pk=line_id)
    (item,) = cash.items([invoice_id]) or (None,)
    _lock({invoice_id})
    left = cash.outstanding({invoice_id})
    if (
        item is None
        or not row.currency == amount.currency == item.outstanding.currency
        or not 0 < amount.minor <= min(row.unapplied_minor, left.get(invoice_id, 0))
        or row.allocations.filter(invoice_id=invoice_id).exists()  # Once, and then corrected.
    ):
        raise NotOpen(f"{amount} of line {row.bank_reference} cannot pay it")
    chosen = payment.Allocation(
        item=item, amount=amount, score=Decimal(1), because=(f"Chosen by {actor}.",)
    )
    left[invoice_id] -= amount.minor
    row.verdict, row.says = "certain", "Matched by hand."
    row.unapplied_minor -= amount.minor
    _update_lines([row])
    _allocate([(row, chosen)], left, at=at, actor=actor)


def _allocate(
    allocated: Sequence[tuple[models.BankLine, payment.Allocation]],
    left: dict[UUID, int],
    *,
    at: datetime,
    actor: str,
) -> None:
    """Write what was decided: allocations, entries, what is left of each line, who is paid."""
    bought = models.Invoice.objects.filter(pk__in=[found.item.invoice for _, found in allocated])
    clients = dict(bought.values_list("pk", "client_id"))
    copy(
        models.Allocation,
        ["id", "line", "invoice", "amount_minor", "interest_minor", "currency", "score", "because",
         "at", "actor"],
        (
            (new_id(), row.pk, found.item.invoice, found.amount.minor,
             found.interest.minor if found.interest else 0, found.amount.currency,
             found.score, msgspec.json.encode(found.because).decode(), at, actor)
            for row, found in allocated
        ),
    )  # fmt: skip
    book(
        [
            ledger.allocation(
                found.item.number,
                found.amount,
                interest=found.interest,
                about=About(
                    client=clients[found.item.invoice],
                    debtor=found.item.debtor,
                    invoice=found.item.invoice,
                ),
                on=row.booked_on,
                line=str(row.pk),
            )
            for row, found in allocated
        ],
        at=at,
        actor=actor,
    )
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


def _update_lines(rows: Sequence[models.BankLine]) -> None:
    """What was said of each line, and what of it is left."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bank_line SET verdict = said.verdict, says = said.says,"
            " proposals = said.proposals, unapplied_minor = said.unapplied_minor"
            " FROM jsonb_to_recordset(%s::jsonb) AS said"
            " (id uuid, verdict text, says text, proposals jsonb, unapplied_minor bigint)"
            " WHERE bank_line.id = said.id",
            [
                msgspec.json.encode(
                    [
                        {"id": row.pk, "verdict": str(row.verdict), "says": row.says,
                         "proposals": row.proposals, "unapplied_minor": row.unapplied_minor}
                        for row in rows
                    ]
                ).decode()
            ],
        )  # fmt: skip


def _proposal(allocation: payment.Allocation) -> dict[str, object]:
    return {
        "invoice": str(allocation.item.invoice),
        "number": allocation.item.number,
        "amount_minor": allocation.amount.minor,
        "score": str(allocation.score),
        "because": list(allocation.because),
    }


def _lock(invoices: set[UUID]) -> None:
    """In the order of their keys, so that two batches wait for each other and never crosswise."""
    rows = models.Invoice.objects.select_for_update(no_key=True).filter(pk__in=invoices)
    list(rows.order_by("pk").values_list("pk", flat=True))
