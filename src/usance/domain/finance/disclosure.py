"""Whether a debtor is told that an invoice is ours. Nothing else decides it, and every room asks:
what is sent, asked for, collected or reminded in our name tells the debtor."""

from usance.domain.refusal import Refusal

from .products import PRODUCTS, Product

SILENT = frozenset(product for product, kind in PRODUCTS.items() if not kind.tells)
NOT_TOLD = "Confidential: the debtor is not told."


class DebtorNotTold(Refusal):
    code = "debtor_not_told"
    todo = "Its client asks and reminds it, or agree on terms of another product."


def tells_the_debtor(bought: Product | None, *, holds: Product | None) -> bool:
    """Whether we may turn to the debtor.

    What was bought openly stays open. What was bought in confidence stays so until terms that tell
    hold with the client: they let us tell its debtors of what we bought before, too.

    :param bought: by which the invoice was bought. None: it is not.
    :param holds: what holds with its client that day. None: nothing does.
    """
    said = [PRODUCTS[one].tells for one in (bought, holds) if one is not None]
    return any(said) or not said
