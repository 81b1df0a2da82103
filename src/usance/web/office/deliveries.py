"""Delivery: is what debtors must have with them, and how well is that proved?"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import distribution, resend
from usance.domain.distribution import Kind, Outcome, State
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.queries import channels, pages
from usance.web import delivered, exports

from . import carriers, desk
from .addresses import as_id
from .rooms import rooms

SPANS = {"7": 7, "30": 30, "90": 90, "365": 365}
COLUMNS = ("planned_at", "invoice", "debtor", "paper", "channel", "carrier", "state", "evidence",
           "attempts", "detail", "reference", "key")  # fmt: skip
BY = ("planned_at", "id")
AGAIN_BY = (Kind.EMAIL, Kind.LETTER)  # What many debtors can be reached by at once.
FILTERS = {
    "q": gettext_lazy("Search"),
    "kind": gettext_lazy("Channel"),
    "carrier": gettext_lazy("Carrier"),
    "paper": gettext_lazy("Paper"),
}


@require_safe
def deliveries(request: HttpRequest) -> HttpResponseBase:
    days = SPANS[desk.chosen(request, "days", SPANS)]
    since = clock.now() - timedelta(days=days)
    views = {
        "all": _("All"),
        "unknown": _("Unknown outcome"),
        "failed": _("Bounced, returned, failed"),
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
        words=request.GET.get("q", "")[:100],
    )
    if exports.wanted(request):
        return exports.answer(request, "deliveries", COLUMNS, _exported(rows))
    page = pages.page(rows.prefetch_related("events"), desk.cursor(request), by=BY)
    may = desk.allowed(request, Act.RESEND)
    context = {
        "health": [
            {"row": one, "kind": delivered.KINDS[Kind(one.kind)], "time": span(one.median_time),
             "slow": span(one.slow_time)}
            for one in channels.health(since=since)
        ],
        "funnel": [
            {"row": one, "kind": delivered.KINDS[Kind(one.kind)], "steps": _steps(one)}
            for one in channels.funnel(since=since)
        ],
        "reasons": channels.reasons(since=since),
        "rows": _rows(page.rows),
        "view": view,
        "days": days,
        "spans": [
            {"name": _("%(days)s days") % {"days": value}, "url": desk.address(request, days=key),
             "here": value == days}
            for key, value in SPANS.items()
        ],
        "views": desk.tabs(request, "view", views, channels.counts(since=since)),
        "rooms": rooms("deliveries"),
        "filters": _named(desk.chips(request, FILTERS)),
        "asked": request.GET,
        "kinds": delivered.KINDS.items(),
        "papers": delivered.PAPERS.items(),
        "pager": desk.pager(request, page),
        "may": may,
        "bulk": _bulk(view) if may["resend"] else [],
        **carriers.card(),
    }  # fmt: skip
    return render(request, "office/deliveries.html", context)


@require_POST
@desk.says_no
def bulk(request: HttpRequest) -> HttpResponse:
    """The same word of a person on several deliveries; each is decided alone."""
    chosen = [pk for text in request.POST.getlist("id") if (pk := as_id(text))]
    done = Counter[str]()
    says = _decision(request, request.POST.get("do", ""))
    for pk in chosen if says else ():
        try:
            says(pk)
        except Refusal as no:
            done[desk.sentence(no)] += 1
        else:
            done[""] += 1
    if done[""]:
        desk.told(request, ngettext("%(n)s done.", "%(n)s done.", done[""]) % {"n": done[""]})
    for why, count in done.items():
        if why:
            messages.warning(request, _("%(n)s not: %(why)s") % {"n": count, "why": why})
    return redirect(desk.back(request, "deliveries"))


def _decision(request: HttpRequest, do: str) -> Callable[[UUID], object] | None:
    """What is done to each; None: the form is not ours."""
    who = desk.signed(request)
    if do in ("went_out", "again"):
        return lambda pk: distribution.resolve_unknown(pk, went_out=do == "went_out", **who)
    if do in AGAIN_BY:
        reason = request.POST.get("reason", "")
        return lambda pk: resend.resend(
            resend.Wanted(dispatch=pk, kind=Kind(do), reason=reason), **who
        )
    return None


def _bulk(view: str) -> list[dict[str, object]]:
    """The buttons for what is ticked: value, name, whether it is a risk."""
    if view == "unknown":
        return [
            {"value": "went_out", "name": _("It went out"), "risk": False},
            {"value": "again", "name": _("Send again"), "risk": True},
        ]
    if view == "failed":
        return [
            {"value": kind.value, "risk": False,
             "name": _("Send by %(kind)s") % {"kind": delivered.KINDS[kind]}}
            for kind in AGAIN_BY
        ]  # fmt: skip
    return []


def _rows(rows: Sequence[models.Dispatch]) -> list[dict[str, object]]:
    today = clock.now().date()
    after, better = channels.followed(rows, today=today), channels.corrected(rows)
    return [
        {
            **delivered.delivery(row),
            "unknown": row.state == State.UNKNOWN,
            "failed": row.state == State.FAILED,
            "why": _why(row),
            "next": after.get(row.pk),
            "next_kind": _kind_of(after.get(row.pk)),
            "corrected": better.get(row.pk, ""),
        }
        for row in rows
    ]


def _kind_of(found: channels.Next | None) -> object:
    return delivered.KINDS[Kind(found.dispatch.kind)] if found and found.dispatch else ""


def _why(row: models.Dispatch) -> object:
    """Of a failed one: how it came back, by the last report that says so."""
    for event in reversed(delivered.in_order(row.events.all())):
        word, tone, _icon, _grade = delivered.OUTCOMES[Outcome(event.outcome)]
        if tone == "bad":
            return word
    return _("Refused by the carrier")


def _named(on: list[dict[str, str]]) -> list[dict[str, str]]:
    """Chips that say the name where the address has the code."""
    names: Mapping[str, object] = {
        **{kind.value: name for kind, name in delivered.KINDS.items()},
        **{paper.value: name for paper, name in delivered.PAPERS.items()},
    }
    return [chip | {"value": str(names.get(chip["value"], chip["value"]))} for chip in on]


def _exported(rows: channels.Rows) -> Iterator[Sequence[exports.Cell]]:
    for d in rows.order_by("-planned_at", "-id").iterator(chunk_size=2000):
        yield (d.planned_at, d.invoice.number, d.invoice.debtor.name, d.paper, d.kind, d.carrier,
               d.state, channels.evidence(d.state).name.lower(), d.attempt, d.detail,
               d.reference, d.key)  # fmt: skip


def _steps(one: channels.Funnel) -> list[dict[str, object]]:
    """Each step of the funnel with its count and share of what was planned."""
    steps = (
        (_("Planned"), one.planned), (_("Handed over"), one.handed), (_("Accepted"), one.accepted),
        (_("Delivered"), one.delivered), (_("Opened"), one.opened),
    )  # fmt: skip
    return [
        {"name": name, "count": n, "part": 100 * n / one.planned if one.planned else None}
        for name, n in steps
    ]


def span(took: timedelta | None) -> str:
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
