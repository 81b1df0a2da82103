"""What is due to clients, what was proposed, released and ordered, and what the bank said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from usance import models
from usance.domain import finance, ledger
from usance.domain.journal import NAMES, About, Account
from usance.domain.money import Money
from usance.domain.payment import Was

from . import amounts, schedules
from .pages import counted

VIEWS: dict[str, tuple[str, ...]] = {
    "all": ("released", "sent", "paid", "rejected", "returned"),
    "under_way": ("released", "sent"),
    "paid": ("paid",),
    "rejected": ("rejected", "returned"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What we owe a client in a currency, what it owes us, and what stands in the way."""

    client: UUID
    name: str
    due: Money
    claims: Money  # What the client owes us back: set off first.
    pays: Money
    account: str  # Verified; empty: there is none to pay to.
    unverified: str  # An account that waits for somebody to verify it.
    waits_until: datetime | None  # The account is verified and too new. None: it is not.
    unsigned: Money  # Waits until the client has signed what it assigned; not in `pays`.
    proposal: models.Payout | None  # What was proposed and not yet released.

    @property
    def stale(self) -> bool:
        """More or less is due by now than the proposal says."""
        return self.proposal is not None and (
            self.proposal.amount != self.pays or self.proposal.iban != self.account
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFile:
    row: models.PayoutFile
    payouts: int
    amount: Money
    rejected: int
    under_way: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A move as parts/journal.html shows it."""

    debit: str
    credit: str
    amount: Money
    about: str


def due(*, at: datetime) -> list[Due]:
    """Every client with something due to it, by name. Seven queries for each currency of ours."""
    found = []
    proposals = {
        (row.client_id, row.currency): row
        for row in models.Payout.objects.filter(state="proposed", receipt=None)
    }
    for currency in models.BankAccount.objects.order_by("currency").values_list(
        "currency", flat=True
    ):
        clients = amounts.clients_with(Account.DUE_TO_CLIENTS, currency)
        owed = amounts.of_clients(Account.DUE_TO_CLIENTS, clients, currency)
        ready = schedules.payable(clients, currency)
        claims = amounts.of_clients(Account.CLIENT_CLAIMS, clients, currency)
        accounts = {
            row.client_id: row
            for row in models.ClientAccount.objects.filter(
                client_id__in=clients, currency=currency, closed_at=None
            )
        }
        for client in models.Client.objects.filter(pk__in=clients).order_by("name_key", "pk"):
            debt = Money(max(claims.get(client.pk, 0), 0), currency)
            amount = Money(owed[client.pk], currency)
            signed = Money(ready[client.pk], currency)
            pays, _ = finance.payout(due=signed, claims=debt)
            account = accounts.get(client.pk)
            verified = account is not None and account.verified_at is not None
            wait = account.wait_until if account and verified else None
            waits_until = wait if wait and at < wait else None
            found.append(
                Due(
                    client=client.pk,
                    name=client.name,
                    due=amount,
                    claims=debt,
                    pays=pays,
                    account=account.iban if account and verified and not waits_until else "",
                    unverified=account.iban if account and (not verified or waits_until) else "",
                    waits_until=waits_until,
                    unsigned=amount - signed,
                    proposal=proposals.get((client.pk, currency)),
                )
            )
    return found


def proposed() -> list[models.Payout]:
    """Proposals that wait for a second person."""
    return list(
        models.Payout.objects.filter(state="proposed")
        .select_related("client")
        .order_by("currency", "name", "id")
    )


def journal(payouts: Sequence[models.Payout], *, on: date) -> list[Move]:
    """What releasing these would book, computed by the same recipe."""
    found = []
    for payout in payouts:
        entry = (
            ledger.refund_released(payout.key, payout.amount, on=on, line=str(payout.receipt_id))
            if payout.receipt_id
            else ledger.payout_released(
                payout.key,
                payout.amount,
                payout.set_off,
                about=About(client=payout.client_id),
                on=on,
            )
        )
        found += [
            Move(debit=named(m.debit), credit=named(m.credit), amount=m.amount, about=payout.name)
            for m in entry.moves
        ]
    return found


def named(account: str) -> str:
    """2200 as "2200 Due to clients"."""
    return f"{account} {NAMES[Account(account)]}"


def found(view: str) -> "QuerySet[models.Payout]":
    return models.Payout.objects.filter(state__in=VIEWS[view]).select_related("client", "file")


def counts() -> dict[str, int]:
    return {view: counted(found(view)) for view in VIEWS if view != "all"}


def to_act(most: int = 10) -> list[models.Payout]:
    """The newest of `back_and_owed`, the newest first."""
    return list(back_and_owed().order_by("-closed_on", "-id")[:most])


def back_and_owed() -> "QuerySet[models.Payout]":
    """Rejected and returned payouts after which nothing newer was ordered for the same client and
    currency, or the same receipt: somebody has to look at the account."""
    newer = models.Payout.objects.filter(
        Q(client=OuterRef("client")) | Q(receipt=OuterRef("receipt")),
        currency=OuterRef("currency"),
        released_at__gt=OuterRef("released_at"),
        state__in=["released", "sent", "paid"],
    )
    return (
        found("rejected")
        .filter(~Exists(newer))
        .exclude(state="returned", receipt__isnull=False)  # What came back waits as a receipt.
        .exclude(receipt__isnull=False, receipt__unapplied_minor=0)
    )


def unpayable() -> "QuerySet[models.Explanation]":
    """Of each client and currency the first receipt that was its own, while something is due to the
    client in that currency and it has no account there: somebody has to ask for one. Nothing else
    makes money due where the client has no terms, under which an account is entered."""
    here = {"client": OuterRef("client"), "currency": OuterRef("currency")}
    said = models.Explanation.objects.filter(was=Was.MISDIRECTED, undone_at=None)
    held = models.Balance.objects.filter(account=Account.DUE_TO_CLIENTS, **here)
    held = held.exclude(debit_minor=F("credit_minor")).values("client")
    due = held.annotate(minor=Sum(F("credit_minor") - F("debit_minor"))).filter(minor__gt=0)
    return (
        said.filter(~Exists(models.ClientAccount.objects.filter(closed_at=None, **here)))
        .filter(Exists(due))
        .filter(~Exists(said.filter(pk__lt=OuterRef("pk"), **here)))
    )


def files(most: int = 20) -> list[OrderFile]:
    """The newest order files with what is in them."""
    rows = list(
        models.PayoutFile.objects.select_related("account").order_by("-made_at", "-id")[:most]
    )
    sums = {
        file: (count, minor or 0, refused, open_)
        for file, count, minor, refused, open_ in models.Payout.objects.filter(file__in=rows)
        .values_list("file_id")
        .annotate(
            all=Count("pk"),
            minor=Sum("amount_minor"),
            refused=Count("pk", filter=Q(state__in=["rejected", "returned"])),
            open=Count("pk", filter=Q(state__in=["released", "sent"])),
        )
    }
    return [
        OrderFile(
            row=row,
            payouts=found[0],
            amount=Money(found[1], row.account.currency),
            rejected=found[2],
            under_way=found[3],
        )
        for row in rows
        for found in [sums.get(row.pk, (0, 0, 0, 0))]
    ]
