"""Differences of payments in the model: what is borne because it is small, and its way back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from .books import CLAIMS, DUE, OWED, RESERVE, SMALL, UNAPPLIED, Bought, Line
from .till import Till


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """Up to so much of a payment is small: ours, or the client's by its contract."""

    currency: str
    most: int
    client: str = ""  # Empty: it is ours, whoever sold the invoice.


@dataclass(slots=True, kw_only=True, eq=False)
class Difference:
    """What is borne of an invoice, or was paid beyond it on a line."""

    line: Line
    one: Bought
    minor: int
    client: str  # Whose it is. Empty: ours.
    kept: int = 0  # Of its reserve.
    over: bool = False
    on: date = date.min  # On which somebody said so.
    rate: Fraction | None = None  # By which the client's part was converted.


@dataclass(slots=True)
class Small(Till):
    """What is within a tolerance is done with nobody's word."""

    tolerances: tuple[Tolerance, ...] = ()
    differences: list[Difference] = field(default_factory=list)

    def bear(self, fresh: Sequence[tuple[Line, Bought, bool]], *, on: date) -> int:
        """After these were paid at once: lines with what each pays, and whether across currencies.
        How many differences are small."""
        before = len(self.differences)
        lines = {line.name: line for line, _, _ in fresh}
        for line in lines.values():
            parts = [(one, across) for by, one, across in fresh if by is line]
            short = [one for one, _ in parts if self.stands(OWED, one)]
            if len(short) == 1 and not line.left:
                self._short(line, short[0], on=on)
            elif not short and line.left and not parts[-1][1]:
                self._over(line, parts[-1][0])
        return len(self.differences) - before

    def _agreed(self, one: Bought, minor: int) -> Tolerance | None:
        found = [t for t in self.tolerances
                 if t.currency == one.currency and t.client in ("", one.client)]  # fmt: skip
        best = max(found, key=lambda t: bool(t.client), default=None)
        return best if best and minor <= best.most else None

    def _short(self, line: Line, one: Bought, *, on: date) -> None:
        minor = self.stands(OWED, one)
        agreed = self._agreed(one, minor)
        if not agreed or one.objection or (agreed.client and one.terms.undertaken):
            return
        self.borne(line, one, minor, agreed.client, on=on)

    def borne(self, line: Line, one: Bought, minor: int, client: str, *, on: date) -> None:
        """So much less is owed. :param client: whose it is; empty: ours."""
        kept = min(minor, self.stands(RESERVE, one)) if client else 0
        rate = one.rate(on)
        with self.across(one, rate):
            self.move(RESERVE, OWED, kept, one.currency, one.about)
            owes = CLAIMS if client else SMALL
            self.move(owes, OWED, minor - kept, one.currency, one.about)
        self._owed_less(one, minor, kept, on=on)
        self.differences.append(
            Difference(line=line, one=one, minor=minor, client=client, kept=kept, rate=rate, on=on)
        )

    def _owed_less(self, one: Bought, minor: int, kept: int, *, on: date) -> None:
        one.owed[on] -= minor
        one.back.append((on, minor - kept))

    def _over(self, line: Line, one: Bought) -> None:
        minor, agreed = line.left, self._agreed(one, line.left)
        if not agreed:
            return
        about, rate = (agreed.client, "", ""), one.rate(line.on)
        self.move(UNAPPLIED, DUE if agreed.client else SMALL, minor, line.currency, about)
        if agreed.client and one.into:
            self._cross_due(minor, line.currency, rate, one.into, about)
        line.left = 0
        self.differences.append(
            Difference(line=line, one=one, minor=minor, client=agreed.client, over=True, rate=rate)
        )

    def unbear(self, lines: Iterable[Line], numbers: Collection[str], *, on: date) -> None:
        """These invoices are not paid as they were, nor by these lines."""
        names = {line.name for line in lines}
        for one in list(self.differences):
            if one.over and one.line.name in names:
                self._unover(one)
            elif not one.over and one.one.number in numbers and one.one.stage == "funded":
                self.unshort(one, on=on)

    def unshort(self, was: Difference, *, on: date) -> None:
        one, claim = was.one, was.minor - was.kept if was.client else 0
        self.differences.remove(was)
        with self.across(one, was.rate):
            self.move(OWED, RESERVE, was.kept, one.currency, one.about)
            if not was.client:
                self.move(OWED, SMALL, was.minor, one.currency, one.about)
            self.move(OWED, CLAIMS, claim, one.currency, one.about)
        into = one.into or one.currency
        if claim and (paid := -self.of_client(CLAIMS, one.client, into)) > 0:
            self.move(CLAIMS, DUE, paid, into, (one.client, "", ""))  # Due to it again.
        self._owed_less(one, -was.minor, -was.kept, on=on)

    def _unover(self, was: Difference) -> None:
        currency, about = was.line.currency, (was.client, "", "")
        self.differences.remove(was)
        self.move(DUE if was.client else SMALL, UNAPPLIED, was.minor, currency, about)
        into = was.one.into or currency
        if was.client and was.one.into:
            self._cross_due(-was.minor, currency, was.rate, into, about)
        was.line.left += was.minor
        had = -self.of_client(DUE, was.client, into) if was.client else 0
        if had > 0:
            self.move(CLAIMS, DUE, had, into, about)

    def over_on(self, line: Line) -> int:
        return sum(one.minor for one in self.differences if one.over and one.line is line)
