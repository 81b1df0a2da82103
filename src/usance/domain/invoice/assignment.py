"""The invoice after its claim was assigned: whom to pay, where, and the words that say so."""

from collections.abc import Sequence
from dataclasses import replace

from usance.domain.party import Payee

from .document import Account, Invoice, Note, PaymentMeans

CREDIT_TRANSFER = "30"  # UNTDID 4461
SEPA_CREDIT_TRANSFER = "58"


def assigned(
    invoice: Invoice, *, payee: Payee, account: Account, reference: str, clause: Sequence[str]
) -> Invoice:
    """The same invoice, payable to the assignee with the assignee's reference.

    The clause leads the one note that the document may carry (Peppol BIS Billing 3, rule R002);
    the seller's own notes follow it.
    """
    text = " ".join((*clause, *(note.text for note in invoice.notes)))
    code = SEPA_CREDIT_TRANSFER if invoice.currency == "EUR" else CREDIT_TRANSFER
    return replace(
        invoice,
        payee=payee,
        payment_means=(PaymentMeans(code=code, reference=reference, accounts=(account,)),),
        notes=(Note(text=text),),
    )
