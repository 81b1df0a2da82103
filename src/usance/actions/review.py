"""A person says what stands on a document: confirmed, postponed, rejected; and it is learned."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import capture, intake
from usance.domain.capture import learned
from usance.domain.capture.reading import Reading
from usance.domain.capture.review import DECIDABLE, State, changed, corrected, doubted
from usance.domain.events import Kind
from usance.domain.finding import Finding, blocking
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.queries import capture as questions
from usance.queries import same

from . import intake as door
from . import parties, totals
from .capture import add_findings, noted
from .diary import Line, note

NOTHING = capture.Hint()


class AlreadyDecided(Refusal):
    code = "reading_decided"
    todo = "Open the next document: somebody else has ended this one."


class ChangedMeanwhile(Refusal):
    code = "reading_changed"
    todo = "Load the document again, look at what changed, and decide then."


class Incomplete(Refusal):
    code = "reading_incomplete"
    todo = "Write what stands on the document, or reject it with a reason."


class OtherClient(Refusal):
    code = "reading_of_another_client"
    todo = "Reject it, and hand it in under the right client."


class SeenBefore(Refusal):
    code = "invoice_seen_before"
    todo = "Correct the number if it was read wrongly; reject the document if it is a copy."


class ReasonMissing(Refusal):
    code = "reason_missing"
    todo = "Say why: the client reads it, and so does whoever looks at the batch."


@transaction.atomic
def confirm(
    reading_id: UUID,
    said: Mapping[str, str],
    *,
    version: int,
    client: UUID | None = None,
    debtor: UUID | None = None,
    new_debtor: parties.Company | None = None,
    role: Role,
    at: datetime,
    actor: str,
) -> models.Invoice:
    """What was read, with `said` in place of it where they differ, enters the books.

    :param said: field to plain text, as domain.capture.Field has it.
    :param version: of the reading that the person saw.
    :param client: whose it is, where neither batch nor seller says so.
    :param debtor: who owes it; None: whom the register finds for the buyer, if anybody.
    :raises NotAllowed: if the role may not.
    :raises AlreadyDecided, ChangedMeanwhile: if somebody was faster.
    :raises Incomplete: if something is missing or cannot be understood; says everything.
    :raises OtherClient: if the batch belongs to another client.
    :raises SeenBefore: if the invoice is in the books.
    """
    row = _locked(reading_id, version, role)
    before = questions.read(row, words=True)
    after, faults = corrected(before, said)
    owner, owes = questions.parties_of(row, after.invoice)
    owner = _owner(row, owner, client)
    claim, missing = intake.receivable(after.invoice)
    wrong = [*blocking(faults), *blocking(missing)]
    if wrong or claim is None:
        raise Incomplete(" ".join(one.says for one in wrong))
    if new_debtor is not None:
        if not new_debtor.name or len(new_debtor.country) != 2:
            raise Incomplete("A new debtor needs a name and a country of two letters.")
        owes = parties.register_debtor(new_debtor, role=role, at=at, actor=actor).pk
    elif debtor is not None:
        owes = _debtor(debtor)
    elif not {"buyer_name", "buyer_vat_id", "buyer_number"} & changed(before, said).keys():
        owes = owes or row.debtor_id
    invoice, copies = door.enter(
        row.file, after.invoice, claim, client=owner.pk, debtor=owes,
        findings=(*faults, *missing), at=at, actor=actor,
    )  # fmt: skip
    if invoice is None:
        raise SeenBefore(copies[0].says)
    names = _correct(row, before, said, at=at, actor=actor)
    row.client, row.debtor_id, row.invoice_id = owner, owes, invoice
    row.number, row.kind = claim.number[:80], after.kind[:20]
    _close(row, State.CONFIRMED, "", at=at, actor=actor)
    noted(Kind.READING_CONFIRMED, row, at, actor, corrected=names or ["nothing"])
    taught = dict.fromkeys([*names, *doubted(before, sure_from=questions.sure_from(owner))])
    _learn(row, before, after, list(taught), at=at, actor=actor)
    crashpoint("review.confirmed")
    totals.count_again(row.file.batch_id)
    return models.Invoice.objects.get(pk=invoice)


@transaction.atomic
def postpone(
    reading_id: UUID,
    *,
    version: int,
    until: date | None = None,
    remark: str = "",
    role: Role,
    at: datetime,
    actor: str,
) -> None:
    """Lay it aside: until a day, or to the end of the queue.

    :raises NotAllowed: if the role may not.
    :raises AlreadyDecided, ChangedMeanwhile: if somebody was faster.
    """
    row = _locked(reading_id, version, role)
    row.state, row.postponed_until, row.remark = State.POSTPONED, until, remark[:400]
    row.version += 1
    row.save(update_fields=["state", "postponed_until", "remark", "version"])
    noted(Kind.READING_POSTPONED, row, at, actor, remark=remark[:400], until=str(until or ""))


@transaction.atomic
def reject(
    reading_id: UUID, *, version: int, reason: str, role: Role, at: datetime, actor: str
) -> None:
    """No invoice comes of it; the reason stays on its file.

    :raises NotAllowed: if the role may not.
    :raises ReasonMissing: if none is given.
    :raises AlreadyDecided, ChangedMeanwhile: if somebody was faster.
    """
    row = _locked(reading_id, version, role)
    reason = " ".join(reason.split())[:400]
    if not reason:
        raise ReasonMissing("a rejection needs a reason")
    _close(row, State.REJECTED, reason, at=at, actor=actor)
    says = f"Rejected in review: {reason}"
    todo = "Tell the client why; a corrected document comes as a new file."
    add_findings(row.file, (Finding(code="rejected_in_review", says=says, todo=todo),))
    noted(Kind.READING_REJECTED, row, at, actor, remark=reason)
    totals.count_again(row.file.batch_id)


@transaction.atomic
def withdraw(layout_id: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """Read this field of this sender without what was learned; done twice it is done once.

    :raises NotAllowed: if the role may not.
    """
    require(role, Act.REVIEW)
    row = models.LearnedLayout.objects.select_for_update(no_key=True).get(pk=layout_id)
    if row.withdrawn_at is not None:
        return
    row.withdrawn_at, row.withdrawn_by = at, actor[:64]
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    line = Line(row.client_id, None, {"sender": row.sender, "fields": [row.field]})
    note(Kind.LAYOUT_WITHDRAWN, [line], at=at, actor=actor)


def _locked(reading_id: UUID, version: int, role: Role) -> models.Reading:
    require(role, Act.REVIEW)
    row = (
        models.Reading.objects.select_for_update(no_key=True, of=("self",))
        .select_related("file__batch")
        .get(pk=reading_id)
    )
    if row.state not in DECIDABLE:
        who = f" by {row.closed_by}" if row.closed_by else ""
        raise AlreadyDecided(f"the document is {row.state}{who}")
    if row.version != version:
        raise ChangedMeanwhile("somebody else worked on this document after it was opened")
    return row


def _owner(row: models.Reading, found: models.Client | None, wanted: UUID | None) -> models.Client:
    """Whose it is: the batch decides, then who reviews, then what the seller says."""
    of_batch = row.file.batch.client_id
    if of_batch is not None:
        if wanted is not None and wanted != of_batch:
            raise OtherClient("the batch was handed in by another client")
        return models.Client.objects.get(pk=of_batch)
    if wanted is not None:
        chosen = models.Client.objects.filter(pk=wanted).first()
        if chosen is None:
            raise Incomplete("There is no such client.")
        return chosen
    if found is None:
        raise Incomplete("Whose invoice it is, is not known.")
    return found


def _debtor(pk: UUID) -> UUID:
    if not models.Debtor.objects.filter(pk=pk).exists():
        raise Incomplete("There is no such debtor.")
    return same.company(pk)


def _correct(
    row: models.Reading, before: Reading, said: Mapping[str, str], *, at: datetime, actor: str
) -> list[str]:
    """Write down what differs from what was read; the names of the fields."""
    new = changed(before, said)
    models.Correction.objects.bulk_create(
        models.Correction(
            reading=row, field=name[:40], said=value, at=at, actor=actor[:64],
            read=(before.kind if name == "kind" else _value(before, name))[:400],
            confidence=_confidence(before, name),
        )
        for name, value in new.items()
    )  # fmt: skip
    return list(new)


def _value(reading: Reading, name: str) -> str:
    return reading.fields[name].value if name in reading.fields else ""


def _confidence(reading: Reading, name: str) -> Decimal:
    field = reading.fields.get(name)
    return Decimal(str(round(field.confidence, 3))) if field else Decimal(0)


def _learn(
    row: models.Reading,
    before: Reading,
    after: Reading,
    names: list[str],
    *,
    at: datetime,
    actor: str,
) -> None:
    """Where this sender writes what was corrected, or confirmed in spite of a doubt; the newest
    word of a person stands."""
    assert row.client is not None, "what is confirmed is somebody's"
    owner = row.client.pk
    row.sender = capture.sender_of(after)[:80]
    row.save(update_fields=["sender"])
    layouts = []
    for name in names:
        value = _taught(before, after, name)
        if not value or not row.sender:
            continue
        known = before.fields.get(name)
        place = known.box if known and known.value == value else None
        hint = capture.hint_of(after, name, value, box=place)
        if hint == NOTHING:
            continue  # It stands nowhere on the page, or nobody knows whose page it is.
        models.LearnedLayout.objects.filter(
            client_id=owner, sender=row.sender, field=name, withdrawn_at=None
        ).update(withdrawn_at=at, withdrawn_by=actor[:64])
        layouts.append(
            models.LearnedLayout(
                client_id=owner, sender=row.sender, field=name, hint=asdict(hint),
                reading=row, learned_at=at, learned_by=actor[:64],
            )
        )  # fmt: skip
    models.LearnedLayout.objects.bulk_create(layouts)
    if layouts:
        fields = [one.field for one in layouts]
        line = Line(owner, row.invoice_id, {"sender": row.sender, "fields": fields})
        note(Kind.LAYOUT_LEARNED, [line], at=at, actor=actor)


def _taught(before: Reading, after: Reading, name: str) -> str:
    """The value that teaches; of a kind only where no title said another one."""
    if name == learned.KIND:
        return after.kind if learned.is_kind_open(before) else ""
    return _value(after, name)


def _close(row: models.Reading, state: State, remark: str, *, at: datetime, actor: str) -> None:
    row.state, row.remark = state, remark
    row.closed_at, row.closed_by = at, actor[:64]
    row.version += 1
    row.save()
