"""What the model's clients pay at least, and the invoices for what they were charged."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from .books import CLAIMS, CONVERTED, DUE, FEES, VAT
from .price import DAY, half_up
from .small import Small


@dataclass(slots=True, kw_only=True)
class Contract:
    """What a client promised to pay at least, in fees without tax."""

    client: str
    currency: str
    since: date
    month: int = 0
    year: int = 0
    last: date | None = None
    vat: Fraction = Fraction(0)  # On our invoices; abroad the client owes it itself.
    rate: Callable[[date], Fraction] = lambda _: Fraction(1)  # Of what counts in another currency.


@dataclass(slots=True)
class Billing(Small):
    """Fee invoices of months that are over."""

    contracts: list[Contract] = field(default_factory=list)
    billed_to: date = date.min
    leasts: list[tuple[str, str, date, int]] = field(default_factory=list)  # Of months.

    def invoice_fees(self, *, today: date) -> Counter[str]:
        """Of months that are over: what lacks of a least, and the tax of it all less what was
        deducted with the charges."""
        did = Counter[str]()
        while (last := _month_end(self.billed_to + DAY)) < today:
            asked = {(of, code) for (of, code, month), tax in self.taxes.items()
                     if tax and month <= last}  # fmt: skip
            asked |= {(one.client, one.currency) for one in self.contracts}
            for client, currency in sorted(asked):
                least = self._lacking(client, currency, last)
                tax = self._taken(self.taxes, client, currency, last)
                charged = self._taken(self.taxable, client, currency, last) + least
                tax -= half_up(self._vat(client, currency) * charged)
                self._bill(client, currency, last, tax=tax, least=least)
                did["fee invoices that move tax"] += bool(tax)
                did["fee invoices over a least"] += bool(least)
            self.billed_to = last
        return did

    def _vat(self, client: str, currency: str) -> Fraction:
        found = (one.vat for one in self.contracts
                 if (one.client, one.currency) == (client, currency))  # fmt: skip
        return next(found, Fraction(0))

    def _taken(
        self, of: Counter[tuple[str, str, date]], client: str, currency: str, last: date
    ) -> int:
        """What stands there to the end of a month, and is on an invoice from now on."""
        keys = [key for key in of if key[:2] == (client, currency) and key[2] <= last]
        return sum(of.pop(key) for key in keys)

    def _bill(self, client: str, currency: str, last: date, *, tax: int, least: int) -> None:
        """:param tax: that was deducted beyond what the invoice asks for."""
        about, before = (client, "", ""), Counter(self.taxes)
        self.uncharged = True
        self.move(CLAIMS, FEES, least, currency, about)
        account = DUE if tax > 0 else CLAIMS
        self.move(VAT, account, tax, currency, about)
        self.uncharged, self.taxes = False, before
        sold = [one for one in self.invoices.values()
                if one.into and (one.client, one.currency) == (client, currency)]  # fmt: skip
        if sold:
            self.move(account, CONVERTED, tax, currency, about)
            self.move(CONVERTED, account, half_up(tax * sold[0].rate(last)), sold[0].into, about)

    def _lacking(self, client: str, currency: str, last: date) -> int:
        """For the month, and for a year of the contract that ends in it."""
        first, found = last.replace(day=1), 0
        for one in self.contracts:
            if (one.client, one.currency) != (client, currency):
                continue
            lacks = self._less(one, one.month, first, last, 0)
            if lacks:
                self.leasts.append((client, currency, last, lacks))
            found += lacks
            for start, end in _years(one):
                if one.year and first <= min(end, one.last or end) <= last:
                    months = sum(_part(one, minor, day, start, end)
                                 for of, code, day, minor in self.leasts
                                 if (of, code) == (client, currency))  # fmt: skip
                    found += self._less(one, one.year, start, end, months)
        return found

    def _less(self, one: Contract, least: int, first: date, last: date, more: int) -> int:
        held = sum(
            one.since <= day and (one.last is None or day <= one.last) for day in _days(first, last)
        )
        whose = one.client, one.currency
        charged = sum(
            minor if code == one.currency else half_up(minor * one.rate(day))
            for (*of, code, day), minor in self.charged.items()
            if tuple(of) == whose and first <= day <= last
        )
        promised = half_up(Fraction(least * held, (last - first).days + 1))
        return max(promised - charged - more, 0) if promised else 0


def _days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def _part(one: Contract, minor: int, month_end: date, start: date, end: date) -> int:
    """What of a month's least counts for a year: by the days on which the contract held."""
    held = [day for day in _days(month_end.replace(day=1), month_end)
            if one.since <= day and (one.last is None or day <= one.last)]  # fmt: skip
    until = [half_up(Fraction(minor * sum(day <= to for day in held), len(held)))
             for to in (start - DAY, end)]  # fmt: skip
    return until[1] - until[0]


def _month_end(day: date) -> date:
    later = day.replace(day=28) + 4 * DAY
    return later.replace(day=1) - DAY


def _years(one: Contract) -> Iterator[tuple[date, date]]:
    start = one.since
    for _ in range(9):
        again = start.replace(year=start.year + 1)  # None begins on 29 February here.
        yield start, again - DAY
        start = again
