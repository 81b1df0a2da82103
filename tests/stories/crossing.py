"""Words about currencies: what they are worth, and which of them a client's terms take."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from tests import world
from usance import models
from usance.actions import across, exchange
from usance.domain.exchange import Published
from usance.domain.finance import Foreign
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.queries import across as questions
from usance.queries import cash

IBANS = {
    "EUR": world.OUR_EUR, "SEK": world.OUR_SEK, "USD": "DE02500105170137075030",
    "JPY": "DE02100500000054540402", "KWD": "DE02300209000106531065",
}  # fmt: skip


class Crossing:
    place: world.World

    def publishes(self, says: dict[str, str], at: datetime) -> None:
        """publishes USD 1.25, JPY 160 for 2026-02-27: how much one euro was worth that day."""
        rates = dict(one.split() for one in says[""].split(", "))
        on = date.fromisoformat(says["for"])
        told = [
            Published(currency=currency, on=on, per_euro=Decimal(rate))
            for currency, rate in rates.items()
        ]
        raw = says[""].encode() + on.isoformat().encode()
        exchange.take_in(
            told, source="ecb", raw=raw, name="rates.xml", role=None, at=at, actor="day"
        )

    def exchanges(self, says: dict[str, str], at: datetime) -> None:
        """exchanges E-1 with 10950.00 USD for 10000.00 EUR: a person lets the newest open line pay
        an invoice in another currency. Without with: all of the line; without for: at the rate of
        its day."""
        line = models.BankLine.objects.filter(unapplied_minor__gt=0).order_by("-id")[0]
        row = models.Invoice.objects.get(number=says[""])
        paid, pays = (_amount(says[one]) if one in says else None for one in ("with", "for"))
        (item,) = cash.items([row.pk])
        told = questions.quote(line, item, paid=paid, pays=pays)
        across.pay(
            line.pk, row.pk, paid=told.paid, pays=told.pays, role=Role.CASH, at=at,
            actor="user:cash",
        )  # fmt: skip

    def accepts(self, says: dict[str, str], at: datetime) -> None:
        """accepts JPY, USD with 0.05: Acme's terms take these from their first day on; with: so
        much less is advanced of them. We have an account in each."""
        told = Foreign(currencies=tuple(says[""].split(", ")), haircut=Decimal(says["with"]))
        old = self.place.acme.facilities.get(known_to=None)
        said = replace(old.agreement(), foreign=told)
        world.agree(self.place.acme, said, corrects=old.pk, at=at)
        for currency in told.currencies:
            models.BankAccount.objects.create(
                name="Factor Nord AB", iban=IBANS[currency], bic="COBADEFFXXX", currency=currency
            )


def _amount(text: str) -> Money:
    amount, currency = text.split()
    return Money.of(amount, currency)
