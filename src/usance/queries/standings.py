"""How debtors stood on a day, as the rules of eligibility see them: three queries for all."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Max

from usance import models
from usance.domain.credit.eligibility import Mark, Standing
from usance.domain.journal import Account

from . import amounts, facilities, foreign, same

ELSEWHERE = """
SELECT i.debtor_id,
       sum(CASE m.debit WHEN '1200' THEN m.amount_minor ELSE -m.amount_minor END)::bigint
  FROM invoice i JOIN move m ON m.invoice_id = i.id
 WHERE i.debtor_id = ANY(%(debtors)s) AND m.currency = %(currency)s AND m.booked_on <= %(on)s
   AND '1200' IN (m.debit, m.credit)
 GROUP BY 1
"""


def end_of(on: date) -> datetime:
    """The first moment that belongs to the day no more. Days are UTC."""
    return datetime.combine(on + timedelta(days=1), time(), UTC)


def is_now(on: date) -> bool:
    """Nothing was booked for a later day: the balances are those of the evening of `on`."""
    last = models.DayTotal.objects.aggregate(last=Max("booked_on"))["last"]
    return last is None or last <= on


def of(
    client: UUID,
    debtors: Collection[UUID],
    currency: str,
    *,
    owed: Mapping[UUID, int],
    on: date,
) -> dict[UUID, Standing]:
    """:param debtors: companies: the rows that stay. What is known of their other rows counts.
    :param owed: what each owes on this client's invoices, in minor units.
    """
    rows = same.rows_of(models.Debtor, debtors).values_list(
        "pk", "company", "name", "country", "public", "insolvent_on"
    )
    owner = {pk: company for pk, company, *_ in rows}
    insolvent = {company for _, company, *_, since in rows if since is not None and since <= on}
    marks: dict[UUID, set[Mark]] = defaultdict(set)
    contra: dict[UUID, int] = defaultdict(int)
    said = models.EligibilityMark.objects.filter(
        client_id=client, debtor_id__in=owner.keys(), valid_from__lte=on
    ).exclude(valid_to__lt=on)
    for debtor, kind, minor, said_in in said.values_list(
        "debtor_id", "kind", "amount_minor", "currency"
    ):
        marks[owner[debtor]].add(Mark(kind))
        if kind == Mark.CONTRA and said_in == currency:
            contra[owner[debtor]] += minor
    limits = facilities.limits(debtors, on=on)
    whole = same.summed(_exposure(owner.keys(), currency, on=on), owner)
    return {
        pk: Standing(
            name=name,
            country=country,
            public=public,
            insolvent=pk in insolvent,
            limit_minor=limit.limit_minor if (limit := limits.get((pk, currency))) else None,
            elsewhere_minor=max(whole.get(pk, 0) - owed.get(pk, 0), 0),
            contra_minor=contra[pk],
            marks=frozenset(marks[pk]),
        )
        for pk, company, name, country, public, _ in rows
        if pk == company
    }


def _exposure(debtors: Collection[UUID], currency: str, *, on: date) -> dict[UUID, int]:
    """What each debtor owes us on all clients' invoices, with what counts in the currency and is in
    another."""
    found = dict(foreign.owed(debtors, currency, on=on))
    if is_now(on):
        own = amounts.of_debtors(Account.FACTORED_RECEIVABLES, debtors, currency)
    else:
        with connection.cursor() as cursor:
            cursor.execute(ELSEWHERE, {"debtors": list(debtors), "currency": currency, "on": on})
            own = dict(cursor.fetchall())
    for debtor, minor in own.items():
        found[debtor] = found.get(debtor, 0) + minor
    return found
