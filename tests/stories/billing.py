"""Words of stories about our own invoices: start them, write one for a day, take one back."""

from dataclasses import replace
from datetime import date, datetime

from tests import world
from usance import models
from usance.actions import fees
from usance.domain.mandate import Role
from usance.domain.money import Money

WHO = {"role": Role.FINANCE, "actor": "user:finance"}


class Billing:
    place: world.World

    def starts_billing(self, says: dict[str, str], at: datetime) -> None:
        """starts_billing from 2026-03-01"""
        fees.start(date.fromisoformat(says["from"]), at=at, **WHO)

    def agrees_least(self, says: dict[str, str], at: datetime) -> None:
        """agrees_least 3000.00 SEK by nord: of fees a month, corrected from their first day on."""
        client = getattr(self.place, says["by"])
        old = client.facilities.get(known_to=None)
        least = Money.of(*says[""].split())
        charges = replace(old.priced(), minimum_month=least.minor)
        world.agree(client, replace(old.agreement(), charges=charges), corrects=old.pk, at=at)

    def bills(self, says: dict[str, str], at: datetime) -> None:
        """bills nord in SEK to 2026-03-31"""
        client = getattr(self.place, says[""])
        day = date.fromisoformat(says["to"])
        fees.invoice(client.pk, says["in"], through=day, at=at, **WHO)

    def unbills(self, says: dict[str, str], at: datetime) -> None:
        """unbills F2026-00002 because wrong address"""
        row = models.FeeInvoice.objects.get(number=says[""])
        fees.credit(row.pk, reason=says["because"], at=at, **WHO)
