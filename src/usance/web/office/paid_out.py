"""Cash, one debit: which payouts it is, ticked by a person."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from usance import models
from usance.actions import paid_out_said
from usance.domain.mandate import Act
from usance.domain.money import exponent
from usance.queries import paid_out as questions

from . import desk


@desk.says_no
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The payouts that our bank has and no statement shows; ticked, they are this line."""
    row = get_object_or_404(models.BankLine.objects.select_related("account"), pk=pk)
    if request.method == "POST":
        chosen = [key for text in request.POST.getlist("id") if (key := desk.key(text))]
        left = paid_out_said.say(row.pk, chosen, **desk.signed(request))
        count = len(set(chosen))
        says = ngettext("It is %(n)s payout", "It is %(n)s payouts", count) % {"n": count}
        if left:
            more = _(", and %(left)s is left to explain")
            says += more % {"left": desk.written(left, request)}
        desk.told(request, says, undo=reverse("cash_payouts_back", args=[row.pk]))
        return redirect("cash_line", pk=pk)
    context = {
        "row": row,
        "payouts": questions.for_line(row),
        "exponent": exponent(row.currency),
        "owed": -row.unapplied_minor,
        "may": desk.allowed(request, Act.ALLOCATE_PAYMENT),
    }
    return render(request, "office/cash_payouts.html", context)


@require_POST
@desk.says_no
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    paid_out_said.take_back(pk, **desk.signed(request))
    desk.told(request, _("Taken back. The payouts are under way again."))
    return redirect("cash_line", pk=pk)
