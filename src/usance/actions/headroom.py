"""Does a purchase fit into what is available? Asked under the lock of the client's facility, so
that two who buy at once never spend the same headroom twice.

It is asked where an eligibility set was agreed. A person who releases such a hold lets it be tried
again and no more: beyond availability only an over-advance leads, which takes two.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from usance import models
from usance.domain.credit.availability import Waterfall
from usance.domain.exchange import RateMissing
from usance.domain.finding import Finding
from usance.domain.invoice import Stage
from usance.models.bulk import copy
from usance.queries import availability as question
from usance.queries import facilities, foreign
from usance.queries.fitting import CODE, Priced, chosen

from . import crossing, holds

STEP = "finance.fund"


def fitting(
    priced: Sequence[Priced], *, at: datetime
) -> tuple[list[Priced], dict[UUID, list[Finding]]]:
    """What fits, in the order given, and of the others why they do not. What fits is written down
    with what was available after it. Facilities that bind are locked until the transaction ends.
    """
    on = at.date()
    binding = question.sets({row.client_id for row, _, _ in priced}, on=on)
    lines: dict[tuple[UUID, str], list[Priced]] = {}
    for one in priced:
        if (key := (one[0].client_id, one[1].currency)) in binding:
            lines.setdefault(key, []).append(one)
    if not lines:
        return list(priced), {}
    clients = facilities.holding({client for client, _ in lines}, on=on)
    list(clients.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    refused: dict[UUID, list[Finding]] = {}
    proofs: dict[UUID, Waterfall] = {}
    for wanted in lines.values():
        try:
            fits, beyond = chosen(wanted, on=on)
        except RateMissing as no:  # What is bought already cannot be counted.
            finding = Finding(code=no.code, says=f"{no}.", todo=no.todo)
            fits, beyond = [], {row.pk: [finding] for row, _, _ in wanted}
        proofs |= {row.pk: said for (row, _, _), said in fits}
        refused |= beyond
    copy(
        models.Headroom,
        ["invoice", "available_minor", "over_advance_minor", "currency", "at"],
        (
            (pk, said.available.minor, said.over_advance.minor, said.in_use.currency, at)
            for pk, said in proofs.items()
        ),
    )
    return [one for one in priced if one[0].pk not in refused], refused


def try_again(client: UUID | None = None, *, remark: str, at: datetime, actor: str) -> int:
    """Purchases that wait for availability, of one client or of all: those that fit by now go on.
    How many. The purchase itself asks once more, under its lock."""
    waiting = models.Hold.objects.filter(
        step=STEP, closed_at=None, findings__contains=[{"code": CODE}]
    )
    if client is not None:
        waiting = waiting.filter(invoice__client_id=client)
    rows = models.Invoice.objects.filter(
        pk__in=waiting.values("invoice_id"), stage=Stage.APPROVED
    ).order_by("client_id", "pk")
    terms = foreign.terms({row.client_id for row in rows}, on=at.date())
    lines: dict[tuple[UUID, str], list[Priced]] = {}
    for row in rows:
        if held := terms.get((row.client_id, row.currency)):
            offer = held.price(row.face, due_on=row.due_on, on=at.date())
            lines.setdefault((row.client_id, held.currency), []).append((row, held, offer))
    cured: list[UUID] = []
    for wanted in lines.values():
        rated, _ = crossing.rated(wanted, on=at.date())
        try:
            fits = chosen(rated, on=at.date())[0] if rated else []
        except RateMissing:  # Of what is bought already: tried again the next time.
            continue
        cured += [row.pk for (row, _, _), _ in fits]
    if not cured:
        return 0
    return holds.release_cured(cured, stage=STEP, remark=remark, at=at, actor=actor)
