"""A print house's file of receipts (docs/print-drop.md): CSV, a line for each event."""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime

from usance.domain.distribution import DeliveryEvent, Outcome
from usance.plugins import Unreadable

COLUMNS = ("key", "status", "at")
MORE = ("id", "detail", "corrected_address")  # May be missing, in the head or in a line.
OUTCOMES: Mapping[str, Outcome] = {
    "accepted": Outcome.ACCEPTED,
    "printed": Outcome.ACCEPTED,
    "posted": Outcome.SENT,
    "delivered": Outcome.DELIVERED,  # Only where the carrier confirms it.
    "returned": Outcome.RETURNED,
    "rejected": Outcome.BOUNCED,  # It breaks a rule of the house and is not printed.
}


def events_of(data: bytes) -> Iterator[DeliveryEvent]:
    """The receipts in the file's order. A status that we do not know is UNREADABLE, kept.

    :raises Unreadable: with the line; nothing of such a file is believed.
    """
    try:
        lines = data.decode("utf-8-sig").splitlines(keepends=True)
    except UnicodeDecodeError as broken:
        raise Unreadable("not UTF-8", where=f"byte {broken.start}") from broken
    rows = csv.reader(lines, strict=True)
    try:
        head = [name.strip().lower() for name in next(rows, [])]
        if lost := [name for name in COLUMNS if name not in head]:
            raise Unreadable(f"the head has no {', '.join(lost)}", where="line 1")
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            yield _event(dict(zip(head, map(str.strip, row), strict=False)), rows.line_num)
    except csv.Error as broken:
        raise Unreadable(str(broken), where=f"line {rows.line_num}") from broken


def _event(cells: Mapping[str, str], line: int) -> DeliveryEvent:
    key, status, stated = (cells.get(name, "") for name in COLUMNS)
    if not key or not status:
        raise Unreadable("key or status is empty", where=f"line {line}")
    try:
        at = datetime.fromisoformat(stated)
    except ValueError as wrong:
        raise Unreadable(f"{stated!r} is no moment", where=f"line {line}") from wrong
    if at.tzinfo is None:
        raise Unreadable(f"{stated!r} has no offset", where=f"line {line}")
    return DeliveryEvent(
        id=cells.get("id", "") or f"{key}:{status}:{stated}",
        key=key,
        reference=key,
        outcome=OUTCOMES.get(status.lower(), Outcome.UNREADABLE),
        at=at,
        code=status,
        detail=cells.get("detail", ""),
        corrected_address=cells.get("corrected_address", ""),
    )
