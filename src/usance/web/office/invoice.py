"""One invoice with everything that happened to it, and what a person may do about it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import collection, disputes, notes, parties
from usance.actions import undertakings as taking
from usance.actions.documents import Content
from usance.domain.collection.disputes import Ending, Reason
from usance.domain.credit.undertaking import Means
from usance.domain.invoice import Stage
from usance.domain.mandate import Act
from usance.domain.money import Money
from usance.queries import dossier as query
from usance.queries import evidence, undertakings, verdicts
from usance.web import pdfs, typed

from . import dossier_shown as showing
from . import questions
from .addresses import as_id
from .desk import actor, allowed, says_no, signed, told
from .papers import LARGEST


def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    today = clock.now().date()
    found = query.dossier(pk, today=today)
    if found is None:
        raise Http404("no such invoice")
    context = {
        "found": found,
        "row": found.row,
        "may": allowed(
            request,
            Act.RELEASE_HOLD,
            Act.REJECT_INVOICE,
            Act.DISPUTE,
            Act.SEND_REMINDER,
            Act.WRITE_OFF,
            Act.TAKE_UNDERTAKING,
        ),
        "undertaking": undertakings.given([found.row]).get(pk),
        "can_undertake": found.row.debtor_id is not None
        and found.row.stage in (Stage.RECEIVED, Stage.VERIFIED)
        and undertakings.is_asked(found.row, today=today),
        "question": questions.drawn(asked) if (asked := found.question) else None,
        "judged": verdicts.of(found.file, found.paper, today=today) if found.paper else None,
        **showing.shown(found, today=today),
    }
    return render(request, "office/invoice.html", context)


@require_safe
@says_no
def certificate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was sent for it and how well that is proved, as a PDF."""
    row = get_object_or_404(models.Invoice, pk=pk)
    language = request.GET.get("language", "") or request.LANGUAGE_CODE
    data = evidence.pdf(pk, language=language, at=clock.now())
    return pdfs.download(data, pdfs.file_name("certificate", row.number))


@require_POST
@says_no
def open_dispute(request: HttpRequest, pk: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "").strip() or _("No reason given.")
    row = get_object_or_404(models.Invoice, pk=pk)
    try:
        code, amount = Reason(request.POST.get("code", Reason.OTHER)), _amount(request, row)
    except ValueError:
        told(request, _("Please write the amount like 1234.50, or leave it empty for all of it."))
        return redirect("invoice", pk=pk)
    begin = disputes.restate if request.POST.get("instead") else disputes.open_dispute
    made = begin(pk, reason=reason, code=code, amount=amount, **signed(request))
    undo = f"/invoices/{pk}/dispute/close"
    says = (
        _("Dispute opened. Nobody reminds the debtor.")
        if made.amount_minor is None
        else _("Dispute opened. What is not disputed is collected as before.")
    )
    messages.success(request, says, extra_tags=undo)
    return redirect("invoice", pk=pk)


def _amount(request: HttpRequest, row: models.Invoice) -> Money | None:
    """None: the field is empty. A ValueError: it holds no amount."""
    written = request.POST.get("amount", "").strip()
    amount = typed.amount(written, row.currency) if written else None
    if written and amount is None:
        raise ValueError(written)
    return amount


@require_POST
@says_no
def close_dispute(request: HttpRequest, pk: UUID) -> HttpResponse:
    outcome = request.POST.get("reason", "").strip()
    ends = request.POST.get("ends", Ending.WITHDRAWN)
    if ends not in set(Ending):
        ends = Ending.WITHDRAWN
    disputes.close_dispute(pk, outcome=outcome, ends=Ending(ends), **signed(request))
    told(request, _("Dispute closed."))
    return redirect("invoice", pk=pk)


@require_POST
@says_no
def undertake(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person of ours files the debtor's signed approval of the amount and day on the invoice."""
    row = get_object_or_404(models.Invoice, pk=pk, debtor__isnull=False)
    assert row.debtor_id is not None, row.number
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > LARGEST:
        told(request, _("Choose the signed paper, of 50 MB at most."))
        return redirect("invoice", pk=pk)
    (no,) = taking.take(
        row.debtor_id,
        [
            taking.Approved(
                client=row.client_id, number=row.number, amount=row.face, due_on=row.due_on
            )
        ],
        means=Means.DESK,
        proof=Content(
            data=file.read(),
            name=file.name or "undertaking",
            media_type=(file.content_type or "application/octet-stream")[:100],
        ),
        person=request.POST.get("person", ""),
        **signed(request),
    )
    told(request, f"{no.says} {no.todo}" if no else _("The undertaking is filed."))
    return redirect("invoice", pk=pk)


@require_POST
@says_no
def choose_debtor(request: HttpRequest, pk: UUID) -> HttpResponse:
    debtor = as_id(request.POST.get("debtor", ""))
    if debtor is None:
        told(request, _("Choose a debtor first."))
        return redirect("invoice", pk=pk)
    parties.choose_debtor(pk, debtor, **signed(request))
    told(
        request,
        _("Debtor chosen and remembered. Release the hold and the invoice is checked again."),
    )
    return redirect("invoice", pk=pk)


@require_POST
@says_no
def remind(request: HttpRequest, pk: UUID) -> HttpResponse:
    made = collection.remind_now(pk, **signed(request))
    told(
        request,
        _("Reminder %(level)s is on its way; the debtor has until %(day)s.")
        % {"level": made.level, "day": made.pay_by},
    )
    return redirect("invoice", pk=pk)


@require_POST
@says_no
def write_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    notes.write(pk, request.POST.get("text", ""), at=clock.now(), actor=actor(request))
    told(request, _("Note written."))
    return redirect("invoice", pk=pk)
