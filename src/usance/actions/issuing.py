"""Write invoices for clients: drafts, a second person's yes, numbers without gaps, then the door
that all others come through."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.finding import Finding
from usance.domain.intake.entry import Entry, paper
from usance.domain.intake.issuing import (
    PATTERNS,
    State,
    checked,
    credited,
    is_yearly,
    needs_person,
    numbered,
    reissued,
)
from usance.domain.mandate import Act, Role, require, two_people
from usance.domain.money import Money, NotMoney
from usance.domain.refusal import Refusal
from usance.models.issuing import digest, plain
from usance.plugins.einvoices import ubl
from usance.queries import issuing as questions
from usance.queries import parties

from . import counters, intake
from .diary import Line, note


class IssuedIsLocked(Refusal):
    code = "issued_invoice_locked"
    todo = "Credit it and write it anew: the debtor may have seen it."


class DraftDiscarded(Refusal):
    code = "draft_discarded"
    todo = "Write a new draft."


class DraftHasFindings(Refusal):
    code = "draft_has_findings"
    todo = "Correct the draft; its findings say where."


class NumberTaken(Refusal):
    code = "invoice_number_taken"
    todo = "Set the client's number series so that it goes on behind the last number."


class AmountImpossible(Refusal):
    code = "draft_amount_impossible"
    todo = "Correct quantities, prices and the currency."


class NotIssuedByUs(Refusal):
    code = "not_issued_by_us"
    todo = "The client credits its own invoices; take in its credit note."


@transaction.atomic
def write(
    said: Entry,
    *,
    client: UUID,
    draft_id: UUID | None = None,
    debtor: UUID | None = None,
    due_days: int | None = None,
    role: Role,
    at: datetime,
    actor: str,
) -> models.Draft:
    """Keep a draft, new or changed. One that waited for a second person is a draft again.

    :param debtor: of the register; None: whom the buyer's identifiers name for sure.
    :raises IssuedIsLocked, DraftDiscarded: if it is no draft any more.
    :raises NotAllowed: if the role may not.
    """
    require(role, Act.PREPARE_DRAFT)
    row = models.Draft(client_id=client) if draft_id is None else _open(draft_id)
    if row.credits is not None:  # What it credits, and whose it is, is not a matter of the form.
        said = replace(said, is_credit_note=True, credited=row.credits.number)
    elif draft_id is not None and row.recurring_id is None:
        row.client_id = client
    return kept(row, said, debtor=debtor, due_days=due_days, at=at, actor=actor)


@transaction.atomic
def activate(
    draft_id: UUID, *, seen: str = "", role: Role | None, at: datetime, actor: str
) -> models.Draft:
    """Issue it, if the client's rule lets it out; else ask a second person, and issue it when that
    is the one who asks here. Its number is given in this transaction: it leaves no gap.

    :param seen: digest of what a second person looked at.
    :param role: None: a program does, which never is a second person.
    :raises DraftHasFindings: if something stands in the way.
    :raises SecondPersonNeeded, ContentChanged, NotAllowed: if this yes does not count.
    :raises NumberTaken: if the client has an invoice of the number that comes next.
    """
    if role is not None:
        require(role, Act.PREPARE_DRAFT)
    row = _open(draft_id)
    if row.credits_id:  # Two credit notes of one invoice, one after the other.
        models.Invoice.objects.select_for_update(no_key=True).get(pk=row.credits_id)
    _refuse(questions.stops(row, today=at.date()))
    if row.state == State.WAITING:
        assert role is not None, "a program is no second person"
        require(role, Act.ISSUE)
        two_people(prepared_by=row.prepared_by, released_by=actor, prepared=row.digest, seen=seen)
        return _issue(row, by_rule=False, at=at, actor=actor)
    below = questions.below(row.client_id, row.currency)
    reasons = needs_person(row.gross, below=below, debtor_known=row.debtor_id is not None)
    if not reasons:
        return _issue(row, by_rule=True, at=at, actor=actor)
    row.state, row.because = State.WAITING, "; ".join(reasons)[:400]
    row.save(update_fields=["state", "because"])
    line = Line(row.pk, None, {"because": row.because})
    note(Kind.DRAFT_WAITING, [line], at=at, actor=actor)
    return row


@transaction.atomic
def discard(
    draft_id: UUID, *, remark: str = "", role: Role, at: datetime, actor: str
) -> models.Draft:
    """Nobody wants it any more. It stays as a row and had no number.

    :raises IssuedIsLocked, DraftDiscarded: if it is no draft any more.
    """
    require(role, Act.PREPARE_DRAFT)
    row = _open(draft_id)
    row.state = State.DISCARDED
    row.save(update_fields=["state"])
    line = Line(row.pk, None, {"remark": " ".join(remark.split())[:400]})
    note(Kind.DRAFT_DISCARDED, [line], at=at, actor=actor)
    return row


@transaction.atomic
def credit(
    invoice_id: UUID,
    *,
    part: Mapping[int, Decimal] | None = None,
    anew: bool = False,
    role: Role,
    at: datetime,
    actor: str,
) -> tuple[models.Draft, models.Draft | None]:
    """The draft of a credit note over an invoice that we issued and, with `anew`, the draft of the
    invoice that comes in its place.

    :param part: quantity by number of line; None: all of it.
    :raises NotIssuedByUs: if the client issued it.
    :raises CreditUnclear: if the part is none of it.
    """
    require(role, Act.PREPARE_DRAFT)
    invoice = models.Invoice.objects.get(pk=invoice_id)
    issued = models.Draft.objects.filter(invoice=invoice, kind="invoice").first()
    if issued is None:
        raise NotIssuedByUs(f"{invoice.number} was not issued by us")
    said = issued.entry()
    back = credited(said, number=invoice.number, part=part, issued_on=None)
    told: Any = {"debtor": issued.debtor_id, "at": at, "actor": actor}
    new = models.Draft(client_id=invoice.client_id, credits=invoice)
    made = kept(new, back, due_days=None, **told)
    if not anew:
        return made, None
    days = issued.due_days
    if days is None and said.issued_on and said.due_on:
        days = (said.due_on - said.issued_on).days
    again = models.Draft(client_id=invoice.client_id)
    return made, kept(again, reissued(said), due_days=days, **told)


@transaction.atomic
def set_series(
    client: UUID, kind: str, pattern: str, *, first: int, role: Role, at: datetime, actor: str
) -> models.NumberSeries:
    """How the client's invoices or credit notes are numbered from now on, beginning with `first`.

    :raises PatternUnclear: if it is no pattern.
    """
    require(role, Act.SET_ISSUING)
    assert kind in PATTERNS, kind
    before = models.NumberSeries.objects.select_for_update().filter(client=client, kind=kind)
    was = [row.pattern for row in before]
    checked(pattern)
    before.delete()  # A new id is a new counter.
    row = models.NumberSeries.objects.create(
        client_id=client, kind=kind, pattern=pattern, first=first
    )
    _changed(client, f"numbers of the {kind.replace('_', ' ')}s", was, [pattern, first], at, actor)
    return row


@transaction.atomic
def set_rule(
    client: UUID, currency: str, below: Money | None, *, role: Role, at: datetime, actor: str
) -> None:
    """Below which amount drafts go out without a second person; None: none does."""
    require(role, Act.SET_ISSUING)
    rows = models.IssuingRule.objects.filter(client=client, currency=currency)
    was = [str(row.below) for row in rows]
    if below is None:
        rows.delete()
    else:
        models.IssuingRule.objects.update_or_create(
            client_id=client, currency=currency, defaults={"below_minor": below.minor}
        )
    _changed(client, "issuing without a second person", was, str(below or "never"), at, actor)


def _open(draft_id: UUID) -> models.Draft:
    row = models.Draft.objects.select_for_update(no_key=True).get(pk=draft_id)
    if row.state == State.ISSUED:
        raise IssuedIsLocked(f"{row.number} was issued and is locked")
    if row.state == State.DISCARDED:
        raise DraftDiscarded("it was discarded")
    return row


def kept(
    row: models.Draft,
    said: Entry,
    *,
    debtor: UUID | None,
    due_days: int | None,
    at: datetime,
    actor: str,
) -> models.Draft:
    """Keep what a draft says, with the sums and the digest of it. The caller has a transaction.

    :raises AmountImpossible: if the lines come to no amount.
    """
    try:
        made = paper(replace(said, number=""))
        gross = Money.of(made.totals.payable or Decimal(0), said.currency)
    except (NotMoney, InvalidOperation) as wrong:
        raise AmountImpossible("these lines come to no amount that we could book") from wrong
    kind = "credit_note" if said.is_credit_note else "invoice"
    if kind == "credit_note" and row.credits is None:
        found = parties.invoices_by_number({(row.client_id, said.credited)})
        row.credits_id = next(iter(found.values()), None)
    row.kind, row.content = kind, plain(replace(said, number=""))
    row.due_days = None if kind == "credit_note" else due_days
    row.digest = digest([row.content, str(row.client_id)], row.due_days)
    row.gross_minor, row.currency = gross.minor, gross.currency
    row.debtor_id = debtor or questions.debtor_of(said.buyer)
    row.state, row.because = State.DRAFT, ""
    row.prepared_by, row.prepared_at = actor[:64], at
    row.save()
    note(Kind.DRAFT_WRITTEN, [Line(row.pk, None, {"amount": str(gross)})], at=at, actor=actor)
    return row


def _refuse(stops: tuple[Finding, ...]) -> None:
    if stops:
        says = " ".join(f"{one.says} ({one.code})" for one in stops[:5])
        raise DraftHasFindings(says, todo=stops[0].todo)


def _issue(row: models.Draft, *, by_rule: bool, at: datetime, actor: str) -> models.Draft:
    said = questions.written(row, today=at.date())
    assert said.issued_on is not None
    number = _number(row.client_id, row.kind, said.issued_on.year)
    said = replace(said, number=number)
    batch = intake.receive(
        [
            intake.File(
                name=f"{number.replace('/', '-')}.xml",
                data=ubl.write(paper(said), {}),
                media_type=ubl.MEDIA_TYPE,
            )
        ],
        client=row.client_id,
        way="issued",
        at=at,
        actor=actor,
    )
    invoice = models.Invoice.objects.filter(file__batch=batch).first()
    if invoice is None:
        raise NumberTaken(f"the client has an invoice {number} already")
    if row.debtor_id and invoice.debtor_id is None:
        invoice.debtor_id = row.debtor_id
        invoice.save(update_fields=["debtor"])
    row.state, row.number, row.content = State.ISSUED, number, plain(said)
    row.issued_by, row.issued_at, row.by_rule = actor[:64], at, by_rule
    row.batch, row.invoice = batch, invoice
    row.save()
    told = {"number": number, "remark": "by the client's rule" if by_rule else row.because}
    note(Kind.DRAFT_ISSUED, [Line(row.pk, invoice.pk, told)], at=at, actor=actor)
    return row


def _number(client: UUID, kind: str, year: int) -> str:
    """The next number. Whoever asks second waits until the first has committed."""
    models.NumberSeries.objects.bulk_create(
        [models.NumberSeries(client_id=client, kind=kind, pattern=PATTERNS[kind])],
        ignore_conflicts=True,
    )
    series = models.NumberSeries.objects.select_for_update().get(client=client, kind=kind)
    counter = f"{series.pk.hex}:{year if is_yearly(series.pattern) else 0}"
    return numbered(series.pattern, year=year, n=series.first - 1 + counters.take(counter))


def _changed(client: UUID, what: str, was: object, now: object, at: datetime, actor: str) -> None:
    told = {"what": what, "before": was, "after": now}
    note(Kind.MASTER_DATA_CHANGED, [Line(client, None, told)], at=at, actor=actor)
