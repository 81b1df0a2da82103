"""The client buys back: some invoices, one for another, or all of them and leaves. Quoted first;
what is done then is what was quoted, to the cent, or nothing.

Whoever changes a quote locks its client first, then the quote, then a receipt, then the invoices.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import ledger
from usance.domain.events import Kind as Event
from usance.domain.finding import Finding
from usance.domain.journal import About
from usance.domain.mandate import Act, ContentChanged, Role, require, two_people
from usance.domain.money import Money, least, total, zero
from usance.domain.refusal import Refusal
from usance.domain.settlement import buy_backs as rule
from usance.domain.settlement.buy_backs import TWO_PEOPLE, Kind, Line, State, Way
from usance.engine.crashpoint import crashpoint
from usance.models.ids import new_id
from usance.queries import buy_backs as query
from usance.queries import foreign

from . import allocations, credit, explained, finance, holds, releases, settlement, terms
from .diary import Line as Noted
from .diary import note
from .ledger import book


class NotReturnable(Refusal):
    code = "buy_back_not_possible"
    todo = query.FIRST

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(one.says for one in findings))
        self.findings = tuple(findings)


class NothingToBuyBack(Refusal):
    code = "buy_back_of_nothing"
    todo = f"Choose invoices of one client that one facility bought, {query.MOST} at most."


class WordMissing(Refusal):
    code = "buy_back_without_word"
    todo = "Write who of the client asked for it, and how."


class QuoteChanged(Refusal):
    code = "buy_back_changed"
    todo = "Quote it again: something was paid, or a day has passed that costs."


class QuoteOver(Refusal):
    code = "buy_back_decided"
    todo = "Look at it again: somebody was faster."


@transaction.atomic
def quote(
    client_id: UUID, invoices: Collection[UUID], *, way: Way = Way.SET_OFF,
    instead: UUID | None = None, for_day: date | None = None, reason: str, role: Role,
    at: datetime, actor: str,
) -> models.BuyBack:  # fmt: skip
    """What it costs the client to have these back; nothing is bought before somebody says so.

    :param way: how the client pays it; where it has nothing to pay it is set off.
    :param instead: an invoice that is bought in their place, over as much or more.
    :param for_day: on which it is to be done. None: today.
    :raises NotAllowed: if the role may not.
    :raises WordMissing: without a word of the client's.
    :raises NothingToBuyBack: if nothing is chosen, or not of this client by one facility.
    :raises NotReturnable: if one of them, or the other one, cannot be bought back; says all of it.
    :raises SubstituteTooSmall: if the other one is over less.
    :raises RateMissing: if a rate is not known until that day, also one by which an invoice counts
        that is in another currency than its facility.
    """
    require(role, Act.QUOTE_BUY_BACK)
    _refuse_speechless(reason)
    rows = _locked(client_id, invoices, instead=instead)
    currency = query.counts_in(rows)[rows[0].pk]
    found = query.blocked(rows)
    day = for_day or at.date()
    other = None
    if instead is not None:
        other = models.Invoice.objects.get(pk=instead)
        found += query.cannot_replace(other, client=client_id, currency=currency, on=day)
    if found:
        raise NotReturnable(found)
    lines = query.lines([row.pk for row in rows], for_day=day)
    if other is not None:
        _refuse_smaller(other, lines, currency, on=day)
    if rule.sums(lines, currency).price.minor <= 0:  # The client gets something: no money comes.
        way = Way.SET_OFF
    made = models.BuyBack(
        id=new_id(), client_id=client_id, currency=currency, way=way, instead=other,
        kind=Kind.SUBSTITUTION if other else Kind.CHOSEN, for_day=day,
    )  # fmt: skip
    return _write(made, lines, reason, at=at, actor=actor)


@transaction.atomic
def quote_exit(
    client_id: UUID, currency: str, *, for_day: date | None = None, reason: str, role: Role,
    at: datetime, actor: str,
) -> models.BuyBack:  # fmt: skip
    """The buy-out of a client that leaves: all of its invoices, our claims, what is due to it.

    :raises NotAllowed, WordMissing, NotReturnable, RateMissing: as `quote`.
    :raises NothingToBuyBack: if there is no contract to end.
    """
    require(role, Act.QUOTE_BUY_BACK)
    _refuse_speechless(reason)
    allocations.lock([row.pk for row in query.of_exit(client_id, currency)])
    models.Client.objects.select_for_update(no_key=True).get(pk=client_id)
    rows = query.of_exit(client_id, currency)
    if rows:
        rows = _locked(client_id, [row.pk for row in rows])
    elif not models.Facility.objects.filter(
        client_id=client_id, currency=currency, known_to=None, valid_to=None
    ).exists():
        raise NothingToBuyBack(f"no terms hold in {currency}, and nothing is open")
    found = query.blocked(rows)
    if waiting := query.last_exit(client_id, currency):
        says = f"A buy-out was quoted for {waiting.for_day}."
        found.append(Finding(code="buy_back_quoted", says=says, todo="Decide on that one first."))
    if found:
        raise NotReturnable(found)
    lines = query.lines([row.pk for row in rows], for_day=for_day or at.date())
    stands = query.account(client_id, currency)
    owes = rule.to_pay(lines, stands)
    made = models.BuyBack(
        id=new_id(), client_id=client_id, currency=currency, kind=Kind.EXIT,
        way=Way.RECEIPT if owes.minor > 0 else Way.SET_OFF, for_day=for_day or at.date(),
        claims_minor=stands.claims.minor, due_minor=stands.due.minor,
        on_the_way_minor=stands.on_the_way.minor,
    )  # fmt: skip
    return _write(made, lines, reason, at=at, actor=actor)


@transaction.atomic
def execute(
    buy_back_id: UUID, *, seen: str, receipt: UUID | None = None, role: Role, at: datetime,
    actor: str,
) -> models.BuyBack:  # fmt: skip
    """Do exactly what was quoted: the invoices go back, their debtors are told, and of an exit the
    contract ends.

    :param seen: the hash of the quote that the person looked at.
    :param receipt: the bank line that pays it, where it is paid so.
    :raises NotAllowed: if the role may not.
    :raises QuoteOver: if it was done or declined before.
    :raises SecondPersonNeeded, NobodyBehind, ContentChanged: if this yes does not count.
    :raises QuoteChanged: if it would cost another amount by now.
    :raises NotReturnable: if one of them cannot be bought back any more.
    :raises NotCovered: if what came in is less than the price.
    """
    require(role, Act.BUY_BACK)
    line, invoices = _lock_first(buy_back_id, receipt)
    row = _open(buy_back_id)
    if Kind(row.kind) in TWO_PEOPLE:
        two_people(prepared_by=row.quoted_by, released_by=actor, prepared=row.content, seen=seen)
    elif seen != row.content:
        raise ContentChanged("it was changed after it was shown")
    _refuse_uncovered(row, line)
    lines = _still(row, invoices, at=at)

    _give_back(row, lines, at=at, actor=actor)
    crashpoint("buy_backs.given_back")
    if line is not None and row.to_pay.minor > 0:
        row.receipt = line
        explained.claim_paid(
            line, row.client_id, row.to_pay, because="Pays what was bought back.", at=at,
            actor=actor,
        )  # fmt: skip
    if row.instead is not None:
        _buy_instead(row.instead, at=at, actor=actor)
    if row.kind == Kind.EXIT:
        _leave(row, at=at, actor=actor)
    _end(row, State.DONE, Event.BUY_BACK_DONE, at=at, actor=actor)
    releases.tell(row, at=at, actor=actor)
    return row


@transaction.atomic
def decline(
    buy_back_id: UUID, *, remark: str = "", role: Role, at: datetime, actor: str
) -> models.BuyBack:
    """The client thought again, or the quote is too old; its invoices are free again.

    :raises NotAllowed: if the role may not.
    :raises QuoteOver: if it was done or declined before.
    """
    require(role, Act.QUOTE_BUY_BACK)
    row = _open(buy_back_id)
    row.remark = remark.strip()[:400]
    _end(row, State.DECLINED, Event.BUY_BACK_DECLINED, at=at, actor=actor)
    return row


def _refuse_speechless(reason: str) -> None:
    if not reason.strip():
        raise WordMissing("a client that buys back has said so")


def _locked(
    client_id: UUID, invoices: Collection[UUID], *, instead: UUID | None = None
) -> list[models.Invoice]:
    """These, locked with the one in their place and before their client.

    :raises NothingToBuyBack: if nothing is chosen, or not of this client by one facility.
    """
    wanted = set(invoices)
    allocations.lock(wanted if instead is None else {*wanted, instead})
    models.Client.objects.select_for_update(no_key=True).get(pk=client_id)
    rows = list(models.Invoice.objects.filter(client_id=client_id, pk__in=wanted).order_by("pk"))
    if not 0 < len(rows) <= query.MOST or len(rows) != len(wanted):
        raise NothingToBuyBack(f"{len(rows)} of {len(wanted)} invoices are of this client")
    if len(found := set(query.counts_in(rows).values())) > 1:
        raise NothingToBuyBack(f"they were bought in {' and '.join(sorted(found))}")
    return rows


def _write(
    row: models.BuyBack, lines: Sequence[Line], reason: str, *, at: datetime, actor: str
) -> models.BuyBack:
    row.reason, row.quoted_at, row.quoted_by = reason.strip()[:400], at, actor[:64]
    row.price_minor = rule.sums(lines, row.currency).price.minor
    row.content = _content(row, lines, row.account)
    row.save(force_insert=True)
    models.BuyBackLine.objects.bulk_create(
        models.BuyBackLine(
            buy_back=row, invoice_id=one.invoice, outstanding_minor=one.outstanding.minor,
            reserve_minor=one.reserve.minor, fees_minor=one.fees.minor,
            interest_minor=one.interest.minor, vat_minor=one.vat.minor,
            numerator=one.rate.numerator if one.rate else None,
            denominator=one.rate.denominator if one.rate else None,
            published_on=one.rate.published_on if one.rate else None,
        )
        for one in lines
    )  # fmt: skip
    crashpoint("buy_backs.quoted")
    _tell(Event.BUY_BACK_QUOTED, row, at=at, actor=actor)
    return row


def _content(row: models.BuyBack, lines: Sequence[Line], account: rule.Account | None) -> str:
    return rule.content(
        row.client_id, Kind(row.kind), Way(row.way), lines, instead=row.instead_id,
        account=account, quoted_by=row.quoted_by,
    )  # fmt: skip


def _lock_first(
    buy_back_id: UUID, receipt: UUID | None
) -> tuple[models.BankLine | None, list[UUID]]:
    """The receipt, then what is bought back and what takes its place, locked; before client and
    quote. What is bought back."""
    row = models.BuyBack.objects.get(pk=buy_back_id)
    line = None
    if receipt is not None and row.way == Way.RECEIPT:
        line = models.BankLine.objects.select_for_update(no_key=True).get(pk=receipt)
    ids = list(row.lines.values_list("invoice_id", flat=True))
    if row.kind == Kind.EXIT:  # What was bought since is a part of all.
        ids = [one.pk for one in query.of_exit(row.client_id, row.currency)]
    allocations.lock(ids if row.instead_id is None else {*ids, row.instead_id})
    return line, ids


def _open(buy_back_id: UUID) -> models.BuyBack:
    """The quote, locked after its client."""
    found = models.BuyBack.objects.select_related("client", "instead").get(pk=buy_back_id)
    models.Client.objects.select_for_update(no_key=True).get(pk=found.client_id)
    row = models.BuyBack.objects.select_for_update(no_key=True).get(pk=buy_back_id)
    if row.state != State.QUOTED:
        raise QuoteOver(f"it was {row.state} before")
    row.client, row.instead = found.client, found.instead
    return row


def _refuse_uncovered(row: models.BuyBack, line: models.BankLine | None) -> None:
    """:raises NotCovered: if it is paid by a receipt, and none brings as much."""
    if row.way != Way.RECEIPT:
        return
    if line is None:
        raise rule.NotCovered(f"no receipt is named, {row.to_pay} is to be paid")
    came = Money(max(line.unapplied_minor, 0), line.currency)
    if line.currency != row.currency:
        raise rule.NotCovered(f"{came} came in, {row.to_pay} is to be paid")
    rule.covered(row.to_pay, receipt=came)


def _still(row: models.BuyBack, ids: Sequence[UUID], *, at: datetime) -> tuple[Line, ...]:
    """Its lines as they stand now; their invoices are locked.

    :raises NotReturnable, QuoteChanged: if something has come between.
    """
    if row.kind == Kind.EXIT:
        terms.lock(row.client_id, row.currency, since=at.date())
        # Something may have been bought while its terms were waited for.
        if [one.pk for one in query.of_exit(row.client_id, row.currency)] != list(ids):
            raise QuoteChanged("what is open is not what it was a moment ago")
    rows = _locked(row.client_id, ids) if ids else []
    found = query.blocked(rows, but=row.pk)
    if row.instead is not None:
        other = models.Invoice.objects.get(pk=row.instead.pk)
        found += query.cannot_replace(
            other, client=row.client_id, currency=row.currency, on=at.date(), but=row.pk
        )
        row.instead = other
    if found:
        raise NotReturnable(found)
    lines = query.lines(ids, for_day=at.date())
    stands = query.account(row.client_id, row.currency) if row.kind == Kind.EXIT else None
    if _content(row, lines, stands) != row.content:
        price = rule.sums(lines, row.currency).price
        raise QuoteChanged(f"{row.price} was quoted, it would be {price} now")
    if row.instead is not None:
        _refuse_smaller(row.instead, lines, row.currency, on=at.date())
    return lines


def _refuse_smaller(
    other: models.Invoice, lines: Sequence[Line], currency: str, *, on: date
) -> None:
    """Held against each other in their own currency where that is one, else in the facility's.

    :raises SubstituteTooSmall: if the other one is over less.
    :raises RateMissing: if a rate of exchange is not known that it takes.
    """
    face = query.worth(other)
    if {one.outstanding.currency for one in lines} == {face.currency}:
        owed = total((one.outstanding for one in lines), face.currency)
        return rule.substitutes(face, outstanding=owed)
    if face.currency != currency:
        face = foreign.rate(face.currency, currency, on=on).worth(face)
    return rule.substitutes(face, outstanding=rule.sums(lines, currency).outstanding)


def _give_back(row: models.BuyBack, lines: Sequence[Line], *, at: datetime, actor: str) -> None:
    ids = [one.invoice for one in lines]
    settlement.repurchase(ids, because="the client bought it back", at=at, actor=actor)
    ended = models.Settlement.objects.filter(invoice__in=ids)
    done = {one.invoice_id: one.fee_minor for one in ended}
    assert done == {one.invoice: one.charges.minor for one in lines}, "as it was quoted"


def _buy_instead(other: models.Invoice, *, at: datetime, actor: str) -> None:
    """As the belt would buy it, into the room that was just made.

    :raises NotReturnable: if a limit, the facility or what is available does not allow it.
    """
    for step in query.WAITS_FOR_ROOM:
        holds.resolve(
            [other.pk], stage=step, remark="It takes the place of others.", at=at, actor=actor
        )
    credit.assess([other.pk], accepted=True, at=at, actor=actor)
    finance.fund([other.pk], at=at, actor=actor)
    held = models.Hold.objects.filter(invoice=other, closed_at=None).order_by("pk")
    if found := [holds.written_down(one.findings) for one in held]:
        raise NotReturnable([finding for these in found for finding in these])
    assert models.Funding.objects.filter(pk=other.pk).exists(), other.number


def _leave(row: models.BuyBack, *, at: datetime, actor: str) -> None:
    """What is left on both sides is set off, and nothing is bought from today on."""
    stands = query.account(row.client_id, row.currency)
    both = least(stands.claims, stands.due)
    if both != zero(row.currency):
        entry = ledger.set_off(str(row.pk), both, about=About(client=row.client_id), on=at.date())
        book([entry], at=at, actor=actor)
    terms.end(row.client_id, row.currency, at=at, actor=actor)


def _end(row: models.BuyBack, state: State, kind: Event, *, at: datetime, actor: str) -> None:
    row.state, row.decided_at, row.decided_by = state, at, actor[:64]
    row.save(update_fields=["state", "decided_at", "decided_by", "remark", "receipt"])
    row.lines.update(is_open=False)
    _tell(kind, row, at=at, actor=actor)


def _tell(kind: Event, row: models.BuyBack, *, at: datetime, actor: str) -> None:
    """A line for each invoice, on their timelines; of an exit without any one for the client."""
    told = {
        "price": str(row.price), "kind": row.kind, "way": row.way, "content": row.content,
        "reason": row.reason, "remark": row.remark,
    }  # fmt: skip
    ids = list(row.lines.order_by("invoice_id").values_list("invoice_id", flat=True))
    lines = [Noted(row.pk, one, told) for one in ids] or [Noted(row.pk, None, told)]
    note(kind, lines, at=at, actor=actor)
