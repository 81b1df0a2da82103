"""Who pays: the debtors behind an account or a name, and what each of them owes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Q

from usance import models
from usance.domain import payment
from usance.domain.journal import Account
from usance.domain.money import Money
from usance.domain.party import name_key
from usance.domain.party.names import LONGEST_KEY
from usance.models.bulk import array

from . import same

LATEST = 500  # Payments of an account that are looked at for whom it paid.
MOST_OF_ONE = 5_000  # Open items of a debtor that are looked at.
MOST_OF_ALL = 120_000  # Of all the debtors of a batch: its memory does not grow with the book.

# That no account is empty is said to the index, which cannot know it of a variable.
PAID = """
SELECT p.account, array_agg(DISTINCT i.debtor_id) FROM unnest(%s::text[]) AS p(account)
 CROSS JOIN LATERAL (SELECT l.id FROM bank_line l WHERE l.counterparty_account = p.account
    AND l.counterparty_account <> '' AND l.amount_minor > 0 ORDER BY l.id DESC LIMIT %s) AS l
  JOIN allocation a ON a.line_id = l.id AND a.undone_at IS NULL
  JOIN invoice i ON i.id = a.invoice_id GROUP BY 1
"""

OWED = """
SELECT d.id, array_agg(x.invoice_id) FROM unnest(%s::uuid[]) AS d(id)
 CROSS JOIN LATERAL (SELECT b.invoice_id FROM balance b WHERE b.debtor_id = d.id
    AND b.account = %s AND b.debit_minor <> b.credit_minor AND b.invoice_id IS NOT NULL
    LIMIT %s) AS x GROUP BY 1
"""

SAME = """
SELECT debtor_id, face_minor, currency FROM invoice
 WHERE debtor_id = ANY(%s::uuid[]) AND face_minor = ANY(%s) AND kind = 'invoice'
   AND stage <> 'rejected'
 GROUP BY 1, 2, 3 HAVING count(*) > 1
"""

# Two of an amount are enough to know that it is not the only one.
FACES = """
SELECT m.minor, m.currency, x.id, x.number, x.payment_reference, x.debtor_id
  FROM unnest(%s::bigint[], %s::text[]) AS m(minor, currency)
 CROSS JOIN LATERAL (SELECT i.*, count(*) OVER () AS many FROM (SELECT * FROM invoice
    WHERE face_minor = m.minor AND currency = m.currency AND kind = 'invoice'
      AND stage <> 'rejected' LIMIT 2) AS i) AS x
 WHERE x.many = 1 AND x.stage = 'funded'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What debtors owe: their open invoices, and of whom there are more than were looked at."""

    invoices: frozenset[UUID]
    crowded: frozenset[UUID]


def rules() -> payment.Rules:
    """What people said of payers and nobody withdrew."""
    rows = models.PayerRule.objects.filter(withdrawn_at=None)
    return payment.Rules(
        payment.PayerRule(by=payment.By(by), value=value, debtor=debtor, client=client)
        for by, value, debtor, client in rows.values_list("by", "value", "debtor_id", "client_id")
    )


def paid_before(lines: Iterable[payment.BankLine]) -> dict[str, list[UUID]]:
    """For whom the accounts of these lines have paid lately, by account."""
    accounts = sorted({line.counterparty_account for line in lines} - {""})
    if not accounts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(PAID, [accounts, LATEST])
        return dict(cursor.fetchall())


def debtors(
    lines: Collection[payment.BankLine],
    *,
    paid: Mapping[str, Collection[UUID]],
    rules: payment.Rules,
) -> set[UUID]:
    """Who may have paid these lines: by account, by name, by what they paid before, by a rule."""
    accounts = {line.counterparty_account for line in lines} - {""}
    written = {line.counterparty for line in lines} - {""}
    found = {rule for line in lines if (rule := rules.debtor(line))}
    found |= {one for account in accounts if len(few := paid.get(account, ())) == 1 for one in few}
    if accounts:
        known = models.DebtorAccount.objects.filter(iban__in=accounts)
        found |= set(known.values_list("debtor_id", flat=True))
    if written:
        by_name = Q(name_key__in={name_key(name) for name in written} - {""})
        alike = [f"n:{key[:LONGEST_KEY]}" for name in written for key in payment.bare(name)]
        by_name |= Q(found_by__overlap=alike) if alike else Q()
        found |= set(models.Debtor.objects.filter(by_name).values_list("pk", flat=True))
    # Whoever pays for one row of a company pays for all of them.
    return set(same.owners(same.members(found))) if found else found


def owed_by(debtors: Collection[UUID]) -> Owed:
    """The open invoices of these debtors, of each only so many that all fit into memory."""
    if not debtors:
        return Owed(invoices=frozenset(), crowded=frozenset())
    most = min(MOST_OF_ONE, max(MOST_OF_ALL // len(debtors), 40))
    with connection.cursor() as cursor:
        cursor.execute(OWED, [array(debtors), Account.FACTORED_RECEIVABLES.value, most + 1])
        found = dict(cursor.fetchall())
    return Owed(
        invoices=frozenset(one for these in found.values() for one in these[:most]),
        crowded=frozenset(debtor for debtor, these in found.items() if len(these) > most),
    )


def alone(lines: Iterable[payment.BankLine]) -> list[payment.OpenItem]:
    """Bought invoices whose face is the amount of one of these lines and that of no other invoice
    of the book, open or not, and whose number is like one in that line; as if nothing were paid
    on them."""
    of_amount: dict[tuple[int, str], list[payment.BankLine]] = {}
    for line in lines:
        of_amount.setdefault((line.amount.minor, line.amount.currency), []).append(line)
    if not of_amount:
        return []
    with connection.cursor() as cursor:
        cursor.execute(FACES, [[minor for minor, _ in of_amount], [code for _, code in of_amount]])
        rows = cursor.fetchall()
    items = [
        payment.OpenItem(
            invoice=pk, number=number, payment_reference=reference, debtor=debtor,
            outstanding=Money(minor, currency),
        )
        for minor, currency, pk, number, reference, debtor in rows
    ]  # fmt: skip
    return [
        item for item in items
        if any(
            payment.like_one_in(payment.said(line), item)
            for line in of_amount[item.outstanding.minor, item.outstanding.currency]
        )
    ]  # fmt: skip


def recurring(items: Iterable[payment.OpenItem]) -> set[tuple[UUID, int, str]]:
    """The amounts, with debtor and currency, that stand on more than one invoice of a debtor."""
    asked = {(item.debtor, item.outstanding.minor) for item in items}
    if not asked:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(SAME, [array({one for one, _ in asked}), [minor for _, minor in asked]])
        return set(cursor.fetchall())
