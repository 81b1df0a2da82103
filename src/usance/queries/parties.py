"""Which client, which debtor, which invoice is meant by what stands on a paper."""

from collections.abc import Collection, Iterable
from uuid import UUID

from usance import models
from usance.domain.intake import normalised, numbered
from usance.domain.invoice import Kind
from usance.domain.party import Party, identifier_key
from usance.plugins.payouts import Address

from . import resolution


def clients_of(sellers: Iterable[Party]) -> dict[Party, UUID]:
    """The client of each seller that is certain: queries.resolution. Others are left out."""
    return resolution.certain_clients(sellers)


def client_with(identifier: str) -> models.Client | None:
    """The client with this VAT id or registration number, as people write it."""
    key = identifier_key(identifier)
    found = models.Client.objects.filter(vat_id=key).first()
    return found or models.Client.objects.filter(legal_id=key).first()


def debtor_with(identifier: str) -> models.Debtor | None:
    """The debtor with this VAT id or registration number, as people write it."""
    key = identifier_key(identifier)
    found = models.Debtor.objects.filter(vat_id=key).first()
    return found or models.Debtor.objects.filter(legal_id=key).first()


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
    verdicts = []
    if paper.vat_id and client.vat_id:
        verdicts.append(identifier_key(paper.vat_id) == client.vat_id)
    if paper.legal_id and client.legal_id:
        verdicts.append(identifier_key(paper.legal_id.value) == client.legal_id)
    return any(verdicts) if verdicts else None


def twins(rows: Collection[models.Invoice]) -> dict[UUID, tuple[str, ...]]:
    """Numbers of other invoices with the same debtor, issue date and amount, by invoice."""
    debtors = {row.debtor_id for row in rows if row.debtor_id}
    others = models.Invoice.objects.filter(
        debtor_id__in=debtors,
        issued_on__in={row.issued_on for row in rows},
        face_minor__in={row.face_minor for row in rows},
    ).values_list("pk", "debtor_id", "issued_on", "face_minor", "currency", "kind", "number")
    alike: dict[tuple[object, ...], list[tuple[UUID, str]]] = {}
    for pk, *facts, number in others:
        alike.setdefault(tuple(facts), []).append((pk, number))
    found = {}
    for row in rows:
        key = (row.debtor_id, row.issued_on, row.face_minor, row.currency, row.kind)
        if numbers := tuple(number for pk, number in alike.get(key, ()) if pk != row.pk):
            found[row.pk] = numbers[:5]
    return found


def postal(company: models.Client | models.Debtor | models.Factor) -> Address:
    """Where it lies, as an order to a bank names it."""
    return Address(
        street=company.street, postcode=company.postcode, town=company.city,
        country=company.country,
    )  # fmt: skip
