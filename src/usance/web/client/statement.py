"""A client's account with us: everything of a period, on a screen, as a file, as a paper."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from usance import clock
from usance.domain.refusal import Refusal
from usance.queries.reports import catalogue, papers
from usance.queries.reports.table import Link
from usance.web import exports, lists, pdfs, reporting

from .pages import client_of

WITHOUT = ("kind",)  # Our word for the entry: its sentence stands beside it.
ASKS = ("on", "since", "currency", "skip", "format", "language")


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """The reader may choose the period; whose statement it is says who signed in."""
    client, at = client_of(request), clock.now()
    report = catalogue.report("client-statement")
    given = {name: value for name, value in request.GET.items() if name in ASKS[:3]}
    try:
        question = catalogue.ask(report, given | {"client": str(client.pk)}, at=at)
        if request.GET.get("format") == "pdf":
            language = request.GET.get("language") or client.language
            data = papers.client(question, language=language, at=at)
            return pdfs.download(data, pdfs.file_name("statement", str(question.on)))
    except Refusal as no:
        context = {"client": client, "says": str(no), "todo": no.todo}
        return render(request, "client/refused.html", context, status=409)
    if exports.wanted(request):
        return reporting.file(request, report, question)
    context = reporting.drawn(request, report, question, leads=_leads, without=WITHOUT)
    context |= {
        "client": client, "question": question, "today": at.date(), "here": lists.address(request),
    }  # fmt: skip
    return render(request, "client/statement.html", context)


def _leads(link: Link) -> str:
    """To its own invoices; our entries and the register of debtors are not the client's to see."""
    return reverse("own_invoice", args=[link.of]) if link.page == "invoice" else ""
