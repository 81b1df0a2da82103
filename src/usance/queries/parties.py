"""Which client, which debtor, which invoice is meant by what stands on a paper."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q

from usance import models
from usance.domain.intake import normalised, numbered
from usance.domain.invoice import Kind
from usance.domain.party import Party, identifier_key, name_key


def clients_of(sellers: Iterable[Party]) -> dict[Party, UUID]:
    """The client of each seller, found by VAT id or registration number; unknown ones are left
    out. Two queries, however many sellers."""
    return _by_identifiers(models.Client, set(sellers))


def client_with(identifier: str) -> models.Client | None:
    """The client with this VAT id or registration number, as people write it."""
    key = identifier_key(identifier)
    found = models.Client.objects.filter(vat_id=key).first()
    return found or models.Client.objects.filter(legal_id=key).first()


def debtors_of(buyers: Iterable[Party]) -> dict[Party, UUID]:
    """The debtor of each buyer: by VAT id or registration number, else by the exact name in the
    same country if only one debtor bears it. Unknown ones are left out."""
    wanted = set(buyers)
    found = _by_identifiers(models.Debtor, wanted)
    rest = {buyer for buyer in wanted - found.keys() if name_key(buyer.name)}
    by_name: dict[tuple[str, str], set[UUID]] = {}
    rows = models.Debtor.objects.filter(name_key__in={name_key(b.name) for b in rest})
    for key, country, pk in rows.values_list("name_key", "country", "pk"):
        by_name.setdefault((key, country), set()).add(pk)
    for buyer in rest:
        if _identified(buyer):
            continue  # It names an identifier that we do not know: another company's, perhaps.
        country = buyer.address.country if buyer.address else ""
        fits = by_name.get((name_key(buyer.name), country), set())
        if len(fits) == 1:
            found[buyer] = next(iter(fits))
    return found


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


def _identified(party: Party) -> bool:
    return bool(party.vat_id or party.legal_id)


def _by_identifiers(
    model: type[models.Client] | type[models.Debtor], wanted: Collection[Party]
) -> dict[Party, UUID]:
    vat_ids = {identifier_key(party.vat_id) for party in wanted if party.vat_id}
    legal_ids = {identifier_key(party.legal_id.value) for party in wanted if party.legal_id}
    if not vat_ids and not legal_ids:
        return {}
    by_vat, by_legal = {}, {}
    rows = model.objects.filter(Q(vat_id__in=vat_ids) | Q(legal_id__in=legal_ids))
    for pk, vat_id, legal_id, country in rows.values_list("pk", "vat_id", "legal_id", "country"):
        by_vat[vat_id] = pk
        by_legal[country, legal_id] = pk
    found = {}
    for party in wanted:
        country = party.address.country if party.address else ""
        pk = by_vat.get(identifier_key(party.vat_id)) if party.vat_id else None
        if pk is None and party.legal_id:
            pk = by_legal.get((country, identifier_key(party.legal_id.value)))
        if pk is not None:
            found[party] = pk
    return found


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
