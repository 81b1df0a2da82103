"""Tell debtors what will be taken from their accounts: a mail for each direct debit."""

import logging
from datetime import datetime, timedelta

from usance import models
from usance.actions import debits
from usance.domain.collection.debits import State
from usance.domain.distribution import Handed, Handover, Kind, Parcel
from usance.engine.crashpoint import crashpoint
from usance.queries import outside

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


def tell_due(*, at: datetime) -> int:
    """How many went out. What was being sent when a worker died is sent again: two notices do less
    harm than none. Whom no mail reaches a person tells.

    :raises NotConfigured: if nobody carries e-mail.
    """
    outside.carrier_of(Kind.EMAIL)
    lost = models.DebitNotice.objects.filter(state="calling", called_at__lt=at - LEASE)
    lost.update(state="due", detail="The worker that sent it died; it is sent again.")
    due = models.DebitNotice.objects.filter(state="due", debit__state=State.PLANNED)
    factor = models.Factor.objects.first()
    sent = 0
    for row in due.order_by("made_at", "pk")[:AT_ONCE]:
        mine = models.DebitNotice.objects.filter(pk=row.pk, state="due")
        if not mine.update(state="calling", called_at=at):
            continue
        crashpoint("notices.calling")
        came_to = _handed_over(row, factor.name if factor else "")
        state = STATES[came_to.came_to]
        if state == "sent":
            debits.mailed(row.debit_id, row.address, at=at, actor=ACTOR)
        models.DebitNotice.objects.filter(pk=row.pk).update(
            state=state, detail=came_to.detail[:400]
        )
        sent += state == "sent"
        if state == "due":
            log.warning("no notices of direct debits go out: %s", came_to.detail)
            break
    return sent


def _handed_over(row: models.DebitNotice, sender: str) -> Handover:
    carrier = outside.carrier(outside.carrier_of(Kind.EMAIL))
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
