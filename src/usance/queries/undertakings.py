"""What debtors undertook to pay, and what was bought on the strength of it."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from usance import models
from usance.domain.credit.undertaking import Undertaking
from usance.domain.finance import Product

from . import facilities, same


def of(rows: Sequence[models.Invoice]) -> dict[UUID, Undertaking]:
    """What the debtor of each of these undertook; a row of another company undertakes nothing."""
    return {pk: row.fact() for pk, row in given(rows).items()}


def given(rows: Sequence[models.Invoice]) -> dict[UUID, models.Undertaking]:
    """The rows of `of`."""
    if not rows:
        return {}
    found = models.Undertaking.objects.filter(
        fingerprint__in={row.fingerprint for row in rows}, ended_at=None
    )
    told = list(found.order_by("pk"))
    debtors = {row.debtor_id for row in (*rows, *told) if row.debtor_id}
    company = same.companies(models.Debtor, debtors)
    known = {(row.fingerprint, company[row.debtor_id]): row for row in told}
    return {
        row.pk: one
        for row in rows
        if row.debtor_id and (one := known.get((row.fingerprint, company[row.debtor_id])))
    }


def bought_on(invoices: Collection[UUID]) -> set[UUID]:
    """Those of these that were bought on the strength of one: nothing but their payment, or a loss
    of ours, reduces them."""
    if not invoices:
        return set()
    rows = models.Funding.objects.filter(pk__in=invoices, facility__product=Product.CONFIRMING)
    return set(rows.values_list("pk", flat=True))


def of_debtor(debtor: UUID) -> "QuerySet[models.Undertaking]":
    """Those that stand, of all rows of its company."""
    rows = [pk for one in same.members([debtor]).values() for pk in one]
    found = models.Undertaking.objects.filter(debtor__in=rows, ended_at=None)
    return found.select_related("client")


def is_asked(row: models.Invoice, *, today: date) -> bool:
    """Whether the terms that hold ask for the debtor's undertaking."""
    held = facilities.holding([row.client_id], on=today)
    return held.filter(currency=row.currency, product=Product.CONFIRMING).exists()
