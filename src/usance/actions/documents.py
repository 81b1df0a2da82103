"""Keep every byte that comes in or goes out, by its SHA-256."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from usance import models
from usance.models.bulk import copy_new
from usance.shared.depot import Depot


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    data: bytes
    media_type: str
    name: str


def keep(contents: Iterable[Content], *, at: datetime) -> list[str]:
    """Store what is not stored yet; the SHA-256 of each, in the order given.

    The bytes are on disk before their row is committed, so a row never points to nothing.
    """
    store = storages["documents"]
    rows: dict[str, tuple[object, ...]] = {}
    hashes, is_new = [], False
    for content in contents:
        digest = sha256(content.data).hexdigest()
        hashes.append(digest)
        if digest in rows:
            continue
        place = path(digest)
        if isinstance(store, Depot):
            is_new |= store.put(place, content.data)
        elif not store.exists(place):
            store.save(place, ContentFile(content.data))
        rows[digest] = (digest, content.media_type, len(content.data), content.name[-255:], at)
    if is_new and isinstance(store, Depot):
        store.flush()
    copy_new(
        models.Document,
        ["sha256", "media_type", "size", "name", "kept_at"],
        rows.values(),
        conflict=["sha256"],
        returning="sha256",
    )
    return hashes


def path(digest: str) -> str:
    """Where the bytes of this hash lie in the store."""
    return f"{digest[:2]}/{digest}"
