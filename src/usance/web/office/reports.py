"""Reports: what there is and what each means; one of them by its filters, down to the moves."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from usance import clock, models
from usance.domain.journal import NAMES, Account
from usance.domain.measures import BASES
from usance.queries import disclosure
from usance.queries import invoices as invoice_questions
from usance.queries.reports import catalogue, papers
from usance.queries.reports.asked import KINDS, NOBODY, Asked, FilterMissing, name_of
from usance.queries.reports.table import Link, Report
from usance.web import exports, pdfs, reporting

from . import desk

# Columns for files: on a screen the entry says it, and is a link.
WITHOUT = {"client-statement": ("kind", "invoice")}
GROUPS = {
    "client": gettext_lazy("Client"), "debtor": gettext_lazy("Debtor"),
    "invoice": gettext_lazy("Invoice"),
}  # fmt: skip
BASIS = {"due": gettext_lazy("Due date"), "issued": gettext_lazy("Invoice date")}
assert set(BASIS) == set(BASES), "every basis has its word"
TURNED = {
    "bought": gettext_lazy("Bought"), "paid": gettext_lazy("Paid"),
    "diluted": gettext_lazy("Diluted"), "taken_back": gettext_lazy("Taken back"),
}  # fmt: skip
assert set(TURNED) == set(KINDS), "every kind of turnover has its word"


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Every report with its definition."""
    return render(request, "office/ledger_reports.html", {"reports": catalogue.REPORTS.values()})


@require_safe
@desk.says_no
def report(request: HttpRequest, name: str) -> HttpResponseBase:
    if name not in catalogue.REPORTS:
        raise Http404(name)
    one, at = catalogue.REPORTS[name], clock.now()
    try:
        question = reporting.asked(request, one, at=at)
    except FilterMissing:
        return render(request, "office/ledger_report.html", _form(request, one, None, at=at))
    if exports.wanted(request):
        return reporting.file(request, one, question)
    if request.GET.get("format") == "pdf" and one.name == "client-statement":
        return _client_paper(request, question, at)
    context = _form(request, one, question, at=at)
    context |= reporting.drawn(
        request, one, question, leads=_leads, without=WITHOUT.get(one.name, ("entry",))
    )
    return render(request, "office/ledger_report.html", context)


@require_safe
@desk.says_no
def debtor_statement(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """What a debtor owes and what it paid of late, on a screen and as a paper to send."""
    row, at = get_object_or_404(models.Debtor, pk=pk), clock.now()
    owed, paid = catalogue.report("open-items"), catalogue.report("payments")
    since = request.GET.get("since", "")
    said = {"on": request.GET.get("on", ""), "debtor": str(pk)}
    items = catalogue.ask(owed, said, at=at)
    payments = catalogue.ask(paid, said | {"since": since}, at=at)
    if request.GET.get("format") == "pdf":
        language = request.GET.get("language") or row.language
        data = papers.debtor(items, payments, language=language, at=at)
        return pdfs.download(data, pdfs.file_name("statement", f"{row.name}-{items.on}"))
    context = {
        "debtor": row, "on": items.on, "since": payments.since, "today": at.date(),
        "here": desk.address(request),
        "secret": disclosure.quiet().filter(debtor=row).exists(),
        "owed": reporting.drawn(request, owed, items, leads=_leads, without=("debtor",)),
        "paid": reporting.drawn(request, paid, payments, leads=_leads, without=("debtor",)),
    }  # fmt: skip
    return render(request, "office/debtor_statement.html", context)


def _client_paper(request: HttpRequest, question: Asked, at: datetime) -> HttpResponse:
    row = models.Client.objects.get(pk=question.client)
    data = papers.client(question, language=request.GET.get("language") or row.language, at=at)
    return pdfs.download(data, pdfs.file_name("statement", f"{row.name}-{question.on}"))


def _form(
    request: HttpRequest, one: Report, question: Asked | None, *, at: datetime
) -> dict[str, object]:
    """The filters of the report, what they can be and what they are."""
    clients, currencies = invoice_questions.choices()
    basis = question.basis if question else "due"
    return {
        "report": one, "question": question, "today": at.date(),
        "takes": {name: True for name in one.takes},
        "groups": [(name, GROUPS[name]) for name in one.groups],
        "bases": list(BASIS.items()),
        "buckets": [(each.name, each.says) for each in BASES[basis]],
        "kinds": list(TURNED.items()),
        "accounts": [(each.value, f"{each.value} {NAMES[each]}") for each in Account],
        "account": ",".join(question.accounts) if question else "",
        "clients": [(str(pk), name) for pk, name in clients] + [(NOBODY, _("No client"))],
        "client": question.words().get("client", "") if question else "",
        "currencies": currencies,
        "kept": _kept(request, question),
        "chips": _chips(request, question),
        "here": desk.address(request),
        "columns": (),
    }  # fmt: skip


def _kept(request: HttpRequest, question: Asked | None) -> list[tuple[str, str]]:
    """Filters without a field of their own: they stay as they are when the form is sent."""
    names = ("known", "invoice", "debtor", "month")
    return [(name, value) for name in names if (value := request.GET.get(name, ""))]


def _chips(request: HttpRequest, question: Asked | None) -> list[dict[str, str]]:
    titles = {"client": _("Client"), "debtor": _("Debtor"), "invoice": _("Invoice"),
              "known": _("As known at"), "month": _("Month")}  # fmt: skip
    names: Mapping[str, str] = name_of(question) if question else {}
    chips = desk.chips(request, titles)
    told = {title: names[name] for name, title in titles.items() if name in names}
    if question:
        told |= {titles[name]: _("none") for name in question.nobody}
    return [chip | {"value": told.get(chip["name"], chip["value"])} for chip in chips]


def _leads(link: Link) -> str:
    if link.page == "report":
        return f"{reverse('ledger_report', args=[link.of])}?{urlencode(link.asked)}"
    return reverse(link.page, args=[link.of])
