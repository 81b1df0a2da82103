"""What credit rules ask about invoices: limits, exposure, funds in use, as a batch is decided."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from usance import models
from usance.domain import credit, finance
from usance.domain.money import Money

from . import amounts, facilities, same


class Room:
    """What is left of limits and facilities while a batch is decided, invoice by invoice.

    `members`: all rows of the companies of the debtors, by the row that stays. `terms`: what holds
    with the clients that day. Who spends the room has locked both.
    """

    def __init__(
        self,
        rows: Sequence[models.Invoice],
        *,
        members: Mapping[UUID, Sequence[UUID]],
        terms: Iterable[models.Facility],
        on: date,
    ) -> None:
        clients = {row.client_id for row in rows}
        self.company = same.owners(members)
        every = self.company.keys()
        insolvent = models.Debtor.objects.filter(pk__in=every, insolvent_on__isnull=False)
        self.insolvent = {self.company[pk] for pk in insolvent.values_list("pk", flat=True)}
        self.facilities = {(f.client_id, f.currency): f for f in terms}
        self.terms = {key: facility.terms() for key, facility in self.facilities.items()}
        self.limits = facilities.limits(members.keys(), on=on)
        self.exposure: dict[tuple[UUID, str], int] = defaultdict(int)
        self.funds: dict[tuple[UUID, str], int] = defaultdict(int)
        for currency in {row.currency for row in rows}:
            for debtor, minor in amounts.exposure(every, currency).items():
                self.exposure[self.company[debtor], currency] += minor
            for client, minor in amounts.funds_in_use(clients, currency).items():
                self.funds[client, currency] += minor

    def facts(self, row: models.Invoice) -> credit.Facts:
        debtor = self.company[debtor_of(row)]
        limit = self.limits.get((debtor, row.currency))
        facility = self.facilities.get((row.client_id, row.currency))
        zero = Money(0, row.currency)
        return credit.Facts(
            face=row.face,
            exposure=Money(self.exposure[debtor, row.currency], row.currency),
            limit=limit.limit if limit else None,
            limit_source=f"{limit.source} of {limit.given_on}" if limit else "",
            debtor_insolvent=debtor in self.insolvent,
            funds_in_use=Money(self.funds[row.client_id, row.currency], row.currency),
            advance=self._advance(row) if facility else zero,
            facility_limit=facility.limit if facility else zero,
        )

    def take(self, row: models.Invoice, *, advance: Money) -> None:
        """`advance`: as `facts` said it."""
        self.exposure[self.company[debtor_of(row)], row.currency] += row.face_minor
        self.funds[row.client_id, row.currency] += advance.minor

    def _advance(self, row: models.Invoice) -> Money:
        return finance.price(row.face, self.terms[row.client_id, row.currency]).advance


def debtor_of(row: models.Invoice) -> UUID:
    """Who owes it: known from the verification on (constraint invoice_debtor_known)."""
    assert row.debtor_id is not None, row.number
    return row.debtor_id
