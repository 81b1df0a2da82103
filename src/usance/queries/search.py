"""Find anything by a few letters: each question is the beginning of an indexed key, and of parties
also how a word of their name sounds."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from usance import models
from usance.domain.money import Money
from usance.domain.party import identifier_key, name_key
from usance.domain.party.names import sound, taken_apart
from usance.domain.payment import compact

from .invoices import amount_of

EACH = 5  # Finds of a kind.
HEARD = 50  # Companies that are looked through for the other words, of those that share one.


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    kind: str  # "invoice", "client", "debtor" or "batch".
    id: UUID
    name: str
    about: str


def find(words: str, *, most: int = 10) -> tuple[Find, ...]:
    """Invoices by number, payment reference or amount; clients and debtors by identifier, by how
    their name begins or by words of it; batches by number. The exact ones first. Two letters at
    least, else nothing."""
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
    told = ("pk", "name", "country")
    found = list(rows.filter(by).values_list(*told)[:EACH]) if by else []
    if len(found) < EACH:
        others = rows.exclude(pk__in=[pk for pk, *_ in found])
        found += _heard(others.values_list(*told), words)[: EACH - len(found)]
    return [Find(kind=kind, id=pk, name=name, about=country) for pk, name, country in found]


def _heard(rows: "QuerySet[Any, Any]", words: str) -> list[tuple[UUID, str, str]]:
    """Whose names have words that sound like all of these: Großmann, typed "grossman"."""
    asked = [sound(word) for word in taken_apart(words).words if len(word) > 3]
    if not asked or len(longest := max(asked, key=len)) < 2:
        return []
    near = rows.filter(found_by__contains=[f"s:{longest}"])[:HEARD]
    return [row for row in near if {*asked} <= {*map(sound, taken_apart(row[1]).words)}]


def _batches(words: str) -> list[Find]:
    digits = words.removeprefix("#")
    if not digits.isdigit() or len(digits) > 15:
        return []
    rows = models.Batch.objects.filter(number=int(digits)).select_related("client")
    return [
        Find(kind="batch", id=row.pk, name=str(row), about=row.client.name if row.client else "")
        for row in rows
    ]
