"""Who carries what today: weights at rest, by steps and by a person's word; who is paused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, QuerySet
from django.db.models.functions import Now

from usance import models
from usance.domain import carriers
from usance.domain.carriers import Breaker, Standing
from usance.domain.distribution import Kind, State, is_bank

from . import outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    carrier: str
    because: str


@dataclass(frozen=True, slots=True)
class Present:
    """Everything that a choice needs, read once for a batch."""

    standings: Mapping[str, Standing]
    pins: Mapping[Kind, Mapping[str, int]]

    def weights(self, kind: Kind, identifier: str = "") -> dict[str, int]:
        """How much each carrier of this kind gets now; a pin beats the steps. Pauses not counted.

        :raises NotConfigured: if nobody carries it.
        """
        pinned = self.pins.get(kind, {})
        return {
            name: pinned.get(name, carriers.weight(resting, self._lowered(name)))
            for name, resting in outside.weights_of(kind, identifier).items()
        }

    def is_paused(self, name: str) -> bool:
        standing = self.standings.get(name)
        return standing is not None and standing.is_paused

    def choose(self, kind: Kind, key: str, identifier: str = "") -> Choice:
        """Who carries the delivery with this key, and why: the same for the same weights.

        :param identifier: of the receiver, where carriers of a kind differ in whom they reach.

        A paused carrier gets nothing, unless all are paused: then it waits for its own.
        :raises NotConfigured: if nobody carries this kind.
        """
        weights = self.weights(kind, identifier)
        if len(weights) == 1:
            return Choice(carrier=next(iter(weights)), because=_alone(kind, identifier))
        if not any(weights.values()):  # A person gave all of it to one that is not set up now.
            weights = dict(outside.weights_of(kind, identifier))
        paused = sorted(name for name in weights if weights[name] and self.is_paused(name))
        awake = {name: share for name, share in weights.items() if name not in paused}
        if any(awake.values()):
            weights = awake
        name = carriers.choose(weights, key)
        because = f"Drawn by its key: {weights[name]} of {sum(weights.values())} parts."
        if paused:
            because += f" Paused: {', '.join(paused)}."
        return Choice(carrier=name, because=because[:200])

    def _lowered(self, name: str) -> int:
        standing = self.standings.get(name)
        return standing.lowered if standing is not None else 0


def _alone(kind: Kind, identifier: str) -> str:
    return f"Carries every {kind}{' to internet banks' if is_bank(identifier) else ''}."


def present() -> Present:
    """Two queries."""
    pins: dict[Kind, dict[str, int]] = {}
    for pin in models.CarrierPin.objects.all():
        pins.setdefault(Kind(pin.kind), {})[pin.carrier] = pin.weight
    return Present({row.name: row.facts() for row in models.Carrier.objects.all()}, pins)


def resting() -> list[str]:
    """Carriers that nobody may call now."""
    return list(
        models.Carrier.objects.filter(until__gt=Now()).order_by("name").values_list(
            "name", flat=True
        )
    )  # fmt: skip


def paused() -> "QuerySet[models.Carrier]":
    """Carriers that did not answer and are not back yet, the longest first. One that is no longer
    set up is not among them: nobody will call it, so it would never come back."""
    rows = models.Carrier.objects.exclude(breaker=Breaker.CLOSED).order_by("since")
    try:
        # Never an empty list: Django makes no SQL of it, and pages.counted_each needs some.
        return rows.filter(name__in=[*outside.carrier_names(), ""])
    except outside.NotConfigured:  # The file is broken: no reason to hide a pause.
        return rows


def said() -> dict[Kind, models.CarrierPin]:
    """Kinds whose shares a person holds: one of the rows, which says who and when for all."""
    return {Kind(pin.kind): pin for pin in models.CarrierPin.objects.order_by("kind", "at")}


def to_try() -> list[str]:
    """Carriers whose pause is over: a few deliveries try whether they are back."""
    rows = models.Carrier.objects.exclude(breaker=Breaker.CLOSED).filter(until__lte=Now())
    return list(rows.order_by("name").values_list("name", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What of a kind a carrier gets."""

    kind: Kind
    resting: int  # As set up.
    now: int  # After steps, or as pinned; 0 while it is paused.
    pinned: int | None  # None: nobody did.


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One carrier as the office sees it."""

    name: str
    breaker: Breaker
    since: datetime | None  # None: never called.
    until: datetime | None  # Nobody calls before it.
    waits: bool  # It lies ahead, by the database's clock.
    says: str  # The last trouble.
    calls: int  # That are remembered.
    answered: int  # Of these.
    lowered: int  # Steps below its resting weight.
    per_second: int | Decimal | None
    waiting: int  # Deliveries that are queued for it.
    shares: tuple[Share, ...]


def board() -> list[Board]:
    """Every carrier that is set up, by name."""
    now = present()
    queued = models.Dispatch.objects.filter(state=State.QUEUED).values_list("carrier")
    waiting = dict(queued.annotate(Count("pk")))
    waits = set(resting())
    return [
        _board(name, now, waiting.get(name, 0), waits=name in waits)
        for name in outside.carrier_names()
    ]


def _board(name: str, now: Present, waiting: int, *, waits: bool) -> Board:
    standing = now.standings.get(name)
    shares = tuple(
        Share(
            kind=kind,
            resting=weights[name],
            now=0 if now.is_paused(name) else now.weights(kind)[name],
            pinned=now.pins.get(kind, {}).get(name),
        )
        for kind, weights in outside.kinds().items()
        if name in weights
    )
    recent = standing.recent if standing else ""
    return Board(
        name=name,
        breaker=standing.breaker if standing else Breaker.CLOSED,
        since=standing.since if standing else None,
        until=standing.until if standing else None,
        waits=waits,
        says=standing.says if standing else "",
        calls=len(recent),
        answered=recent.count("+"),
        lowered=standing.lowered if standing else 0,
        per_second=outside.carrier(name).per_second,
        waiting=waiting,
        shares=shares,
    )
