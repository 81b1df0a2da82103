"""The tax in what debtors of a client never paid: per invoice, with what came later of it.

All from the books and the papers: nothing is kept for it. What came back to the client by recourse
or a write-off counts; what it bought back of its own wish, or took along as it left, is no loss.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from usance import law, models
from usance.domain.invoice import Invoice, Stage
from usance.domain.invoice.document import Tax
from usance.domain.money import Money, least, total, zero
from usance.domain.payment import Was
from usance.domain.payment.wording import compact
from usance.domain.settlement import relief
from usance.domain.settlement.buy_backs import State as BoughtBack
from usance.domain.settlement.losses import Cause
from usance.domain.settlement.relief import Loss, Relief, Rule

COLUMNS = ("invoice", "debtor", "due_on", "lost_on", "cause", "lost", "borne_by_us", "paid_later",
           "vat_rates", "vat", "vat_owed_again", "vat_left", "state", "earliest",
           "currency")  # fmt: skip
LOST = """SELECT m.invoice_id, min(m.booked_on),
       sum(m.amount_minor) FILTER (WHERE m.debit IN ('2100', '1300')),
       sum(m.amount_minor) FILTER (WHERE m.debit = '6000')
  FROM move m JOIN entry e ON e.id = m.entry_id
 WHERE m.client_id = %(client)s AND m.booked_on <= %(on)s AND m.invoice_id IS NOT NULL
   AND (m.credit = '1200' AND split_part(e.key, ':', 1) IN ('repurchase', 'write_off')
        OR m.credit = '2300' AND m.debit IN ('1300', '6000')
           AND split_part(e.key, ':', 1) = 'allocation_undone')
 GROUP BY 1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    invoice: models.Invoice
    loss: Loss
    found: Relief
    ours: Money  # Of the loss we bear the rest: the client was paid for it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Of one currency, over the lines that are ready or whose day is known or to be shown."""

    currency: str
    lost: Money
    ready: Money  # Tax that may be corrected by now, less what is owed again of it.
    open: Money  # Tax for which the day is not here, or our books cannot tell it.
    again: Money  # Tax that is owed again where it was corrected before.


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    client: models.Client
    on: date
    rule: Rule | None  # Of the client's country.
    lines: tuple[Line, ...]
    unplaced: tuple[models.Explanation, ...]  # A debtor's money for the client that names none.

    @property
    def sums(self) -> tuple[Sums, ...]:
        return tuple(
            self._of(one) for one in sorted({line.invoice.currency for line in self.lines})
        )

    def _of(self, currency: str) -> Sums:
        lines = [line for line in self.lines if line.invoice.currency == currency]
        open_ = (relief.State.WAITS, relief.State.UNCERTAIN)
        return Sums(
            currency=currency,
            lost=total((line.loss.amount for line in lines), currency),
            ready=total((line.found.left for line in lines
                         if line.found.state == relief.State.READY), currency),
            open=total((line.found.left for line in lines if line.found.state in open_), currency),
            again=total((line.found.again for line in lines
                         if line.found.state == relief.State.READY), currency),
        )  # fmt: skip


def of_client(client: models.Client, *, on: date) -> Told:
    """As the books stand at the end of a day. Six queries, however many invoices."""
    with connection.cursor() as cursor:
        cursor.execute(LOST, {"client": client.pk, "on": on})
        lost = {row[0]: row[1:] for row in cursor.fetchall()}
    given = models.BuyBackLine.objects.filter(
        invoice__in=lost, buy_back__state=BoughtBack.DONE
    ).values_list("invoice", flat=True)
    for pk in given:
        del lost[pk]
    rows = list(
        models.Invoice.objects.filter(pk__in=lost)
        .select_related("debtor", "paper")
        .order_by("due_on", "pk")
    )
    causes = _causes(lost)
    later, unplaced = _later(client, rows, {pk: one[0] for pk, one in lost.items()}, on=on)
    taxes, rule = _taxes(rows), law.bad_debt().get(client.country)
    lines = []
    for row in rows:
        since, back, ours = lost[row.pk]
        amount = Money(int(back or 0), row.currency)
        loss = Loss(
            amount=amount, later=least(later[row.pk], amount), on=since,
            due_on=row.due_on, cause=causes.get(row.pk), taxes=taxes[row.pk],
        )  # fmt: skip
        lines.append(
            Line(
                invoice=row, loss=loss, found=relief.relief(loss, rule, today=on),
                ours=Money(int(ours or 0), row.currency),
            )
        )  # fmt: skip
    return Told(client=client, on=on, rule=rule, lines=tuple(lines), unplaced=tuple(unplaced))


