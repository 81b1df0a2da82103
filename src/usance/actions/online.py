"""What payment providers tell: paid, over, taken back, given back; each booked once.

What was told is kept first, each once; then all that is known by now is taken, payments before what
takes them back. So their order, their doubles and how they came do not matter.

Locks: the provider's account before all others, which makes everybody wait for whoever is here.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import Sum

from usance import models
from usance.domain import ledger, payment
from usance.domain.events import Kind
from usance.domain.journal import NOBODY
from usance.domain.money import Money, least, zero
from usance.domain.payment.checkouts import ORDER, WAITING, Happened, State, final_on
from usance.engine.crashpoint import crashpoint
from usance.models.bank import OF_LINE
from usance.models.ids import is_key, new_id
from usance.plugins.providers import Told
from usance.queries import cash
from usance.queries.periods import closed_until

from . import allocations, checkouts, refunded, returns
from .diary import note
from .documents import Content, keep
from .ledger import book

MORE = "Paid online; the invoice asks for less by now."


@transaction.atomic
def take(provider: str, told: Sequence[Told], *, raw: bytes = b"", at: datetime, actor: str) -> int:
    """Keep what was told, and book what of it is known by now; how many were new.

    What names neither a checkout of ours nor an amount is nobody's business here.

    :param raw: as it came; without it what we read of it is kept.
    """
    new = 0
    by_currency: dict[str, list[Told]] = {}
    for one in told:
        if currency := _currency(provider, one):
            by_currency.setdefault(currency, []).append(one)
    for currency in sorted(by_currency):
        account = checkouts.lock(provider, currency)
        new += _kept(account, by_currency[currency], raw, at=at)
        crashpoint("online.kept")
        _take_known(account, at=at, actor=actor)
    return new


def _currency(provider: str, one: Told) -> str:
    """Of the account that it is about; empty: it is not ours."""
    if is_key(one.key):
        row = models.Checkout.objects.filter(pk=one.key, account__provider=provider).first()
        if row is not None:
            return row.currency
        own = refunded.is_ours(one.key, provider)
        if own is not None:
            return own.currency
    goes_back = one.happened in (Happened.TAKEN_BACK, Happened.GIVEN_BACK)
    return one.amount.currency if goes_back and one.amount else ""


def _kept(account: models.BankAccount, told: Sequence[Told], raw: bytes, *, at: datetime) -> int:
    known = models.ProviderEvent.objects.filter(account=account, event__in=[t.id for t in told])
    seen = set(known.values_list("event", flat=True))
    fresh = {one.id: one for one in told if one.id not in seen}
    if not fresh:
        return 0
    name = f"{account.provider}.json"
    data = raw or msgspec.json.encode(list(fresh.values()))
    (digest,) = keep([Content(data=data, media_type="application/json", name=name)], at=at)
    models.ProviderEvent.objects.bulk_create(
        models.ProviderEvent(
            account=account, event=one.id[:120], happened=one.happened, payment=one.payment[:100],
            key=one.key[:40], amount_minor=_minor(one.amount, account.currency), at=one.at,
            detail=one.detail[:40], document_id=digest, told_at=at,
        )
        for one in fresh.values()
    )  # fmt: skip
    return len(fresh)


def _minor(amount: Money | None, currency: str) -> int | None:
    """None: no money moved; or in another currency than was asked for, and a person looks at it."""
    return amount.minor if amount and amount.currency == currency else None


def _take_known(account: models.BankAccount, *, at: datetime, actor: str) -> None:
    waiting = models.ProviderEvent.objects.filter(account=account, taken_at=None)
    order = {happened.value: place for place, happened in enumerate(ORDER)}
    for event in sorted(waiting, key=lambda one: (order[one.happened], one.at, one.pk)):
        event.account = account
        if _TAKES[Happened(event.happened)](event, at=at, actor=actor):
            event.taken_at = at
            event.save(update_fields=["taken_at"])


def _paid(event: models.ProviderEvent, *, at: datetime, actor: str) -> bool:
    """A receipt on what we have at the provider; it pays its invoice, as far as that is open."""
    row = _checkout(pk=event.key)
    if row is None or row.line_id is not None:
        return row is not None
    if not event.amount_minor or event.amount_minor < 0:
        return False
    allocations.lock({row.invoice_id})
    amount = Money(event.amount_minor, event.account.currency)
    (item,) = cash.items([row.invoice_id]) or (None,)
    owed = Money(max(item.outstanding.minor, 0), amount.currency) if item else None
    pays = least(amount, owed) if owed else zero(amount.currency)
    asked = (item.interest if item else None) or zero(amount.currency)
    interest = least(amount - pays, asked) if pays else zero(amount.currency)
    rest = amount - pays - interest
    receipt = _line(event, amount, row, left=rest, says=MORE if rest else "Paid online.", at=at)
    book(
        [ledger.receipt(amount, on=receipt.booked_on, line=str(receipt.pk), at_provider=True)],
        at=at, actor=actor,
    )  # fmt: skip
    row.state, row.line, row.payment, row.closed_at = State.PAID, receipt, event.payment, at
    row.final_on = final_on(event.at.date(), days=event.account.final_days)
    # Before it pays: what is paid with it is settled only when it is final.
    row.save(update_fields=["state", "line", "payment", "closed_at", "final_on"])
    crashpoint("online.received")
    if item is not None and pays:
        chosen = payment.Allocation(
            item=item, amount=pays, interest=interest or None, score=payment.CERTAIN,
            because=(f"Paid online by {event.account.name}.",),
        )  # fmt: skip
        left = {row.invoice_id: item.outstanding.minor - pays.minor}
        allocations.write([(receipt, chosen)], left, at=at, actor=actor)
    final = str(row.final_on)
    note(Kind.CHECKOUT_PAID, [checkouts.line(row, final=final)], at=at, actor=actor)
    return True


def _ended(event: models.ProviderEvent, *, at: datetime, actor: str) -> bool:
    refund = refunded.meant(event)
    if refund is not None:
        refunded.over(refund, event.detail, at=at, actor=actor)
        return True
    row = _checkout(pk=event.key)
    if row is not None and State(row.state) in WAITING:
        checkouts.end(row.pk, checkouts.NOBODY, at=at, actor=actor)
    return True


def _taken_back(event: models.ProviderEvent, *, at: datetime, actor: str) -> bool:
    """A refund that we released; else a return of the whole receipt; what is unapplied of it goes
    back alone; the rest waits for a person's word, as what a bank debits does."""
    row = _checkout(payment=event.payment, account=event.account) if event.payment else None
    if row is None or row.line is None or not event.amount_minor:
        return False
    amount, came = Money(event.amount_minor, row.currency), row.line
    refund = refunded.meant(event)
    if refund is not None and refund.amount == amount:
        out = _line(event, -amount, row, left=zero(amount.currency), says="", at=at)
        refunded.taken(refund, out, at=at, actor=actor)
        return True
    says = "Taken back by the provider: a person says what it was."
    out = _line(event, -amount, row, left=-amount, says=says, at=at)
    book(
        [ledger.withdrawal(amount, on=out.booked_on, line=str(out.pk), at_provider=True)],
        at=at, actor=actor,
    )  # fmt: skip
    if amount == came.amount and _is_whole(came):
        returns.go_back(out.pk, came.pk, at=at, actor=actor)
    elif amount.minor <= came.unapplied_minor:
        _part_goes_back(out, came, amount, at=at, actor=actor)
    return True


