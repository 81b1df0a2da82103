"""What the bank says, and which open invoices a line of it pays. Every match is explained.

`across` is what pays in another currency, and `elsewhere` what of that is proposed.
`bank` is what a statement is, `own` which account of ours it names, `wording` how numbers are
written, `quoting` where they stand in a text, `slips` what the pen does to them, `reading` what a
line says. `clues` is what speaks for an item, `matching` what is sure, `telling` what an amount
proves, `unnamed` what is sure without a number, `together` what several lines say, `rules` what
people said of payers, `advices` what payers said themselves, `order` what is paid first,
`differences` what becomes of what was paid short or over, `returns` what takes a payment back,
`paid_back` how far a refund is, `was` what a line is that pays nothing, `tails` and `items` find
the items to look at.
"""

from .across import Across, RateTooFar, TooLittle, agreed, at_rate, backwards, of_bank
from .advices import (
    ADVISED,
    NEAR_ITS_COMING,
    NEAR_ITS_DAY,
    Advice,
    Awaited,
    Part,
    Share,
    faults,
    merged,
    sought_by,
)
from .bank import (
    CHARGES,
    BankLine,
    Ordered,
    Reference,
    Statement,
    gap,
    identities,
    identity,
    left_out,
)
from .clues import CLUES, EXACT, Allocation, OpenItem, has, like_one_in, names, score
from .differences import BOOKED, Bears, Follows, NotThatConsequence, Tolerance, follows
from .elsewhere import ELSEWHERE, elsewhere
from .items import OpenItems
from .matching import CERTAIN, TOGETHER, Match, Verdict, match
from .order import CLAIM_FIRST, Debt, Order, Rule, divided
from .own import speaks_of
from .reading import references, said, sought
from .returns import WITHIN_DAYS as RETURNS_WITHIN_DAYS
from .returns import Movement, taken_back
from .rules import By, PayerRule, Rules, RuleTooShort
from .rules import key as rule_key
from .shortfall import Reason, Shortfall, shortfall
from .together import WITHIN_DAYS, together
from .was import NotThat, Was, fits
from .wording import bare, compact, name_key

__all__ = [
    "ADVISED", "BOOKED", "CERTAIN", "CHARGES", "CLAIM_FIRST", "CLUES", "ELSEWHERE", "EXACT",
    "NEAR_ITS_COMING", "NEAR_ITS_DAY", "RETURNS_WITHIN_DAYS", "TOGETHER", "WITHIN_DAYS", "Across",
    "Advice", "Allocation", "Awaited", "BankLine", "Bears", "By", "Debt", "Follows", "Match",
    "Movement", "NotThat", "NotThatConsequence", "OpenItem", "OpenItems", "Order", "Ordered",
    "Part", "PayerRule", "RateTooFar", "Reason", "Reference", "Rule", "RuleTooShort", "Rules",
    "Share", "Shortfall", "Statement", "Tolerance", "TooLittle", "Verdict", "Was", "agreed",
    "at_rate", "backwards", "bare", "compact", "divided", "elsewhere", "faults", "fits", "follows",
    "gap", "has", "identities", "identity", "left_out", "like_one_in", "match", "merged",
    "name_key", "names", "of_bank", "references", "rule_key", "said", "score", "shortfall",
    "sought", "sought_by", "speaks_of", "taken_back", "together",
]  # fmt: skip
