"""What is open: outstanding, reserves, exposure, funds in use. Every figure is a sum of moves."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from usance import models
from usance.domain.invoice import Stage
from usance.domain.journal import GROWS_BY_DEBIT, Account


def of_invoices(account: Account, invoices: Collection[UUID]) -> dict[UUID, int]:
    """Balance of the account for each invoice, in minor units; untouched invoices are left out."""
    return _sums(account, "invoice_id", invoice_id__in=invoices)


def of_debtors(account: Account, debtors: Collection[UUID], currency: str) -> dict[UUID, int]:
    return _open_sums(account, "debtor_id", debtor_id__in=debtors, currency=currency)


def of_clients(account: Account, clients: Collection[UUID], currency: str) -> dict[UUID, int]:
    return _open_sums(account, "client_id", client_id__in=clients, currency=currency)


def approved_faces(debtors: Collection[UUID], currency: str) -> dict[UUID, int]:
    """Faces of what is approved and not yet bought, by debtor."""
    rows = models.Invoice.objects.filter(
        debtor_id__in=debtors, currency=currency, stage=Stage.APPROVED
    )
    return dict(rows.values_list("debtor_id").annotate(sum=Sum("face_minor")))


def _open_sums(account: Account, by: str, **where: object) -> dict[UUID, int]:
    # Closed rows sum to nothing: leaving them out lets the partial index answer.
    rows = models.Balance.objects.exclude(debit_minor=F("credit_minor"))
    return _grouped(rows.filter(account=account, **where), account, by)


def _sums(account: Account, by: str, **where: object) -> dict[UUID, int]:
    return _grouped(models.Balance.objects.filter(account=account, **where), account, by)


def _grouped(rows: "QuerySet[models.Balance]", account: Account, by: str) -> dict[UUID, int]:
    sign = 1 if account in GROWS_BY_DEBIT else -1
    grouped = rows.values_list(by).annotate(sum=Sum(F("debit_minor") - F("credit_minor")))
    return {subject: sign * int(amount) for subject, amount in grouped}


def funds_in_use(clients: Collection[UUID], currency: str) -> dict[UUID, int]:
    """What each client has had of us and not repaid: receivables bought, less the reserves kept
    back, plus our claims; and the advances of what is approved and about to be bought."""
    used: dict[UUID, int] = defaultdict(int)
    for account, sign in (
        (Account.FACTORED_RECEIVABLES, 1),
        (Account.CLIENT_RESERVES, -1),
        (Account.CLIENT_CLAIMS, 1),
    ):
        for client, minor in of_clients(account, clients, currency).items():
            used[client] += sign * minor
    rows = models.Invoice.objects.filter(
        client_id__in=clients, currency=currency, stage=Stage.APPROVED
    )
    # At most one facility holds for a client and currency: its rate is the one they are bought at.
    for client, minor in rows.values_list("client_id").annotate(sum=Sum("face_minor")):
        rate = (
            models.Facility.objects.filter(client_id=client, currency=currency, valid_to=None)
            .values_list("advance_rate", flat=True)
            .first()
        )
        used[client] += int(minor * (rate if rate is not None else 1))
    return used


def clients_with(account: Account, currency: str) -> list[UUID]:
    """Clients for whom the account is open in this currency."""
    rows = models.Balance.objects.filter(
        account=account, currency=currency, client__isnull=False
    ).exclude(debit_minor=F("credit_minor"))
    sums = _grouped(rows, account, "client_id")
    return sorted(client for client, minor in sums.items() if minor > 0)
