"""What is open: outstanding, reserves, exposure, funds in use. Every figure is a sum of moves."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet, Sum

from usance import models
from usance.domain.journal import GROWS_BY_DEBIT, Account
from usance.models.bulk import array


def of_invoices(account: Account, invoices: Collection[UUID]) -> dict[UUID, int]:
    """Balance of the account for each invoice, in minor units; untouched invoices are left out."""
    sign = 1 if account in GROWS_BY_DEBIT else -1
    found = _asked(OF_INVOICES, [account.value, array(invoices)])
    return {invoice: sign * minor for invoice, minor in found.items()}


def of_debtors(account: Account, debtors: Collection[UUID], currency: str) -> dict[UUID, int]:
    return _open_sums(account, "debtor_id", debtor_id__in=debtors, currency=currency)


def of_clients(account: Account, clients: Collection[UUID], currency: str) -> dict[UUID, int]:
    return _open_sums(account, "client_id", client_id__in=clients, currency=currency)


OF_INVOICES = """
SELECT invoice_id, sum(debit_minor - credit_minor)::bigint FROM balance
 WHERE account = %s AND invoice_id = ANY(%s::uuid[]) GROUP BY 1
"""

# One statement sees one moment: asked for one after the other, an invoice that is bought in between
# would be missing in both.
EXPOSURE = """
SELECT subject, sum(minor)::bigint FROM (
  SELECT debtor_id AS subject, debit_minor - credit_minor AS minor FROM balance
   WHERE debtor_id = ANY(%s) AND account = %s AND currency = %s AND debit_minor <> credit_minor
  UNION ALL
  SELECT debtor_id, face_minor FROM invoice
   WHERE debtor_id = ANY(%s) AND stage = 'approved' AND kind = 'invoice' AND currency = %s
) AS owed GROUP BY subject
"""

FUNDS = """
SELECT subject, sum(minor)::bigint FROM (
  SELECT client_id AS subject, debit_minor - credit_minor AS minor FROM balance
   WHERE client_id = ANY(%s) AND account = ANY(%s) AND currency = %s
     AND debit_minor <> credit_minor
  UNION ALL
  SELECT i.client_id, floor(i.face_minor * coalesce((
      SELECT max(f.advance_rate) FROM facility f
       WHERE f.client_id = i.client_id AND f.currency = i.currency AND f.valid_to IS NULL
         AND f.known_to IS NULL), 1))
    FROM invoice i
   WHERE i.client_id = ANY(%s) AND i.stage = 'approved' AND i.kind = 'invoice' AND i.currency = %s
) AS used GROUP BY subject
"""


def exposure(debtors: Collection[UUID], currency: str) -> dict[UUID, int]:
    """What each debtor owes us, with the faces of what is approved and about to be bought."""
    ids = list(debtors)
    receivables = Account.FACTORED_RECEIVABLES.value
    return _asked(EXPOSURE, [ids, receivables, currency, ids, currency])


def _open_sums(account: Account, by: str, **where: object) -> dict[UUID, int]:
    # Closed rows sum to nothing: leaving them out lets the partial index answer.
    rows = models.Balance.objects.exclude(debit_minor=F("credit_minor"))
    return _grouped(rows.filter(account=account, **where), account, by)


def _grouped(rows: "QuerySet[models.Balance]", account: Account, by: str) -> dict[UUID, int]:
    sign = 1 if account in GROWS_BY_DEBIT else -1
    grouped = rows.values_list(by).annotate(sum=Sum(F("debit_minor") - F("credit_minor")))
    return {subject: sign * int(amount) for subject, amount in grouped}


def funds_in_use(clients: Collection[UUID], currency: str) -> dict[UUID, int]:
    """What each client has had of us and not repaid: receivables bought, less the reserves kept
    back, plus our claims; and the advances of what is approved and about to be bought."""
    ids = list(clients)
    accounts = [Account.FACTORED_RECEIVABLES, Account.CLIENT_RESERVES, Account.CLIENT_CLAIMS]
    named = [account.value for account in accounts]
    return _asked(FUNDS, [ids, named, currency, ids, currency])


def _asked(sql: str, values: Sequence[object]) -> dict[UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {subject: int(minor) for subject, minor in cursor.fetchall()}


def clients_with(account: Account, currency: str) -> list[UUID]:
    """Clients for whom the account is open in this currency."""
    rows = models.Balance.objects.filter(
        account=account, currency=currency, client__isnull=False
    ).exclude(debit_minor=F("credit_minor"))
    sums = _grouped(rows, account, "client_id")
    return sorted(client for client, minor in sums.items() if minor > 0)
