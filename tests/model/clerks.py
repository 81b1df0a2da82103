"""The real side of what people decide in a history: objections, losses, buy-backs, collections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from usance import models
from usance.actions import buy_backs, debit_files, debits, disputes, write_offs
from usance.domain.collection.disputes import Reason
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.domain.settlement.buy_backs import Way
from usance.queries import disputed

from .office import Office, by


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A direct debit at the bank."""

    key: str
    number: str
    minor: int
    on: date


class Clerks:
    """Each may be refused, by a Refusal."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def objects(self, number: str, part: Money | None, at: datetime, *, again: bool) -> None:
        """The debtor does; again: it is over another amount than before."""
        say = disputes.restate if again else disputes.open_dispute
        say(
            _invoice(number), reason="Half of it was missing.", code=Reason.QUANTITY, amount=part,
            **by("collector", Role.COLLECTION, at),
        )  # fmt: skip
        self.office.drain(at)

    def gives_way(self, number: str, at: datetime) -> None:
        disputes.close_dispute(
            _invoice(number), outcome="It was there.", **by("collector", Role.COLLECTION, at)
        )
        self.office.drain(at)

    def agrees(self, number: str, at: datetime) -> None:
        """One person or two, as the amount takes."""
        row = models.WriteOff.objects.get(invoice__number=number, state="proposed")
        people = ("first", "chief") if row.proposed_by == write_offs.THE_DAY else ("chief",)
        for who in people:
            if row.state == "proposed":
                seen = write_offs.digest(row)
                row = write_offs.agree(row.pk, seen=seen, **by(who, Role.ADMIN, at))
        assert row.state == "done", row.state
        self.office.drain(at)

    def declines(self, number: str, at: datetime) -> None:
        row = models.WriteOff.objects.get(invoice__number=number, state="proposed")
        write_offs.decline(row.pk, remark="Not yet.", **by("finance", Role.FINANCE, at))

    def quotes(
        self, client: str, numbers: Sequence[str], way: Way, at: datetime, *, instead: str = ""
    ) -> UUID:
        """What it costs the client to have these back."""
        row = buy_backs.quote(
            self.office.place.clients[client].pk, [_invoice(one) for one in numbers], way=way,
            instead=_invoice(instead) if instead else None, reason="They asked.",
            **by("finance", Role.FINANCE, at),
        )  # fmt: skip
        return row.pk

    def quotes_exit(self, client: str, currency: str, at: datetime) -> tuple[UUID, int]:
        """The buy-out of a client that leaves, and what it is to pay."""
        row = buy_backs.quote_exit(
            self.office.place.clients[client].pk, currency, reason="They asked.",
            **by("finance", Role.FINANCE, at),
        )  # fmt: skip
        return row.pk, row.to_pay.minor

    def price(self, quote: UUID) -> int:
        return models.BuyBack.objects.get(pk=quote).price_minor

    def gives_back(self, quote: UUID, line: str, at: datetime) -> None:
        """:param line: the receipt that pays it. Empty: it is set off."""
        row = models.BuyBack.objects.get(pk=quote)
        receipt = models.BankLine.objects.get(bank_reference=line).pk if line else None
        buy_backs.execute(
            row.pk, seen=row.content, receipt=receipt, **by("chief", Role.FINANCE, at)
        )
        self.office.drain(at)

    def thinks_again(self, quote: UUID, at: datetime) -> None:
        buy_backs.decline(quote, **by("finance", Role.FINANCE, at))

    def collects(self, at: datetime) -> None:
        """What the day's end planned is told to its debtors, released and at the bank; what is too
        late for that, or has changed, waits for the day's end."""
        for row in models.Debit.objects.filter(state="planned"):
            try:
                debits.announce([row.pk], how="letter", **by("collector", Role.COLLECTION, at))
            except debits.ToldTooLate:
                continue
        for row in models.Debit.objects.filter(state="announced"):
            try:
                files = debit_files.release({row.pk: row.content}, **by("chief", Role.FINANCE, at))
            except Refusal:
                continue
            for file in files:
                debit_files.hand_over(file.pk, at=at, actor="bank")

    # What stands, in the model's words.

    def at_bank(self) -> list[Collected]:
        rows = models.Debit.objects.filter(state="sent").select_related("invoice").order_by("pk")
        return [
            Collected(key=row.key, number=row.invoice.number, minor=row.amount_minor,
                      on=row.collect_on)
            for row in rows
        ]  # fmt: skip

    def objections(self) -> dict[str, int]:
        rows = models.Dispute.objects.filter(closed_at=None).values_list(
            "invoice", "invoice__number"
        )
        numbers = dict(rows)
        return {numbers[pk]: left for pk, left in disputed.parts(list(numbers)).items()}

    def asked(self) -> dict[str, int]:
        rows = models.WriteOff.objects.filter(state="proposed", invoice__isnull=False)
        return dict(rows.values_list("invoice__number", "amount_minor"))


def _invoice(number: str) -> UUID:
    return models.Invoice.objects.get(number=number).pk
