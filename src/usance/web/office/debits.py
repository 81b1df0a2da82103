"""Direct debits: what is collected when, who was told, who releases it, what came of it."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import debit_files
from usance.actions import debits as action
from usance.domain.collection.debits import State, leaves_by, reason
from usance.domain.mandate import Act, person
from usance.domain.money import total
from usance.queries import cut_offs, pages
from usance.queries import debits as questions
from usance.web import exports

from . import desk

STATES = {
    State.PLANNED: (gettext_lazy("Planned"), "plain"),
    State.ANNOUNCED: (gettext_lazy("Announced"), "info"),
    State.RELEASED: (gettext_lazy("Released"), "info"),
    State.SENT: (gettext_lazy("At the bank"), "info"),
    State.COLLECTED: (gettext_lazy("Collected"), "good"),
    State.REJECTED: (gettext_lazy("Rejected"), "bad"),
    State.RETURNED: (gettext_lazy("Returned"), "bad"),
    State.CANCELLED: (gettext_lazy("Cancelled"), "plain"),
}
assert set(STATES) == set(State), "every state has its words"
COLUMNS = ("collect_on", "debtor", "invoice", "amount", "currency", "mandate", "state", "sequence",
           "announced_at", "released_by", "file", "final_on", "reason")  # fmt: skip


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    views = {
        "all": _("All"), "waiting": _("To come"), "under_way": _("Under way"),
        "collected": _("Collected"), "back": _("Rejected or back"),
    }  # fmt: skip
    view = desk.chosen(request, "view", views)
    rows = questions.found(view)
    if exports.wanted(request):
        return exports.answer(request, "debits", COLUMNS, _exported(rows))
    found = pages.page(rows, desk.cursor(request))
    at = clock.now()
    context = {
        "creditor": questions.creditor(),
        "tasks": [{"row": row, "says": reason(row.reason).says} for row in questions.to_act()],
        "late": questions.late(today=at.date()),
        "untold": questions.untold(),
        "ready": len(_ready()),
        "files": questions.files(),
        "rows": [_drawn(row) for row in found.rows],
        "views": desk.tabs(request, "view", views, questions.counts()),
        "pager": desk.pager(request, found),
        "recalls": questions.unrecalled().select_related(
            "debit__mandate__debtor", "debit__invoice"
        )[:50],
        "may": desk.allowed(request, Act.PLAN_DEBITS, Act.RELEASE_DEBITS),
    }
    return render(request, "office/debits.html", context)


def _drawn(row: models.Debit) -> dict[str, object]:
    word, tone = STATES[State(row.state)]
    return {"row": row, "word": word, "tone": tone, "waits": State(row.state) in questions.WAITING}


def _ready() -> list[models.Debit]:
    return [row for row in questions.waiting() if row.state == State.ANNOUNCED]


def _exported(rows: "QuerySet[models.Debit]") -> Iterator[Sequence[exports.Cell]]:
    for row in rows.order_by("-id").iterator(chunk_size=2000):
        yield (
            row.collect_on, row.mandate.debtor.name, row.invoice.number, row.amount.decimal,
            row.currency, row.mandate.reference, row.state, row.sequence, row.announced_at,
            row.released_by, row.file.name if row.file else "", row.final_on, row.reason,
        )  # fmt: skip


@require_POST
@desk.says_no
def plan(request: HttpRequest) -> HttpResponse:
    """Plan what is due soon; or once more the invoice that is named."""
    only = [key for text in request.POST.getlist("invoice") if (key := desk.key(text))]
    made = action.plan(only=only, **desk.signed(request))
    desk.told(
        request,
        ngettext("%(count)s direct debit planned", "%(count)s direct debits planned", len(made))
        % {"count": len(made)},
    )
    return redirect("debits")


@require_POST
@desk.says_no
def announce(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person told the debtor, by letter or on the telephone."""
    action.announce([pk], how=request.POST.get("how", ""), **desk.signed(request))
    desk.told(request, _("Announced: a second person releases it."))
    return redirect("debits")


@require_POST
@desk.says_no
def told_recall(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person told the debtor that nothing is collected."""
    action.recall_told(pk, how=request.POST.get("how", ""), **desk.signed(request))
    desk.told(request, _("Noted: the debtor knows."))
    return redirect("debits")


@require_POST
@desk.says_no
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    action.cancel([pk], because=request.POST.get("because", ""), **desk.signed(request))
    desk.told(request, _("Cancelled"))
    return redirect("debits")


@desk.says_no
def release(request: HttpRequest) -> HttpResponse:
    """First what will be ordered; then, confirmed, the release of exactly that."""
    if request.method == "POST":
        return _released(request)
    rows = _ready()
    me = person(desk.actor(request))
    context = {
        "rows": [{"row": row, "leaves_by": leaves_by(row.collect_on)} for row in rows],
        "total": total((row.amount for row in rows), "EUR"),
        "mine": any(person(row.planned_by) == me for row in rows),
        "banks": [one for one in cut_offs.banks(at=clock.now()) if one.row.creditor_id],
        "may": desk.allowed(request, Act.RELEASE_DEBITS),
    }
    return render(request, "office/debits_release.html", context)


def _released(request: HttpRequest) -> HttpResponse:
    seen = desk.seen(request)
    files = debit_files.release(seen, **desk.signed(request))
    desk.told(
        request,
        ngettext("%(count)s direct debit released", "%(count)s direct debits released", len(seen))
        % {"count": len(seen)}
        + f" · {', '.join(file.name for file in files)}",
    )
    return redirect("debits")
