"""Keep every byte that comes in or goes out, by its SHA-256."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from typing import BinaryIO, cast

from django.core.files.storage import storages

from usance import models
from usance.models.bulk import copy_new
from usance.shared.depot import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    data: bytes | BinaryIO  # A file that is open: what is too long for memory.
    media_type: str
    name: str


def keep(contents: Iterable[Content], *, at: datetime) -> list[str]:
    """Store what is not stored yet; the SHA-256 of each, in the order given.

    The bytes are stored for good before their row is committed, so a row never points to nothing.
    """
    store = cast(Store, storages["documents"])
    rows: dict[str, tuple[object, ...]] = {}
    hashes, is_new = [], False
    for content in contents:
        digest, size = _measured(content.data)
        hashes.append(digest)
        if digest in rows:
            continue
        is_new |= store.put(path(digest), content.data)
        rows[digest] = (digest, content.media_type, size, content.name[-255:], at)
    if is_new:
        store.flush()
    copy_new(
        models.Document,
        ["sha256", "media_type", "size", "name", "kept_at"],
        rows.values(),
        conflict=["sha256"],
        returning="sha256",
    )
    return hashes


def media_type(body: bytes) -> str:
    """By its first sign: what carriers say is XML, JSON or words."""
    return {b"<": "application/xml", b"{": "application/json"}.get(body[:1], "text/plain")


def _measured(data: bytes | BinaryIO) -> tuple[str, int]:
    """SHA-256 and bytes; a file is at its beginning afterwards."""
    if isinstance(data, bytes):
        return sha256(data).hexdigest(), len(data)
    data.seek(0)
    digest = file_digest(data, "sha256").hexdigest()  # type: ignore[arg-type]  # Any that reads into.
    size = data.tell()
    data.seek(0)
    return digest, size


def path(digest: str) -> str:
    """Where the bytes of this hash lie in the store."""
    return f"{digest[:2]}/{digest}"
