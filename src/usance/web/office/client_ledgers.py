"""Clients that keep their own ledgers: lists to hand in, what differs, late invoices of theirs."""

from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import client_ledgers as action
from usance.actions import disclosing
from usance.actions.documents import Content
from usance.domain.finance import tell_from
from usance.domain.finance.client_ledger import SAYS, Differs
from usance.domain.mandate import Act
from usance.domain.money import Money
from usance.queries import cash, disclosure, trust_accounts
from usance.queries import client_ledgers as query
from usance.queries import pages as paging

from . import desk

KINDS = {
    Differs.PAID: gettext_lazy("Paid, and not told"),
    Differs.MISSING: gettext_lazy("Missing there"),
    Differs.AMOUNT: gettext_lazy("More open there"),
    Differs.CURRENCY: gettext_lazy("Other currency"),
    Differs.DATES: gettext_lazy("Other dates"),
    Differs.NOT_OURS: gettext_lazy("Not open here"),
    Differs.CREDIT: gettext_lazy("Credit note not told"),
}
assert set(KINDS) == set(Differs), "every difference has its word"
SHOWN = 50


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    today = clock.now().date()
    rows = list(query.differences()[:SHOWN])
    late = list(disclosure.late(today=today)[:SHOWN])
    left = cash.outstanding([row.pk for row in late])
    context = {
        "differences": [(one, KINDS[Differs(one.kind)], SAYS[Differs(one.kind)]) for one in rows],
        "awaited": query.awaited(today=today),
        "late": [_late(row, left.get(row.pk, 0), today) for row in late],
        "counts": paging.counted_each([query.differences(), disclosure.late(today=today)]),
        "clients": query.keepers(on=today),
        "month_end": today.replace(day=1) - timedelta(days=1),
        "today": today,
        "held": trust_accounts.listed(),
        "unheld": trust_accounts.missing(today=today),
        "me": desk.actor(request),
        "may": desk.allowed(
            request,
            Act.COMPARE_LEDGER,
            Act.CLOSE_DIFFERENCE,
            Act.DISCLOSE,
            Act.EDIT_PARTY,
            Act.RELEASE_PAYOUT,
            Act.STOP_ACCOUNT,
        ),
    }
    return render(request, "office/client_ledgers.html", context)


def _late(row: models.Invoice, left: int, today: date) -> dict[str, object]:
    known = getattr(row, "disclosure", None)
    first = None
    agreed = row.funding.facility.keeping()
    if known is not None and agreed is not None:
        first = tell_from(known.asked_at.date(), agreed)
    return {
        "row": row, "left": Money(left, row.currency), "asked": known, "tell_from": first,
        "days_overdue": (today - row.due_on).days,
        "may_tell": first is not None and first <= today,
    }  # fmt: skip


@require_POST
@desk.says_no
def compare(request: HttpRequest) -> HttpResponse:
    client = get_object_or_404(models.Client, pk=desk.key(request.POST.get("client")))
    file, as_of = request.FILES.get("file"), desk.day(request.POST.get("as_of"))
    if file is None or as_of is None:
        raise action.ListUnreadable("the list or its day is missing")
    content = Content(
        data=file.read(), media_type=file.content_type or "", name=file.name or "open-items"
    )
    row = action.compare_file(client.pk, content, as_of=as_of, **desk.signed(request))
    left = row.differences.filter(closed_at=None).count()
    says = ngettext("%(count)s difference", "%(count)s differences", left)
    desk.told(request, says % {"count": left} if left else _("Nothing differs."))
    return redirect("client_ledgers")


@require_POST
@desk.says_no
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.OpenDifference, pk=pk)
    action.close(pk, remark=request.POST.get("remark", ""), **desk.signed(request))
    desk.told(request, _("Closed."))
    return redirect("client_ledgers")


@require_POST
@desk.says_no
def asked(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.Invoice, pk=pk)
    disclosing.asked(pk, answer=request.POST.get("answer", ""), **desk.signed(request))
    desk.told(request, _("Noted."))
    return redirect(f"{reverse('client_ledgers')}#late")


@require_POST
@desk.says_no
def tell(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.Invoice, pk=pk)
    disclosing.tell(pk, because=request.POST.get("because", ""), **desk.signed(request))
    desk.told(request, _("The notice goes out with the day's end."))
    return redirect(f"{reverse('client_ledgers')}#late")
