"""Cash, payment advices: what payers say that they paid, and whether the money has come."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from usance import models
from usance.actions import advices
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.plugins.advices import LARGEST_BYTES
from usance.queries import advices as questions
from usance.queries import pages

from . import desk

MOST_FILES = 20


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(
    request: HttpRequest, results: Sequence[dict[str, object]] = (), status: int = 200
) -> HttpResponse:
    views = {
        "waits": _("Money has not come"),
        "used": _("Money has come"),
        "withdrawn": _("Withdrawn"),
    }
    view = desk.chosen(request, "view", views)
    found = pages.page(questions.found(view), desk.cursor(request), size=25)
    context = {
        "view": view,
        "views": desk.tabs(request, "view", views, {"waits": pages.counted(questions.waiting())}),
        "rows": questions.shown(found.rows),
        "results": results,
        "pager": desk.pager(request, found),
        "may": desk.allowed(request, Act.ALLOCATE_PAYMENT),
    }
    return render(request, "office/advices.html", context, status=status)


@require_POST
@desk.says_no
def take_in(request: HttpRequest) -> HttpResponse:
    """Read the dropped files one by one: one that is refused does not stop the next."""
    results: list[dict[str, object]] = []
    new = known = 0
    for file in request.FILES.getlist("files")[:MOST_FILES]:
        name = file.name or "advice"
        if (file.size or 0) > LARGEST_BYTES:
            todo = _("Ask the payer for the list alone.")
            results.append({"name": name, "code": "file_too_large", "says": _("Too large."),
                            "todo": todo})  # fmt: skip
            continue
        try:
            done = advices.receive(name, file.read(), way="office", **desk.signed(request))
        except Refusal as no:
            results.append(
                {"name": name, "code": no.code, "says": desk.sentence(no), "todo": no.todo}
            )
        else:
            new, known = new + len(done.new), known + done.known
    if results:
        return _page(request, results, status=409)
    says = ngettext("%(count)s new advice", "%(count)s new advices", new) % {"count": new}
    if known:
        says += _(", %(count)s known before") % {"count": known}
    desk.told(request, says)
    return redirect("cash_advices")


@require_POST
@desk.says_no
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.PaymentAdvice, pk=pk)
    advices.withdraw(row.pk, because=request.POST.get("because", ""), **desk.signed(request))
    back = reverse("cash_advice_again", args=[row.pk])
    desk.told(request, _("Withdrawn: it tells of no bank line any longer."), undo=back)
    return redirect("cash_advices")


@require_POST
@desk.says_no
def restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.PaymentAdvice, pk=pk)
    advices.restore(row.pk, **desk.signed(request))
    desk.told(request, _("It waits for its money again."))
    return redirect("cash_advices")


@require_POST
@desk.says_no
def of_mail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody says that a mail is a payment advice."""
    get_object_or_404(models.InboundMail, pk=pk)
    done = advices.of_mail(pk, **desk.signed(request))
    says = ngettext("%(count)s new advice", "%(count)s new advices", len(done.new))
    desk.told(request, says % {"count": len(done.new)})
    return redirect("cash_advices")
