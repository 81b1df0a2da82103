"""What a debtor is told when its invoices are ours no longer."""

from usance import models
from usance.letters import facts

from . import brought, disclosure


def told(
    row: models.Dispatch, *, factor: facts.Brand, client: facts.Brand, to: facts.Recipient
) -> facts.Release:
    """The facts of a release: all invoices of its debtor that went back together."""
    release = brought.release(row)
    lines = models.BuyBackLine.objects.filter(
        buy_back=release.buy_back_id, invoice__debtor=release.debtor_id
    ).select_related("invoice")
    lines = lines.exclude(invoice__in=disclosure.quiet())  # It never knew of these.
    return facts.Release(
        written_on=release.written_on,
        since=release.written_on,
        client=client,
        factor=factor,
        debtor=to,
        account=_account(release.account, client.name),
        claims=tuple(
            facts.Claim(
                number=one.number, issued_on=one.issued_on, due_on=one.due_on, face=one.face
            )
            for one in (line.invoice for line in lines.order_by("invoice_id"))
        ),
    )


def _account(row: models.ClientAccount | None, holder: str) -> facts.Account | None:
    if row is None:
        return None
    if row.scheme == "bankgiro":
        return facts.Account(holder=holder, bankgiro=row.iban)
    return facts.Account(holder=holder, iban=row.iban, bic=row.bic)
