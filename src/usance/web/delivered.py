"""What is said of deliveries, in words, tones and marks: the same in the office and the portals."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from usance import models
from usance.domain.distribution import EVIDENCE, Evidence, Kind, Outcome, Paper, State, proves

Word = str | Promise

STATES: dict[State, tuple[Word, str]] = {
    State.QUEUED: (_("Queued"), "plain"),
    State.CALLING: (_("Calling"), "info"),
    State.ACCEPTED: (_("Accepted"), "info"),
    State.SENT: (_("Sent"), "info"),
    State.DELIVERED: (_("Delivered"), "good"),
    State.OPENED: (_("Opened"), "good"),
    State.FAILED: (_("Failed"), "bad"),
    State.UNKNOWN: (_("Unknown outcome"), "odd"),
    State.CANCELLED: (_("Cancelled"), "plain"),
}
assert set(STATES) >= set(State), "every state of a delivery has its word"

# Word, tone and mark of each grade: the mark fills up as the proof gets better.
GRADES: dict[Evidence, tuple[Word, str, str]] = {
    Evidence.NONE: (_("No proof"), "plain", "circle-dashed"),
    Evidence.CARRIER_ACCEPTED: (_("The carrier took it"), "info", "circle-dot"),
    Evidence.RECEIVER_CONFIRMED: (_("The receiver has it"), "good", "circle-check"),
    Evidence.PERSON_CONFIRMED: (_("A person opened it"), "good", "eye"),
}
assert set(GRADES) == set(Evidence), "every grade of evidence has its word"

KINDS: dict[Kind, Word] = {
    Kind.EINVOICE: _("E-invoice"),
    Kind.MAILBOX: _("Digital mailbox"),
    Kind.EMAIL: _("E-mail"),
    Kind.LETTER: _("Letter"),
    Kind.SMS: _("SMS"),
    Kind.PUSH: _("Push message"),
    Kind.PORTAL: _("Portal"),
}
assert set(KINDS) == set(Kind), "every kind of channel has its name"

PAPERS: dict[Paper, Word] = {
    Paper.INVOICE: _("Invoice"),
    Paper.NOTICE: _("Notice of assignment"),
    Paper.REMINDER: _("Reminder"),
    Paper.RELEASE: _("Release of claims"),
}
assert set(PAPERS) == set(Paper), "every paper has its name"

# What each word of a carrier proves, and how it looks on a timeline: word, tone, icon, grade.
OUTCOMES: dict[Outcome, tuple[Word, str, str, Evidence]] = {
    Outcome.ACCEPTED: (_("Taken by the carrier"), "info", "send", Evidence.CARRIER_ACCEPTED),
    Outcome.SENT: (_("Sent on by the carrier"), "info", "send", Evidence.CARRIER_ACCEPTED),
    Outcome.DELIVERED: (
        _("Delivered"), "good", "circle-check", Evidence.RECEIVER_CONFIRMED
    ),
    Outcome.OPENED: (_("Opened by a person"), "good", "eye", Evidence.PERSON_CONFIRMED),
    Outcome.DEFERRED: (_("The carrier tries again"), "plain", "clock", Evidence.NONE),
    Outcome.BOUNCED: (_("Bounced"), "bad", "undo-2", Evidence.NONE),
    Outcome.RETURNED: (_("Returned to sender"), "bad", "undo-2", Evidence.NONE),
    Outcome.EXPIRED: (_("Given up by the carrier"), "bad", "octagon-x", Evidence.NONE),
    Outcome.COMPLAINED: (
        _("Called unwanted by the receiver"), "warn", "triangle-alert", Evidence.RECEIVER_CONFIRMED
    ),
    Outcome.UNREADABLE: (
        _("A word that we do not know"), "odd", "circle-question-mark", Evidence.NONE
    ),
}  # fmt: skip
assert set(OUTCOMES) >= set(Outcome), "every outcome has its word"


def proof(grade: Evidence) -> dict[str, object]:
    """Word, tone and icon of a grade, for parts/proof.html."""
    word, tone, icon = GRADES[grade]
    return {"word": word, "tone": tone, "icon": icon}


def event(row: models.DeliveryEvent) -> dict[str, object]:
    """One report, for parts/reports.html: when at the carrier, when here, how well it proves.

    A grade is real when the carrier saw it happen; `estimated` when it reckons so from the time.
    """
    outcome = Outcome(row.outcome)
    word, tone, icon, _ = OUTCOMES[outcome]
    *_, grade = OUTCOMES[proves(outcome, estimated=row.estimated)]
    return {
        "row": row, "word": word, "tone": tone, "icon": icon, "proof": proof(grade),
        "grade": grade, "estimated": row.estimated,
        "is_linked": row.event_id.endswith(":linked"),
    }  # fmt: skip


def delivery(row: models.Dispatch) -> dict[str, object]:
    """One delivery with its reports, which must be prefetched as `events`."""
    word, tone = STATES[State(row.state)]
    return {
        "row": row, "word": word, "tone": tone, "kind": KINDS[Kind(row.kind)],
        "paper": PAPERS[Paper(row.paper)], "to": reached_at(row.address),
        "proof": proof(EVIDENCE[State(row.state)]),
        "events": [event(one) for one in in_order(row.events.all())],
    }  # fmt: skip


def deliveries(rows: Sequence[models.Dispatch]) -> Iterator[dict[str, object]]:
    return map(delivery, rows)


def in_order(events: Sequence[models.DeliveryEvent]) -> list[models.DeliveryEvent]:
    """By the carrier's clock; reports of one moment as they came."""
    return sorted(events, key=lambda one: (one.at, one.received_at, one.pk))


def reached_at(at: Mapping[str, str]) -> str:
    """The address in a line: a person reads it beside "to"."""
    electronic = at.get("email") or at.get("einvoice") or at.get("mailbox") or at.get("phone")
    if electronic:
        return str(electronic)
    town = " ".join(filter(None, (at.get("postcode"), at.get("city"))))
    return ", ".join(filter(None, (at.get("street"), town, at.get("country"))))
