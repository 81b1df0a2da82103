"""The real side of what people say of orders and of the books in a history."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from usance import models
from usance.actions import (
    corrections,
    missing_payouts,
    paid_out_said,
    periods,
    short_payments,
)
from usance.domain.journal import Account
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.payment import Follows, Reason
from usance.domain.periods import PeriodUnclean, State
from usance.queries import cut_offs
from usance.queries import periods as questions

from .office import Office, by
from .price import DAY


class Ledgers:
    """Each may be refused, by a Refusal."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def due_files(self, today: date) -> dict[str, list[str]]:
        """The keys of what is under way, by file, where its day has come."""
        rows = models.Payout.objects.filter(state="sent", file__pay_on__lte=today)
        found = defaultdict[str, list[str]](list)
        for row in rows.select_related("file").order_by("pk"):
            if row.file is not None:
                found[row.file.name].append(row.key)
        return found

    def late(self, at: datetime) -> set[str]:
        return {row.key for row in cut_offs.late(at=at) if cut_offs.may_be_missing(row, at=at)}

    def says_missing(self, key: str, at: datetime) -> None:
        payout = models.Payout.objects.get(pk=key)
        row = missing_payouts.say(
            payout.pk, because="The bank lost it.", proof="Its letter.",
            **by("anna", Role.FINANCE, at),
        )  # fmt: skip
        missing_payouts.agree(
            row.pk, seen=missing_payouts.content(row), **by("bo", Role.FINANCE, at)
        )
        self.office.drain(at)

    def says_paid(self, line: str, keys: Sequence[str], at: datetime) -> None:
        pks = [models.Payout.objects.get(pk=key).pk for key in keys]
        paid_out_said.say(_line(line), pks, **by("cash", Role.CASH, at))

    def unsays_paid(self, line: str, at: datetime) -> None:
        paid_out_said.take_back(_line(line), **by("cash", Role.CASH, at))

    def bears(
        self, line: str, number: str, reason: Reason, follows: Follows, amount: Money, at: datetime
    ) -> None:
        invoice = models.Invoice.objects.get(number=number).pk
        short_payments.say(
            _line(line), invoice, reason, follows=follows, amount=amount,
            **by("cash", Role.ADMIN, at),
        )  # fmt: skip
        self.office.drain(at)

    def unbears(self, line: str, number: str, at: datetime) -> None:
        row = models.Difference.objects.get(
            line__bank_reference=line, invoice__number=number, over=False, undone_at=None
        )
        short_payments.take_back(row.pk, **by("cash", Role.ADMIN, at))
        self.office.drain(at)

    def corrects(self, debit: str, credit: str, amount: Money, at: datetime) -> None:
        corrections.correct(
            Account(debit), Account(credit), amount, on=at.date(), because="By hand.",
            proof="Folder 9", **by("finance", Role.FINANCE, at),
        )  # fmt: skip

    def reverses(self, at: datetime) -> None:
        """What was moved by hand last."""
        row = models.Entry.objects.filter(key__startswith="correction:").latest("pk")
        corrections.reverse(
            row.pk, on=at.date(), because="It was wrong.", **by("finance", Role.FINANCE, at)
        )

    def closes(self, last: date, at: datetime) -> State:
        """The month that ends then, after those before it: hard if all of them may be.

        :raises PeriodUnclean: for anything but a bank account without a statement.
        """
        closed = questions.closed_until()
        day = closed + DAY if closed else models.DayTotal.objects.earliest("booked_on").booked_on
        while day < last.replace(day=1) and self._closes(day, at) is State.HARD:
            day = (day.replace(day=28) + 4 * DAY).replace(day=1)
        if day.replace(day=1) == last.replace(day=1):
            return self._closes(last, at)
        periods.close(last, State.SOFT, **by("finance", Role.FINANCE, at))
        return State.SOFT

    def _closes(self, day: date, at: datetime) -> State:
        checks = questions.checklist(day.replace(day=1), seed=1)
        open_ = {one.code for one in checks if one.stops and not one.is_done}
        if open_ - {"statements"}:
            raise PeriodUnclean(str([one for one in checks if one.code in open_]))
        state = State.SOFT if open_ else State.HARD
        if questions.one(day.replace(day=1)).state is not state:
            how = by("finance", Role.FINANCE, at)
            periods.close(day, state, remark="As it is.", **how)
        return state


def _line(name: str) -> UUID:
    return models.BankLine.objects.get(bank_reference=name).pk
