"""Who may come in: a program with its key; a colleague with the office's session, to read."""

import hmac
import re
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.security.base import AuthBase

from usance.domain.mandate import ALLOWED, Act, Role, by_key, may
from usance.domain.refusal import Refusal
from usance.shared import keys
from usance.shared.models import ApiKey

READ, WRITE = "read", "write"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
TOUCH_EVERY = timedelta(minutes=1)  # Knowing the minute of the last use is worth no more writes.
NOBODY = "0" * 64  # Compared with when there is no such key, so that both ways take as long.
# What a client's key may ask. Each of these narrows what it finds to the client (see `mine`).
OWN = re.compile(
    r"/v1/(invoices(/[0-9a-f-]{36}(/deliveries|/certificate)?)?|dispatches|documents/[0-9a-f]{64}"
    r"|reports/(client-statement|speed)|availability(/invoices)?|offers(/choices|/[0-9a-f-]{36})?"
    r"|fee-invoices(/[0-9a-f-]{36})?|vat-relief|schedules(/[0-9a-f-]{36})?"
    r"|batches(/[0-9a-f-]{36})?)"
)
# And what it may do, if it may write: as the client's own people on their pages.
OWN_WRITES = re.compile(r"/v1/(batches|open-items|offers(/[0-9a-f-]{36}/answers)?)")
SPAN = 60  # Seconds over which requests are counted.


class ScopeMissing(Refusal):
    code = "scope_missing"
    todo = "Make a key with this scope: usance key add NAME --scope read --scope write …"


class NotForClients(Refusal):
    code = "not_for_clients"
    todo = (
        "A client's key reads its own invoices, deliveries, papers, statement, availability,"
        " offers, fee invoices, VAT relief, schedules and batches, hands in its invoices, and asks"
        " for and answers its offers, and hands in its open items."
    )


class TooManyRequests(Refusal):
    code = "too_many_requests"
    todo = "Wait as long as Retry-After says, and spread the requests."
    retry_after = 1  # Seconds.


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks. `key` None: a colleague in the office, who only reads here."""

    actor: str
    scopes: frozenset[str]
    key: ApiKey | None
    client: UUID | None = None  # A client's own program: it sees that client's invoices alone.

    def role(self, act: Act) -> Role:
        """In which of its roles the key does this. The action itself decides whether it may.

        A client's own key stands for the client, as its own people do.

        :raises ScopeMissing: if the key has no role at all.
        """
        if self.client is not None:
            return Role.CLIENT
        roles = [role for role in Role if role.value in self.scopes]
        if not roles:
            able = " or ".join(sorted(ALLOWED[act] - {Role.CLIENT}))
            raise ScopeMissing(f"to {act.replace('_', ' ')} takes a key with the scope {able}")
        return next((role for role in roles if may(role, act)), roles[0])


class Key(HttpBearer):
    """`Authorization: Bearer us_prefix.secret`, from `usance key add`."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """None: no such key is in force."""
        row = _key(token)
        if row is None:
            return None
        _count(row.pk)
        _touch(row)
        open_to = OWN if request.method in READING else OWN_WRITES
        if row.client_id is not None and not open_to.fullmatch(request.path):
            raise NotForClients("this is not for a client's key")
        caller = Caller(
            actor=_actor(row),
            scopes=_scopes(row),
            key=row,
            client=row.client_id,
        )
        needed = READ if request.method in READING else WRITE
        if needed not in caller.scopes:
            raise ScopeMissing(f"this takes the scope {needed}")
        return caller


class Office(AuthBase):
    """The session of somebody signed in to the office: reading only, so nothing can be forged."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Caller | None:
        user: Any = request.user
        if request.method not in READING or not user.is_authenticated:
            return None
        if user.role == Role.CLIENT:  # Its door does not lead here; a client's program has a key.
            return None
        return Caller(actor=f"user:{user.username}", scopes=frozenset({READ}), key=None)


def caller(request: HttpRequest) -> Caller:
    """Who asks, after the gate."""
    found = request.auth  # type: ignore[attr-defined]  # Set by ninja from what the gate said.
    assert isinstance(found, Caller)
    return found


def mine(request: HttpRequest, rows: "QuerySet[Any]", by: str = "client_id") -> "QuerySet[Any]":
    """The rows, for a client's key only those of its client."""
    client = caller(request).client
    return rows if client is None else rows.filter(**{by: client})


def _key(token: str) -> ApiKey | None:
    prefix, dot, secret = token.partition(".")
    row = None
    if dot and secret and 0 < len(prefix) <= 16 and prefix.isascii() and prefix.isprintable():
        row = ApiKey.objects.select_related("owner").filter(prefix=prefix).first()
    given = sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
    same = hmac.compare_digest(given, row.sha256 if row else NOBODY)
    if row is None or not same or not keys.in_force(row, at=datetime.now(UTC)):
        return None
    return row


def _actor(row: ApiKey) -> str:
    """The person behind the key, and the key; of one that nobody owns, the key."""
    return by_key(row.owner.username, row.prefix) if row.owner else f"key:{row.prefix}"


def _scopes(row: ApiKey) -> frozenset[str]:
    """Those of the key that its owner may give today: a desk that he left is left by his keys."""
    if row.owner is None or row.client_id is not None:
        return frozenset(row.scopes)
    return frozenset(row.scopes) & frozenset(keys.offered(row.owner))


def _touch(row: ApiKey) -> None:
    now = datetime.now(UTC)  # Real time: when a key was used is no matter of the book.
    if row.last_used_at is None or abs(now - row.last_used_at) >= TOUCH_EVERY:
        ApiKey.objects.filter(pk=row.pk).update(last_used_at=now)


_counts: dict[int, tuple[int, int]] = {}  # Key → span, requests in it. Each process counts alone.
_counting = threading.Lock()


def _count(key: int) -> None:
    """:raises TooManyRequests: beyond settings.API_PER_MINUTE in a minute."""
    now = time.monotonic()
    span = int(now // SPAN)
    with _counting:
        began, count = _counts.get(key, (span, 0))
        count = count + 1 if began == span else 1
        _counts[key] = (span, count)
    if count > settings.API_PER_MINUTE:
        no = TooManyRequests(f"more than {settings.API_PER_MINUTE} requests a minute")
        no.retry_after = int((span + 1) * SPAN - now) + 1
        raise no


GATE: list[AuthBase] = [Key(), Office()]
