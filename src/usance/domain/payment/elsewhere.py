"""Which invoices in other currencies a bank line may pay.

No line says what it was in another currency, so nothing of it is sure: what the line quotes by
number or reference is proposed if the line is worth about what is owed, and a person decides.

Source: docs/adr/0020-paid-and-bought-back-across.md.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ..exchange import Cross
from ..money import total
from .across import NEAR, is_near
from .bank import BankLine
from .clues import EXACT, Allocation, OpenItem
from .matching import Match, Verdict
from .reading import said

EVEN = Decimal("0.5")  # The score of what is proposed: nobody has measured how often it is so.
ELSEWHERE = "It quotes what is owed in another currency; a person decides."


def elsewhere(line: BankLine, items: Sequence[OpenItem], days: Mapping[str, Cross]) -> Match | None:
    """What the line may pay in another currency, as a proposal. None: nothing.

    The items that it quotes by number or reference: if they are of one debtor and one currency, no
    two of one number, and what they owe together is worth about the line.

    :param days: rates of the day into other currencies. One that is missing proposes nothing.
    """
    read, own = said(line), line.amount.currency
    named = {
        item: because
        for item in items
        if item.outstanding.currency != own and item.outstanding.minor > 0
        and (because := tuple(one.__doc__ or "" for one in EXACT if one(read, item)))
    }  # fmt: skip
    currencies = {item.outstanding.currency for item in named}
    if (
        len(currencies) != 1
        or len({item.debtor for item in named}) != 1
        or len({item.number for item in named}) < len(named)
    ):
        return None
    (currency,) = currencies
    owed = total((item.outstanding for item in named), currency)
    if currency not in days or not is_near(line.amount, owed, days[currency], NEAR):
        return None
    worth = f"The line is worth {days[currency].worth(line.amount)}, {owed} is owed."
    return Match(
        verdict=Verdict.PROBABLE, left=line.amount, says=ELSEWHERE,
        allocations=tuple(
            Allocation(item=item, amount=item.outstanding, score=EVEN, because=(*because, worth))
            for item, because in named.items()
        ),
    )  # fmt: skip
