"""Mail that came to us: what people answered, what nobody could place, and all the rest."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from usance import models
from usance.actions import handed
from usance.actions import mails as actions
from usance.domain.distribution import Heard
from usance.domain.mandate import Act
from usance.queries import mails as queries
from usance.queries import pages

from . import desk
from .addresses import as_id
from .rooms import rooms

WORDS = {
    Heard.REPORT: (gettext_lazy("Report"), "plain"),
    Heard.AUTO_REPLY: (gettext_lazy("Automatic reply"), "plain"),
    Heard.ANSWER: (gettext_lazy("Answer"), "info"),
    Heard.OTHER: (gettext_lazy("Not placed"), "odd"),
    Heard.INVOICES: (gettext_lazy("Invoices"), "good"),
    Heard.UNPLACED: (gettext_lazy("Mail to place"), "odd"),
}
assert set(WORDS) == set(Heard), "every sort of mail has its word"
BY = ("received_at", "id")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The list: what waits for somebody first."""
    views = {
        "open": _("To do"),
        "all": _("All"),
        Heard.ANSWER.value: _("Answers"),
        Heard.REPORT.value: _("Reports"),
        Heard.AUTO_REPLY.value: _("Automatic replies"),
        Heard.OTHER.value: _("Not placed"),
        Heard.INVOICES.value: _("Invoices"),
        Heard.UNPLACED.value: _("Mail to place"),
    }
    view = desk.chosen(request, "view", views)
    page = pages.page(queries.found(view), desk.cursor(request), by=BY)
    context = {
        "rooms": rooms("mails"),
        "rows": [_row(one) for one in page.rows],
        "view": view,
        "views": desk.tabs(request, "view", views, {"open": pages.counted(queries.open_ones())}),
        "pager": desk.pager(request, page),
    }
    return render(request, "office/mails.html", context)


@require_safe
def mail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One mail, as text alone; the original can be downloaded."""
    row = get_object_or_404(queries.found("all").select_related("document"), pk=pk)
    context = {
        **_row(row),
        "text": queries.text(row),
        "size": row.document.size,
        "may": desk.allowed(request, Act.RESEND, Act.TAKE_IN, Act.ALLOCATE_PAYMENT),
        "clients": list(models.Client.objects.order_by("name_key").values("pk", "name")[:500])
        if row.heard == Heard.UNPLACED and queries.is_open(row)
        else [],
        "answer": models.Acknowledgement.objects.filter(mail=row).first(),
    }
    return render(request, "office/mail.html", context)


@require_POST
@desk.says_no
def place(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody says whose files a mail brings."""
    get_object_or_404(models.InboundMail, pk=pk)
    client = as_id(request.POST.get("client", ""))
    if client is None or not models.Client.objects.filter(pk=client).exists():
        desk.told(request, _("Choose a client first."))
        return redirect("mail", pk=pk)
    remember = request.POST.get("remember") == "yes"
    batch = handed.place(pk, client, remember=remember, **desk.signed(request))
    desk.told(request, _("Taken in as batch %(number)s") % {"number": batch.number})
    return redirect("batch", pk=batch.pk)


@require_POST
@desk.says_no
def done(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody did what it asks for."""
    get_object_or_404(models.InboundMail, pk=pk)
    actions.close(pk, remark=request.POST.get("remark", ""), **desk.signed(request))
    desk.told(request, _("Noted: done"))
    return redirect(desk.back(request, "mails"))


def _row(row: models.InboundMail) -> dict[str, object]:
    word, tone = WORDS[Heard(row.heard)]
    return {
        "row": row,
        "word": word,
        "tone": tone,
        "invoice": row.dispatch.invoice if row.dispatch else None,
        "open": queries.is_open(row),
    }
