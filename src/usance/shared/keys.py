"""Keys of programs: made, ended, and what of them is in force. They live in real time, also where a
book does not: a key ends on a day of the world."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet

from .models import ApiKey, Role, User

READ, WRITE = "read", "write"


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
    """
    prefix = f"us_{secrets.token_hex(5)}"
    whole = f"{prefix}.{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(
        prefix=prefix,
        sha256=sha256(whole.encode()).hexdigest(),
        name=name,
        scopes=list(scopes),
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


def offered(user: User) -> tuple[str, ...]:
    """The scopes that somebody may give a key: to read, to write, and the desks he sits at."""
    desks = [role.value for role in Role if role is not Role.CLIENT]
    return (READ, WRITE, *(desks if user.role == Role.ADMIN else [user.role]))
