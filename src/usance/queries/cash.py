"""What bank lines may pay."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from usance import models
from usance.domain import payment
from usance.domain.invoice import Stage
from usance.domain.journal import Account
from usance.domain.money import Money

from . import amounts


def as_line(row: models.BankLine) -> payment.BankLine:
    """The row as a value that the rules can read."""
    return payment.BankLine(
        amount=row.amount,
        booked_on=row.booked_on,
        value_on=row.value_on,
        bank_reference=row.bank_reference,
        end_to_end=row.end_to_end,
        counterparty=row.counterparty,
        counterparty_account=row.counterparty_account,
        texts=tuple(row.texts),
        references=tuple(
            payment.Reference(
                scheme=ref["scheme"],
                value=ref["value"],
                amount=Money(**ref["amount"]) if ref.get("amount") else None,
            )
            for ref in row.references
        ),
    )


def candidates(
    lines: Mapping[UUID, payment.BankLine],
) -> dict[UUID, list[payment.OpenItem]]:
    """For each line the open items that it names, or that its payer owes. Three queries in all.

    What the payer owes is only asked where nothing was named: a large debtor has thousands open.
    """
    named = {pk: payment.references(line) for pk, line in lines.items()}
    words = {word for found in named.values() for word in found}
    by_word = _named(words)
    wanted = {
        pk: list(dict.fromkeys(one for word in found for one in by_word.get(word, ())))
        for pk, found in named.items()
    }
    unnamed = {pk: line for pk, line in lines.items() if not wanted[pk]}
    wanted |= _of_payers(unnamed)
    known = {item.invoice: item for item in items({one for w in wanted.values() for one in w})}
    return {pk: [known[one] for one in found if one in known] for pk, found in wanted.items()}


def _named(words: Collection[str]) -> dict[str, list[UUID]]:
    """Bought invoices by the words that name them. Two plain questions: an OR of both would look
    at every bought invoice once the words are many."""
    by_word: dict[str, list[UUID]] = {}
    bought = models.Invoice.objects.filter(stage=Stage.FUNDED)
    for field in ("payment_reference", "number_key"):
        for pk, word in bought.filter(**{f"{field}__in": words}).values_list("pk", field):
            by_word.setdefault(word, []).append(pk)
    return by_word


def items(invoices: Collection[UUID]) -> list[payment.OpenItem]:
    """Open items of bought invoices, with the accounts their debtors have paid from."""
    bought = models.Invoice.objects.filter(pk__in=invoices, stage=Stage.FUNDED)
    rows = list(
        bought.values_list(
            "pk", "number", "payment_reference", "currency", "debtor_id", "debtor__name", "due_on"
        )
    )
    left = outstanding(invoices)
    asked = interest_asked(invoices)
    accounts: dict[UUID, set[str]] = {}
    debtors = {debtor for _, _, _, _, debtor, _, _ in rows}
    for debtor, iban in models.DebtorAccount.objects.filter(debtor_id__in=debtors).values_list(
        "debtor_id", "iban"
    ):
        accounts.setdefault(debtor, set()).add(iban)
    return [
        payment.OpenItem(
            invoice=pk,
            number=number,
            payment_reference=reference,
            outstanding=Money(left.get(pk, 0), currency),
            debtor=debtor,
            debtor_accounts=frozenset(accounts.get(debtor, ())),
            debtor_name=name,
            due_on=due_on,
            interest=asked.get(pk),
        )
        for pk, number, reference, currency, debtor, name, due_on in rows
    ]


def interest_asked(invoices: Collection[UUID]) -> dict[UUID, Money]:
    """The late interest that the last reminder of each asked for, less what was paid of it."""
    reminders = models.Reminder.objects.filter(invoice_id__in=invoices, interest_minor__gt=0)
    rows = reminders.order_by("level").values_list("invoice_id", "interest_minor", "currency")
    asked = {pk: Money(minor, currency) for pk, minor, currency in rows}
    if not asked:
        return {}
    paid = models.Allocation.objects.filter(invoice_id__in=asked, interest_minor__gt=0)
    for pk, minor, currency in paid.values_list("invoice_id", "interest_minor", "currency"):
        asked[pk] = asked[pk] - Money(minor, currency)
    return {pk: money for pk, money in asked.items() if money.minor > 0}


def outstanding(invoices: Collection[UUID]) -> dict[UUID, int]:
    """What is still to be paid on each, in minor units."""
    return amounts.of_invoices(Account.FACTORED_RECEIVABLES, invoices)


def _of_payers(lines: Mapping[UUID, payment.BankLine]) -> dict[UUID, list[UUID]]:
    """Invoices of exactly the amount, owed by the debtor whose account paid."""
    payers = {line.counterparty_account for line in lines.values() if line.counterparty_account}
    if not payers:
        return {}
    debtors: dict[str, list[UUID]] = {}
    for iban, debtor in models.DebtorAccount.objects.filter(iban__in=payers).values_list(
        "iban", "debtor_id"
    ):
        debtors.setdefault(iban, []).append(debtor)
    rows = models.Invoice.objects.filter(
        debtor_id__in={d for found in debtors.values() for d in found},
        stage=Stage.FUNDED,
        face_minor__in={line.amount.minor for line in lines.values()},
    )
    owed: dict[tuple[UUID, int, str], list[UUID]] = {}
    for pk, debtor, minor, currency in rows.values_list(
        "pk", "debtor_id", "face_minor", "currency"
    ):
        owed.setdefault((debtor, minor, currency), []).append(pk)
    return {pk: list(_fitting(line, debtors, owed)) for pk, line in lines.items()}


def _fitting(
    line: payment.BankLine,
    debtors: Mapping[str, list[UUID]],
    owed: Mapping[tuple[UUID, int, str], list[UUID]],
) -> Iterable[UUID]:
    for debtor in debtors.get(line.counterparty_account, ()):
        yield from owed.get((debtor, line.amount.minor, line.amount.currency), ())
