"""What a client may still draw: the waterfall from the gross ledger to what is available.

    gross receivables
    - what does not count, each invoice by its one primary reason
    = eligible
    x advance rate, invoice by invoice, rounded down as the advance itself is
    - reserves: an agreed retention, and dilution beyond what was agreed
    - funds in use
    = available, and never more than the facility leaves

Below zero the client has drawn more than its ledger covers: an over-advance, which only lasts as
long as somebody approved it for.

A debtor's ledger is judged as a whole (`judge`), and kept as its sums: a client with a million open
invoices takes eight bytes for each. Amounts are whole minor units of one currency.
"""

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from usance.domain.money import Money

from . import concentration
from .eligibility import (
    Agreed,
    Because,
    Release,
    Standing,
    counts_until,
    cross_aging,
    is_aged,
    release,
)
from .items import Item, Rulings, facts


@dataclass(slots=True, kw_only=True)
class Account:
    """A debtor's part of the ledger after everything but concentration."""

    gross: int = 0
    invoices: int = 0
    out: dict[Because, list[int]] = field(default_factory=dict)  # Amount, invoices.
    fits: "array[int]" = field(default_factory=lambda: array("q"))  # Of each that counts.
    allowed: int = 0  # Of their sum: after contra and limit.
    worth: tuple[int, Fraction, int] | None = None  # Counted, rate, value: the last answer.

    def take(self, because: Because, minor: int, invoices: int = 1) -> None:
        if minor > 0:
            kept = self.out.setdefault(because, [0, 0])
            kept[0] += minor
            kept[1] += invoices


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One invoice with what became of its amount, and why."""

    item: Item
    standing: Standing
    reasons: tuple[Because, ...]  # The first is the primary one; none: all of it counts.
    parts: tuple[tuple[Because, int], ...]  # What of the amount each reason leaves out.
    eligible: int
    value: int  # At the advance rate.
    releases: tuple[Release, ...]  # In the order of the reasons.
    counts_until: date | None  # The last day on which its age lets it count.

    @property
    def primary(self) -> Because | None:
        return self.reasons[0] if self.reasons else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    because: Because
    amount: Money
    invoices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """Each line is a sum of rows; every line is shown."""

    gross: Money
    invoices: int
    out: tuple[Line, ...]  # In the order of the reasons.
    eligible: Money
    advance_rate: Decimal
    value: Money
    retention: Money
    dilution: Money
    in_use: Money
    limit: Money
    over_advance: Money  # Approved, and not yet expired.
    largest: Money | None  # What of one debtor may count; None: no concentration was agreed.

    @property
    def covered(self) -> Money:
        """What the ledger carries after reserves, before the facility's limit."""
        return self.value - self.retention - self.dilution - self.in_use

    @property
    def room(self) -> Money:
        return self.limit - self.in_use

    @property
    def available(self) -> Money:
        """Below zero: drawn beyond what the ledger and the facility cover."""
        return self.covered if self.covered <= self.room else self.room

    @property
    def spendable(self) -> Money:
        """With an over-advance that was approved: what a purchase is measured by. It never goes
        beyond the facility's limit."""
        more = self.covered + self.over_advance
        return more if more <= self.room else self.room


def judge(
    items: Sequence[Item],
    standing: Standing,
    agreed: Agreed,
    *,
    on: date,
    rulings: Rulings | None = None,
) -> tuple[Account, tuple[tuple[Because, ...], ...]]:
    """A debtor's ledger, and the reasons of each of its invoices in the order given.

    :param rulings: of the same agreement and day, kept from debtor to debtor.
    """
    found = (rulings or Rulings(agreed, on=on)).of(items, standing)
    if _is_cross_aged(items, found, agreed):
        crossed = {why: cross_aging(why) for why in set(found)}
        found = [crossed[why] for why in found]
    account = Account()
    for item, why in zip(items, found, strict=True):
        account.gross += item.minor
        account.invoices += 1
        if why:
            account.take(why[0], item.minor)
            continue
        objected, credited = _out_of(item)
        if objected or credited:
            account.take(Because.DISPUTED, objected)
            account.take(Because.CREDIT_NOTE, credited)
        account.fits.append(item.minor - objected - credited)
    _cap_debtor(account, standing)
    return account, tuple(found)


def waterfall(
    accounts: Collection[Account],
    agreed: Agreed,
    *,
    currency: str,
    advance_rate: Decimal,
    in_use: int,
    limit: int,
    over_advance: int = 0,
    dilution: Decimal = Decimal(0),
) -> Waterfall:
    """
    :param dilution: non-cash reductions as a share of the turnover, over the trailing year.
    """
    cap = largest(accounts, agreed)
    rate = Fraction(advance_rate)
    eligible = value = 0
    out: dict[Because, list[int]] = {}
    for account in accounts:
        for because, (minor, invoices) in account.out.items():
            kept = out.setdefault(because, [0, 0])
            kept[0] += minor
            kept[1] += invoices
        counts = account.allowed if cap is None else min(account.allowed, cap)
        if counts < account.allowed:
            kept = out.setdefault(Because.CONCENTRATION, [0, 0])
            kept[0] += account.allowed - counts
            kept[1] += _touched(account.fits, counts, account.allowed)
        eligible += counts
        value += _worth(account, counts, rate)

    def money(minor: int) -> Money:
        return Money(minor, currency)

    return Waterfall(
        gross=money(sum(account.gross for account in accounts)),
        invoices=sum(account.invoices for account in accounts),
        out=tuple(
            Line(because=because, amount=money(out[because][0]), invoices=out[because][1])
            for because in Because
            if because in out
        ),
        eligible=money(eligible),
        advance_rate=advance_rate,
        value=money(value),
        retention=money(agreed.retention_minor),
        dilution=dilution_reserve(money(eligible), dilution, agreed),
        in_use=money(in_use),
        limit=money(limit),
        over_advance=money(over_advance),
        largest=None if cap is None else money(cap),
    )


