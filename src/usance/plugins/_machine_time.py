"""The machine's own time, for what carriers hold against theirs: dated and expiring signatures.

The book's clock may be simulated, and rules are told what time it is; a signature ages in the
world's time, whatever the book's clock says.
"""

from collections.abc import Mapping
from datetime import UTC, datetime


def signing_time(config: Mapping[str, str]) -> datetime:
    """Now, or the setting `signed_at` (ISO 8601 with offset), which a test uses."""
    if stated := config.get("signed_at", ""):
        return datetime.fromisoformat(stated).astimezone(UTC)
    return datetime.now(UTC)


def told_at(config: Mapping[str, str]) -> datetime:
    """When a carrier answered that tells no moment: the book's now, which whoever hands over says
    as `sent_at`, else the machine's."""
    stated = config.get("sent_at", "")
    return datetime.fromisoformat(stated) if stated else signing_time(config)


def noted_at(headers: Mapping[str, str]) -> str:
    """When a callback that tells no moment came, by the book's clock; "" if nobody says."""
    return headers.get("x-noted-at") or headers.get("x-received-at", "")
