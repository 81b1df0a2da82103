"""What bank lines may pay."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from usance import law, models
from usance.domain import payment
from usance.domain.invoice import Stage
from usance.domain.journal import Account
from usance.domain.money import Money, least, total
from usance.models.bulk import array, texts

from . import amounts, payers, responses

LONGEST = 80  # Signs of a number or reference of ours.


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
        charges=None if row.charges_minor is None else Money(row.charges_minor, row.currency),
        reversal=row.reversal,
        return_reason=row.return_reason,
        entry_reference=row.entry_reference,
        references=tuple(
            payment.Reference(
                scheme=ref["scheme"],
                value=ref["value"],
                amount=Money(**ref["amount"]) if ref.get("amount") else None,
            )
            for ref in row.references
        ),
    )


# A batch of lines has ten thousand words: as one text they are asked for at no cost of ours.
BY_REFERENCE = """
SELECT id, payment_reference FROM invoice
 WHERE stage = %s AND payment_reference = ANY(%s::text[])
"""
BY_NUMBER = "SELECT id, number_key FROM invoice WHERE stage = %s AND number_key = ANY(%s::text[])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What lines name: open invoices by the words of the lines."""

    by_word: Mapping[str, Sequence[UUID]]

    @property
    def invoices(self) -> set[UUID]:
        return {one for found in self.by_word.values() for one in found}


def named(
    lines: Iterable[payment.BankLine],
    advices: Iterable[payment.Awaited] = (),
    *,
    stage: Stage = Stage.FUNDED,
) -> Named:
    """Invoices of a stage that the lines name, or advices of their payers. Two plain questions: an
    OR of both would look at every bought invoice once the words are many."""
    told = payment.sought_by(advices).union(*map(payment.sought, lines))
    words = texts(word for word in told if len(word) <= LONGEST)
    by_word: dict[str, list[UUID]] = {}
    with connection.cursor() as cursor:
        for question in (BY_REFERENCE, BY_NUMBER):
            cursor.execute(question, [stage.value, words])
            for pk, word in cursor.fetchall():
                by_word.setdefault(word, []).append(pk)
    return Named(by_word=by_word)


def open_for(
    lines: Sequence[payment.BankLine],
    named: Collection[UUID],
    advices: Sequence[payment.Awaited] = (),
    *,
    beside: Iterable[payment.OpenItem] = (),
) -> payment.OpenItems:
    """What these lines may pay, for the engine: what they or their payers' advices name; and all
    that the payers owe of those lines that what they name does not explain, and the one invoice of
    the book that has the amount. About ten queries, however many lines.

    :param beside: items that are not ours and may be meant.
    """
    rules = payers.rules()
    known = {item.invoice: item for item in [*items(named), *beside]}
    found = payment.OpenItems(known.values(), rules=rules, advices=advices, alone=frozenset())
    if unknown := found.unknown(lines):
        paid = payers.paid_before(unknown)
        found.remember(paid)
        if waiting := [line for line in unknown if not found.is_plain(line)]:
            _widen(found, known, waiting, paid=paid, rules=rules)
    return found


def _widen(
    found: payment.OpenItems,
    known: dict[UUID, payment.OpenItem],
    waiting: Collection[payment.BankLine],
    *,
    paid: Mapping[str, Collection[UUID]],
    rules: payment.Rules,
) -> None:
    """Add what the payers of these lines owe, and what it says of the items that are known."""
    single = {item.invoice: item for item in payers.alone(waiting)}
    debtors = payers.debtors(waiting, paid=paid, rules=rules)
    owed = payers.owed_by(debtors | {item.debtor for item in single.values()})
    more = (owed.invoices | single.keys()) - known.keys()
    known |= {item.invoice: item for item in items(more)}
    same = payers.recurring(known.values())
    told = []
    for item in known.values():
        crowded = item.debtor in owed.crowded
        recurs = (item.debtor, item.outstanding.minor, item.outstanding.currency) in same
        told.append(replace(item, crowded=crowded, recurs=recurs) if crowded or recurs else item)
    # Of what was paid in part it is not known who else has the rest.
    alone = {
        pk for pk, item in single.items()
        if pk in known and known[pk].outstanding == item.outstanding
    }  # fmt: skip
    found.widen(told, alone=alone)


# A sum for each: joined, the planner may read all balances for a few of them.
ITEMS = """
SELECT i.id, i.number, i.payment_reference, i.currency, i.client_id, i.debtor_id, d.name, i.due_on,
       d.country, coalesce(d.same_as_id, d.id),
       coalesce((SELECT sum(b.debit_minor - b.credit_minor)::bigint
         FROM balance b WHERE b.invoice_id = i.id AND b.account = %s), 0)
  FROM invoice i JOIN debtor d ON d.id = i.debtor_id
 WHERE i.id = ANY(%s::uuid[]) AND i.stage = %s
"""

ACCOUNTS = """
SELECT coalesce(d.same_as_id, d.id), array_agg(DISTINCT a.iban)
  FROM debtor d JOIN debtor_account a ON a.debtor_id = d.id
 WHERE d.id = ANY(%s::uuid[]) OR d.same_as_id = ANY(%s::uuid[]) GROUP BY 1
"""


