"""Keys of programs: made, ended, and what of them is in force. They live in real time, also where a
book does not: a key ends on a day of the world."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet

from usance.domain.refusal import Refusal

from .models import ApiKey, Role, User

READ, WRITE = "read", "write"
DOORS = (READ, WRITE)
DESKS = tuple(role.value for role in Role if role is not Role.CLIENT)


class ScopeNotGiven(Refusal):
    code = "scope_not_given"
    todo = "Give read, write, and desks at which its owner sits."


class ScopeIdle(Refusal):
    code = "scope_idle"
    todo = "Give the scope write too."


@dataclass(frozen=True, slots=True)
class Made:
    """A new key. `whole` is told once and kept nowhere."""

    row: ApiKey
    whole: str


def make(
    name: str,
    scopes: Sequence[str],
    *,
    owner: User | None,
    at: datetime,
    expires_at: datetime | None = None,
    **bound: Any,
) -> Made:
    """A key with these scopes. `owner` answers for what it does; without one it releases nothing.

    :param bound: book and client_id of a client's own key.
    :raises ScopeNotGiven: if the owner may not give one, or it is none.
    :raises ScopeIdle: if one would do nothing.
    """
    _check(scopes, DOORS if bound else offered(owner))
    prefix = f"us_{secrets.token_hex(5)}"
    whole = f"{prefix}.{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(
        prefix=prefix,
        sha256=sha256(whole.encode()).hexdigest(),
        name=name,
        scopes=list(dict.fromkeys(scopes)),
        owner=owner,
        created_at=at,
        expires_at=expires_at,
        **bound,
    )
    return Made(row, whole)


def revoke(rows: "QuerySet[ApiKey]", *, at: datetime) -> int:
    """Put them out of force at once; how many were in force."""
    ended = 0
    for row in rows.filter(revoked_at=None):
        row.revoked_at = max(at, row.created_at)  # Made in a book whose clock is ahead.
        row.save(update_fields=["revoked_at"])
        ended += 1
    return ended


def seen_by(user: User) -> "QuerySet[ApiKey]":
    """One's own keys; an administrator sees everybody's."""
    rows = ApiKey.objects.select_related("owner").order_by("-created_at", "-pk")
    return rows if user.role == Role.ADMIN else rows.filter(owner=user)


def in_force(row: ApiKey, *, at: datetime) -> bool:
    """Not revoked, not expired, and its owner still works here."""
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= at):
        return False
    return row.owner is None or row.owner.is_active


def offered(user: User | None) -> tuple[str, ...]:
    """The scopes that somebody may give a key: to read, to write, and the desks he sits at. None:
    who may run commands gives every desk to a key that nobody owns. A client's own people give
    none: what a key without a client reads is everybody's."""
    if user is not None and user.role == Role.CLIENT:
        return ()
    return (*DOORS, *(DESKS if user is None or user.role == Role.ADMIN else [user.role]))


def _check(scopes: Sequence[str], given: Sequence[str]) -> None:
    for scope in scopes:
        if scope not in given:
            may = f"it may have {', '.join(given)}" if given else "its owner is a client's"
            raise ScopeNotGiven(f"this key cannot have the scope {scope}: {may}")
    if without := idle(scopes):
        raise ScopeIdle(f"{' and '.join(without)} would do nothing: without write a key only reads")


def idle(scopes: Sequence[str]) -> list[str]:
    """Those of a key that do nothing: what is done at a desk is written."""
    return [] if WRITE in scopes else [scope for scope in scopes if scope != READ]