def _is_whole(came: models.BankLine) -> bool:
    """All of the receipt is open or pays invoices: nothing of it was explained otherwise or paid
    back by us, so that it can be taken back as one."""
    paid = came.allocations.filter(undone_at=None).aggregate(minor=Sum(OF_LINE))
    is_explained = came.explanations.filter(undone_at=None).exists()
    return not is_explained and came.unapplied_minor + (paid["minor"] or 0) == came.amount_minor


def _part_goes_back(
    out: models.BankLine, came: models.BankLine, amount: Money, *, at: datetime, actor: str
) -> None:
    """What the receipt paid stays paid: only what was too much went back."""
    locked = models.BankLine.objects.select_for_update(no_key=True).filter(pk__in=[out.pk, came.pk])
    by_key = {row.pk: row for row in locked.order_by("pk")}
    out, came = by_key[out.pk], by_key[came.pk]
    came.unapplied_minor -= amount.minor
    out.unapplied_minor = 0
    out.says = f"Takes back what was too much of what came on {came.booked_on}."
    allocations.update_lines([came, out])
    key = new_id()
    for row, other, pk in ((came, out, key), (out, came, new_id())):
        models.Explanation.objects.create(
            id=pk, line=row, other=other, was=payment.Was.RETURNED, currency=row.currency,
            amount_minor=amount.minor, because=out.return_reason, at=at, actor=actor,
        )  # fmt: skip
    entry = ledger.explanation(
        str(key), payment.Was.RETURNED, amount, about=NOBODY, on=out.booked_on, line=str(out.pk)
    )
    book([entry], at=at, actor=actor)


