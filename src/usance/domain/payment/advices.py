"""What a payer says it paid, beside the bank: a list of invoices with amounts, and one total.

An advice moves no money. It waits for the bank line that has its total, and says then which
invoices that line pays. A line is looked at without advices first, so it comes to the same whether
the advice or the line was there before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from ..finding import Finding
from ..money import Money, total, zero
from .bank import BankLine
from .clues import EXACT, PAYER, Allocation, OpenItem, has, names, score
from .matching import CERTAIN, Match, Verdict
from .reading import said
from .shortfall import Shortfall, shortfall
from .wording import compact, forms, name_key

NEAR_ITS_DAY = 10  # Days between the day that the advice names and the day of the bank.
NEAR_ITS_COMING = 30  # The same, of an advice that names no day: it came with a run of payments.
SHORTEST_REFERENCE = 5  # Letters and digits of a reference that means one payment.
BECAUSE = "The payer's advice lists it with this amount."
ADVISED = "An advice of the payer says so; a person decides."


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One line of an advice."""

    number: str  # The invoice's or credit note's, as the payer writes it.
    amount: Decimal  # What of the total is for it; of a credit note that was taken off: negative.
    deducted: Decimal = Decimal(0)  # What the payer kept back, positive.
    reason: str = ""  # Why, in the payer's words.
    also: tuple[str, ...] = ()  # Other numbers beside it: nothing told which is the invoice's.


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """An advice as it was read."""

    parts: tuple[Part, ...]
    total: Decimal
    currency: str = ""  # Empty: it names none.
    payer: str = ""
    payer_account: str = ""
    reference: str = ""  # The payer's own, of the payment.
    paid_on: date | None = None  # When the payer pays or paid; None: it does not say.


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    numbers: tuple[str, ...]  # One of them is the invoice's.
    amount: Money
    reason: str = ""  # Why something was kept back.


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """An advice that was kept, and whose money nothing has been booked as yet."""

    id: UUID
    shares: tuple[Share, ...]
    total: Money
    payer: str = ""
    payer_account: str = ""
    reference: str = ""
    on: date  # The day that it names, else the day it came.
    near: int  # So many days before and after it the money may come.


def merged(advice: Advice) -> Advice:
    """Lines of one number as one: systems print a deduction as a negative line of its own."""
    by_number: dict[str, Part] = {}
    for place, part in enumerate(advice.parts):
        key = compact(part.number) or f" {place}"  # What names nothing stays a fault of its own.
        before = by_number.get(key)
        if before is None:
            by_number[key] = part
            continue
        kept_back = sum((-one.amount for one in (before, part) if one.amount < 0), Decimal(0))
        by_number[key] = replace(
            before, amount=before.amount + part.amount,
            deducted=before.deducted + part.deducted + kept_back,
            reason="; ".join(dict.fromkeys(filter(None, (before.reason, part.reason))))[:140],
            also=tuple(dict.fromkeys((*before.also, *part.also))),
        )  # fmt: skip
    return replace(advice, parts=tuple(by_number.values()))


def faults(advice: Advice) -> Iterator[Finding]:
    """What keeps an advice from being used: all of it at once."""
    if not advice.parts:
        yield Finding(
            code="advice_empty", says="It lists no invoice.",
            todo="Ask the payer which invoices it paid.",
        )  # fmt: skip
    if advice.total <= 0:
        yield Finding(
            code="advice_total", says=f"Its total is {advice.total}, and no payment.",
            todo="Ask the payer for the advice of a payment.",
        )  # fmt: skip
    listed = sum((part.amount for part in advice.parts), Decimal(0))
    if advice.parts and listed != advice.total:
        yield Finding(
            code="advice_sum_differs",
            says=f"The amounts that it lists make {listed}, its total is {advice.total}.",
            todo="Ask the payer for the missing lines.",
        )
    for place, part in enumerate(advice.parts, start=1):
        if not compact(part.number):
            yield Finding(
                code="advice_number", says="A line names no invoice.", where=f"line {place}",
                todo="Ask the payer what it is for.",
            )  # fmt: skip


def sought_by(advices: Iterable[Awaited]) -> set[str]:
    """The words under which the items may be found that these advices list."""
    return {form for one in advices for share in one.shares for form in _forms(share)}


class Advices:
    """Advices that wait for their money, by its amount. What a line used is not used again."""

    def __init__(self, advices: Iterable[Awaited] = ()) -> None:
        self._of: dict[Money, list[Awaited]] = {}
        for one in advices:
            self._of.setdefault(one.total, []).append(one)

    def __bool__(self) -> bool:
        return bool(self._of)

    def about(self, line: BankLine) -> list[Awaited]:
        """Those that may tell of this line: of its amount, near its day, of its payer or with a
        reference that it quotes; the oldest first."""
        here = self._of.get(line.amount, ()) if self._of else ()
        found = [one for one in here if _is_near(one, line) and _of_payer(one, line)]
        return sorted(found, key=lambda one: (one.on, one.id))

    def listed(self, line: BankLine) -> set[str]:
        """The words under which items may be found that advices of this line's amount list."""
        return sought_by(self._of.get(line.amount, ())) if self._of else set()

    def spend(self, used: UUID) -> None:
        for total_, here in list(self._of.items()):
            kept = [one for one in here if one.id != used]
            if len(kept) < len(here):
                self._of[total_] = kept


