"""What the bank's statement says of direct debits: collected, returned, and given back again."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet, Sum

from usance import models
from usance.domain import payment
from usance.domain.collection import debits as rule
from usance.domain.collection import together
from usance.domain.collection.debits import UNDER_WAY, Finality, State
from usance.domain.collection.signed import Scheme
from usance.domain.events import Kind
from usance.domain.money import Money, least, zero
from usance.engine.crashpoint import crashpoint
from usance.models.bank import OF_LINE
from usance.models.bulk import change
from usance.models.ids import is_key
from usance.queries import cash
from usance.queries import debits as query

from . import allocations, debit_files
from .debits import line
from .diary import note

ONE = "A direct debit of ours."
MOVED_ON = "Collected by us, but the invoice asks for less by now."


def take(
    account: models.BankAccount,
    credits: Sequence[tuple[UUID, payment.BankLine]],
    *,
    at: datetime,
    actor: str,
) -> int:
    """Receipts that are debits of ours pay their invoices: one by its key and amount, or several
    that the bank booked as one sum. How many debits were collected.

    What an invoice no longer asks for stays unapplied: it is the debtor's.
    """
    return book(_decided(credits, query.asked(account)), {}, at=at, actor=actor)


def may_be(account: models.BankAccount) -> Callable[[payment.BankLine], bool]:
    """Whether a receipt could be debits of ours, as far as it says itself; `take` decides."""
    asked = query.asked(account)
    if not asked:
        return lambda _: False
    keys = {one.key for one in asked}
    return lambda said: said.end_to_end in keys or together.speaks(_told(said))


def book(
    decided: Mapping[UUID, tuple[str, ...]],
    short_of: Mapping[str, Money],
    *,
    at: datetime,
    actor: str,
) -> int:
    """These receipts are these debits. Within a transaction.

    :param short_of: by key, what the bank kept of a debit. Nothing of it was paid to us.
    """
    if not decided:
        return 0
    rows = _whole(decided)
    keys = {UUID(key) for pk in rows for key in decided[pk]}
    sent = models.Debit.objects.filter(pk__in=keys, state__in=sorted(UNDER_WAY))
    invoices = set(sent.values_list("invoice_id", flat=True))
    allocations.lock(invoices)
    locked = sent.select_for_update(no_key=True, of=("self",)).order_by("pk")
    debits = {row.key: row for row in locked.select_related("mandate", "file__account", "invoice")}
    items = {item.invoice: item for item in cash.items(invoices)}
    left = {pk: item.outstanding.minor for pk, item in items.items()}
    came: list[models.Debit] = []
    lines, paid = [], []
    for pk, row in rows.items():
        these = [debits[key] for key in decided[pk] if key in debits]
        if len(these) < len(decided[pk]):
            continue  # Another statement has shown one of them meanwhile.
        for debit in these:
            item, owed = items.get(debit.invoice_id), left.get(debit.invoice_id, 0)
            kept = short_of.get(debit.key, zero(debit.currency))
            pays = least(debit.amount - kept, Money(max(owed, 0), debit.currency))
            debit.short_minor = kept.minor
            row.unapplied_minor -= pays.minor
            if item is not None and pays:
                left[debit.invoice_id] -= pays.minor
                because = f"Collected under the mandate {debit.mandate.reference}."
                paid.append(
                    (row, payment.Allocation(item=item, amount=pays, score=payment.CERTAIN,
                                             because=(because,)))
                )  # fmt: skip
            debit.state, debit.line, debit.closed_on = State.COLLECTED, row, row.booked_on
            debit.final_on = _final_on(debit, row.booked_on)
            came.append(debit)
        _say(row, these)
        lines.append(row)
    allocations.update_lines(lines)
    # The debits first: what is paid with them is settled only when they are final.
    change(came, ["state", "line", "closed_on", "final_on", "short_minor"])
    crashpoint("collected.taken")
    allocations.write(paid, left, at=at, actor=actor)
    note(
        Kind.DEBIT_COLLECTED,
        [line(row, final=str(row.final_on)) for row in came],
        at=at,
        actor=actor,
    )
    return len(came)


@transaction.atomic
def look_again(*, at: datetime, actor: str) -> int:
    """Receipts that name a file of ours and that nobody has explained, once more: the bank may say
    after its statement which debits were not in the sum. How many debits were collected."""
    account = query.creditor()
    if account is None:
        return 0
    asked = query.asked(account)
    if not asked:
        return 0
    rows = models.BankLine.objects.filter(
        account=account, amount_minor__gt=0, unapplied_minor=F("amount_minor"),
        booked_on__gte=min(one.collect_on for one in asked) - together.BOOKED_WITHIN,
    )  # fmt: skip
    credits = [(row.pk, cash.as_line(row)) for row in rows.order_by("pk")]
    return take(account, credits, at=at, actor=actor)


def _whole(lines: Collection[UUID]) -> dict[UUID, models.BankLine]:
    """Those of which nothing is explained, locked."""
    own = models.BankLine.objects.select_for_update(no_key=True).filter(pk__in=lines)
    return {row.pk: row for row in own.order_by("pk") if row.unapplied_minor == row.amount_minor}


def _decided(
    credits: Sequence[tuple[UUID, payment.BankLine]], asked: Sequence[together.Asked]
) -> dict[UUID, tuple[str, ...]]:
    """Which debits each receipt is; a debit is in one."""
    left = {one.key: one for one in asked}
    if not left:
        return {}
    told = {pk: _told(said) for pk, said in credits}
    # Of two sums that nothing but the amount tells apart, neither is sure.
    alike = Counter(one.amount for one in told.values() if one.is_issued)
    found: dict[UUID, tuple[str, ...]] = {}
    for pk, said in credits:
        own = left.get(said.end_to_end)
        if own is not None:
            # Another amount than was asked for: a person looks at it.
            keys: tuple[str, ...] = (own.key,) if own.amount == said.amount else ()
        else:
            credit = told[pk]
            credit = replace(credit, is_issued=credit.is_issued and alike[credit.amount] == 1)
            keys = together.collected(credit, list(left.values()))
        if keys:
            found[pk] = keys
        for key in keys:
            del left[key]
    return found


def _told(said: payment.BankLine) -> together.Credit:
    return together.Credit(
        amount=said.amount, booked_on=said.booked_on, keys=said.orders,
        says=(*said.texts, *(ref.value for ref in said.references), said.end_to_end, said.batch),
        is_issued=not is_key(said.end_to_end) and bool(together.ISSUED.match(said.code)),
    )  # fmt: skip


def _say(row: models.BankLine, debits: Sequence[models.Debit]) -> None:
    """What the row is from now on, known by what of it is left."""
    row.verdict, row.says = ("probable", MOVED_ON) if row.unapplied_minor else ("certain", ONE)
    if len(debits) > 1 and not row.unapplied_minor:
        row.says = f"{len(debits)} direct debits of ours in one sum."
    row.proposals = []


def _final_on(debit: models.Debit, collected_on: date) -> date:
    assert debit.file is not None, debit.pk
    finality = Finality(debit.file.account.debit_finality)
    return rule.final_on(collected_on, scheme=Scheme(debit.mandate.scheme), finality=finality)


def lock(receipt: models.BankLine) -> models.Debit | None:
    """The debit that this receipt collected, locked behind its mandate; None: none of ours."""
    found = models.Debit.objects.filter(line=receipt, state=State.COLLECTED)
    _lock_mandates(found)
    return found.first()


def _lock_mandates(debits: "QuerySet[models.Debit]") -> None:
    mandates = models.DebitMandate.objects.filter(pk__in=debits.values("mandate_id"))
    list(mandates.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def are_several(receipt: models.BankLine) -> bool:
    """The receipt collected several debits in one sum: what takes back the whole of it a person
    looks at, and each is taken back by its key."""
    return receipt.collected_debits.count() > 1


def in_sum(out: models.BankLine) -> models.Debit | None:
    """The debit that this movement takes back, if it was collected with others in one sum, and all
    of it is still there to be taken back. None: there is none."""
    if out.amount_minor >= 0 or not is_key(out.end_to_end):
        return None
    found = models.Debit.objects.filter(
        pk=out.end_to_end, state=State.COLLECTED, amount_minor=-out.amount_minor,
        line__account=out.account_id, line__amount_minor__gt=-out.amount_minor,
    )  # fmt: skip
    row = found.select_related("line").first()
    if row is None or row.line is None:
        return None
    paid = row.line.allocations.filter(invoice=row.invoice_id, undone_at=None)
    minor = paid.aggregate(minor=Sum(OF_LINE))["minor"] or 0
    return row if minor + row.line.unapplied_minor >= row.amount_minor >= minor else None


def went_back(debit: models.Debit, out: models.BankLine, *, at: datetime, actor: str) -> None:
    """The bank took it back; a reason that leaves nothing else ends the mandate too."""
    row = models.Debit.objects.select_for_update(no_key=True).get(pk=debit.pk)
    row.state, row.return_line, row.closed_on = State.RETURNED, out, out.booked_on
    row.reason = " ".join((out.return_reason, *out.texts)).strip()[:200]
    row.save(update_fields=["state", "return_line", "closed_on", "reason"])
    crashpoint("collected.went_back")
    note(Kind.DEBIT_RETURNED, [line(row, reason=row.reason)], at=at, actor=actor)
    debit_files.end_those_that([row], at=at, actor=actor)


def reason_came(out: models.BankLine, *, at: datetime, actor: str) -> None:
    """The bank says why only now; a reason that leaves nothing else ends the mandate."""
    debits = models.Debit.objects.filter(return_line=out)
    _lock_mandates(debits)
    row = debits.select_for_update(no_key=True).first()
    if row is None:
        return
    row.reason = " ".join((out.return_reason, *out.texts)).strip()[:200]
    row.save(update_fields=["reason"])
    debit_files.end_those_that([row], at=at, actor=actor)


def came_again(out: UUID, receipt: models.BankLine, *, at: datetime, actor: str) -> None:
    """The bank took the return back: it is collected after all, and as final as before."""
    row = models.Debit.objects.select_for_update(no_key=True).filter(return_line=out).first()
    if row is None:
        return
    row.state, row.line, row.return_line, row.reason = State.COLLECTED, receipt, None, ""
    row.closed_on = receipt.booked_on
    row.save(update_fields=["state", "line", "return_line", "reason", "closed_on"])
    note(Kind.DEBIT_COLLECTED, [line(row, final=str(row.final_on))], at=at, actor=actor)
