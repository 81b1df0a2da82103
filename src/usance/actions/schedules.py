"""Schedules of assignment: written with the purchase, signed by the client, printed and sealed.

What a purchase costs more by it is one row for each client and terms, and a column beside the
purchase. The paper is made later, by a job of its own.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.finance import Offer, schedule
from usance.domain.mandate import Act, Role, person, require
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy
from usance.models.ids import new_id
from usance.queries import schedules as query

from .diary import Line, note
from .documents import Content, keep

Priced = tuple[models.Invoice, models.Facility, Offer]


def written(priced: Sequence[Priced], *, at: datetime, actor: str) -> dict[UUID, UUID]:
    """One schedule for each currency and terms by which these are bought now; which invoice is on
    which. Within the transaction that buys them: two queries and one statement, however many."""
    parts: dict[tuple[UUID, str], list[Priced]] = {}
    for one in priced:
        parts.setdefault((one[1].pk, one[0].currency), []).append(one)
    if not parts:
        return {}
    debtors = dict(
        models.Debtor.objects.filter(pk__in={row.debtor_id for row, _, _ in priced}).values_list(
            "pk", "name"
        )
    )
    clients = models.Client.objects.in_bulk({row.client_id for row, _, _ in priced})
    rows = [_row(part, clients, debtors, at=at, actor=actor) for part in parts.values()]
    copy(
        models.Schedule,
        ["id", "number", "client", "facility", "currency", "bought_on", "invoices", "face_minor",
         "advance_minor", "manifest", "digest", "signers", "at", "actor"],
        [
            (row.pk, row.number, row.client_id, row.facility_id, row.currency, row.bought_on,
             row.invoices, row.face_minor, row.advance_minor, row.manifest, row.digest,
             row.signers, row.at, row.actor)
            for row in rows
        ],
    )  # fmt: skip
    return {
        bought[0].pk: row.pk
        for row, part in zip(rows, parts.values(), strict=True)
        for bought in part
    }


def _row(
    part: Sequence[Priced], clients: dict[UUID, models.Client], debtors: dict[UUID, str], *,
    at: datetime, actor: str,
) -> models.Schedule:  # fmt: skip
    first, facility, _ = part[0]
    client, pk = clients[first.client_id], new_id()
    said = schedule.Schedule(
        # Without a counter: purchases would wait for each other until the last one is committed.
        number=f"S{at:%y%m%d}-{pk.hex[-10:].upper()}",
        client=client.name, client_id=client.legal_id, facility=facility.pk.hex,
        basis=facility.legal_basis, currency=first.currency, bought_on=at.date(),
        claims=tuple(
            schedule.Bought(
                number=row.number, debtor=debtors[row.debtor_id] if row.debtor_id else "",
                issued_on=row.issued_on, due_on=row.due_on, face=row.face_minor,
                advance=offer.advance.minor, reserve=offer.reserve.minor, fee=offer.fee.minor,
            )
            for row, _, offer in part
        ),
    )  # fmt: skip
    text = schedule.manifest(said)
    return models.Schedule(
        id=pk, number=said.number, client_id=first.client_id, facility_id=facility.pk,
        currency=said.currency, bought_on=said.bought_on, invoices=len(said.claims),
        face_minor=said.total("face"), advance_minor=said.total("advance"), manifest=text,
        digest=schedule.digest(text), signers=facility.schedule_signers, at=at, actor=actor[:64],
    )  # fmt: skip


@transaction.atomic
def sign(
    schedule_id: UUID, *, client_id: UUID, seen: str, words: str, name: str, address: str | None,
    agent: str, role: Role, at: datetime, actor: str,
) -> models.ScheduleSignature:  # fmt: skip
    """A person of the client signs exactly what was shown. Its face has asked for the password.

    :param seen: the hash of the content that the person looked at.
    :param words: the statement that the person agreed to (queries.schedules.intent).
    :raises NotAllowed: if the role may not.
    :raises DoesNotExist: if this client has no such schedule.
    :raises TakenBack, SignedAlready, NothingToSign, NotWhatWasShown, IntentMissing: see them.
    """
    require(role, Act.SIGN_SCHEDULE)
    row = models.Schedule.objects.get(pk=schedule_id, client_id=client_id)
    _lock(client_id)
    signer = person(actor)
    schedule.check_signing(
        signers=row.signers, signed=set(row.signatures.values_list("signer", flat=True)),
        signer=signer, digest=row.digest, manifest=row.manifest, seen=seen, words=words,
        asked=query.intent(row), taken_back=query.taken_back(row.pk),
    )  # fmt: skip
    signed = models.ScheduleSignature(
        schedule=row, signer=signer[:64], name=name[:200], digest=row.digest, words=words,
        address=address, agent=agent[:400], at=at,
    )  # fmt: skip
    signed.save(force_insert=True)
    crashpoint("schedules.signed")
    told = {"number": row.number, "name": name[:200], "digest": row.digest}
    note(Kind.SCHEDULE_SIGNED, [Line(row.pk, None, told)], at=at, actor=actor)
    return signed


def print_due(*, at: datetime, most: int = 100) -> int:
    """How many schedules were printed, sealed and kept: each new one, and each that everybody has
    signed by now. One that somebody else printed meanwhile is left as it is."""
    made = 0
    for row, signatures in query.unprinted(most):
        data = query.paper(row, signatures, at=at)
        content = Content(data=data, media_type="application/pdf", name=f"{row.number}.pdf")
        with transaction.atomic():
            _lock(row.client_id)
            if row.papers.filter(signatures=len(signatures)).exists():
                continue
            (kept,) = keep([content], at=at)
            models.SchedulePaper.objects.create(
                schedule=row, signatures=len(signatures), document_id=kept, at=at
            )
        made += 1
    return made


def _lock(client_id: UUID) -> None:
    """Signers of one client come one after the other. A schedule is never changed, so the role that
    runs has no right to lock it."""
    models.Client.objects.select_for_update(no_key=True).get(pk=client_id)
