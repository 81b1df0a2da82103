"""The words of stories in which debtors pay online."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from usance import models
from usance.actions import checkouts, online, provider_payouts
from usance.domain.money import Money
from usance.domain.payment.checkouts import Happened, Movement, Sort
from usance.plugins.providers import Payout, Told

if TYPE_CHECKING:
    from usance.domain.payment import Reference

NOBODY = {"url": "http://127.0.0.1:9", "key": "sk", "webhook_secret": "whsec"}


class Tapping:
    def taps(self, says: dict[str, str], at: datetime) -> None:
        """taps R-1: its debtor pays online what is due; the provider's first answer is lost."""
        place = Path(settings.OUTSIDE)
        found = json.loads(place.read_text()) if place.exists() else {}
        found["providers"] = {"stripe": {"plugin": "stripe", "config": NOBODY}}
        place.write_text(json.dumps(found))
        sent = models.Dispatch.objects.filter(invoice__number=says[""]).order_by("pk")[0]
        try:
            checkouts.begin(sent.pk, back="https://x.example", language="de", at=at, actor="debtor")
        except checkouts.ProviderSilent:
            row = models.Checkout.objects.get(invoice=sent.invoice, state="begun")
        paid = f"pi_{says['']}"
        told = Told(id=f"{paid}:paid", happened=Happened.PAID, at=at, key=row.key, payment=paid,
                    amount=row.amount)  # fmt: skip
        for _ in range(2):  # Told twice.
            online.take("stripe", [told], at=at, actor="provider:stripe")

    def contests(self, says: dict[str, str], at: datetime) -> None:
        """contests R-1: who paid disputes it, and the provider takes the money back."""
        row = models.Checkout.objects.get(invoice__number=says[""], state="paid")
        told = Told(
            id="dp_1:taken_back", happened=Happened.TAKEN_BACK, at=at, payment=row.payment,
            amount=row.amount, detail="dispute fraudulent",
        )  # fmt: skip
        online.take("stripe", [told], at=at, actor="provider:stripe")

    def forwards(self, says: dict[str, str], at: datetime) -> None:
        """forwards R-1 for 150.25 EUR: the provider pays it on, less so much, and our bank shows
        it."""
        row = models.Checkout.objects.get(invoice__number=says[""], state="paid")
        amount, _, currency = says["for"].partition(" ")
        fee = Money.of(amount, currency)
        one = Movement(id="txn_1", sort=Sort.PAYMENT, amount=row.amount, fee=fee, at=at,
                       told=f"{row.payment}:paid", payment=row.payment, key=row.key)  # fmt: skip
        on: date = at.date()
        payout = Payout(id="po_story", amount=row.amount - fee, arrives_on=on, failed=False,
                        marks=("po_story",))  # fmt: skip
        assert provider_payouts.take("stripe", payout, [one], at=at, actor="online") == "told"
        self._statement(at, payout.amount, references=(), text="STRIPE po_story", end_to_end="")

    def _statement(
        self, at: datetime, amount: "Money", *, references: tuple["Reference", ...], text: str,
        end_to_end: str, account: str = "", return_reason: str = "",
    ) -> None:  # fmt: skip
        raise AssertionError("the teller has its own")
