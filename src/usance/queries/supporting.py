"""Supporting papers: those of an invoice, those that wait for one, and what invoices are called."""

from collections.abc import Collection
from uuid import UUID

from django.core.files.storage import storages
from django.db.models import Prefetch, QuerySet

from usance import models
from usance.domain import payment
from usance.domain.capture.supporting import Named, named_by
from usance.domain.distribution import Attachment

NEWEST = 5_000  # Invoices of a client among which a paper that comes later is placed.
Rows = QuerySet[models.Supporting]


def of(invoice: UUID) -> list[models.Supporting]:
    return list(
        models.Supporting.objects.filter(invoice=invoice)
        .select_related("document")
        .order_by("kind", "filed_at", "pk")
    )


def waiting() -> "Rows":
    """Papers that are with no invoice: over a partial index that holds only these."""
    return models.Supporting.objects.filter(invoice=None).select_related("client", "document")


def named(clients: Collection[UUID]) -> list[Named]:
    """What papers may call the newest invoices of these clients."""
    rows = (
        models.Invoice.objects.filter(client__in=clients)
        .order_by("-id")
        .values_list(
            "pk", "number", "paper__content__order", "paper__content__sales_order",
            "paper__content__receipt", "paper__content__despatch", "paper__content__contract",
        )[:NEWEST]
    )  # fmt: skip
    return [
        named_by(pk, number=number, order=order or "", sales_order=sales or "",
                 receipt=receipt or "", despatch=despatch or "", contract=contract or "")
        for pk, number, order, sales, receipt, despatch, contract in rows
    ]  # fmt: skip


def for_debtor(invoice: models.Invoice) -> list[Attachment]:
    """What somebody chose to go out with the invoice. Asks nothing where `with_chosen` was used."""
    chosen = [row for row in invoice.supporting.all() if row.for_debtor]
    return [
        Attachment(
            name=row.name.rpartition("/")[2], media_type=row.document.media_type,
            content=_stored(row.document_id),
        )
        for row in chosen
    ]  # fmt: skip


def with_chosen() -> Prefetch:
    """For dispatches: their invoices with what goes out with them, in one query."""
    chosen = models.Supporting.objects.filter(for_debtor=True).select_related("document")
    return Prefetch("invoice__supporting", queryset=chosen)


def numbered(number: str, *, client: UUID | None) -> "QuerySet[models.Invoice]":
    """The invoices with this number, of the client if one is known."""
    rows = models.Invoice.objects.filter(number_key=payment.compact(number)[:80])
    return rows.filter(client=client) if client else rows


def _stored(sha256: str) -> bytes:
    with storages["documents"].open(f"{sha256[:2]}/{sha256}") as file:
        data: bytes = file.read()
        return data
