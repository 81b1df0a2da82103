"""What the outside world tells us by itself: events in signed batches, and mails.

At least once, in batches of at most 500, tried again after a while; what nobody took is kept and
goes first the next time. The events can also be fetched (GET /v1/events).
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiosmtplib
import httpx
import msgspec

from usance.plugins._trust import authorities
from usance.plugins.channels._signature import sign

from .faults import Faults

BATCH = 500
WAITS_SECONDS = (0.0, 0.2, 1.0, 3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Addresses of ours. Empty: nobody is told."""

    webhook_url: str = ""
    inbound_url: str = ""  # A mail is posted here, message/rfc822.
    inbound_smtp: str = ""  # host:port; a mail is sent here.
    secret: str = ""
    is_simulated: bool = False  # The timestamp is the sandbox's clock, not the machine's.


class Outbox:
    def __init__(self, where: Where, faults: Faults, now: Callable[[], datetime]) -> None:
        self.where, self._faults, self._now = where, faults, now
        self.events: list[dict[str, str]] = []
        self.mails: list[tuple[str, bytes]] = []  # To whom, and the message.
        self.posted_events = 0
        self.posted_mails = 0
        self._lock = asyncio.Lock()

    def event(self, id: str, **told: str) -> None:
        self.events.append({"id": id, **told})

    async def flush(self) -> dict[str, int]:
        """Tell what was not told yet; how much was told and how much is left."""
        async with (
            self._lock,
            httpx.AsyncClient(timeout=30, trust_env=False, verify=authorities()) as client,
        ):
            while self.where.webhook_url and self.posted_events < len(self.events):
                batch = self.events[self.posted_events : self.posted_events + self._size]
                body = msgspec.json.encode({"events": self._troubled(batch)})
                id = f"msg_{self.posted_events}_{len(batch)}"
                if not await self._post(
                    client, self.where.webhook_url, id, body, "application/json"
                ):
                    break
                self.posted_events += len(batch)
            while self._takes_mail and self.posted_mails < len(self.mails):
                to, mail = self.mails[self.posted_mails]
                if not await self._mail(client, to, mail):
                    break
                self.posted_mails += 1
        return {
            "events": self.posted_events,
            "events_left": len(self.events) - self.posted_events,
            "mails": self.posted_mails,
            "mails_left": len(self.mails) - self.posted_mails,
        }

    @property
    def _size(self) -> int:
        """Where trouble may add to a batch, it begins with a third of what it may hold."""
        return BATCH // 3 if self._faults.spoils_reports else BATCH

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
            id = f"mail_{self.posted_mails}"
            return await self._post(client, self.where.inbound_url, id, mail, "message/rfc822")
        host, _, port = self.where.inbound_smtp.rpartition(":")
        try:
            await aiosmtplib.send(
                mail, sender="", recipients=[to], hostname=host, port=int(port), start_tls=False
            )
        except (OSError, aiosmtplib.SMTPException):
            return False
        return True

    async def _post(
        self, client: httpx.AsyncClient, url: str, id: str, body: bytes, media_type: str
    ) -> bool:
        for wait in WAITS_SECONDS:
            await asyncio.sleep(wait)
            try:
                answer = await client.post(
                    url, content=body, headers=self._signed(id, body, media_type)
                )
            except httpx.HTTPError:
                continue
            if answer.is_success or answer.status_code == 410:
                return True
        return False

    def _signed(self, id: str, body: bytes, media_type: str) -> Mapping[str, Any]:
        at = int(self._now().timestamp() if self.where.is_simulated else time.time())
        return {
            "content-type": media_type,
            "webhook-id": id,
            "webhook-timestamp": str(at),
            "webhook-signature": sign(body, id=id, timestamp=at, secret=self.where.secret),
        }
