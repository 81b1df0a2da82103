"""What the end of an HTTP call says of a parcel: taken, never, later, or nobody knows.

A connection that never stood, 429, and 503 with Retry-After mean that the carrier has nothing. So
does every answer about us (wrong login, wrong address). After anything else the carrier may have
the parcel: a time-out, a broken connection, a 5xx, a success that cannot be read.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import httpx

from usance.domain.distribution import BEYOND, DeliveryEvent, Handed, Handover
from usance.domain.distribution import Outcome as Word
from usance.plugins._trust import authorities

Outcome = tuple[Handover, bool]  # What it came to, and whether the carrier is there.
# About us, not about the parcel: wrong login, wrong address of the API, a proxy in between.
OURS = frozenset({301, 302, 303, 307, 308, 401, 402, 403, 404, 405, 407, 408})


def client(config: Mapping[str, str], *, url: str | None = None, **headers: str) -> httpx.Client:
    """A client of the carrier at `url`, without it the setting of that name."""
    return httpx.Client(
        base_url=config["url"] if url is None else url,
        headers=headers,
        timeout=float(config.get("timeout_seconds", "") or 30),
        follow_redirects=False,
        verify=authorities(),
        trust_env=False,  # Who carries our documents is a setting, not an environment variable.
    )


def ask(key: str, call: Callable[[], httpx.Response]) -> httpx.Response | Outcome:
    """The answer, or what it means that there is none."""
    try:
        return call()
    except (httpx.ConnectError, httpx.ConnectTimeout) as unreachable:
        return later(key, words(unreachable))
    except httpx.HTTPError as trouble:
        return unknown(key, words(trouble))


def judged(
    key: str, answer: httpx.Response, says: str = "", *, ours: frozenset[int] = OURS
) -> Outcome:
    """What an answer comes to that is not the success that was hoped for."""
    code, wait = answer.status_code, retry_after(answer)
    says = f"{code} {says or answer.reason_phrase}".strip()[:400]
    if code == 429 or (code == 503 and wait is not None):
        return later(key, says, wait)
    if code in ours:
        return later(key, says)
    if 400 <= code < 500:
        return refused(key, says)
    return unknown(key, says)


def retry_after(answer: httpx.Response) -> int | None:
    """Seconds, at most a day. A date instead of seconds is not read: we have no clock here."""
    stated = answer.headers.get("retry-after", "").strip()
    if not (stated.isascii() and stated.isdigit()):
        return None
    return min(int(stated[:10]), 86_400)


def accepted(key: str, reference: str, detail: str = "") -> Outcome:
    handed = Handed.ACCEPTED
    return Handover(key=key, came_to=handed, reference=reference, detail=detail), True


def arrived(taken: Handover, outcome: Word | None, code: str, at: datetime, raw: bytes) -> Handover:
    """What was taken, with what the same answer says beyond that; `code` is the carrier's own word.

    A later report of the same word is the same report where the carrier gives reports no ids.
    """
    if outcome not in BEYOND:
        return taken
    said = DeliveryEvent(
        id=f"{taken.reference}:{code}",
        key=taken.key,
        reference=taken.reference,
        outcome=outcome,
        at=at,
        code=code,
        detail=taken.detail,
    )
    return replace(taken, said=(said,), answer=raw)


def refused(key: str, detail: str) -> Outcome:
    return Handover(key=key, came_to=Handed.REFUSED, detail=detail), True


def later(key: str, detail: str, wait: int | None = None) -> Outcome:
    handed = Handed.TRY_LATER
    return Handover(key=key, came_to=handed, detail=detail, retry_after_seconds=wait), False


def unknown(key: str, detail: str) -> Outcome:
    return Handover(key=key, came_to=Handed.UNKNOWN, detail=detail), False


def words(trouble: Exception) -> str:
    return f"{type(trouble).__name__}: {trouble}"
