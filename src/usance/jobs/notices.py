"""Send the short mails that are due: answers to clients' senders, warnings to old contacts, fee
invoices to clients, and to debtors notices of direct debits.

Each goes out at most once while its worker lives. They differ in what a worker's death means.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import QuerySet

from usance import models
from usance.actions import debits
from usance.domain.collection.debits import State
from usance.domain.distribution import Attachment, Handed, Handover, Kind, Parcel
from usance.engine.crashpoint import crashpoint
from usance.queries import outside
from usance.queries.parcels import stored

Notice = TypeVar(
    "Notice",
    models.Acknowledgement,
    models.AccountWarning,
    models.DebitNotice,
    models.DebitRecall,
    models.FeeNotice,
)

ACTOR = "notices"
AT_ONCE = 50
LEASE = timedelta(minutes=10)  # A call that lasted longer died: nobody knows whether it went out.
STATES = {
    Handed.ACCEPTED: "sent",
    Handed.TRY_LATER: "due",
    Handed.REFUSED: "refused",
    Handed.UNKNOWN: "unknown",
}
assert set(STATES) == set(Handed), "every end of a hand-over has its state"
log = logging.getLogger(__name__)


def answer_due(*, at: datetime) -> int:
    """How many answers went out. What was being sent when a worker died is not sent again: an
    answer that is missing does less harm than two."""
    rows = models.Acknowledgement.objects.select_related("mail")
    _died(rows, at).update(state="unknown", detail="The worker that sent it died.")
    return _send_due(rows, lambda row: row.mail.carrier, at)


def warn_due(*, at: datetime) -> int:
    """How many warnings went out. What was being sent when a worker died is sent again: a warning
    that is missing does more harm than two.

    :raises NotConfigured: if nobody carries e-mail.
    """
    rows = models.AccountWarning.objects.all()
    _died(rows, at).update(state="due", detail="The worker that sent it died; it is sent again.")
    return _send_due(rows, lambda _: outside.carrier_of(Kind.EMAIL), at)


def announce_due(*, at: datetime) -> int:
    """How many notices of direct debits went out. What was being sent when a worker died is sent
    again, unless its debit says that it went out: two do less harm than none. Whom no mail reaches
    a person tells.

    :raises NotConfigured: if nobody carries e-mail.
    """
    rows = models.DebitNotice.objects.filter(debit__state=State.PLANNED)
    _died(rows, at).update(state="due", detail="The worker that sent it died; it is sent again.")

    def told(row: models.DebitNotice) -> None:
        debits.mailed(row.debit_id, row.address, at=at, actor=ACTOR)

    return _send_due(rows, lambda _: outside.carrier_of(Kind.EMAIL), at, went_out=told)


def recall_due(*, at: datetime) -> int:
    """How many debtors were told that what was announced is not collected. What was being sent when
    a worker died is sent again: two do less harm than none.

    :raises NotConfigured: if nobody carries e-mail.
    """
    rows = models.DebitRecall.objects.all()
    _died(rows, at).update(state="due", detail="The worker that sent it died; it is sent again.")
    return _send_due(rows, lambda _: outside.carrier_of(Kind.EMAIL), at)


def bill_due(*, at: datetime) -> int:
    """How many fee invoices went out by mail. What was being sent when a worker died is not sent
    again: an invoice twice does more harm than one that lies on the client's own page.

    :raises NotConfigured: if nobody carries e-mail.
    """
    rows = models.FeeNotice.objects.select_related("fee_invoice__pdf", "fee_invoice__xml")
    _died(rows, at).update(state="unknown", detail="The worker that sent it died.")

    def papers(row: models.FeeNotice) -> tuple[Attachment, ...]:
        return tuple(
            Attachment(name=one.name, media_type=one.media_type, content=stored(one.sha256))
            for one in (row.fee_invoice.pdf, row.fee_invoice.xml)
        )

    return _send_due(rows, lambda _: outside.carrier_of(Kind.EMAIL), at, papers=papers)


def _died(rows: QuerySet[Notice], at: datetime) -> QuerySet[Notice]:
    return rows.filter(state="calling", called_at__lt=at - LEASE)


def _send_due(
    rows: QuerySet[Notice],
    carrier_of: Callable[[Notice], str],
    at: datetime,
    went_out: Callable[[Notice], None] | None = None,
    papers: Callable[[Notice], tuple[Attachment, ...]] | None = None,
) -> int:
    """Each is claimed first, called with no transaction open, and then written down. A carrier
    that asks for patience ends the round."""
    factor = models.Factor.objects.first()
    if factor is None:
        return 0
    sent = 0
    for row in rows.filter(state="due").order_by("made_at", "pk")[:AT_ONCE]:
        mine = rows.model.objects.filter(pk=row.pk)
        if not mine.filter(state="due").update(state="calling", called_at=at):
            continue
        crashpoint("notices.calling")
        attached = papers(row) if papers else ()
        came_to = _handed_over(row, factor.name, carrier_of(row), attached)
        state = STATES[came_to.came_to]
        if state == "sent" and went_out is not None:
            went_out(row)
        mine.update(state=state, detail=came_to.detail[:400])
        sent += state == "sent"
        if state == "due":
            log.warning("no short mails go out: %s", came_to.detail)
            break
    return sent


def _handed_over(row: Notice, sender: str, by: str, attached: tuple[Attachment, ...]) -> Handover:
    carrier = outside.carrier(by)
    parcel = Parcel(
        key=row.pk.hex,
        kind=Kind.EMAIL,
        sender=sender,
        address={"email": row.address, "name": ""},
        language=row.language,
        subject=row.subject,
        text=row.text,
        attachments=attached,
    )
    (came_to,) = carrier.channel.send([parcel], carrier.config)
    assert isinstance(came_to, Handover)
    return came_to
