"""What bank lines were that pay no invoice, and what they may have been."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from usance import models
from usance.domain import payment
from usance.domain.invoice import Stage
from usance.domain.journal import Account
from usance.domain.money import Money, least
from usance.domain.payment import Was
from usance.models.bank import OF_LINE

from . import amounts, cash, payers

MOST = 200  # Earlier movements of one amount that are looked at.
SAME_WITHIN = timedelta(days=120)  # In which the same payment once more is a duplicate.


def unexplained_returns(statements: Collection[UUID]) -> list[models.BankLine]:
    """What the bank calls a return in these statements and nothing explains yet."""
    rows = models.BankLine.objects.filter(
        statement_id__in=statements, unapplied_minor=F("amount_minor")
    )
    says_so = rows.filter(Q(reversal=True) | ~Q(return_reason=""))
    return list(says_so.order_by("booked_on", "statement_id", "ordinal"))


def before(row: models.BankLine) -> list[models.BankLine]:
    """Earlier movements of the same amount the other way: receipts of which all is open or pays
    invoices, or returns that nothing has given back yet."""
    rows = models.BankLine.objects.filter(
        account_id=row.account_id, amount_minor=-row.amount_minor, booked_on__lte=row.booked_on,
        booked_on__gte=row.booked_on - timedelta(days=payment.RETURNS_WITHIN_DAYS),
    ).exclude(pk=row.pk)  # fmt: skip
    if row.amount_minor < 0:
        # What was said to be something else, was paid back, or is a payout of ours that came back
        # has gone its way.
        rows = rows.annotate(paid=Coalesce(Subquery(PAID), 0)).filter(
            amount_minor=F("unapplied_minor") + F("paid")
        )
    else:
        rows = rows.filter(explanations__was=Was.RETURNED, explanations__undone_at=None)
    return list(rows.order_by("-booked_on", "-id")[:MOST])


PAID = (
    models.Allocation.objects.filter(line=OuterRef("pk"), undone_at=None)
    .values("line")
    .annotate(minor=Sum(OF_LINE))
    .values("minor")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a line may have been, and why we think so."""

    was: Was
    amount: Money
    because: str
    debtor: models.Debtor | None = None
    client: models.Client | None = None
    other: models.BankLine | None = None


def suggestions(row: models.BankLine) -> list[Suggestion]:
    """What of the line is not explained yet and may be something else than a payment, the likeliest
    first. Empty for a line of which nothing is left."""
    if not row.unapplied_minor:
        return []
    return list(_of_receipt(row) if row.amount_minor > 0 else _of_debit(row))


def _of_receipt(row: models.BankLine) -> Iterator[Suggestion]:
    left = Money(row.unapplied_minor, row.currency)
    if row.unapplied_minor == row.amount_minor and (old := _same_before(row)):
        paid = old.allocations.filter(undone_at=None).select_related("invoice__debtor").first()
        if paid is not None:
            yield Suggestion(
                was=Was.DUPLICATE, amount=left, debtor=paid.invoice.debtor, other=old,
                because=f"The same payer paid the same on {old.booked_on} with the same reference.",
            )  # fmt: skip
    paid_here = row.allocations.filter(undone_at=None).select_related("invoice__debtor")
    for debtor in {one.invoice.debtor for one in paid_here if one.invoice.debtor}:
        yield Suggestion(
            was=Was.OVERPAID, amount=left, debtor=debtor, because="More came than was owed."
        )
    line = cash.as_line(row)
    if (known := payers.rules().client(line)) is not None:
        client = models.Client.objects.get(pk=known)
        yield Suggestion(
            was=Was.MISDIRECTED, amount=left, client=client,
            because="A person said that what this payer pays belongs to this client.",
        )  # fmt: skip
    for invoice in _given_back(line):
        yield Suggestion(
            was=Was.MISDIRECTED, amount=left, client=invoice.client,
            because=f"It names {invoice.number}, which its client took back.",
        )  # fmt: skip
    for client in _owing(row):
        owed = amounts.of_clients(Account.CLIENT_CLAIMS, [client.pk], row.currency)
        yield Suggestion(
            was=Was.CLAIM_PAID, client=client,
            amount=least(left, Money(owed.get(client.pk, 0), row.currency)),
            because=f"{client.name} pays from this account, and owes us.",
        )  # fmt: skip
    for invoice in _not_ours(line):
        yield Suggestion(
            was=Was.MISDIRECTED, amount=left, client=invoice.client,
            because=f"It names {invoice.number}, which we did not buy.",
        )  # fmt: skip


def _same_before(row: models.BankLine) -> models.BankLine | None:
    """The same payer, amount and reference (or text, if it has none), a little earlier."""
    if not row.counterparty_account:
        return None
    rows = models.BankLine.objects.filter(
        counterparty_account=row.counterparty_account, amount_minor=row.amount_minor,
        currency=row.currency, pk__lt=row.pk, booked_on__gte=row.booked_on - SAME_WITHIN,
    )  # fmt: skip
    own = payment.references(cash.as_line(row))
    for old in rows.order_by("-pk")[:MOST]:
        if own and own == payment.references(cash.as_line(old)):
            return old
    return None


def _owing(row: models.BankLine) -> list[models.Client]:
    """Clients whose own account it came from, and that owe us something."""
    owing = amounts.clients_with(Account.CLIENT_CLAIMS, row.currency)
    known = models.ClientAccount.objects.filter(iban=row.counterparty_account, client__in=owing)
    return list(models.Client.objects.filter(pk__in=known.values("client")).order_by("pk"))


def _not_ours(line: payment.BankLine) -> list[models.Invoice]:
    words = _words(line)
    rows = models.Invoice.objects.filter(number_key__in=words, kind="invoice", funding=None)
    return list(rows.select_related("client").order_by("pk")[:3])


def _given_back(line: payment.BankLine) -> list[models.Invoice]:
    """Named by number or by our reference, and bought back by its client since."""
    said = _words(line)
    named = Q(number_key__in=said) | Q(payment_reference__in=[r.value for r in line.references])
    rows = models.Invoice.objects.filter(named, stage=Stage.REPURCHASED)
    return list(rows.select_related("client").order_by("pk")[:3])


def _words(line: payment.BankLine) -> list[str]:
    return [word for word in payment.sought(line) if 5 <= len(word) <= cash.LONGEST]


def _of_debit(row: models.BankLine) -> Iterator[Suggestion]:
    went = Money(-row.unapplied_minor, row.currency)
    line = cash.as_line(row)
    for old in before(row):
        same = line.counterparty_account == old.counterparty_account or row.end_to_end
        if same and row.unapplied_minor == row.amount_minor:
            yield Suggestion(
                was=Was.RETURNED, amount=went, other=old,
                because=f"The same amount came from this account on {old.booked_on}.",
            )  # fmt: skip
    known = models.DebtorAccount.objects.filter(iban=row.counterparty_account)
    owed = amounts.of_debtors(
        Account.DUE_TO_DEBTORS, list(known.values_list("debtor_id", flat=True)), row.currency
    )
    for debtor in models.Debtor.objects.filter(pk__in=[pk for pk, n in owed.items() if n > 0]):
        yield Suggestion(
            was=Was.REFUND, amount=went, debtor=debtor,
            because=f"We owe this debtor {Money(owed[debtor.pk], row.currency)}.",
        )  # fmt: skip
    yield Suggestion(was=Was.CHARGE, amount=went, because="Charges have no payee.")
