"""The columns of a schedule that need no mapping: their headings name a field in known words."""

from collections.abc import Iterable, Sequence

from usance.domain.intake.fields import known

WRITTEN = (
    "number", "kind", "issue date", "due date", "currency", "net", "tax", "gross", "seller name",
    "seller vat id", "debtor name", "debtor vat id", "debtor org number", "email", "street",
    "postcode", "city", "country", "description", "reference", "credited number",
)  # fmt: skip


def by_position(names: Sequence[str]) -> dict[str, int]:
    """Our names of the columns and where they stand. Of two that mean the same the first counts."""
    found: dict[str, int] = {}
    for at, ours in enumerate(known(names)):
        if ours:
            found.setdefault(ours, at)
    return found


def looks_like_schedule(names: Iterable[str]) -> bool:
    ours = set(known(list(names)))
    return "number" in ours and bool(ours & {"gross", "net"})
