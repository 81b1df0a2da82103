"""What clients owe for time: how much of an advance was in use when, at which rates, and what of it
is accrued already."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from usance import models
from usance.domain import finance
from usance.domain.finance import Change, Charges, Cost, Deal
from usance.domain.invoice import Stage
from usance.domain.money import Money
from usance.models.accrual import FEES
from usance.models.bulk import array

from . import foreign

ACCRUING = Q(facility__charges__has_any_keys=list(FEES))
SHARES = 32  # Of the clients, accrued apart from each other; by the last byte of their ids.

CREDITED = """
SELECT invoice_id FROM balance
 WHERE invoice_id = ANY(%s::uuid[]) AND account = '1200' AND credit_minor <> 0
"""

# What the reserve bears (a credit note) leaves the advance in use as it was. A payment counts for
# the day on which it came, also if that was closed when somebody found what it pays; OFFSET 0, so
# that its day is looked up once and not for each sum.
PAID_BACK = """
SELECT invoice_id, day,
       sum(CASE WHEN debit = '1200' THEN amount_minor ELSE -amount_minor END)::bigint AS owed,
       sum(CASE WHEN debit = '1200' AND credit NOT IN ('2100', '2200') THEN amount_minor
           ELSE 0 END)::bigint,
       sum(CASE WHEN credit = '1200' AND debit <> '2100' THEN -amount_minor ELSE 0 END)::bigint
  FROM (SELECT m.invoice_id, m.debit, m.credit, m.amount_minor, coalesce(
          CASE WHEN m.debit = '2300' THEN (SELECT l.booked_on FROM entry e
            JOIN bank_line l
              ON l.id = CASE WHEN e.key LIKE 'allocation:%%' AND e.voucher ~ '^[0-9a-f-]{36}$'
                             THEN e.voucher::uuid END
           WHERE e.id = m.entry_id) END, m.booked_on) AS day
          FROM move m WHERE m.invoice_id = ANY(%s::uuid[])
           AND (m.debit = '1200' OR m.credit = '1200') OFFSET 0) AS one
 GROUP BY 1, 2 ORDER BY 1, 2
