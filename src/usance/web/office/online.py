"""Online payments: what debtors began and paid at providers, and what these paid on to our bank."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import paying, provider_payouts
from usance.domain.mandate import Act
from usance.domain.payment.checkouts import State
from usance.queries import checkouts as questions
from usance.queries import pages
from usance.queries import provider_payouts as payouts
from usance.web import exports

from . import desk

STATES = {
    State.BEGUN: (gettext_lazy("Begun"), "plain"),
    State.OPEN: (gettext_lazy("Debtor pays"), "info"),
    State.PAID: (gettext_lazy("Paid"), "good"),
    State.ENDED: (gettext_lazy("Ended unpaid"), "plain"),
    State.RETURNED: (gettext_lazy("Taken back"), "bad"),
}
assert set(STATES) == set(State), "every state has its words"
PAID_ON = {
    "told": (gettext_lazy("On its way"), "info"),
    "arrived": (gettext_lazy("At our bank"), "good"),
    "failed": (gettext_lazy("Failed"), "bad"),
    "odd": (gettext_lazy("Odd"), "bad"),
}
COLUMNS = ("begun_at", "debtor", "invoice", "amount", "currency", "provider", "state", "payment",
           "final_on", "detail")  # fmt: skip


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    views = {
        "all": _("All"), "waiting": _("Begun"), "paid": _("Paid"), "back": _("Taken back"),
        "ended": _("Ended"),
    }  # fmt: skip
    view = desk.chosen(request, "view", views)
    rows = questions.found(view)
    if exports.wanted(request):
        return exports.answer(request, "online", COLUMNS, _exported(rows))
    found = pages.page(rows, desk.cursor(request))
    today = clock.now().date()
    context = {
        "places": payouts.places(),
        "tasks": [
            {"row": row, "candidates": payouts.candidates(row) if row.state == "told" else ()}
            for row in payouts.tasks(today=today)[:10]
        ],
        "back": questions.came_back(today),
        "payouts": [
            {"row": row, "word": word, "tone": tone}
            for row in payouts.found()[:20]
            for word, tone in [PAID_ON[row.state]]
        ],
        "rows": [
            {"row": row, "word": word, "tone": tone}
            for row in found.rows
            for word, tone in [STATES[State(row.state)]]
        ],
        "views": desk.tabs(request, "view", views, questions.counts()),
        "pager": desk.pager(request, found),
        "may": desk.allowed(request, Act.ALLOCATE_PAYMENT, Act.SET_PAYING),
    }
    return render(request, "office/online.html", context)


def _exported(rows: "QuerySet[models.Checkout]") -> Iterator[Sequence[exports.Cell]]:
    for row in rows.order_by("-id").iterator(chunk_size=2000):
        debtor = row.invoice.debtor
        yield (
            row.begun_at, debtor.name if debtor else "", row.invoice.number, row.amount.decimal,
            row.currency, row.account.provider, row.state, row.payment, row.final_on, row.detail,
        )  # fmt: skip


@require_POST
@desk.says_no
def arrived(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person says which receipt at our bank is this payout."""
    line = desk.key(request.POST.get("line", ""))
    if line is not None:
        provider_payouts.arrived(pk, line, **desk.signed(request))
        desk.told(request, _("The payout is found on our statement."))
    return redirect("online")


@require_POST
@desk.says_no
def set_final(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How long reserves wait for what is paid by a provider."""
    row = get_object_or_404(models.BankAccount.every.exclude(provider=""), pk=pk)
    days = request.POST.get("days", "").strip()
    is_number = days.isascii() and days.isdigit() and len(days) <= 4
    paying.set_final(row.pk, int(days) if is_number else -1, **desk.signed(request))
    desk.told(request, _("Saved"))
    return redirect("online")
