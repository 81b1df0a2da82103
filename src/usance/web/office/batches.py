"""Batches: hand in files, and see what became of each."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from usance import models, plugins
from usance.actions import intake
from usance.domain.capture.review import UNDECIDED, State
from usance.domain.finding import Finding
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.queries import batches as questions
from usance.queries import mappings, pages
from usance.web import exports, handing

from . import desk, review, stages

WAYS = {
    "office": gettext_lazy("Office"),
    "client": gettext_lazy("Its own pages"),
    "cli": gettext_lazy("Command line"),
    "api": gettext_lazy("API"),
    "folder": gettext_lazy("Folder"),
    "sftp": gettext_lazy("SFTP"),
    "email": gettext_lazy("E-mail"),
    "issued": gettext_lazy("Issued by us"),
    "demo": gettext_lazy("Demo"),
}
WRAPPINGS = frozenset(plugins.names("wrappings"))
COLUMNS = ("number", "received_at", "client", "way", "by", "files", "files_with_findings",
           "invoices", "funded", "held", "rejected")  # fmt: skip


@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    views = {"all": _("All"), "findings": _("With findings")}
    number = request.GET.get("q", "").strip().lstrip("#")
    rows = questions.found(
        view=desk.chosen(request, "view", views), number=int(number) if number.isdigit() else None
    )
    if exports.wanted(request):
        return exports.answer(request, "batches", COLUMNS, _exported(rows))
    page = pages.page(rows, desk.cursor(request))
    context = {
        "rows": questions.listed(page.rows),
        "ways": WAYS,
        "pager": desk.pager(request, page),
        "views": desk.tabs(request, "view", views, {}),
        "filters": desk.chips(request, {"q": _("Number")}),
        "waiting": mappings.waiting().count(),
        "may": desk.allowed(request, Act.TAKE_IN),
    }
    return render(request, "office/batches.html", context)


def _exported(rows: questions.Rows) -> "Iterator[Sequence[exports.Cell]]":
    cursor = pages.Cursor()
    while True:
        page = pages.page(rows, cursor, size=500)
        for one in questions.listed(page.rows):
            done = one.stages
            yield (one.number, one.received_at, one.client, one.way, one.actor, one.files,
                   one.faulty, one.invoices, done.funded, done.held, done.rejected)  # fmt: skip
        if page.after is None:
            return
        cursor = pages.Cursor(after=page.after)


def new(request: HttpRequest) -> HttpResponse:
    """The drop zone; what was dropped becomes one batch."""
    if request.method != "POST":
        return _form(request)
    files = request.FILES.getlist("files")
    faults = handing.too_much(files)
    control, wrong = handing.control(request)
    faults += wrong
    client = models.Client.objects.filter(pk=desk.key(request.POST.get("client"))).first()
    if faults:
        return _form(request, faults, status=422)
    try:
        batch = intake.receive(
            handing.handed(files),
            client=client.pk if client else None,
            way="office",
            control=control,
            **desk.signed(request),
        )
    except Refusal as no:
        return _form(request, [handing.fault(no.code, desk.sentence(no), no.todo)], status=422)
    desk.told(request, handing.answered(files))
    place = reverse("batch", args=[batch.pk])
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": place})
    return redirect(place)


def _form(request: HttpRequest, faults: Sequence[Finding] = (), status: int = 200) -> HttpResponse:
    context = {
        "faults": faults,
        "clients": list(models.Client.objects.order_by("name_key").values("pk", "name")[:500]),
        "asked": request.POST,
        "totals": handing.asked_totals(request, currency="EUR"),
        "limits": handing.LIMITS,
        "may": desk.allowed(request, Act.TAKE_IN),
    }
    return render(request, "office/batch_new.html", context, status=status)


@require_safe
def batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One batch. While the belt works its progress asks again; when it is done the page reloads."""
    row = get_object_or_404(models.Batch.objects.select_related("client"), pk=pk)
    if request.GET.get("part") == "progress":
        detail = questions.detail(row)
        answer = render(
            request,
            "office/batch_progress.html",
            {**_progress(detail), "batch": row},
        )
        if not detail.progress.moving and not detail.course.unread:
            answer["HX-Refresh"] = "true"
        return answer
    detail = questions.detail(row)
    views = {"all": _("All files"), "findings": _("With findings")}
    view = desk.chosen(request, "files", views)
    if "files" not in request.GET and detail.faulty:
        view = "findings"
    files = pages.page(questions.files_of(row, view=view), pages.Cursor(), newest_first=False)
    invoices = pages.page(questions.invoices_of(row), desk.cursor(request), newest_first=False)
    tabs = desk.tabs(request, "files", views, {"all": detail.files, "findings": detail.faulty})
    for tab, key in zip(tabs, views, strict=True):
        tab["here"] = key == view
    waits = {table.file_id: table.pk for table in mappings.of_batches([row.pk])}
    context = {
        "batch": row,
        "detail": detail,
        "way": WAYS[row.way],
        "findings": [handing.finding(one) for one in row.findings],
        "files": [
            {
                "row": file,
                "findings": [handing.finding(one) for one in file.findings],
                "reading": _reading(file),
                "waits": waits.get(file.pk),
                "wraps": file.format in WRAPPINGS,
                "supports": list(file.supporting.all()),
            }
            for file in files.rows
        ],
        "more_files": files.after is not None,
        "views": tabs,
        "invoices": stages.drawn(invoices.rows),
        "pager": desk.pager(request, invoices),
        **_progress(detail),
    }
    return render(request, "office/batch.html", context)


def _reading(file: models.ReceivedFile) -> dict[str, object] | None:
    """How far a file is that is read page by page; None: it is read as a whole."""
    row = getattr(file, "reading", None)
    if row is None:
        return None
    word, tone = review.STATES[State(row.state)]
    return {"pk": row.pk, "word": word, "tone": tone, "waits": row.state in UNDECIDED}


def _progress(detail: questions.Detail) -> dict[str, object]:
    return handing.progress(detail, verified=_("Verified"))
