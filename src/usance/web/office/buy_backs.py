"""Buy-backs in the office: quoted for chosen invoices, for one instead of others, or for a client
that leaves; done by whom it takes; what debtors are told then."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance import clock, models
from usance.actions import buy_backs as action
from usance.domain.distribution import Kind as Channel
from usance.domain.distribution import State as Sent
from usance.domain.mandate import Act, person
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.domain.settlement.buy_backs import TWO_PEOPLE, Kind, State, Way, sums
from usance.queries import buy_backs as query
from usance.queries import buy_out, pages
from usance.web import exports, pdfs
from usance.web.delivered import KINDS as CHANNELS
from usance.web.delivered import STATES as SENT

from . import desk

STATES = {
    State.QUOTED: (gettext_lazy("Quoted"), "warn"),
    State.DONE: (gettext_lazy("Done"), "good"),
    State.DECLINED: (gettext_lazy("Not done"), "plain"),
}
assert set(STATES) == set(State), "every state has its words"
KINDS = {
    Kind.CHOSEN: gettext_lazy("Buy-back"),
    Kind.SUBSTITUTION: gettext_lazy("One for another"),
    Kind.EXIT: gettext_lazy("The client leaves"),
}
assert set(KINDS) == set(Kind), "every kind has its words"
WAYS = {
    Way.SET_OFF: gettext_lazy("Set off against what is due to the client"),
    Way.RECEIPT: gettext_lazy("Paid by a receipt"),
}
assert set(WAYS) == set(Way), "every way has its words"
ACTS = (Act.QUOTE_BUY_BACK, Act.BUY_BACK)
TO_CHOOSE = 500  # Invoices shown to choose from.


class DayOver(Refusal):
    code = "buy_back_day_over"
    todo = "Choose today or a later day."


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    views = {"quoted": _("To do"), "done": _("Done"), "declined": _("Not done")}
    view = desk.chosen(request, "view", views)
    counts = pages.counted_each([query.rows().filter(state=State.QUOTED)])
    found = pages.page(
        query.rows().filter(state=view), desk.cursor(request), newest_first=view != "quoted"
    )
    context = {
        "views": desk.tabs(request, "view", views, dict(zip(views, counts, strict=False))),
        "view": view,
        "rows": [_listed(one) for one in found.rows],
        "pager": desk.pager(request, found),
    }
    return render(request, "office/buy_backs.html", context)


@require_safe
def one(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    row = get_object_or_404(query.rows(), pk=pk)
    if request.GET.get("format") == "pdf":
        return pdfs.download(buy_out.paper(row), f"buy-back-{row.pk.hex[-8:]}.pdf")
    if exports.wanted(request):
        return exports.answer(request, "buy-back", buy_out.COLUMNS, buy_out.cells(row))
    found, may = query.told(row), desk.allowed(request, *ACTS)
    is_open = row.state == State.QUOTED
    context = _listed(row) | {
        "lines": found.lines,
        "sums": sums([line for _invoice, line in found.lines], row.currency),
        "may": may,
        "is_open": is_open,
        "mine": Kind(row.kind) in TWO_PEOPLE
        and person(row.quoted_by) == person(desk.actor(request)),
        "other_day": is_open and row.for_day != clock.now().date(),
        "receipts": [
            (line, Money(line.unapplied_minor, line.currency)) for line in query.receipts(row)
        ]
        if is_open and row.way == Way.RECEIPT and may["buy_back"]
        else (),
        "releases": [_released(letter) for letter in _letters(row)],
    }
    return render(request, "office/buy_back.html", context)


def _listed(row: models.BuyBack) -> dict[str, object]:
    word, tone = STATES[State(row.state)]
    return {
        "row": row, "word": word, "tone": tone, "kind": KINDS[Kind(row.kind)],
        "way": WAYS[Way(row.way)], "they_get": -row.to_pay if row.to_pay.minor < 0 else None,
    }  # fmt: skip


def _letters(row: models.BuyBack) -> list[models.ReleaseLetter]:
    found = row.releases.select_related("debtor", "dispatch", "account")
    return list(found.order_by("debtor__name", "pk"))


def _released(letter: models.ReleaseLetter) -> dict[str, object]:
    sent = letter.dispatch
    if sent is None:
        return {"letter": letter, "by": _("Nothing reaches this debtor")}
    word, tone = SENT[Sent(sent.state)]
    return {"letter": letter, "by": CHANNELS[Channel(sent.kind)], "word": word, "tone": tone}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: UUID, currency: str) -> HttpResponse:
    """What a client may buy back. POST quotes it on the client's word."""
    client = get_object_or_404(models.Client, pk=pk)
    no = None
    if request.method == "POST":
        try:
            made = _quoted(request, client, currency)
        except Refusal as refused:
            no = {"says": desk.sentence(refused), "todo": refused.todo, "code": refused.code}
        else:
            desk.told(request, _("Quoted. Nothing is bought back before it is done."))
            return redirect("buy_back", pk=made.pk)
    picked = set(request.POST.getlist("invoice"))
    words = request.GET.get("number", "").strip()[:40]
    every = query.returnable(client.pk, currency)
    found = every.filter(number__icontains=words) if words else every
    rows = list(found[: TO_CHOOSE + 1])
    more, rows = len(rows) > TO_CHOOSE, rows[:TO_CHOOSE]
    context = {
        "client": client, "currency": currency, "no": no,
        "may": desk.allowed(request, *ACTS),
        "rows": [(row, str(row.pk) in picked) for row in rows],
        "words": words, "more": TO_CHOOSE if more else 0,
        "others": query.replacements(client.pk, currency, on=clock.now().date()),
        "quoted": not rows and not words and query.is_quoted(client.pk, currency),
        "waiting": query.last_exit(client.pk, currency),
        "reason": request.POST.get("reason", ""),
        "for_day": request.POST.get("for_day") or clock.now().date().isoformat(),
    }  # fmt: skip
    return render(request, "office/buy_back_new.html", context, status=409 if no else 200)


def _quoted(request: HttpRequest, client: models.Client, currency: str) -> models.BuyBack:
    said = request.POST
    about: dict[str, Any] = {
        "for_day": _day(said.get("for_day", "")), "reason": said.get("reason", ""),
        **desk.signed(request),
    }  # fmt: skip
    if said.get("what") == "exit":
        return action.quote_exit(client.pk, currency, **about)
    ids = [found for text in said.getlist("invoice") if (found := desk.key(text)) is not None]
    way = said.get("way", "")
    return action.quote(
        client.pk, ids, way=Way(way) if way in set(Way) else Way.SET_OFF,
        instead=desk.key(said.get("instead")), **about,
    )  # fmt: skip


def _day(text: str) -> date:
    """Today, if nothing is said."""
    today = clock.now().date()
    said = desk.said_day(text) if text else today
    if said < today:
        raise DayOver(f"{said} is over")
    return said


@require_POST
@desk.says_no
def execute(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.BuyBack, pk=pk)
    action.execute(
        pk, seen=request.POST.get("digest", ""), receipt=desk.key(request.POST.get("line")),
        **desk.signed(request),
    )  # fmt: skip
    desk.told(request, _("Done: the invoices are the client's again, and their debtors are told."))
    return redirect("buy_back", pk=pk)


@require_POST
@desk.says_no
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.BuyBack, pk=pk)
    action.decline(pk, remark=request.POST.get("remark", ""), **desk.signed(request))
    desk.told(request, _("Not done: its invoices are free again."))
    return redirect("buy_back", pk=pk)
