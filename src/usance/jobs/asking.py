"""Hand over the mails that ask debtors, ask carriers about those that nobody knows of."""

import logging
from collections import Counter
from datetime import datetime

from usance import models
from usance.actions import asking as action
from usance.domain.distribution import Handed, Handover, Kind, Parcel, State
from usance.engine.crashpoint import crashpoint
from usance.queries import asking as query
from usance.queries import outside

ACTOR = "asking"
AT_ONCE = 50
PATIENCE = 3  # Questions without an answer, after which a carrier is left alone until next time.
log = logging.getLogger(__name__)


def ask_due(*, at: datetime) -> int:
    """How many went out. What may have gone out already is asked about, never sent anew under
    another key.

    :raises NotConfigured: if nobody carries e-mail.
    """
    outside.carrier_of(Kind.EMAIL)
    action.expire(at=at)
    _ask_carriers(at=at)
    factor = models.Factor.objects.get()
    sent = 0
    for pk in query.due(at=at, most=AT_ONCE):
        row = action.claim(pk, at=at)
        if row is None:
            continue
        crashpoint("asking.calling")
        came_to = _handed_over(row, factor.name)
        crashpoint("asking.called")
        state = action.write_down(pk, came_to, at=at, actor=ACTOR)
        sent += state is State.ACCEPTED
        if came_to.came_to is Handed.TRY_LATER:
            log.warning("no questions go out by %s: %s", row.carrier, came_to.detail)
            break
    return sent


def _ask_carriers(*, at: datetime) -> None:
    """A carrier that can say is asked; one that compares keys gets the same mail under its key. Of
    any other a person decides."""
    silent: Counter[str] = Counter()
    for row in query.unknown(at=at, most=AT_ONCE):
        carrier = outside.carrier(row.carrier)
        if silent[carrier.name] >= PATIENCE:
            continue
        if not carrier.channel.ASKABLE:
            if carrier.channel.TAKES_KEY and row.tries < action.TRIES:
                action.write_down(row.pk, _later(row), at=at, actor=ACTOR)
            continue
        said: Handover = carrier.channel.status(row.key, carrier.config)
        silent[carrier.name] = silent[carrier.name] + 1 if said.came_to is Handed.UNKNOWN else 0
        if said.came_to is Handed.ACCEPTED:
            action.write_down(row.pk, said, at=at, actor=ACTOR)
        elif said.came_to is Handed.REFUSED and carrier.channel.TAKES_KEY:
            action.write_down(row.pk, _later(row), at=at, actor=ACTOR)


def _later(row: models.QuestionMail) -> Handover:
    return Handover(key=row.key, came_to=Handed.TRY_LATER, detail="The same under its key.")


def _handed_over(row: models.QuestionMail, sender: str) -> Handover:
    carrier = outside.carrier(row.carrier)
    parcel = Parcel(
        key=row.key, kind=Kind.EMAIL, sender=sender, address={"email": row.address, "name": ""},
        language=row.language, subject=row.subject, text=row.text, attachments=(), html=row.html,
    )  # fmt: skip
    (came_to,) = carrier.channel.send([parcel], carrier.config)
    assert isinstance(came_to, Handover)
    return came_to
