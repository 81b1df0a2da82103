"""Settings, payers: what people said of who pays for whom, to look at and to withdraw."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from usance import models
from usance.actions import payers
from usance.domain.mandate import Act
from usance.domain.party import name_key
from usance.domain.payment import By
from usance.domain.refusal import Refusal
from usance.queries import pages

from . import desk

WORDS = {
    By.ACCOUNT: gettext_lazy("Account"),
    By.NAME: gettext_lazy("Name"),
    By.TEXT: gettext_lazy("Text of the line"),
}
assert set(WORDS) == set(By), "every sign of a payer has its word"


class PartyUnknown(Refusal):
    code = "party_unknown"
    todo = "Write the name as it stands on its page; it must be one party's alone."


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    held = models.PayerRule.objects.filter(withdrawn_at=None)
    found = pages.page(held.select_related("debtor", "client", "line"), desk.cursor(request))
    rows = [{"row": row, "by": WORDS[By(row.by)]} for row in found.rows]
    context = {
        "rows": rows,
        "signs": [(by.value, word) for by, word in WORDS.items()],
        "pager": desk.pager(request, found),
        "may": desk.allowed(request, Act.ALLOCATE_PAYMENT),
    }
    return render(request, "office/payers.html", context)


@require_POST
@desk.says_no
def write(request: HttpRequest) -> HttpResponse:
    by = By(said) if (said := request.POST.get("by", "")) in set(By) else By.ACCOUNT
    for_client = request.POST.get("whose") == "client"
    whose = party(models.Client if for_client else models.Debtor, request.POST.get("party", ""))
    payers.write(
        by,
        request.POST.get("text", ""),
        debtor=None if for_client else whose,
        client=whose if for_client else None,
        **desk.signed(request),
    )
    desk.told(request, _("Remembered: it holds for lines that are matched from now on."))
    return redirect("payers")


@require_POST
@desk.says_no
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.PayerRule, pk=pk)
    payers.withdraw(row.pk, **desk.signed(request))
    desk.told(request, _("Withdrawn. What was matched with its help stays."))
    return redirect("payers")


def party(model: type[models.Client] | type[models.Debtor], name: str) -> UUID:
    """The only one of this name.

    :raises PartyUnknown: if nobody or several have it.
    """
    found = list(model.objects.filter(name_key=name_key(name))[:2]) if name_key(name) else []
    if len(found) != 1:
        raise PartyUnknown(f"“{name}” is {'nobody' if not found else 'several'} of ours")
    return found[0].pk
