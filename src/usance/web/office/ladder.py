"""The ladder editor: which channels in which order, for all, for a client, for a debtor; and what
it gives for a debtor, with its reasons."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from usance import clock, models
from usance.actions import ladders as actions
from usance.domain.distribution import (
    ACCOMPANIES,
    RUNGS,
    Enough,
    Kind,
    Paper,
    Setting,
    Settings,
    default,
)
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.queries import companies, ladders

from . import desk, why
from .standing import KINDS

PAPERS = {
    "": gettext_lazy("Every paper"),
    Paper.INVOICE.value: gettext_lazy("Invoices"),
    Paper.REMINDER.value: gettext_lazy("Reminders"),
    Paper.NOTICE.value: gettext_lazy("Notices"),
    Paper.RELEASE.value: gettext_lazy("Releases"),
}
assert set(PAPERS) == {"", *Paper}, "every paper has its name"
MOST_CLIENTS = 500
SHOWN = 8


class _Scope:
    """Whose ladder it is: read from the form, else from the address; and written back into it.

    A form without it that is sent to a reminder's address is about reminders, not about all papers.
    """

    def __init__(self, request: HttpRequest) -> None:
        asked = request.GET.dict() | request.POST.dict()
        self.client = _known(models.Client.objects.all(), asked.get("client"))
        self.debtor = _known(models.Debtor.objects.all(), asked.get("debtor"))
        self.paper = asked.get("paper", "")
        if self.paper not in PAPERS:
            raise Http404(self.paper)

    @property
    def of(self) -> dict[str, Any]:
        """As the action takes it."""
        return {
            "client": self.client.pk if self.client else None,
            "debtor": self.debtor.pk if self.debtor else None,
            "paper": Paper(self.paper) if self.paper else None,
        }

    @property
    def url(self) -> str:
        return _address(self.client, self.debtor, self.paper)

    @property
    def name(self) -> str:
        return _name(self.client, self.debtor, self.paper)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    scope = _Scope(request)
    row = ladders.setting(client=scope.of["client"], debtor=scope.of["debtor"], paper=scope.paper)
    holds = ladders.holding(client=scope.of["client"], debtor=scope.of["debtor"], paper=scope.paper)
    if request.method != "POST":
        return _page(request, scope, row, holds)
    wrote, fault = _written(request)
    wrote = replace(wrote, whose=holds.whose)
    move = request.POST.get("move", "")
    if move:
        return _page(request, scope, row, _moved(wrote, move), unsaved=True)
    try:
        if fault:
            return _page(request, scope, row, wrote, fault=fault, status=422)
        actions.set_up(wrote, **scope.of, **desk.signed(request))
    except Refusal as no:
        says = {"says": desk.sentence(no), "todo": no.todo, "code": no.code}
        return _page(request, scope, row, wrote, no=says, status=409)
    desk.told(request, _("Saved: it holds for what is planned from now on."))
    return redirect(scope.url)


@require_POST
@desk.says_no
def take_away(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is more general holds again."""
    actions.take_away(pk, **desk.signed(request))
    desk.told(request, _("Taken away: the more general ladder holds."))
    return redirect("ladder")


