"""Keys of rows: UUIDv7, made here, so that books can be merged and moved between nodes."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Grows with time, so that neighbours in time are neighbours in the index."""
    return uuid7()


def is_key(text: str) -> bool:
    """Whether the text is a key as others get it from us and give it back: 32 hex digits."""
    return len(text) == 32 and all(ch in "0123456789abcdef" for ch in text)
