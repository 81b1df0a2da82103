"""A client that keeps its own ledger hands in what is open in it, and sees by when it must."""

from datetime import date, timedelta

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from usance import clock, models
from usance.actions import client_ledgers as action
from usance.actions.documents import Content
from usance.domain.finance.client_ledger import Differs
from usance.domain.refusal import Refusal
from usance.queries import client_ledgers as query
from usance.web import handing, typed

from .pages import client_of, signed

SHOWN = 24  # Two years of months.
ASKED = 50
ASKS = {
    Differs.PAID: gettext_lazy(
        "Less is open with you: pass on what was paid, or send the credit note."
    ),
    Differs.MISSING: gettext_lazy("It is not on your list: was it paid or cancelled?"),
    Differs.AMOUNT: gettext_lazy("More is open with you: we were paid a part of it."),
    Differs.CURRENCY: gettext_lazy("It is in another currency with you."),
    Differs.DATES: gettext_lazy("Its dates are not those of the invoice that you sold to us."),
    Differs.NOT_OURS: gettext_lazy("It is not open with us: was it to be sold?"),
    Differs.CREDIT: gettext_lazy("We do not have this credit note: please send it."),
}
assert set(ASKS) == set(Differs), "every difference has its question"


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """What was handed in, what we ask about it, and a form for the next."""
    client, today = client_of(request), clock.now().date()
    if not query.keeps(client.pk, on=today):
        raise Http404("this client's ledger is kept by us")
    if request.method != "POST":
        return _shown(request, client, today)
    file, as_of = request.FILES.get("file"), typed.day(request.POST.get("as_of"))
    faults = handing.too_much([file] if file else [])
    if as_of is None:
        todo = _("Say at the end of which day all of this was open.")
        faults.append(handing.fault("day_missing", _("The day is missing."), todo))
    if file is None or as_of is None or faults:
        return _shown(request, client, today, faults=faults, status=422)
    content = Content(
        data=file.read(), media_type=file.content_type or "", name=file.name or "open-items"
    )
    try:
        row = action.compare_file(client.pk, content, as_of=as_of, **signed(request))
    except Refusal as no:
        says = str(no)[:1].upper() + str(no)[1:]
        faults = [handing.fault(no.code, says, no.todo)]
        return _shown(request, client, today, faults=faults, status=422)
    left = row.differences.filter(closed_at=None).count()
    says = ngettext(
        "Thank you. %(count)s row differs from our books: we ask you about it.",
        "Thank you. %(count)s rows differ from our books: we ask you about them.",
        left,
    )
    messages.success(request, says % {"count": left} if left else _("Thank you. Nothing differs."))
    return redirect("own_ledger")


def _shown(
    request: HttpRequest, client: models.Client, today: date, *, faults: object = (),
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    rows = models.OpenList.objects.filter(client=client).annotate(
        left=Count("differences", filter=Q(differences__closed_at=None))
    )
    asked = query.asked(client.pk)
    context = {
        "client": client,
        "asked": [(one, ASKS[Differs(one.kind)]) for one in asked[:ASKED]],
        "asked_count": asked.count(),
        "faults": faults,
        "rows": rows.order_by("-as_of", "-taken_at", "-pk")[:SHOWN],
        "awaited": query.awaited(today=today).filter(pk=client.pk).exists(),
        "month_end": today.replace(day=1) - timedelta(days=1),
        "yesterday": today - timedelta(days=1),
    }
    return render(request, "client/ledger.html", context, status=status)
