"""An invoice's records in the words and order of its page. Values only: nothing is asked here."""

import re
from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usance.domain.collection.disputes import Ending, Reason
from usance.domain.collection.plans import State
from usance.domain.credit import EVERY
from usance.domain.distribution import Kind, Stance
from usance.domain.invoice import Stage
from usance.domain.journal import NAMES, Account, Entry
from usance.domain.money import Money
from usance.domain.settlement.losses import Cause
from usance.queries import portal, responses
from usance.queries.dossier import Dossier
from usance.web import delivered

from . import paper_shown, papers, standing, write_offs
from .diary_words import told
from .plans import STATES as PLANS
from .trust import RULES as RULES_OF_CLEANSING

_UNSEEN = re.compile("\\s{2,}|^\\s|\\s$|[^\\S ]|[\u200b-\u200d\u2060\ufeff\u00ad]")
WALK = (Stage.RECEIVED, Stage.VERIFIED, Stage.APPROVED, Stage.FUNDED, Stage.SETTLED)
NOTE_WALK = (Stage.RECEIVED, Stage.VERIFIED, Stage.APPLIED)
RULES = {
    "approved_by_the_debtor": gettext_lazy("The debtor approved it irrevocably"),
    "large_enough_for_an_advance": gettext_lazy("Large enough for an advance"),
    "discount_leaves_an_advance": gettext_lazy("The discount leaves an advance"),
    "debtor_is_solvent": gettext_lazy("The debtor is solvent"),
    "debtor_was_assessed": gettext_lazy("The debtor was assessed"),
    "inside_the_debtor_limit": gettext_lazy("Inside the debtor's limit"),
    "inside_the_facility": gettext_lazy("Inside the client's facility"),
    "paid_into_trust": gettext_lazy("Its debtor pays into an account in trust"),
}
assert set(RULES) == {rule.__name__ for rule in EVERY}, "every rule has its words"


DISPUTES = {
    Reason.PRICE: gettext_lazy("Price"),
    Reason.QUANTITY: gettext_lazy("Quantity"),
    Reason.QUALITY: gettext_lazy("Damaged, or not as agreed"),
    Reason.DELIVERY: gettext_lazy("Not delivered, or late"),
    Reason.ORDER: gettext_lazy("Not ordered"),
    Reason.TERMS: gettext_lazy("Terms of payment"),
    Reason.PAPER: gettext_lazy("Particulars on the invoice"),
    Reason.PAID: gettext_lazy("Paid, set off or credited"),
    Reason.OTHER: gettext_lazy("Another matter"),
}
assert set(DISPUTES) == set(Reason), "every reason has its word"
ENDINGS = {
    Ending.WITHDRAWN: gettext_lazy("withdrawn"),
    Ending.CREDIT_NOTE: gettext_lazy("credited"),
    Ending.PAYMENT: gettext_lazy("paid"),
    Ending.RESTATED: gettext_lazy("stated anew"),
    Ending.REPURCHASED: gettext_lazy("taken back by the client"),
    Ending.WRITTEN_OFF: gettext_lazy("written off"),
}
assert set(ENDINGS) == set(Ending), "every ending has its word"


def shown(found: Dossier, *, today: date) -> dict[str, object]:
    stage = Stage(found.row.stage)
    return {
        "stands": standing.of(
            stage, held=bool(found.open_stops), disputed=found.dispute is not None,
            days_overdue=found.days_overdue if found.outstanding else 0, quiet=found.quiet,
        ),
        "steps": steps(found),
        "days_left": (found.row.due_on - today).days,
        "paper": paper_shown.shown(found.paper) if found.paper else None,
        "reasons": [
            (one.row, [(RULES.get(r.rule, r.rule), r, figures) for r, figures in one.reasons])
            for one in found.decisions
        ],
        "stops": [(stop, standing.step(stop.row.step)) for stop in found.stops],
        "journal": journal(found),
        "would_book": proposed(found.would_book, found),
        "deliveries": list(delivered.deliveries(found.dispatches)),
        "documents": documents(found),
        "answers": answers(found),
        "debtor_page": portal.link(found.dispatches[-1], printed=True) if found.dispatches else "",
        "plans": [(one, *PLANS[State(one.state)]) for one in found.plans],
        "cleaned": [
            (one, seen(one.was), RULES_OF_CLEANSING[one.rule]) for one in found.cleaned
        ],
        "timeline": [told(line) for line in found.diary],
        "can_remind": stage is Stage.FUNDED and found.row.due_on < today
        and found.demanded.minor > 0 and found.plan is None
        and found.next_reminder is not None and not found.quiet,
        "can_ask_client": stage is Stage.FUNDED and found.row.due_on < today and found.quiet,
        "disputes": [
            (one, DISPUTES[Reason(one.code)], ENDINGS[Ending(one.ended_as)] if one.ended_as else "",
             Money(one.amount_minor, found.row.currency) if one.amount_minor else None)
            for one in found.disputes
        ],
        "dispute_reasons": [(reason.value, word) for reason, word in DISPUTES.items()],
        "write_offs": [
            (one, *write_offs.STATES[one.state], write_offs.CAUSES[Cause(one.cause)])
            for one in found.write_offs
        ],
        "waiting_write_off": next(
            (one for one in found.write_offs if one.state == "proposed"), None
        ),
        "causes": list(write_offs.CAUSES.items()),
        "can_write_off": stage is Stage.FUNDED and found.outstanding.minor > 0,
        "can_dispute": stage in {Stage.FUNDED, Stage.APPROVED, Stage.VERIFIED},
    }  # fmt: skip


