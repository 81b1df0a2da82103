"""Delivery: is what debtors must have with them, and how well is that proved?"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import distribution
from usance.domain.distribution import Evidence, Kind, State
from usance.domain.mandate import Act
from usance.queries import channels, pages
from usance.web import charts

from . import desk, exports

STATES = {
    State.QUEUED: (gettext_lazy("Queued"), "plain"),
    State.CALLING: (gettext_lazy("Calling"), "info"),
    State.ACCEPTED: (gettext_lazy("Accepted"), "info"),
    State.SENT: (gettext_lazy("Sent"), "info"),
    State.DELIVERED: (gettext_lazy("Delivered"), "good"),
    State.OPENED: (gettext_lazy("Opened"), "good"),
    State.FAILED: (gettext_lazy("Failed"), "bad"),
    State.UNKNOWN: (gettext_lazy("Unknown outcome"), "odd"),
    State.CANCELLED: (gettext_lazy("Cancelled"), "plain"),
}
EVIDENCE = {
    Evidence.NONE: gettext_lazy("No proof"),
    Evidence.CARRIER_ACCEPTED: gettext_lazy("The carrier took it"),
    Evidence.RECEIVER_CONFIRMED: gettext_lazy("The receiver has it"),
    Evidence.PERSON_CONFIRMED: gettext_lazy("A person opened it"),
}
KINDS = {
    Kind.EINVOICE: gettext_lazy("E-invoice"),
    Kind.MAILBOX: gettext_lazy("Mailbox"),
    Kind.EMAIL: gettext_lazy("E-mail"),
    Kind.LETTER: gettext_lazy("Letter"),
    Kind.SMS: gettext_lazy("SMS"),
    Kind.PUSH: gettext_lazy("Push message"),
    Kind.PORTAL: gettext_lazy("Portal"),
}
SPANS = {"7": 7, "30": 30, "90": 90, "365": 365}
COLUMNS = ("planned_at", "invoice", "debtor", "paper", "channel", "carrier", "state", "evidence",
           "attempts", "detail", "reference", "key")  # fmt: skip
BY = ("planned_at", "id")


@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    days = SPANS[desk.chosen(request, "days", SPANS)]
    since = clock.now() - timedelta(days=days)
    views = {
        "all": _("All"),
        "unknown": _("Unknown outcome"),
        "failed": _("Failed"),
        "under_way": _("Under way"),
        "arrived": _("Arrived"),
    }
    view = desk.chosen(request, "view", views)
    rows = channels.found(
        view=view,
        since=since,
        kind=request.GET.get("kind", ""),
        carrier=request.GET.get("carrier", ""),
        paper=request.GET.get("paper", ""),
    )
    if exports.wanted(request):
        return exports.answer(request, "deliveries", COLUMNS, _exported(rows))
    page = pages.page(rows, desk.cursor(request), by=BY)
    health = channels.health(since=since)
    context = {
        "health": [
            {"row": one, "kind": KINDS[Kind(one.kind)], "time": _span(one.median_time)}
            for one in health
        ],
        "funnel": _funnel(health),
        "reasons": channels.reasons(since=since),
        "unheard": channels.unheard(),
        "rows": [_row(one) for one in page.rows],
        "view": view,
        "days": days,
        "spans": [
            {"name": _("%(days)s days") % {"days": span}, "url": desk.address(request, days=key),
             "here": span == days}
            for key, span in SPANS.items()
        ],
        "views": desk.tabs(request, "view", views, channels.counts(since=since)),
        "filters": desk.chips(
            request, {"kind": _("Channel"), "carrier": _("Carrier"), "paper": _("Paper")}
        ),
        "pager": desk.pager(request, page),
        "may": desk.allowed(request, Act.RESEND),
    }  # fmt: skip
    return render(request, "office/deliveries.html", context)


def _row(dispatch: models.Dispatch) -> dict[str, object]:
    word, tone = STATES[State(dispatch.state)]
    return {
        "row": dispatch,
        "kind": KINDS[Kind(dispatch.kind)],
        "word": word,
        "tone": tone,
        "evidence": EVIDENCE[channels.evidence(dispatch.state)],
        "unknown": dispatch.state == State.UNKNOWN,
    }


def _exported(rows: channels.Rows) -> Iterator[Sequence[exports.Cell]]:
    for d in rows.order_by("-planned_at", "-id").iterator(chunk_size=2000):
        yield (d.planned_at, d.invoice.number, d.invoice.debtor.name, d.paper, d.kind, d.carrier,
               d.state, channels.evidence(d.state).name.lower(), d.attempt, d.detail,
               d.reference, d.key)  # fmt: skip


def _funnel(health: list[channels.Health]) -> charts.Chart:
    """A row per channel, whoever carries it."""
    begun: dict[str, int] = defaultdict(int)
    arrived: dict[str, int] = defaultdict(int)
    for one in health:
        begun[one.kind] += one.planned
        arrived[one.kind] += one.delivered
    flows = [
        charts.Flow(str(name), begun[kind], arrived[kind])
        for kind, name in KINDS.items()
        if kind in begun
    ]
    return charts.funnel(
        _("Delivery by channel"), flows, begun=_("Planned"), arrived=_("Delivered")
    )


def _span(took: timedelta | None) -> str:
    """90 minutes as "1 h 30 min": two units are enough."""
    if took is None:
        return "–"
    minutes, seconds = divmod(max(round(took.total_seconds()), 0), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": seconds}


@require_safe
def delivery(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One delivery: what was sent, by whom, what the carrier said."""
    get_object_or_404(models.Dispatch, pk=pk)
    row = channels.one(pk)
    shown = _row(row)
    events = [
        {"says": f"{event.outcome} {event.code}".strip(), "at": event.at,
         "actor": event.detail or event.carrier, "icon": "send",
         "tone": {"delivered": "good", "opened": "good", "bounced": "bad", "returned": "bad",
                  "expired": "bad", "unreadable": "odd"}.get(event.outcome, "info")}
        for event in channels.reports(row)
    ]  # fmt: skip
    story = [
        {"says": line.kind.replace(".", " ").capitalize(), "at": line.at, "actor": line.actor,
         "icon": "history", "tone": ""}
        for line in channels.diary(row)
    ]  # fmt: skip
    context = {
        **shown,
        "address": [(key.replace("_", " "), value) for key, value in row.address.items() if value],
        "events": events,
        "timeline": story,
        "may": desk.allowed(request, Act.RESEND),
    }
    return render(request, "office/delivery.html", context)


@require_POST
@desk.says_no
def resolve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person says what became of an unknown one."""
    get_object_or_404(models.Dispatch, pk=pk)
    went_out = request.POST.get("outcome") == "went_out"
    distribution.resolve_unknown(pk, went_out=went_out, **desk.signed(request))
    desk.told(request, _("Noted: it went out") if went_out else _("It is sent again"))
    return redirect(desk.back(request, "deliveries"))
