"""An account in the client's name that it holds in trust for us: debtors who are not told pay into
it, and what comes in is ours. Terms say whether there must be one."""

from collections.abc import Iterator
from enum import StrEnum

from usance.domain.finding import Finding

from .products import PRODUCTS, Product


class TrustAccount(StrEnum):
    """What the terms ask for."""

    NONE = "none"
    WANTED = "wanted"  # Asked for; invoices are bought without it.
    REQUIRED = "required"  # Without one that we checked nothing is bought.


SAYS = {
    TrustAccount.WANTED: "Debtors pay into an account that the client holds in trust for us.",
    TrustAccount.REQUIRED: "Debtors pay into an account that the client holds in trust for us;"
    " until we have checked it, nothing is bought.",
}


def faults(asked: TrustAccount, *, product: Product) -> Iterator[Finding]:
    if asked is not TrustAccount.NONE and PRODUCTS[product].tells:
        yield Finding(
            code="trust_account_unexpected",
            says="Debtors who are told pay to us: no account is held in trust.",
            where="trust_account",
            todo="Leave it out, or agree on a confidential product.",
        )


def in_words(asked: TrustAccount) -> Iterator[str]:
    if asked is not TrustAccount.NONE:
        yield SAYS[asked]
