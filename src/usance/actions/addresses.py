"""What reports teach about addresses: spoilt ones are not used, better ones are proposed."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from usance import models
from usance.domain import distribution
from usance.domain.distribution import DeliveryEvent, Outcome
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.models.ids import new_id

from . import parties
from .diary import Line, note
from .distribution import AGAIN
from .holds import release_cured

EDITABLE = ("street", "postcode", "city", "country", "email")


class AlreadyLifted(Refusal):
    code = "suppression_lifted"
    todo = "Nothing is left to do: the address is used again."


class AlreadyDecided(Refusal):
    code = "proposal_decided"
    todo = "Look at the debtor: somebody decided on this address already."


class NotAnAddress(Refusal):
    code = "proposal_not_understood"
    todo = "Write the address into the fields as it has to stand at the debtor."


class ReasonMissing(Refusal):
    code = "reason_missing"
    todo = "Say in a few words why: it is kept."


def learn(events: Mapping[UUID, DeliveryEvent], *, at: datetime, actor: str) -> None:
    """Suppress the addresses that these reports spoil, propose those that they correct.

    :param events: kept reports on deliveries of ours, by the id of their row. In the caller's
        transaction.
    """
    teaching = [
        pk for pk, one in events.items() if one.outcome in _SPOIL or one.corrected_address.strip()
    ]
    if not teaching:
        return
    rows = models.DeliveryEvent.objects.filter(pk__in=teaching).select_related(
        "dispatch__invoice__debtor"
    )
    spoilt = [row for row in rows if Outcome(row.outcome) in _SPOIL]
    better = [row for row in rows if row.corrected_address.strip()]
    if spoilt:
        _suppress(spoilt, at=at, actor=actor)
    if better:
        _propose(better, at=at, actor=actor)


_SPOIL = frozenset({outcome for _, outcome in distribution.SPOILS})


@transaction.atomic
def lift(
    suppression_id: UUID, *, remark: str, role: Role, at: datetime, actor: str
) -> models.Suppression:
    """A person says that the address may be used again, and why.

    :raises NotAllowed: if the role may not.
    :raises ReasonMissing: if no reason is given.
    :raises AlreadyLifted: if somebody did before.
    """
    require(role, Act.RESEND)
    if not remark.strip():
        raise ReasonMissing("no reason was given")
    row = models.Suppression.objects.select_for_update(no_key=True).get(pk=suppression_id)
    if row.lifted_at is not None:
        raise AlreadyLifted(f"{row.lifted_by} lifted it")
    row.lifted_at, row.lifted_by, row.remark = at, actor[:64], remark.strip()[:400]
    row.save(update_fields=["lifted_at", "lifted_by", "remark"])
    note(
        Kind.ADDRESS_LIFTED,
        [Line(row.pk, None, {"kind": row.kind, "address": row.address, "remark": row.remark})],
        at=at,
        actor=actor,
    )
    return row


@transaction.atomic
def accept(
    proposal_id: UUID,
    *,
    columns: Mapping[str, str] | None = None,
    role: Role,
    at: datetime,
    actor: str,
) -> models.AddressProposal:
    """Take a corrected address over into the debtor's record; what waited for it is sent again.

    :param columns: as a person wrote it; without them, as it was understood.
    :raises NotAllowed: if the role may not.
    :raises AlreadyDecided: if somebody did before.
    :raises NotAnAddress: if nothing usable stands in the columns.
    """
    require(role, Act.EDIT_PARTY)
    row = _open(proposal_id)
    wanted = {
        name: " ".join(distribution.fit(value).split())
        for name, value in (row.columns if columns is None else columns).items()
        if name in EDITABLE and value.strip()
    }
    if not wanted or (row.kind == distribution.Kind.LETTER and not {"street", "city"} <= {*wanted}):
        raise NotAnAddress(row.said)
    if why := distribution.unfit(wanted):
        raise NotAnAddress(why)
    parties.edit(row.debtor, wanted, role=role, at=at, actor=actor)
    row.columns = wanted
    _decide(row, "accepted", "", at=at, actor=actor)
    held = models.Hold.objects.filter(
        invoice__debtor=row.debtor, step=AGAIN, closed_at=None, because="findings"
    )
    release_cured(
        list(held.values_list("invoice_id", flat=True)),
        stage=AGAIN,
        remark="The debtor has a better address now.",
        at=at,
        actor=actor,
    )
    return row


@transaction.atomic
def decline(
    proposal_id: UUID, *, remark: str = "", role: Role, at: datetime, actor: str
) -> models.AddressProposal:
    """The debtor's record stays as it is. The same words are not proposed for it again.

    :raises NotAllowed: if the role may not.
    :raises AlreadyDecided: if somebody did before.
    """
    require(role, Act.EDIT_PARTY)
    row = _open(proposal_id)
    _decide(row, "declined", remark, at=at, actor=actor)
    note(
        Kind.ADDRESS_DECLINED,
        [Line(row.debtor_id, None, {"said": row.said, "remark": row.remark})],
        at=at,
        actor=actor,
    )
    return row


def _open(proposal_id: UUID) -> models.AddressProposal:
    row = (
        models.AddressProposal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("debtor")
        .get(pk=proposal_id)
    )
    if row.decision:
        raise AlreadyDecided(f"{row.decided_by} {row.decision} it")
    return row


def _decide(
    row: models.AddressProposal, decision: str, remark: str, *, at: datetime, actor: str
) -> None:
    row.decision, row.decided_at, row.decided_by = decision, at, actor[:64]
    row.remark = remark.strip()[:400]
    row.save(update_fields=["columns", "decision", "decided_at", "decided_by", "remark"])


def _suppress(events: list[models.DeliveryEvent], *, at: datetime, actor: str) -> None:
    found: dict[UUID, models.Suppression] = {}
    taken: set[tuple[str, str]] = set()
    for event in sorted(events, key=lambda one: (one.at, one.event_id)):
        dispatch = event.dispatch
        assert dispatch is not None
        kind = distribution.Kind(dispatch.kind)
        because = distribution.suppresses(
            distribution.Found(
                kind=kind, outcome=Outcome(event.outcome), code=event.code, detail=event.detail
            )
        )
        address = distribution.address_key(kind, dispatch.address)
        if because and address and (kind, address) not in taken:
            taken.add((kind, address))
            found[dispatch.pk] = models.Suppression(
                id=new_id(), kind=kind, address=address, since=at, dispatch=dispatch,
                because=f"{because} {event.detail or event.code}".strip()[:400],
            )  # fmt: skip
    open_now = models.Suppression.objects.filter(
        Q(dispatch__in=list(found)) | Q(lifted_at=None, address__in=[a for _, a in taken])
    )
    known = {(row.kind, row.address) for row in open_now if row.lifted_at is None}
    before = {row.dispatch_id for row in open_now}
    new = [
        row
        for row in found.values()
        if row.dispatch_id not in before and (row.kind, row.address) not in known
    ]
    # Two reports may spoil one address at the same moment: the second finds it spoilt.
    models.Suppression.objects.bulk_create(new, ignore_conflicts=True)
    note(
        Kind.ADDRESS_SUPPRESSED,
        [
            Line(row.dispatch_id, row.dispatch.invoice_id, {"kind": row.kind,
                 "address": row.address, "because": row.because})
            for row in new
        ],
        at=at,
        actor=actor,
    )  # fmt: skip


def _propose(events: list[models.DeliveryEvent], *, at: datetime, actor: str) -> None:
    new: dict[tuple[UUID, str, str], models.AddressProposal] = {}
    for event in sorted(events, key=lambda one: (one.at, one.event_id)):
        dispatch = event.dispatch
        assert dispatch is not None
        debtor = dispatch.invoice.debtor
        assert debtor is not None
        read = distribution.corrected(
            distribution.Kind(dispatch.kind), event.corrected_address, country=debtor.country
        )
        if read.columns and all(getattr(debtor, n) == v for n, v in read.columns.items()):
            continue  # The record was mended in the meantime.
        new.setdefault(
            (debtor.pk, dispatch.kind, read.said),
            models.AddressProposal(
                id=new_id(), debtor=debtor, event=event, kind=dispatch.kind, said=read.said,
                columns=dict(read.columns), made_at=at,
            ),
        )  # fmt: skip
    known = set(
        models.AddressProposal.objects.filter(
            Q(decision="") | Q(decision="declined"), debtor__in=[key[0] for key in new]
        ).values_list("debtor_id", "kind", "said")
    )
    rows = [row for key, row in new.items() if key not in known]
    models.AddressProposal.objects.bulk_create(rows, ignore_conflicts=True)
    note(
        Kind.ADDRESS_PROPOSED,
        [
            Line(row.debtor_id, row.event.dispatch.invoice_id, {"said": row.said,
                 "kind": row.kind, "debtor": row.debtor.name})
            for row in rows
            if row.event.dispatch is not None
        ],
        at=at,
        actor=actor,
    )  # fmt: skip
