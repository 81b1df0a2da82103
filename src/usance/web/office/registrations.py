"""Consumers who asked their banks for e-invoices: what fits nobody is placed by a person."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from usance import models
from usance.actions import registrations as action
from usance.domain.distribution import BANK, Wants
from usance.domain.mandate import Act
from usance.queries import companies, pages
from usance.queries import registrations as query

from . import desk
from .addresses import as_id
from .rooms import rooms

CANDIDATES = 8
WANTS = {
    Wants.REGISTERED: (gettext_lazy("Registered"), "good"),
    Wants.CHANGED: (gettext_lazy("Moved"), "info"),
    Wants.ENDED: (gettext_lazy("Ended"), "plain"),
}
assert set(WANTS) == set(Wants), "whatever a consumer does in the bank has its word"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    views = {"open": _("To place"), "decided": _("Decided")}
    view = desk.chosen(request, "view", views)
    rows = query.waiting() if view == "open" else query.decided()
    found = pages.page(rows, desk.cursor(request))
    context = {
        "rooms": rooms("registrations"),
        "view": view,
        "views": desk.tabs(request, "view", views, {"open": pages.counted(query.waiting())}),
        "rows": [drawn(row) for row in found.rows],
        "pager": desk.pager(request, found),
        "may": desk.allowed(request, Act.EDIT_PARTY),
    }
    return render(request, "office/registrations.html", context)


def drawn(row: models.Registration) -> dict[str, object]:
    word, tone = WANTS[Wants(row.wants)]
    return {"row": row, "word": word, "tone": tone, "address": row.address.removeprefix(BANK)}


@require_safe
def choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whose is it? Debtors that may be meant, by a part of the name or a number."""
    row = get_object_or_404(models.Registration, pk=pk)
    words = request.GET.get("q", row.name).strip()
    found = list(companies.debtors(words).order_by("name", "pk")[:CANDIDATES]) if words else []
    context = {
        **drawn(row),
        "words": words,
        "found": found,
        "may": desk.allowed(request, Act.EDIT_PARTY),
    }
    return render(request, "office/registration_place.html", context)


@require_POST
@desk.says_no
def place(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give it to a debtor, or decline it."""
    get_object_or_404(models.Registration, pk=pk)
    remark = request.POST.get("remark", "")
    if request.POST.get("do") == "decline":
        action.decline(pk, remark=remark, **desk.signed(request))
        desk.told(request, _("Declined: the bank is told."))
        return redirect("registrations")
    debtor = as_id(request.POST.get("debtor", ""))
    if debtor is None:
        desk.told(request, _("Choose the debtor."))
        return redirect("registration_place", pk=pk)
    get_object_or_404(models.Debtor, pk=debtor)
    action.place(pk, debtor, remark=remark, **desk.signed(request))
    desk.told(request, _("Placed: the debtor's e-invoice address follows the bank."))
    return redirect("debtor", pk=debtor)
