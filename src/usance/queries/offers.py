"""Which invoices a client may sell, what they bring and cost, whether they fit, and the offers that
were made of them. Nothing is written: `actions.offers` asks the same under its locks."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from usance import models
from usance.domain import credit, finance
from usance.domain.finance import offering
from usance.domain.finance.offering import OPEN, Line, State, Sums
from usance.domain.finding import Finding
from usance.domain.invoice import Stage
from usance.domain.money import Money
from usance.domain.refusal import Refusal

from . import availability, facilities, fitting, quotes, same
from .room import Room, debtor_of

MOST = 500  # Invoices of one offer: a purchase is one transaction.

HELD = Exists(models.Hold.objects.filter(invoice=OuterRef("pk"), closed_at=None))
DISPUTED = Exists(models.Dispute.objects.filter(invoice=OuterRef("pk"), closed_at=None))


class NothingChosen(Refusal):
    code = "offer_nothing_chosen"
    todo = f"Choose one invoice at least, and {MOST} at most."


class NotOfClient(Refusal):
    code = "offer_invoice_unknown"
    todo = "Choose among the client's own invoices."


class SeveralCurrencies(Refusal):
    code = "offer_several_currencies"
    todo = "Ask for each currency by itself."


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One invoice with what it would bring, or why we would not buy it."""

    row: models.Invoice
    line: Line
    fallback: bool  # With recourse, since its debtor has no cover; the terms are without.
    no: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """What was chosen, as we would answer it on a day."""

    facility: models.Facility
    chosen: tuple[Chosen, ...]
    left: (
        Money  # What the client may draw before it: of the facility, and of what its ledger bears.
    )

    @property
    def lines(self) -> tuple[Line, ...]:
        """Of what can be offered."""
        return tuple(one.line for one in self.chosen if not one.no)

    @property
    def refused(self) -> tuple[Finding, ...]:
        return tuple(finding for one in self.chosen for finding in one.no)

    @property
    def sums(self) -> Sums | None:
        return offering.sums(self.lines) if self.lines else None


def may_choose(client: UUID, *, today: date) -> bool:
    """Whether some terms of the client leave it to it what it sells."""
    held = facilities.holding([client], on=today)
    return any(one.bought().how is not finance.How.ALL for one in held)


def free(client: UUID, *, today: date) -> "QuerySet[models.Invoice]":
    """Verified invoices that wait for nobody but the client."""
    rows = models.Invoice.objects.filter(client_id=client, stage=Stage.VERIFIED, kind="invoice")
    return rows.exclude(HELD).exclude(DISPUTED).exclude(_in_offer(today)).select_related("debtor")


def choices(client: UUID, *, today: date) -> list[Considered]:
    """What the client may choose from, by currency, each invoice by itself; the first MOST of each.
    Currencies without terms are left out."""
    found: dict[str, list[UUID]] = {}
    for pk, currency in free(client, today=today).order_by("pk").values_list("pk", "currency"):
        found.setdefault(currency, []).append(pk)
    held = facilities.currencies([client], on=today).get(client, frozenset())
    return [
        considered(client, ids[:MOST], today=today, alone=True)
        for currency, ids in sorted(found.items())
        if currency in held
    ]


def considered(
    client: UUID, ids: Collection[UUID], *, today: date, alone: bool = False
) -> Considered:
    """What we would offer today for these, in the order they came in: each takes room from those
    after it.

    :param alone: each as if it were the only one.
    :raises NothingChosen, NotOfClient, SeveralCurrencies: see their codes.
    :raises NoTerms: if no terms hold today in their currency.
    :raises RateMissing: if a reference rate was never entered.
    """
    rows = _rows(client, ids)
    currency = rows[0].currency
    facility = facilities.holding([client], on=today).filter(currency=currency).first()
    if facility is None:
        raise quotes.NoTerms(f"no terms hold in {currency} on {today}")
    blocked = _blocked(rows, today=today)
    room = _room([row for row in rows if row.pk not in blocked], facility, today=today)
    left = facility.limit.minor - room.funds[client, currency]
    rates = quotes.lasting(facility.agreement())
    chosen = []
    for row in rows:
        no, fallback = blocked.get(row.pk, ()), False
        if not no:
            no, fallback = _judged(row, facility, room)
            if not no and not alone:
                room.take(row, advance=room.facts(row).advance)
        chosen.append(_chosen(row, facility, rates, no=no, fallback=fallback, today=today))
    if facility_binds(facility, today=today):
        chosen, drawable = _fitting(chosen, facility, alone=alone, today=today)
        left = min(left, drawable)
    return Considered(facility=facility, chosen=tuple(chosen), left=Money(left, currency))