def _causes(invoices: "dict[UUID, Any]") -> dict[UUID, Cause]:
    found = models.WriteOff.objects.filter(invoice__in=invoices, state="done")
    return {pk: Cause(cause) for pk, cause in found.values_list("invoice_id", "cause")
            if pk is not None}  # fmt: skip


def _taxes(rows: Sequence[models.Invoice]) -> dict[UUID, tuple[Tax, ...] | None]:
    """The breakdown of each less that of the credit notes that were applied to it."""
    applied = models.Invoice.objects.filter(credited__in=rows, stage=Stage.APPLIED)
    notes: dict[UUID | None, list[tuple[Tax, ...]]] = defaultdict(list)
    for note in applied.select_related("paper"):
        notes[note.credited_id].append(_breakdown(note))
    return {row.pk: relief.less(_breakdown(row), notes[row.pk]) for row in rows}


def _breakdown(row: models.Invoice) -> tuple[Tax, ...]:
    paper = getattr(row, "paper", None)
    return msgspec.convert(paper.content, Invoice).taxes if paper else ()


def _later(
    client: models.Client, rows: Sequence[models.Invoice], since: dict[UUID, date], *, on: date
) -> tuple[dict[UUID, Money], list[models.Explanation]]:
    """What debtors paid to us for the client after it had the claim back, for the invoices that the
    payment names; and payments of these debtors that name none of them."""
    names = {name: row for row in rows for name in (row.number_key, row.payment_reference)}
    found = {row.pk: zero(row.currency) for row in rows}
    said = models.Explanation.objects.filter(
        client=client, was=Was.MISDIRECTED, undone_at=None, line__booked_on__lte=on
    ).select_related("line", "debtor")
    unplaced = []
    for one in said.order_by("line__booked_on", "pk"):
        told = [
            names[key] for ref in one.line.references if (key := compact(ref["value"])) in names
        ]
        fits = [row for row in told if row.currency == one.currency
                and since[row.pk] <= one.line.booked_on]  # fmt: skip
        if fits:
            found[fits[0].pk] += one.amount
        elif rows and one.line.booked_on >= min(since.values()):
            unplaced.append(one)
    return found, unplaced


def cells(told: Told) -> Iterator[tuple[Any, ...]]:
    """A row for each invoice, in the order of COLUMNS."""
    for one in told.lines:
        loss, found = one.loss, one.found
        yield (
            one.invoice.number, one.invoice.debtor.name if one.invoice.debtor else "",
            one.invoice.due_on, loss.on, loss.cause or "recourse", loss.amount.decimal,
            one.ours.decimal, loss.later.decimal, rates(found), found.tax.decimal,
            found.again.decimal, found.left.decimal, found.state.value, found.earliest,
            one.invoice.currency,
        )  # fmt: skip


def rates(found: Relief) -> str:
    """ "25 %: 1600.00 + 400.00" for each rate: net and tax of the loss."""
    return "; ".join(
        f"{Decimal(one.rate).normalize():f} %: {one.net.decimal} + {one.tax.decimal}"
        for one in found.slices
    )


def paper(told: Told, *, made_at: datetime) -> bytes:
    """As PDF, in the client's language where we have it.

    :raises UnusableBrand: if a colour or logo cannot be used.
    """
    from usance.letters import nearest, vat_relief

    from . import parcels

    return vat_relief.vat_relief(
        nearest(told.client.language),
        vat_relief.VatRelief(
            factor=parcels.brand(models.Factor.objects.get()), client=parcels.brand(told.client),
            on=told.on, made_at=made_at, rule=told.rule,
            items=tuple(
                vat_relief.Item(
                    number=one.invoice.number, loss=one.loss, found=one.found, ours=one.ours,
                    debtor=one.invoice.debtor.name if one.invoice.debtor else "",
                )
                for one in told.lines
            ),
            sums=tuple(
                (one.currency, one.lost, one.ready, one.open, one.again) for one in told.sums
            ),
            unplaced=tuple(
                (one.line.booked_on, one.debtor.name if one.debtor else "", one.amount)
                for one in told.unplaced
            ),
        ),
    )  # fmt: skip
