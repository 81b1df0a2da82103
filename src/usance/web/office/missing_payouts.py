"""A payout that no statement shows: one says that the bank never executed it, another agrees."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from usance import clock, models
from usance.actions import missing_payouts as action
from usance.domain.mandate import Act
from usance.queries import cut_offs
from usance.queries import missing_payouts as query

from . import desk


@desk.says_no
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Of the payout what was said, or the form to say it."""
    payout = get_object_or_404(
        models.Payout.objects.select_related("client", "file__account"), pk=pk
    )
    if request.method == "POST":
        because, proof = (request.POST.get(name, "") for name in ("because", "proof"))
        action.say(pk, because=because, proof=proof, **desk.signed(request))
        desk.told(request, _("Said. A second person agrees before anything moves."))
        return redirect("payout_missing", pk=pk)
    said = query.rows().filter(payout=payout).exclude(state="withdrawn").first()
    context = {
        "row": payout,
        "said": said,
        "waits": said is not None and said.state == "said" and payout.state == "sent",
        "content": action.content(said) if said else "",
        "mine": said is not None and said.said_by == desk.actor(request),
        "may_say": cut_offs.may_be_missing(payout, at=clock.now()),
        "may": desk.allowed(request, Act.PROPOSE_PAYOUT, Act.RELEASE_PAYOUT),
    }
    return render(request, "office/payout_missing.html", context)


@require_POST
@desk.says_no
def agree(request: HttpRequest, pk: UUID) -> HttpResponse:
    action.agree(pk, seen=request.POST.get("seen", ""), **desk.signed(request))
    desk.told(request, _("Rejected. Its money is due, or unapplied, again."))
    return redirect("payouts")


@require_POST
@desk.says_no
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    action.withdraw(pk, **desk.signed(request))
    desk.told(request, _("Withdrawn. The payout stays under way."))
    return redirect("payouts")
