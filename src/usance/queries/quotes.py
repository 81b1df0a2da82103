"""What an invoice would bring a client and cost it, by the terms that hold on a day."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from usance import models
from usance.domain import finance
from usance.domain.finance import Agreement, Quote
from usance.domain.money import Money
from usance.domain.refusal import Refusal

from . import charges, foreign
from .room import in_use

EXAMPLE = Decimal(10_000)  # A round invoice, as an example for people.
EXAMPLE_DAYS = (30, 60, 90)


class NoTerms(Refusal):
    code = "no_facility"
    todo = "Agree on a facility in this currency first."


class PaidBeforeBought(Refusal):
    code = "paid_before_bought"
    todo = "Say a day of payment that is not before today."


def of(
    client: UUID, face: Money, *, today: date, paid_on: date, issued_on: date | None = None
) -> Quote:
    """The quote for an invoice that would be bought today and paid on a day.

    :raises NoTerms: if no terms hold today in this currency, and none take it.
    :raises PaidBeforeBought: if it would be paid before it is bought.
    :raises RateMissing: if a reference rate is not entered until then, or the exchange rate of
        today is not known where one is needed.
    """
    held = _holding(client, face.currency, today=today)
    if paid_on < today:
        raise PaidBeforeBought(f"{paid_on} lies before {today}")
    terms, rate = held.terms_in(face.currency), None
    if face.currency != held.currency:
        rate = foreign.rate(face.currency, held.currency, on=today)
        terms = replace(terms, charges=finance.foreign.charged(terms.charges, rate))
    told = finance.quote(
        face, terms, purchased_on=today, issued_on=issued_on or today, paid_on=paid_on,
        rates=charges.rates(),
    )  # fmt: skip
    return told.at(rate) if rate else told


def left(client: UUID, currency: str, *, today: date) -> Money:
    """What the client may still draw of the facility by which invoices in this currency are bought;
    in the facility's currency, below zero if more is drawn.

    :raises NoTerms, RateMissing: as `of` does.
    """
    held = _holding(client, currency, today=today)
    drawn = in_use([client], held.currency, on=today, is_used=foreign.is_used())
    return held.limit - Money(drawn[client], held.currency)


def _holding(client: UUID, currency: str, *, today: date) -> models.Facility:
    held = foreign.terms([client], on=today).get((client, currency))
    if held is None:
        raise NoTerms(f"no terms hold in {currency} on {today}")
    return held


def examples(agreement: Agreement, *, today: date) -> list[Quote]:
    """What a round invoice costs if it is paid after 30, 60 and 90 days: for who is to agree.

    Where a reference rate is not entered for so long, it is taken to stay as it was last.
    :raises RateMissing: if it was never entered.
    """
    face = Money.of(EXAMPLE, agreement.limit.currency)
    return [
        finance.quote(
            face, agreement.terms(), purchased_on=today, issued_on=today,
            paid_on=today + timedelta(days=days), rates=lasting(agreement),
        )
        for days in EXAMPLE_DAYS
    ]  # fmt: skip


def lasting(agreement: Agreement) -> list[finance.ReferenceRate]:
    """The rates, the last one of the contract's without an end: what is not entered yet is taken to
    stay as it was last."""
    known = list(charges.rates())
    name = agreement.charges.interest.reference if agreement.charges.interest else ""
    mine = [one for one in known if one.name == name]
    if not mine:
        return known
    last = mine[-1]
    return [
        replace(one, last=date.max - timedelta(days=1)) if one is last else one for one in known
    ]


def rates_entered() -> list[models.ReferenceRate]:
    """Reference rates as they are known now, the newest days first."""
    return list(models.ReferenceRate.objects.filter(known_to=None).order_by("name", "-first")[:200])
