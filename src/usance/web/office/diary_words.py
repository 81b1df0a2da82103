"""What the diary says, in sentences: a row for each kind of event."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from usance import models
from usance.domain import distribution
from usance.domain.events import Kind
from usance.domain.mandate import SPOKEN, VIA
from usance.domain.verification.questions import Grade
from usance.web.delivered import KINDS

from .standing import GRADES, step

# Kind → sentence, icon, tone. Names in braces are particulars of the event.
SAYS: dict[Kind, tuple[object, str, str]] = {
    Kind.BATCH_RECEIVED: (_("Batch received"), "inbox", ""),
    Kind.PAGES_RECEIVED: (_("{name} waits to be read"), "inbox", ""),
    Kind.PAGES_UNREADABLE: (_("{name} cannot be read: {says}"), "octagon-x", "bad"),
    Kind.READING_WAITING: (_("{name} was read and waits for a person: {codes}"), "pause", "warn"),
    Kind.READING_PASSED: (_("{name} was read; no person was needed"), "circle-check", "good"),
    Kind.READING_POSTPONED: (_("Review of {name} postponed{remark}"), "clock", ""),
    Kind.READING_CONFIRMED: (_("{name} was reviewed. Corrected: {corrected}"), "eye", "good"),
    Kind.READING_REJECTED: (_("{name} was rejected in review{remark}"), "octagon-x", "bad"),
    Kind.LAYOUT_LEARNED: (_("Learned where {sender} writes: {fields}"), "eye", "info"),
    Kind.LAYOUT_WITHDRAWN: (_("Forgotten where {sender} writes: {fields}"), "undo-2", ""),
    Kind.DRAFT_WRITTEN: (_("Draft written: {amount}"), "file-text", ""),
    Kind.DRAFT_WAITING: (_("Draft waits for a second person: {because}"), "pause", "warn"),
    Kind.DRAFT_ISSUED: (_("Issued as {number}{remark}"), "circle-check", "good"),
    Kind.DRAFT_DISCARDED: (_("Draft discarded{remark}"), "undo-2", ""),
    Kind.INVOICE_RECEIVED: (_("Received in batch #{batch}"), "inbox", ""),
    Kind.INVOICE_VERIFIED: (_("Verified: no finding stops it"), "circle-check", "good"),
    Kind.INVOICE_WAITING: (_("Waits until the client sells it"), "clock", ""),
    Kind.INVOICE_HELD: (_("Held before {step}: {codes}"), "pause", "warn"),
    Kind.INVOICE_PARKED: (_("Step {step} failed: {error}"), "octagon-x", "bad"),
    Kind.INVOICE_RELEASED: (_("Released, goes on with {step}{remark}"), "check", "info"),
    Kind.INVOICE_REJECTED: (_("Rejected{remark}"), "octagon-x", "bad"),
    Kind.INVOICE_APPROVED: (_("Approved by credit"), "circle-check", "good"),
    Kind.INVOICE_FUNDED: (_("Purchased"), "banknote", "good"),
    Kind.SCHEDULE_SIGNED: (_("Schedule {number} signed by {name}"), "file-text", "good"),
    Kind.INVOICE_PAID: (_("Nothing is outstanding any more"), "banknote", "good"),
    Kind.INVOICE_SETTLED: (_("Settled: the reserve is released"), "circle-check", "good"),
    Kind.INVOICE_REOPENED: (_("Open again: its payment was taken back"), "undo-2", "odd"),
    Kind.INVOICE_REPURCHASED: (_("Taken back by the client: {because}"), "undo-2", "odd"),
    Kind.INVOICE_REFACTORED: (_("Recourse put off until {until} for {fee}"), "clock", "odd"),
    Kind.INVOICE_WRITTEN_OFF: (_("Written off, {amount}: {cause}"), "octagon-x", "bad"),
    Kind.WRITE_OFF_PROPOSED: (_("Write-off of {amount} proposed: {cause}"), "pause", "warn"),
    Kind.WRITE_OFF_DECLINED: (_("Not written off{remark}"), "undo-2", ""),
    Kind.CLAIM_WRITTEN_OFF: (_("Claim of {amount} written off: {cause}"), "octagon-x", "bad"),
    Kind.BUY_BACK_QUOTED: (_("Quoted to buy it back, {price} in all: {reason}"), "pause", "warn"),
    Kind.BUY_BACK_DONE: (_("The client bought it back, {price} in all"), "undo-2", "odd"),
    Kind.BUY_BACK_DECLINED: (_("Not bought back{remark}"), "undo-2", ""),
    Kind.CREDIT_NOTE_VERIFIED: (_("Credit note verified"), "circle-check", "good"),
    Kind.CREDIT_NOTE_APPLIED: (_("Credit note applied to its invoice"), "circle-check", "good"),
    Kind.DISPATCH_PLANNED: (_("To be sent by {by}. {because}"), "send", ""),
    Kind.DISPATCH_ACCEPTED: (_("Handed to {carrier}"), "send", "info"),
    Kind.DISPATCH_DELIVERED: (_("Delivered by {by}"), "mail", "good"),
    Kind.DISPATCH_FAILED: (_("Delivery by {by} failed: {detail}"), "octagon-x", "bad"),
    Kind.DISPATCH_UNKNOWN: (_("Nobody knows whether it went out. {detail}"), "circle-question-mark",
                            "odd"),
    Kind.CARRIER_PAUSED: (_("{carrier} does not answer and is paused: {detail}"), "pause", "bad"),
    Kind.CARRIER_RESUMED: (_("{carrier} answers again"), "check", "good"),
    Kind.DISPATCH_LATE: (_("No proof of the {by} by its deadline. {because}"), "clock", "warn"),
    Kind.DISPATCH_CANCELLED: (_("Delivery by {by} taken back: {because}"), "undo-2", ""),
    Kind.DISPATCH_DOUBLED: (_("Delivered twice: by {first} and by {second}"), "layers", "warn"),
    Kind.DISPATCH_WITHHELD: (_("Nothing is sent. {because}"), "key-round", "info"),
    Kind.RESPONSE_RECEIVED: (_("{says}"), "mail", "info"),
    Kind.ADDRESS_SUPPRESSED: (_("Nothing more is sent to {address}: {because}"), "octagon-x",
                              "warn"),
    Kind.ADDRESS_LIFTED: (_("{address} may be used again. {remark}"), "check", "good"),
    Kind.ADDRESS_PROPOSED: (_("A carrier knows a better address: {said}"), "mail", "warn"),
    Kind.ADDRESS_DECLINED: (_("The address {said} was not taken over{remark}"), "undo-2", ""),
    Kind.REMINDER_DUE: (_("Reminder {level}, {days_overdue} days overdue"), "clock", "warn"),
    Kind.DISPUTE_REPORTED: (_("The debtor objects: {detail}"), "triangle-alert", "bad"),
    Kind.DISPUTE_OPENED: (_("Dispute opened{over}: {reason}"), "triangle-alert", "bad"),
    Kind.DISPUTE_CLOSED: (_("Dispute closed. {outcome}"), "check", "good"),
    Kind.LEDGER_COMPARED: (
        _("The client's ledger of {as_of}: {rows} open items, {differences} differ"), "scale", ""
    ),
    Kind.DIFFERENCE_CLOSED: (_("Difference to the client's ledger: {remark}"), "check", "good"),
    Kind.CLIENT_ASKED: (_("The client was asked about it: {answer}"), "mail", "info"),
    Kind.INVOICE_DISCLOSED: (_("The debtor is told that it is ours: {because}"), "key-round",
                             "warn"),
    Kind.UNDERTAKING_GIVEN: (
        _("The debtor undertook irrevocably to pay {amount} on {until}. {person}"),
        "circle-check",
        "good",
    ),
    Kind.PROMISE_MADE: (_("{says}"), "banknote", "info"),
    Kind.PLAN_ASKED: (_("The debtor asks for {count} instalments of {total}"), "clock", "warn"),
    Kind.PLAN_AGREED: (_("Plan agreed: {count} instalments, the first by {first}"), "check",
                       "good"),
    Kind.PLAN_DECLINED: (_("Plan declined{remark}"), "undo-2", ""),
    Kind.PLAN_BROKEN: (_("Plan broken: {left} was not paid in time"), "octagon-x", "bad"),
    Kind.PLAN_KEPT: (_("Plan kept: everything was paid"), "circle-check", "good"),
    Kind.OFFER_ASKED: (_("An offer is asked for: {invoices} invoices, {face}"), "file-text", ""),
    Kind.OFFER_PREPARED: (_("Offer of {advance} prepared{remark}"), "pause", "warn"),
    Kind.OFFER_MADE: (_("{advance} offered for {face}, until {until}"), "send", "info"),
    Kind.OFFER_ACCEPTED: (_("The client accepted: {advance} for {face}"), "circle-check", "good"),
    Kind.OFFER_DECLINED: (_("The client declined the offer{remark}"), "undo-2", ""),
    Kind.OFFER_REFUSED: (_("Nothing is offered{remark}"), "octagon-x", "bad"),
    Kind.OFFER_EXPIRED: (_("The offer was over on {until}"), "clock", ""),
    Kind.STATEMENT_IMPORTED: (_("Statement imported"), "landmark", ""),
    Kind.PAYMENT_ALLOCATED: (_("Payment of {amount} allocated"), "banknote", "good"),
    Kind.PAYMENT_UNAPPLIED: (_("{left} of a receipt is unapplied: {says}"), "banknote", "warn"),
    Kind.OVER_ADVANCE_PROPOSED: (
        _("Over-advance of {amount} until {until} proposed: {reason}"),
        "triangle-alert",
        "warn",
    ),
    Kind.OVER_ADVANCE_APPROVED: (
        _("Over-advance of {amount} until {until} approved"),
        "circle-check",
        "info",
    ),
    Kind.OVER_ADVANCE_DECLINED: (_("Over-advance of {amount} declined"), "octagon-x", ""),
    Kind.PAYMENT_UNDONE: (_("Payment of {amount} taken back: {because}"), "undo-2", "odd"),
    Kind.PAYMENT_EXPLAINED: (_("{amount} of a bank line explained: {was}. {because}"), "banknote",
                             ""),
    Kind.PAYMENT_DIFFERENCE: (
        _("{amount} {way} ({reason}): {follows}"), "circle-question-mark", "info",
    ),
    Kind.TOLERANCE_SET: (_("Small differences: {says}. {because}"), "settings", ""),
    Kind.PAYER_LEARNED: (_("Remembered who pays: {says}"), "eye", "info"),
    Kind.PAYER_FORGOTTEN: (_("Forgotten who pays"), "undo-2", ""),
    Kind.ADVICE_RECEIVED: (
        _("Payment advice of {amount} for {invoices} invoices came in"),
        "mail",
        "info",
    ),
    Kind.ADVICE_WITHDRAWN: (_("Payment advice withdrawn: {because}"), "undo-2", ""),
    Kind.PAYOUT_PROPOSED: (_("Payout proposed: {amount}"), "banknote", ""),
    Kind.PAYOUT_RELEASED: (_("Payout released: {amount}"), "banknote", "info"),
    Kind.PAYOUT_SENT: (_("Payout sent{remark}"), "send", "info"),
    Kind.PAYOUT_PAID: (_("Payout paid: {amount}"), "banknote", "good"),
    Kind.PAYOUT_REJECTED: (_("Payout rejected: {reason}"), "octagon-x", "bad"),
    Kind.PAYOUT_RETURNED: (_("Payout came back: {reason}"), "undo-2", "bad"),
    Kind.PAYOUT_MISSING: (_("Payout said never to be executed: {because}"), "pause", "warn"),
    Kind.PAYOUT_NOT_MISSING: (_("Payout not missing after all"), "undo-2", ""),
    Kind.PAYOUT_PAID_AFTER_ALL: (_("Payout executed after all: {amount}"), "octagon-x", "bad"),
    Kind.DEBIT_PLANNED: (_("Direct debit of {amount} planned for {on}"), "banknote", ""),
    Kind.DEBIT_ANNOUNCED: (_("Direct debit of {amount} on {on} announced: {how}"), "mail", "info"),
    Kind.DEBIT_RELEASED: (_("Direct debit of {amount} released for {on}"), "banknote", "info"),
    Kind.DEBIT_SENT: (_("Direct debit sent to the bank"), "send", "info"),
    Kind.DEBIT_COLLECTED: (_("{amount} collected; final from {final} on"), "banknote", "good"),
    Kind.DEBIT_NOT_COLLECTED: (_("Not collected after all: {because}"), "undo-2", ""),
    Kind.DEBIT_REJECTED: (_("Direct debit rejected: {reason}"), "octagon-x", "bad"),
    Kind.DEBIT_RETURNED: (_("Direct debit returned: {reason}"), "undo-2", "bad"),
    Kind.DEBIT_CANCELLED: (_("Direct debit cancelled: {because}"), "undo-2", ""),
    Kind.CHECKOUT_BEGUN: (_("Online payment of {amount} begun at {provider}"), "clock", ""),
    Kind.CHECKOUT_PAID: (_("{amount} paid online by {provider}"), "circle-check", "good"),
    Kind.CHECKOUT_ENDED: (_("Online payment ended unpaid: {because}"), "undo-2", ""),
    Kind.CHECKOUT_RETURNED: (
        _("Online payment of {amount} taken back: {because}"), "undo-2", "bad",
    ),
    Kind.PROVIDER_PAYOUT_TOLD: (_("{provider} pays on {amount}"), "clock", ""),
    Kind.PROVIDER_PAYOUT_ARRIVED: (
        _("{amount} of {provider} came to our bank"), "circle-check", "good",
    ),
    Kind.PROVIDER_REFUND_PROPOSED: (
        _("Refund of {amount} by {provider} proposed: {because}"), "list-checks", "",
    ),
    Kind.PROVIDER_REFUND_RELEASED: (
        _("Refund of {amount} by {provider} released"), "banknote", "info",
    ),
    Kind.PROVIDER_REFUND_DONE: (_("{provider} paid back {amount}"), "circle-check", "good"),
    Kind.PROVIDER_REFUND_ENDED: (
        _("{provider} does not pay back {amount}: {because}"), "undo-2", "bad",
    ),
    Kind.QUESTION_OPENED: (_("The debtor is to be asked: {because}"), "circle-question-mark", ""),
    Kind.QUESTION_ASKED: (_("Debtor asked: {to}. Answer by {until}"), "send", "info"),
    Kind.QUESTION_MAILED: (_("The question was mailed to {to}"), "mail", "info"),
    Kind.QUESTION_UNREACHED: (_("No mail reached the debtor: call. {detail}"), "phone", "warn"),
    Kind.QUESTION_ANSWERED: (
        _("The debtor answered: {answer}. {said} {person}{proof}"), "mail", "info"
    ),
    Kind.QUESTION_SILENT: (_("The debtor did not answer by {until}"), "clock", "warn"),
    Kind.SUPPORTING_FILED: (_("{name} filed with it: {because}"), "file-text", ""),
    Kind.SUPPORTING_REMOVED: (_("{name} is no longer filed with it{remark}"), "undo-2", ""),
    Kind.VOUCHERS_MADE: (_("Export {name} written: {vouchers} vouchers"), "book-open", ""),
    Kind.VOUCHERS_ANSWERED: (_("{vouchers} vouchers of {name} are {state}"), "book-open", "info"),
    Kind.FEE_INVOICED: (_("Fees invoiced: {number}, {amount}"), "file-text", "info"),
    Kind.FEE_CREDITED: (_("Fee invoice {number} taken back by {by}{remark}"), "undo-2", "odd"),
    Kind.PERIOD_CLOSED: (_("{month} closed ({state}){remark}"), "book-open", "good"),
    Kind.PERIOD_REOPENING_ASKED: (_("Asked to reopen {month}{remark}"), "pause", "warn"),
    Kind.PERIOD_REOPENED: (_("{month} reopened{remark}"), "undo-2", "odd"),
    Kind.NOTE_WRITTEN: (_("{text}"), "file-text", ""),
    Kind.MASTER_DATA_CHANGED: (_("Changed: {what}"), "settings", ""),
}  # fmt: skip
assert set(SAYS) == set(Kind), "every event has its sentence"
WENT_OUT = _("It went out by {by}, says a person")
OPENED = (_("Opened by its receiver, by {by}"), "eye", "good")


class _Particulars(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""  # An older row does not carry it.


def told(line: models.Diary) -> dict[str, object]:
    """A line of the timeline, for parts/timeline.html."""
    sentence, icon, tone = SAYS[Kind(line.kind)]
    if line.kind == Kind.DISPATCH_DELIVERED and line.particulars.get("state") == "opened":
        sentence, icon, tone = OPENED
    if line.kind == Kind.DISPATCH_ACCEPTED and "said_by" in line.particulars:
        sentence = WENT_OUT
    says = str(sentence).format_map(_Particulars(_plain(line.particulars)))
    return {
        "says": " ".join(says.split()).rstrip(" .:") or line.kind,
        "at": line.at, "actor": actor(line.actor), "icon": icon, "tone": tone,
    }  # fmt: skip


def actor(name: str) -> str:
    """ "user:asa" as "asa", "belt" as "the belt", "debtor:response" in a person's words."""
    kind, _colon, who = name.partition(":")
    return gettext(SPOKEN[name]) if name in SPOKEN else who.replace(VIA, " · ") or kind


def _inside(word: str) -> str:
    """A word as it stands inside a sentence: "E-mail" as "e-mail", "SMS" as it is."""
    return word if word.isupper() else word[:1].lower() + word[1:]


def _plain(particulars: dict[str, Any]) -> dict[str, str]:
    plain = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in particulars.items()
    }
    if (by := plain.get("by")) in KINDS:
        plain["by"] = _inside(str(KINDS[distribution.Kind(by)]))
    plain["detail"] = distribution.plain(plain.get("detail", ""))
    plain["codes"] = plain.get("codes", "").replace("_", " ")
    if plain.get("over"):
        plain["over"] = f" over {plain['over']}"
    if "step" in plain:
        plain["step"] = step(plain["step"]).lower()
    if (grade := plain.get("grade", "").upper()) in Grade.__members__:
        plain["proof"] = f" ({GRADES[Grade[grade]]})"
    if plain.get("remark"):
        plain["remark"] = f": {plain['remark']}"
    return plain
