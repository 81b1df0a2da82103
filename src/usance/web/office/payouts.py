"""Payouts: what is due, who releases it, what the bank said."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from usance import clock
from usance.actions import finance, refunds
from usance.actions import provider_refunds as online
from usance.domain.mandate import Act, person
from usance.queries import cut_offs, missing_payouts, pages
from usance.queries import payouts as questions
from usance.web import exports

from . import desk, provider_refunds

STATES = {
    "proposed": ("Proposed", "plain"),
    "released": ("Released", "info"),
    "sent": ("At the bank", "info"),
    "paid": ("Paid", "good"),
    "rejected": ("Rejected", "bad"),
    "returned": ("Came back", "bad"),
}
MOST_LATE = 200
COLUMNS = ("proposed_at", "client", "iban", "amount", "set_off", "currency", "state",
           "proposed_by", "released_by", "released_at", "file", "closed_on", "reason")  # fmt: skip


@require_safe
def payouts(request: HttpRequest) -> HttpResponse:
    views = {
        "all": _("All"),
        "under_way": _("Under way"),
        "paid": _("Paid"),
        "rejected": _("Rejected or back"),
    }
    view = desk.chosen(request, "view", views)
    rows = questions.found(view)
    if exports.wanted(request):
        return exports.answer(request, "payouts", COLUMNS, _exported(rows))
    page = pages.page(rows, desk.cursor(request))
    at = clock.now()
    due = questions.due(at=at)
    proposed = questions.proposed()
    doubted = {row.payout_id: row for row in missing_payouts.waiting()}
    context = {
        "due": due,
        "waiting": len(proposed),
        **provider_refunds.waiting(request, at=at),
        "refunds": [one for one in proposed if one.receipt_id],
        "banks": cut_offs.banks(at=at),
        "late": [
            {
                "row": row,
                "said": doubted.get(row.pk),
                "may_be_missing": cut_offs.may_be_missing(row, at=at),
            }
            for row in cut_offs.late(at=at)[:MOST_LATE]
        ],
        "after_all": missing_payouts.after_all(),
        "blocked": sum(not one.account for one in due),
        "files": [{"file": file, **_file_state(file)} for file in questions.files()],
        "tasks": questions.to_act(),
        "rows": [
            {"row": row, "word": _(STATES[row.state][0]), "tone": STATES[row.state][1]}
            for row in page.rows
        ],
        "views": desk.tabs(request, "view", views, questions.counts()),
        "pager": desk.pager(request, page),
        "me": desk.actor(request),
        "may": desk.allowed(request, Act.PROPOSE_PAYOUT, Act.RELEASE_PAYOUT, Act.REFUND),
    }
    return render(request, "office/payouts.html", context)


def _file_state(file: questions.OrderFile) -> dict[str, object]:
    if file.row.answered_at is not None and file.under_way:
        return {"word": _("At the bank"), "tone": "info"}
    if file.row.answered_at is not None:
        tone = "bad" if file.rejected else "good"
        return {"word": _("Answered"), "tone": tone}
    if file.row.handed_at is not None:
        return {"word": _("Handed over"), "tone": "info"}
    return {"word": _("Made"), "tone": "plain"}


def _exported(rows: "QuerySet[questions.models.Payout]") -> Iterator[Sequence[exports.Cell]]:
    for row in rows.order_by("-id").iterator(chunk_size=2000):
        set_off = questions.Money(row.set_off_minor, row.currency)
        yield (
            row.proposed_at, row.name, row.iban, row.amount.decimal, set_off.decimal, row.currency,
            row.state, row.proposed_by, row.released_by, row.released_at,
            row.file.name if row.file else "", row.closed_on, row.reason,
        )  # fmt: skip


@require_POST
@desk.says_no
def propose(request: HttpRequest) -> HttpResponse:
    """Propose all that is due by now; what was proposed before and not released is replaced."""
    made = finance.propose_payouts(**desk.signed(request))
    desk.told(
        request,
        ngettext("%(count)s payout proposed", "%(count)s payouts proposed", len(made))
        % {"count": len(made)},
    )
    return redirect("payouts")


@desk.says_no
def release(request: HttpRequest) -> HttpResponse:
    """First what will be booked and ordered; then, confirmed, the release of exactly that."""
    if request.method == "POST":
        return _released(request)
    asked = {desk.key(text) for text in request.GET.getlist("id")}
    rows = [row for row in questions.proposed() if not asked or row.pk in asked]
    at = clock.now()
    today = at.date()
    totals: dict[str, int] = {}
    for row in rows:
        totals[row.currency] = totals.get(row.currency, 0) + row.amount_minor
    context = {
        "rows": rows,
        "totals": [questions.Money(minor, currency) for currency, minor in totals.items()],
        "journal": questions.journal(rows, on=today),
        "today": today,
        "banks": [one for one in cut_offs.banks(at=at) if one.row.currency in totals],
        "mine": [row for row in rows if person(row.proposed_by) == person(desk.actor(request))],
        "may": desk.allowed(request, Act.RELEASE_PAYOUT),
    }
    return render(request, "office/payouts_release.html", context)


@desk.says_no
def refund(request: HttpRequest, line: UUID) -> HttpResponse:
    """Propose that what is unapplied of a receipt goes back the way it came: to the account that
    paid it, or through the payment provider."""
    rows = questions.models.BankLine.objects.select_related("account")
    row = get_object_or_404(rows, pk=line)
    left = questions.Money(row.unapplied_minor, row.currency)
    typed = request.POST.get("amount", str(left.decimal))
    amount = desk.amount(typed, row.currency)
    if request.method == "POST" and amount is not None:
        because = request.POST.get("because", "")
        propose = online.propose if row.account.provider else refunds.propose
        propose(row.pk, amount, because=because, **desk.signed(request))
        desk.told(request, _("The refund is proposed: a second person releases it."))
        return redirect("payouts")
    context = {
        "row": row,
        "left": left,
        "typed": typed,
        "fault": _("This is no amount.") if amount is None else "",
        "may": desk.allowed(request, Act.REFUND),
    }
    return render(request, "office/refund.html", context, status=422 if amount is None else 200)


def _released(request: HttpRequest) -> HttpResponse:
    seen = desk.seen(request)
    signed = desk.signed(request)
    files = finance.release_payouts(
        seen, pay_on=_day(request.POST.get("pay_on"), signed["at"].date()), **signed
    )
    desk.told(
        request,
        ngettext("%(count)s payout released", "%(count)s payouts released", len(seen))
        % {"count": len(seen)}
        + f" · {', '.join(file.name for file in files)}",
    )
    return redirect("payouts")


def _day(text: str | None, today: date) -> date:
    """The day on which the bank pays; never in the past."""
    try:
        return max(date.fromisoformat(text or ""), today)
    except ValueError:
        return today
