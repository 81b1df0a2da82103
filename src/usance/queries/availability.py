"""What a client may still draw on a day, line by line, and the rows that each line is the sum of.

A handful of queries, however many invoices are open: the ledger is read as a stream, debtor by
debtor, and judged by `domain.credit.availability`. Any day can be asked: for a day before the last
booking outstanding amounts are summed from the moves that count up to it. Nothing is written, so
that `Pretend` answers what would be.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from heapq import nsmallest
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from django.db import connection

from usance import models
from usance.domain.credit import availability
from usance.domain.credit.availability import Account, Judged, Waterfall
from usance.domain.credit.eligibility import Agreed, Because, Mark, Standing
from usance.domain.credit.items import Item, Rulings
from usance.domain.invoice import Stage
from usance.domain.money import Money

from . import client_ledgers, facilities, same, standings, trust_accounts
from .positions import Part, items, outstanding, parts, reserves, used

SIZE = 50
HOUSE = Agreed()  # What is shown where nothing was agreed: then it binds nobody.


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretend:
    """What if. None and empty: as it is."""

    advance_rate: Decimal | None = None
    concentration_share: Decimal | None = None
    without: frozenset[UUID] = frozenset()  # Debtors.
    paid: frozenset[UUID] = frozenset()  # Invoices.

    def __bool__(self) -> bool:
        return self != AS_IS


AS_IS = Pretend()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A client's ledger in one currency, judged on a day."""

    client: UUID
    currency: str
    on: date
    facility: models.Facility
    agreed: Agreed
    binds: bool  # A set was agreed: what does not fit is not bought.
    standings: dict[UUID, Standing]
    accounts: dict[UUID, Account]
    in_use: int
    advance_rate: Decimal
    over_advance: int = 0
    dilution: Decimal = Decimal(0)
    paid: frozenset[UUID] = frozenset()  # Pretended.
    kept: dict[UUID, list[Item]] = field(default_factory=dict)  # Of debtors that were asked for.

    def waterfall(self) -> Waterfall:
        return availability.waterfall(
            self.accounts.values(),
            self.agreed,
            currency=self.currency,
            advance_rate=self.advance_rate,
            in_use=self.in_use,
            limit=self.facility.limit_minor,
            over_advance=self.over_advance,
            dilution=self.dilution,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An invoice of a line, with the part of it that the line counts."""

    debtor: UUID
    said: Judged
    part: Money
    currency: str

    @property
    def outstanding(self) -> Money:
        return Money(self.said.item.minor, self.currency)

    @property
    def eligible(self) -> Money:
        return Money(self.said.eligible, self.currency)

    @property
    def value(self) -> Money:
        return Money(self.said.value, self.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What changes by itself: an invoice that will be over age."""

    on: date
    number: str
    amount: Money


def currencies(client: UUID, *, on: date) -> list[str]:
    """In which the client has a facility that day."""
    return sorted(facilities.currencies([client], on=on).get(client, ()))


def ledger(
    client: UUID,
    currency: str,
    *,
    on: date,
    pretend: Pretend = AS_IS,
    keep: Collection[UUID] = (),
    also: Collection[UUID] = (),
) -> Ledger | None:
    """None: no facility holds that day.

    :param keep: debtors whose invoices are given back as well.
    :param also: debtors that owe nothing yet, whose standing is wanted.
    """
    facility = facilities.holding([client], on=on).filter(currency=currency).first()
    if facility is None:
        return None
    agreed_row = sets([client], on=on).get((client, currency))
    agreed = agreed_row.agreed() if agreed_row else HOUSE
    if pretend.concentration_share is not None:
        agreed = replace(agreed, concentration_share=pretend.concentration_share)
    counted = parts(client, currency, on=on)
    owed = outstanding(client, counted, on=on)
    companies = {*owed, *same.companies(models.Debtor, also).values()}
    known = standings.of(client, companies, currency, owed=owed, on=on)
    if agreed.ledger_days is not None and client_ledgers.is_late(
        client, on=on, days=agreed.ledger_days
    ):
        known = {pk: replace(one, ledger_late=True) for pk, one in known.items()}
    if trust_accounts.lacking([facility], on=on):
        known = {pk: replace(one, no_trust_account=True) for pk, one in known.items()}
    for debtor in pretend.without & known.keys():
        known[debtor] = replace(known[debtor], marks=known[debtor].marks | {Mark.EXCLUDED})
    accounts, kept, repaid = _judged(
        client, currency, agreed, known, on=on, paid=pretend.paid, keep=keep, counted=counted
    )
    return Ledger(
        client=client,
        currency=currency,
        on=on,
        facility=facility,
        agreed=agreed,
        binds=agreed_row is not None,
        standings=known,
        accounts=accounts,
        in_use=used(client, counted, on=on) - repaid,
        advance_rate=(
            facility.advance_rate if pretend.advance_rate is None else pretend.advance_rate
        ),
        over_advance=_over_advance(client, currency, on=on),
        dilution=_dilution(client, currency, agreed, on=on),
        paid=pretend.paid,
        kept=kept,
    )


def sets(clients: Collection[UUID], *, on: date) -> dict[tuple[UUID, str], models.EligibilitySet]:
    """The set that holds for each client and currency that day."""
    rows = models.EligibilitySet.objects.filter(client_id__in=clients, valid_from__lte=on).exclude(
        valid_to__lt=on
    )
    return {(row.client_id, row.currency): row for row in rows.order_by("valid_from", "pk")}


def rows(
    of: Ledger,
    *,
    because: Because | None = None,
    debtor: UUID | None = None,
    after: UUID | None = None,
    size: int = SIZE,
) -> tuple[list[Row], UUID | None]:
    """Rows of a line (None: all invoices), and the cursor of what follows. Their parts add up to
    the line, the parts of all pages together."""
    mark = models.Invoice.objects.filter(pk=after).values_list("debtor_id", flat=True).first()
    mark = same.company(mark) if mark else None
    found: list[Row] = []
    for row in every(of, because=because, debtor=debtor, since=mark):
        if after is not None and row.debtor == mark and row.said.item.invoice <= after:
            continue
        found.append(row)
        if len(found) > size:
            return found[:size], found[size - 1].said.item.invoice
    return found, None


def every(
    of: Ledger,
    *,
    because: Because | None = None,
    debtor: UUID | None = None,
    since: UUID | None = None,
) -> Iterator[Row]:
    """All rows of a line, by debtor, in the order in which they came in. Memory does not grow with
    them, but with the largest debtor."""
    cap = availability.largest(of.accounts.values(), of.agreed)
    debtor = same.company(debtor) if debtor else None
    for owner, one in _by_debtor(
        of.client, of.currency, of.agreed, on=of.on, debtor=debtor, since=since
    ):
        left = [item for item in one if item.invoice not in of.paid]
        for said in availability.told(
            left, of.standings[owner], of.agreed, on=of.on, cap=cap, advance_rate=of.advance_rate
        ):
            part = said.item.minor if because is None else dict(said.parts).get(because, 0)
            if part:
                yield Row(
                    debtor=owner, said=said, part=Money(part, of.currency), currency=of.currency
                )


def invoice(row: models.Invoice, *, on: date) -> Row | None:
    """Whether one bought invoice counts. None: nothing is outstanding, or no facility holds."""
    if row.stage != Stage.FUNDED or row.debtor_id is None:
        return None
    of = ledger(row.client_id, row.currency, on=on)
    found = every(of, debtor=row.debtor_id) if of else iter(())
    return next((one for one in found if one.said.item.invoice == row.pk), None)


def ageing_next(of: Ledger, *, most: int = 5) -> list[Next]:
    """What will be over age first, of what counts today."""
    coming = (
        Next(on=row.said.counts_until, number=row.said.item.number, amount=row.eligible)
        for row in every(of)
        if row.said.eligible and row.said.counts_until is not None
    )
    return nsmallest(most, coming, key=lambda one: (one.on, one.number))


def _judged(
    client: UUID,
    currency: str,
    agreed: Agreed,
    known: dict[UUID, Standing],
    *,
    on: date,
    paid: frozenset[UUID],
    keep: Collection[UUID],
    counted: Sequence[Part],
) -> tuple[dict[UUID, Account], dict[UUID, list[Item]], int]:
    """Accounts by debtor, the invoices of those to keep, and what pretended payments repay."""
    accounts: dict[UUID, Account] = {}
    kept: dict[UUID, list[Item]] = {}
    gone: list[Item] = []
    rulings = Rulings(agreed, on=on)
    for debtor, one in _by_debtor(client, currency, agreed, on=on, counted=counted):
        left = [item for item in one if item.invoice not in paid] if paid else one
        if len(left) < len(one):
            gone += [item for item in one if item.invoice in paid]
        accounts[debtor], _ = availability.judge(
            left, known[debtor], agreed, on=on, rulings=rulings
        )
        if debtor in keep:
            kept[debtor] = left
    held = reserves(client, currency, [item.invoice for item in gone], on=on)
    repaid = sum(item.minor - held.get(item.invoice, 0) for item in gone)
    return accounts, kept, repaid


def _by_debtor(
    client: UUID,
    currency: str,
    agreed: Agreed,
    *,
    on: date,
    debtor: UUID | None = None,
    since: UUID | None = None,
    counted: Sequence[Part] = (),
) -> Iterator[tuple[UUID, Sequence[Item]]]:
    stream = items(
        client, currency, on=on, debtor=debtor, since=since, counted=counted,
        notices=agreed.notice_days is not None,
    )  # fmt: skip
    for owner, group in groupby(stream, key=itemgetter(0)):
        yield owner, [item for _, item in group]


def _over_advance(client: UUID, currency: str, *, on: date) -> int:
    rows = models.OverAdvance.objects.filter(
        client_id=client, currency=currency, state="approved", valid_to__gte=on,
        decided_at__lt=standings.end_of(on),
    )  # fmt: skip
    return sum(rows.values_list("amount_minor", flat=True))


DILUTION = """
SELECT (SELECT coalesce(sum(f.face_minor), 0) FROM funding f JOIN invoice i ON i.id = f.invoice_id
         WHERE i.client_id = %(client)s AND f.currency = %(currency)s
           AND f.funded_on <= %(on)s AND f.funded_on > %(on)s::date - 365),
       (SELECT coalesce(sum(m.amount_minor), 0) FROM move m JOIN entry e ON e.id = m.entry_id
         WHERE m.client_id = %(client)s AND m.currency = %(currency)s AND m.credit = '1200'
           AND e.key LIKE 'credit\\_note:%%'
           AND m.booked_on <= %(on)s AND m.booked_on > %(on)s::date - 365)
"""


def _dilution(client: UUID, currency: str, agreed: Agreed, *, on: date) -> Decimal:
    """Credit notes as a share of what was bought, over 365 days up to the day; six places."""
    if agreed.dilution_share is None:
        return Decimal(0)
    with connection.cursor() as cursor:
        cursor.execute(DILUTION, {"client": client, "currency": currency, "on": on})
        bought, credited = cursor.fetchone()
    if not bought:
        return Decimal(0)
    return (Decimal(credited) / Decimal(bought)).quantize(Decimal("0.000001"))