def items(invoices: Collection[UUID], stage: Stage = Stage.FUNDED) -> list[payment.OpenItem]:
    """Open items of bought invoices, with the accounts of their debtors."""
    if not invoices:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ITEMS, [Account.FACTORED_RECEIVABLES.value, array(invoices), stage.value])
        rows = cursor.fetchall()
        companies = array({company for *_, company, _ in rows})
        cursor.execute(ACCOUNTS, [companies, companies])
        accounts = {company: frozenset(ibans) for company, ibans in cursor.fetchall()}
    asked = interest_asked(invoices)
    announced = responses.announced(invoices)
    orders = allocation_orders() if asked else {}
    nothing: frozenset[str] = frozenset()
    return [
        payment.OpenItem(
            invoice=pk,
            number=number,
            payment_reference=reference,
            outstanding=Money(left, currency),
            client=client,
            debtor=debtor,
            debtor_accounts=accounts.get(company, nothing),
            debtor_name=name,
            due_on=due_on,
            interest=asked.get(pk),
            announced=pk in announced,
            order=orders[country].debts if country in orders else payment.CLAIM_FIRST,
        )
        for (
            pk, number, reference, currency, client, debtor, name, due_on, country, company, left,
        ) in rows
    ]  # fmt: skip


def allocation_orders() -> Mapping[str, payment.Order]:
    """What is paid first, by the debtor's country; empty where claims always come first."""
    rule = models.Factor.objects.values_list("allocation_rule", flat=True).first()
    return law.allocation_orders() if rule == payment.Rule.LAW else {}


def interest_asked(invoices: Collection[UUID]) -> dict[UUID, Money]:
    """The late interest that the last reminder of each asked for, less what was paid of it."""
    reminders = models.Reminder.objects.filter(invoice_id__in=invoices, interest_minor__gt=0)
    rows = reminders.order_by("level").values_list("invoice_id", "interest_minor", "currency")
    asked = {pk: Money(minor, currency) for pk, minor, currency in rows}
    if not asked:
        return {}
    paid = models.Allocation.objects.filter(
        invoice_id__in=asked, interest_minor__gt=0, undone_at=None
    )
    for pk, minor, currency in paid.values_list("invoice_id", "interest_minor", "currency"):
        asked[pk] = asked[pk] - Money(minor, currency)
    return {pk: money for pk, money in asked.items() if money.minor > 0}


def outstanding(invoices: Collection[UUID]) -> dict[UUID, int]:
    """What is still to be paid on each, in minor units."""
    return amounts.of_invoices(Account.FACTORED_RECEIVABLES, invoices)


def proposed_for(invoices: Collection[UUID]) -> QuerySet[models.BankLine, UUID]:
    """Lines that wait and for which one of these invoices is proposed. New lines are not looked at:
    nothing is proposed for them yet, and each would be held against each invoice."""
    asked = texts(f'[{{"invoice": "{pk}"}}]' for pk in invoices)
    return models.BankLine.objects.extra(  # The operator has no word of its own.
        where=[
            "verdict = 'probable'",
            "amount_minor > 0",
            "unapplied_minor <> 0",
            "proposals @> ANY(%s::jsonb[])",
        ],
        params=[asked],
    ).values_list("pk", flat=True)


def waiting_of(accounts: Collection[str]) -> QuerySet[models.BankLine, UUID]:
    """Lines that wait and came from one of these accounts."""
    waiting = models.BankLine.objects.filter(amount_minor__gt=0, verdict="probable")
    known = waiting.exclude(unapplied_minor=0).exclude(counterparty_account="")
    return known.extra(  # One text: so many words are dear to read, one by one.
        where=["counterparty_account = ANY(%s::text[])"], params=[texts(accounts)]
    ).values_list("pk", flat=True)


def best(row: models.BankLine) -> dict[UUID, Money]:
    """`best_of` with what is outstanding now."""
    found = items({UUID(one["invoice"]) for one in row.proposals})
    return best_of(row, {item.invoice: item for item in found})


def best_of(row: models.BankLine, items: Mapping[UUID, payment.OpenItem]) -> dict[UUID, Money]:
    """What would be booked if a person said yes to what is proposed: what the payer's advice says,
    the invoices that are exactly the amount together, else the likeliest one. Empty: it is no
    longer so."""
    if row.says == payment.ADVISED:
        return _advised(row, items)
    wanted = row.proposals if row.says == payment.TOGETHER else row.proposals[:1]
    pks = [UUID(one["invoice"]) for one in wanted]
    owed = {
        pk: items[pk].outstanding
        for pk in pks
        if pk in items and items[pk].outstanding.currency == row.currency  # Else: see `across`.
    }
    left = Money(row.unapplied_minor, row.currency)
    if len(owed) < len(wanted) or not owed or any(one.minor <= 0 for one in owed.values()):
        return {}
    if len(owed) > 1:
        return owed if total(owed.values(), row.currency) == left else {}
    return {pk: least(left, one) for pk, one in owed.items()}


def _advised(row: models.BankLine, items: Mapping[UUID, payment.OpenItem]) -> dict[UUID, Money]:
    parts = {
        UUID(one["invoice"]): Money(one["amount_minor"], row.currency) for one in row.proposals
    }
    left = Money(row.unapplied_minor, row.currency)
    fits = total(parts.values(), row.currency) == left and all(
        pk in items and 0 < part.minor <= items[pk].outstanding.minor for pk, part in parts.items()
    )
    return parts if fits else {}


def seen(parts: Mapping[UUID, Money]) -> str:
    """A proposal as a person saw it, in few letters: what changed since is another one."""
    said = "|".join(f"{pk}:{amount}" for pk, amount in sorted(parts.items()))
    return sha256(said.encode()).hexdigest()[:16] if parts else ""
