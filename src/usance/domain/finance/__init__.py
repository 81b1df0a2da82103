"""What we pay now, what we keep back, what it costs the client.

`offer` splits a face, `days` counts the parts of a year, `rates` says which rate held when,
`charges` is what a contract asks for, `cost` what that comes to by a day, `meter` the same for many
invoices at once, `quote` what it comes to beforehand, `buying` how invoices come to be bought and
`offering` what is offered of them, `extent` how far recourse goes, `refactoring` how it is put off,
`foreign` what is bought in other currencies, `agreement` a whole contract with its faults,
`products` the kinds of contract, `disclosure` whether debtors are told, `keeping` by when a
client shows the ledger that it keeps, `client_ledger` compares that with ours, `plain` says it in
words.
"""

from .agreement import Agreement, completed, faults
from .buying import AS_THEY_COME, Buying, How
from .charges import (
    NOTHING,
    Base,
    Bracket,
    Brackets,
    Charges,
    Interest,
    Start,
    bracket_fee,
    taxed,
)
from .cost import Change, Cost, Deal, cost, in_use, interest
from .days import DayCount, UnknownDayCount, day_count, year_part
from .disclosure import (
    NOT_TOLD,
    SILENT,
    ClientNotAsked,
    DebtorNotTold,
    NothingToDisclose,
    ask_from,
    tell_from,
    tells_the_debtor,
)
from .extent import FULL, Extent
from .foreign import OWN_ONLY, Foreign
from .keeping import Keeping
from .meter import Meter
from .offer import Offer, Terms, at_once, payout, price
from .plain import in_words
from .products import PRODUCTS, LegalBasis, Product, Template
from .quote import Quote, annualised, quote
from .rates import RateMissing, ReferenceRate, pieces
from .refactoring import Refactoring
from .trust_account import TrustAccount

__all__ = [
    "AS_THEY_COME", "FULL", "NOTHING", "NOT_TOLD", "OWN_ONLY", "PRODUCTS", "SILENT", "Agreement",
    "Base", "Bracket", "Brackets", "Buying", "Change", "Charges", "ClientNotAsked", "Cost",
    "DayCount", "Deal", "DebtorNotTold", "Extent", "Foreign", "How", "Interest", "Keeping",
    "LegalBasis", "Meter", "NothingToDisclose", "Offer", "Product", "Quote", "RateMissing",
    "Refactoring", "ReferenceRate", "Start", "Template", "Terms", "TrustAccount", "UnknownDayCount",
    "annualised", "ask_from", "at_once", "bracket_fee", "completed", "cost", "day_count", "faults",
    "in_use", "in_words", "interest", "payout", "pieces", "price", "quote", "taxed",
    "tell_from", "tells_the_debtor", "year_part",
]  # fmt: skip
