"""Offers in the office: what waits for a person, what waits for clients, and how it ended; one with
its figures and its decision; asking on a client's word."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance import clock, models
from usance.actions import offers as action
from usance.domain.mandate import Act, person
from usance.domain.refusal import Refusal
from usance.queries import offers as query
from usance.queries import pages
from usance.web import offering

from . import desk

ACTS = (Act.ASK_OFFER, Act.DECIDE_OFFER, Act.ANSWER_OFFER)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    views = {"decide": _("To decide"), "clients": _("With clients"), "ended": _("Ended")}
    lists = {"decide": query.to_decide, "clients": query.with_clients, "ended": query.ended}
    view = desk.chosen(request, "view", views)
    counts = pages.counted_each([query.to_decide(), query.with_clients()])
    found = pages.page(lists[view](), desk.cursor(request), newest_first=view == "ended")
    today = clock.now().date()
    context = {
        "views": desk.tabs(request, "view", views, dict(zip(lists, counts, strict=False))),
        "view": view,
        "rows": [offering.listed(one, today=today) for one in found.rows],
        "pager": desk.pager(request, found),
        "offer_page": "offer",
    }
    return render(request, "office/offers.html", context)


@require_safe
def offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = query.matching().filter(pk=pk).first()
    if row is None:
        raise Http404("no such offer")
    context = offering.drawn(row, today=clock.now().date())
    context |= {
        "client": row.client,
        "may": desk.allowed(request, *ACTS),
        "mine": bool(row.prepared_by) and person(row.prepared_by) == person(desk.actor(request)),
        "invoice_page": "invoice",
    }
    return render(request, "office/offer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a client may sell. POST asks for the offer on its word."""
    client = get_object_or_404(models.Client, pk=pk)
    no = None
    if request.method == "POST":
        try:
            row = action.ask(client.pk, offering.asked_for(request), **desk.signed(request))
        except Refusal as refused:
            no = offering.refusal(refused)
        else:
            return redirect("offer", pk=row.pk)
    context = {"client": client, "may": desk.allowed(request, *ACTS), "invoice_page": "invoice"}
    context |= offering.chooser(request, client.pk, today=clock.now().date())
    if no:
        context["no"] = no
    return render(request, "office/offer_new.html", context, status=409 if no else 200)


@require_POST
@desk.says_no
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.Offer, pk=pk)
    agrees = request.POST.get("answer") == "agree"
    row = action.decide(
        pk, agrees=agrees, seen=request.POST.get("digest", ""),
        remark=request.POST.get("remark", ""), **desk.signed(request),
    )  # fmt: skip
    said = {
        "prepared": _("Prepared: a second person decides."),
        "offered": _("Offered: it is the client's turn."),
        "refused": _("Refused: nothing is offered."),
    }
    desk.told(request, said[row.state])
    return redirect("offer", pk=pk)


@require_POST
@desk.says_no
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The client said so, by telephone or letter."""
    get_object_or_404(models.Offer, pk=pk)
    if request.POST.get("answer") == "accept":
        action.accept(pk, seen=request.POST.get("digest", ""), **desk.signed(request))
        desk.told(request, _("Accepted: its invoices are bought."))
    else:
        remark = request.POST.get("remark", "")
        action.decline(pk, remark=remark, **desk.signed(request))
        desk.told(request, _("Declined: its invoices are free again."))
    return redirect("offer", pk=pk)
