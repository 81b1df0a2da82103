"""Take in what payers say that they paid, and withdraw what was wrong."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import payment
from usance.domain.events import Kind
from usance.domain.finding import blocking
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.ids import new_id
from usance.plugins import advices
from usance.queries import advices as queries
from usance.queries import mails
from usance.queries.parcels import stored

from .diary import Line, note
from .documents import Content, keep

MAIL = "message/rfc822"


class AdviceUnreadable(Refusal):
    code = "advice_unreadable"
    todo = "Ask the payer for a table (CSV, XLSX) of invoice numbers and amounts."


class CurrencyUnknown(Refusal):
    code = "advice_currency_unknown"
    todo = "Ask the payer in which currency it paid; nothing of the advice was kept."


class AdviceGone(Refusal):
    code = "advice_not_waiting"
    todo = "Look at it again: its money has come, or a colleague has withdrawn it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came of one file."""

    new: tuple[UUID, ...]
    known: int  # Advices that said what another one had said before.


@transaction.atomic
def receive(
    name: str, data: bytes, *, way: str, role: Role | None = None, at: datetime, actor: str
) -> Received:
    """Keep the advices of a file; each waits for its money, which may have come already.

    :param way: by which it came: office, api, cli or mail.
    :param role: of the person who brings it; None: it came by itself, or the operator brings it.
    :raises NotAllowed: if the role may not.
    :raises AdviceUnreadable: if it is none, or cannot be used whole; says where.
    :raises CurrencyUnknown: if neither it nor the invoices that it lists say which currency it is.
    """
    if role is not None:
        require(role, Act.ALLOCATE_PAYMENT)
    reading = advices.examine(data)
    if faults := blocking(reading.findings):
        raise AdviceUnreadable("; ".join(f"{f.where} {f.says}".strip() for f in faults[:5]))
    told = [(one, _currency(one)) for one in reading.advices]
    (digest,) = keep([Content(data=data, media_type="application/octet-stream", name=name)], at=at)
    rows = [
        _row(one, currency, digest, way=way, format=reading.format, at=at, actor=actor)
        for one, currency in told
    ]
    return _added(rows, at=at, actor=actor)


@transaction.atomic
def of_mail(mail_id: UUID, *, role: Role | None = None, at: datetime, actor: str) -> Received:
    """Read a mail that waits for a person as an advice; it is done then.

    :param role: of the person; None: it came to the address for advices.
    :raises AdviceGone: if it waits for nobody.
    :raises: as `receive`.
    """
    row = models.InboundMail.objects.select_for_update(no_key=True).get(pk=mail_id)
    if not mails.is_open(row):
        raise AdviceGone(f"{row.heard}, closed by {row.closed_by or 'nobody'}")
    data = stored(row.document_id)
    found = receive("mail.eml", data, way="mail", role=role, at=at, actor=actor)
    row.closed_at, row.closed_by = at, actor
    row.remark = f"Payment advice: {len(found.new)} new, {found.known} known before."
    row.save(update_fields=["closed_at", "closed_by", "remark"])
    return found


@transaction.atomic
def withdraw(advice: UUID, *, because: str, role: Role | None, at: datetime, actor: str) -> None:
    """It tells of nothing any longer: it was wrong, or its money will not come.

    :param role: of the person; None: the operator does, on the command line.
    :raises NotAllowed: if the role may not.
    :raises AdviceGone: if its money has come, or it is withdrawn.
    """
    if role is not None:
        require(role, Act.ALLOCATE_PAYMENT)
    waits = models.PaymentAdvice.objects.filter(pk=advice, line=None, withdrawn_at=None)
    said = because.strip()[:200]
    if not waits.update(withdrawn_at=at, withdrawn_by=actor, withdrawn_because=said):
        raise AdviceGone("it does not wait")
    note(Kind.ADVICE_WITHDRAWN, [Line(advice, None, {"because": said})], at=at, actor=actor)


@transaction.atomic
def restore(advice: UUID, *, role: Role | None, at: datetime, actor: str) -> None:
    """It was not to be withdrawn: it waits for its money again, which may have come meanwhile.

    :param role: as `withdraw`.
    :raises NotAllowed: if the role may not.
    :raises AdviceGone: if it is not withdrawn.
    """
    if role is not None:
        require(role, Act.ALLOCATE_PAYMENT)
    rows = models.PaymentAdvice.objects.select_for_update(no_key=True)
    row = rows.filter(pk=advice, withdrawn_at__isnull=False).first()
    if row is None:
        raise AdviceGone("it is not withdrawn")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = None, "", ""
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    told = {"amount": str(row.total), "payer": row.payer, "invoices": len(row.parts),
            "way": row.way}  # fmt: skip
    note(Kind.ADVICE_RECEIVED, [Line(row.pk, None, told)], at=at, actor=actor)


def _added(rows: Sequence[models.PaymentAdvice], *, at: datetime, actor: str) -> Received:
    # The same advice may come twice at the same moment: the key decides which is the second.
    models.PaymentAdvice.objects.bulk_create(rows, ignore_conflicts=True)
    there = set(
        models.PaymentAdvice.objects.filter(pk__in=[row.pk for row in rows])
        .values_list("pk", flat=True)
    )  # fmt: skip
    crashpoint("advice.kept")
    new = [row for row in rows if row.pk in there]
    note(
        Kind.ADVICE_RECEIVED,
        [
            Line(row.pk, None, {"amount": str(row.total), "payer": row.payer,
                                "invoices": len(row.parts), "way": row.way})
            for row in new
        ],
        at=at,
        actor=actor,
    )  # fmt: skip
    return Received(new=tuple(row.pk for row in new), known=len(rows) - len(new))


def _currency(advice: payment.Advice) -> str:
    if advice.currency:
        return advice.currency
    numbers = {number for part in advice.parts for number in (part.number, *part.also)}
    found = queries.currencies(numbers)
    if len(found) != 1:
        says = f"its invoices are in {' and '.join(sorted(found))}" if found else "nothing says it"
        raise CurrencyUnknown(says)
    return found.pop()


def _row(
    advice: payment.Advice, currency: str, digest: str, *, way: str, format: str, at: datetime,
    actor: str,
) -> models.PaymentAdvice:  # fmt: skip
    try:
        total = Money.of(advice.total, currency)
        parts = [
            {
                "numbers": [part.number[:80], *(one[:80] for one in part.also)],
                "amount_minor": Money.of(part.amount, currency).minor,
                "deducted_minor": Money.of(part.deducted, currency).minor,
                "reason": part.reason,
            }
            for part in advice.parts
        ]
    except ValueError as broken:
        raise AdviceUnreadable(str(broken)) from broken
    row = models.PaymentAdvice(
        id=new_id(), document_id=digest, way=way, format=format, payer=advice.payer[:140],
        payer_account=advice.payer_account[:40], reference=advice.reference[:80],
        paid_on=advice.paid_on, total_minor=total.minor, currency=currency, parts=parts,
        received_at=at, actor=actor,
    )  # fmt: skip
    row.identity = _identity(row)
    return row


def _identity(row: models.PaymentAdvice) -> str:
    """Equal for two advices that say the same of one payment, in whatever file or order. Two
    instalments of one invoice differ by their day or the payer's reference."""
    said = (
        sorted([one["numbers"], one["amount_minor"]] for one in row.parts), row.currency,
        payment.name_key(row.payer), row.payer_account, row.reference, str(row.paid_on),
    )  # fmt: skip
    return sha256(json.dumps(said).encode()).hexdigest()
