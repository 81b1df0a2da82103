"""The movements of a statement: each booked once, whichever files tell of it and how."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from uuid import UUID

import msgspec
from django.db.models import F

from usance import models
from usance.domain import ledger, payment
from usance.domain.events import Kind
from usance.domain.journal import Entry
from usance.domain.payment.parts import parts
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy_new
from usance.models.ids import is_key, new_id

from . import collected, paid_after_all, paid_out, payout_returns, provider_payouts, repeated
from .diary import Line, note
from .ledger import book
from .repeated import Named

AT_ONCE = 5_000  # Lines that are booked together.
Fresh = tuple[UUID, payment.BankLine]  # What is in our books since now, by its key.
Group = tuple[str, date, bool]  # The bank's reference of the entry, its day, whether it came in.


class ToldDifferently(Refusal):
    code = "movement_told_differently"
    todo = "Ask the bank which file is right; nothing of this one was booked."


@dataclass(slots=True)
class Added:
    """The movements that were new: how many, and what they come to."""

    count: int = 0
    minor: int = 0


def add(
    account: models.BankAccount,
    row: models.Statement,
    statement: payment.Statement,
    *,
    at: datetime,
    actor: str,
) -> Added:
    """Book the movements of a statement that are not in our books yet.

    Some at a time: of a long statement only those are held that may be orders of ours, as which of
    them they are is decided of all together.

    :raises ToldDifferently: if another file told otherwise of one of them.
    """
    days, added = _days(statement), Added()
    if days is None:
        return added
    told = repeated.Told(account, statement, row, days)
    orders = _Orders(account)
    place = 0
    for part in parts(statement, at_once=AT_ONCE):
        booked = told.apart(part)
        _late_reasons(account, booked, at=at, actor=actor)
        booked = _untold(account, row, statement, booked, at=at, actor=actor)
        fresh = _written(account, row, booked, place)
        place += len(booked)
        added.count += len(fresh)
        added.minor += sum(line.amount.minor for _, line in fresh)
        book(_entries(orders.sifted(fresh)), at=at, actor=actor)
        crashpoint("movements.booked")
    if orders.debits:
        explained = paid_out.take(account, orders.debits, at=at, actor=actor)
        others = [_withdrawal(pk, line) for pk, line in orders.debits if pk not in explained]
        book(others, at=at, actor=actor)
        rest = [one for one in orders.debits if one[0] not in explained]
        paid_after_all.take(account, rest, at=at, actor=actor)
    if orders.credits:
        # After the debits: a payout may go out and come back on one statement.
        payout_returns.take(orders.credits, at=at, actor=actor)
        collected.take(account, orders.credits, at=at, actor=actor)
    provider_payouts.recognise(account.currency, at=at, actor=actor)
    return added


def _days(statement: payment.Statement) -> tuple[date, date] | None:
    first = last = None
    for line in statement.lines:
        if not line.pending:
            first = line.booked_on if first is None else min(first, line.booked_on)
            last = line.booked_on if last is None else max(last, line.booked_on)
    return None if first is None or last is None else (first, last)


def _written(
    account: models.BankAccount, row: models.Statement, booked: Sequence[Named], place: int
) -> list[Fresh]:
    """The lines that are new, with their keys."""
    ids = [new_id() for _ in booked]
    added = copy_new(
        models.BankLine,
        ["id", "account", "statement", "identity", "ordinal", "amount_minor", "unapplied_minor",
         "currency", "booked_on", "value_on", "counterparty", "counterparty_account", "texts",
         "references", "bank_reference", "entry_reference", "end_to_end", "charges_minor",
         "reversal", "return_reason", "verdict", "says", "proposals", "ordered"],
        (
            (pk, account.pk, row.pk, identity, nth, line.amount.minor, line.amount.minor,
             line.amount.currency, line.booked_on, line.value_on, line.counterparty[:140],
             line.counterparty_account[:40], msgspec.json.encode(line.texts).decode(),
             msgspec.json.encode(line.references).decode(), line.bank_reference[:80],
             line.entry_reference[:80], (line.end_to_end or line.batch)[:40], _charges(line),
             line.reversal, line.return_reason[:40], "", "", "[]", _ordered(line))
            for nth, (pk, (line, identity)) in enumerate(zip(ids, booked, strict=True), place)
        ),
        conflict=["account_id", "identity"],
    )  # fmt: skip
    return [(pk, line) for pk, (line, _) in zip(ids, booked, strict=True) if pk in added]


class _Orders:
    """New movements of a statement that may be orders of ours: put by until all have come."""

    def __init__(self, account: models.BankAccount) -> None:
        self.debits: list[Fresh] = []
        self.credits: list[Fresh] = []
        # Asked for with the first movement of a kind: most statements are short.
        self._is_payout = cache(lambda: paid_out.may_be(account))
        self._is_debit = cache(lambda: collected.may_be(account))

    def sifted(self, fresh: Sequence[Fresh]) -> Iterator[Fresh]:
        """Those that are booked at once: all but payouts, whose entries are others."""
        for pk, line in fresh:
            if line.amount.minor < 0 and self._is_payout()(line):
                self.debits.append((pk, replace(line, raw="")))
                continue
            yield pk, line
            if line.amount.minor > 0 and (is_key(line.end_to_end) or self._is_debit()(line)):
                self.credits.append((pk, replace(line, raw="")))


def _entries(fresh: Iterable[Fresh]) -> list[Entry]:
    return [
        _withdrawal(pk, line)
        if line.amount.minor < 0
        else ledger.receipt(line.amount, on=line.booked_on, line=str(pk))
        for pk, line in fresh
        if line.amount
    ]


def _withdrawal(pk: UUID, line: payment.BankLine) -> Entry:
    """It waits for a person's word."""
    return ledger.withdrawal(-line.amount, on=line.booked_on, line=str(pk))


