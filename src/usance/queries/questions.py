"""Questions to debtors: the queue, the policy that holds, trust by history, signed addresses."""

import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from usance import models
from usance.domain.invoice import Stage
from usance.domain.verification.questions import BOUNDS, Channel, Policy, Silence, State
from usance.letters import figures, nearest
from usance.letters.languages import words_of
from usance.models.bulk import array

from . import portal

OPEN_FOR = timedelta(days=30)  # After the day to answer by: a late answer is an answer.
DAY_NOUGHT = date(2020, 1, 1)
SIGNED = struct.Struct(">16sHB")  # The question, the last day, the attempt.
MAC = 14  # Bytes; 33 in all, which base64 writes without padding.
LETTERS = 44

# Of each pair: earlier invoices that were not rejected, and confirmed answers since the last no.
_HISTORY = """
WITH pair AS (
  SELECT client_id, debtor_id, (array_agg(id ORDER BY id))[1] AS first FROM invoice
   WHERE id = ANY(%(mine)s::uuid[]) GROUP BY client_id, debtor_id
)
SELECT p.client_id, p.debtor_id,
  (SELECT count(*) FROM (
     SELECT 1 FROM trait t JOIN invoice i ON i.id = t.invoice_id
      WHERE t.debtor_id = p.debtor_id AND t.client_id = p.client_id AND t.kind = 'invoice'
        AND t.invoice_id < p.first AND i.stage <> 'rejected' LIMIT %(most)s) earlier),
  (SELECT count(*) FROM question q
    WHERE q.client_id = p.client_id AND q.debtor_id = p.debtor_id AND q.state = 'confirmed'
      AND q.answered_at > coalesce(greatest(
        (SELECT max(o.answered_at) FROM question o WHERE o.client_id = p.client_id
            AND o.debtor_id = p.debtor_id AND o.state = 'objected'),
        (SELECT max(d.opened_at) FROM dispute d JOIN invoice i ON i.id = d.invoice_id
          WHERE i.client_id = p.client_id AND i.debtor_id = p.debtor_id)), '-infinity'))
FROM pair p
"""


def policies(clients: Iterable[UUID]) -> dict[UUID | None, Policy]:
    """What holds for each client, and under None for all that have nothing of their own."""
    asked = set(clients)
    rows = models.QuestionPolicy.objects.filter(Q(client__in=asked) | Q(client=None))
    said = {row.client_id: policy_of(row.said) for row in rows}
    general = said.get(None, Policy())
    return {one: said.get(one, general) for one in {*asked, None}}


def policy_of(said: Mapping[str, object]) -> Policy:
    """Out of a JSON column."""
    figures = {name: int(str(said[name])) for name in BOUNDS if name in said}
    brought = Policy()
    return Policy(
        **figures,
        channel=Channel(str(said.get("channel", brought.channel))),
        silence=Silence(str(said.get("silence", brought.silence))),
    )


def plain(said: Policy) -> dict[str, object]:
    return {name: str(value) if name in ("channel", "silence") else value
            for name, value in asdict(said).items()}  # fmt: skip


def history(invoices: Sequence[UUID]) -> dict[tuple[UUID, UUID], tuple[int, int]]:
    """By client and debtor of these: how many invoices came before the first of them (at most as
    many as a policy can mean), and how many were confirmed since the last objection or dispute."""
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, {"mine": array(invoices), "most": BOUNDS["first"][1] + 1})
        return {(client, debtor): (met, run) for client, debtor, met, run in cursor.fetchall()}


def key() -> bytes:
    """What the draw depends on: of this book, known to the factor only."""
    return sha256(f"draw {settings.BOOK_SCHEMA} {settings.SECRET_KEY}".encode()).digest()


def to_ask() -> "QuerySet[models.Question]":
    return _waiting(State.TO_ASK)


def asked() -> "QuerySet[models.Question]":
    return _waiting(State.ASKED)


def objected() -> "QuerySet[models.Question]":
    """Objected to, or not answered in time: the invoice is held."""
    return _waiting(State.OBJECTED, State.SILENT)


def done() -> "QuerySet[models.Question]":
    """The invoice went on, or was rejected."""
    return _rows().exclude(invoice__stage=Stage.RECEIVED)


