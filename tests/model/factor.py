"""A factor in plain Python: dictionaries and integers, no database, none of our rules. It is told
what happens and keeps its own books, which the real ones are held against.

Who pays what is a judgement and is told; what it does to money is worked out here.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .billing import Billing
from .books import (
    ACCRUED,
    BANK,
    CAPITAL,
    CLAIMS,
    CONVERTED,
    DUE,
    EARNS,
    FEES,
    LATE,
    LOSSES,
    NOBODY,
    OWED,
    RESERVE,
    UNAPPLIED,
    USED,
    VAT,
    Asked,
    Bought,
    Line,
)
from .price import DAY, half_up, steps_fee, use_interest

SLEEPS = 30  # Days after a no, before people are asked again.


@dataclass(slots=True)
class Factor(Billing):
    """The books, and what happens to them."""

    # Purchase and price.

    def capital(self, minor: int, currency: str) -> None:
        self.move(BANK, CAPITAL, minor, currency, NOBODY)

    def buy(self, one: Bought) -> None:
        self.invoices[one.number] = one
        one.advance = int(one.face * one.terms.advance)  # A lost cent stays in the reserve.
        if one.terms.use and one.terms.use.to_due:
            _, fees, interest, tax = self.price(one, through=one.due, ends_on=one.due)
            one.advance = min(one.advance, one.face - fees - interest - tax)
        one.owed[one.since] += one.face
        with self.across(one, one.rate(one.since)):
            self.move(OWED, DUE, one.advance, one.currency, one.about)
            self.move(OWED, RESERVE, one.face - one.advance, one.currency, one.about)

    def price(
        self, one: Bought, *, through: date, ends_on: date | None = None
    ) -> tuple[int, int, int, int]:
        """Brackets, fees in all, interest and tax by the end of a day."""
        paid, terms = ends_on or one.paid_on, one.terms
        service = half_up(one.face * terms.fee)
        brackets = interest = 0
        end = paid or through + DAY
        if terms.steps:
            brackets = steps_fee(one.face, terms.steps, (end - one.since).days)
        if terms.use and terms.use.to_due:
            last = one.due if paid else min(end, one.due)
            interest = use_interest(terms.use, one.face, (), first=one.since, end=last)
        elif terms.use:
            last = max(paid + terms.use.float_days * DAY, one.since) if paid else end
            interest = use_interest(terms.use, one.advance, one.back, first=one.since, end=last)
        fees = service + brackets
        if paid:
            wanted = max(fees + interest, terms.least)
            wanted = wanted if terms.most is None else min(wanted, terms.most)
            fees += wanted - fees - interest
            if fees < 0:
                fees, interest = 0, interest + fees
        return brackets, fees, interest, half_up(fees * terms.vat)

    def accrue(self, *, through: date) -> None:
        for one in self.open():
            timed = one.terms.steps or one.terms.use
            if not timed or one.since > through or (one.accrued_to or one.since - DAY) >= through:
                continue
            brackets, _, interest, _ = self.price(one, through=through)
            for fee, total in (("brackets", brackets), ("interest", interest)):
                grown, one.accrued[fee] = total - one.accrued[fee], total
                self.move(ACCRUED, EARNS[fee], grown, one.currency, (one.client, "", ""))
            one.accrued_to = through

    # The end of an invoice, and when it is no end.

    def settle(self, one: Bought, *, on: date) -> None:
        """Once it is paid, by what nobody can take back any more."""
        waits = any(line.final_on and line.final_on > on for line in one.by)
        if one.stage != "funded" or self.stands(OWED, one) or waits:
            return
        one.settled_at = one.rate(on)
        with self.across(one, one.settled_at):
            self._release(one, on=on, ends_on=None)
        one.stage, one.objection = "settled", None

    def settle_final(self, *, today: date) -> None:
        for one in self.open():
            if any(line.final_on and line.final_on <= today for line in one.by):
                self.settle(one, on=today)

    def _release(self, one: Bought, *, on: date, ends_on: date | None) -> None:
        _, fees, interest, tax = self.price(one, through=on, ends_on=ends_on)
        one.charged, reserve = [], self.stands(RESERVE, one)
        for account, minor in ((FEES, fees), (USED, interest), (VAT, tax)):
            covered = min(minor, reserve)
            reserve -= covered
            one.charged += [(RESERVE, account, covered), (CLAIMS, account, minor - covered)]
        for debit, credit, minor in one.charged:
            self.move(debit, credit, minor, one.currency, one.about)
        one.rebate = reserve
        self.move(RESERVE, DUE, reserve, one.currency, one.about)
        for fee, minor in one.accrued.items():
            self.move(EARNS[fee], ACCRUED, minor, one.currency, (one.client, "", ""))

    def reopen(self, one: Bought) -> None:
        with self.across(one, one.settled_at):  # It goes back at the rate at which it came.
            for debit, credit, minor in one.charged:
                self.move(credit, debit, minor, one.currency, one.about)
            self.move(CLAIMS, RESERVE, one.rebate, one.currency, one.about)
        for fee, minor in one.accrued.items():
            self.move(ACCRUED, EARNS[fee], minor, one.currency, (one.client, "", ""))
        one.stage = "funded"

    def credit_note(self, one: Bought, minor: int, *, on: date) -> bool:
        """Whether it is applied; else it waits for a person, and nothing moves."""
        if one.stage != "funded" or minor > self.stands(OWED, one) or one.terms.undertaken:
            return False
        kept = min(minor, self.stands(RESERVE, one))
        with self.across(one, one.rate(on)):
            self.move(RESERVE, OWED, kept, one.currency, one.about)
            self.move(CLAIMS, OWED, minor - kept, one.currency, one.about)
        one.owed[on] -= minor
        one.back.append((on, minor - kept))
        one.is_noted = True
        if one.objection:
            one.objection.credited += minor
            if not self.objected(one):
                one.objection = None
        self.settle(one, on=on)
        return True

    def take_back(self, one: Bought, *, on: date) -> None:
        """Recourse: the client takes what is outstanding back."""
        left, one.taken_at = self.stands(OWED, one), one.rate(on)
        one.back_lost += left
        kept = min(left, self.stands(RESERVE, one))
        with self.across(one, one.taken_at):
            self.move(RESERVE, OWED, kept, one.currency, one.about)
            self.move(CLAIMS, OWED, left - kept, one.currency, one.about)
            self._release(one, on=on, ends_on=on)
        one.stage, one.objection = "repurchased", None

    def objected(self, one: Bought) -> int:
        """What of it is disputed still."""
        said, left = one.objection, self.stands(OWED, one)
        if said is None or said.part is None:
            return left if said else 0
        return max(min(said.part - said.credited, left), 0)

    def recourse(self, *, today: date) -> Counter[str]:
        """Invoices later than their contract lets them be: recourse is put off, or they go back, or
        people are asked about the part that is ours to lose."""
        did = Counter[str]()
        self._forget_changed()
        for one in self.open():
            left = self.stands(OWED, one)
            if one.last_day is None or one.last_day >= today or not left:
                continue
            if one.put_off < one.terms.put_off_times and not one.objection:
                self._put_off(one, left, on=today)
                did["recourse put off"] += 1
            elif self.bears(one, left, "default") == left:
                self.take_back(one, on=today)
                did["taken back by the day's end"] += 1
            elif self._may_ask(one, today):
                self.asked[one.number] = Asked(minor=left)
                did["losses proposed"] += 1
        return did

    def _forget_changed(self) -> None:
        """What people are asked about and is not what is outstanding any more."""
        for number, minor in self.waiting().items():
            one = self.invoices[number]
            if minor != (self.stands(OWED, one) if one.stage == "funded" else 0):
                del self.asked[number]

    def _put_off(self, one: Bought, left: int, *, on: date) -> None:
        fee = half_up(left * one.terms.put_off_fee)
        with self.across(one, one.rate(on)):
            self.move(CLAIMS, FEES, fee, one.currency, one.about)
            self.move(CLAIMS, VAT, half_up(fee * one.terms.vat), one.currency, one.about)
        one.put_off += 1
        if one.number in self.waiting():
            del self.asked[one.number]

    def _may_ask(self, one: Bought, today: date) -> bool:
        before = self.asked.get(one.number)
        if before is None:
            return True
        return before.declined_on is not None and (today - before.declined_on).days >= SLEEPS

    def waiting(self) -> dict[str, int]:
        """Losses that people are asked about."""
        return {n: one.minor for n, one in self.asked.items() if one.declined_on is None}

    def bears(self, one: Bought, left: int, cause: str) -> int:
        """What of it the client bears, if nobody pays it."""
        if cause == "dispute" and not one.terms.undertaken:
            return left
        if one.terms.recourse_days is None:
            return 0
        part = int(left * one.terms.share)
        return part if one.terms.cap is None else min(part, one.terms.cap)

    def relief(self) -> dict[str, tuple[int, int, int | None]]:
        """Of invoices that were never paid: what the client bears, what we do, and the tax in the
        client's part. None: what it is made of is not known, for something was credited."""
        return {
            one.number: (one.back_lost, one.our_lost, None if one.is_noted else _tax_in(one))
            for one in self.invoices.values()
            if (one.back_lost or one.our_lost) and not one.is_released
        }

    def give_up(self, one: Bought, cause: str, *, on: date) -> None:
        """It is our own loss but for what the client bears of it."""
        left = self.stands(OWED, one)
        back = self.bears(one, left, cause)
        if back == left:
            self.take_back(one, on=on)
            return
        kept = min(back, self.stands(RESERVE, one))
        one.taken_at = one.rate(on)
        with self.across(one, one.taken_at):
            self.move(RESERVE, OWED, kept, one.currency, one.about)
            self.move(CLAIMS, OWED, back - kept, one.currency, one.about)
            self.move(LOSSES, OWED, left - back, one.currency, one.about)
            self._release(one, on=on, ends_on=on)
        one.stage, one.objection = "written_off", None
        one.cause, one.lost = cause, left
        one.back_lost, one.our_lost = back, left - back

    def forgive(self, client: str, minor: int, currency: str) -> None:
        self.move(LOSSES, CLAIMS, minor, currency, (client, "", ""))

    def pays(self, line: Line, one: Bought, minor: int, interest: int, paid: int = 0) -> None:
        """:param paid: of the line, where it is in another currency."""
        assert one.stage == "funded", one.number
        assert 0 < minor <= self.stands(OWED, one), (one.number, minor)
        line.left -= paid or minor + interest
        assert line.left >= 0, line.name
        self._goes_over(line, one, minor, paid)
        self.move(UNAPPLIED, OWED, minor, one.currency, one.about)
        self.move(UNAPPLIED, LATE, interest, one.currency, one.about)
        one.owed[line.on] -= minor
        one.back.append((line.on, minor))
        one.by.append(line)

    def _goes_over(self, line: Line, one: Bought, minor: int, paid: int) -> None:
        """To the invoice's currency; below zero it goes back."""
        self.move(UNAPPLIED, CONVERTED, paid, line.currency, one.about)
        self.move(CONVERTED, UNAPPLIED, minor if paid else 0, one.currency, one.about)

    def unpays(self, parts: Iterable[tuple[Line, Bought, int, int, int]], *, on: date) -> None:
        parts = list(parts)
        for number in {one.number for _, one, _, _, _ in parts}:
            if self.invoices[number].stage == "settled":
                self.reopen(self.invoices[number])
        self.unbear([line for line, *_ in parts], {one.number for _, one, *_ in parts}, on=on)
        for line, one, minor, interest, paid in parts:
            back = 0
            if one.stage == "written_off":  # It would have been lost with the rest.
                back = self.bears(one, one.lost + minor, one.cause) - self.bears(
                    one, one.lost, one.cause
                )
                one.lost += minor
            if one.stage in ("repurchased", "written_off"):
                ours = minor - back if one.stage == "written_off" else 0
                one.back_lost, one.our_lost = one.back_lost + minor - ours, one.our_lost + ours
            owes = {"repurchased": CLAIMS, "written_off": LOSSES}.get(one.stage, OWED)
            with self.across(one, one.taken_at):
                self.move(owes, UNAPPLIED, minor - back, one.currency, one.about)
                self.move(CLAIMS, UNAPPLIED, back, one.currency, one.about)
            self.move(LATE, UNAPPLIED, interest, one.currency, one.about)
            self._goes_over(line, one, -minor, -paid)
            line.left += paid or minor + interest
            one.by.remove(line)
            if owes == OWED:
                one.owed[on] += minor
                one.back.append((on, -minor))


def _tax_in(one: Bought) -> int:
    """Cut as the face is made of net and tax; the cent left goes to the larger rest, else to the
    net."""
    if not one.net:
        return 0
    net, net_rest = divmod(one.back_lost * one.net, one.face)
    tax, tax_rest = divmod(one.back_lost * (one.face - one.net), one.face)
    return tax + (net + tax < one.back_lost and tax_rest > net_rest)
