"""What clients were charged and is on no invoice of ours yet, what they have to pay at least, and
the invoices that there are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from usance import models
from usance.domain.finance import LegalBasis
from usance.domain.finance.minimum import Least, falling, missing, years
from usance.domain.journal import Account
from usance.domain.money import Money
from usance.domain.party import Address, Identifier, Party
from usance.domain.periods import month
from usance.domain.settlement.fees import MINIMA, Charge, Sort

from . import foreign

DAY = timedelta(days=1)
SORTS = {Account.FEE_INCOME: Sort.FEES, Account.FUNDS_INCOME: Sort.INTEREST}
# A charge is what a client's reserve or debt paid for our fees, interest and their tax. What is
# earned by the day alone is none: it becomes one when the invoice ends.
CHARGED = """
SELECT id, entry_id, booked_on, client_id, invoice_id, currency, credit AS account,
       amount_minor AS minor FROM move
 WHERE credit IN ('4000', '4200', '2600') AND debit IN ('1300', '2100', '2200')
   AND client_id IS NOT NULL
UNION ALL
SELECT id, entry_id, booked_on, client_id, invoice_id, currency, debit, -amount_minor FROM move
 WHERE debit IN ('4000', '4200', '2600') AND credit IN ('1300', '2100', '2200')
   AND client_id IS NOT NULL
"""
OPEN = f"""
SELECT c.id, c.booked_on, c.invoice_id, c.account, c.minor, coalesce(a.legal_basis, 'sale')
  FROM ({CHARGED}) c LEFT JOIN funding f ON f.invoice_id = c.invoice_id
  LEFT JOIN facility a ON a.id = f.facility_id
 WHERE c.client_id = %s AND c.currency = %s AND c.booked_on BETWEEN %s AND %s
   AND NOT EXISTS (SELECT 1 FROM fee_charge x WHERE x.move_id = c.id)
 ORDER BY c.booked_on, c.id
"""  # noqa: S608 - ours
WAITING = f"""
SELECT DISTINCT c.client_id, c.currency FROM ({CHARGED}) c
 WHERE c.booked_on BETWEEN %s AND %s
   AND NOT EXISTS (SELECT 1 FROM fee_charge x WHERE x.move_id = c.id)
"""  # noqa: S608 - ours
# Without what our own invoices booked: a least is held against what was charged beside it.
PLAIN = f"""
SELECT coalesce(sum(c.minor), 0)::bigint FROM ({CHARGED}) c JOIN entry e ON e.id = c.entry_id
 WHERE c.client_id = %s AND c.currency = %s AND c.booked_on BETWEEN %s AND %s
   AND c.account = '4000' AND e.key NOT LIKE 'fee_invoice:%%'
"""  # noqa: S608 - ours
# The same of what was bought in other currencies, each day's for itself.
ACROSS = f"""
SELECT x.currency, c.booked_on, sum(c.minor)::bigint
  FROM ({CHARGED}) c JOIN entry e ON e.id = c.entry_id
  JOIN crossing x ON x.invoice_id = c.invoice_id AND x.currency = c.currency
 WHERE c.client_id = %s AND x.into_currency = %s AND c.booked_on BETWEEN %s AND %s
   AND c.account = '4000' AND e.key NOT LIKE 'fee_invoice:%%'
 GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 - ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A move that charged a client; negative if it gave something back."""

    id: UUID
    on: date
    invoice: UUID | None
    account: Account
    minor: int
    basis: LegalBasis


def setup() -> models.FeeInvoicing | None:
    """None: no fees are invoiced in this book."""
    return models.FeeInvoicing.objects.first()


def currencies(client: UUID) -> list[str]:
    """In which a client ever had terms, and so may have been charged."""
    rows = models.Facility.objects.filter(client=client).order_by("currency")
    return list(rows.values_list("currency", flat=True).distinct())


def open_charges(client: UUID, currency: str, *, since: date, through: date) -> list[Moved]:
    """Charges of these days, both included, that are on no invoice of ours, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [client, currency, since, through])
        return [
            Moved(id=pk, on=on, invoice=invoice, account=Account(account), minor=minor,
                  basis=LegalBasis(basis))
            for pk, on, invoice, account, minor, basis in cursor.fetchall()
        ]  # fmt: skip


