"""What the outside world tells us by itself: events in signed batches, and mails.

At least once, in batches of at most 500, tried again after a while; what nobody took is kept and
goes first the next time.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import aiosmtplib
import httpx

from usance.plugins._trust import authorities

from .faults import Faults
from .houses import House, all_houses

BATCH = 500
LARGEST = 3 * BATCH  # Trouble adds at most two to each event.
WAITS_SECONDS = (0.0, 0.2, 1.0, 3.0)

Posted = Callable[[], tuple[bytes, dict[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Addresses of ours. Empty: nobody is told."""

    webhook_url: str = ""  # Events go to this address and the name of their house.
    inbound_url: str = ""  # A mail is posted here, message/rfc822.
    inbound_smtp: str = ""  # host:port; a mail is sent here.
    secret: str = ""
    is_simulated: bool = False  # The timestamp is the sandbox's clock, not the machine's.


class Outbox:
    def __init__(self, where: Where, faults: Faults, now: Callable[[], datetime]) -> None:
        self.where, self._faults, self._now = where, faults, now
        self.events: dict[str, list[dict[str, str]]] = defaultdict(list)  # By house.
        self.mails: list[tuple[str, bytes]] = []  # To whom, and the message.
        self.posted_events: Counter[str] = Counter()
        self.posted_mails = 0
        self._lock = asyncio.Lock()

    def event(self, house: str, id: str, **told: str) -> None:
        self.events[house].append({"id": id, **told})

    async def flush(self) -> dict[str, int]:
        """Tell what was not told yet; how much was told and how much is left."""
        async with (
            self._lock,
            httpx.AsyncClient(timeout=30, trust_env=False, verify=authorities()) as client,
        ):
            houses = self._calling if self.where.webhook_url else []
            # Houses know nothing of each other: none waits for another's turn.
            await asyncio.gather(
                *(self._tell(client, name) for name in houses), self._tell_mails(client)
            )
        return {
            "events": self.posted_events.total(),
            "events_left": sum(len(self.events[name]) for name in self._calling)
            - self.posted_events.total(),
            "mails": self.posted_mails,
            "mails_left": len(self.mails) - self.posted_mails,
        }

    async def _tell_mails(self, client: httpx.AsyncClient) -> None:
        while self._takes_mail and self.posted_mails < len(self.mails):
            to, mail = self.mails[self.posted_mails]
            if not await self._mail(client, to, mail):
                return
            self.posted_mails += 1

    async def _tell(self, client: httpx.AsyncClient, name: str) -> None:
        """Post what this house has not told yet, until somebody does not listen."""
        events = self.events[name]
        while (told := self.posted_events[name]) < len(events):
            batch = events[told : told + self._size]
            troubled = self._troubled(batch)
            at_once = getattr(all_houses()[name], "BATCH", len(troubled))
            for start in range(0, len(troubled), at_once):
                some = troubled[start : start + at_once]
                if not await self._call(client, name, some, f"msg_{told + start}_{len(some)}"):
                    return
            self.posted_events[name] += len(batch)

    async def _call(
        self, client: httpx.AsyncClient, name: str, events: list[dict[str, str]], id: str
    ) -> bool:
        house, url = all_houses()[name], f"{self.where.webhook_url.rstrip('/')}/{name}"
        body = house.report(events)
        if query := getattr(house, "query", None):
            url += "?" + query(events, secret=self.where.secret)

        return await self._post(client, url, self._signer(house, body, id))

    def _signer(self, house: House, body: bytes, id: str) -> Posted:
        """Body and headers of a callback, signed anew for each try: a signature ages."""
        sealed = getattr(house, "sealed", None)

        def posted() -> tuple[bytes, dict[str, str]]:
            at, secret = self._stamp(), self.where.secret
            whole = sealed(body, at=at, secret=secret) if sealed else body
            return whole, house.signed(whole, id=id, at=at, secret=secret)

        return posted

    @property
    def _size(self) -> int:
        """Where trouble may add to a batch, it begins with a third of what it may hold."""
        return BATCH // 3 if self._faults.spoils_reports else BATCH

    @property
    def _calling(self) -> list[str]:
        """Houses with events that call us; the others are visited."""
        return [name for name in self.events if getattr(all_houses()[name], "CALLS", True)]

    @property
    def _takes_mail(self) -> bool:
        return bool(self.where.inbound_url or self.where.inbound_smtp)

    def _troubled(self, batch: list[dict[str, str]]) -> list[dict[str, str]]:
        told = []
        for event in batch:
            told.append(event)
            if self._faults.of_report("event_twice", event["id"]):
                told.append(event)
            if self._faults.of_report("strange_word", event["id"]):
                told.append(event | {"id": event["id"] + "-odd", "code": "franking_recalibrated"})
        if self._faults.of_report("events_shuffled", batch[0]["id"]):
            told.reverse()
        return told

    async def _mail(self, client: httpx.AsyncClient, to: str, mail: bytes) -> bool:
        if self.where.inbound_url:
            signer = self._signer(all_houses()["smtp"], mail, f"mail_{self.posted_mails}")
            return await self._post(client, self.where.inbound_url, signer)
        host, _, port = self.where.inbound_smtp.rpartition(":")
        try:
            async with aiosmtplib.SMTP(hostname=host, port=int(port), start_tls=False) as line:
                await line.sendmail("", [to], mail)  # From nobody, as bounces are: RFC 5321 §4.5.5.
        except (OSError, aiosmtplib.SMTPException):
            return False
        return True

    async def _post(self, client: httpx.AsyncClient, url: str, posted: Posted) -> bool:
        for wait in WAITS_SECONDS:
            await asyncio.sleep(wait)
            body, headers = posted()
            try:
                answer = await client.post(url, content=body, headers=headers)
            except httpx.HTTPError:
                continue
            if answer.is_success or answer.status_code == 410:
                return True
        return False

    def _stamp(self) -> datetime:
        return self._now() if self.where.is_simulated else datetime.now(UTC)
