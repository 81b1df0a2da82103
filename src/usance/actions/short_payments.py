"""A person says why a payment is short, and what becomes of the rest."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import payment
from usance.domain.collection.disputes import Reason as Objection
from usance.domain.invoice import Stage
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.payment import BOOKED, Follows, Reason
from usance.domain.payment.differences import BEARS, chosen
from usance.domain.refusal import Refusal
from usance.models.ids import new_id
from usance.queries import cash, tolerances, undertakings

from . import allocations, differences, disputes, settlement
from .tolerances import refuse_above

# How a deduction that is disputed is called among disputes.
OBJECTS: dict[Reason, Objection] = {
    Reason.DISCOUNT: Objection.TERMS,
    Reason.DISCOUNT_NOT_AGREED: Objection.TERMS,
    Reason.FREIGHT: Objection.TERMS,
    Reason.PRICE: Objection.PRICE,
    Reason.QUANTITY: Objection.QUANTITY,
    Reason.QUALITY: Objection.QUALITY,
    Reason.CONTRA: Objection.PAID,
}
CLIENTS = frozenset({Follows.CHARGE_BACK, Follows.CREDIT_NOTE})  # What takes the client's.
EXPECTED = "Credit note expected. "


class NotShort(Refusal):
    code = "payment_not_short"
    todo = "Look at the line and the invoice again: the line pays it, and something of it is open."


class UndertakingStands(Refusal):
    code = "undertaking_stands"
    todo = "Collect it from the debtor, or write it off: the client owes nothing of it."


class SaidBefore(Refusal):
    code = "short_payment_said_before"
    todo = "Take back what was said of it first."


@transaction.atomic
def say(
    line_id: UUID, invoice_id: UUID, reason: Reason, *, follows: Follows | None = None,
    amount: Money | None = None, because: str = "", role: Role, at: datetime, actor: str,
) -> models.Difference:  # fmt: skip
    """Why the line paid less than the invoice asks for. Who has to bear it bears it, a dispute is
    opened, or it is collected: see `payment.differences.AFTER`.

    :param follows: None: what follows on this reason unless somebody says otherwise.
    :param amount: of what is outstanding. None: all of it.
    :raises NotAllowed: if the role may not.
    :raises NotThatConsequence: if that cannot follow on this reason.
    :raises NotShort: if the line does not pay the invoice, or not so much is outstanding.
    :raises UndertakingStands: if the client would bear what the debtor undertook to pay.
    :raises SaidBefore: if it was said already.
    :raises AboveAuthority: if it is borne, more than the tolerance that holds, and more than one
        person of this role may write off.
    :raises DisputeOpen: if a dispute is to be opened and one is.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    becomes = payment.follows(reason, follows)
    line = models.BankLine.objects.select_for_update(no_key=True).get(pk=line_id)
    allocations.lock({invoice_id})
    item = next(iter(cash.items([invoice_id])), None)
    pays = line.allocations.filter(invoice_id=invoice_id, undone_at=None).exists()
    part = amount or (item.outstanding if item else None)
    if item is None or part is None or not pays:
        raise NotShort("the line does not pay it")
    if part.currency != line.currency or not 0 < part.minor <= item.outstanding.minor:
        raise NotShort(f"{part} of {item.outstanding}")
    if line.differences.filter(invoice_id=invoice_id, undone_at=None).exists():
        raise SaidBefore(item.number)
    if becomes in CLIENTS and undertakings.bought_on([invoice_id]):
        raise UndertakingStands(f"the debtor undertook to pay {item.number}")
    if becomes in BOOKED:
        within = _tolerance(item, part, becomes, at=at)
        if within is None:
            refuse_above(part, role)
        row = differences.book_short(
            line, item, part, reason=reason, follows=becomes, tolerance=within, because=because,
            at=at, actor=actor,
        )  # fmt: skip
        if part == item.outstanding:
            differences.paid(invoice_id, at=at, actor=actor)
    else:
        row = _unpaid(line, item, part, reason, becomes, because, at=at, actor=actor)
    line.short = {"minor": part.minor, "reason": reason.value, "says": f"{part}: {reason.value}."}
    line.save(update_fields=["short"])
    return row


@transaction.atomic
def take_back(difference: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """It was not that: what was borne is owed again; a dispute that was opened is closed by itself.

    :raises NotAllowed: if the role may not.
    :raises UndoneBefore: if it is taken back.
    :raises TooLate: if it is older than UNDO_WITHIN.
    :raises NotShort: if the invoice has ended otherwise, or it was too much: see explanations.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    place = models.Difference.objects.get(pk=difference)
    models.BankLine.objects.select_for_update(no_key=True).get(pk=place.line_id)
    allocations.lock({place.invoice_id})
    differences.lock_clients([], {place.invoice_id})
    settlement.reopen([place.invoice_id], at=at, actor=actor)
    rows = models.Difference.objects.select_for_update(no_key=True, of=("self",))
    row = rows.select_related("invoice").get(pk=difference)
    if row.undone_at is not None:
        raise allocations.UndoneBefore("it was taken back already")
    if at - row.at > allocations.UNDO_WITHIN:
        raise allocations.TooLate(f"it is more than {allocations.UNDO_WITHIN.days} days old")
    if row.over or row.invoice.stage != Stage.FUNDED:
        raise NotShort("it is no short payment of an open invoice")
    if Follows(row.follows) in BOOKED:
        differences.undo_short(row, at=at, actor=actor)
        return
    if row.dispute is not None and row.dispute.closed_at is None:
        disputes.withdrawn(row.dispute, "It was not that.", at=at, actor=actor)
    row.undone_at, row.undone_by = at, actor
    row.save(update_fields=["undone_at", "undone_by"])
    differences.noted(row, at=at, actor=actor)


def _tolerance(
    item: payment.OpenItem, part: Money, becomes: Follows, *, at: datetime
) -> UUID | None:
    """The terms by which nobody's authority is asked for."""
    client = models.Invoice.objects.values_list("client_id", flat=True).get(pk=item.invoice)
    terms = chosen(
        tolerances.in_force(at.date()), client=client, debtor=item.debtor, currency=part.currency
    )
    fits = terms is not None and terms.bears is BEARS[becomes]
    owed = Money(item.outstanding.minor, part.currency)
    return terms.id if fits and terms and terms.allows(part, owed=_face(item, owed)) else None


def _face(item: payment.OpenItem, owed: Money) -> Money:
    """What was owed before anything of it was paid: a share is of this."""
    face = models.Invoice.objects.values_list("face_minor", flat=True).get(pk=item.invoice)
    return Money(max(face or 0, owed.minor), owed.currency)


def _unpaid(
    line: models.BankLine, item: payment.OpenItem, part: Money, reason: Reason, becomes: Follows,
    because: str, *, at: datetime, actor: str,
) -> models.Difference:  # fmt: skip
    dispute = None
    if becomes is not Follows.COLLECT:
        words = f"{EXPECTED if becomes is Follows.CREDIT_NOTE else ''}{because}".strip()
        dispute = disputes.short_paid(
            item.invoice, OBJECTS.get(reason, Objection.OTHER), part,
            words or f"Paid {part} less: {reason.value.replace('_', ' ')}.", at=at, actor=actor,
        )  # fmt: skip
    row = models.Difference(
        id=new_id(), line=line, invoice_id=item.invoice, reason=reason, follows=becomes,
        amount_minor=part.minor, currency=part.currency, dispute=dispute, because=because[:200],
        at=at, actor=actor,
    )  # fmt: skip
    row.save(force_insert=True)
    differences.noted(row, at=at, actor=actor)
    return row
