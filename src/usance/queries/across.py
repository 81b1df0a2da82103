"""Bank lines that may pay invoices in other currencies: what would be booked, and at which rate."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from usance import models
from usance.domain import payment
from usance.domain.exchange import Cross, RateMissing, typed
from usance.domain.invoice import Stage
from usance.domain.money import Money
from usance.domain.payment import Across
from usance.domain.refusal import Refusal

from . import cash, foreign
from .statements import MOST_HITS, wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An open invoice in another currency, and what of the line would pay it."""

    invoice: UUID
    number: str
    debtor: str
    outstanding: Money
    of_line: Money  # What of the line is not explained.
    because: tuple[str, ...] = ()  # Why it is proposed. Empty: somebody searched for it.
    across: Across | None = None
    refused: Refusal | None = None  # Why nothing of the line pays it: a rate is missing.

    @property
    def rate(self) -> str:
        """As it is shown, without zeros behind it."""
        return f"{self.across.rate.rate.normalize():f}" if self.across else ""

    @property
    def day_rate(self) -> str:
        return f"{self.across.day.rate.normalize():f}" if self.across else ""

    @property
    def left(self) -> Money | None:
        """Of the line, after it."""
        return self.of_line - self.across.paid if self.across else None

    @property
    def still_owed(self) -> Money:
        return self.outstanding - self.across.pays if self.across else self.outstanding


def quote(
    row: models.BankLine, item: payment.OpenItem, *, rate: Decimal | None = None,
    paid: Money | None = None, pays: Money | None = None,
) -> Across:  # fmt: skip
    """How much of the line pays how much of the item, by what a person says of it.

    :param rate: of the bank: units of the item's currency for one of the line's. None: the one that
        its statement tells, else the day's.
    :param paid: what of the line pays it. None: all that is left, or that it takes.
    :param pays: how much of the item is paid. With it the rate is what both make.
    :raises RateMissing: if the day's is not known.
    :raises RateImpossible: if that is no rate.
    :raises RateTooFar: if it is too far from the day's.
    :raises TooLittle: if it comes to nothing.
    """
    owed = item.outstanding
    day = foreign.rate(row.currency, owed.currency, on=row.booked_on)
    left = paid or Money(row.unapplied_minor, row.currency)
    if pays is not None:
        return payment.agreed(left, pays, day)
    told = payment.of_bank(row.told(), row.amount, day) or day
    said = told if rate is None else typed(day, rate)
    return payment.agreed(*payment.at_rate(left, owed, said), day)


def offers(row: models.BankLine, words: str = "", *, beside: UUID | None = None) -> list[Offer]:
    """What the line may pay in other currencies: what is proposed, and what is searched for.

    :param beside: an invoice that somebody asks about anyway.
    """
    if row.unapplied_minor <= 0 or row.account.provider:
        return []
    proposed = {
        UUID(one["invoice"]): tuple(one["because"])
        for one in row.proposals
        if one.get("currency", row.currency) != row.currency
    }
    found: list[UUID] = []
    if words and (where := wanted(words)) is not None:
        hits = models.Invoice.objects.filter(where, stage=Stage.FUNDED)
        hits = hits.exclude(currency=row.currency).order_by("due_on")
        found = list(hits.values_list("pk", flat=True)[:MOST_HITS])
    asked = dict.fromkeys([*proposed, *found, *([beside] if beside else [])])
    items = {item.invoice: item for item in cash.items(asked.keys())}
    return [
        _offer(row, items[pk], proposed.get(pk, ()))
        for pk in asked
        if pk in items
        and items[pk].outstanding.minor > 0
        and items[pk].outstanding.currency != row.currency
    ]


def beside(
    lines: Sequence[payment.BankLine], found: Sequence[payment.Match], named: cash.Named
) -> list[payment.Match]:
    """The matches; of lines that name no invoice of their currency, with what they name in another
    and are worth. Most books have none: that costs one question."""
    unsure = [n for n, one in enumerate(found) if _is_open(one)]
    words = {n: payment.sought(lines[n]) for n in unsure}
    pks = {pk for them in words.values() for word in them for pk in named.by_word.get(word, ())}
    currencies = {line.amount.currency for line in lines}
    rows = models.Invoice.objects.filter(pk__in=pks) if pks else models.Invoice.objects.none()
    if len(currencies) == 1:
        rows = rows.exclude(currency__in=currencies)
    items = cash.items(list(rows.values_list("pk", flat=True)))
    told = list(found)
    for n in unsure if items else ():
        asked = {pk for word in words[n] for pk in named.by_word.get(word, ())}
        here = [item for item in items if item.invoice in asked]
        if one := payment.elsewhere(lines[n], here, _rates(lines[n], here)):
            told[n] = replace(one, left=found[n].left)
    return told


def _is_open(found: payment.Match) -> bool:
    """Nothing of its own currency is named by it."""
    return found.verdict is not payment.Verdict.CERTAIN and not any(
        payment.has(one, *payment.EXACT) for one in found.allocations
    )


def _rates(line: payment.BankLine, items: Collection[payment.OpenItem]) -> Mapping[str, Cross]:
    found = {}
    for currency in {item.outstanding.currency for item in items} - {line.amount.currency}:
        try:
            found[currency] = foreign.rate(line.amount.currency, currency, on=line.booked_on)
        except RateMissing:
            continue  # Nothing is proposed; a person who searches for the invoice is told.
    return found


def _offer(row: models.BankLine, item: payment.OpenItem, because: tuple[str, ...]) -> Offer:
    made = Offer(
        invoice=item.invoice, number=item.number, debtor=item.debtor_name,
        outstanding=item.outstanding, because=because,
        of_line=Money(row.unapplied_minor, row.currency),
    )  # fmt: skip
    try:
        told = quote(row, item)
    except Refusal as no:
        return replace(made, refused=no)
    ordered = row.told()
    says = () if ordered is None or told.is_of_day else (ordered.says,)
    return replace(made, across=told, because=(*because, *says))
