"""Reports that no machine could place: a person says which delivery they are about."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from usance import models
from usance.actions import parked as action
from usance.domain.distribution import Outcome
from usance.domain.mandate import Act
from usance.queries import pages, reach, responses
from usance.queries import parked as query
from usance.web import delivered

from . import desk
from .addresses import as_id
from .rooms import rooms


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    views = {
        "waiting": _("To place"),
        "placed": _("Placed"),
        "answers": _("Answers to nothing of ours"),
    }
    view = desk.chosen(request, "view", views)
    rows = {"waiting": query.waiting, "placed": query.placed, "answers": reach.parked_responses}
    page = pages.page(rows[view](), desk.cursor(request))
    drawn = _answer if view == "answers" else _report
    counts = {"waiting": query.count(), "answers": pages.counted(reach.parked_responses())}
    context = {
        "rooms": rooms("reports"),
        "rows": [drawn(row) for row in page.rows],
        "view": view,
        "views": desk.tabs(request, "view", views, counts),
        "pager": desk.pager(request, page),
        "may": desk.allowed(request, Act.RESEND),
    }
    return render(request, "office/reports.html", context)


def _report(row: models.DeliveryEvent) -> dict[str, object]:
    return {
        **delivered.event(row),
        "decision": getattr(row, "decision", None),
        "unknown_word": row.outcome == Outcome.UNREADABLE,
    }


def _answer(row: models.Response) -> dict[str, object]:
    """A buyer's answer to no invoice that we know: it is shown, and changes nothing."""
    return {"row": row, "says": responses.says_of(row)}


@require_safe
def choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Find the delivery that a parked report is about."""
    row = query.one(pk) or get_object_or_404(models.DeliveryEvent, pk=pk)
    words = request.GET.get("q", "").strip()[:100]
    found = query.meant(words) if words else [row.dispatch] if row.dispatch else []
    context = {
        "event": delivered.event(row),
        "row": row,
        "words": words,
        "found": [delivered.delivery(one) for one in found],
        "meanings": [(one, delivered.OUTCOMES[one][0]) for one in action.MEANINGS],
        "means": row.outcome if row.outcome != Outcome.UNREADABLE else "",
        "may": desk.allowed(request, Act.RESEND),
    }
    return render(request, "office/report_place.html", context)


@require_POST
@desk.says_no
def place(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put it beside its delivery, or lay it aside."""
    get_object_or_404(models.DeliveryEvent, pk=pk)
    dispatch, means = as_id(request.POST.get("dispatch", "")), request.POST.get("means", "")
    remark = request.POST.get("remark", "").strip()
    if request.POST.get("do") == "aside":
        action.place(pk, None, remark=remark, **desk.signed(request))
        desk.told(request, _("Laid aside."))
        return redirect("parked_reports")
    if dispatch is None or means not in action.MEANINGS:
        desk.told(request, _("Choose the delivery, and say what the report means."))
        return redirect("report_place", pk=pk)
    get_object_or_404(models.Dispatch, pk=dispatch)
    meaning = action.Meaning(dispatch, Outcome(means))
    action.place(pk, meaning, remark=remark, **desk.signed(request))
    desk.told(request, _("Placed: the delivery follows the report."))
    return redirect("delivery", pk=dispatch)
