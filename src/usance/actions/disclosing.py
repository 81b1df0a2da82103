"""Bought in confidence and late: the client is asked, and then the debtor is told that it is ours.

The notice goes out with the day's end, reminders begin on the day after.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.finance import (
    ClientNotAsked,
    Keeping,
    NothingToDisclose,
    ask_from,
    tell_from,
)
from usance.domain.invoice import Stage
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.queries import disclosure

from .diary import Line, note


class AnswerMissing(Refusal):
    code = "answer_missing"
    todo = "Write down what the client says, and when it expects the money."


class ReasonMissing(Refusal):
    code = "disclosure_without_reason"
    todo = "Say why the debtor is told: it stands in the diary."


@transaction.atomic
def asked(invoice: UUID, *, answer: str, role: Role, at: datetime, actor: str) -> models.Disclosure:
    """A person asked the client about a late invoice, and it says so much. Asked again, the first
    day stays and the newest answer stands.

    :raises NotAllowed, NothingToDisclose, AnswerMissing: see their codes.
    """
    require(role, Act.DISCLOSE)
    if not answer.strip():
        raise AnswerMissing("there is no answer")
    row, agreed = _untold(invoice)
    first = ask_from(row.due_on, agreed)
    if at.date() < first:
        raise NothingToDisclose(f"the client collects until {first}")
    known, _ = models.Disclosure.objects.get_or_create(
        invoice=row, defaults={"asked_at": at, "asked_by": actor[:64], "answer": ""}
    )
    known.answer = answer.strip()[:400]
    known.save(update_fields=["answer"])
    note(Kind.CLIENT_ASKED, [Line(row.pk, row.pk, {"answer": known.answer})], at=at, actor=actor)
    return known


@transaction.atomic
def tell(invoice: UUID, *, because: str, role: Role, at: datetime, actor: str) -> models.Disclosure:
    """The debtor is told, though terms in confidence hold: the client was asked and had its days.

    :raises NotAllowed, NothingToDisclose, ClientNotAsked, ReasonMissing: see their codes.
    """
    require(role, Act.DISCLOSE)
    if not because.strip():
        raise ReasonMissing("there is no reason")
    row, agreed = _untold(invoice)
    known = models.Disclosure.objects.select_for_update().filter(invoice=row).first()
    first = tell_from(known.asked_at.date(), agreed) if known else None
    if known is None or first is None or at.date() < first:
        raise ClientNotAsked(
            f"the client has until {first}" if first else "nobody has asked the client"
        )
    if known.told_at is not None:
        raise NothingToDisclose(f"the debtor is told since {known.told_at.date()}")
    known.told_at, known.told_by, known.because = at, actor[:64], because.strip()[:400]
    known.save(update_fields=["told_at", "told_by", "because"])
    line = Line(row.pk, row.pk, {"because": known.because})
    note(Kind.INVOICE_DISCLOSED, [line], at=at, actor=actor)
    return known


def _untold(invoice: UUID) -> tuple[models.Invoice, Keeping]:
    row = models.Invoice.objects.select_for_update(no_key=True).get(pk=invoice)
    terms = disclosure.untold([invoice]).get(invoice)
    agreed = terms.keeping() if terms else None
    if agreed is None or row.stage != Stage.FUNDED:
        raise NothingToDisclose(f"{row.number} is not bought in confidence and open")
    return row, agreed
