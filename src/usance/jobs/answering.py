"""Send the answers that are due to clients' senders: each at most once."""

import logging
from datetime import datetime, timedelta

from usance import models
from usance.domain.distribution import Handed, Handover, Kind, Parcel
from usance.engine.crashpoint import crashpoint
from usance.queries import outside

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
    """How many went out. What was being sent when a worker died is not sent again: an answer that
    is missing does less harm than two."""
    lost = models.Acknowledgement.objects.filter(state="calling", called_at__lt=at - LEASE)
    lost.update(state="unknown", detail="The worker that sent it died.")
    due = list(
        models.Acknowledgement.objects.filter(state="due")
        .select_related("mail")
        .order_by("made_at")[:AT_ONCE]
    )
    factor = models.Factor.objects.first()
    sent = 0
    for row in due:
        mine = models.Acknowledgement.objects.filter(pk=row.pk, state="due")
        if factor is None or not mine.update(state="calling", called_at=at):
            continue
        crashpoint("answering.calling")
        came_to = _handed_over(row, factor.name)
        state = STATES[came_to.came_to]
        models.Acknowledgement.objects.filter(pk=row.pk).update(
            state=state, detail=came_to.detail[:400]
        )
        sent += state == "sent"
        if state == "due":
            log.warning("no answers go out: %s", came_to.detail)
            break
    return sent


def _handed_over(row: models.Acknowledgement, sender: str) -> Handover:
    carrier = outside.carrier(row.mail.carrier)
    parcel = Parcel(
        key=row.pk.hex,
        kind=Kind.EMAIL,
        sender=sender,
        address={"email": row.address, "name": ""},
        language=row.language,
        subject=row.subject,
        text=row.text,
        attachments=(),
    )
    (came_to,) = carrier.channel.send([parcel], carrier.config)
    assert isinstance(came_to, Handover)
    return came_to
