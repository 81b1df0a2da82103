"""What a client reads of its invoices: stages, payment, events. Ours are not among them."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usance import models
from usance.domain.events import Kind
from usance.domain.invoice import Stage
from usance.queries import own
from usance.web.delivered import KINDS, Word

STAGES: dict[Stage, tuple[Word, str]] = {
    Stage.RECEIVED: (gettext_lazy("Received"), "plain"),
    Stage.VERIFIED: (gettext_lazy("Being checked"), "info"),
    Stage.APPROVED: (gettext_lazy("Approved"), "info"),
    Stage.FUNDED: (gettext_lazy("Funded"), "good"),
    Stage.SETTLED: (gettext_lazy("Settled"), "good"),
    Stage.APPLIED: (gettext_lazy("Applied"), "good"),
    Stage.REJECTED: (gettext_lazy("Not bought"), "bad"),
    Stage.REPURCHASED: (gettext_lazy("Taken back"), "odd"),
    Stage.WRITTEN_OFF: (gettext_lazy("Written off"), "bad"),
}
assert set(STAGES) == set(Stage), "every stage has its word"

SAYS: dict[Kind, tuple[str | Promise, str, str]] = {
    Kind.INVOICE_RECEIVED: (gettext_lazy("We received it"), "inbox", ""),
    Kind.INVOICE_VERIFIED: (gettext_lazy("It passed our checks"), "circle-check", "good"),
    Kind.INVOICE_REJECTED: (gettext_lazy("We do not buy it"), "octagon-x", "bad"),
    Kind.INVOICE_APPROVED: (gettext_lazy("Approved"), "circle-check", "good"),
    Kind.INVOICE_FUNDED: (gettext_lazy("Bought: the advance is yours"), "banknote", "good"),
    Kind.INVOICE_PAID: (gettext_lazy("The debtor has paid all of it"), "banknote", "good"),
    Kind.INVOICE_SETTLED: (gettext_lazy("Settled: the reserve is yours"), "circle-check", "good"),
    Kind.INVOICE_REPURCHASED: (gettext_lazy("You took it back"), "undo-2", "odd"),
    Kind.INVOICE_REFACTORED: (
        gettext_lazy("Recourse is put off until {until}, for {fee}"),
        "clock",
        "odd",
    ),
    Kind.CREDIT_NOTE_VERIFIED: (gettext_lazy("It passed our checks"), "circle-check", "good"),
    Kind.CREDIT_NOTE_APPLIED: (gettext_lazy("It reduced its invoice"), "circle-check", "good"),
    Kind.DISPATCH_PLANNED: (gettext_lazy("To be sent by {by}"), "send", ""),
    Kind.DISPATCH_ACCEPTED: (gettext_lazy("Handed over by {by}"), "send", "info"),
    Kind.DISPATCH_DELIVERED: (gettext_lazy("Delivered by {by}"), "mail", "good"),
    Kind.DISPATCH_FAILED: (gettext_lazy("It did not arrive by {by}"), "undo-2", "bad"),
    Kind.DISPATCH_WITHHELD: (
        gettext_lazy("Confidential: we send your debtor nothing"),
        "key-round",
        "info",
    ),
    Kind.REMINDER_DUE: (gettext_lazy("We sent reminder {level}"), "clock", "warn"),
    Kind.DISPUTE_OPENED: (gettext_lazy("The debtor objects: {reason}"), "triangle-alert", "bad"),
    Kind.DISPUTE_CLOSED: (gettext_lazy("The objection is settled"), "check", "good"),
    Kind.INVOICE_WAITING: (gettext_lazy("You may sell it"), "banknote", "info"),
    Kind.OFFER_ASKED: (gettext_lazy("An offer is asked for"), "file-text", ""),
    Kind.OFFER_MADE: (gettext_lazy("We offer to buy it, until {until}"), "send", "info"),
    Kind.OFFER_ACCEPTED: (gettext_lazy("You accepted our offer"), "circle-check", "good"),
    Kind.OFFER_DECLINED: (gettext_lazy("You declined our offer"), "undo-2", ""),
    Kind.OFFER_REFUSED: (gettext_lazy("We make no offer for it"), "octagon-x", "bad"),
    Kind.OFFER_EXPIRED: (gettext_lazy("Our offer was over on {until}"), "clock", ""),
    Kind.PAYMENT_EXPLAINED: (
        gettext_lazy("The debtor paid us {amount}: it is yours with the next payout"),
        "banknote",
        "good",
    ),
}
OPENED = (gettext_lazy("Opened by its receiver, by {by}"), "eye", "good")
NOT_YOURS = gettext_lazy("The {amount} was something else, and waits with us")
assert set(SAYS) == set(own.TOLD), "what is told has its sentence, and nothing else has"


def told(line: models.Diary) -> dict[str, object]:
    """A line of the timeline, for parts/timeline.html. Who of us did it stays with us."""
    sentence, icon, tone = SAYS[Kind(line.kind)]
    if line.kind == Kind.PAYMENT_EXPLAINED and line.particulars.get("undone"):
        sentence, icon, tone = NOT_YOURS, "undo-2", "warn"
    if line.kind == Kind.DISPATCH_DELIVERED and line.particulars.get("state") == "opened":
        sentence, icon, tone = OPENED
    return {
        "says": str(sentence).format_map(_Particulars(line.particulars)),
        "at": line.at, "actor": "", "icon": icon, "tone": tone,
    }  # fmt: skip


def stands(stage: Stage, *, disputed: bool, held: bool, days_overdue: int) -> tuple[Word, str]:
    """A word and its tone: what stops it is named before how far it came."""
    if disputed:
        return _("Disputed"), "bad"
    if held and stage in {Stage.RECEIVED, Stage.VERIFIED, Stage.APPROVED}:
        return _("We look at it"), "warn"
    if days_overdue:
        return _("Overdue %(n)s d") % {"n": days_overdue}, "warn"
    return STAGES[stage]


class _Particulars(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"  # An older row does not carry it.

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        return str(KINDS[value]).lower() if key == "by" and value in KINDS else value
