"""Find anything by a few letters: each question is the beginning of an indexed key."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from usance import models
from usance.domain.money import Money
from usance.domain.party import identifier_key, name_key
from usance.domain.payment import compact

from .invoices import amount_of

EACH = 5  # Finds of a kind.


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    kind: str  # "invoice", "client", "debtor" or "batch".
    id: UUID
    name: str
    about: str


def find(words: str, *, most: int = 10) -> tuple[Find, ...]:
    """Invoices by number, payment reference or amount; clients and debtors by name or identifier;
    batches by number. The exact ones first. Two letters at least, else nothing."""
    words = words.strip()
    key = compact(words)[:80]
    if len(key) < 2 and not words.lstrip("#").isdigit():
        return ()
    found = [
        *_invoices(words, key),
        *_parties(models.Client.objects.all(), "client", words),
        *_parties(models.Debtor.objects.all(), "debtor", words),
        *_batches(words),
    ]
    return tuple(found[:most])


def _invoices(words: str, key: str) -> list[Find]:
    rows = models.Invoice.objects.select_related("debtor")
    by_key = list(
        rows.filter(Q(number_key__startswith=key) | Q(payment_reference__startswith=key))[:EACH]
        if key
        else ()
    )
    minor = amount_of(words)
    by_amount = list(rows.filter(face_minor__in=minor)[:EACH]) if minor else []
    found = {row.pk: row for row in (*by_key, *by_amount)}
    exact = sorted(found.values(), key=lambda row: row.number_key != key)
    return [
        Find(kind="invoice", id=row.pk, name=row.number, about=_about(row)) for row in exact[:EACH]
    ]


def _about(row: models.Invoice) -> str:
    amount = str(Money(row.face_minor, row.currency))
    return f"{row.debtor.name} · {amount}" if row.debtor else amount


def _parties(
    rows: "QuerySet[models.Client] | QuerySet[models.Debtor]", kind: str, words: str
) -> list[Find]:
    by = Q()
    if name := name_key(words):
        by |= Q(name_key__startswith=name)
    if identifier := identifier_key(words):
        by |= Q(vat_id=identifier) | Q(legal_id=identifier)
    if not by:
        return []
    return [
        Find(kind=kind, id=pk, name=name, about=country)
        for pk, name, country in rows.filter(by).values_list("pk", "name", "country")[:EACH]
    ]


def _batches(words: str) -> list[Find]:
    digits = words.removeprefix("#")
    if not digits.isdigit() or len(digits) > 15:
        return []
    rows = models.Batch.objects.filter(number=int(digits)).select_related("client")
    return [
        Find(kind="batch", id=row.pk, name=str(row), about=row.client.name if row.client else "")
        for row in rows
    ]
