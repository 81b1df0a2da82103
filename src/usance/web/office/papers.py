"""Supporting papers: beside the invoice's own document, filed by hand, and those that wait."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from usance import models
from usance.actions import supporting as actions
from usance.actions.documents import Content
from usance.domain.capture.supporting import Kind
from usance.domain.mandate import Act
from usance.queries import pages, parcels
from usance.queries import supporting as queries

from . import desk, documents, paper_shown

KINDS = {
    Kind.ORDER: gettext_lazy("Order"),
    Kind.DELIVERY_NOTE: gettext_lazy("Delivery note"),
    Kind.TIME_SHEET: gettext_lazy("Time sheet"),
    Kind.CONTRACT: gettext_lazy("Contract"),
    Kind.OTHER: gettext_lazy("Other paper"),
}
assert set(KINDS) == set(Kind), "every kind of paper has its word"
LARGEST = 50 * 1024 * 1024
CHOICES = 8  # Invoices that are offered for a number that was typed.


@require_safe
def papers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The invoice's document on the left, one of its papers on the right."""
    invoice = get_object_or_404(
        models.Invoice.objects.select_related("client", "debtor", "file__document", "paper"), pk=pk
    )
    rows = queries.of(pk)
    asked = request.GET.get("paper", "")
    here = next((row for row in rows if row.pk.hex == asked), rows[0] if rows else None)
    left = documents.seen(invoice.file.document, request.GET.get("page", ""))
    data = "pages" not in left and not left.get("locked")  # Which nobody reads as it came.
    read = parcels.paper(invoice) if data and hasattr(invoice, "paper") else None
    context = {
        "invoice": invoice,
        "left": left,
        "paper": paper_shown.shown(read) if read else None,
        "terms": paper_shown.terms(read) if read else (),
        "rows": rows,
        "here": here,
        "right": documents.seen(here.document, request.GET.get("at", "")) if here else None,
        "kinds": [(kind.value, word) for kind, word in KINDS.items()],
        "may": desk.allowed(request, Act.TAKE_IN, Act.RESEND),
    }
    return render(request, "office/papers.html", context)


@require_POST
@desk.says_no
def attach(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.Invoice, pk=pk)
    kind, files = request.POST.get("kind", ""), request.FILES.getlist("files")
    if kind not in set(Kind) or not files:
        desk.told(request, _("Choose a file and say what it is."))
        return redirect("papers", pk=pk)
    for file in files:
        if (file.size or 0) > LARGEST:
            desk.told(request, _("%(name)s is larger than 50 MB.") % {"name": file.name})
            continue
        content = Content(
            data=file.read(), name=file.name or "file",
            media_type=(file.content_type or "application/octet-stream")[:100],
        )  # fmt: skip
        actions.attach(pk, content, kind=Kind(kind), **desk.signed(request))
        desk.told(request, _("%(name)s is filed with the invoice.") % {"name": file.name})
    return redirect("papers", pk=pk)


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Papers whose invoice has not come, or that name none."""
    page = pages.page(queries.waiting(), desk.cursor(request))
    context = {
        "rows": page.rows,
        "pager": desk.pager(request, page),
        "may": desk.allowed(request, Act.TAKE_IN),
    }
    return render(request, "office/papers_waiting.html", context)


@require_POST
@desk.says_no
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """To the invoice with the number that was typed; where several have it, nothing is moved."""
    row = get_object_or_404(models.Supporting, pk=pk)
    number = request.POST.get("number", "").strip()
    found = list(queries.numbered(number, client=row.client_id)[:CHOICES]) if number else []
    if len(found) != 1:
        says = _("No invoice has the number %(number)s.") if not found else _(
            "Several invoices have the number %(number)s: attach it on the invoice's own page."
        )  # fmt: skip
        desk.told(request, says % {"number": number or "–"})
        return redirect(desk.back(request, "papers_waiting"))
    actions.move(pk, found[0].pk, **desk.signed(request))
    desk.told(request, _("Filed with %(number)s.") % {"number": found[0].number})
    return redirect("papers", pk=found[0].pk)


@require_POST
@desk.says_no
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.Supporting, pk=pk)
    actions.remove(pk, **desk.signed(request))
    desk.told(request, _("It is no longer filed. Its bytes are kept."))
    return redirect(desk.back(request, "papers_waiting"))


@require_POST
@desk.says_no
def choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whether it goes to the debtor with the invoice."""
    row = get_object_or_404(models.Supporting, pk=pk)
    goes = request.POST.get("goes") == "yes"
    actions.choose(pk, for_debtor=goes, **desk.signed(request))
    desk.told(request, _("It goes out with the invoice.") if goes else _("It stays with us."))
    return redirect("papers", pk=row.invoice_id)