def _given_back(event: models.ProviderEvent, *, at: datetime, actor: str) -> bool:
    """What was taken back came again, and pays what it paid."""
    taken = event.event.removesuffix(Happened.GIVEN_BACK) + Happened.TAKEN_BACK
    out = models.BankLine.objects.filter(account=event.account, identity=taken).first()
    row = _checkout(payment=event.payment, account=event.account)
    if out is None or row is None or not event.amount_minor:
        return False
    amount = Money(event.amount_minor, row.currency)
    says = "Given back by the provider."
    receipt = _line(event, amount, row, left=amount, says=says, at=at)
    book(
        [ledger.receipt(amount, on=receipt.booked_on, line=str(receipt.pk), at_provider=True)],
        at=at, actor=actor,
    )  # fmt: skip
    if out.explanations.filter(was=payment.Was.RETURNED, undone_at=None).exists():
        returns.pay_again(receipt.pk, out.pk, at=at, actor=actor)
    else:
        refunded.came_again(out, receipt, at=at, actor=actor)
    return True


_TAKES = {
    Happened.PAID: _paid,
    Happened.ENDED: _ended,
    Happened.TAKEN_BACK: _taken_back,
    Happened.GIVEN_BACK: _given_back,
}
assert set(_TAKES) == set(Happened), "whatever happens is taken"


def _checkout(**which: object) -> models.Checkout | None:
    rows = models.Checkout.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("invoice__debtor", "account", "line").filter(**which).first()


def _line(
    event: models.ProviderEvent,
    amount: Money,
    row: models.Checkout,
    *,
    left: Money,
    says: str,
    at: datetime,
) -> models.BankLine:
    """The movement, on a statement of its own: what the provider told is what proves it."""
    debtor = row.invoice.debtor
    statement = models.Statement(
        account=event.account, document=event.document, reference=event.event[:80],
        imported_at=at, actor=event.account.provider,
    )  # fmt: skip
    statement.save(force_insert=True)
    line = models.BankLine(
        account=event.account, statement=statement, identity=event.event, ordinal=0,
        amount_minor=amount.minor, unapplied_minor=left.minor, currency=amount.currency,
        booked_on=_day(event.at.date(), at), value_on=event.at.date(),
        counterparty=debtor.name[:140] if debtor else "", bank_reference=event.event[:80],
        texts=[f"{event.account.name} {event.payment} {row.invoice.number}"], end_to_end=row.key,
        return_reason=event.detail if amount.minor < 0 else "",
        verdict="probable" if left else "certain", says=says,
    )  # fmt: skip
    line.save(force_insert=True)
    return line


def _day(happened_on: date, at: datetime) -> date:
    """It counts for the day on which it happened; once that month is closed, for the next day that
    is open: providers tell days later."""
    closed = closed_until()
    day = happened_on if closed is None else max(happened_on, closed + timedelta(days=1))
    return min(day, at.date())
