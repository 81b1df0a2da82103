"""Debtors: who owes, how much we let them, how they pay and how they are reached."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import bureau, parties
from usance.domain.distribution import Paper
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.queries import companies as questions
from usance.queries import ladders, pages, reach, same
from usance.web import charts, exports

from . import came_back, clients, debit_mandates, desk, forms, stages, why

BY = ("name_key", "id")
COLUMNS = ("name", "country", "vat_id", "legal_id", "currency", "exposure", "limit", "left",
           "source", "insolvent_on")  # fmt: skip
ACTS = (Act.EDIT_PARTY, Act.SET_LIMIT, Act.RESEND, Act.RELEASE_HOLD, Act.KEEP_DEBIT_MANDATES)
OWN = ("einvoice_id", "mailbox_id", "wish", "public", "insolvent_on")


@require_safe
def debtors(request: HttpRequest) -> HttpResponse:
    views = {"all": _("All"), "unassessed": _("Without a limit"), "insolvent": _("Insolvent")}
    words = request.GET.get("q", "").strip()[:100]
    rows = questions.debtors(words, view=desk.chosen(request, "view", views))
    today = clock.now().date()
    if exports.wanted(request):
        return exports.answer(request, "debtors", COLUMNS, _exported(rows, today))
    page = pages.page(rows, desk.cursor(request), by=BY, newest_first=False)
    counts = {
        view: pages.counted(questions.debtors(words, view=view)) for view in views if view != "all"
    }
    context = {
        "rows": questions.listed_debtors(page.rows, on=today),
        "views": desk.tabs(request, "view", views, counts),
        "pager": desk.pager(request, page),
        "filters": desk.chips(request, {"q": _("Search")}),
        "merging": same.waiting().count(),
        "may": desk.allowed(request, *ACTS),
    }
    return render(request, "office/debtors.html", context)


def _exported(rows: "QuerySet[models.Debtor]", today: date) -> Iterator[Sequence[exports.Cell]]:
    cursor = pages.Cursor()
    while True:
        page = pages.page(rows, cursor, by=BY, newest_first=False, size=500)
        for one in questions.listed_debtors(page.rows, on=today):
            told = (one.row.name, one.row.country, one.row.vat_id, one.row.legal_id)
            for f in one.figures or (None,):
                if f is None:
                    yield (*told, None, None, None, None, "", one.row.insolvent_on)
                    continue
                yield (
                    *told, f.currency, f.exposure.decimal, f.limit.decimal if f.limit else None,
                    f.left.decimal if f.left else None, f.source, one.row.insolvent_on,
                )  # fmt: skip
        if page.after is None:
            return
        cursor = pages.Cursor(after=page.after)


@require_safe
def debtor(request: HttpRequest, pk: UUID) -> HttpResponse:
    rows = models.Debtor.objects.select_related("same_as")
    return detail(request, get_object_or_404(rows, pk=pk))


def detail(
    request: HttpRequest,
    row: models.Debtor,
    *,
    limit: forms.Limit | None = None,
    mandate: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    today = clock.now().date()
    figures = questions.debtor_figures([row.pk], on=today)[row.pk]
    late = questions.behaviour(row.pk)
    mergers = same.mergers_of(row.pk)
    context = {
        "debtor": row,
        "figures": figures,
        "facts": clients._facts(row),
        "ladder": why.shown(ladders.for_debtor(row, paper=Paper.INVOICE, on=today)),
        "capabilities": why.known(row, ladders.capabilities(row)),
        "proposals": came_back.proposals(reach.proposals(debtor=row.pk)),
        "suppressions": came_back.suppressions(reach.suppressions(debtor=row)),
        "limits": questions.limits(row),
        "today": today,
        "late": late,
        "lateness": charts.bars(
            _("Payments by days after the due date"),
            [name for name, _count in late.buckets],
            [count for _name, count in late.buckets],
            looks=charts.BY_AGE,
            shown=stages.whole,
        ),
        "accounts": list(row.accounts.order_by("iban")),
        "aliases": list(row.aliases.order_by("-pk")[:50]),
        "mergers": mergers,
        "decided": [one for one in mergers if one.state in {"merged", "undone"}],
        "invoices": stages.drawn(questions.invoices(debtor=row.pk)),
        "stages": stages.counted(questions.stages(debtor=row.pk)),
        "timeline": stages.told(questions.history(row.pk)),
        "limit": limit or forms.Limit(
            initial={"currency": figures[0].currency if figures else "EUR",
                     "source": request.user.display_name}
        ),
        "mandates": debit_mandates.shown(request, row.same_as_id or row.pk),
        "mandate": mandate or debit_mandates.Signed(),
        "opened": "limit" if limit else "mandate" if mandate else "",
        "may": desk.allowed(request, *ACTS),
    }  # fmt: skip
    return render(request, "office/debtor.html", context, status=status)


def new(request: HttpRequest) -> HttpResponse:
    form = forms.Debtor(request.POST or None, initial={"language": "en", "country": "SE"})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        own = {name: said.pop(name) for name in OWN}
        insolvent_on = own.pop("insolvent_on")
        signed = desk.signed(request)
        try:
            row = parties.register_debtor(parties.Company(**said), **own, **signed)
        except Refusal as no:
            return _form(request, form, _("New debtor"), no=no)
        if insolvent_on:
            parties.edit(row, {"insolvent_on": insolvent_on}, **signed)
        desk.told(request, _("%(name)s is a debtor now") % {"name": row.name})
        return redirect("debtor", pk=row.pk)
    return _form(request, form, _("New debtor"))


def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.Debtor, pk=pk)
    now = {name: getattr(row, name) for name in (*clients.PLAIN, *OWN)}
    form = forms.Debtor(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            parties.edit(row, form.cleaned_data, **desk.signed(request))
        except Refusal as no:
            return _form(request, form, row.name, no=no)
        desk.told(request, _("Saved"))
        return redirect("debtor", pk=pk)
    return _form(request, form, row.name)


def _form(
    request: HttpRequest, form: forms.Company, title: str, *, no: Refusal | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "room": "debtors",
        "room_name": _("Debtors"),
        "no": {"says": desk.sentence(no), "todo": no.todo, "code": no.code} if no else None,
        "may": desk.allowed(request, *ACTS),
    }
    status = 409 if no else 422 if form.errors else 200
    return render(request, "office/party_form.html", context, status=status)


@require_POST
@desk.says_no
def set_limit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A limit that a person gives, on the word of somebody."""
    row = get_object_or_404(models.Debtor, pk=pk)
    form = forms.Limit(request.POST)
    if not form.is_valid():
        return detail(request, row, limit=form, status=422)
    parties.set_limit(
        row.pk, form.money, source=form.cleaned_data["source"], **desk.signed(request)
    )
    desk.told(request, _("The limit is %(amount)s") % {"amount": desk.written(form.money, request)})
    return redirect("debtor", pk=pk)


@require_POST
@desk.says_no
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the bureau, and take over what it says."""
    row = get_object_or_404(models.Debtor, pk=pk)
    said = bureau.ask_for_limit(row, **desk.signed(request))
    if said.limit is None:
        says = _("The bureau recommends no credit (rating %(rating)s)") % {"rating": said.rating}
    else:
        says = _("The bureau says %(amount)s, rating %(rating)s") % {
            "amount": desk.written(said.limit, request), "rating": said.rating,
        }  # fmt: skip
    desk.told(request, says)
    return redirect("debtor", pk=pk)
