"""A client hands in its invoices and sees what became of each file. Its own, and no others.

Whose invoices they are is not asked: they are those of whoever signed in. Which column of a table
is which is said by the office.
"""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from usance import models
from usance.actions import intake
from usance.domain.finding import Finding
from usance.domain.invoice import Stage
from usance.domain.refusal import Refusal
from usance.queries import batches as questions
from usance.queries import mappings, pages
from usance.web import handing, lists

from . import handed
from .pages import client_of, signed
from .words import stands


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The drop zone, and what was handed in before. POST makes one batch of what was dropped."""
    client = client_of(request)
    if request.method != "POST":
        return _form(request, client)
    files = request.FILES.getlist("files")
    faults = handing.too_much(files)
    control, wrong = handing.control(request)
    faults += wrong
    if faults:
        return _form(request, client, faults, status=422)
    try:
        batch = intake.receive(
            handing.handed(files),
            client=client.pk,
            way="client",
            control=control,
            **signed(request),
        )
    except Refusal as no:
        says = str(no)[:1].upper() + str(no)[1:] + "."
        return _form(request, client, [handing.fault(no.code, says, no.todo)], status=422)
    messages.success(request, handing.answered(files))
    if request.headers.get("HX-Request"):
        place = reverse("own_batch", args=[batch.pk])
        return HttpResponse(status=204, headers={"HX-Redirect": place})
    return redirect("own_batch", pk=batch.pk)


def _form(
    request: HttpRequest, client: models.Client, faults: Sequence[Finding] = (), status: int = 200
) -> HttpResponse:
    found = pages.page(questions.found(client=client.pk), lists.cursor(request))
    context = {
        "client": client,
        "faults": faults,
        "asked": request.POST,
        "totals": handing.asked_totals(request, currency=_currency(client)),
        "limits": handing.LIMITS,
        "rows": [(one, *_state(one)) for one in questions.listed(found.rows)],
        "ways": handed.WAYS,
        "pager": lists.pager(request, found),
    }
    return render(request, "client/batches.html", context, status=status)


def _currency(client: models.Client) -> str:
    """What the client's newest invoice is in; empty before the first."""
    rows = models.Invoice.objects.filter(client=client).order_by("-pk")
    return rows.values_list("currency", flat=True).first() or ""


def _state(row: questions.Listed) -> tuple[str, str]:
    """How a batch stands, for the list: a word and its tone."""
    if row.course.unread:
        return _("Being read"), "info"
    if row.stages.moving:
        return _("Being checked"), "info"
    if row.stages.held or row.course.undecided:
        return _("We look at it"), "warn"
    return (_("Done"), "good") if row.stages.received else (_("Nothing taken in"), "bad")


@require_safe
def batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One batch. While it is read and checked its progress asks again; then the page reloads."""
    client = client_of(request)
    row = models.Batch.objects.filter(client_id=client.pk, pk=pk).first()
    if row is None:
        raise Http404("this client has no such batch")
    detail = questions.detail(row)
    context = {"client": client, "batch": row, "detail": detail, **_progress(detail)}
    if request.GET.get("part") == "progress":
        answer = render(request, "client/batch_progress.html", context)
        if not context["moving"]:
            answer["HX-Refresh"] = "true"
        return answer
    views = {"all": _("All files"), "findings": _("With findings")}
    view = lists.chosen(request, "files", views)
    files = pages.page(questions.files_of(row, view=view), pages.Cursor(), newest_first=False)
    waits = {one.file_id for one in mappings.of_batches([row.pk])}
    invoices = pages.page(_invoices(row, client), lists.cursor(request), newest_first=False)
    counts = {"all": detail.files, "findings": detail.faulty}
    context |= {
        "way": handed.WAYS[row.way],
        "findings": handed.of_batch(row),
        "files": [handed.file(one, client=client.pk, waits=waits) for one in files.rows],
        "unfinished": bool(waits) or detail.course.undecided > 0,
        "more_files": files.after is not None,
        "views": lists.tabs(request, "files", views, counts),
        "invoices": [(one, *_stands(one)) for one in invoices.rows],
        "pager": lists.pager(request, invoices),
    }
    return render(request, "client/batch.html", context)


def _invoices(row: models.Batch, client: models.Client) -> "QuerySet[models.Invoice]":
    held = models.Hold.objects.filter(invoice=OuterRef("pk"), closed_at=None)
    disputed = models.Dispute.objects.filter(invoice=OuterRef("pk"), closed_at=None)
    rows = questions.invoices_of(row).filter(client=client)
    return rows.annotate(is_held=Exists(held), is_disputed=Exists(disputed))


def _stands(row: models.Invoice) -> tuple[object, str]:
    return stands(
        Stage(row.stage),
        disputed=row.is_disputed,  # type: ignore[attr-defined]  # Annotated above.
        held=row.is_held,  # type: ignore[attr-defined]  # Annotated above.
        days_overdue=0,
    )


def _progress(detail: questions.Detail) -> dict[str, object]:
    """The stepper in the client's words, and how many of them we look at."""
    course = detail.course
    looked_at = detail.progress.held + course.waiting + course.postponed
    return handing.progress(detail, verified=_("Checked")) | {"looked_at": looked_at}