def facility_binds(facility: models.Facility, *, today: date) -> bool:
    """Whether a purchase beyond availability is refused."""
    sets = availability.sets([facility.client_id], on=today)
    return (facility.client_id, facility.currency) in sets


def blocked(ids: Collection[UUID], *, today: date, but: UUID) -> tuple[Finding, ...]:
    """Why invoices of an offer cannot be bought any more; nothing, if they can.

    :param but: the offer itself.
    """
    rows = list(models.Invoice.objects.filter(pk__in=ids).order_by("pk"))
    return tuple(one for these in _blocked(rows, today=today, but=but).values() for one in these)


def priced(offer: models.Offer, *, today: date) -> tuple[Line, ...]:
    """The lines as they would be bought today, by the terms of the offer; once it is over, as it
    was priced last."""
    day = today if offer.state in OPEN else offer.priced_on
    rates = quotes.lasting(offer.facility.agreement())
    return tuple(
        line(one.invoice, offer.facility, rates, recourse_days=one.recourse_days, today=day)
        for one in offer.lines.all()
    )


def line(
    row: models.Invoice,
    facility: models.Facility,
    rates: Sequence[finance.ReferenceRate],
    *,
    recourse_days: int | None,
    today: date,
) -> Line:
    """What an invoice brings if it is bought today and paid when it falls due.

    :param rates: as queries.quotes.lasting tells them.
    :raises RateMissing: if a reference rate was never entered.
    """
    told = finance.quote(
        row.face, facility.terms(), purchased_on=today, issued_on=row.issued_on,
        paid_on=max(row.due_on, today), rates=rates, due_on=row.due_on,
    )  # fmt: skip
    return Line(
        invoice=row.pk, quote=told, recourse_days=recourse_days,
        # Terms without recourse that fall back to it have no extent: then it is for all.
        extent=facility.extent(),
    )  # fmt: skip


def matching(state: State | None = None, client: UUID | None = None) -> "QuerySet[models.Offer]":
    rows = models.Offer.objects.select_related("client", "facility").prefetch_related(
        "lines__invoice__debtor"
    )
    rows = rows.filter(state=state) if state is not None else rows
    return rows.filter(client_id=client) if client is not None else rows


def to_decide() -> "QuerySet[models.Offer]":
    """What waits for a person of ours."""
    return matching().filter(state__in=[State.ASKED, State.PREPARED])


def with_clients() -> "QuerySet[models.Offer]":
    """What waits for clients."""
    return matching(State.OFFERED)


def ended() -> "QuerySet[models.Offer]":
    return matching().exclude(state__in=OPEN)


def over(*, today: date) -> "QuerySet[models.Offer]":
    """Offered, and nobody answered in time."""
    return models.Offer.objects.filter(state=State.OFFERED, valid_through__lt=today)


def instant_today(client: UUID, currency: str, *, today: date) -> Money:
    """Faces that were offered to the client without a person, this day."""
    rows = models.Offer.objects.filter(
        client_id=client, currency=currency, instant=True, asked_at__date=today
    )
    return Money(rows.aggregate(sum=Sum("face_minor"))["sum"] or 0, currency)


def _rows(client: UUID, ids: Collection[UUID]) -> list[models.Invoice]:
    wanted = set(ids)
    if not 0 < len(wanted) <= MOST:
        raise NothingChosen(f"{len(wanted)} invoices are chosen")
    rows = list(
        models.Invoice.objects.filter(client_id=client, pk__in=wanted, kind="invoice")
        .select_related("debtor")
        .order_by("pk")
    )
    if len(rows) != len(wanted):
        raise NotOfClient(f"{len(wanted) - len(rows)} of them are no invoices of the client")
    if len(found := {row.currency for row in rows}) > 1:
        raise SeveralCurrencies(f"they are in {' and '.join(sorted(found))}")
    return rows


