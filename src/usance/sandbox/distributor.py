"""The engine of all carriers: takes deliveries, carries them, reports.

What becomes of a delivery is thrown from seed and key when it is taken; a word in the recipient's
data can ask for it: bounce, returned, moved, expired, nobody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from . import answers, dice
from .agenda import Agenda, moment
from .debtors import Debtors
from .outbox import Outbox
from .reading import Demand

# Channel -> how it goes when it goes well: the word, and hours after it was taken (from, to).
ROADS: dict[str, tuple[tuple[str, int, int], ...]] = {
    "letter": (("printed", 2, 6), ("posted", 20, 30), ("delivered", 48, 96)),
    "einvoice": (("sent", 0, 0), ("delivered", 1, 2)),
    "mailbox": (("sent", 0, 0), ("delivered", 1, 3)),
    "email": (("sent", 0, 0), ("delivered", 1, 2)),
    "sms": (("sent", 0, 0), ("delivered", 1, 2)),
    "push": (("delivered", 0, 1),),
}
# Channel -> the word when it does not arrive, instead of "delivered".
FAILS = {
    "letter": "returned",
    "einvoice": "rejected",
    "mailbox": "expired",
    "email": "bounced",
    "sms": "expired",
    "push": "expired",
}
NEEDS = {
    "letter": ("name", "city", "postcode", "country"),
    "einvoice": ("einvoice",),
    "mailbox": ("mailbox",),
    "email": ("email",),
    "sms": ("phone",),
    "push": ("endpoint",),
}
ASKED = {"bounce": "fails", "returned": "fails", "expired": "fails", "moved": "moved"}
OPENED_SHARE = 0.5
LATE_HOURS = {"letter": 24 * 6, "mailbox": 24 * 3, "sms": 72}


class Unfit(ValueError):
    """A delivery that is not taken, now or ever. Says why."""

    def __init__(self, code: str, says: str) -> None:
        super().__init__(says)
        self.code = code


@dataclass(slots=True)
class Carried:
    house: str  # Who was asked.
    key: str
    reference: str
    channel: str
    digest: str
    at: datetime
    recipient: Mapping[str, str]
    demand: Demand | None
    text: str
    state: str = "accepted"
    times: int = 1  # How often it was really carried; a distributor that keeps its word: once.


class Distributor:
    def __init__(
        self, seed: int, agenda: Agenda, outbox: Outbox, debtors: Debtors, *, failing: float
    ) -> None:
        self.seed, self._agenda, self._outbox, self._debtors = seed, agenda, outbox, debtors
        self._failing = failing
        self.answering: frozenset[str] = frozenset()  # Houses by which a buyer answers an invoice.
        self.carried: dict[str, Carried] = {}
        self.by_reference: dict[str, Carried] = {}

    def take(
        self,
        house: str,
        key: str,
        channel: str,
        recipient: Mapping[str, str],
        digest: str,
        demand: Demand | None,
        text: str,
    ) -> tuple[Carried, bool]:
        """The delivery under this key, and whether it is new.

        :raises Unfit: if the channel or recipient will not do, or the key names other content.
        """
        if known := self.carried.get(key):
            if known.digest != digest:
                raise Unfit("key_reused", "this key was used for other content")
            return known, False
        self._check(channel, recipient)
        named = blake2b(f"{self.seed}/{key}".encode(), digest_size=10).hexdigest()
        carried = Carried(
            house, key, f"dl_{named}", channel, digest, self._agenda.at, recipient, demand, text
        )
        self.carried[key] = self.by_reference[carried.reference] = carried
        self._plan(carried)
        return carried, True

    def _check(self, channel: str, recipient: Mapping[str, str]) -> None:
        if channel not in ROADS:
            raise Unfit("unknown_channel", f"channels are {', '.join(ROADS)}")
        missing = [name for name in NEEDS[channel] if not recipient.get(name, "").strip()]
        if missing:
            raise Unfit("recipient_incomplete", f"{channel} needs {', '.join(missing)}")
        if "nobody" in _words(recipient):
            raise Unfit("recipient_unknown", "this recipient is not registered for the channel")

    def _plan(self, carried: Carried) -> None:
        fate = self._fate(carried)
        for code, low, high in ROADS[carried.channel]:
            hours = dice.between(low, high, self.seed, code, carried.key)
            if code == "delivered" and fate:
                code, hours = FAILS[carried.channel], LATE_HOURS.get(carried.channel, hours)
            self._at(carried, code, hours, _corrected(carried.recipient) if fate == "moved" else "")
        opens = carried.channel in ("email", "mailbox", "einvoice")
        opens &= carried.house not in self.answering
        if opens and not fate and dice.within(OPENED_SHARE, self.seed, "opened", carried.key):
            self._at(carried, "opened", dice.between(4, 60, self.seed, "opens", carried.key))

    def _fate(self, carried: Carried) -> str:
        """Nothing: it arrives."""
        words = _words(carried.recipient)
        for word, fate in ASKED.items():
            if word in words:
                return fate
        if not dice.within(self._failing, self.seed, "fails", carried.key):
            return ""
        is_moved = carried.channel == "letter" and dice.throw(self.seed, "moved", carried.key) % 2
        return "moved" if is_moved else "fails"

    def _at(self, carried: Carried, code: str, hours: int, corrected: str = "") -> None:
        at = carried.at + timedelta(hours=hours, minutes=1)
        name = f"delivery {carried.key} {code}"
        self._agenda.add(at, name, self._reporter(carried, code, corrected))

    def _reporter(self, carried: Carried, code: str, corrected: str) -> Callable[[datetime], None]:
        return lambda at: self._report(carried, code, at, corrected)

    def _report(self, carried: Carried, code: str, at: datetime, corrected: str) -> None:
        carried.state = code
        more: dict[str, Any] = {}
        if code in ("returned", "bounced", "rejected", "expired"):
            more["detail"] = (
                "The recipient has moved." if corrected else "It could not be delivered."
            )
            if code == "returned" and corrected:
                more |= {"detail": "The recipient has moved.", "corrected_address": corrected}
        self._tell(carried, code, at, **more)
        if code == "delivered":
            self._debtors.receive(
                _words(carried.recipient),
                carried.demand,
                carried.text,
                at,
                lambda says: self._tell(carried, "disputed", at, detail=says),
                self._answerer(carried, at) if carried.house in self.answering else None,
            )

    def _answerer(self, carried: Carried, at: datetime) -> Callable[[str, date | None], None]:
        """Plans what this buyer says: at once that he has it, then what he makes of it."""

        def plan(behaviour: str, pays_on: date | None) -> None:
            said = [("acknowledged", 1, "")]
            if word := answers.SAYS[behaviour]:
                hours = dice.between(4, 60, self.seed, "answers", carried.key)
                said.append((word, hours, "We take 2 %." if word == "conditional" else ""))
            for code, hours, says in said:
                told = {"detail": says} if says else {}
                self._later(carried, at + timedelta(hours=hours), code, **told)
            if pays_on and said[-1][0] != "acknowledged":
                on_its_way = moment(pays_on, 8) - timedelta(days=1)
                self._later(carried, on_its_way, "paid", pays_on=pays_on.isoformat())

        return plan

    def _later(self, carried: Carried, at: datetime, code: str, **told: str) -> None:
        name = f"delivery {carried.key} {code}"
        self._agenda.add(at, name, lambda at: self._tell(carried, code, at, **told))

    def _tell(self, carried: Carried, code: str, at: datetime, **more: str) -> None:
        named = blake2b(f"{self.seed}/{carried.key}/{code}".encode(), digest_size=10).hexdigest()
        self._outbox.event(
            carried.house,
            f"evt_{named}",
            key=carried.key,
            reference=carried.reference,
            code=code,
            at=at.isoformat(),
            **(_about(carried) if carried.house in self.answering else {}),
            **more,
        )


def _about(carried: Carried) -> dict[str, str]:
    """What a buyer's answer names: himself, and the invoice."""
    number = carried.demand.number if carried.demand else ""
    return {"buyer": carried.recipient.get("einvoice", ""), "number": number}


def _words(recipient: Mapping[str, str]) -> str:
    """The recipient in one line, lower case."""
    return " ".join(recipient[name] for name in sorted(recipient)).lower()


def _corrected(recipient: Mapping[str, str]) -> str:
    town = f"{recipient.get('postcode', '')} {recipient.get('city', '')}".strip()
    return f"{recipient.get('name', '')}, Nya Storgatan 7, {town}"
