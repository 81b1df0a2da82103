"""Batches: hand in files, and see what became of each."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from usance import models, plugins
from usance.actions import intake
from usance.domain.capture.review import UNDECIDED, State
from usance.domain.finding import Finding, Severity
from usance.domain.intake.control import Control
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.queries import batches as questions
from usance.queries import mappings, pages
from usance.web import exports

from . import desk, review, stages

LARGEST_FILE = 50 * 1024 * 1024
LARGEST_BATCH = 200 * 1024 * 1024
MOST_FILES = 500
MEGABYTE = 1024 * 1024
WAYS = {
    "office": gettext_lazy("Office"),
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
    faults = _too_much(files)
    control, wrong = _control(request)
    faults += wrong
    client = models.Client.objects.filter(pk=desk.key(request.POST.get("client"))).first()
    if faults:
        return _form(request, faults, status=422)
    try:
        batch = intake.receive(
            [
                intake.File(
                    name=file.name or "file",
                    data=file.read(),
                    media_type=file.content_type or "application/octet-stream",
                )
                for file in files
            ],
            client=client.pk if client else None,
            way="office",
            control=control,
            **desk.signed(request),
        )
    except Refusal as no:
        return _form(request, [_fault(no.code, desk.sentence(no), no.todo)], status=422)
    desk.told(
        request,
        ngettext("%(count)s file was taken in", "%(count)s files were taken in", len(files))
        % {"count": len(files)},
    )
    place = reverse("batch", args=[batch.pk])
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": place})
    return redirect(place)


def _form(request: HttpRequest, faults: Sequence[Finding] = (), status: int = 200) -> HttpResponse:
    context = {
        "faults": faults,
        "clients": list(models.Client.objects.order_by("name_key").values("pk", "name")[:500]),
        "asked": request.POST,
        "totals": _asked_totals(request),
        "limits": {
            "files": MOST_FILES,
            "each": LARGEST_FILE // MEGABYTE,
            "all": LARGEST_BATCH // MEGABYTE,
        },
        "may": desk.allowed(request, Act.TAKE_IN),
    }
    return render(request, "office/batch_new.html", context, status=status)


def _asked_totals(request: HttpRequest) -> list[dict[str, str]]:
    """What was typed, and a second line for clients who sell in two currencies."""
    totals, codes = request.POST.getlist("total"), request.POST.getlist("currency")
    said = [{"total": t, "currency": c} for t, c in zip(totals, codes, strict=False)]
    return said or [{"total": "", "currency": "EUR"}, {"total": "", "currency": ""}]


def _too_much(files: Sequence[UploadedFile]) -> list[Finding]:
    """What of the upload is too much, all of it at once."""
    if not files:
        says, todo = _("No file was chosen."), _("Drop files on the field, or choose them.")
        return [_fault("no_files", says, todo)]
    found = []
    if len(files) > MOST_FILES:
        says = _("%(count)s files are more than %(most)s.") % {
            "count": len(files), "most": MOST_FILES,
        }  # fmt: skip
        found.append(_fault("too_many_files", says, _("Hand them in as several batches.")))
    for file in files:
        size = file.size or 0
        if size > LARGEST_FILE:
            says = _("%(name)s has %(size)s MB; a file may have %(most)s MB.") % {
                "name": file.name, "size": size // MEGABYTE, "most": LARGEST_FILE // MEGABYTE,
            }  # fmt: skip
            todo = _("Look whether it is an invoice; split a schedule into several.")
            found.append(_fault("file_too_large", says, todo))
    size = sum(file.size or 0 for file in files)
    if size > LARGEST_BATCH:
        says = _("The files have %(size)s MB together; a batch may have %(most)s MB.") % {
            "size": size // MEGABYTE, "most": LARGEST_BATCH // MEGABYTE,
        }  # fmt: skip
        found.append(_fault("batch_too_large", says, _("Hand them in as several batches.")))
    return found


def _control(request: HttpRequest) -> tuple[Control, list[Finding]]:
    """The client's own totals from the form, and what is wrong with them."""
    count = request.POST.get("count", "").strip()
    faults, totals = [], []
    if count and not count.isdigit():
        says = _("“%(text)s” is not a number of invoices.") % {"text": count}
        faults.append(_fault("control_count_unreadable", says, _("Write digits only, or nothing.")))
    asked = zip(request.POST.getlist("total"), request.POST.getlist("currency"), strict=False)
    for total, currency in ((one.strip(), code.strip().upper()) for one, code in asked):
        if not total:
            continue
        money = desk.amount(total, currency) if len(currency) == 3 else None
        if money is None or currency in {one.currency for one in totals}:
            text = f"{total} {currency}".strip()
            says = _("“%(text)s” is not an amount with a currency of its own.") % {"text": text}
            todo = _("Write such as 12,500.00 and EUR, or nothing.")
            faults.append(_fault("control_total_unreadable", says, todo))
        else:
            totals.append(money)
    known = int(count) if count.isdigit() else None
    return Control(count=known, totals=tuple(totals)), faults


def _fault(code: str, says: str, todo: str) -> Finding:
    return Finding(code=code, says=says, todo=todo, severity=Severity.FATAL)


@require_safe
def batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One batch. While the belt works its progress asks again; when it is done the page reloads."""
    row = get_object_or_404(models.Batch.objects.select_related("client"), pk=pk)
    if request.GET.get("part") == "progress":
        detail = questions.detail(row)
        answer = render(request, "office/batch_progress.html", {**_progress(detail), "batch": row})
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
        "findings": [_finding(one) for one in row.findings],
        "files": [
            {
                "row": file,
                "findings": [_finding(one) for one in file.findings],
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


def _finding(kept: dict[str, str]) -> Finding:
    return Finding(
        code=kept.get("code", ""),
        says=kept.get("says", ""),
        where=kept.get("where", ""),
        severity=Severity(kept.get("severity", Severity.FATAL)),
        todo=kept.get("todo", ""),
    )


def _progress(detail: questions.Detail) -> dict[str, object]:
    """The stepper: how many have come how far."""
    done, course = detail.progress, detail.course
    steps = []
    if course.of:
        read = course.of - course.undecided
        steps.append(
            _step(_("Read"), read, course.of, moving=course.unread > 0, held=course.undecided > 0)
        )
    for name, count, of in (
        (_("Received"), done.received, done.received),
        (_("Verified"), done.verified, done.received - done.rejected),
        (_("Approved"), done.approved, done.to_fund),
        (_("Funded"), done.funded, done.to_fund),
    ):
        steps.append(_step(name, count, of, moving=done.moving > 0, held=done.held > 0))
    moving = done.moving > 0 or course.unread > 0
    return {"steps": steps, "progress": done, "moving": moving, "course": course}


def _step(name: str, count: int, of: int, *, moving: bool, held: bool) -> dict[str, str]:
    part = _("%(count)s of %(all)s") % {"count": count, "all": of}
    if of and count >= of:
        return {"name": name, "note": str(count), "is": "done", "icon": "circle-check"}
    if moving:
        return {"name": name, "note": part, "is": "now", "icon": "circle-dot"}
    if held:
        return {"name": name, "note": part, "is": "bad", "icon": "pause"}
    return {"name": name, "note": part, "is": "", "icon": "circle"}
