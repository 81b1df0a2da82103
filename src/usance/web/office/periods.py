"""Periods: the months of the books, the checklist of each, closing and reopening."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from usance import clock
from usance.actions import periods as action
from usance.domain.mandate import Act
from usance.domain.periods import State
from usance.queries import periods as questions
from usance.web import shown

from . import desk

WORDS = {
    State.OPEN: (gettext_lazy("Open"), "plain"),
    State.SOFT: (gettext_lazy("Closed softly"), "warn"),
    State.HARD: (gettext_lazy("Closed"), "good"),
}  # fmt: skip


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The months, the newest first."""
    months = questions.months(today=clock.now().date())
    context = {"months": [_shown(one) for one in months]}
    return render(request, "office/periods.html", context)


@require_safe
def period(request: HttpRequest, month: str) -> HttpResponse:
    """One month: its checklist when it is asked for, and what may be done with it."""
    one = questions.one(_first(month))
    today = clock.now()
    asked = "check" in request.GET
    checks = questions.checklist(one.first_on, seed=int(today.timestamp())) if asked else []
    kept = one.row.checks if one.row and one.state is not State.OPEN else []
    context = {
        **_shown(one),
        "is_over": one.last_on < today.date(),
        "checks": checks or kept,
        "asked": asked,
        "stops": any(check.stops and not check.is_done for check in checks),
        "digest": action.digest(one.row) if one.row and one.row.asked_by else "",
        "may": desk.allowed(request, Act.CLOSE_PERIOD),
    }
    return render(request, "office/period.html", context)


@require_POST
@desk.says_no
def close(request: HttpRequest, month: str) -> HttpResponse:
    to = State.HARD if request.POST.get("state") == "hard" else State.SOFT
    remark = request.POST.get("remark", "")[:400]
    action.close(_first(month), to, remark=remark, **desk.signed(request))
    desk.told(request, _("The month is closed."))
    return redirect("period", month)


@require_POST
@desk.says_no
def ask(request: HttpRequest, month: str) -> HttpResponse:
    because = request.POST.get("because", "")
    action.ask_to_reopen(_first(month), because=because, **desk.signed(request))
    desk.told(request, _("A second person can reopen it now."))
    return redirect("period", month)


@require_POST
@desk.says_no
def reopen(request: HttpRequest, month: str) -> HttpResponse:
    action.reopen(_first(month), seen=request.POST.get("seen", ""), **desk.signed(request))
    desk.told(request, _("The month is open again."))
    return redirect("period", month)


def _first(month: str) -> date:
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404(month) from None


def _shown(one: questions.Month) -> dict[str, object]:
    word, tone = WORDS[one.state]
    row = one.row
    return {
        "month": f"{one.first_on:%Y-%m}", "name": shown.month(one.first_on, get_language()),
        "first_on": one.first_on, "last_on": one.last_on, "row": row, "word": word, "tone": tone,
        "is_open": one.state is State.OPEN, "is_soft": one.state is State.SOFT,
        "waits": bool(row and row.asked_by and not row.reopened_by),
    }  # fmt: skip
