"""What a client reads of the files that it handed in: a word for each, and findings in its words.

The rules speak to the office; where their advice is "ask the client", the client is told what it
can do itself.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext_lazy

from usance import models, plugins
from usance.domain.capture.review import State
from usance.domain.finding import Finding, Severity
from usance.queries.quarantine import INFECTED
from usance.web import handing
from usance.web.delivered import Word

Said = tuple[Word, str, str]  # A word, its tone, its sign.
WRAPPINGS = frozenset(plugins.names("wrappings"))
COPY = "invoice_seen_before"
WAITS = "mapping_needed"
WAYS = {
    "office": gettext_lazy("taken in by us"),
    "client": gettext_lazy("on these pages"),
    "cli": gettext_lazy("taken in by us"),
    "api": gettext_lazy("by a program"),
    "folder": gettext_lazy("by your folder"),
    "sftp": gettext_lazy("by your folder"),
    "email": gettext_lazy("by e-mail"),
    "issued": gettext_lazy("issued for you"),
    "demo": gettext_lazy("of the demo"),
}
assert set(WAYS) == set(models.batch.WAYS), "every way has its word"

READ: Said = (gettext_lazy("Read"), "good", "circle-check")
LOOKED_AT: Said = (gettext_lazy("We look at it"), "warn", "clock")
NOT_TAKEN: Said = (gettext_lazy("Not taken"), "bad", "octagon-x")
UNREADABLE: Said = (gettext_lazy("Not readable"), "bad", "octagon-x")
READINGS: dict[State, Said] = {
    State.UNREAD: (gettext_lazy("Being read"), "info", "clock"),
    State.WAITING: LOOKED_AT,
    State.POSTPONED: LOOKED_AT,
    State.PASSED: READ,
    State.CONFIRMED: READ,
    State.REJECTED: NOT_TAKEN,
    State.UNREADABLE: UNREADABLE,
}
assert set(READINGS) == set(State), "every state has its word"

ADVICE: dict[str, Word] = {
    "unreadable": gettext_lazy(
        "Hand in the file that your program made, or a PDF or picture of the invoice."
    ),
    WAITS: gettext_lazy("Nothing: we say once which column is which, then the file is read."),
    "malware_found": gettext_lazy("Hand the invoice in again, from a computer that is clean."),
    "not_inspected": gettext_lazy("Hand in a smaller file."),
    "rejected_in_review": gettext_lazy("Correct it, and hand it in as a new file."),
}
OTHERWISE = gettext_lazy("Correct it and hand it in again, or ask us.")
OURS = ("client", "seller", "sender", "mapping")  # Advice with these words is for the office.


def finding(kept: Mapping[str, str]) -> Finding:
    """A finding of a file, with what the client can do about it."""
    found = handing.finding(dict(kept))
    if (todo := ADVICE.get(found.code)) is not None:
        severity = Severity.WARNING if found.code == WAITS else found.severity
        return replace(found, todo=str(todo), severity=severity)
    if any(word in found.todo.lower() for word in OURS):
        return replace(found, todo=str(OTHERWISE))
    return found


def of_batch(row: models.Batch) -> list[Finding]:
    """Findings of the batch as a whole. That totals differ is told by the table of totals."""
    return [finding(one) for one in row.findings if not one.get("code", "").startswith("control_")]


def file(row: models.ReceivedFile, *, client: UUID, waits: Collection[UUID]) -> dict[str, object]:
    """A file for the list: what became of it.

    :param waits: files whose columns we have to confirm first.
    """
    papers = list(row.supporting.all())
    word, tone, icon = _said(row, waits=row.pk in waits, supports=bool(papers))
    return {
        "row": row, "word": word, "tone": tone, "icon": icon,
        "findings": [finding(one) for one in row.findings],
        "wraps": row.format in WRAPPINGS,
        "supports": [
            (one, one.invoice if one.invoice and one.invoice.client_id == client else None)
            for one in papers
        ],
    }  # fmt: skip


def _said(row: models.ReceivedFile, *, waits: bool, supports: bool) -> Said:
    if row.format == INFECTED:
        return gettext_lazy("Refused"), "bad", "octagon-x"
    if row.format in WRAPPINGS:
        return gettext_lazy("Opened"), "good", "layers"
    if supports:
        return gettext_lazy("Kept"), "good", "circle-check"
    if waits:
        return LOOKED_AT
    if (reading := getattr(row, "reading", None)) is not None:
        said = READINGS[State(reading.state)]
        if said is not READ or row.taken:
            return said
    if row.taken:
        return READ
    codes = {one.get("code") for one in row.findings}
    if COPY in codes and all(one.get("severity") == "warning" for one in row.findings):
        return gettext_lazy("We have it already"), "plain", "copy"
    return NOT_TAKEN if row.format else UNREADABLE
