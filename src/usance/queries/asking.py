"""Mails with which debtors are asked: what waits to go, what nobody knows of, what one says."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from usance import models
from usance.domain.distribution import Kind, State, address_key
from usance.domain.invoice import Stage
from usance.domain.verification import questions as rule
from usance.domain.verification.questions import Channel
from usance.letters import nearest
from usance.letters.asking import Asking, asking
from usance.letters.mail import Message

from . import outside, parcels, portal
from .questions import link, words

ASKED_ABOUT = timedelta(days=1)  # What a carrier does not know by then, a person decides.
REACHED = (State.ACCEPTED, State.SENT, State.DELIVERED, State.OPENED)


def due(*, at: datetime, most: int) -> list[UUID]:
    """Mails that may go now, the oldest first."""
    rows = models.QuestionMail.objects.filter(state=State.QUEUED)
    rows = rows.filter(Q(not_before=None) | Q(not_before__lte=at)).order_by("made_at", "pk")
    return list(rows.values_list("pk", flat=True)[:most])


def unknown(*, at: datetime, most: int) -> "QuerySet[models.QuestionMail]":
    """Mails of which nobody knows whether they went out, while it makes sense to ask."""
    rows = models.QuestionMail.objects.filter(state=State.UNKNOWN, called_at__gt=at - ASKED_ABOUT)
    return rows.order_by("called_at", "pk")[:most]


def newest(question: UUID) -> models.QuestionMail | None:
    return models.QuestionMail.objects.filter(question=question).order_by("-pk").first()


def unreached(questions: Iterable[UUID]) -> set[UUID]:
    """Those of these asked by mail whose last mail did not surely go out: silence says nothing."""
    rows = models.QuestionMail.objects.filter(
        question__in=list(questions), question__channel=Channel.MAIL
    )
    last = rows.order_by("question_id", "-pk").distinct("question_id")
    return {row.question_id for row in last if State(row.state) not in REACHED}


def hindrances(rows: Iterable[models.Question]) -> dict[UUID, str]:
    """By question why usance does not mail it, in a sentence; empty: it does.

    :param rows: with their invoice, client and debtor.
    """
    rows = list(rows)
    keys = {row.pk: address_key(Kind.EMAIL, {"email": _email(row)}) for row in rows}
    spoilt = set(
        models.Suppression.objects.filter(
            kind=Kind.EMAIL, address__in=set(keys.values()), lifted_at=None
        ).values_list("address", flat=True)
    )
    is_carried = Kind.EMAIL in outside.carried()
    return {
        row.pk: rule.unmailable(
            _email(row), of_client=row.invoice.client.email,
            is_suppressed=keys[row.pk] in spoilt, is_carried=is_carried,
        )
        for row in rows
    }  # fmt: skip


def is_open(row: models.Question) -> bool:
    """Whether a mail still makes sense: it is this question's turn to wait for an answer."""
    waits = row.state == rule.State.ASKED and row.channel == Channel.MAIL
    return waits and row.invoice.stage == Stage.RECEIVED


def written(row: models.Question) -> tuple[str, Message]:
    """Language and words of the mail that asks, with the signed link.

    :param row: asked, with its invoice, client and debtor.
    """
    assert row.answer_by is not None, row.pk
    debtor = row.invoice.debtor
    language = nearest(debtor.language if debtor else "")
    said = words(row, language)
    told = Asking(
        subject=said["subject"], sentence=said["mail"], contact=said["contact"],
        number=row.invoice.number, face=row.invoice.face, issued_on=row.invoice.issued_on,
        answer_by=row.answer_by, link=link(row),
        factor=parcels.brand(models.Factor.objects.get()),
    )  # fmt: skip
    return language, asking(told, language, labels=said, online=portal.label(language))


def _email(row: models.Question) -> str:
    return row.invoice.debtor.email if row.invoice.debtor else ""
