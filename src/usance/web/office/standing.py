"""How an invoice stands, as people read it: a word, a tone, and what happens next."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usance.domain.distribution import Kind, State
from usance.domain.invoice import Stage
from usance.domain.verification.questions import Grade

GRADES = {
    Grade.NONE: gettext_lazy("nothing proves it"),
    Grade.OPENED: gettext_lazy("a person opened the page"),
    Grade.CALLED: gettext_lazy("said on the telephone"),
    Grade.SIGNED: gettext_lazy("answered by the signed address"),
    Grade.BUYER: gettext_lazy("the buyer's system answered over its network"),
}
assert set(GRADES) == set(Grade), "every grade has its words"


@dataclass(frozen=True, slots=True)
class Standing:
    word: str
    tone: str  # A key of SHAPES in web.templatetags.usance.
    next: str


def of(
    stage: Stage, *, held: bool, disputed: bool, days_overdue: int, quiet: bool = False
) -> Standing:
    """What stops it is named before how far it came. `quiet`: its debtor is not told of us."""
    if held and stage not in _ENDED:
        return Standing(_("Held"), "warn", _("A person decides"))
    if disputed:
        return Standing(_("Disputed"), "bad", _("Settle the dispute"))
    if stage is Stage.FUNDED and days_overdue:
        late = ngettext("Overdue %(n)s d", "Overdue %(n)s d", days_overdue) % {"n": days_overdue}
        then = _("Ask the client") if quiet else _("Remind the debtor")
        return Standing(late, "warn" if days_overdue <= 30 else "bad", then)
    return {
        Stage.RECEIVED: Standing(_("Received"), "plain", _("Verification")),
        Stage.VERIFIED: Standing(_("Verified"), "info", _("Credit decision")),
        Stage.APPROVED: Standing(_("Approved"), "info", _("Purchase")),
        Stage.FUNDED: Standing(_("Funded"), "good", _("The debtor pays by the due date")),
        Stage.SETTLED: Standing(_("Settled"), "good", _("Nothing: it is closed")),
        Stage.APPLIED: Standing(_("Applied"), "good", _("Nothing: its invoice is reduced")),
        Stage.REJECTED: Standing(_("Rejected"), "bad", _("Nothing: it is the client's")),
        Stage.REPURCHASED: Standing(_("Repurchased"), "odd", _("Nothing: the client took it back")),
        Stage.WRITTEN_OFF: Standing(_("Written off"), "bad", _("Nothing: the loss is booked")),
    }[stage]


_ENDED = frozenset({Stage.SETTLED, Stage.REJECTED, Stage.REPURCHASED, Stage.WRITTEN_OFF})

TONES: dict[State, str] = {
    State.QUEUED: "plain",
    State.CALLING: "info",
    State.ACCEPTED: "info",
    State.SENT: "info",
    State.DELIVERED: "good",
    State.OPENED: "good",
    State.FAILED: "bad",
    State.UNKNOWN: "odd",
    State.CANCELLED: "plain",
}
assert set(TONES) == set(State), "every state of a delivery has its tone"

STEPS = {
    "verification.verify": gettext_lazy("Verification"),
    "credit.assess": gettext_lazy("Credit"),
    "finance.fund": gettext_lazy("Purchase"),
    "distribution.plan": gettext_lazy("Delivery"),
    "distribution.send": gettext_lazy("Delivery"),
    "distribution.again": gettext_lazy("Sending again"),
    "distribution.fall_back": gettext_lazy("The next channel"),
    "distribution.ask": gettext_lazy("Asking the carrier"),
    "capture.read": gettext_lazy("Reading"),
    "collection.take_objections": gettext_lazy("Objections"),
    "offers.offer": gettext_lazy("Offers"),
    "asking.mail": gettext_lazy("Asking the debtor"),
    "undertakings.take_responses": gettext_lazy("The debtor's undertaking"),
    "questions.take_responses": gettext_lazy("The debtor's answer"),
    "payment.match": gettext_lazy("Matching"),
    "payment.match_advised": gettext_lazy("Payment advices"),
    "pipeline.resume": gettext_lazy("Release"),
    "settlement.apply_waiting": gettext_lazy("Credit notes"),
    "settlement.apply_credit_notes": gettext_lazy("Credit notes"),
    "settlement.settle": gettext_lazy("Settlement"),
}


def step(name: str) -> str:
    """A step of the belt in a word."""
    return str(STEPS.get(name, name.replace("_", " ").replace(".", ": ")))


KINDS: dict[Kind, object] = {
    Kind.EINVOICE: gettext_lazy("E-invoice"),
    Kind.MAILBOX: gettext_lazy("Digital mailbox"),
    Kind.EMAIL: gettext_lazy("E-mail"),
    Kind.LETTER: gettext_lazy("Letter"),
    Kind.SMS: gettext_lazy("SMS"),
    Kind.PUSH: gettext_lazy("Push message"),
    Kind.PORTAL: gettext_lazy("Portal"),
}
assert set(KINDS) == set(Kind), "every kind of channel has its name"