def steps(found: Dossier) -> list[dict[str, object]]:
    """How far it came, with the day of each step."""
    row, stage = found.row, Stage(found.row.stage)
    walk = NOTE_WALK if row.kind == "credit_note" else WALK
    settled = found.settlement.settled_on if found.settlement else None
    days = {
        Stage.RECEIVED: row.received_at.date(),
        Stage.VERIFIED: found.checks[-1].row.at.date() if _passed(found) else None,
        Stage.APPROVED: _approved_on(found),
        Stage.FUNDED: found.funding.funded_on if found.funding else None,
        Stage.SETTLED: settled if stage is Stage.SETTLED else None,
    }
    reached = walk.index(stage) if stage in walk else _last(walk, days)
    cells: list[dict[str, object]] = []
    for place, one in enumerate(walk):
        done = place <= reached
        on = days.get(one)
        cells.append({
            "name": NAMES_OF[one], "note": on.isoformat() if on and done else "",
            "is": "done" if done else "", "icon": "circle-check" if done else "circle",
        })  # fmt: skip
    if stage not in walk:
        here = reached + 1
        ended = {
            "name": NAMES_OF[stage],
            "note": settled.isoformat() if settled else "",
            "is": "bad",
            "icon": "octagon-x",
        }
        cells[here:] = [ended]
    elif found.open_stops and reached + 1 < len(cells):
        cells[reached + 1] |= {"is": "now", "icon": "pause", "note": _("held")}
    elif reached + 1 < len(cells):
        cells[reached + 1] |= {"is": "now", "icon": "circle-dot"}
    return cells


NAMES_OF = {
    Stage.RECEIVED: gettext_lazy("Received"),
    Stage.VERIFIED: gettext_lazy("Verified"),
    Stage.APPROVED: gettext_lazy("Approved"),
    Stage.FUNDED: gettext_lazy("Funded"),
    Stage.SETTLED: gettext_lazy("Settled"),
    Stage.APPLIED: gettext_lazy("Applied"),
    Stage.REJECTED: gettext_lazy("Rejected"),
    Stage.REPURCHASED: gettext_lazy("Repurchased"),
    Stage.WRITTEN_OFF: gettext_lazy("Written off"),
}
assert set(NAMES_OF) == set(Stage), "every stage has its name"


def journal(found: Dossier) -> list[dict[str, object]]:
    return [
        {
            "debit": _account(move.debit), "credit": _account(move.credit),
            "amount": Money(move.amount_minor, move.currency),
            "about": f"{move.booked_on} · {move.entry.because}",
            "url": reverse("entry", args=[move.entry_id]),
        }
        for move in found.moves
    ]  # fmt: skip


def proposed(entry: Entry | None, found: Dossier) -> list[dict[str, object]]:
    """The purchase that a release leads to, as it would be booked today."""
    if entry is None:
        return []
    return [
        {
            "debit": _account(move.debit), "credit": _account(move.credit),
            "amount": move.amount, "about": found.row.client.name,
        }
        for move in entry.moves
    ]  # fmt: skip


def seen(written: str) -> str:
    """Blanks that nobody sees, as signs: doubled, at the ends, of another sort, of no width."""
    return _UNSEEN.sub(lambda found: "␣" * len(found[0]), written)


def _account(code: str) -> str:
    return f"{code} {NAMES[Account(code)]}"


def answers(found: Dossier) -> list[dict[str, object]]:
    """What the buyer said to the invoice. An acceptance is worth a verification."""
    tones = {Stance.ACCEPTED: "good", Stance.PAID: "good", Stance.UNDER_QUERY: "bad",
             Stance.REJECTED: "bad", Stance.CONDITIONALLY_ACCEPTED: "warn"}  # fmt: skip
    return [
        {
            "row": one,
            "says": responses.says_of(one),
            "tone": tones.get(Stance(one.stance), "info"),
            "verifies": one.stance == Stance.ACCEPTED,
        }
        for one in found.responses
    ]


def documents(found: Dossier) -> list[dict[str, object]]:
    """What came in and what went out, each to be opened."""
    kept: list[dict[str, object]] = [
        {"name": found.file.name, "what": _("As it was received"), "document": found.file.document}
    ]
    seen = {found.file.document_id}
    for paper in found.supporting:
        seen.add(paper.document_id)
        what = _("%(kind)s. %(because)s") % {
            "kind": papers.KINDS[papers.Kind(paper.kind)], "because": paper.because,
        }  # fmt: skip
        kept.append({"name": paper.name, "what": what, "document": paper.document})
    for one in found.dispatches:
        if one.document is None or one.document_id in seen:
            continue
        seen.add(one.document_id)
        what = _("Sent: %(paper)s by %(kind)s") % {
            "paper": one.paper, "kind": standing.KINDS[Kind(one.kind)],
        }  # fmt: skip
        kept.append({"name": one.document.name, "what": what, "document": one.document})
    return kept


def _passed(found: Dossier) -> bool:
    return bool(found.checks) and found.checks[-1].row.passed


def _approved_on(found: Dossier) -> date | None:
    approved = [one.row.at.date() for one in found.decisions if one.row.approved]
    return approved[-1] if approved else None


def _last(walk: Sequence[Stage], days: dict[Stage, date | None]) -> int:
    return max((n for n, one in enumerate(walk) if days.get(one)), default=0)
