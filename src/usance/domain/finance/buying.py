"""How a contract lets invoices be bought: all as they come in, by the client's choice, or by an
offer of ours; and how far an offer is made without a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from usance.domain.finding import Finding
from usance.domain.money import Money

from .products import Product

MOST_VALID_DAYS = 30


class How(StrEnum):
    ALL = "all"  # Whatever passes is bought, without a question.
    ASKED = "asked"  # The client chooses invoices and asks what we pay.
    OFFERED = "offered"  # We offer by ourselves; the client accepts or not.


@dataclass(frozen=True, slots=True, kw_only=True)
class Buying:
    how: How = How.ALL
    valid_days: int = 1  # An offer holds to the end of so many days after it was made.
    instant: int = 0  # Faces offered to the client in a day without a person, in minor units.
    fallback_days: int | None = None  # Recourse where cover lacks. None: then nothing is offered.


AS_THEY_COME = Buying()


def at_once(faces: Money, *, today: Money, buying: Buying) -> bool:
    """Whether the machine may offer it: what it offered in the day counts, so that a large request
    in small parts is still a large one.

    :param today: faces that were offered to the client without a person before, this day.
    """
    return (faces + today).minor <= buying.instant


def faults(
    buying: Buying, *, product: Product, recourse_days: int | None, advances: bool
) -> Iterator[Finding]:
    """What a contract contradicts itself in about buying."""
    chooses = buying.how is not How.ALL
    if chooses and product is Product.WHOLE_TURNOVER:
        yield _fault("buying_contradicts", "Whole turnover leaves nothing to choose.", "buying.how")
    if chooses and not advances:
        yield _fault("buying_contradicts", "Without an advance nothing is offered.", "buying.how")
    if not 0 <= buying.valid_days <= MOST_VALID_DAYS:
        says = f"An offer holds for at most {MOST_VALID_DAYS} days."
        yield _fault("days_out_of_range", says, "buying.valid_days")
    if buying.instant < 0:
        yield _fault(
            "limit_negative", "The amount offered at once is below zero.", "buying.instant"
        )
    if buying.fallback_days is not None and recourse_days is not None:
        says = "With recourse for every invoice there is nothing to fall back to."
        yield _fault("recourse_contradicts", says, "buying.fallback_days")
    if buying.fallback_days is not None and not 0 <= buying.fallback_days <= 3650:
        says = f"{buying.fallback_days} days are no recourse period."
        yield _fault("days_out_of_range", says, "buying.fallback_days")


def in_words(buying: Buying, currency: str) -> Iterator[str]:
    """Sentences for who signs it; none where everything is bought as it comes in."""
    if buying.how is How.ALL:
        return
    if buying.how is How.ASKED:
        yield "The client chooses invoices, sees what they bring, and asks us to buy them."
    else:
        yield "We offer to buy what passes our checks; the client accepts or declines."
    days = "the day on which it is made" if not buying.valid_days else _days(buying.valid_days)
    yield f"An offer holds to the end of {days}."
    if buying.instant:
        yield f"{Money(buying.instant, currency)} a day at most are offered at once, by no person."
    else:
        yield "Two of our people decide on every offer."
    if buying.fallback_days is not None:
        yield (
            "An invoice whose debtor we have no cover for is offered with recourse"
            f" {buying.fallback_days} days after its due date."
        )


def _days(days: int) -> str:
    return "the next day" if days == 1 else f"{days} days after it is made"


def _fault(code: str, says: str, where: str) -> Finding:
    return Finding(code=code, says=says, where=where, todo="Correct it and propose it again.")