def by_advice(
    line: BankLine, advices: Sequence[Awaited], items: Sequence[OpenItem], plain: Match
) -> Match:
    """What the line pays by the advices that are about it; `plain` if they do not help.

    Sure is it if they all say the same, each of their numbers is that of just one open item, all of
    them of one debtor, and each gets no more than it owes (or all that they owe together is the
    amount: credit notes that are not open any longer were taken off before); if the payer is that
    debtor, or the line quotes the advice's reference; and if the line names no other item.

    :param items: those that the line or the advices name.
    :param plain: what the line pays without any advice; not certain.
    """
    told = {_said(one) for one in advices}
    if len(told) != 1:
        return plain
    advice = advices[0]
    shared = _shared(line, advice, items)
    if not shared:
        return plain
    known = all(has(one, *PAYER) for one in shared) or _quotes(line, advice)
    chosen = {one.item.invoice for one in shared}
    others = [one for one in score(line, items) if one.item.invoice not in chosen]
    short = _short(line, advice, shared)
    if known and not any(has(one, *EXACT) for one in others):
        return Match(
            verdict=Verdict.CERTAIN, allocations=shared, left=zero(line.amount.currency),
            short=short, advice=advice.id,
        )  # fmt: skip
    return Match(
        verdict=Verdict.PROBABLE, allocations=shared, left=line.amount, says=ADVISED, short=short
    )


def agreeing(advices: Iterable[Awaited], found: Match) -> UUID | None:
    """The advice that says what was found without it: its money has come, too. None: none does."""
    paid = {one.item.invoice for one in found.allocations}
    by_form = _by_form(one.item for one in found.allocations)
    for one in advices:
        shares = [share for share in one.shares if share.amount.minor > 0]
        named = [
            {item.invoice for form in _forms(share) for item in by_form.get(form, ())}
            for share in shares
        ]
        if all(len(them) == 1 for them in named) and set().union(*named) == paid:
            return one.id
    return None


def _is_near(advice: Awaited, line: BankLine) -> bool:
    return abs((line.booked_on - advice.on).days) <= advice.near


def _of_payer(advice: Awaited, line: BankLine) -> bool:
    """Nothing contradicts that this payer wrote it: an account or a name that differ do, unless the
    line quotes the advice's reference."""
    if _quotes(line, advice):
        return True
    if advice.payer_account and line.counterparty_account:
        return advice.payer_account == line.counterparty_account
    if advice.payer and line.counterparty:
        return name_key(advice.payer) == name_key(line.counterparty)
    return True


def _quotes(line: BankLine, advice: Awaited) -> bool:
    own = compact(advice.reference)
    return len(own) >= SHORTEST_REFERENCE and own in said(line).named


def _forms(share: Share) -> frozenset[str]:
    return frozenset(form for number in share.numbers for form in forms(number))


def _said(advice: Awaited) -> frozenset[tuple[str, int]]:
    return frozenset((compact(one.numbers[0]), one.amount.minor) for one in advice.shares)


def _shared(line: BankLine, advice: Awaited, items: Sequence[OpenItem]) -> tuple[Allocation, ...]:
    """What each item gets; nothing unless all numbers and amounts fit."""
    by_form = _by_form(one for one in items if one.outstanding.currency == line.amount.currency)
    clues = {one.item.invoice: one for one in score(line, items)}
    found: list[tuple[Share, OpenItem]] = []
    for share in advice.shares:
        named = {item.invoice: item for form in _forms(share) for item in by_form.get(form, ())}
        if not named and share.amount.minor < 0:
            continue  # A credit note that was taken off its invoice before.
        if len(named) > 1:  # Two clients may use one number; the payer owes one of them.
            named = {pk: one for pk, one in named.items() if pk in clues and has(clues[pk], *PAYER)}
        if len(named) != 1:
            return ()
        found.append((share, next(iter(named.values()))))
    distinct = {item.invoice for _, item in found}
    if not found or len(distinct) < len(found) or len({item.debtor for _, item in found}) > 1:
        return ()
    amounts = _amounts(line, found)
    return tuple(
        Allocation(
            item=item, amount=amount, score=CERTAIN,
            because=(BECAUSE, *(clues[item.invoice].because if item.invoice in clues else ())),
        )
        for (_, item), amount in zip(found, amounts, strict=bool(amounts))
    )  # fmt: skip


def _amounts(line: BankLine, found: Sequence[tuple[Share, OpenItem]]) -> list[Money]:
    """As the advice says, if it leaves nobody with more than is owed; else all that is owed, if
    that is the amount to the cent. Empty: neither."""
    stated = [share.amount for share, _ in found]
    owed = [item.outstanding for _, item in found]
    fits = all(
        0 < part.minor <= most.minor or (part.minor < 0 and part == most)
        for part, most in zip(stated, owed, strict=True)
    )
    if fits and total(stated, line.amount.currency) == line.amount:
        return stated
    return owed if total(owed, line.amount.currency) == line.amount else []


def _by_form(items: Iterable[OpenItem]) -> Mapping[str, list[OpenItem]]:
    found: dict[str, list[OpenItem]] = {}
    for item in items:
        for form in forms(item.number) | names(item):
            found.setdefault(form, []).append(item)
    return found


def _short(line: BankLine, advice: Awaited, shared: Sequence[Allocation]) -> Shortfall | None:
    """Why less was paid than is owed: in the payer's words where it has any."""
    owed = total((one.item.outstanding for one in shared), line.amount.currency)
    short = shortfall(line.amount, owed, charges=line.charges)
    reasons = "; ".join(dict.fromkeys(one.reason for one in advice.shares if one.reason))
    if short is None or not reasons:
        return short
    return replace(short, says=f"{short.amount} less than owed, the payer says: {reasons}"[:200])
