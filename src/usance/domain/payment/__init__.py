"""What the bank says, and which open invoices a line of it pays. Every match is explained.

`bank` is what a statement is, `wording` how numbers are written, `clues` what speaks for an item,
`matching` what is sure, `together` what several lines say, `items` finds the items to look at.
"""

from .bank import CHARGES, BankLine, Reference, Statement, gap, identities, identity
from .clues import CLUES, Allocation, OpenItem, names, score
from .items import OpenItems
from .matching import CERTAIN, Match, Verdict, match
from .shortfall import Reason, Shortfall, shortfall
from .together import together
from .wording import compact, name_key, references, sought

__all__ = [
    "CERTAIN", "CHARGES", "CLUES", "Allocation", "BankLine", "Match", "OpenItem", "OpenItems",
    "Reason", "Reference", "Shortfall", "Statement", "Verdict", "compact", "gap", "identities",
    "identity", "match", "name_key", "names", "references", "score", "shortfall", "sought",
    "together",
]  # fmt: skip
