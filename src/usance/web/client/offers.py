"""A client chooses invoices, sees what they bring and cost, asks for an offer, and answers it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance import clock, models
from usance.actions import offers as action
from usance.domain.refusal import Refusal
from usance.queries import offers as query
from usance.queries import pages as paged
from usance.web import lists, offering

from .pages import client_of, signed


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """To choose from, and the offers before. POST asks for the offer of what is chosen."""
    client, today = client_of(request), clock.now().date()
    no = None
    if request.method == "POST":
        try:
            row = action.ask(client.pk, offering.asked_for(request), **signed(request))
        except Refusal as refused:
            no = offering.refusal(refused)
        else:
            return redirect("own_offer", pk=row.pk)
    found = paged.page(query.matching(client=client.pk), lists.cursor(request), newest_first=True)
    context: dict[str, object] = {"client": client}
    context |= offering.chooser(request, client.pk, today=today)
    context |= {
        "rows": [offering.listed(one, today=today) for one in found.rows],
        "pager": lists.pager(request, found),
        "offer_page": "own_offer",
        "invoice_page": "own_invoice",
    }
    if no:
        context["no"] = no
    return render(request, "client/offers.html", context, status=409 if no else 200)


@require_safe
def offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    client, today = client_of(request), clock.now().date()
    context: dict[str, object] = {"client": client, "invoice_page": "own_invoice"}
    context |= offering.drawn(_own(client, pk), today=today)
    return render(request, "client/offer.html", context)


@require_POST
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    client = client_of(request)
    _own(client, pk)
    try:
        if request.POST.get("answer") == "accept":
            row = action.accept(pk, seen=request.POST.get("digest", ""), **signed(request))
            says = _("Bought: %(advance)s is yours with the next payout.")
            messages.success(request, says % {"advance": row.advance})
        else:
            action.decline(pk, **signed(request))
            messages.success(request, _("Declined. The invoices are free again."))
    except Refusal as no:
        context = {"client": client, "says": str(no), "todo": no.todo}
        return render(request, "client/refused.html", context, status=409)
    return redirect("own_offer", pk=pk)


def _own(client: models.Client, pk: UUID) -> models.Offer:
    row = query.matching(client=client.pk).filter(pk=pk).first()
    if row is None:
        raise Http404("this client has no such offer")
    return row
