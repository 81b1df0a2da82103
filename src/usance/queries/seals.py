"""The key by which we seal papers: a secret of the home, made when it is first needed."""

import os
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

from usance.letters import seal


def ours(name: str, *, at: datetime) -> seal.Seal:
    """Our seal; of several who make it at once the first one's stays.

    :param name: of the factor, for the certificate.
    """
    found = known()
    if found is not None:
        return found
    place = Path(settings.SEAL)
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=place.name, dir=place.parent)  # Its owner's alone.
    with os.fdopen(handle, "wb") as file:
        file.write(seal.made(name, at=at).pem)
    with suppress(FileExistsError):
        place.hardlink_to(draft)
    Path(draft).unlink()
    return seal.Seal(place.read_bytes())


def known() -> seal.Seal | None:
    """None: nothing was sealed here yet."""
    place = Path(settings.SEAL)
    return seal.Seal(place.read_bytes()) if place.exists() else None
