"""Invoice what clients were charged: once a month by the day's end, for a day by a person; take an
invoice back. Numbers are without gaps, and a charge is on one invoice."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from usance import law, models
from usance.domain import ledger
from usance.domain.events import Kind
from usance.domain.intake.issuing import checked
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.periods import month
from usance.domain.refusal import Refusal
from usance.domain.settlement import fees as rule
from usance.domain.settlement.fees import Billed
from usance.letters import fee_invoice as letter
from usance.models.ids import new_id
from usance.queries import fees as query

from . import fee_papers
from .diary import Line, note

DAY = timedelta(days=1)
_ALONE = "SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.fees'))"


class FeesNotInvoiced(Refusal):
    code = "fee_invoicing_not_started"
    todo = "Start it first: Settings, Fee invoices, or usance fee start."


class FeesStarted(Refusal):
    code = "fee_invoicing_started"
    todo = "It goes on with its numbers; nothing is to be started."


class DayNotOver(Refusal):
    code = "fee_day_not_over"
    todo = "Invoice to the end of a day that is over."


class NothingToInvoice(Refusal):
    code = "no_fees_to_invoice"
    todo = "Look at the client's fee invoices: these days are on one, or nothing was charged."


class DayInvoiced(Refusal):
    code = "fee_day_invoiced"
    todo = "Take that invoice back first, or choose another day."


class NotCreditable(Refusal):
    code = "fee_invoice_not_creditable"
    todo = "Look at it again: it was taken back before, or is a credit note itself."


class ReasonMissing(Refusal):
    code = "fee_reason_missing"
    todo = "Say why it is taken back; it is kept with the credit note."


@transaction.atomic
def start(
    since: date, *, pattern: str = "F{year}-{n:05}", credit_pattern: str = "FC{year}-{n:05}",
    role: Role, at: datetime, actor: str,
) -> models.FeeInvoicing:  # fmt: skip
    """Charges are invoiced from the first day of that month on; what was charged before is not.

    :raises NotAllowed: if the role may not.
    :raises FeesStarted: if it was started before.
    :raises PatternUnclear: if a pattern is none, or both would give the same numbers.
    """
    require(role, Act.INVOICE_FEES)
    _alone()
    if query.setup() is not None:
        raise FeesStarted("fees are invoiced already")
    first, _ = month(since)
    row = models.FeeInvoicing.objects.create(
        since=first, pattern=checked(pattern), credit_pattern=checked(credit_pattern), at=at,
        actor=actor[:64],
    )  # fmt: skip
    told = {"what": "fee invoices", "before": "none", "after": f"since {first}, {pattern}"}
    note(Kind.MASTER_DATA_CHANGED, [Line(new_id(), None, told)], at=at, actor=actor)
    return row


def invoice_due(*, at: datetime, actor: str) -> tuple[int, tuple[str, ...]]:
    """The months that are over and not wholly invoiced: an invoice for each client and currency.

    Each is a transaction of its own; run again, it goes on where it stopped.

    :return: how many were written, and why some were not: they are tried again the next day.
    """
    setup = query.setup()
    if setup is None:
        return 0, ()
    written, waits = 0, []
    _, last = month((setup.done_through or setup.since - DAY) + DAY)
    while last < at.date():
        missing = []
        for client, currency in query.to_invoice(since=setup.since, through=last):
            try:
                written += _invoiced(client, currency, last, at=at, actor=actor) is not None
            except Refusal as no:
                missing.append(f"{no}. {no.todo}")
        if missing:
            waits += missing
            break  # Months are invoiced in their order: periods of a client follow each other.
        models.FeeInvoicing.objects.update(done_through=last)
        _, last = month(last + DAY)
    return written, tuple(sorted(set(waits)))


def invoice(
    client: UUID, currency: str, *, through: date, role: Role, at: datetime, actor: str
) -> models.FeeInvoice:
    """On demand: all charges of a client up to the end of a day, in one invoice.

    :raises NotAllowed: if the role may not.
    :raises FeesNotInvoiced, DayNotOver, NothingToInvoice, DayInvoiced:
    :raises VatUnknown, VatIdMissing: if the tax cannot be told.
    """
    require(role, Act.INVOICE_FEES)
    row = _invoiced(client, currency, through, at=at, actor=actor)
    if row is None:
        raise NothingToInvoice(f"nothing was charged in {currency} up to {through}")
    return row


@transaction.atomic
def credit(
    fee_invoice: UUID, *, reason: str, role: Role, at: datetime, actor: str
) -> models.FeeInvoice:
    """Take all of an invoice back. Its charges are on none again, so that the next one brings them.

    :raises NotAllowed: if the role may not.
    :raises ReasonMissing: without a reason.
    :raises NotCreditable: if it was taken back, or gave back itself.
    """
    require(role, Act.INVOICE_FEES)
    if not reason.strip():
        raise ReasonMissing("a fee invoice is not taken back without a reason")
    _alone()
    of = models.FeeInvoice.objects.select_for_update(no_key=True).get(pk=fee_invoice)
    if of.is_credited or of.kind != "invoice":
        raise NotCreditable(f"{of.number} is not taken back again")
    _open_again(of)
    row = fee_papers.written(
        of.client, of.currency, [fee_papers.billed(line, of.currency) for line in of.lines],
        first=of.first_on, last=of.last_on, tax_taken=Money(0, of.currency), moved=(), credits=of,
        reason=reason.strip()[:400], at=at, actor=actor,
    )  # fmt: skip
    of.is_credited = True
    of.save(update_fields=["is_credited"])
    told = {"number": of.number, "by": row.number, "remark": row.reason}
    note(Kind.FEE_CREDITED, [Line(row.pk, None, told)], at=at, actor=actor)
    return row


def _alone() -> None:
    """Numbers and charges are given out by one at a time."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE)


