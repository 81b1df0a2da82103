"""Words of stories about terms: Acme's are corrected from their first day on."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from tests import world
from usance import models
from usance.actions import undertakings
from usance.actions.documents import Content
from usance.domain.credit.undertaking import Means
from usance.domain.events import Kind
from usance.domain.finance import (
    Base,
    Bracket,
    Brackets,
    Charges,
    Extent,
    Interest,
    LegalBasis,
    Product,
    Refactoring,
)
from usance.domain.mandate import Role
from usance.domain.money import Money


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

    def confirms(self, says: dict[str, str], at: datetime) -> None:
        """confirms discount of 0.06: what its debtors approve is bought at that discount a year,
        from the first day of Acme's terms on."""
        old = self.place.acme.facilities.get(known_to=None)
        discount = Interest(margin=Decimal(says["of"]), base=Base.FACE, to_due=True)
        said = replace(
            old.agreement(), product=Product.CONFIRMING, advance_rate=Decimal(1),
            fee_rate=Decimal(0), recourse_days=None, charges=Charges(interest=discount),
        )  # fmt: skip
        world.agree(self.place.acme, said, corrects=old.pk, at=at)

    def undertakes(self, says: dict[str, str], at: datetime) -> None:
        """undertakes R-1 for 10000.00 EUR by bolt due 2026-04-30: the debtor approves it for good,
        on a paper that a person of ours files."""
        line = undertakings.Approved(
            client=self.place.acme.pk, number=says[""], amount=Money.of(*says["for"].split()),
            due_on=date.fromisoformat(says["due"]),
        )  # fmt: skip
        paper = Content(data=b"%PDF-1.7 signed", media_type="application/pdf", name="signed.pdf")
        said = undertakings.take(
            getattr(self.place, says["by"]).pk, [line], means=Means.DESK, proof=paper,
            person="Eva Bolt, CFO", role=Role.CREDIT, at=at, actor="user:credit",
        )  # fmt: skip
        assert said == [None]
