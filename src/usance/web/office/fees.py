"""Fee invoices: what we invoiced to clients, one of them, one on demand, and since when."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance import clock, models
from usance.actions import fees as action
from usance.domain.mandate import Act
from usance.queries import fees as query
from usance.queries import pages
from usance.web import billed

from . import desk


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    client = desk.key(request.GET.get("client", ""))
    rows = query.rows() if client is None else query.of_client(client)
    found = pages.page(rows, desk.cursor(request))
    setup = query.setup()
    context = {
        "rows": [billed.drawn(one) for one in found.rows],
        "pager": desk.pager(request, found),
        "client": models.Client.objects.filter(pk=client).first() if client else None,
        "setup": setup,
        "currencies": query.currencies(client) if client else (),
        "yesterday": clock.now().date() - timedelta(days=1),
        "may": desk.allowed(request, Act.INVOICE_FEES),
    }
    return render(request, "office/fees.html", context)


@require_safe
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(query.rows(), pk=pk)
    context = {
        **billed.drawn(row),
        "lines": billed.lines(row),
        "credit": models.FeeInvoice.objects.filter(credits=row).first(),
        "may": desk.allowed(request, Act.INVOICE_FEES),
    }
    return render(request, "office/fee.html", context)


@require_POST
@desk.says_no
def invoice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All charges of a client to the end of a day."""
    get_object_or_404(models.Client, pk=pk)
    currency = request.POST.get("currency", "").strip().upper()
    row = action.invoice(
        pk, currency, through=desk.said_day(request.POST.get("through")), **desk.signed(request)
    )
    desk.told(request, _("Invoiced as %(number)s") % {"number": row.number})
    return redirect("fee", pk=row.pk)


@require_POST
@desk.says_no
def credit(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.FeeInvoice, pk=pk)
    row = action.credit(pk, reason=request.POST.get("reason", ""), **desk.signed(request))
    desk.told(request, _("Taken back by %(number)s") % {"number": row.number})
    return redirect("fee", pk=row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@desk.says_no
def settings(request: HttpRequest) -> HttpResponse:
    """Since when fees are invoiced, and with which numbers."""
    if request.method == "POST":
        action.start(
            desk.said_day(request.POST.get("since")),
            pattern=request.POST.get("pattern", "").strip(),
            credit_pattern=request.POST.get("credit_pattern", "").strip(), **desk.signed(request),
        )  # fmt: skip
        desk.told(request, _("Fees are invoiced from now on"))
        return redirect("fees")
    context = {
        "setup": query.setup(),
        "today": clock.now().date(),
        "may": desk.allowed(request, Act.INVOICE_FEES),
    }
    return render(request, "office/fee_settings.html", context)