def _page(
    request: HttpRequest,
    scope: _Scope,
    row: models.LadderSetting | None,
    settings: Settings,
    *,
    unsaved: bool = False,
    fault: str = "",
    no: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    words = request.GET.get("for", "").strip()[:100]
    paper = request.GET.get("of", "invoice")
    context = {
        "scope": scope,
        "row": row,
        "holds": settings.whose,
        "rungs": _rungs(settings),
        "cheapest_first": settings.cheapest_first,
        "currency": next((one.cost.currency for one in settings.rungs if one.cost), "EUR"),
        "enough": [(one.value, words_) for one, words_ in why.ENOUGH.items()],
        "accompanies": [(kind.value, KINDS[kind]) for kind in ACCOMPANIES],
        "papers": PAPERS.items(),
        "clients": list(models.Client.objects.order_by("name_key")[:MOST_CLIENTS]),
        "known": [
            {"name": _name(one.client, one.debtor, one.paper), "row": one,
             "url": _address(one.client, one.debtor, one.paper),
             "here": row is not None and one.pk == row.pk}
            for one in models.LadderSetting.objects.select_related("client", "debtor").order_by(
                "debtor__name", "client__name", "paper"
            )[:200]
        ],
        "unsaved": unsaved,
        "fault": fault,
        "no": no,
        "preview": _preview(
            words, scope.debtor, paper if paper in PAPERS and paper else "invoice"
        ),
        "may": desk.allowed(request, Act.SET_LADDER),
    }  # fmt: skip
    return render(request, "office/ladder.html", context, status=status)


def _rungs(settings: Settings) -> list[dict[str, object]]:
    """Every kind that a ladder can have; those that were left out of it stand below, off."""
    usual = {one.kind: one for one in default().rungs}
    here = {one.kind for one in settings.rungs}
    every = [*settings.rungs, *(replace(usual[k], enabled=False) for k in RUNGS if k not in here)]
    return [_rung(one, place, every) for place, one in enumerate(every)]


def _rung(one: Setting, place: int, every: Sequence[Setting]) -> dict[str, object]:
    return {
        "setting": one,
        "kind": one.kind.value,
        "name": KINDS[one.kind],
        "beside": [kind.value for kind in one.beside],
        "cost": f"{one.cost.decimal}" if one.cost else "",
        "first": place == 0,
        "last": place == len(every) - 1,
    }


def _written(request: HttpRequest) -> tuple[Settings, str]:
    """What stands in the form, and what of it cannot be read."""
    said, fault = request.POST, ""
    currency = said.get("currency", "EUR").strip().upper()[:3]
    rungs = []
    usual = {one.kind: one for one in default().rungs}
    order = [Kind(word) for word in said.getlist("kind") if word in {*RUNGS}]
    for kind in dict.fromkeys([*order, *RUNGS]):
        hours = said.get(f"{kind}-hours", "")
        cost_text = said.get(f"{kind}-cost", "").strip()
        cost = desk.amount(cost_text, currency) if cost_text else None
        if cost_text and cost is None:
            fault = _("Write the price of a piece such as 0.85, and a currency such as EUR.")
        if not (hours.isascii() and hours.isdigit()):
            fault = _("Write how many hours each channel has.")
        enough = said.get(f"{kind}-enough", "")
        rungs.append(
            Setting(
                kind=kind,
                enabled=bool(said.get(f"{kind}-on")),
                hours=int(hours) if hours.isascii() and hours.isdigit() else usual[kind].hours,
                enough=Enough(enough) if enough in {*Enough} else usual[kind].enough,
                beside=tuple(one for one in ACCOMPANIES if said.get(f"{kind}-{one}")),
                cost=cost,
            )
        )
    cheapest = bool(said.get("cheapest_first"))
    return Settings(whose="", rungs=tuple(rungs), cheapest_first=cheapest), fault


def _moved(settings: Settings, move: str) -> Settings:
    """`move` is "email:up" or "email:down"."""
    word, _colon, way = move.partition(":")
    rungs = list(settings.rungs)
    place = next((n for n, one in enumerate(rungs) if one.kind == word), None)
    if place is not None:
        to = place - 1 if way == "up" else place + 1
        if 0 <= to < len(rungs):
            rungs[place], rungs[to] = rungs[to], rungs[place]
    return replace(settings, rungs=tuple(rungs))


def _preview(words: str, debtor: models.Debtor | None, paper: str) -> dict[str, object]:
    """The ladder of the debtor that these words name; several: to choose from. Without words, of
    the debtor whose ladder is being set up."""
    if not words and debtor is None:
        return {"words": "", "paper": paper}
    found = list(companies.debtors(words)[:SHOWN]) if words or debtor is None else [debtor]
    preview: dict[str, object] = {"words": words, "paper": paper, "found": found}
    if len(found) == 1:
        preview["debtor"] = found[0]
        preview["ladder"] = why.shown(
            ladders.for_debtor(found[0], paper=Paper(paper), on=clock.now().date())
        )
    return preview


def _name(client: models.Client | None, debtor: models.Debtor | None, paper: str) -> str:
    whose = " · ".join(one.name for one in (debtor, client) if one is not None)
    return f"{whose or _('All debtors')} · {PAPERS[paper]}"


def _address(client: models.Client | None, debtor: models.Debtor | None, paper: str) -> str:
    asked = {"client": client.pk if client else "", "debtor": debtor.pk if debtor else "",
             "paper": paper}  # fmt: skip
    kept = {name: str(value) for name, value in asked.items() if value}
    return f"{reverse('ladder')}?{urlencode(kept)}" if kept else reverse("ladder")


def _known(rows: "QuerySet[Any]", text: str | None) -> Any:
    pk = desk.key(text)
    return get_object_or_404(rows, pk=pk) if pk else None
