"""What a payment left open of an invoice, or paid beyond it, where that is borne by somebody.

Within the transaction of the payment, or of what takes it back, which holds lines and invoices.
"""

from collections.abc import Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from usance import models
from usance.domain import ledger, payment, settlement
from usance.domain.events import Kind
from usance.domain.invoice import Stage
from usance.domain.journal import About, Account
from usance.domain.money import Money, zero
from usance.domain.payment import BOOKED, Bears, Follows, Reason, Was
from usance.domain.payment.differences import Tolerance, chosen
from usance.domain.settlement import Reduction
from usance.models.ids import new_id
from usance.queries import amounts, tolerances, undertakings

from . import crossing
from .diary import Line, note
from .ledger import book

FOLLOWS = {Bears.FACTOR: Follows.WRITE_OFF, Bears.CLIENT: Follows.CHARGE_BACK}
Allocated = tuple[models.BankLine, payment.Allocation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """A difference that a tolerance allows."""

    line: models.BankLine
    item: payment.OpenItem
    amount: Money
    over: bool
    reason: Reason
    tolerance: Tolerance


def lock_clients(lines: Collection[models.BankLine], invoices: Collection[UUID]) -> None:
    """Whose claims and dues taking these payments back may move: after lines and invoices, which
    are locked, and before anything is booked."""
    over = models.Difference.objects.filter(
        line__in=lines, over=True, undone_at=None, explanation__client__isnull=False
    )
    clients = set(over.values_list("explanation__client", flat=True))
    clients.update(_clients(invoices).values())
    rows = models.Client.objects.select_for_update(no_key=True).filter(pk__in=clients)
    list(rows.order_by("pk").values_list("pk", flat=True))


def within(
    allocated: Sequence[Allocated], left: MutableMapping[UUID, int], *, at: datetime
) -> list[Small]:
    """The differences that nobody needs to look at: one invoice of a line is short, and all of the
    line is used; or something is left of it, and nothing of its invoices is open. What is short is
    taken from `left`, so that the invoice is paid. The lines are not written yet.
    """
    agreed = tolerances.in_force(at.date())
    if not agreed:
        return []
    clients = _clients({one.item.invoice for _, one in allocated})
    by_line: dict[UUID, list[Allocated]] = {}
    for row, one in allocated:
        by_line.setdefault(row.pk, []).append((row, one))
    owed = _owed(clients)
    found = []
    for parts in by_line.values():
        row = parts[0][0]
        short = [one for _, one in parts if left[one.item.invoice] > 0]
        is_short = len(short) == 1 and not row.unapplied_minor
        if not is_short and (short or row.unapplied_minor <= 0):
            continue
        one = short[0] if is_short else parts[-1][1]
        if one.across and not is_short:
            continue  # What is left was not paid in the currency of what was owed.
        item, code = one.item, one.amount.currency
        minor = left[item.invoice] if is_short else row.unapplied_minor
        terms = chosen(agreed, client=clients[item.invoice], debtor=item.debtor, currency=code)
        difference = Money(minor, code)
        if terms is None or not terms.allows(difference, owed=item.outstanding):
            continue
        if is_short and item.invoice in owed[terms.bears]:
            continue
        day = at.date() if is_short else row.booked_on
        if terms.bears is Bears.CLIENT and crossing.lacking([item.invoice], on=day):
            continue  # What the client bears, or gets, could not be converted.
        said = (row.short or {}).get("reason", "") if is_short else ""
        found.append(
            Small(
                line=row, item=item, amount=difference, over=not is_short, tolerance=terms,
                reason=Reason(said) if said and said != Reason.PART else Reason.ROUNDING,
            )
        )  # fmt: skip
        if is_short:
            left[item.invoice] = 0
        else:
            row.unapplied_minor, row.says = 0, "A little more than was owed."
    return found


def write(found: Sequence[Small], *, at: datetime, actor: str) -> None:
    """Book them, after the payments that they belong to."""
    for one in found:
        if one.over:
            _over(one, at=at, actor=actor)
        else:
            book_short(
                one.line, one.item, one.amount, reason=one.reason,
                follows=FOLLOWS[one.tolerance.bears], tolerance=one.tolerance.id,
                because="Within the tolerance.", at=at, actor=actor,
            )  # fmt: skip


def book_short(
    line: models.BankLine, item: payment.OpenItem, amount: Money, *, reason: Reason,
    follows: Follows, tolerance: UUID | None, because: str, at: datetime, actor: str,
) -> models.Difference:  # fmt: skip
    """So much less is owed on an invoice that is locked; by whom it is borne says `follows`."""
    assert follows in BOOKED, follows
    client = _clients({item.invoice})[item.invoice]
    none = zero(amount.currency)
    part = Reduction(from_reserve=none, claim=none)
    if follows is Follows.CHARGE_BACK:
        held = amounts.of_invoices(Account.CLIENT_RESERVES, [item.invoice])
        reserve = Money(held.get(item.invoice, 0), amount.currency)
        part = settlement.reduce(amount, outstanding=amount, reserve=reserve)
    row = models.Difference(
        id=new_id(), line=line, invoice_id=item.invoice, reason=reason, follows=follows,
        amount_minor=amount.minor, currency=amount.currency, tolerance_id=tolerance,
        client_minor=amount.minor if follows is Follows.CHARGE_BACK else 0,
        reserve_minor=part.from_reserve.minor, because=because[:200], at=at, actor=actor,
    )  # fmt: skip
    row.save(force_insert=True)
    about = About(client=client, debtor=item.debtor, invoice=item.invoice)
    ours = amount if follows is Follows.WRITE_OFF else none
    entry = ledger.difference(
        str(row.pk), item.number, ours=ours, back=part, about=about, on=at.date(),
        line=str(line.pk),
    )  # fmt: skip
    crossing.book_across([entry], at=at, actor=actor)
    noted(row, at=at, actor=actor)
    return row


def _over(one: Small, *, at: datetime, actor: str) -> None:
    """What was paid beyond it is ours, or the client's who bears what is short."""
    ours = one.tolerance.bears is Bears.FACTOR
    client = None if ours else _clients({one.item.invoice})[one.item.invoice]
    was = Was.DIFFERENCE if ours else Was.MISDIRECTED
    because = f"A little more than {one.item.number} asked for, within the tolerance."
    explained = models.Explanation(
        id=new_id(), line=one.line, was=was, amount_minor=one.amount.minor, client_id=client,
        currency=one.amount.currency, because=because[:200], at=at, actor=actor,
    )  # fmt: skip
    explained.save(force_insert=True)
    row = models.Difference(
        id=new_id(), line=one.line, invoice_id=one.item.invoice, reason=one.reason, over=True,
        follows=FOLLOWS[one.tolerance.bears], amount_minor=one.amount.minor,
        client_minor=0 if ours else one.amount.minor, currency=one.amount.currency,
        tolerance_id=one.tolerance.id, explanation=explained, because=because[:200], at=at,
        actor=actor,
    )  # fmt: skip
    row.save(force_insert=True)
    entry = ledger.explanation(
        str(explained.pk), was, one.amount, about=About(client=client), on=one.line.booked_on,
        line=str(one.line.pk),
    )  # fmt: skip
    crossing.book_beside(entry, one.item.invoice, at=at, actor=actor)
    noted(row, at=at, actor=actor)


def paid(invoice: UUID, *, at: datetime, actor: str) -> None:
    """Nothing of it is owed any more, since the rest is borne."""
    note(Kind.INVOICE_PAID, [Line(invoice, invoice, {"by": "difference"})], at=at, actor=actor)


def over(line: models.BankLine) -> int:
    """What of a line was a little too much, in minor units."""
    rows = models.Difference.objects.filter(line=line, over=True, undone_at=None)
    return sum(rows.values_list("amount_minor", flat=True))


def take_back(
    lines: Mapping[UUID, models.BankLine], invoices: Collection[UUID], *, at: datetime, actor: str
) -> None:
    """These invoices are paid no longer as they were: what was borne of them is owed again, and
    what their lines paid beyond them is unapplied again. An invoice that has ended otherwise
    meanwhile keeps what was borne. Their clients are locked (`lock_clients`).

    :param lines: locked, with all that they are to say; their unapplied amounts grow.
    """
    rows = models.Difference.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.filter(undone_at=None, follows__in=sorted(BOOKED))
    rows = rows.select_related("invoice", "explanation", "line").order_by("pk")
    short = rows.filter(invoice_id__in=invoices, over=False, invoice__stage=Stage.FUNDED)
    for row in short:
        undo_short(row, at=at, actor=actor)
    for row in rows.filter(line_id__in=lines.keys(), over=True):
        lines[row.line_id].unapplied_minor += row.amount_minor
        _undo_over(row, at=at, actor=actor)


def undo_short(row: models.Difference, *, at: datetime, actor: str) -> None:
    """What was borne is owed again, on an invoice that is locked and not settled; so is its
    client."""
    code = row.currency
    part = Reduction(
        from_reserve=Money(row.reserve_minor, code),
        claim=Money(row.client_minor - row.reserve_minor, code),
    )
    _end(row, at=at, actor=actor)
    client, of = row.invoice.client_id, f"difference:{row.pk}"
    about = About(client=client, debtor=row.invoice.debtor_id, invoice=row.invoice_id)
    entry = ledger.difference_undone(
        str(row.pk), row.invoice.number, ours=row.amount - Money(row.client_minor, code),
        back=part, about=about, on=at.date(), line=str(row.line_id),
    )  # fmt: skip
    crossing.book_undone(entry, of=of, at=at, actor=actor)
    if not part.claim:
        return
    if (was := crossing.due_by(of)) is not None:
        code = was.currency
    owes = amounts.of_clients(Account.CLIENT_CLAIMS, [client], code).get(client, 0)
    if owes < 0:
        due = ledger.set_off_before(
            str(row.pk), row.invoice.number, Money(-owes, code), about=About(client=client),
            on=at.date(), line=str(row.line_id),
        )  # fmt: skip
        book([due], at=at, actor=actor)


def _undo_over(row: models.Difference, *, at: datetime, actor: str) -> None:
    """A client that has had it by now owes it: nobody can refuse what the bank takes back."""
    explained = row.explanation
    assert explained is not None, row.pk
    explained.undone_at, explained.undone_by = at, actor
    explained.save(update_fields=["undone_at", "undone_by"])
    _end(row, at=at, actor=actor)
    about, of = About(client=explained.client_id), f"explanation:{explained.pk}"
    entry = ledger.explanation(
        str(explained.pk), Was(explained.was), explained.amount, undone=True, on=at.date(),
        about=about, line=str(row.line_id),
    )  # fmt: skip
    crossing.book_undone(entry, of=of, at=at, actor=actor)
    if about.client is None:
        return
    code = (crossing.due_by(of) or explained.amount).currency
    due = amounts.of_clients(Account.DUE_TO_CLIENTS, [about.client], code).get(about.client, 0)
    if due < 0:
        owed = ledger.had_before(
            str(row.pk), row.invoice.number, Money(-due, code), about=about, on=at.date(),
            line=str(row.line_id),
        )  # fmt: skip
        book([owed], at=at, actor=actor)


def explained_no_longer(explanation: models.Explanation, *, at: datetime, actor: str) -> None:
    """A person took back that it was a little too much."""
    row = models.Difference.objects.filter(explanation=explanation, undone_at=None).first()
    if row is not None:
        _end(row, at=at, actor=actor)


def _end(row: models.Difference, *, at: datetime, actor: str) -> None:
    row.undone_at, row.undone_by = at, actor
    row.save(update_fields=["undone_at", "undone_by"])
    noted(row, at=at, actor=actor)


def noted(row: models.Difference, *, at: datetime, actor: str) -> None:
    told: dict[str, object] = {
        "amount": str(row.amount), "way": "over" if row.over else "short", "reason": row.reason,
        "follows": row.follows.replace("_", " ") if not row.undone_at else "taken back",
        "because": row.because,
    }  # fmt: skip
    note(Kind.PAYMENT_DIFFERENCE, [Line(row.invoice_id, row.invoice_id, told)], at=at, actor=actor)


def _clients(invoices: Collection[UUID]) -> dict[UUID, UUID]:
    rows = models.Invoice.objects.filter(pk__in=invoices)
    return dict(rows.values_list("pk", "client_id"))


def _owed(invoices: Collection[UUID]) -> dict[Bears, set[UUID]]:
    """What is no slip when it is short: what the debtor objects to; and what it undertook to pay is
    never the client's."""
    disputed = _disputed(invoices)
    return {
        Bears.FACTOR: disputed,
        Bears.CLIENT: disputed | undertakings.bought_on(invoices),
    }


def _disputed(invoices: Collection[UUID]) -> set[UUID]:
    rows = models.Dispute.objects.filter(invoice_id__in=invoices, closed_at=None)
    return set(rows.values_list("invoice_id", flat=True))
