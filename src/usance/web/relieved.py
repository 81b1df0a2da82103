"""The VAT in what was not paid, drawn for the office and for the client alike."""

from datetime import date

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from usance import clock, models
from usance.domain.settlement.losses import Cause
from usance.domain.settlement.relief import State
from usance.queries import vat_relief as query
from usance.web import exports, lists, pdfs

STATES = {
    State.READY: (gettext_lazy("May be corrected"), "good"),
    State.WAITS: (gettext_lazy("Not yet"), "warn"),
    State.UNCERTAIN: (gettext_lazy("Once the loss is certain"), "warn"),
    State.CREDIT_NOTE: (gettext_lazy("By a credit note"), "plain"),
    State.NO_TAX: (gettext_lazy("No VAT"), "plain"),
    State.TAX_UNKNOWN: (gettext_lazy("VAT not known"), "bad"),
    State.LAW_UNKNOWN: (gettext_lazy("Rule not known"), "bad"),
}
assert set(STATES) == set(State), "every state has its words"
CAUSES = {
    None: gettext_lazy("Recourse period over"),
    Cause.INSOLVENT: gettext_lazy("Debtor insolvent"),
    Cause.DEFAULT: gettext_lazy("Not paid"),
    Cause.TIME_BARRED: gettext_lazy("Time-barred"),
    Cause.COMPOSITION: gettext_lazy("A part was agreed"),
    Cause.UNECONOMIC: gettext_lazy("Too small to collect"),
    Cause.DISPUTE: gettext_lazy("Debtor was right"),
}
assert set(CAUSES) == {None, *Cause}, "every cause has its words"


def answer(request: HttpRequest, client: models.Client, template: str) -> HttpResponseBase:
    """The page, or the file that `?format=` asks for, as of the day that `?on=` names."""
    at = clock.now()
    told = query.of_client(client, on=_day(request.GET.get("on", ""), at.date()))
    if request.GET.get("format") == "pdf":
        name = pdfs.file_name("vat-relief", f"{client.name}-{told.on}")
        return pdfs.download(query.paper(told, made_at=at), name)
    if exports.wanted(request):
        return exports.answer(request, f"vat-relief-{told.on}", query.COLUMNS, query.cells(told))
    context = {
        "client": client, "told": told, "today": at.date(), "here": lists.address(request),
        "lines": [_line(one) for one in told.lines],
    }  # fmt: skip
    return render(request, template, context)


def _line(one: query.Line) -> dict[str, object]:
    word, tone = STATES[one.found.state]
    return {"row": one, "word": word, "tone": tone, "cause": CAUSES[one.loss.cause]}


def _day(text: str, today: date) -> date:
    """A day that cannot be read, or has not come, is today."""
    try:
        return min(date.fromisoformat(text), today)
    except ValueError:
        return today
