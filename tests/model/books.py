"""What the model of a factor keeps: the invoices, lines and orders that it knows, and its books."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from .price import DAY, Terms, half_up

BANK, OWED, CLAIMS, ACCRUED, UNEXPLAINED = "1000", "1200", "1300", "1400", "1900"
AT_PROVIDERS = "1050"
RESERVE, DUE, TRANSIT, UNAPPLIED, VAT, DEBTORS = "2100", "2200", "2250", "2300", "2600", "2400"
CONVERTED, CONTRA, LOANS, UNLENT, SMALL = "1950", "1210", "1250", "2110", "6150"
FEES, LATE, USED, LOSSES, CHARGES, CAPITAL = "4000", "4100", "4200", "6000", "6100", "3000"
EARNS = {"brackets": FEES, "interest": USED}

Place = tuple[str, str, str, str, str]  # Account, currency, client, debtor, invoice; "": nobody.


@dataclass(slots=True, kw_only=True)
class Objection:
    """A debtor objects to a part of an invoice. None: to all of it."""

    part: int | None
    credited: int = 0  # Since then.


@dataclass(slots=True, kw_only=True)
class Bought:
    """An invoice that the factor bought."""

    number: str
    client: str
    debtor: str
    currency: str
    face: int
    due: date
    terms: Terms
    since: date
    stage: str = "funded"
    advance: int = 0
    owed: Counter[date] = field(default_factory=Counter)  # Changes of what is outstanding, by day.
    back: list[tuple[date, int]] = field(default_factory=list)
    accrued: Counter[str] = field(default_factory=Counter)
    accrued_to: date | None = None
    rebate: int = 0
    charged: list[tuple[str, str, int]] = field(default_factory=list)
    into: str = ""  # What is the client's is kept in this currency. Empty: in that of the invoice.
    rate: Callable[[date], Fraction] = lambda _: Fraction(1)
    settled_at: Fraction | None = None
    taken_at: Fraction | None = None
    by: list["Line"] = field(default_factory=list)  # What pays it.
    objection: Objection | None = None
    cause: str = ""  # Why it was given up,
    lost: int = 0  # and what of it was not paid.
    put_off: int = 0  # How often recourse was.
    back_lost: int = 0  # Of what was never paid the client bears so much,
    our_lost: int = 0  # and we the rest.
    net: int = 0  # Of the face, where it bears tax. Nothing: it bears none.
    is_noted: bool = False  # A credit note was applied.
    is_released: bool = False  # Its client bought it back of its own wish.
    released: int = 0  # What was outstanding when its client bought it back, less what came since.

    @property
    def about(self) -> tuple[str, str, str]:
        return self.client, self.debtor, self.number

    @property
    def last_day(self) -> date | None:
        """Before recourse. None: there is none."""
        days, put_off = self.terms.recourse_days, self.put_off * self.terms.put_off_days
        return None if days is None else self.due + (days + put_off) * DAY

    @property
    def paid_on(self) -> date | None:
        """From when on nothing was outstanding."""
        left, paid = 0, None
        for day in sorted(self.owed):
            left += self.owed[day]
            paid = None if left else paid or day
        return paid


@dataclass(slots=True, kw_only=True)
class Line:
    """A movement on the bank's statement."""

    name: str
    minor: int
    currency: str
    on: date
    left: int = 0  # Of what came in or went out, nothing says yet what it was.
    is_explained: bool = False
    final_on: date | None = None  # Until then the debtor has it back for the asking. None: never.
    at_provider: bool = False

    @property
    def place(self) -> str:
        """Where the money lies."""
        return AT_PROVIDERS if self.at_provider else BANK


@dataclass(slots=True, kw_only=True)
class Order:
    """A payout: to a client, or of a receipt back to who paid it."""

    client: str
    currency: str
    pay: int
    set_off: int = 0
    line: Line | None = None
    state: str = "proposed"
    is_missing: bool = False  # The bank never executed it, people say.


@dataclass(slots=True, kw_only=True)
class Asked:
    """The machine asks people whether so much is lost."""

    minor: int
    seconds: int = 0  # How many of them have said yes.
    declined_on: date | None = None


