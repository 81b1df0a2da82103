"""Mails by which clients hand in files: each becomes one batch, or waits for a person."""

from datetime import datetime, timedelta
from email.message import Message
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.distribution import Heard
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.letters.acknowledging import Told, Trouble, acknowledgement
from usance.plugins import Unreadable, _mails
from usance.plugins.channels import _bounces, _handed
from usance.plugins.wrappings import Budget
from usance.plugins.wrappings import mail as wrapping
from usance.queries import batches, doors, outside
from usance.queries.parcels import stored

from . import intake
from .documents import Content, keep

MEDIA_TYPE = "message/rfc822"
WAY = "email"
HOUR = timedelta(hours=1)


class PlacedAlready(Refusal):
    code = "mail_placed_already"
    todo = "Look at the batch that it became."


@transaction.atomic
def take(
    carrier: str, data: bytes, to: str, word: str, heard: _bounces.Mail, *, at: datetime, actor: str
) -> int:
    """Take in what is attached, if we know whose it is and believe the sender; how many were new.

    :param to: the envelope's receiver; empty: who brought it did not say.
    :param word: the client's word in the address; empty: it names none.
    """
    mail = _mails.head(data)
    (digest,) = keep([Content(data=data, media_type=MEDIA_TYPE, name="mail.eml")], at=at)
    sender = _handed.sender(mail)
    client = doors.client_called(word) if word else doors.client_writing(sender)
    if client is not None:  # The same mail twice at once: the second one sees the first.
        models.Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    if models.InboundMail.objects.filter(document=digest, envelope_to=to[:320]).exists():
        return 0
    inbound = outside.inbound()
    found = _handed.verdict(mail, inbound.server)
    files = _attached(data)
    row = models.InboundMail(
        carrier=carrier, document_id=digest, envelope_to=to[:320], heard=Heard.UNPLACED,
        client=client, same=_same(mail, files), sender=heard.sender[:300],
        subject=heard.subject[:300], at=heard.at, received_at=at,
    )  # fmt: skip
    because = _doubt(client, word, sender, found, files, must_pass=inbound.must_pass)
    row.verdict = " ".join(filter(None, (because, found.says)))[:400]
    if because or client is None:
        row.save(force_insert=True)
        return 1
    row.heard = Heard.INVOICES
    before = models.InboundMail.objects.filter(client=client, same=row.same, batch__isnull=False)
    if (first := before.values_list("batch__number", flat=True).first()) is not None:
        row.remark = f"It came before and is batch {first}."
        row.save(force_insert=True)
        return 1
    row.batch = _received(data, client, at=at, actor=actor)
    crashpoint("handed.received")
    row.save(force_insert=True)
    _answer(row, mail, sender, at=at)
    return 1


@transaction.atomic
def place(
    mail_id: UUID, client: UUID, *, remember: bool, role: Role, at: datetime, actor: str
) -> models.Batch:
    """A person says whose files these are; with `remember`, that the sender may send them.

    :raises NotAllowed: if the role may not.
    :raises PlacedAlready: if somebody was faster.
    """
    require(role, Act.TAKE_IN)
    row = models.InboundMail.objects.select_for_update(no_key=True).get(pk=mail_id)
    if row.heard != Heard.UNPLACED or row.closed_at is not None:
        raise PlacedAlready(f"{row.heard}, closed by {row.closed_by or 'nobody'}")
    owner = models.Client.objects.select_for_update(no_key=True).get(pk=client)
    before = models.InboundMail.objects.filter(client=owner, same=row.same, batch__isnull=False)
    if before.exists():
        raise PlacedAlready("the same mail of this client is a batch")
    data = stored(row.document_id)
    row.batch, row.client, row.heard = (
        _received(data, owner, at=at, actor=actor),
        owner,
        Heard.INVOICES,
    )
    row.closed_at, row.closed_by, row.remark = at, actor[:64], f"Batch {row.batch.number}"
    row.save()
    mail = _mails.head(data)
    sender = _handed.sender(mail)
    if remember and sender:
        require(role, Act.EDIT_PARTY)
        _remember(owner, sender)
    _answer(row, mail, sender, at=at)
    return row.batch


def _received(data: bytes, client: models.Client, *, at: datetime, actor: str) -> models.Batch:
    file = intake.File(name="mail.eml", data=data, media_type=MEDIA_TYPE)
    return intake.receive([file], client=client.pk, way=WAY, at=at, actor=actor)


def _doubt(
    client: models.Client | None,
    word: str,
    sender: str,
    found: _handed.Verdict,
    files: list[str],
    *,
    must_pass: bool,
) -> str:
    """Why a person has to look; empty: nobody has to."""
    if client is None:
        return f"No client is called “{word[:40]}”." if word else "No client has this sender."
    door = doors.of(client)
    senders = [*(door.senders if door else ()), *filter(None, [client.email])]
    if not _handed.is_registered(sender, senders):
        return f"{sender or 'Nobody'} is no registered sender of {client.name}."
    if found.passed is False:
        return "The sender's address seems to be forged."
    if must_pass and not found.passed:
        return "Nothing proves the sender's address."
    return "" if files else "No file is attached."


def _attached(data: bytes) -> list[str]:
    """The hashes of the files in it. One that was refused has none, but is a file as well."""
    try:
        members = list(wrapping.unpack(data, "mail.eml", Budget()))
    except Unreadable:
        return []
    return sorted(sha256(one.data or one.name.encode()).hexdigest() for one in members)


def _same(mail: Message, files: list[str]) -> str:
    """Equal for two copies of one mail, by whichever servers they came."""
    name = (
        str(mail.get("Message-ID", "")).strip() or f"{mail.get('Date', '')}{mail.get('From', '')}"
    )
    return sha256("\n".join([name, *files]).encode("utf-8", "surrogateescape")).hexdigest()


def _remember(client: models.Client, sender: str) -> None:
    door = doors.of(client) or models.Door(
        client=client, code=doors.word_of(client) or client.pk.hex
    )
    if sender not in door.senders:
        door.senders = [*door.senders, sender]
        door.save()


def _answer(row: models.InboundMail, mail: Message, sender: str, *, at: datetime) -> None:
    """Tell the sender, unless he is a machine, or was told too often within an hour."""
    assert row.batch is not None
    assert row.client is not None
    door = doors.of(row.client)
    if not sender or (door and not door.acknowledges) or not _handed.may_be_answered(mail):
        return
    report = batches.report(row.batch.pk)
    told = Told(
        subject=row.subject, batch=row.batch.number, invoices=report["invoices"],
        troubles=[
            Trouble(file=one["file"].removeprefix("mail.eml/"), says=one["says"], todo=one["todo"])
            for one in report["findings"]
        ],
        factor=models.Factor.objects.get().name,
    )  # fmt: skip
    subject, text = acknowledgement(told, row.client.language)
    lately = models.Acknowledgement.objects.filter(address=sender, made_at__gt=at - HOUR).count()
    models.Acknowledgement.objects.create(
        mail=row, address=sender, language=row.client.language, subject=subject, text=text,
        state="due" if lately < outside.answers_per_hour() else "left_out", made_at=at,
    )  # fmt: skip
