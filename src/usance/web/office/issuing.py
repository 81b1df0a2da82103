"""Invoices that we write for clients: drafts, what waits for a yes, what recurs, what is out."""

import base64
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import issuing as action
from usance.actions import recurring as monthly
from usance.domain.finding import blocking
from usance.domain.intake.issuing import OPEN, CreditUnclear, PatternUnclear, State
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.letters import preview
from usance.queries import issuing as questions
from usance.queries import pages

from . import desk

ACTS = (Act.PREPARE_DRAFT, Act.ISSUE, Act.SET_ISSUING)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    views = {
        "drafts": _("Drafts"), "waiting": _("To approve"), "recurring": _("Recurring"),
        "issued": _("Issued"),
    }  # fmt: skip
    view = desk.chosen(request, "view", views)
    states = {"drafts": State.DRAFT, "waiting": State.WAITING, "issued": State.ISSUED}
    repeats = view == "recurring"
    rows = questions.recurring() if repeats else questions.in_state(states[view])
    found = pages.page(rows, desk.cursor(request))
    waiting = pages.counted(questions.in_state(State.WAITING))
    context = {
        "view": view,
        "views": desk.tabs(request, "view", views, {"waiting": waiting}),
        "rows": found.rows,
        "pager": desk.pager(request, found),
        "may": desk.allowed(request, *ACTS),
    }
    return render(request, "office/issuing.html", context)


@require_safe
def draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The draft with its letter as the debtor would get it, and what stands in its way."""
    row = _known(pk)
    today = clock.now().date()
    is_open = row.state in OPEN
    found = questions.findings(row, today=today) if is_open else ()
    context = {
        "row": row,
        "is_open": is_open,
        "findings": found,
        "stops": blocking(found),
        "lines": enumerate(row.entry().lines, start=1),
        "notes": row.invoice.credit_drafts.order_by("pk") if row.invoice else (),
        "may": desk.allowed(request, *ACTS),
        **_drawn(row),
    }
    return render(request, "office/issuing_draft.html", context)


@require_safe
def letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The preview as a PDF."""
    row = _known(pk)
    try:
        data = questions.preview(row, today=clock.now().date())
    except questions.NoPreview as no:
        return desk.refused(request, no)
    response = HttpResponse(data, content_type="application/pdf")
    name = f"{row.number or 'draft'}.pdf".replace("/", "-")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_POST
@desk.says_no
def activate(request: HttpRequest, pk: UUID) -> HttpResponse:
    _known(pk)
    row = action.activate(pk, seen=request.POST.get("seen", ""), **desk.signed(request))
    if row.state == State.ISSUED:
        desk.told(request, _("Issued as %(number)s") % {"number": row.number})
    else:
        desk.told(request, _("A second person is asked: %(why)s.") % {"why": row.because})
    return redirect("draft", pk=pk)


@require_POST
@desk.says_no
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    _known(pk)
    action.discard(pk, remark=request.POST.get("remark", ""), **desk.signed(request))
    desk.told(request, _("Discarded"))
    return redirect("issuing")


@require_POST
@desk.says_no
def credit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The credit note of an issued invoice, and with `anew` the draft that takes its place."""
    row = _known(pk)
    if row.invoice_id is None:
        raise action.NotIssuedByUs("it was not issued yet")
    part = None
    if request.POST.get("do") == "part":
        part = {}
        for at, _line in enumerate(row.entry().lines, start=1):
            quantity = _quantity(request.POST.get(f"quantity_{at}", ""))
            if quantity:
                part[at] = quantity
    made, again = action.credit(
        row.invoice_id, part=part, anew=request.POST.get("anew") == "yes", **desk.signed(request)
    )
    desk.told(
        request,
        _("A credit note and a new invoice were drafted") if again else _("Credit note drafted"),
    )
    return redirect("draft", pk=made.pk)


@require_POST
@desk.says_no
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.Recurring, pk=pk)
    monthly.stop(pk, **desk.signed(request))
    desk.told(request, _("It is written no more."))
    return redirect(f"{reverse('issuing')}?view=recurring")


def settings(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How a client's papers are numbered, and below what they go out without a second person."""
    client = get_object_or_404(models.Client, pk=pk)
    if request.method == "POST":
        return _set(request, pk)
    series, rules = questions.settings(pk)
    context = {
        "client": client,
        "series": series.items(),
        "rules": rules,
        "may": desk.allowed(request, Act.SET_ISSUING),
    }
    return render(request, "office/issuing_settings.html", context)


@desk.says_no
def _set(request: HttpRequest, pk: UUID) -> HttpResponse:
    said = request.POST
    if said.get("what") == "rule":
        currency = said.get("currency", "").strip().upper()
        below = desk.amount(said.get("below", ""), currency) if said.get("below") else None
        if said.get("below") and below is None:
            raise action.AmountImpossible(f"“{said['below'][:20]} {currency[:3]}” is no amount")
        action.set_rule(pk, currency, below, **desk.signed(request))
    else:
        kind = "credit_note" if said.get("kind") == "credit_note" else "invoice"
        first = said.get("first", "")
        if not (first.isascii() and first.isdigit() and 0 < int(first) < 10**9):
            raise PatternUnclear(f"“{first[:20]}” is no first number")
        action.set_series(
            pk, kind, said.get("pattern", ""), first=int(first), **desk.signed(request)
        )
    desk.told(request, _("Kept"))
    return redirect("issuing_settings", pk=pk)


def _drawn(row: models.Draft) -> dict[str, object]:
    """The first page as a picture, or why there is none."""
    try:
        pdf = questions.preview(row, today=clock.now().date())
        return {"picture": base64.b64encode(preview.preview(pdf, dpi=96)).decode()}
    except Refusal as no:
        return {"no_picture": f"{desk.sentence(no)} {no.todo}"}


def _quantity(text: str) -> Decimal | None:
    """None: nothing of this line."""
    try:
        return Decimal(text.replace(" ", "").replace(",", ".") or 0) or None
    except InvalidOperation:
        raise CreditUnclear(_("“%(text)s” is no quantity") % {"text": text[:20]}) from None


def _known(pk: UUID) -> models.Draft:
    rows = models.Draft.objects.select_related("client", "debtor", "invoice", "credits")
    return get_object_or_404(rows, pk=pk)
