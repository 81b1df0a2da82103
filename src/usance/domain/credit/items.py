"""Open invoices as the rules of eligibility see them, and what the rules say of many at once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from .eligibility import Agreed, Because, Facts, Mark, Standing, reasons

NO_MARKS: frozenset[Mark] = frozenset()


class Item(NamedTuple):  # A tuple, because a ledger makes a million of them.
    """A bought invoice that is not paid, in the order in which it came in."""

    invoice: UUID
    number: str
    minor: int  # Outstanding.
    issued_on: date
    due_on: date
    disputed: bool = False  # All of it.
    disputed_minor: int = 0  # A part of it.
    confirmed: bool = False
    notified: bool = False
    bought_on: date | None = None  # None: on the day that is asked about.
    credited_minor: int = 0  # Of credit notes that wait for it.
    marks: frozenset[Mark] = NO_MARKS


Kind = tuple[date, date, bool, bool, int | None, frozenset[Mark]]  # What rules see of an invoice.


class Rulings:
    """What was agreed, on a day: invoices that the rules cannot tell apart are judged once."""

    def __init__(self, agreed: Agreed, *, on: date) -> None:
        self.agreed, self.on = agreed, on
        self._found: dict[Standing, dict[Kind, tuple[Because, ...]]] = {}

    def of(self, items: Iterable[Item], standing: Standing) -> list[tuple[Because, ...]]:
        """The reasons of each invoice of a debtor, before its ledger is looked at as a whole."""
        debtor = _without_figures(standing)
        found = self._found.setdefault(debtor, {})
        told = []
        for item in items:
            kind = _kind(item, self.agreed, self.on)
            if (why := found.get(kind)) is None:
                why = reasons(_facts(kind, debtor, self.on, cross_aged=False), self.agreed)
                found[kind] = why
            told.append(why)
        return told


def facts(item: Item, standing: Standing, agreed: Agreed, *, on: date, cross_aged: bool) -> Facts:
    return _facts(_kind(item, agreed, on), standing, on, cross_aged=cross_aged)


def _kind(item: Item, agreed: Agreed, on: date) -> Kind:
    most = agreed.confirmed_from_minor
    unproved = agreed.notice_days is not None and not item.notified
    return (
        item.issued_on,
        item.due_on,
        item.disputed or 0 < item.minor <= item.disputed_minor,
        most is not None and item.minor >= most and not item.confirmed,
        (on - (item.bought_on or on)).days if unproved else None,
        item.marks,
    )


def _facts(kind: Kind, debtor: Standing, on: date, *, cross_aged: bool) -> Facts:
    issued_on, due_on, disputed, unconfirmed, unnotified_days, marks = kind
    return Facts(
        on=on, issued_on=issued_on, due_on=due_on, disputed=disputed, unconfirmed=unconfirmed,
        unnotified_days=unnotified_days, marks=marks, debtor=debtor, cross_aged=cross_aged,
    )  # fmt: skip


def _without_figures(standing: Standing) -> Standing:
    """Debtors of whom a rule can say the same of any invoice are one."""
    limit = None if standing.limit_minor is None else 0
    return replace(standing, name="", limit_minor=limit, elsewhere_minor=0, contra_minor=0)