NOBODY = ("", "", "")


@dataclass(slots=True)
class Books:
    """Moves between accounts, and whom they are about."""

    books: Counter[Place] = field(default_factory=Counter)  # Debits less credits.
    invoices: dict[str, Bought] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    asked: dict[str, Asked] = field(default_factory=dict)  # By invoice, the last time.
    today: date = date.min
    # Tax that was taken of clients and stands on no invoice of ours, by currency and month.
    taxes: Counter[tuple[str, str, date]] = field(default_factory=Counter)
    # In fees, by client, the currency in which it counts, its own, and day.
    charged: Counter[tuple[str, str, str, date]] = field(default_factory=Counter)
    taxable: Counter[tuple[str, str, date]] = field(default_factory=Counter)  # By month.
    uncharged: bool = False  # What moves now is charged for itself.

    def move(
        self, debit: str, credit: str, minor: int, currency: str, about: tuple[str, str, str]
    ) -> None:
        self.books[debit, currency, *about] += minor
        self.books[credit, currency, *about] -= minor
        month, one = self.today.replace(day=1), self.invoices.get(about[2])
        self.taxes[about[0], currency, month] += minor * ((credit == VAT) - (debit == VAT))
        if not self.uncharged and {debit, credit} & {CLAIMS, RESERVE, DUE}:
            fee = minor * ((credit == FEES) - (debit == FEES))
            into = one.into if one else ""
            self.charged[about[0], into or currency, currency, self.today] += fee
            both = minor * ((credit in (FEES, USED)) - (debit in (FEES, USED)))
            self.taxable[about[0], currency, month] += both
        if one and one.terms.pledge:
            self._lend(debit, minor, currency, about)
            self._lend(credit, -minor, currency, about)

    def _lend(self, account: str, minor: int, currency: str, about: tuple[str, str, str]) -> None:
        """The claim is the client's still: it and what is not lent of it are taken off again, and
        the loan is what is between them."""
        contra = {OWED: CONTRA, RESERVE: UNLENT}.get(account)
        if contra:
            self.books[contra, currency, *about] -= minor
            self.books[LOANS, currency, *about] += minor

    def stands(self, account: str, one: Bought) -> int:
        """What a bought invoice has on an account, positive on the side on which it grows."""
        minor = self.books[account, one.currency, *one.about]
        return minor if account[0] in "16" else -minor

    @contextmanager
    def across(self, one: Bought, rate: Fraction | None) -> Iterator[None]:
        """What is done within makes due or owed in the invoice's currency comes to the client's."""
        before = self.stands(DUE, one), self.stands(CLAIMS, one)
        yield
        if not one.into:
            return
        due, claims = self.stands(DUE, one) - before[0], self.stands(CLAIMS, one) - before[1]
        if not due and not claims:
            return
        assert rate is not None, one.number
        self.move(DUE, CONVERTED, due, one.currency, one.about)
        self.move(CONVERTED, DUE, half_up(due * rate), one.into, one.about)
        self.move(CONVERTED, CLAIMS, claims, one.currency, one.about)
        self.move(CLAIMS, CONVERTED, half_up(claims * rate), one.into, one.about)

    def _cross_due(
        self, minor: int, currency: str, rate: Fraction | None, into: str,
        about: tuple[str, str, str],
    ) -> None:  # fmt: skip
        """What is due to a client in one currency comes to another."""
        assert rate is not None
        self.move(DUE, CONVERTED, minor, currency, about)
        self.move(CONVERTED, DUE, half_up(minor * rate), into, about)

    def of_client(self, account: str, client: str, currency: str) -> int:
        minor = sum(n for (a, c, of, *_), n in self.books.items()
                    if (a, c, of) == (account, currency, client))  # fmt: skip
        return minor if account[0] in "16" else -minor

    def open(self) -> list[Bought]:
        return [one for one in self.invoices.values() if one.stage == "funded"]

    def standing(self) -> dict[Place, int]:
        """Every balance that is not nothing."""
        return {place: minor for place, minor in self.books.items() if minor}
