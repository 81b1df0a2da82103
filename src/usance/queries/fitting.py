"""Which purchases fit into what is available, in the order given, and why the others do not.

Read only: who buys asks it under the lock of the client's facility (actions.headroom), who offers
asks it as things stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from usance import models
from usance.domain.credit import availability
from usance.domain.credit.availability import Account, Waterfall
from usance.domain.credit.items import Item
from usance.domain.finance import Offer
from usance.domain.finding import Finding
from usance.domain.money import Money

from . import availability as question
from . import foreign, positions, same

CODE = "exceeds_availability"
Priced = tuple[models.Invoice, models.Facility, Offer]


def chosen(
    wanted: Sequence[Priced], *, on: date
) -> tuple[list[tuple[Priced, Waterfall]], dict[UUID, list[Finding]]]:
    """Of one client and facility: what fits, each with the waterfall after it, and why the others
    do not. All together if they fit together, else one by one in the order given.

    :raises RateMissing: if something counts that is in another currency, and a rate is not known.
    """
    client, currency = wanted[0][0].client_id, wanted[0][1].currency
    wanted = _counted(wanted, currency, on=on)
    owner = same.companies(models.Debtor, {_debtor(row) for row, _, _ in wanted})
    debtors = set(owner.values())
    ledger = question.ledger(client, currency, on=on, keep=debtors, also=debtors)
    assert ledger is not None, "what is priced has a facility"
    items = positions.coming(client, [row.pk for row, _, _ in wanted], on=on)
    for row, _, _ in wanted:
        if row.currency != currency:
            rate = foreign.rate(row.currency, currency, on=on)
            items[row.pk] = positions.worth(items[row.pk], rate)
    said = _with(ledger, wanted, items, owner).waterfall()
    if said.spendable.minor >= 0:
        return [(one, said) for one in wanted], {}
    fits: list[tuple[Priced, Waterfall]] = []
    refused: dict[UUID, list[Finding]] = {}
    for one in wanted:
        row, _, offer = one
        tried = _with(ledger, [one], items, owner)
        after = tried.waterfall()
        if after.spendable.minor >= 0:
            ledger = tried
            fits.append((one, after))
            continue
        refused[row.pk] = [
            Finding(
                code=CODE,
                says=availability.exceeds(
                    ledger.waterfall(),
                    after,
                    face=Money(items[row.pk].minor, currency),
                    advance=offer.advance,
                ),
                todo="Wait for payments, cure what makes invoices not count, or have an"
                " over-advance approved: then it is tried again.",
            )
        ]
    return fits, refused


def _counted(wanted: Sequence[Priced], currency: str, *, on: date) -> list[Priced]:
    """The same, with the advances in the currency of the facility."""
    counted = []
    for row, facility, offer in wanted:
        if row.currency == currency:
            counted.append((row, facility, offer))
            continue
        rate = foreign.rate(row.currency, currency, on=on)
        worth = Offer(advance=rate.worth(offer.advance), reserve=rate.worth(offer.reserve),
                      fee=rate.worth(offer.fee))  # fmt: skip
        counted.append((row, facility, worth))
    return counted


def _with(
    ledger: question.Ledger,
    more: Sequence[Priced],
    items: Mapping[UUID, Item],
    owner: Mapping[UUID, UUID],
) -> question.Ledger:
    """The ledger as it would be with these bought.

    :param owner: the company of each debtor's row.
    """
    kept = {debtor: list(these) for debtor, these in ledger.kept.items()}
    for row, _, _ in more:
        kept.setdefault(owner[_debtor(row)], []).append(items[row.pk])
    touched = {owner[_debtor(row)] for row, _, _ in more}
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
