"""What a person chose once, usance chooses from then on; and may be told to forget."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.party import Party
from usance.domain.party.resolution import alias_key
from usance.domain.refusal import Refusal
from usance.queries import papers

from .diary import Line, note


class NoAlias(Refusal):
    code = "no_alias_here"
    todo = "Look again: somebody withdrew it already."


def remember(invoice: models.Invoice, debtor: UUID, *, at: datetime, actor: str) -> None:
    """The buyer as this paper spells it means this debtor. An older choice for the same spelling is
    withdrawn. A paper that says too little to tie a choice to is not remembered."""
    paper = papers.of([invoice.pk]).get(invoice.pk)
    key = alias_key(paper.buyer) if paper else ""
    if paper is None or not key:
        return
    old = models.Alias.objects.select_for_update().filter(key=key, withdrawn_at=None).first()
    if old is not None and old.debtor_id == debtor:
        return
    if old is not None:
        _withdraw(old, at=at, actor=actor)
    row = models.Alias(
        debtor_id=debtor,
        key=key,
        name=paper.buyer.name[:200],
        place=_place(paper.buyer)[:160],
        number=invoice.number,
        added_at=at,
        added_by=actor[:64],
    )
    row.save(force_insert=True)
    _changed(row, "spelling remembered", at=at, actor=actor)


@transaction.atomic
def withdraw(alias_id: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """The next paper with this spelling waits for a person again. Invoices keep their debtor.

    :raises NotAllowed: if the role may not.
    :raises NoAlias: if it is withdrawn already.
    """
    require(role, Act.RELEASE_HOLD)
    row = models.Alias.objects.select_for_update().filter(pk=alias_id, withdrawn_at=None).first()
    if row is None:
        raise NoAlias("there is no such spelling")
    _withdraw(row, at=at, actor=actor)


def _withdraw(row: models.Alias, *, at: datetime, actor: str) -> None:
    row.withdrawn_at, row.withdrawn_by = at, actor[:64]
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _changed(row, "spelling withdrawn", at=at, actor=actor)


def _changed(row: models.Alias, what: str, *, at: datetime, actor: str) -> None:
    particulars = {"what": f"{what}: {row.name}", "value": row.name, "alias": str(row.pk)}
    note(Kind.MASTER_DATA_CHANGED, [Line(row.debtor_id, None, particulars)], at=at, actor=actor)


def _place(party: Party) -> str:
    at = party.address
    said = [party.vat_id, party.legal_id.value if party.legal_id else ""]
    if at is not None:
        said += [at.street, f"{at.postcode} {at.city}".strip(), at.country]
    return ", ".join(filter(None, said))
