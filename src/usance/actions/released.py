"""What debtors pay us on invoices that clients bought back: the client's at once, if the book says
so, and paid out with what else is due to it, by two people."""

from collections.abc import Sequence
from datetime import datetime

from usance import models
from usance.domain import payment
from usance.engine.crashpoint import crashpoint
from usance.queries import cash
from usance.queries import released as query

from . import allocations, explained


def pass_on(rows: Sequence[models.BankLine], *, at: datetime, actor: str) -> None:
    """Of these lines, which are locked, those that pay for sure nothing but what clients bought
    back. Within a transaction; does nothing where a person decides on each.

    What is sure is what would be sure if we still had those invoices, beside those that we have.
    """
    waiting = [
        row for row in rows
        if row.verdict != payment.Verdict.CERTAIN and row.unapplied_minor == row.amount_minor
        and row.says != payment.ADVISED
    ]  # fmt: skip
    if not waiting or not query.is_passed_on():
        return
    named = query.named([cash.as_line(row) for row in waiting])
    if not named.invoices:
        return
    allocations.lock(named.invoices)
    released = query.items(named.invoices)
    ours = {item.invoice for item in released}
    waiting = [
        row for row in waiting
        if any(named.by_word.get(word) for word in payment.sought(cash.as_line(row)))
    ]  # fmt: skip
    lines = [cash.as_line(row) for row in waiting]
    open_ = cash.open_for(lines, cash.named(lines).invoices, beside=released)
    for row, found in zip(waiting, open_.take_all(lines), strict=True):
        paid = {one.item.invoice for one in found.allocations}
        if found.verdict is payment.Verdict.CERTAIN and paid <= ours:
            _pass_on(row, found, at=at, actor=actor)


def _pass_on(row: models.BankLine, found: payment.Match, *, at: datetime, actor: str) -> None:
    clients = dict(
        models.Invoice.objects.filter(pk__in=[one.item.invoice for one in found.allocations])
        .values_list("pk", "client_id")
    )  # fmt: skip
    row.proposals = []
    row.save(update_fields=["proposals"])
    for one in found.allocations:
        explained.passed_on(
            row, one.item.invoice, clients[one.item.invoice], one.amount,
            because=f"It pays {one.item.number}, which its client bought back.",
            at=at, actor=actor,
        )  # fmt: skip
        crashpoint("payment.passed_on")
