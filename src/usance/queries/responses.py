"""What buyers answered to invoices, and when they say that they pay."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import msgspec
from django.db.models import Q

from usance import models
from usance.domain.distribution import DECISIVE, Response, Side, Stance, is_partly, says
from usance.domain.invoice import Invoice, Kind, Stage
from usance.domain.party import Party
from usance.domain.party.identity import of_columns
from usance.domain.payment import compact


def of_invoice(invoice: UUID) -> list[models.Response]:
    """All answers, by the buyer's clock."""
    return list(models.Response.objects.filter(invoice=invoice).order_by("at", "response_id"))


def promised(invoices: Sequence[UUID]) -> dict[UUID, date]:
    """When each buyer says that it pays: the day of its last answer that names one."""
    rows = models.Response.objects.filter(
        invoice__in=invoices, stance=Stance.PAID, pays_on__isnull=False
    ).order_by("at", "response_id")
    return {
        invoice: pays_on
        for invoice, pays_on in rows.values_list("invoice_id", "pays_on")
        if invoice is not None and pays_on is not None
    }


def announced(invoices: Collection[UUID]) -> set[UUID]:
    """Of which the buyer's last answer says that it pays, all of it."""
    rows = models.Response.objects.filter(invoice__in=invoices)
    told = rows.order_by("at", "response_id")
    last = {
        pk: stance == Stance.PAID and not is_partly(Stance(stance), reasons)
        for pk, stance, reasons in told.values_list("invoice_id", "stance", "reasons")
    }
    return {pk for pk, pays in last.items() if pk is not None and pays}


def decisive(told: Sequence[UUID]) -> dict[UUID, models.Response]:
    """By invoice the last yes or no of its buyer, by the buyer's clock.

    :param told: the deliveries that were answered; of an answer to no delivery of ours its own id.
    """
    return _last(about(told))


def given(invoices: Collection[UUID]) -> dict[UUID, models.Response]:
    """By invoice the last yes or no of its buyer until now."""
    return _last(Q(invoice__in=invoices))


def about(told: Sequence[UUID]) -> Q:
    """The answers that these ids tell of, as `decisive` takes them."""
    return Q(dispatch__in=told) | Q(pk__in=told)


def named(said: Collection[Response]) -> dict[Response, UUID]:
    """The invoice that each of these means by its number and both participants, where it is one
    alone: whoever sent the invoice, its buyer answered."""
    keys = {one: compact(one.number) for one in said if one.seller and one.buyer}
    if not any(keys.values()):
        return {}
    rows = models.Invoice.objects.filter(
        number_key__in=set(filter(None, keys.values())), kind=Kind.INVOICE
    ).exclude(stage=Stage.REJECTED)
    alike: dict[str, list[models.Invoice]] = defaultdict(list)
    for row in rows.select_related("client", "debtor", "paper"):
        alike[row.number_key].append(row)
    found = {one: [row for row in alike[key] if _means(one, row)] for one, key in keys.items()}
    return {one: rows[0].pk for one, rows in found.items() if len(rows) == 1}


def _means(said: Response, row: models.Invoice) -> bool:
    paper = msgspec.convert(row.paper.content, Invoice)
    return _side(row.client, paper.seller).answers_to(said.seller) and _side(
        row.debtor, paper.buyer
    ).answers_to(said.buyer)


def _side(company: models.Client | models.Debtor | None, party: Party) -> Side:
    if company is None:
        return Side(party=party)
    numbers = of_columns(vat_id=company.vat_id, legal_id=company.legal_id, country=company.country)
    address = company.einvoice_id if isinstance(company, models.Debtor) else ""
    return Side(party=party, numbers=numbers, address=address)


def _last(which: Q) -> dict[UUID, models.Response]:
    rows = models.Response.objects.filter(
        which, stance__in=[str(one) for one in DECISIVE], invoice__isnull=False
    )
    last = rows.order_by("at", "response_id")
    return {row.invoice_id: row for row in last if row.invoice_id is not None}


def says_of(row: models.Response) -> str:
    """A kept answer in a sentence."""
    return says(
        Response(
            id=row.response_id,
            key="",
            reference="",
            stance=Stance(row.stance),
            at=row.at,
            reasons=tuple(row.reasons),
            text=row.text,
            pays_on=row.pays_on,
            pays=row.pays,
        )
    )
