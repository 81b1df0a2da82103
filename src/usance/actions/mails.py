"""Take in mails that came to us: reports, complaints, automatic replies, and people's answers.

However often and by whichever way a mail comes, it is kept once, byte for byte, and acts once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.distribution import Heard, Outcome, Report
from usance.domain.distribution.written import Written
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy_new
from usance.models.ids import is_key, new_id
from usance.plugins import Unreadable, _mails
from usance.plugins.channels import _bounces, _handed
from usance.queries import mails as queries
from usance.queries import outside

from . import advices, asking, handed, reports
from .documents import Content, keep

MEDIA_TYPE = "message/rfc822"
MACHINES = frozenset({Heard.REPORT, Heard.AUTO_REPLY})  # They hand nothing in.


class NotOpen(Refusal):
    code = "mail_not_open"
    todo = "Look at it again: somebody was faster, or it asks nobody for anything."


@dataclass(frozen=True, slots=True)
class Came(Written):
    """A mail as it came."""

    data: bytes
    to: str = ""  # Where it was sent, by its envelope; empty: who brought it did not say.
    sender: str | None = None  # By its envelope; empty: a machine's report. None: not told.


def take(carrier: str, mails: Sequence[Came], *, at: datetime, actor: str) -> int:
    """Keep mails that answer this carrier's, let what they report act; how many were new.

    A mail that nobody can read is kept for a person, as one that is about nothing of ours is. One
    by which a client hands in files is taken in by `handed`.

    :raises NotConfigured: if there is no such carrier.
    """
    config = outside.carrier(carrier).config
    invoices, ours = outside.invoices_address(), outside.advices_address()
    new, rest, told = 0, [], []
    for came in mails:
        mail = _read(came, config, at)
        head = _mails.head(came.data)
        word = _handed.addressed(head, came.to, invoices)
        if word is None or mail.heard in MACHINES or mail.key:
            rest.append((came, mail))
            if mail.heard not in MACHINES and _handed.addressed(head, came.to, ours) is not None:
                told.append(came)
        else:
            new += handed.take(carrier, came.data, came.to, word, mail, at=at, actor=actor)
    new += _take(carrier, rest, config, at=at, actor=actor)
    for came in told:
        _advise(came, at=at, actor=actor)
    return new


def _advise(came: Came, *, at: datetime, actor: str) -> None:
    """Read a mail to the address for advices; what cannot be read waits on, and says why."""
    digest = sha256(came.data).hexdigest()
    kept = queries.open_ones().filter(document_id=digest, envelope_to=came.to[:320])
    for row in kept:
        try:
            advices.of_mail(row.pk, at=at, actor=actor)
        except Refusal as no:
            kept.filter(pk=row.pk).update(remark=f"No payment advice: {no}"[:400])


@transaction.atomic
def _take(
    carrier: str,
    came_read: Sequence[tuple[Came, _bounces.Mail]],
    config: Mapping[str, str],
    *,
    at: datetime,
    actor: str,
) -> int:
    if not came_read:
        return 0
    mails, read = [one for one, _ in came_read], [one for _, one in came_read]
    hashes = keep(map(_content, mails), at=at)
    crashpoint("mails.kept")
    about = _about(carrier, read)
    answers = {mail.key for mail in read if _is_of_an_answer(mail)}
    added = copy_new(
        models.InboundMail,
        ["id", "carrier", "document", "envelope_to", "heard", "dispatch", "sender", "subject",
         "at", "received_at", "closed_by", "remark", "same", "verdict"],
        (
            (new_id(), carrier, sha256, came.to[:320], _sort(mail, known, answers), known,
             mail.sender, mail.subject, mail.at, at, "", "", "", "")
            for came, mail, sha256, known in zip(mails, read, hashes, about, strict=True)
        ),
        conflict=["document_id", "envelope_to"],
    )  # fmt: skip
    for came, mail, known in zip(mails, read, about, strict=True):
        key = known.hex if known else mail.key if asking.is_asking(mail.key) else ""
        if key:
            events = list(_bounces.events(mail, key, config))
            raw: dict[Report, Content] = dict.fromkeys(events, _content(came))
            reports.take_events(carrier, events, raw=raw, at=at, actor=actor)
    return len(added)


@transaction.atomic
def close(mail_id: UUID, *, remark: str, role: Role, at: datetime, actor: str) -> None:
    """A person has done what the mail asks for.

    :raises NotAllowed: if the role may not.
    :raises NotOpen: if it waits for nobody.
    """
    require(role, Act.RESEND)
    row = models.InboundMail.objects.select_for_update(no_key=True).get(pk=mail_id)
    if not queries.is_open(row):
        raise NotOpen(f"{row.heard}, closed by {row.closed_by or 'nobody'}")
    row.closed_at, row.closed_by, row.remark = at, actor, remark.strip()[:400]
    row.save(update_fields=["closed_at", "closed_by", "remark"])


def _read(came: Came, config: Mapping[str, str], at: datetime) -> _bounces.Mail:
    brought = {"x-envelope-to": came.to, "x-received-at": at.isoformat()}
    if came.sender is not None:
        brought["x-envelope-from"] = came.sender
    try:
        return _bounces.heard(came.data, brought, config)
    except Unreadable as unreadable:
        return _bounces.Mail(
            id="", heard=Heard.OTHER, key="", at=at, sender="", subject=str(unreadable), said=()
        )


def _sort(mail: _bounces.Mail, known: UUID | None, answers: Collection[str]) -> Heard:
    """A report on nothing that we sent is for a person, as everything is that fits nowhere."""
    is_lost = mail.heard is Heard.REPORT and known is None and mail.key not in answers
    return Heard.OTHER if is_lost else mail.heard


def _is_of_an_answer(mail: _bounces.Mail) -> bool:
    """Whether a report is about what we answered to a client's sender, and noted there if it is;
    or about a mail that asks a debtor."""
    if mail.heard is not Heard.REPORT or not is_key(mail.key):
        return False
    if asking.is_asking(mail.key):
        return True
    rows = models.Acknowledgement.objects.filter(pk=UUID(mail.key))
    if any(one.outcome is Outcome.BOUNCED for one in mail.said):
        return bool(rows.update(state="refused", detail=mail.said[0].detail[:400]))
    return rows.exists()


def _about(carrier: str, read: Sequence[_bounces.Mail]) -> list[UUID | None]:
    """The dispatch of each: by its key, else by the receiver that a report names."""
    keys = {UUID(mail.key) for mail in read if is_key(mail.key)}
    known = set(models.Dispatch.objects.filter(pk__in=keys).values_list("pk", flat=True))
    found: list[UUID | None] = []
    for mail in read:
        pk = UUID(mail.key) if is_key(mail.key) else None
        if pk in known:
            found.append(pk)
            continue
        named = [one.address for one in mail.said if one.address]
        found.append(queries.last_sent_to(carrier, named, before=mail.at) if named else None)
    return found


def _content(came: Came) -> Content:
    return Content(data=came.data, media_type=MEDIA_TYPE, name="mail.eml")
