"""What credit rules ask about invoices: limits, exposure, funds in use, as a batch is decided."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from usance import models
from usance.domain import credit, finance
from usance.domain.credit.undertaking import Asked
from usance.domain.exchange import Cross, RateMissing
from usance.domain.money import Money

from . import amounts, facilities, foreign, same, trust_accounts, undertakings


def in_use(clients: Collection[UUID], currency: str, *, on: date, is_used: bool) -> Counter[UUID]:
    """Funds of facilities in a currency that clients have drawn, in minor units.

    :param is_used: what `foreign.is_used` says.
    :raises RateMissing: if something counts that is in another currency, and the rate of the day
        is not known.
    """
    found = Counter(amounts.funds_in_use(clients, currency))
    if is_used:
        found.update(foreign.funds_in_use(clients, currency, on=on))
    return found


class Room:
    """What is left of limits and facilities while a batch is decided, invoice by invoice.

    `members`: all rows of the companies of the debtors, by the row that stays. `terms`: what holds
    with the clients that day, by the currency of the invoice. Who spends the room has locked both.
    What is bought in another currency counts in the facility's, at the day's rate.
    """

    def __init__(
        self,
        rows: Sequence[models.Invoice],
        *,
        members: Mapping[UUID, Sequence[UUID]],
        terms: foreign.Terms,
        on: date,
    ) -> None:
        clients = {row.client_id for row in rows}
        self.company = same.owners(members)
        every = self.company.keys()
        insolvent = models.Debtor.objects.filter(pk__in=every, insolvent_on__isnull=False)
        self.insolvent = {self.company[pk] for pk in insolvent.values_list("pk", flat=True)}
        self.facilities = terms
        self.undertakings = undertakings.of([row for row in rows if self._is_confirmed(row)])
        self.limits = facilities.limits(members.keys(), on=on)
        self.exposure: dict[tuple[UUID, str], int] = defaultdict(int)
        self.funds: dict[tuple[UUID, str], int] = defaultdict(int)
        self.on, self.rates = on, dict[tuple[str, str], Cross]()
        self.is_used = foreign.is_used()
        self.no_trust_account = trust_accounts.lacking(terms.values(), on=on)
        self.missing: dict[str, RateMissing] = {}
        for currency in {self._into(row) for row in rows}:
            try:
                self._add(currency, clients)
            except RateMissing as no:
                self.missing[currency] = no

    def _add(self, currency: str, clients: Collection[UUID]) -> None:
        """What is taken already of what counts in a currency."""
        every = self.company.keys()
        owed = [amounts.exposure(every, currency)]
        if self.is_used:
            owed.append(foreign.exposure(every, currency, on=self.on))
        for debtor, minor in (pair for sums in owed for pair in sums.items()):
            self.exposure[self.company[debtor], currency] += minor
        for client, minor in in_use(clients, currency, on=self.on, is_used=self.is_used).items():
            self.funds[client, currency] += minor

    def facts(self, row: models.Invoice) -> credit.Facts:
        """:raises RateMissing: if something counts that is in another currency, and its rate of the
        day is not known."""
        debtor, into = self.company[debtor_of(row)], self._into(row)
        if into in self.missing:
            raise self.missing[into]
        limit = self.limits.get((debtor, into))
        facility = self.facilities.get((row.client_id, row.currency))
        zero = Money(0, into)
        return credit.Facts(
            face=self._worth(row.face, into),
            exposure=Money(self.exposure[debtor, into], into),
            limit=limit.limit if limit else None,
            limit_source=f"{limit.source} of {limit.given_on}" if limit else "",
            debtor_insolvent=debtor in self.insolvent,
            funds_in_use=Money(self.funds[row.client_id, into], into),
            advance=self._advance(row) if facility else zero,
            facility_limit=facility.limit if facility else zero,
            at_once=self._at_once(row) if self._is_confirmed(row) else None,
            trust_account=self._in_trust(facility),
            asked=(
                Asked(
                    face=row.face, due_on=row.due_on, given=self.undertakings.get(row.pk)
                )
                if self._is_confirmed(row) else None
            ),
        )  # fmt: skip

    def take(self, row: models.Invoice, *, advance: Money) -> None:
        """`advance`: as `facts` said it."""
        into = self._into(row)
        self.exposure[self.company[debtor_of(row)], into] += self._worth(row.face, into).minor
        self.funds[row.client_id, into] += advance.minor

    def _is_confirmed(self, row: models.Invoice) -> bool:
        """Whether the terms ask for the debtor's undertaking."""
        held = self.facilities.get((row.client_id, row.currency))
        return held is not None and held.product == finance.Product.CONFIRMING

    def _in_trust(self, held: models.Facility | None) -> bool | None:
        if held is None or held.trust_account != finance.TrustAccount.REQUIRED:
            return None
        return (held.client_id, held.currency) not in self.no_trust_account

    def _into(self, row: models.Invoice) -> str:
        """In which currency it counts: the facility's, or its own where there is none."""
        held = self.facilities.get((row.client_id, row.currency))
        return held.currency if held else row.currency

    def _worth(self, amount: Money, into: str) -> Money:
        if amount.currency == into:
            return amount
        if (pair := (amount.currency, into)) not in self.rates:
            self.rates[pair] = foreign.rate(*pair, on=self.on)
        return self.rates[pair].worth(amount)

    def _advance(self, row: models.Invoice) -> Money:
        held = self.facilities[row.client_id, row.currency]
        priced = held.price(row.face, due_on=row.due_on, on=self.on)
        return self._worth(priced.advance, self._into(row))

    def _at_once(self, row: models.Invoice) -> Money:
        held = self.facilities[row.client_id, row.currency]
        return self._worth(finance.at_once(row.face, held.advance_rate), self._into(row))


def debtor_of(row: models.Invoice) -> UUID:
    """Who owes it: known from the verification on (constraint invoice_debtor_known)."""
    assert row.debtor_id is not None, row.number
    return row.debtor_id
