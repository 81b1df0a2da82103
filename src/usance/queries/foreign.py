"""Invoices in other currencies than their facility's: whose terms take them, at which rate of a
day, and what of them counts in the currency of the facility."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from django.db import connection

from usance import models
from usance.domain.exchange import Cross, dealt
from usance.domain.journal import Account
from usance.domain.money import Money

from . import exchange, facilities

Terms = dict[tuple[UUID, str], models.Facility]

# Approved and about to be bought: no purchase says yet in whose currency they count.
COMING = """
SELECT i.{by}, i.currency, sum(floor(i.face_minor * {share}))::bigint
  FROM invoice i JOIN facility f ON f.client_id = i.client_id AND f.currency = %(into)s
   AND f.known_to IS NULL AND f.valid_from <= %(on)s
   AND (f.valid_to IS NULL OR f.valid_to >= %(on)s)
   AND f.foreign_terms <> '{{}}'
   AND f.foreign_terms -> 'currencies' ? i.currency
 WHERE i.{by} = ANY(%(subjects)s) AND i.stage = 'approved' AND i.kind = 'invoice' GROUP BY 1, 2
"""

OPEN = """
SELECT b.{by}, b.currency, sum(b.debit_minor - b.credit_minor)
  FROM crossing x JOIN balance b ON b.invoice_id = x.invoice_id AND b.currency = x.currency
 WHERE x.into_currency = %(into)s AND b.{by} = ANY(%(subjects)s) AND b.account = ANY(%(accounts)s)
   AND b.debit_minor <> b.credit_minor
 GROUP BY 1, 2
"""
OWED = """
SELECT m.debtor_id, m.currency,
       sum(CASE m.debit WHEN '1200' THEN m.amount_minor ELSE -m.amount_minor END)::bigint
  FROM crossing x JOIN move m ON m.invoice_id = x.invoice_id AND m.currency = x.currency
 WHERE x.into_currency = %(into)s AND m.debtor_id = ANY(%(debtors)s) AND m.booked_on <= %(on)s
   AND '1200' IN (m.debit, m.credit)
 GROUP BY 1, 2
"""


def terms(clients: Collection[UUID], *, on: date) -> Terms:
    """The terms by which each client's invoices are bought that day, by their currency: those in
    it, or else those that take it as another one. Who has both is bought by its own."""
    return by_currency(facilities.holding(clients, on=on).order_by("currency"))


def by_currency(held: Iterable[models.Facility]) -> Terms:
    """These terms, which hold, by client and each currency of an invoice that they take."""
    found = list(held)
    taken = {(one.client_id, other): one for one in reversed(found)
             for other in one.foreign().currencies}  # fmt: skip
    return taken | {(one.client_id, one.currency): one for one in found}


def currencies(clients: Collection[UUID], *, on: date) -> dict[UUID, frozenset[str]]:
    """The currencies in which we buy from each client that day."""
    found: dict[UUID, set[str]] = defaultdict(set)
    for client, currency in terms(clients, on=on):
        found[client].add(currency)
    return {client: frozenset(these) for client, these in found.items()}


def is_used() -> bool:
    """Whether terms take other currencies, or something was bought in one: most books do not ask
    further."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM crossing)"
            " OR EXISTS (SELECT 1 FROM facility WHERE foreign_terms <> '{}')"
        )
        return bool(cursor.fetchone()[0])


def rate(of: str, into: str, *, on: date) -> Cross:
    """:raises RateMissing: if it is not known."""
    return dealt(of, into, on, exchange.known_before({of, into}, on))


def bought(invoices: Collection[UUID]) -> dict[UUID, models.Crossing]:
    """Of these, those that were bought in another currency than their facility's."""
    return {row.pk: row for row in models.Crossing.objects.filter(pk__in=invoices)}


def of_client(client: UUID) -> dict[tuple[str, str], list[UUID]]:
    """Purchases of a client that count in another currency than their own, by both."""
    found: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    rows = models.Crossing.objects.filter(client=client).order_by("pk")
    for currency, into, pk in rows.values_list("currency", "into_currency", "pk"):
        found[currency, into].append(pk)
    return found


def owed(debtors: Collection[UUID], into: str, *, on: date) -> dict[UUID, int]:
    """What each debtor owes at the end of a day on what counts in that currency and is in others,
    at the day's rates.

    :raises RateMissing: if one is not known.
    """
    with connection.cursor() as cursor:
        cursor.execute(OWED, {"debtors": list(debtors), "into": into, "on": on})
        sums = {(debtor, currency): int(minor) for debtor, currency, minor in cursor.fetchall()}
    return _worth(sums, into=into, on=on)


def exposure(debtors: Collection[UUID], into: str, *, on: date) -> dict[UUID, int]:
    """What each debtor owes on what counts in that currency and is in others, at the day's rates,
    with what is about to be bought.

    :raises RateMissing: if one is not known.
    """
    owed = _balances("debtor_id", debtors, into, [Account.FACTORED_RECEIVABLES])
    return _worth(owed, _coming("debtor_id", debtors, into, on, share="1"), into=into, on=on)


def funds_in_use(clients: Collection[UUID], into: str, *, on: date) -> dict[UUID, int]:
    """What each client has had of us for invoices in other currencies, at the day's rates, with the
    advances of what is about to be bought. What it owes us is in its facility's currency as it is.

    :raises RateMissing: if a rate is not known.
    """
    had = _balances(
        "client_id", clients, into, [Account.FACTORED_RECEIVABLES, Account.CLIENT_RESERVES]
    )
    return _worth(
        had, _coming("client_id", clients, into, on, share="f.advance_rate"), into=into, on=on
    )


def _balances(
    by: str, subjects: Collection[UUID], into: str, accounts: Collection[Account]
) -> dict[tuple[UUID, str], int]:
    """Debits less credits on purchases that count in `into`, by subject and their own currency."""
    named = [one.value for one in accounts]
    with connection.cursor() as cursor:
        cursor.execute(
            OPEN.format(by=by), {"into": into, "subjects": list(subjects), "accounts": named}
        )
        return {(subject, currency): int(minor) for subject, currency, minor in cursor.fetchall()}


def _coming(
    by: str, subjects: Collection[UUID], into: str, on: date, *, share: str
) -> dict[tuple[UUID, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            COMING.format(by=by, share=share),
            {"into": into, "on": on, "subjects": list(subjects)},
        )
        return {(subject, currency): int(minor) for subject, currency, minor in cursor.fetchall()}


def _worth(*sums: Mapping[tuple[UUID, str], int], into: str, on: date) -> dict[UUID, int]:
    total: dict[tuple[UUID, str], int] = defaultdict(int)
    for one in sums:
        for key, minor in one.items():
            total[key] += minor
    at = {currency: rate(currency, into, on=on) for currency in {key[1] for key in total}}
    found: dict[UUID, int] = defaultdict(int)
    for (subject, currency), minor in total.items():
        found[subject] += at[currency].worth(Money(minor, currency)).minor
    return dict(found)
