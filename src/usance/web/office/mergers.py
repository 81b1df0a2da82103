"""Two debtors that are one company: say so, let a second person agree, take it back."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance import clock, models
from usance.actions import mergers as action
from usance.domain.mandate import Act, person
from usance.domain.refusal import Refusal
from usance.queries import companies, resolution, same

from . import desk
from .addresses import as_id

SHOWN = 8
STATES = {
    "proposed": ("Waits for a second person", "warn"), "merged": ("One company", "good"),
    "declined": ("Declined", ""), "undone": ("Taken back", ""),
}  # fmt: skip


@require_safe
def mergers(request: HttpRequest) -> HttpResponse:
    """What waits for a second person."""
    return render(request, "office/mergers.html", {"rows": same.waiting()[:100]})


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose the debtor that stays, among those that are like this one or that a search finds."""
    row = get_object_or_404(models.Debtor, pk=pk)
    if request.method != "POST":
        return _asked(request, row)
    stays = models.Debtor.objects.filter(pk=as_id(request.POST.get("stays", ""))).first()
    try:
        if stays is None:
            raise action.NotTwoDebtors("no debtor is chosen that stays")
        said = action.propose(
            pk, stays.pk, reason=request.POST.get("reason", ""), **desk.signed(request)
        )
    except Refusal as no:
        return _asked(request, row, no=no)
    desk.told(request, _("Proposed. They are one company when a second person agrees."))
    return redirect("merger", pk=said.pk)


def _asked(request: HttpRequest, row: models.Debtor, *, no: Refusal | None = None) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:100]
    found = companies.debtors(words).exclude(pk=row.pk)[:SHOWN] if words else ()
    context = {
        "debtor": row,
        "alike": () if words else resolution.doubles(row),
        "found": [one for one in found if one.same_as_id is None],
        "words": words,
        "asked": request.POST,
        "no": {"says": desk.sentence(no), "todo": no.todo, "code": no.code} if no else None,
        "may": desk.allowed(request, Act.EDIT_PARTY),
    }
    return render(request, "office/merger_propose.html", context, status=409 if no else 200)


@require_safe
def merger(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.Merger.objects.select_related("goes", "stays"), pk=pk)
    word, tone = STATES[row.state]
    rows = [row.goes_id, row.stays_id]
    figures = companies.debtor_figures(rows, on=clock.now().date())
    if row.state == "merged":  # What both owe stands with the one that stays.
        figures[row.goes_id] = ()
    context = {
        "row": row,
        "word": _(word),
        "tone": tone,
        "digest": action.digest(row),
        "sides": [
            {"row": row.goes, "figures": figures[row.goes_id], "goes": True},
            {"row": row.stays, "figures": figures[row.stays_id], "goes": False},
        ],
        "mine": person(row.proposed_by) == person(desk.actor(request)),
        "may": desk.allowed(request, Act.EDIT_PARTY),
    }
    return render(request, "office/merger.html", context)


@require_POST
@desk.says_no
def agree(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A second person agrees to what was shown."""
    get_object_or_404(models.Merger, pk=pk)
    row = action.agree(pk, seen=request.POST.get("digest", ""), **desk.signed(request))
    desk.told(request, _("They are one company now."))
    return redirect("debtor", pk=row.stays_id)


@require_POST
@desk.says_no
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.Merger, pk=pk)
    row = action.decline(pk, **desk.signed(request))
    desk.told(request, _("They stay two debtors."))
    return redirect("debtor", pk=row.goes_id)


@require_POST
@desk.says_no
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.Merger, pk=pk)
    row = action.undo(pk, reason=request.POST.get("reason", ""), **desk.signed(request))
    desk.told(request, _("They are two debtors again. The one that went has no limit."))
    return redirect("debtor", pk=row.goes_id)
