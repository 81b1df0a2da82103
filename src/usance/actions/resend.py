"""A person sends a paper once more, by a channel of their choice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.distribution import OPEN, Kind, Paper, because, needless
from usance.domain.events import Kind as Event
from usance.domain.invoice import Stage
from usance.domain.mandate import Act, Role, name_of, require
from usance.domain.refusal import Refusal
from usance.queries import brought, ladders, outside, parcels

from .diary import Line, note


class NotReachable(Refusal):
    code = "debtor_not_reachable_so"
    todo = "Enter the address at the debtor, or choose a channel that it has an address for."


class StillOpen(Refusal):
    code = "delivery_still_open"
    todo = "Say first what became of the one that is under way, so that nothing is sent twice."


class NotNeeded(Refusal):
    code = "paper_not_needed"
    todo = "Nothing is to be asked of the debtor by it any more. Write to the debtor instead."


class NoReason(Refusal):
    code = "reason_missing"
    todo = "Write why it is sent again: the debtor may ask."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    dispatch: UUID
    kind: Kind
    reason: str


@transaction.atomic
def resend(wanted: Wanted, *, role: Role, at: datetime, actor: str) -> models.Dispatch:
    """Plan the same paper of the same invoice by this kind; the dispatch that was planned.

    It begins a walk of its own: should it fail, the ladder goes on from it.

    :raises NotAllowed: if the role may not.
    :raises NoReason: without a reason.
    :raises NotNeeded: if it asks for what was paid, or is ours no longer.
    :raises NotReachable: if the debtor has no address for this kind.
    :raises StillOpen: if one of this paper waits, is being called, or is of unknown outcome.
    :raises NotConfigured: if nobody carries this kind.
    """
    require(role, Act.RESEND)
    reason = " ".join(wanted.reason.split())
    if not reason:
        raise NoReason("it is sent again without a reason")
    old = models.Dispatch.objects.select_related("invoice__debtor").get(pk=wanted.dispatch)
    invoice = models.Invoice.objects.select_for_update(no_key=True).get(pk=old.invoice_id)
    debtor = old.invoice.debtor
    assert debtor is not None, "what was sent has a debtor"
    if why := needless(Paper(old.paper), Stage(invoice.stage), even_if_paid=True):
        raise NotNeeded(f"{invoice.number}: {why}")
    (found,) = ladders.ladders([ladders.of_invoice(old.invoice, Paper(old.paper))])
    rung = next((one for one in found.rungs if one.kind is wanted.kind), None)
    if rung is None:
        why = next((no.because for no in found.left_out if no.kind is wanted.kind), "")
        raise NotReachable(f"{debtor.name} is not reached by {wanted.kind}: {why}".rstrip(": "))
    running = models.Dispatch.objects.filter(
        invoice=invoice, paper=old.paper, state__in=OPEN, beside__isnull=True
    )
    if running.exists():
        raise StillOpen(f"{invoice.number} has a delivery whose end is not known")
    address = _plain(parcels.address(debtor, wanted.kind))
    new = models.Dispatch.objects.create(
        invoice=invoice,
        paper=old.paper,
        rung=0,
        kind=wanted.kind,
        carrier=outside.carrier_of(wanted.kind, address.get("einvoice", "")),
        because=because("again", who=name_of(actor), reason=reason)[:200],
        address=address,
        planned_at=at,
        enough=rung.enough,
        deadline_at=at + timedelta(hours=rung.hours),
    )
    if old.paper == Paper.REMINDER:  # The figures that it prints stand with the reminder.
        models.Reminder.objects.filter(pk=brought.reminder(old).pk).update(dispatch=new)
    if old.paper == Paper.RELEASE:
        models.ReleaseLetter.objects.filter(pk=brought.release(old).pk).update(dispatch=new)
    particulars = {"by": new.kind, "because": new.because, "instead_of": old.key}
    note(Event.DISPATCH_PLANNED, [Line(new.pk, invoice.pk, particulars)], at=at, actor=actor)
    return new


def _plain(address: Mapping[str, str]) -> dict[str, str]:
    return dict(address)