@transaction.atomic
def _invoiced(
    client_id: UUID, currency: str, through: date, *, at: datetime, actor: str
) -> models.FeeInvoice | None:
    """None: there is nothing to invoice."""
    _alone()
    setup = query.setup()
    if setup is None:
        raise FeesNotInvoiced("no fees are invoiced in this book")
    if through >= at.date():
        raise DayNotOver(f"{through} is not over")
    standing = models.FeeInvoice.objects.filter(
        client=client_id, currency=currency, credits=None, is_credited=False
    )
    if standing.filter(last_on=through).exists():
        raise DayInvoiced(f"there is an invoice to the end of {through}")
    client = models.Client.objects.get(pk=client_id)
    moved = query.open_charges(client_id, currency, since=setup.since, through=through)
    charges, tax_taken = query.summed(moved, currency)
    charges += query.lacking(client_id, currency, through=through)
    if not charges:
        return None
    first, _ = month(through)
    before = standing.filter(last_on__gte=first, last_on__lt=through).order_by("-last_on").first()
    first = before.last_on + DAY if before else max(first, setup.since)
    first = min([first, *(one.on for one in moved)])
    seller, buyer = query.party(models.Factor.objects.get()), query.party(client)
    lines = [
        Billed(
            charge=one,
            treatment=rule.treatment(
                one.sort, one.basis, seller=seller, buyer=buyer, on=through, law=law.fee_vat()
            ),
            text=letter.line_text(one.sort, one.invoices, client.language),
        )
        for one in charges
    ]
    row = fee_papers.written(
        client, currency, lines, first=first, last=through, tax_taken=tax_taken, moved=moved,
        credits=None, reason="", at=at, actor=actor,
    )  # fmt: skip
    told = {"number": row.number, "amount": str(row.gross), "client": client.name}
    note(Kind.FEE_INVOICED, [Line(row.pk, None, told)], at=at, actor=actor)
    return row


def _open_again(of: models.FeeInvoice) -> None:
    """Its charges are on no invoice; what its own entry booked stays with it."""
    models.FeeCharge.objects.filter(fee_invoice=of).exclude(
        move__entry__key__startswith=ledger.BOOKED_BY
    ).delete()