def _charges(line: payment.BankLine) -> int | None:
    """In the line's currency, else they explain nothing of it."""
    told = line.charges
    return told.minor if told and told.currency == line.amount.currency else None


def _ordered(line: payment.BankLine) -> str | None:
    if line.ordered is None:
        return None
    amount, rate = line.ordered.amount, line.ordered.rate
    told = {
        "minor": amount and amount.minor, "currency": amount.currency if amount else "",
        "rate": "" if rate is None else f"{rate:f}", "unit": line.ordered.unit,
    }  # fmt: skip
    return msgspec.json.encode(told).decode()


def _untold(
    account: models.BankAccount,
    row: models.Statement,
    statement: payment.Statement,
    booked: Sequence[Named],
    *,
    at: datetime,
    actor: str,
) -> list[Named]:
    """Without the movements of which another file told in another shape.

    A camt.053 may hold a batch as one entry whose single payments stand in a camt.054. Both carry
    the bank's reference of the entry: what was booked in one shape is not booked in the other.
    Details that come after their entry are added to it, so that they can find their invoices.
    """
    names = {line.entry_reference for line, _ in booked if line.entry_reference}
    told = _told(account, row, names)
    groups: dict[Group, list[Named]] = defaultdict(list)
    for line, identity in booked:
        group = (line.entry_reference[:80], line.booked_on, line.amount.minor > 0)
        groups[group].append((line, identity))
    fresh: list[Named] = []
    for group, these in groups.items():
        before = told.get(group, [])
        if not before or {old.identity for old in before} & {identity for _, identity in these}:
            fresh.extend(these)  # New, or the same shape again: their identities tell.
            continue
        sum_before = sum(old.amount_minor for old in before)
        sum_now = sum(line.amount.minor for line, _ in these)
        if sum_now != sum_before and statement.opening is not None:
            raise ToldDifferently(f"{group[0]} of {group[1]}: {sum_now} now, {sum_before} before")
        if len(before) == 1 and len(these) > 1 and sum_now == sum_before:
            _detail(before[0], [line for line, _ in these], at=at, actor=actor)
    order = {identity: place for place, (_, identity) in enumerate(booked)}
    return sorted(fresh, key=lambda named: order[named[1]])


def _told(
    account: models.BankAccount, row: models.Statement, references: set[str]
) -> dict[Group, list[models.BankLine]]:
    """What other statements told of these entries."""
    found: dict[Group, list[models.BankLine]] = defaultdict(list)
    rows = models.BankLine.objects.filter(
        account=account, entry_reference__in=[reference[:80] for reference in references]
    )
    for line in rows.exclude(statement=row):
        found[line.entry_reference, line.booked_on, line.amount_minor > 0].append(line)
    return found


def _detail(
    row: models.BankLine, details: Sequence[payment.BankLine], *, at: datetime, actor: str
) -> None:
    """Tell a booked entry what its parts say, and let it be matched once more if it was not."""
    if row.unapplied_minor != row.amount_minor:
        return  # A person or a reference has explained it already.
    if row.amount_minor < 0:
        paid_out.detailed(row, details, at=at, actor=actor)
    references = [
        {"scheme": ref.scheme, "value": ref.value,
         "amount": msgspec.to_builtins(ref.amount or line.amount)}
        for line in details
        for ref in line.references
    ]  # fmt: skip
    texts = [text for line in details for text in line.texts]
    models.BankLine.objects.filter(pk=row.pk, unapplied_minor=F("amount_minor")).update(
        texts=[*row.texts, *texts], references=[*row.references, *references], verdict=""
    )
    note(
        Kind.STATEMENT_IMPORTED,
        [Line(row.statement_id, None, {"details_of": row.entry_reference})],
        at=at,
        actor=actor,
    )


def _late_reasons(
    account: models.BankAccount, booked: Sequence[Named], *, at: datetime, actor: str
) -> None:
    """Why a movement went back, told after it was booked: banks book a return in the camt.053 and
    bring its code with a later camt.054."""
    said = {identity: line.return_reason for line, identity in booked if line.return_reason}
    if not said:
        return
    known = models.BankLine.objects.select_for_update(no_key=True).filter(
        account=account, identity__in=said.keys(), return_reason=""
    )
    for row in known.order_by("pk"):
        row.return_reason = said[row.identity]
        row.save(update_fields=["return_reason"])
        collected.reason_came(row, at=at, actor=actor)
        if row.unapplied_minor:
            # What it takes back may be sure now.
            about = {"details_of": row.bank_reference}
            note(Kind.STATEMENT_IMPORTED, [Line(row.statement_id, None, about)], at=at, actor=actor)
