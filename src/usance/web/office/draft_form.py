"""The form of a draft: the invoice as by hand, without a number; with days also what recurs."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from usance import clock, models
from usance.actions import issuing as action
from usance.actions import recurring as monthly
from usance.domain.finding import Finding, Severity
from usance.domain.intake.entry import paper
from usance.domain.intake.issuing import OPEN
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.queries import issuing as questions

from . import desk, entry_shown
from .entry_form import Form, client_of, day_of, entry_of, known, typed

DUE_DAYS = "30"
MOST_DAYS = 365


def new(request: HttpRequest) -> HttpResponse:
    """A draft, or with `monthly` one that is written each month."""
    return _form(request, None)


def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A draft again. What was issued is locked."""
    row = get_object_or_404(models.Draft.objects.select_related("credits", "client"), pk=pk)
    if row.state not in OPEN:
        return desk.refused(request, action.IssuedIsLocked(f"{row.number} is no draft any more"))
    return _form(request, row)


def _form(request: HttpRequest, row: models.Draft | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, row, _first(request, row), ())
    act = request.POST.get("act", "")
    form = typed(request.POST, act)
    said = entry_of(form)
    due_days = _days(form)
    stops: list[Finding] = list(form.faults)
    if act == "save" and not stops:
        client = client_of(form)
        assert client is not None, "a form without a client has a fault"
        debtor = known(form)
        given = {"client": client.pk, "debtor": debtor.pk if debtor else None}
        try:
            if form.text("day"):
                monthly.agree(
                    form.text("name"), said, day=int(form.text("day")),
                    since=day_of(form, "since") or clock.now().date(),
                    until=day_of(form, "until"), due_days=due_days or 0, **given,
                    **desk.signed(request),
                )  # fmt: skip
                desk.told(request, _("It is written each month."))
                return redirect(f"{reverse('issuing')}?view=recurring")
            made = action.write(
                said, draft_id=row.pk if row else None, due_days=due_days, **given,
                **desk.signed(request),
            )  # fmt: skip
            return redirect("draft", pk=made.pk)
        except Refusal as no:
            stops = [
                Finding(code=no.code, says=desk.sentence(no), todo=no.todo, severity=Severity.FATAL)
            ]
    status = 422 if act == "save" else 200
    return _page(request, row, form, tuple(stops), said=said, status=status)


def _first(request: HttpRequest, row: models.Draft | None) -> Form:
    """The form as it opens: empty, or with what the draft says."""
    said = request.GET.copy()
    if row is None:
        return typed(said, "")
    fields, lines, allowances = entry_shown.typed(row.entry(), client=row.client_id)
    fields["due_days"] = str(row.due_days if row.due_days is not None else "")
    said.update(fields)
    return Form(said, lines, allowances)


def _days(form: Form) -> int | None:
    """Days from issue to due date; none were typed: the due date was."""
    text = form.text("due_days")
    if text and not (text.isdecimal() and text.isascii() and int(text) <= MOST_DAYS):
        form.fault("due_days", _("Write days from 0 to 365."))
        return None
    day = form.text("day")
    if day and not (day.isdecimal() and day.isascii() and 1 <= int(day) <= 31):
        form.fault("day", _("Write a day of the month, 1 to 31."))
    for name in ("since", "until"):
        day_of(form, name)
    return int(text) if text else None


def _page(
    request: HttpRequest,
    row: models.Draft | None,
    form: Form,
    findings: tuple[Finding, ...],
    *,
    said: object = None,
    status: int = 200,
) -> HttpResponse:
    is_monthly = bool(form.text("day") or request.GET.get("monthly") or form.text("monthly"))
    made = paper(entry_of(Form(form.said, form.lines, form.allowances))) if said or row else None
    client = client_of(form)
    kind = "credit_note" if form.text("kind") == "credit" else "invoice"
    shown = entry_shown.shown(request, form, made)
    if said is None:
        shown["issued_on"] = form.text("issued_on")
    context = {
        **shown,
        "row": row,
        "action": request.path,
        "is_draft": True,
        "is_monthly": is_monthly,
        "due_days": form.said.get("due_days", "" if row else DUE_DAYS),
        "since": form.text("since") or clock.now().date().isoformat(),
        "until": form.text("until"),
        "findings": findings,
        "stopped": status != 200,
        "pattern": questions.pattern(client.pk, kind) if client else "",
        "may": desk.allowed(request, Act.PREPARE_DRAFT),
    }
    return render(request, "office/draft_form.html", context, status=status)
