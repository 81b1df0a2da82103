"""A client that keeps its own ledger and collects: by when it shows it, and what comes of what is
late. Debtors who are not told leave nothing else to go by."""

from collections.abc import Iterator
from dataclasses import dataclass

from usance.domain.finding import Finding

MOST_LIST_DAYS = 25  # Before the next month is over.
MOST_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What the terms say about it, in days."""

    list_days: int  # After a month's end its list of open items is there.
    ask_days: int  # After its due date the client is asked about what is not paid,
    tell_days: int  # and so long after that the debtor may be told.


def faults(agreed: Keeping | None, *, tells: bool) -> Iterator[Finding]:
    """What a contract contradicts itself in about it.

    :param tells: whether its debtors are told: then the ledger is ours.
    """
    if tells:
        if agreed is not None:
            yield _fault("keeping_unexpected", "Debtors who are told are in the ledger we keep.")
        return
    if agreed is None:
        yield _fault("keeping_missing", "The client keeps the ledger: by when does it show it?")
    elif not (
        1 <= agreed.list_days <= MOST_LIST_DAYS
        and 0 <= agreed.ask_days <= MOST_DAYS
        and 1 <= agreed.tell_days <= MOST_DAYS
    ):
        says = f"A list is due within 1 to {MOST_LIST_DAYS} days, a client has up to {MOST_DAYS}."
        yield _fault("keeping_out_of_range", says)


def in_words(agreed: Keeping | None) -> Iterator[str]:
    if agreed is None:
        return
    within, told = _days(agreed.list_days), _days(agreed.tell_days)
    yield f"Within {within} of each month's end it hands in what is open in its ledger."
    asked = f"{_days(agreed.ask_days).capitalize()} after" if agreed.ask_days else "On"
    yield (
        f"{asked} its due date we ask the client about what is not paid;"
        f" {told} after that we may tell the debtor."
    )


def _days(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"


def _fault(code: str, says: str) -> Finding:
    return Finding(code=code, says=says, where="keeping", todo="Correct it and propose it again.")
