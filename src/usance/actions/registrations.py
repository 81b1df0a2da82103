"""Take in what consumers did in their internet banks, and let their debtors' addresses follow.

What is told of one debtor is a set: its e-invoice address is computed from all of it, so that the
order of messages and their doubles cannot matter. What fits no debtor waits for a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import distribution
from usance.domain.distribution import Kind, Registration, Wants, Whose, holding, is_bank, moment
from usance.domain.events import Kind as Event
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.models.bulk import copy_new
from usance.models.ids import new_id
from usance.queries import registrations

from .diary import Line, note
from .distribution import AGAIN
from .holds import release_cured

FOR_EVER = timedelta(days=36_500)  # It holds until the bank says that it ended.


class AlreadyDecided(Refusal):
    code = "registration_decided"
    todo = "Look at the debtor: somebody placed or declined it already."


class OtherAddress(Refusal):
    code = "debtor_has_einvoice_address"
    todo = "Take the other e-invoice address from the debtor first, if it holds no longer."


@transaction.atomic
def take(
    carrier: str,
    said: Sequence[Registration],
    *,
    raw: Mapping[Registration, str] | None = None,
    at: datetime,
    actor: str,
) -> int:
    """Keep these messages, each once; how many were new. Debtors that fit surely get or lose the
    address; of the others a person is asked.

    :param raw: by message the hash of what it came in.
    """
    if not said:
        return 0
    fits = registrations.candidates(carrier, said)
    found = {one.id: distribution.whose(one, fits[one.id]) for one in said}
    added = copy_new(
        models.Registration,
        ["id", "carrier", "message_id", "wants", "address", "before", "identity", "reference",
         "name", "at", "received_at", "raw", "debtor", "because", "decision", "decided_at",
         "decided_by", "remark"],
        (_row(carrier, one, found[one.id], (raw or {}).get(one), at, actor) for one in said),
        conflict=["carrier", "message_id"],
    )  # fmt: skip
    rows = list(models.Registration.objects.filter(pk__in=added))
    _follow(rows, at=at, actor=actor)
    return len(rows)


@transaction.atomic
def place(
    registration_id: UUID, debtor_id: UUID, *, remark: str, role: Role, at: datetime, actor: str
) -> models.Registration:
    """A person says whose it is: the debtor's address follows, what waited for one is sent again.

    :raises NotAllowed: if the role may not.
    :raises AlreadyDecided: if somebody decided before.
    :raises OtherAddress: if the debtor has an e-invoice address in a network.
    """
    require(role, Act.EDIT_PARTY)
    row = _open(registration_id)
    debtor = models.Debtor.objects.select_for_update(no_key=True).get(pk=debtor_id)
    if debtor.einvoice_id and not is_bank(debtor.einvoice_id) and row.wants != Wants.ENDED:
        raise OtherAddress(f"{debtor.name} has {debtor.einvoice_id}")
    row.debtor = debtor
    _decide(row, "placed", remark, at=at, actor=actor)
    _follow([row], at=at, actor=actor)
    if row.wants != Wants.ENDED:
        _send_held(debtor.pk, row, at=at, actor=actor)
    return row


@transaction.atomic
def decline(
    registration_id: UUID, *, remark: str, role: Role, at: datetime, actor: str
) -> models.Registration:
    """Nobody of ours: the exchange is told, the consumer sees it in the bank.

    :raises NotAllowed: if the role may not.
    :raises AlreadyDecided: if somebody decided before.
    """
    require(role, Act.EDIT_PARTY)
    row = _open(registration_id)
    _decide(row, "declined", remark, at=at, actor=actor)
    note(
        Event.MASTER_DATA_CHANGED,
        [Line(row.pk, None, {"what": "registration declined", "value": row.address})],
        at=at,
        actor=actor,
    )
    return row


@transaction.atomic
def answered(ids: Sequence[UUID], *, at: datetime) -> None:
    """The exchange was told what we made of these."""
    models.Registration.objects.filter(pk__in=ids, answered_at=None).update(answered_at=at)


def _row(
    carrier: str,
    said: Registration,
    whose: Whose[UUID],
    raw: str | None,
    at: datetime,
    actor: str,
) -> Sequence[object]:
    placed = whose.debtor is not None
    return (
        new_id(), carrier, said.id[:120], said.wants.value, said.address, said.before,
        said.identity, said.reference, said.name, moment(said.at, received=at), at,
            raw, whose.debtor,
        whose.because[:400], "placed" if placed else "", at if placed else None,
        actor[:64] if placed else "", "",
    )  # fmt: skip


def _open(registration_id: UUID) -> models.Registration:
    row = models.Registration.objects.select_for_update(no_key=True).get(pk=registration_id)
    if row.decision:
        raise AlreadyDecided(f"{row.decided_by} decided on it")
    return row


def _decide(
    row: models.Registration, decision: str, remark: str, *, at: datetime, actor: str
) -> None:
    row.decision, row.decided_at, row.decided_by = decision, at, actor[:64]
    row.remark = " ".join(remark.split())[:400]
    row.save(update_fields=["debtor", "decision", "decided_at", "decided_by", "remark"])


def _follow(rows: Iterable[models.Registration], *, at: datetime, actor: str) -> None:
    """Bring the debtors of these to the address that everything told of them gives."""
    touched = sorted({row.debtor_id for row in rows if row.debtor_id is not None})
    debtors = list(
        models.Debtor.objects.select_for_update(no_key=True).filter(pk__in=touched).order_by("pk")
    )
    told: dict[UUID, list[models.Registration]] = defaultdict(list)
    for row in models.Registration.objects.filter(debtor__in=touched, decision="placed"):
        assert row.debtor_id is not None
        told[row.debtor_id].append(row)
    lines = []
    for debtor in debtors:
        before, now = debtor.einvoice_id, holding(row.said() for row in told[debtor.pk])
        if before == now or (before and not is_bank(before)):
            continue  # An address in a network is nothing that a bank could end.
        debtor.einvoice_id = now
        debtor.save(update_fields=["einvoice_id"])
        _known(debtor, now or before, receives=bool(now), told=told[debtor.pk], at=at)
        lines.append(
            Line(debtor.pk, None, {"what": "e-invoice address by the bank",
                 "before": {"einvoice_id": before}, "after": {"einvoice_id": now}})
        )  # fmt: skip
    note(Event.MASTER_DATA_CHANGED, lines, at=at, actor=actor)


def _send_held(debtor: UUID, row: models.Registration, *, at: datetime, actor: str) -> None:
    """What nothing reached walks its ladder anew."""
    held = models.Hold.objects.filter(
        invoice__debtor=debtor, step=AGAIN, closed_at=None, because="findings"
    )
    release_cured(
        list(held.values_list("invoice_id", flat=True)),
        stage=AGAIN,
        remark=f"It asked its bank for e-invoices: {row.address}",
        at=at,
        actor=actor,
    )


def _known(
    debtor: models.Debtor,
    identifier: str,
    *,
    receives: bool,
    told: Sequence[models.Registration],
    at: datetime,
) -> None:
    """What the bank said stands where directories' answers stand: the ladder reads it there."""
    last = max(told, key=lambda row: (row.at, row.message_id))
    models.Capability.objects.update_or_create(
        debtor=debtor,
        kind=Kind.EINVOICE,
        defaults={
            "identifier": identifier,
            "receives": receives,
            "documents": [],
            "detail": f"{last.wants} by the bank, {last.carrier} {last.message_id}"[:200],
            "asked_at": last.at,
            "tried_at": at,
            "valid_until": at + FOR_EVER,
        },
    )