def waiting(*, since: date, through: date) -> list[tuple[UUID, str]]:
    """Clients with charges of these days that are on no invoice; each with a currency."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [since, through])
        return sorted(cursor.fetchall())


def to_invoice(*, since: date, through: date) -> list[tuple[UUID, str]]:
    """Clients with charges of these days that are on no invoice, or with a least for the month in
    which the last day lies; each with a currency."""
    first, last = month(through)
    found = set(waiting(since=since, through=through))
    if through == last:
        rows = models.Facility.objects.filter(
            known_to=None, valid_from__lte=last,
            charges__has_any_keys=["minimum_month", "minimum_year"],
        ).exclude(valid_to__lt=first)  # fmt: skip
        asked = set(rows.values_list("client_id", "currency"))
        there = models.FeeInvoice.objects.filter(
            last_on=last, credits=None, is_credited=False
        ).values_list("client_id", "currency")
        found |= asked - set(there)
    return sorted(found)


def summed(moved: Sequence[Moved], currency: str) -> tuple[list[Charge], Money]:
    """The charges by sort and legal basis, and the tax that was deducted with them."""
    nets: dict[tuple[Sort, LegalBasis], int] = defaultdict(int)
    invoices: dict[tuple[Sort, LegalBasis], set[UUID | None]] = defaultdict(set)
    tax = 0
    for one in moved:
        if one.account is Account.VAT_PAYABLE:
            tax += one.minor
            continue
        key = SORTS[one.account], one.basis
        nets[key] += one.minor
        invoices[key].add(one.invoice)
    order = sorted(nets, key=lambda key: (list(Sort).index(key[0]), key[1]))
    return [
        Charge(sort=sort, basis=basis, net=Money(nets[sort, basis], currency),
               invoices=len(invoices[sort, basis] - {None}))
        for sort, basis in order
    ], Money(tax, currency)  # fmt: skip


def lacking(client: UUID, currency: str, *, through: date) -> list[Charge]:
    """What lacks of the least fees for the month that ends on that day, and for years of the
    contract that end in it. Empty for a day within a month.

    :raises RateMissing: as `_charged`.
    """
    first, last = month(through)
    if through != last:
        return []
    rows = list(
        models.Facility.objects.filter(client=client, currency=currency, known_to=None)
        .order_by("valid_from")
    )  # fmt: skip
    found = []
    monthly = [Least(minor=row.priced().minimum_month, first=row.valid_from, last=row.valid_to)
               for row in rows]  # fmt: skip
    basis = {row.valid_from: LegalBasis(row.legal_basis) for row in rows}
    lacks = _missing(client, currency, monthly, first=first, last=last)
    held = max((day for day in basis if day <= last), default=last)
    whose = basis.get(held, LegalBasis.SALE)
    if lacks:
        found.append(Charge(sort=Sort.MINIMUM_MONTH, basis=whose, net=lacks))
    yearly = [Least(minor=row.priced().minimum_year, first=row.valid_from, last=row.valid_to)
              for row in rows]  # fmt: skip
    for start, end in years(yearly, first=first, last=last):
        before = _least_of_months(client, currency, start, end)
        more = Money(0, currency)
        for day, lacked in [*before, (last, lacks)]:
            more += falling(lacked, monthly, month=month(day), year=(start, end))
        less = _missing(client, currency, yearly, first=start, last=end, more=more)
        if less:
            found.append(Charge(sort=Sort.MINIMUM_YEAR, basis=whose, net=less))
    return found


def _missing(
    client: UUID, currency: str, terms: Sequence[Least], *, first: date, last: date,
    more: Money | None = None,
) -> Money:  # fmt: skip
    """:param more: what counts beside the charges of these days."""
    if not any(one.minor for one in terms):
        return Money(0, currency)
    charged = _charged(client, currency, first, last) + (more or Money(0, currency))
    return missing(terms, first=first, last=last, charged=charged)


def _charged(client: UUID, currency: str, first: date, last: date) -> Money:
    """With what was charged on invoices that count in this currency and are in others, each day's
    at its rate.

    :raises RateMissing: if one is not known.
    """
    asked = [client, currency, first, last]
    with connection.cursor() as cursor:
        cursor.execute(PLAIN, asked)
        charged = Money(int(cursor.fetchone()[0]), currency)
        cursor.execute(ACROSS, asked)
        for of, day, minor in cursor.fetchall():
            charged += foreign.rate(of, currency, on=day).worth(Money(minor, of))
    return charged


def _least_of_months(
    client: UUID, currency: str, first: date, last: date
) -> list[tuple[date, Money]]:
    """What was invoiced because the least of a month was not reached, by the last days of those
    months of which days are of the year."""
    rows = models.FeeInvoice.objects.filter(
        client=client, currency=currency, last_on__gte=first, last_on__lte=month(last)[1],
        credits=None, is_credited=False,
    )  # fmt: skip
    return [
        (row.last_on, Money(line["net_minor"], currency))
        for row in rows for line in row.lines if line["sort"] == Sort.MINIMUM_MONTH
    ]  # fmt: skip


def least_of(charges: Sequence[Charge], currency: str) -> Money:
    return Money(sum(one.net.minor for one in charges if one.sort in MINIMA), currency)


def party(row: models.Client | models.Factor) -> Party:
    """As it stands on a paper of ours."""
    return Party(
        name=row.name,
        vat_id=row.vat_id,
        legal_id=Identifier(value=row.legal_id) if row.legal_id else None,
        address=Address(
            street=row.street, postcode=row.postcode, city=row.city, country=row.country
        ),
    )


def rows() -> "QuerySet[models.FeeInvoice]":
    return models.FeeInvoice.objects.select_related("client", "credits", "notice")


def of_client(client: UUID) -> "QuerySet[models.FeeInvoice]":
    """The client's own, for its pages and its program."""
    return rows().filter(client_id=client)
