"""How fast a client's invoices were decided and paid out, month by month."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from usance import clock
from usance.domain.refusal import Refusal
from usance.queries.reports import catalogue
from usance.queries.reports.table import Link
from usance.web import exports, lists, reporting

from .pages import client_of

ASKS = ("on", "since", "currency")


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    client, at = client_of(request), clock.now()
    report = catalogue.report("speed")
    given = {name: value for name, value in request.GET.items() if name in ASKS}
    try:
        question = catalogue.ask(report, given | {"client": str(client.pk)}, at=at)
    except Refusal as no:
        context = {"client": client, "says": str(no), "todo": no.todo}
        return render(request, "client/refused.html", context, status=409)
    if exports.wanted(request):
        return reporting.file(request, report, question)
    context = reporting.drawn(request, report, question, leads=_nowhere, without=("client",))
    context |= {
        "client": client, "question": question, "today": at.date(), "here": lists.address(request),
        "says": report.says,
    }  # fmt: skip
    return render(request, "client/speed.html", context)


def _nowhere(link: Link) -> str:
    """Our register of clients is not the client's to see."""
    return ""
