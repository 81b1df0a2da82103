"""The file by which the bank pays: written once, kept, and named by a number of its own."""

from collections.abc import Sequence
from datetime import date, datetime

from usance import models
from usance.domain.payee import Scheme
from usance.engine.crashpoint import crashpoint
from usance.plugins.payouts import NOWHERE, Address, Answer, Order, Payer, pain001
from usance.queries.parties import postal

from . import counters
from .documents import Content, keep


def all_rejected(answer: Answer) -> str:
    """Why the bank took nothing of a file. Its code does not stand first: what a code means for an
    order, or for a mandate, it need not mean for each of them."""
    why = f"{answer.code} {answer.reason}".strip()
    return f"The bank rejected the whole file{': ' if why else '.'}{why}"


def written(
    account: models.BankAccount, payouts: Sequence[models.Payout], *, pay_on: date, at: datetime
) -> models.PayoutFile:
    """The order file of these payouts, which are told that they stand in it (and not saved)."""
    name = f"PAY{at:%y%m%d}-{counters.take('payout_file'):08d}"
    factor = models.Factor.objects.first()
    data = pain001.write(
        name,
        [
            Order(
                key=p.key, amount=p.amount, name=p.name, account=p.iban, scheme=Scheme(p.scheme),
                bic=p.bic, reference=p.reference,
                # Of who gets a refund we know the account, not the home.
                address=postal(p.client) if p.client else NOWHERE,
                text=f"Payout {name}" if p.client_id else f"Refund {name}",
            )
            for p in payouts
        ],
        payer=Payer(
            name=account.name, account=account.iban, bic=account.bic,
            address=postal(factor) if factor else Address(country=account.iban[:2]),
        ),
        made_at=at,
        pay_on=pay_on,
        version=account.order_version,
    )  # fmt: skip
    (digest,) = keep([Content(data=data, media_type="application/xml", name=f"{name}.xml")], at=at)
    crashpoint("finance.payout_file_kept")
    file = models.PayoutFile(
        name=name, account=account, document_id=digest, made_at=at, pay_on=pay_on
    )
    file.save(force_insert=True)
    for payout in payouts:
        payout.file = file
    return file
