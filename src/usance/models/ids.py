"""Keys of rows: UUIDv7, made here, so that books can be merged and moved between nodes."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Grows with time, so that neighbours in time are neighbours in the index."""
    return uuid7()
