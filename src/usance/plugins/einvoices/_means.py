"""What both syntaxes spread or repeat around BG-16, and the model holds in one place."""

from collections.abc import Iterable
from dataclasses import replace

from usance.domain.invoice.document import PaymentMeans

DIRECT_DEBIT = frozenset({"49", "59"})  # UNTDID 4461: direct debit, SEPA direct debit.


def joined(means: Iterable[PaymentMeans]) -> tuple[PaymentMeans, ...]:
    """Neighbours that differ only in the account are one BG-16 with several BG-17."""
    kept: list[PaymentMeans] = []
    for each in means:
        if kept and each.accounts and kept[-1].accounts:
            last = kept[-1]
            if replace(last, accounts=()) == replace(each, accounts=()):
                kept[-1] = replace(last, accounts=last.accounts + each.accounts)
                continue
        kept.append(each)
    return tuple(kept)


def with_debit(
    means: tuple[PaymentMeans, ...], *, creditor_id: str, mandate: str = ""
) -> tuple[PaymentMeans, ...]:
    """Creditor id and mandate (BT-90, BT-89) stand beside the means: they go to the direct debits.

    With no direct debit among them they go to the first, so that nothing read is lost.
    """
    if not (creditor_id or mandate):
        return means
    means = means or (PaymentMeans(),)
    debits = {at for at, each in enumerate(means) if each.code in DIRECT_DEBIT or each.mandate}
    return tuple(
        replace(each, creditor_id=creditor_id, mandate=mandate or each.mandate)
        if at in (debits or {0})
        else each
        for at, each in enumerate(means)
    )
