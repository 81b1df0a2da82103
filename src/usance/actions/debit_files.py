"""Release direct debits by a second person, order them from the bank, take in its answers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from usance import models
from usance.domain.collection import debits as rule
from usance.domain.collection import signed
from usance.domain.collection.debits import UNDER_WAY, State, Then
from usance.domain.collection.signed import Scheme
from usance.domain.collection.signed import Sequence as Place
from usance.domain.events import Kind
from usance.domain.mandate import Act, ContentChanged, Role, require, two_people
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change
from usance.models.ids import is_key
from usance.plugins.payouts import Address, Answer, Payer, Verdict, pain008
from usance.queries import cut_offs
from usance.queries import debits as query
from usance.queries.parties import postal

from . import counters, debit_mandates, order_files
from .debits import NoCreditor, changes, content, line
from .diary import note
from .documents import Content, keep

Pasts = Mapping[UUID, query.Past]  # Of each mandate.


class MandateNotLive(Refusal):
    code = "debit_mandate_not_live"
    todo = "Confirm the mandate, or cancel the debit: nothing is collected without one."


class NotAnnounced(Refusal):
    code = "debit_not_announced"
    todo = "Tell the debtor first; it has the days that were agreed."


class TooLateForDay(Refusal):
    code = "debit_too_late_for_its_day"
    todo = "The day's end plans it anew for a later day, with a new notice."


@transaction.atomic
def release(
    seen: Mapping[UUID, str], *, role: Role, at: datetime, actor: str
) -> list[models.DebitFile]:
    """Release announced debits, each by the content that was seen, and write a file a scheme.

    :raises NotAllowed: if the role may not.
    :raises NoCreditor: if no account of ours collects.
    :raises SecondPersonNeeded: if the actor planned one of them.
    :raises ContentChanged: if one is not what was seen, is gone, or its invoice asks for another
        amount.
    :raises MandateNotLive, NotAnnounced, TooLateForDay: if one may not be collected so.
    """
    require(role, Act.RELEASE_DEBITS)
    account = query.creditor()
    if account is None:
        raise NoCreditor("no account of ours collects")
    rows = _seen(seen, account, at=at, actor=actor)
    past = query.past({row.mandate_id for row in rows})
    _refuse(rows, past, account, at=at)

    _sequences(rows, past)
    files = [
        _file(scheme, these, past, account, at=at)
        for scheme in Scheme
        if (these := [row for row in rows if row.mandate.scheme == scheme])
    ]
    for row in rows:
        row.state, row.released_at, row.released_by = State.RELEASED, at, actor[:64]
    change(rows, ["state", "released_at", "released_by", "file", "sequence"])
    last = {row.mandate_id for row in rows if row.sequence in (Place.OOFF, Place.FNAL)}
    debit_mandates.end(sorted(last), "its last collection was presented", at=at, actor=actor)
    note(Kind.DEBIT_RELEASED, [line(row) for row in rows], at=at, actor=actor)
    return files


def _seen(
    seen: Mapping[UUID, str], account: models.BankAccount, *, at: datetime, actor: str
) -> list[models.Debit]:
    """The debits, locked behind their mandates, when all about them is still as it was seen."""
    wanted = models.Debit.objects.filter(pk__in=seen, state=State.ANNOUNCED)
    mandates = models.DebitMandate.objects.filter(pk__in=wanted.values("mandate_id"))
    list(mandates.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    own = wanted.select_for_update(no_key=True, of=("self",))
    rows = list(own.select_related("mandate__debtor", "invoice").order_by("pk"))
    for row in rows:
        two_people(
            prepared_by=row.planned_by,
            released_by=actor,
            prepared=content(row, account),  # Computed anew: what was tampered with has another.
            seen=seen[row.pk],
        )
    if len(rows) != len(seen):
        planned = models.Debit.objects.filter(pk__in=seen, state=State.PLANNED)
        if planned.exists():
            raise NotAnnounced("a debtor was not told yet")
        raise ContentChanged("a debit was released or cancelled meanwhile")
    return rows


def _refuse(
    rows: Sequence[models.Debit], past: Pasts, account: models.BankAccount, *, at: datetime
) -> None:
    earliest = cut_offs.pays_on(account, at.date(), at=at)
    for row in rows:
        mandate = row.mandate
        if mandate.state != "live":
            raise MandateNotLive(f"{mandate.reference} is {mandate.state}")
        if signed.lapses_on(mandate.signed_on, past[mandate.pk].last_used) <= row.collect_on:
            raise MandateNotLive(f"{mandate.reference} lapses before {row.collect_on}")
        assert row.announced_at is not None, row.pk
        told_on = row.announced_at.date()
        if not rule.told_in_time(told_on, row.collect_on, notice_days=row.notice_days):
            raise NotAnnounced(f"{mandate.debtor.name} was told on {told_on}")
        if earliest > rule.leaves_by(row.collect_on):
            raise TooLateForDay(f"{row.amount} on {row.collect_on}")
    if changed := changes(rows):
        row = next(one for one in rows if one.pk in changed)
        raise ContentChanged(f"{row.invoice.number}: {changed[row.pk]}")


def _sequences(rows: Sequence[models.Debit], past: Pasts) -> None:
    """The place of each under its mandate; the first and the last are one each."""
    by_mandate: dict[UUID, list[models.Debit]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.collect_on, row.pk)):
        by_mandate[row.mandate_id].append(row)
    for these in by_mandate.values():
        mandate = these[0].mandate
        collected = past[mandate.pk].collected
        for place, row in enumerate(these):
            row.sequence = signed.sequence(
                one_off=mandate.invoice_id is not None,
                collected=collected or place > 0,
                ends=mandate.ends and place == len(these) - 1,
            )


def _file(
    scheme: Scheme,
    rows: Sequence[models.Debit],
    past: Pasts,
    account: models.BankAccount,
    *,
    at: datetime,
) -> models.DebitFile:
    name = f"COL{at:%y%m%d}-{counters.take('debit_file'):08d}"
    factor = models.Factor.objects.first()
    blocks: dict[tuple[str, object], list[models.Debit]] = defaultdict(list)
    for row in rows:
        blocks[row.sequence, row.collect_on].append(row)
    data = pain008.write(
        name,
        [
            pain008.Batch(
                sequence=Place(these[0].sequence),
                collect_on=these[0].collect_on,
                collections=tuple(_collection(row, past) for row in these),
            )
            for these in blocks.values()
        ],
        scheme=scheme,
        creditor=Payer(
            name=account.name, account=account.iban, bic=account.bic,
            address=postal(factor) if factor else Address(country=account.iban[:2]),
        ),
        identifier=account.creditor_id,
        made_at=at,
        version=account.debit_version,
    )  # fmt: skip
    (digest,) = keep([Content(data=data, media_type="application/xml", name=f"{name}.xml")], at=at)
    crashpoint("debits.file_kept")
    file = models.DebitFile(
        name=name, account=account, document_id=digest, scheme=scheme,
        creditor_id=account.creditor_id, made_at=at,
    )  # fmt: skip
    file.save(force_insert=True)
    for row in rows:
        row.file = file
    return file


def _collection(row: models.Debit, past: Pasts) -> pain008.Collection:
    mandate, debtor = row.mandate, row.mandate.debtor
    before = past[mandate.pk]
    return pain008.Collection(
        key=row.key, amount=row.amount, mandate=mandate.reference, signed_on=mandate.signed_on,
        name=debtor.name, account=mandate.iban, bic=mandate.bic, address=postal(debtor),
        text=f"{row.invoice.number} {row.invoice.payment_reference}".strip(),
        amendment=signed.amendment(
            reference=mandate.reference, account=mandate.iban,
            before_reference=before.reference, before_account=before.iban,
        ),
    )  # fmt: skip


@transaction.atomic
def hand_over(file_id: UUID, *, at: datetime, actor: str) -> None:
    """The bank has the file: its debits are sent."""
    file = models.DebitFile.objects.select_for_update(no_key=True).get(pk=file_id)
    file.handed_at = at
    file.save(update_fields=["handed_at"])
    rows = models.Debit.objects.filter(file=file, state=State.RELEASED)
    sent = list(rows.select_for_update(no_key=True).order_by("pk"))
    for row in sent:
        row.state = State.SENT
    change(sent, ["state"])
    note(Kind.DEBIT_SENT, [line(row, file=file.name) for row in sent], at=at, actor=actor)


@transaction.atomic
def take_answers(answers: Sequence[Answer], *, raw: bytes = b"", at: datetime, actor: str) -> int:
    """What the bank says of our debits; how many it rejected. Nothing was booked of those.

    That one was collected is booked when the statement shows it, not before.

    :param raw: the answer as it came; kept when it rejects something.
    """
    why = {a.key: f"{a.code} {a.reason}".strip() for a in answers if a.verdict is Verdict.REJECTED}
    whole = {a.file: a for a in answers if not a.key and a.verdict is Verdict.REJECTED}
    wanted = models.Debit.objects.filter(state__in=sorted(UNDER_WAY)).filter(
        Q(pk__in=[UUID(key) for key in why if is_key(key)]) | Q(file__name__in=whole)
    )
    mandates = models.DebitMandate.objects.filter(pk__in=wanted.values("mandate_id"))
    list(mandates.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    wanted = wanted.select_related("file").select_for_update(no_key=True, of=("self",))
    rows = list(wanted.order_by("pk"))
    proof = ""
    if rows and raw:
        answer = Content(data=raw, media_type="application/xml", name="pain.002.xml")
        (proof,) = keep([answer], at=at)
    for row in rows:
        row.state, row.closed_on = State.REJECTED, at.date()
        name = row.file.name if row.file else ""
        row.reason = (why.get(row.key) or order_files.all_rejected(whole[name]))[:200]
    change(rows, ["state", "closed_on", "reason"])
    crashpoint("debits.rejected")
    note(
        Kind.DEBIT_REJECTED,
        [line(row, reason=row.reason, document=proof) for row in rows],
        at=at,
        actor=actor,
    )
    end_those_that(rows, at=at, actor=actor)
    models.DebitFile.objects.filter(name__in={answer.file for answer in answers}).update(
        answered_at=at
    )
    return len(rows)


def end_those_that(rows: Sequence[models.Debit], *, at: datetime, actor: str) -> None:
    """End the mandates of those rejected or returned ones whose reason leaves nothing else."""
    ends: dict[str, list[UUID]] = defaultdict(list)
    for row in rows:
        if rule.reason(row.reason).then is Then.ENDS:
            ends[row.reason].append(row.mandate_id)
    for reason, mandates in ends.items():
        debit_mandates.end(mandates, f"the bank: {reason}", at=at, actor=actor)
