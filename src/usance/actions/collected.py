"""What the bank's statement says of direct debits: collected, returned, and given back again."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from usance import models
from usance.domain import payment
from usance.domain.collection import debits as rule
from usance.domain.collection.debits import UNDER_WAY, Finality, State
from usance.domain.collection.signed import Scheme
from usance.domain.events import Kind
from usance.domain.money import Money, least
from usance.engine.crashpoint import crashpoint
from usance.models.ids import is_key
from usance.queries import cash

from . import allocations, debit_files
from .debits import line
from .diary import note

MOVED_ON = "Collected by us, but the invoice asks for less by now."


def take(credits: Sequence[tuple[UUID, payment.BankLine]], *, at: datetime, actor: str) -> int:
    """Receipts that carry the key and the amount of a debit of ours pay its invoice; how many.

    What the invoice no longer asks for stays unapplied: it is the debtor's.
    """
    keys = {UUID(line.end_to_end) for _, line in credits if is_key(line.end_to_end)}
    if not keys:
        return 0
    sent = models.Debit.objects.filter(pk__in=keys, state__in=sorted(UNDER_WAY))
    own = sent.select_related("mandate", "file__account", "invoice").order_by("pk")
    invoices = set(sent.values_list("invoice_id", flat=True))
    allocations.lock(invoices)
    debits = {row.key: row for row in own.select_for_update(no_key=True, of=("self",))}
    rows = models.BankLine.objects.in_bulk(
        [pk for pk, line in credits if line.end_to_end in debits]
    )
    items = {item.invoice: item for item in cash.items(invoices)}
    left = {pk: item.outstanding.minor for pk, item in items.items()}
    came: list[models.Debit] = []
    lines, paid = [], []
    for pk, said in credits:
        debit = debits.get(said.end_to_end)
        if debit is None or debit.amount != said.amount:
            continue  # Another amount than was asked for: a person looks at it.
        del debits[said.end_to_end]
        row, item = rows[pk], items.get(debit.invoice_id)
        owed = Money(max(left.get(debit.invoice_id, 0), 0), debit.currency)
        pays = least(debit.amount, owed)
        row.unapplied_minor -= pays.minor
        row.verdict = "certain" if pays == debit.amount else "probable"
        row.says = "A direct debit of ours." if pays == debit.amount else MOVED_ON
        lines.append(row)
        if item is not None and pays:
            left[debit.invoice_id] -= pays.minor
            because = f"Collected under the mandate {debit.mandate.reference}."
            paid.append(
                (row, payment.Allocation(item=item, amount=pays, score=payment.CERTAIN,
                                         because=(because,)))
            )  # fmt: skip
        debit.state, debit.line, debit.closed_on = State.COLLECTED, row, said.booked_on
        debit.final_on = _final_on(debit, said)
        came.append(debit)
    allocations.update_lines(lines)
    # The debits first: what is paid with them is settled only when they are final.
    models.Debit.objects.bulk_update(came, ["state", "line", "closed_on", "final_on"])
    crashpoint("collected.taken")
    allocations.write(paid, left, at=at, actor=actor)
    note(
        Kind.DEBIT_COLLECTED,
        [line(row, final=str(row.final_on)) for row in came],
        at=at,
        actor=actor,
    )
    return len(came)


def _final_on(debit: models.Debit, said: payment.BankLine) -> date:
    assert debit.file is not None, debit.pk
    finality = Finality(debit.file.account.debit_finality)
    return rule.final_on(said.booked_on, scheme=Scheme(debit.mandate.scheme), finality=finality)


def lock(receipt: models.BankLine) -> models.Debit | None:
    """The debit that this receipt collected, locked behind its mandate; None: none of ours."""
    found = models.Debit.objects.filter(line=receipt, state=State.COLLECTED)
    mandates = models.DebitMandate.objects.filter(pk__in=found.values("mandate_id"))
    list(mandates.select_for_update(no_key=True).values_list("pk", flat=True))
    return found.first()


def went_back(debit: models.Debit, out: models.BankLine, *, at: datetime, actor: str) -> None:
    """The bank took it back; a reason that leaves nothing else ends the mandate too."""
    row = models.Debit.objects.select_for_update(no_key=True).get(pk=debit.pk)
    row.state, row.return_line, row.closed_on = State.RETURNED, out, out.booked_on
    row.reason = " ".join((out.return_reason, *out.texts)).strip()[:200]
    row.save(update_fields=["state", "return_line", "closed_on", "reason"])
    crashpoint("collected.went_back")
    note(Kind.DEBIT_RETURNED, [line(row, reason=row.reason)], at=at, actor=actor)
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
