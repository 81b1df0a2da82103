"""Does a purchase fit into what is available? Asked under the lock of the client's facility, so
that two who buy at once never spend the same headroom twice.

It is asked where an eligibility set was agreed. A person who releases such a hold lets it be tried
again and no more: beyond availability only an over-advance leads, which takes two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from usance import models
from usance.domain.credit import availability
from usance.domain.credit.availability import Account, Item, Waterfall
from usance.domain.finance import Offer
from usance.domain.finding import Finding
from usance.models.bulk import copy
from usance.queries import availability as question
from usance.queries import facilities, positions

from . import holds

STEP = "finance.fund"
CODE = "exceeds_availability"
Priced = tuple[models.Invoice, models.Facility, Offer]


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
        if (key := (one[0].client_id, one[0].currency)) in binding:
            lines.setdefault(key, []).append(one)
    if not lines:
        return list(priced), {}
    clients = facilities.holding({client for client, _ in lines}, on=on)
    list(clients.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    refused: dict[UUID, list[Finding]] = {}
    proofs: dict[UUID, Waterfall] = {}
    for (client, currency), wanted in lines.items():
        _fit(client, currency, wanted, refused, proofs, on=on)
    copy(
        models.Headroom,
        ["invoice", "available_minor", "over_advance_minor", "currency", "at"],
        (
            (pk, said.available.minor, said.over_advance.minor, said.in_use.currency, at)
            for pk, said in proofs.items()
        ),
    )
    return [one for one in priced if one[0].pk not in refused], refused


def try_again(client: UUID, currency: str, *, remark: str, at: datetime, actor: str) -> int:
    """Purchases of the client that wait for availability go on to be tried. How many."""
    waiting = models.Hold.objects.filter(
        step=STEP, closed_at=None, invoice__client_id=client, invoice__currency=currency,
        findings__contains=[{"code": CODE}],
    )  # fmt: skip
    pks = list(waiting.order_by("invoice_id").values_list("invoice_id", flat=True))
    return holds.release_cured(pks, stage=STEP, remark=remark, at=at, actor=actor) if pks else 0


def _fit(
    client: UUID,
    currency: str,
    wanted: Sequence[Priced],
    refused: dict[UUID, list[Finding]],
    proofs: dict[UUID, Waterfall],
    *,
    on: date,
) -> None:
    debtors = {_debtor(row) for row, _, _ in wanted}
    ledger = question.ledger(client, currency, on=on, keep=debtors, also=debtors)
    assert ledger is not None, "what is priced has a facility"
    items = positions.coming(client, [row.pk for row, _, _ in wanted], on=on)
    said = _with(ledger, wanted, items).waterfall()
    if said.spendable.minor >= 0:
        proofs |= dict.fromkeys([row.pk for row, _, _ in wanted], said)
        return
    for one in wanted:
        row, _, offer = one
        now, tried = ledger.waterfall(), _with(ledger, [one], items)
        after = tried.waterfall()
        if after.spendable.minor >= 0:
            ledger, proofs[row.pk] = tried, after
            continue
        refused[row.pk] = [
            Finding(
                code=CODE,
                says=availability.exceeds(now, after, face=row.face, advance=offer.advance),
                todo="Wait for payments, cure what makes invoices not count, or have an"
                " over-advance approved: then it is tried again.",
            )
        ]


def _with(
    ledger: question.Ledger, more: Sequence[Priced], items: Mapping[UUID, Item]
) -> question.Ledger:
    """The ledger as it would be with these bought."""
    kept = {debtor: list(these) for debtor, these in ledger.kept.items()}
    for row, _, _ in more:
        kept.setdefault(_debtor(row), []).append(items[row.pk])
    touched = {_debtor(row) for row, _, _ in more}
    accounts: dict[UUID, Account] = dict(ledger.accounts)
    for debtor in touched:
        accounts[debtor], _ = availability.judge(
            kept[debtor], ledger.standings[debtor], ledger.agreed, on=ledger.on
        )
    advances = sum(offer.advance.minor for _, _, offer in more)
    return replace(ledger, accounts=accounts, kept=kept, in_use=ledger.in_use + advances)


def _debtor(row: models.Invoice) -> UUID:
    assert row.debtor_id is not None, row.number  # Constraint invoice_debtor_known.
    return row.debtor_id