def largest(accounts: Collection[Account], agreed: Agreed) -> int | None:
    """What of one debtor may count. None: no concentration was agreed."""
    if agreed.concentration_share is None:
        return None
    return concentration.most(
        [account.allowed for account in accounts],
        share=agreed.concentration_share,
        base=agreed.concentration_base,
        gross_minor=sum(account.gross for account in accounts),
    )


def dilution_reserve(eligible: Money, share: Decimal, agreed: Agreed) -> Money:
    """What dilutes beyond the agreed share is kept back from what counts."""
    if agreed.dilution_share is None or share <= agreed.dilution_share:
        return Money(0, eligible.currency)
    return eligible.at(share - agreed.dilution_share, rounding=ROUND_HALF_UP)


def told(
    items: Sequence[Item],
    standing: Standing,
    agreed: Agreed,
    *,
    on: date,
    cap: int | None,
    advance_rate: Decimal,
) -> Iterator[Judged]:
    """Each invoice of a debtor with its reasons; `cap` is that of `largest`. The sums over all
    debtors are the lines of the waterfall."""
    account, found = judge(items, standing, agreed, on=on)
    whole = sum(account.fits)
    limited = min(whole, max(whole - standing.contra_minor, 0))
    counts = account.allowed if cap is None else min(account.allowed, cap)
    bands = (
        (Because.CONCENTRATION, counts, account.allowed),
        (Because.OVER_LIMIT, account.allowed, limited),
        (Because.CONTRA, limited, whole),
    )
    rate, before = Fraction(advance_rate), 0
    for item, why in zip(items, found, strict=True):
        seen = facts(item, standing, agreed, on=on, cross_aged=Because.CROSS_AGED in why)
        if why:
            parts: tuple[tuple[Because, int], ...] = ((why[0], item.minor),)
            eligible, all_reasons = 0, why
        else:
            own = zip((Because.DISPUTED, Because.CREDIT_NOTE), _out_of(item), strict=True)
            after = before + item.minor - sum(_out_of(item))
            cuts = {
                because: minor
                for because, start, end in bands
                if (minor := min(after, end) - max(before, start)) > 0
            }
            cuts |= {because: minor for because, minor in own if minor}
            parts = tuple((because, cuts[because]) for because in Because if because in cuts)
            eligible = item.minor - sum(cuts.values())
            all_reasons = tuple(because for because, _ in parts)
            before = after
        yield Judged(
            item=item,
            standing=standing,
            reasons=all_reasons,
            parts=parts,
            eligible=eligible,
            value=_advance(eligible, rate),
            releases=tuple(release(because, seen) for because in all_reasons),
            counts_until=counts_until(seen, agreed),
        )


def _out_of(item: Item) -> tuple[int, int]:
    """What a dispute and a credit note that waits leave out. The credit note answers the dispute
    first, so that only what it is more than that is left out beside it."""
    objected = min(item.disputed_minor, item.minor)
    return objected, max(min(item.credited_minor, item.minor) - objected, 0)


def _is_cross_aged(
    items: Sequence[Item], found: Iterable[tuple[Because, ...]], agreed: Agreed
) -> bool:
    if agreed.cross_age_share is None:
        return False
    old = {why for why in set(found) if is_aged(why)}
    aged = sum(item.minor for item, why in zip(items, found, strict=True) if why in old)
    return aged > Fraction(agreed.cross_age_share) * sum(item.minor for item in items)


def _cap_debtor(account: Account, standing: Standing) -> None:
    """Contra first, then the limit. A limit is shared by the clients whose invoices the debtor
    owes, by what it owes on each: what is over it is left out once, not with every client."""
    whole = sum(account.fits)
    allowed = max(whole - standing.contra_minor, 0)
    account.take(Because.CONTRA, whole - allowed, _touched(account.fits, allowed, whole))
    if standing.limit_minor is not None:
        owed = account.gross + max(standing.elsewhere_minor, 0)
        share = standing.limit_minor * account.gross // owed if owed else 0
        limited = min(allowed, share)
        account.take(
            Because.OVER_LIMIT, allowed - limited, _touched(account.fits, limited, allowed)
        )
        allowed = limited
    account.allowed = allowed


def _touched(amounts: Iterable[int], start: int, end: int) -> int:
    """How many invoices lie, by what comes before them, in the stretch from start to end."""
    before = touched = 0
    for minor in amounts:
        after = before + minor
        touched += minor > 0 and min(after, end) > max(before, start)
        before = after
    return touched


def _worth(account: Account, counts: int, rate: Fraction) -> int:
    """Asked again and again while a batch is fitted in: only touched debtors are added up anew."""
    if account.worth is None or account.worth[:2] != (counts, rate):
        account.worth = (counts, rate, _value(account.fits, counts, rate))
    return account.worth[2]


def _value(amounts: Iterable[int], counts: int, rate: Fraction) -> int:
    """The oldest count first; each is rounded down by itself."""
    value, left = 0, counts
    for minor in amounts:
        if left <= 0:
            break
        value += _advance(min(minor, left), rate)
        left -= minor
    return value


def _advance(minor: int, rate: Fraction) -> int:
    return minor * rate.numerator // rate.denominator


def exceeds(now: Waterfall, with_it: Waterfall, *, face: Money, advance: Money) -> str:
    """Why a purchase does not fit, in a sentence with its figures."""
    adds = with_it.value - now.value
    return (
        f"The advance of {advance} on {face} would leave {with_it.spendable} available: "
        f"{now.spendable} is available now, and the invoice adds {adds} to it."
    )