"""

LAST = """
SELECT a.invoice_id, a.fee, a.day, a.total_minor
  FROM unnest(%s::uuid[]) AS wanted (id) CROSS JOIN unnest(%s::text[]) AS f (fee)
  CROSS JOIN LATERAL (SELECT * FROM accrual
    WHERE invoice_id = wanted.id AND fee = f.fee ORDER BY day DESC LIMIT 1) AS a
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One bought invoice, as far as time costs: what it was bought for, and what came back."""

    deal: Deal
    charges: Charges
    back: tuple[Change, ...]
    paid_on: date | None  # The day from which nothing is outstanding. None: something is.
    accrued: dict[str, tuple[date, int]]  # By charge: the last day, and the sum by its end.

    def cost(
        self, *, through: date, rates: Sequence[finance.ReferenceRate], ends_on: date | None = None
    ) -> Cost:
        """What is owed by the end of a day.

        :param ends_on: the client takes it back on that day, whatever is outstanding.
        :raises RateMissing: if a rate is needed that nobody entered.
        """
        return finance.cost(
            self.deal, self.charges, back=self.back, paid_on=ends_on or self.paid_on,
            through=through, rates=rates,
        )  # fmt: skip

    @property
    def is_untouched(self) -> bool:
        """Nothing came back on it, and what it costs neither grows by itself nor ends by its due
        date: all of its kind and day owe the same part."""
        timed = self.charges.interest
        alone = timed is not None and (timed.monthly or timed.to_due)
        return not self.back and self.paid_on is None and not alone

    @property
    def accrued_minor(self) -> dict[str, int]:
        return {fee: total for fee, (_, total) in self.accrued.items()}


def accounts(invoices: Collection[UUID]) -> dict[UUID, Account]:
    """The account of each of these invoices that was bought."""
    fundings = list(
        models.Funding.objects.filter(pk__in=invoices).values_list(
            "pk", "facility_id", "face_minor", "advance_minor", "fee_minor", "currency",
            "funded_on", "invoice__issued_on", "invoice__due_on",
        )
    )  # fmt: skip
    agreed = _charges({row[1] for row in fundings})
    costly = {pk for pk, charged in agreed.items() if charged != Charges()}
    timed = [row[0] for row in fundings if row[1] in costly]
    bound = {pk for pk, charged in agreed.items() if charged.minimum or charged.maximum is not None}
    across = foreign.bought([row[0] for row in fundings if row[1] in bound])
    back, paid = _paid_back(timed)
    fees = [fee for fee in FEES if any(getattr(agreed[pk], fee) for pk in costly)]
    accrued = _accrued(timed, fees)
    return {
        pk: Account(
            deal=Deal(
                face=Money(face, currency), advance=Money(advance, currency),
                service=Money(fee, currency), purchased_on=funded_on, issued_on=issued_on,
                due_on=due_on,
            ),
            charges=(
                finance.foreign.charged(agreed[facility], across[pk].rate())
                if pk in across else agreed[facility]
            ),
            back=tuple(back.get(pk, ())), paid_on=paid.get(pk),
            accrued=accrued.get(pk, {}),
        )
        for pk, facility, face, advance, fee, currency, funded_on, issued_on, due_on
        in fundings
    }  # fmt: skip


def rates(*, known_at: datetime | None = None) -> tuple[finance.ReferenceRate, ...]:
    """Every reference rate, in the order of their first days.

    :param known_at: as they were known at that moment. None: as they are known now.
    """
    known = Q(known_to=None)
    if known_at is not None:
        known = Q(known_from__lte=known_at) & (Q(known_to=None) | Q(known_to__gt=known_at))
    rows = models.ReferenceRate.objects.filter(known)
    return tuple(row.fact() for row in rows.order_by("first", "name"))


def behind(*, through: date) -> list[UUID]:
    """Bought, open invoices whose charges for time are not accrued to the end of that day."""
    done = models.Accrual.objects.filter(invoice=OuterRef("pk"), day=through)
    rows = models.Funding.objects.filter(
        ACCRUING, invoice__stage=Stage.FUNDED, funded_on__lte=through
    ).exclude(Exists(done))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def open_in(share: int) -> list[UUID]:
    """Bought, open invoices of this share of the clients, client by client; accrued or not: to ask
    that of each here and again where it is accrued is a third of the work."""
    clients = [pk for pk in _charged_clients() if share_of(pk) == share]
    rows = models.Invoice.objects.filter(stage=Stage.FUNDED, client__in=clients)
    return list(rows.order_by("client", "pk").values_list("pk", flat=True))


def shares() -> list[int]:
    """The shares in which some client owes for time."""
    return sorted({share_of(pk) for pk in _charged_clients()})


def share_of(client: UUID) -> int:
    """The share of the clients in which this one is; the same for ever."""
    return client.int % SHARES


def _charged_clients() -> list[UUID]:
    agreed = models.Facility.objects.filter(charges__has_any_keys=list(FEES))
    return list(agreed.order_by("client").values_list("client", flat=True).distinct())


def _charges(facilities: Collection[UUID]) -> dict[UUID, Charges]:
    rows = models.Facility.objects.filter(pk__in=facilities)
    return {row.pk: row.priced() for row in rows}


def _paid_back(
    invoices: Iterable[UUID],
) -> tuple[dict[UUID, list[Change]], dict[UUID, date]]:
    """What came back on each advance, and the day from which nothing is outstanding."""
    with connection.cursor() as cursor:
        # Of most open invoices nothing came back: their moves are not looked at.
        cursor.execute(CREDITED, [array(invoices)])
        if not (credited := [pk for (pk,) in cursor.fetchall()]):
            return {}, {}
        cursor.execute(PAID_BACK, [array(credited)])
        rows = cursor.fetchall()
    back: dict[UUID, list[Change]] = defaultdict(list)
    owed: dict[UUID, int] = defaultdict(int)
    paid: dict[UUID, date] = {}
    for invoice, on, outstanding, *used in rows:
        owed[invoice] += outstanding
        # Apart: float days pass for what came, not for what was taken back on the same day.
        back[invoice] += [Change(on, minor) for minor in used if minor]
        if owed[invoice]:
            paid.pop(invoice, None)
        else:
            paid.setdefault(invoice, on)
    return back, paid


def _accrued(
    invoices: Iterable[UUID], fees: Sequence[str]
) -> dict[UUID, dict[str, tuple[date, int]]]:
    found: dict[UUID, dict[str, tuple[date, int]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(LAST, [array(invoices), list(fees)])
        for invoice, fee, day, total in cursor.fetchall():
            found[invoice][fee] = (day, total)
    return found
