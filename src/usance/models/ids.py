"""Keys of rows: UUIDv7, made here, so that books can be merged and moved between nodes."""

from uuid import UUID

import uuid_utils
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Grows with time, so that neighbours in time are neighbours in the index."""
    return uuid7()


def new_text() -> str:
    """A new id as text, for rows that are written by the thousand and that nobody asks for yet: the
    object alone takes longer than the id."""
    return uuid_utils.uuid7().hex


def is_key(text: str) -> bool:
    """Whether the text is a key as others get it from us and give it back: 32 hex digits."""
    return len(text) == 32 and all(ch in "0123456789abcdef" for ch in text)
