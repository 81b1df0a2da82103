"""References that a bank gives again: of one movement in two files, or of two movements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from uuid import UUID

from usance import models
from usance.domain import payment
from usance.plugins import statements
from usance.queries.parcels import opened

Named = tuple[payment.BankLine, str]  # A movement and its identity.
MOST_READ = 5  # Statements of one day that are looked into.
AT_ONCE = 20  # Lines of one reference and amount that are looked up.


def _words(identity: str) -> str:
    """Without the number that tells equal ones apart."""
    return identity.rpartition("\x1f")[0]


@dataclass(slots=True)
class Told:
    """What we were told before of the movements of a statement; they may come in parts.

    They are two if balances prove it: the one was counted by a statement that ended before the one
    that counts the other. Without that they are one; banks tell of one movement in several files,
    and not always of the same day.
    """

    account: models.BankAccount
    statement: payment.Statement
    row: models.Statement  # The same, of which some lines may be in our books by now.
    days: tuple[date, date]  # Of its earliest and its latest movement.
    _taken: set[str] = field(default_factory=set)
    _read: dict[UUID, set[tuple[str, int]]] = field(default_factory=dict)

    def apart(self, booked: Sequence[Named]) -> list[Named]:
        """The movements with their identities: with another than their words make where the bank
        gave reference and amount to a movement before it, as to the reversal of a reversal."""
        if not any(line.bank_reference for line, _ in booked):
            return list(booked)
        again = {_words(name) for name in self._doubtful(name for _, name in booked)}
        found = []
        for line, name in booked:
            if _words(name) in again:
                name = self._identity(line)
                self._taken.add(name)
            found.append((line, name))
        return found

    def _doubtful(self, identities: Iterable[str]) -> list[str]:
        """Those of movements of days of which the statement does not tell."""
        named = [name for name in identities if _words(name)]
        rows = models.BankLine.objects.filter(account=self.account, identity__in=named)
        others = rows.exclude(booked_on__range=self.days)
        return list(others.values_list("identity", flat=True))

    def _identity(self, line: payment.BankLine) -> str:
        """Of the movement that it is, of the same day if there is one; of a new one if all that
        are called like it are others."""
        same: list[models.BankLine] = []
        for first in count(step=AT_ONCE):
            names = [
                payment.identity(self.statement.account, line, first + n) for n in range(AT_ONCE)
            ]
            rows = models.BankLine.objects.filter(account=self.account, identity__in=names)
            told = {row.identity: row for row in rows.select_related("statement")}
            same += [
                row for name, row in told.items()
                if name not in self._taken and row.statement_id != self.row.pk
                and not self._is_another(row)
            ]  # fmt: skip
            if free := [name for name in names if name not in told and name not in self._taken]:
                break
        same.sort(key=lambda row: (row.booked_on != line.booked_on, row.pk))
        return same[0].identity if same else free[0]

    def _is_another(self, row: models.BankLine) -> bool:
        if self.statement.opening is None or self.statement.closing is None:
            return False
        return any(map(self._is_apart, self._counted_by(row)))

    def _is_apart(self, other: models.Statement) -> bool:
        """Whether no movement is counted by both."""
        if other.closed_on is None or self.statement.closed_on is None:
            return False
        later = other.opened_on is not None and other.opened_on > self.statement.closed_on
        return later or other.closed_on < self.days[0]

    def _counted_by(self, row: models.BankLine) -> list[models.Statement]:
        """The statements with balances that told of a line of ours, first or once more."""
        if row.statement.opening_minor is not None and row.statement.closing_minor is not None:
            return [row.statement]
        those = models.Statement.objects.filter(
            account=self.account, closed_on__gte=row.booked_on,
            opening_minor__isnull=False, closing_minor__isnull=False,
        )  # fmt: skip
        said = (row.bank_reference, row.amount_minor)
        some = those.order_by("closed_on", "pk")[:MOST_READ]
        return [one for one in some if said in self._tells(one)]

    def _tells(self, row: models.Statement) -> set[tuple[str, int]]:
        """References and amounts in a statement that we took in, from its file."""
        if row.pk not in self._read:
            with opened(row.document_id) as file:
                reading = statements.examine(
                    file, account=self.account.iban, currency=self.account.currency
                )
            self._read[row.pk] = {
                (line.bank_reference[:80], line.amount.minor)
                for one in reading.statements
                if one.reference[:80] == row.reference
                and payment.speaks_of(one.account or self.account.iban, self.account.iban)
                for line in one.lines
                if not line.pending
            }
        return self._read[row.pk]