def _in_offer(today: date, but: UUID | None = None) -> Exists:
    """Whether an open offer has the invoice; one that nobody answered in time has it no more."""
    rows = models.OfferLine.objects.filter(invoice=OuterRef("pk"), is_open=True).exclude(
        Q(offer__state=State.OFFERED, offer__valid_through__lt=today) | Q(offer=but)
    )
    return Exists(rows)


def _blocked(
    rows: Iterable[models.Invoice], *, today: date, but: UUID | None = None
) -> dict[UUID, tuple[Finding, ...]]:
    """What stops them, whatever the price. One query."""
    found = models.Invoice.objects.filter(pk__in=[row.pk for row in rows]).annotate(
        held=HELD, disputed=DISPUTED, offered=_in_offer(today, but)
    )
    answer = {}
    for row in found:
        if row.stage != Stage.VERIFIED:
            code, says = "offer_wrong_stage", f"{row.number} is {row.stage.replace('_', ' ')}."
        elif row.held:
            code, says = "offer_invoice_held", f"We are looking at {row.number}."
        elif row.disputed:
            code, says = "offer_invoice_disputed", f"The debtor objects to {row.number}."
        elif row.offered:
            code, says = "offer_invoice_taken", f"{row.number} stands in an offer that is open."
        else:
            continue
        todo = "Ask without it, or wait until that is settled."
        answer[row.pk] = (Finding(code=code, says=says, where=row.number, todo=todo),)
    return answer


def _room(rows: Sequence[models.Invoice], facility: models.Facility, *, today: date) -> Room:
    members = same.members({debtor_of(row) for row in rows})
    terms = {(facility.client_id, facility.currency): facility}
    room = Room(rows, members=members, terms=terms, on=today)
    if not rows:
        room.funds[facility.client_id, facility.currency] = 0
    return room


def _judged(
    row: models.Invoice, facility: models.Facility, room: Room
) -> tuple[tuple[Finding, ...], bool]:
    """Why credit says no, and whether it says yes with recourse only."""
    refused = [one for one in credit.decide(room.facts(row)).reasons if not one.agrees]
    if refused and {one.rule for one in refused} <= credit.COVER and falls_back(facility):
        return (), True
    todo = "Choose less, wait for payments, or ask us for a higher limit."
    return tuple(
        Finding(code=one.rule, says=for_clients(row.number, one.rule), where=row.number, todo=todo)
        for one in refused
    ), False


def for_clients(number: str, rule: str) -> str:
    """Why credit says no, in words that leave with us what we know of the debtor."""
    return f"{number}: {credit.TOLD[rule]}"


def falls_back(facility: models.Facility) -> bool:
    """Whether what has no cover is bought with recourse, though the terms are without."""
    return facility.recourse_days is None and facility.bought().fallback_days is not None


def _chosen(
    row: models.Invoice,
    facility: models.Facility,
    rates: Sequence[finance.ReferenceRate],
    *,
    no: tuple[Finding, ...],
    fallback: bool,
    today: date,
) -> Chosen:
    days = facility.bought().fallback_days if fallback else facility.recourse_days
    said = line(row, facility, rates, recourse_days=days, today=today)
    if not no and said.quote.deal.advance.minor <= 0:
        no = (
            Finding(
                code="offer_nothing_advanced", says=f"{row.number} brings nothing in advance.",
                where=row.number, todo="Ask without it.",
            ),
        )  # fmt: skip
    return Chosen(row=row, line=said, fallback=fallback, no=no)


def _fitting(
    chosen: Sequence[Chosen], facility: models.Facility, *, alone: bool, today: date
) -> tuple[list[Chosen], int]:
    """The same, those refused that go beyond what is available; and what that is, minor units."""
    ledger = availability.ledger(facility.client_id, facility.currency, on=today)
    assert ledger is not None, "terms hold"
    drawable = ledger.waterfall().spendable.minor
    wanted = [
        (one.row, facility, facility.price(one.row.face, due_on=one.row.due_on, on=today))
        for one in chosen
        if not one.no
    ]
    beyond: dict[UUID, list[Finding]] = {}
    if wanted and not alone:
        _, beyond = fitting.chosen(wanted, on=today)
    return [
        one if one.row.pk not in beyond
        else Chosen(row=one.row, line=one.line, fallback=False, no=tuple(beyond[one.row.pk]))
        for one in chosen
    ], drawable  # fmt: skip
