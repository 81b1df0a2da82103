"""The invoice after its claim was sold: who is to be paid now, where, and the words that say so."""

from dataclasses import replace

from usance.domain.party import Payee

from .document import Account, Invoice, Note, PaymentMeans

CLAUSE = "ACC"  # UNTDID 4451: factor assignment clause.
CREDIT_TRANSFER = "30"  # UNTDID 4461.


def assigned(
    invoice: Invoice, *, to: Payee, account: Account, reference: str, text: str
) -> Invoice:
    """The same invoice with the factor as payee, its account only, and the clause as first note.

    The seller's accounts go: a debtor who sees two pays the old one. An invoice that is already
    assigned gets the new clause in place of the old. Source: domain.md §3.5; EN 16931 BG-10, BG-16.
    """
    others = tuple(note for note in invoice.notes if note.subject != CLAUSE)
    means = PaymentMeans(code=CREDIT_TRANSFER, reference=reference, accounts=(account,))
    return replace(
        invoice,
        payee=to,
        payment_means=(means,),
        notes=(Note(text=text, subject=CLAUSE), *others),
    )