def overdue(*, today: date) -> "QuerySet[models.Question]":
    """Asked, and the day to answer by is over."""
    return asked().filter(answer_by__lt=today)


def matching(state: State | None) -> "QuerySet[models.Question]":
    """All, or those that stand so."""
    return _rows().filter(state=state) if state else _rows()


def with_mails(state: State | None) -> "QuerySet[models.Question]":
    """As `matching`, with the mails that usance sent, the oldest first."""
    mails = models.QuestionMail.objects.order_by("pk")
    return matching(state).prefetch_related(Prefetch("mails", mails))


def unsettled() -> "QuerySet[models.Question]":
    """To ask, waiting, objected or silent: the invoice is not bought."""
    return _waiting(State.TO_ASK, State.ASKED, State.OBJECTED, State.SILENT)


def one(question: UUID) -> models.Question | None:
    return _rows().filter(pk=question).first()


def of_invoice(invoice: UUID) -> models.Question | None:
    return models.Question.objects.filter(invoice=invoice).first()


def link(row: models.Question) -> str:
    """The debtor's address of the question, the same however often it is asked for; empty before
    it was asked."""
    if row.answer_by is None:
        return ""
    return f"{settings.URL.rstrip('/')}/v/{token(row, until=row.answer_by + OPEN_FOR)}"


def words(row: models.Question, language: str) -> dict[str, str]:
    """The page's words about this question, filled in.

    :param row: with its invoice, client and debtor.
    """
    found = words_of("question", language) or words_of("question", "en")
    assert found is not None, "English is there"
    factor, debtor = models.Factor.objects.get(), row.invoice.debtor
    told = {
        "number": row.invoice.number, "client": row.invoice.client.name, "factor": factor.name,
        "email": factor.email, "debtor": debtor.name if debtor else "",
        "day": figures.day(row.answer_by, language) if row.answer_by else "",
    }  # fmt: skip
    said = {name: str(text).format_map(told) for name, text in found.items()}
    return said | {"language": str(portal.words(language)["language"])}


def message(row: models.Question) -> tuple[str, str]:
    """Subject and text of the mail with which a person of ours asks, in the debtor's language;
    empty before it was asked.

    :param row: with its invoice, client and debtor.
    """
    if row.answer_by is None:
        return "", ""
    debtor = row.invoice.debtor
    said = words(row, nearest(debtor.language if debtor else ""))
    return said["subject"], f"{said['mail']}\n\n{link(row)}\n\n{said['contact']}\n"


def token(row: models.Question, *, until: date) -> str:
    """Valid up to and including the day `until`, for this attempt."""
    said = SIGNED.pack(row.pk.bytes, (until - DAY_NOUGHT).days, row.attempt)
    return urlsafe_b64encode(said + _mac(said, settings.SECRET_KEY)).decode()


def question_of(given: str, *, today: date) -> models.Question | None:
    """The question that a token names, with its invoice. None: the token is forged, mistyped or too
    old, or went to somebody who was not the right person."""
    try:
        whole = urlsafe_b64decode(given) if given.isascii() else b""
    except (NotBase64, ValueError):
        return None
    if len(whole) != SIGNED.size + MAC or len(given) > LETTERS:
        return None
    said, mac = whole[: SIGNED.size], whole[SIGNED.size :]
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any([hmac.compare_digest(mac, _mac(said, one)) for one in keys]):
        return None
    question, days, attempt = SIGNED.unpack(said)
    if today > DAY_NOUGHT + timedelta(days=days):
        return None
    return _rows().filter(pk=UUID(bytes=question), attempt=attempt, asked_at__isnull=False).first()


def _waiting(*states: State) -> "QuerySet[models.Question]":
    return _rows().filter(state__in=states, invoice__stage=Stage.RECEIVED)


def _rows() -> "QuerySet[models.Question]":
    return models.Question.objects.select_related("invoice__client", "invoice__debtor")


def _mac(said: bytes, secret: str) -> bytes:
    assert secret, "links are signed: USANCE_SECRET_KEY is missing"
    own = sha256(f"question {settings.BOOK_SCHEMA} {secret}".encode()).digest()
    return hmac.digest(own, said, "sha256")[:MAC]
