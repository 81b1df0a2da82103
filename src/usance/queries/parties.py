"""Which client, which debtor, which invoice is meant by what stands on a paper."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from usance import models
from usance.domain.intake import normalised, numbered
from usance.domain.invoice import Kind
from usance.domain.party import Party, identifier_key, name_key
from usance.domain.party.identity import identities, of_columns
from usance.models.bulk import array
from usance.plugins.payouts import Address

from . import resolution

CANDIDATES = 10  # Shown to whoever named several.
One = TypeVar("One", models.Client, models.Debtor)

# Asked of each by the index invoice_twins: only what is alike comes back.
_TWINS = """
SELECT mine.id, alike.number FROM invoice mine CROSS JOIN LATERAL (
    SELECT number FROM invoice other
     WHERE other.debtor_id = mine.debtor_id AND other.issued_on = mine.issued_on
       AND other.face_minor = mine.face_minor AND other.currency = mine.currency
       AND other.kind = mine.kind AND other.id <> mine.id LIMIT 5) AS alike
 WHERE mine.id = ANY(%s::uuid[])
"""


def clients_of(sellers: Iterable[Party]) -> dict[Party, UUID]:
    """The client of each seller that is certain: queries.resolution. Others are left out."""
    return resolution.certain_clients(sellers)


def clients_called(words: str) -> list[models.Client]:
    """The clients that somebody may mean who names one: see `_called`."""
    return _called(models.Client.objects.all(), words)


def debtors_called(words: str) -> list[models.Debtor]:
    """The same of debtors. A row that went in a merger is only found by what it alone has."""
    rows = models.Debtor.objects.all()
    return _called(rows.filter(same_as=None), words) or _called(rows, words)


def _called(rows: "QuerySet[One]", words: str) -> list[One]:
    """By id; else by VAT id or registration number; else by the whole name; else by a part of the
    name. Ten at most, the exact one alone."""
    number, name = identifier_key(words), name_key(words)
    if not name:
        return []
    with suppress(ValueError):
        return list(rows.filter(pk=UUID(words)))
    for meant in (
        Q(vat_id=number) | Q(legal_id=number),
        Q(name__iexact=words.strip()),
        Q(name_key=name),
        Q(name_key__contains=name),
    ):
        if found := list(rows.filter(meant).order_by("name_key", "pk")[:CANDIDATES]):
            return found
    return []


def debtors_of(buyers: Iterable[Party]) -> dict[Party, UUID]:
    """The debtor of each buyer that is certain: queries.resolution. Others are left out."""
    return resolution.certain_debtors(buyers)


def invoices_by_number(wanted: Collection[tuple[UUID, str]]) -> dict[tuple[UUID, str], UUID]:
    """Invoices (no credit notes) by client and number, keyed by the normalised number."""
    if not wanted:
        return {}
    prints = {numbered(number, client=client, kind=Kind.INVOICE) for client, number in wanted}
    rows = models.Invoice.objects.filter(fingerprint__in=prints)
    return {
        (client, normalised(number)): pk
        for client, number, pk in rows.values_list("client_id", "number", "pk")
    }


def same_seller(paper: Party, client: models.Client) -> bool | None:
    """Whether the identifiers on the paper are the client's; None if it carries none we know."""
    mine = identities(paper)
    if mine & of_columns(vat_id=client.vat_id, legal_id=client.legal_id, country=client.country):
        return True
    both = (paper.vat_id and client.vat_id) or (paper.legal_id and client.legal_id)
    return False if both else None


def twins(invoices: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Numbers of other invoices with the same debtor, issue date and amount, by invoice; of each
    five at most. Those that have none, nearly all, are not named."""
    found: dict[UUID, tuple[str, ...]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TWINS, [array(invoices)])
        for pk, number in cursor.fetchall():
            found[pk] = (*found.get(pk, ()), number)
    return found


def postal(company: models.Client | models.Debtor | models.Factor) -> Address:
    """Where it lies, as an order to a bank names it."""
    return Address(
        street=company.street, postcode=company.postcode, town=company.city,
        country=company.country,
    )  # fmt: skip
