"""Instalment plans: what debtors ask for, what runs, and how it ended; one with its decision."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from usance.actions import plans as action
from usance.domain.collection.plans import State
from usance.domain.mandate import Act
from usance.queries import pages
from usance.queries import promises as query

from . import desk

STATES = {
    State.ASKED: (gettext_lazy("Asked for"), "warn"),
    State.AGREED: (gettext_lazy("Agreed"), "info"),
    State.DECLINED: (gettext_lazy("Declined"), "plain"),
    State.BROKEN: (gettext_lazy("Broken"), "bad"),
    State.KEPT: (gettext_lazy("Kept"), "good"),
}
assert set(STATES) == set(State), "every state has its words"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    views = {"asked": _("To decide"), "agreed": _("Running"), "ended": _("Ended")}
    lists = {"asked": query.to_decide, "agreed": query.running, "ended": query.ended}
    view = desk.chosen(request, "view", views)
    counts = pages.counted_each([query.to_decide(), query.running()])
    found = pages.page(lists[view](), desk.cursor(request), newest_first=view == "ended")
    context = {
        "views": desk.tabs(request, "view", views, dict(zip(lists, counts, strict=False))),
        "view": view,
        "rows": [drawn(one) for one in query.planned(found.rows)],
        "pager": desk.pager(request, found),
    }
    return render(request, "office/plans.html", context)


def drawn(one: query.Planned) -> dict[str, object]:
    word, tone = STATES[State(one.row.state)]
    paid_before = one.next.due_on if one.next else None
    return {
        "row": one.row, "word": word, "tone": tone, "left": one.left, "next": one.next,
        "terms": [
            (part, one.row.state in (State.AGREED, State.KEPT)
             and (paid_before is None or part.due_on < paid_before))
            for part in one.terms
        ],
    }  # fmt: skip


@require_safe
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = query.matching(None).filter(pk=pk).first()
    if row is None:
        raise Http404("no such plan")
    context = {
        **drawn(query.planned([row])[0]),
        "promises": row.invoice.promises.order_by("said_at"),
        "is_open": row.state == State.ASKED,
        "may": desk.allowed(request, Act.AGREE_PLAN),
    }
    return render(request, "office/plan.html", context)


@require_POST
@desk.says_no
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    if not query.matching(None).filter(pk=pk).exists():
        raise Http404("no such plan")
    agrees = request.POST.get("answer") == "agree"
    remark = request.POST.get("remark", "")
    action.decide(pk, agrees=agrees, remark=remark, **desk.signed(request))
    said = _("Agreed: nobody reminds while it is kept. The debtor sees it on its page.")
    desk.told(request, said if agrees else _("Declined. The debtor may ask for another plan."))
    return redirect("plan", pk=pk)
