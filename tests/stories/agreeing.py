"""Words of stories about terms: Acme's are corrected from their first day on."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from tests import world
from usance import models
from usance.domain.events import Kind
from usance.domain.finance import (
    Bracket,
    Brackets,
    Charges,
    Extent,
    Interest,
    LegalBasis,
    Product,
    Refactoring,
)


class Agreeing:
    place: world.World

    def agrees(self, says: dict[str, str], at: datetime) -> None:
        """agrees interest of 0.08 with 0.25 to EURIBOR3M: Acme's terms, corrected from their first
        day on; with: the tax on fees; to: the reference rate. Or: agrees brackets of 0.015."""
        old = self.place.acme.facilities.get(known_to=None)
        rate, tax = Decimal(says["of"]), Decimal(says.get("with", "0"))
        timed = (
            Charges(interest=Interest(margin=rate, reference=says.get("to", "")), vat_rate=tax)
            if says[""] == "interest"
            else Charges(brackets=Brackets(steps=(Bracket(days=30, rate=rate),)), vat_rate=tax)
        )
        said = replace(old.agreement(), charges=timed)
        world.agree(self.place.acme, said, corrects=old.pk, at=at)

    def bears(self, says: dict[str, str], at: datetime) -> None:
        """bears 0.8 of what is not paid: Acme's recourse is limited, from the first day of its
        terms on."""
        old = self.place.acme.facilities.get(known_to=None)
        said = replace(old.agreement(), extent=Extent(share=Decimal(says[""])))
        world.agree(self.place.acme, said, corrects=old.pk, at=at)

    def pledges(self, says: dict[str, str], at: datetime) -> None:
        """pledges its claims: Acme's are security for loans, from the first day of its terms on."""
        old = self.place.acme.facilities.get(known_to=None)
        said = replace(old.agreement(), basis=LegalBasis.PLEDGE)
        world.agree(self.place.acme, said, corrects=old.pk, at=at)

    def confides(self, says: dict[str, str], at: datetime) -> None:
        """confides its claims: Acme's debtors are not told, from the first day of its terms on."""
        old = self.place.acme.facilities.get(known_to=None)
        said = replace(old.agreement(), product=Product.CONFIDENTIAL)
        world.agree(self.place.acme, said, corrects=old.pk, at=at)

    def tells(self, says: dict[str, str], at: datetime) -> None:
        """tells nobody of R-1: its debtor was not written to or reminded, as its diary says."""
        row = models.Invoice.objects.get(number=says["of"])
        assert not row.dispatches.exists()
        assert not row.reminders.exists()
        assert row.diary_set.filter(kind=Kind.DISPATCH_WITHHELD).count() == 1

    def refactors(self, says: dict[str, str], at: datetime) -> None:
        """refactors 30 of 0.005 with 2: Acme's recourse is put off for so many days against a part
        of what is outstanding, so often."""
        old = self.place.acme.facilities.get(known_to=None)
        off = Refactoring(days=int(says[""]), fee_rate=Decimal(says["of"]), times=int(says["with"]))
        said = replace(old.agreement(), refactoring=off)
        world.agree(self.place.acme, said, corrects=old.pk, at=at)
