"""Whether a debtor is told that an invoice is ours. Nothing else decides it, and every room asks:
what is sent, asked for, collected or reminded in our name tells the debtor."""

from datetime import date, timedelta

from usance.domain.refusal import Refusal

from .keeping import Keeping
from .products import PRODUCTS, Product

SILENT = frozenset(product for product, kind in PRODUCTS.items() if not kind.tells)
NOT_TOLD = "Confidential: the debtor is not told."


class DebtorNotTold(Refusal):
    code = "debtor_not_told"
    todo = "Its client asks and reminds it, or agree on terms of another product."


class NothingToDisclose(Refusal):
    code = "nothing_to_disclose"
    todo = "Only what was bought in confidence, is late and not paid has a debtor to be told."


class ClientNotAsked(Refusal):
    code = "client_not_asked"
    todo = "Ask the client first, note what it says, and give it the days that were agreed."


def ask_from(due_on: date, agreed: Keeping) -> date:
    """From which day on the client is asked about an invoice that is not paid."""
    return due_on + timedelta(days=agreed.ask_days)


def tell_from(asked_on: date, agreed: Keeping) -> date:
    """From which day on the debtor may be told, though terms in confidence hold."""
    return asked_on + timedelta(days=agreed.tell_days)


def tells_the_debtor(bought: Product | None, *, holds: Product | None) -> bool:
    """Whether we may turn to the debtor.

    What was bought openly stays open. What was bought in confidence stays so until terms that tell
    hold with the client: they let us tell its debtors of what we bought before, too.

    :param bought: by which the invoice was bought. None: it is not.
    :param holds: what holds with its client that day. None: nothing does.
    """
    said = [PRODUCTS[one].tells for one in (bought, holds) if one is not None]
    return any(said) or not said
