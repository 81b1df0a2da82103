"""The banks of those who are debited: most pay, some send it back, by the seed.

A debtor's name may say what it does ("short", "closed", "refunds", "disowns", "silent"), so that a
test need not look for a seed.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from usance.domain.collection.debits import reason
from usance.domain.payment import BankLine
from usance.plugins.payouts import Answer, Verdict

from . import dice
from .agenda import Agenda, banking_day, moment
from .iban import is_sound
from .pain008 import Debit, DebitFile

if TYPE_CHECKING:
    from .bank import HandedIn

SETTLES_AT_HOUR = 9
# What comes of a collection: how often in a hundred, the bank's code, and after how many days.
ENDS: dict[str, tuple[int, str, int]] = {
    "pays": (90, "", 0),
    "closed": (2, "AC04", 0),  # Rejected on its day, before any money moves.
    "short": (4, "AM04", 2),
    "silent": (1, "MS03", 3),
    "refunds": (2, "MD06", 40),  # Within the eight weeks. Not between businesses.
    "disowns": (1, "MD01", 90),  # Within the thirteen months.
}
assert sum(share for share, _, _ in ENDS.values()) == 100, "they are shares of a hundred"


class Debited:
    def __init__(self, seed: int, agenda: Agenda, book: Callable[[str, BankLine], None]) -> None:
        """:param book: books a line on one of our accounts."""
        self.seed, self._agenda, self._book = seed, agenda, book

    def take(self, file: "HandedIn", block: DebitFile) -> None:
        """Answer for each debit of a block, and collect those that can be on their day."""
        earliest = banking_day(self._agenda.at.date() + timedelta(days=1))
        for debit in block.debits:
            if not is_sound(debit.account):
                file.answers[debit.key] = _no(file, debit, "AC01")
                continue
            if block.collect_on < earliest:
                file.answers[debit.key] = _no(file, debit, "TM01")
                continue
            file.answers[debit.key] = Answer(
                file=file.name, key=debit.key, verdict=Verdict.ACCEPTED, code="ACCP"
            )
            name = f"collect {file.account} {file.name} {debit.key}"
            day = moment(banking_day(block.collect_on), SETTLES_AT_HOUR)
            self._agenda.add(day, name, self._collector(file, debit, block.scheme))

    def _collector(self, file: "HandedIn", debit: Debit, scheme: str) -> Callable[[datetime], None]:
        return lambda at: self._collect(file, debit, scheme, at)

    def _collect(self, file: "HandedIn", debit: Debit, scheme: str, at: datetime) -> None:
        end = self._end(debit, scheme)
        _, code, after = ENDS[end]
        if code and not after:
            file.answers[debit.key] = _no(file, debit, code)
            return
        thrown = dice.throw(self.seed, "debit", file.account, file.name, debit.key)
        file.answers[debit.key] = Answer(
            file=file.name, key=debit.key, verdict=Verdict.EXECUTED, code="ACSC"
        )
        line = BankLine(
            amount=debit.amount,
            booked_on=at.date(),
            value_on=at.date(),
            bank_reference=f"L{thrown:020d}",
            end_to_end=debit.key,
            counterparty=debit.name,
            counterparty_account=debit.account,
            texts=(debit.text,) if debit.text else (),
            code="PMNT-IDDT-ESDD",
        )
        file.executed += 1
        self._book(file.account, line)
        if code:
            back = replace(
                line, amount=-debit.amount, bank_reference=f"R{thrown:020d}", return_reason=code,
                code="PMNT-IDDT-UPDD",
            )  # fmt: skip
            name = f"debit back {file.account} {file.name} {debit.key}"
            later = moment(_later(at.date(), after), SETTLES_AT_HOUR)
            self._agenda.add(later, name, lambda _: self._book(file.account, back))

    def _end(self, debit: Debit, scheme: str) -> str:
        said = next((end for end in ENDS if end in debit.name.lower()), "")
        shares = {end: share for end, (share, _, _) in ENDS.items()}
        end = said or dice.one_of(shares, self.seed, "debit ends", debit.key)
        return "pays" if scheme == "B2B" and end == "refunds" else end


def _later(day: date, days: int) -> date:
    return banking_day(day + timedelta(days=days))


def _no(file: "HandedIn", debit: Debit, code: str) -> Answer:
    return Answer(
        file=file.name, key=debit.key, verdict=Verdict.REJECTED, code=code,
        reason=reason(code).says,
    )  # fmt: skip
