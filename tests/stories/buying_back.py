"""The words of stories about clients that buy back what they sold, or leave."""

from dataclasses import replace
from datetime import datetime

from tests import world
from usance import models
from usance.actions import buy_backs, explained, offers, paying
from usance.domain.finance.buying import Buying, How
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.payment import Was
from usance.domain.settlement.buy_backs import Way
from usance.queries import explained as what_else


class BuyingBack:
    """What a Teller knows of buy-backs."""

    place: world.World

    def quotes(self, says: dict[str, str], at: datetime) -> None:
        """quotes R-1 for 8150.00 EUR: what it costs Acme to have it back, set off; with receipt:
        paid by money that comes in; by R-2: the invoice that takes its place."""
        row = models.Invoice.objects.get(number=says[""])
        other = models.Invoice.objects.filter(number=says.get("by", "")).first()
        made = buy_backs.quote(
            row.client_id, [row.pk], way=Way(says.get("with", "set_off")),
            instead=other.pk if other else None, reason="Anna Acme, by mail.",
            role=Role.OPERATIONS, at=at, actor="user:ops",
        )  # fmt: skip
        assert made.price == Money.of(*says["for"].split()), made.price

    def chooses(self, says: dict[str, str], at: datetime) -> None:
        """chooses what it sells: Acme's terms leave the choice to it from now on."""
        old = self.place.acme.facilities.get(known_to=None)
        said = replace(old.agreement(), buying=Buying(how=How.ASKED, instant=99_999_00))
        world.agree(self.place.acme, said, corrects=old.pk, at=at)

    def sells(self, says: dict[str, str], at: datetime) -> None:
        """sells R-1: Acme asks what it brings, is offered it at once, and accepts."""
        row = models.Invoice.objects.get(number=says[""])
        signed = {"role": Role.CLIENT, "at": at, "actor": "user:anna"}
        made = offers.ask(row.client_id, [row.pk], **signed)
        offers.accept(made.pk, seen=made.content, **signed)

    def lets_go(self, says: dict[str, str], at: datetime) -> None:
        """lets_go Acme for 8150.00 EUR: what it is to pay in one sum if it leaves."""
        made = buy_backs.quote_exit(
            self.place.acme.pk, "EUR", reason="Letter of Anna Acme.", role=Role.OPERATIONS, at=at,
            actor="user:ops",
        )  # fmt: skip
        assert made.to_pay == Money.of(*says["for"].split()), made.to_pay

    def buys_back(self, says: dict[str, str], at: datetime) -> None:
        """buys_back what was quoted: a second person does it, by the oldest open receipt if it is
        paid by one."""
        row = models.BuyBack.objects.get(state="quoted")
        line = models.BankLine.objects.filter(unapplied_minor__gt=0).order_by("id").first()
        buy_backs.execute(
            row.pk, seen=row.content, receipt=line.pk if line else None, role=Role.FINANCE, at=at,
            actor="user:f",
        )  # fmt: skip

    def passes(self, says: dict[str, str], at: datetime) -> None:
        """passes on the oldest open receipt: a person takes what usance thinks it was, the money
        of a client that bought its invoice back."""
        line = models.BankLine.objects.filter(unapplied_minor__gt=0).order_by("id")[0]
        (one,) = [s for s in what_else.suggestions(line) if s.was is Was.MISDIRECTED]
        assert one.client is not None
        explained.explain(
            line.pk, one.was, one.amount, client=one.client.pk, because=one.because,
            role=Role.CASH, at=at, actor="user:cash",
        )  # fmt: skip

    def entrusts(self, says: dict[str, str], at: datetime) -> None:
        """entrusts what is paid on invoices bought back: the book lets it pass by itself."""
        paying.set_passing_on(True, role=Role.OPERATIONS, at=at, actor="user:ops")
