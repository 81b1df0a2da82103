"""What a client was invoiced for fees, with the papers."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from usance.queries import fees as query
from usance.queries import pages
from usance.queries.parcels import stored
from usance.web import billed, lists

from .pages import client_of


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    client = client_of(request)
    found = pages.page(query.of_client(client.pk), lists.cursor(request))
    context = {
        "client": client,
        "rows": [billed.drawn(one) for one in found.rows],
        "pager": lists.pager(request, found),
    }
    return render(request, "client/fees.html", context)


@require_safe
def paper(request: HttpRequest, pk: UUID, form: str) -> HttpResponse:
    """The invoice as PDF, or as XML for a bookkeeping. Another's is 404 like one that never was."""
    row = query.of_client(client_of(request).pk).filter(pk=pk).first()
    if row is None or form not in ("pdf", "xml"):
        raise Http404("this client has no such fee invoice")
    kept = row.pdf if form == "pdf" else row.xml
    answer = HttpResponse(stored(kept.sha256), content_type=kept.media_type)
    answer["Content-Disposition"] = content_disposition_header(True, kept.name) or "attachment"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
