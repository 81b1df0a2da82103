"""What was learned of carriers, for all workers; and a person's word on who gets how much."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from usance import models
from usance.domain import carriers
from usance.domain.carriers import Admission, Breaker, Standing
from usance.domain.distribution import Handover, Kind
from usance.domain.events import Kind as Event
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.carrier import FIELDS
from usance.models.ids import new_id
from usance.queries import outside
from usance.queries.carriers import Choice, present

from .diary import Line, note


class NoSuchShare(Refusal):
    code = "carrier_share_unknown"
    todo = "Name carriers of this kind as outside.json has them, and parts from 0 to 100."


def chosen(wanted: Iterable[tuple[Kind, str, str]]) -> list[Choice]:
    """Who carries each delivery of this kind and key, to the e-invoice address if it has one.

    :raises NotConfigured: if nobody carries a kind.
    """
    now = present()
    return [now.choose(kind, key, identifier) for kind, key, identifier in wanted]


def admit(name: str, wanted: int, *, interval: timedelta | None) -> tuple[Admission, timedelta]:
    """How many may be handed to this carrier now, by anybody; how long until the rest may ask.

    While it works and has no rate limit, one query and no lock.
    """
    row, now = _seen(name)
    if interval is None and row.breaker == Breaker.CLOSED and row.until is None:
        return Admission(granted=wanted, again_at=None), timedelta()
    admission = Admission(granted=0, again_at=None)

    def decide(standing: Standing, at: datetime) -> Standing:
        nonlocal admission, now
        now = at
        standing, admission = carriers.admitted(standing, wanted, interval=interval, at=at)
        return standing

    _change(name, decide)
    crashpoint("carriers.admitted")
    wait = admission.again_at - now if admission.again_at is not None else timedelta()
    return admission, max(wait, timedelta())


def learn(name: str, handed: Sequence[Handover], *, at: datetime, actor: str) -> Standing:
    """What the calls of one batch tell of the carrier. A pause and its end stand in the diary.

    Calls that change nothing of a carrier that works are not written.
    """
    row, now = _seen(name)
    before = row.facts()
    if carriers.learned(before, handed, at=now) == before:
        return before
    with transaction.atomic():
        before, after = _change(
            name, lambda standing, moment: carriers.learned(standing, handed, at=moment)
        )
        kind = _news(before, after)
        if kind is not None:
            told = {"carrier": name, "detail": after.says}
            note(kind, [Line(row.pk, None, told)], at=at, actor=actor)
        crashpoint("carriers.learned")
    return after


@transaction.atomic
def pin(kind: Kind, weights: Mapping[str, int], *, role: Role, at: datetime, actor: str) -> None:
    """A person says how much of a kind each of these carriers gets; nobody else of it is touched.
    No weights at all: the steps decide again for all of them.

    :raises NotAllowed: if the role may not.
    :raises NoSuchShare: for somebody who does not carry it, or parts outside 0 to 100.
    """
    require(role, Act.RESEND)
    known = outside.weights_of(kind)
    wrong = [name for name, part in weights.items() if name not in known or not 0 <= part <= 100]
    if wrong:
        raise NoSuchShare(f"no such share of {kind}: {', '.join(sorted(wrong))}")
    pins = models.CarrierPin.objects.select_for_update().filter(kind=kind)
    before = dict(pins.values_list("carrier", "weight"))
    after = {**before, **weights} if weights else {}
    if after and not any(after.get(name, part) for name, part in known.items()):
        raise NoSuchShare(f"nobody would carry {kind}")
    pins.delete()
    models.CarrierPin.objects.bulk_create(
        models.CarrierPin(kind=kind, carrier=name, weight=part, at=at, actor=actor[:64])
        for name, part in after.items()
    )
    rows = [_made(name) for name in sorted(before.keys() | weights.keys())]
    note(
        Event.MASTER_DATA_CHANGED,
        [Line(row.pk, None, {"what": f"share of {kind}", "before": before, "after": after})
         for row in rows],
        at=at,
        actor=actor,
    )  # fmt: skip


def _news(before: Standing, after: Standing) -> Event | None:
    """Once an episode: a prober that found nobody is no news."""
    if before.is_paused == after.is_paused:
        return None
    return Event.CARRIER_PAUSED if after.is_paused else Event.CARRIER_RESUMED


def _seen(name: str) -> tuple[models.Carrier, datetime]:
    """The row as it is, made if this is the first call, and the database's clock."""
    row = models.Carrier.objects.filter(name=name).first() or _made(name)
    return row, _clock()


@transaction.atomic
def _change(
    name: str, decide: Callable[[Standing, datetime], Standing]
) -> tuple[Standing, Standing]:
    """Write what `decide` makes of the standing; before and after."""
    row = models.Carrier.objects.select_for_update(no_key=True).get(name=name)
    before = row.facts()
    after = decide(before, _clock())
    if after != before:
        row.take(after)
        row.save(update_fields=list(FIELDS))
    return before, after


def _made(name: str) -> models.Carrier:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO carrier (id, name, breaker, since, pauses, recent, lowered, says)"
            " VALUES (%s, %s, 'closed', clock_timestamp(), 0, '', 0, '')"
            " ON CONFLICT (name) DO NOTHING",
            [new_id(), name],
        )
    return models.Carrier.objects.get(name=name)


def _clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment
