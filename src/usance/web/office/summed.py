"""Cash, one sum: which direct debits a receipt is, ticked by a person."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from usance import models
from usance.actions import summed
from usance.domain.collection import together
from usance.domain.mandate import Act
from usance.domain.money import exponent
from usance.queries import debits as questions

from . import desk


@desk.says_no
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The debits that our bank has and has not answered for; ticked, they are this line."""
    row = get_object_or_404(models.BankLine.objects.select_related("account"), pk=pk)
    if request.method == "POST":
        chosen = [key for text in request.POST.getlist("id") if (key := desk.key(text))]
        done = summed.say(row.pk, chosen, **desk.signed(request))
        says = ngettext("It is %(n)s direct debit", "It is %(n)s direct debits", done) % {"n": done}
        desk.told(request, says, undo=reverse("cash_debits_back", args=[row.pk]))
        return redirect("cash_line", pk=pk)
    context = {
        "row": row,
        "debits": questions.for_line(row),
        "exponent": exponent(row.currency),
        "kept": together.MOST_KEPT,
        "may": desk.allowed(request, Act.ALLOCATE_PAYMENT),
    }
    return render(request, "office/cash_debits.html", context)


@require_POST
@desk.says_no
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    summed.take_back(pk, **desk.signed(request))
    desk.told(request, _("Taken back. The debits are under way again."))
    return redirect("cash_line", pk=pk)
