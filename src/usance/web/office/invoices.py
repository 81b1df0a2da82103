"""The list of invoices: saved views, filters, sorting, export."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usance import clock
from usance.queries import invoices as query
from usance.queries.invoices import View
from usance.web import exports

from . import standing
from .addresses import a_day, an_id, sorting
from .desk import address, chips, chosen, cursor, pager, tabs

VIEWS = {
    View.ALL: gettext_lazy("All"),
    View.RECEIVED: gettext_lazy("Received"),
    View.HELD: gettext_lazy("Held"),
    View.APPROVED: gettext_lazy("Approved"),
    View.FUNDED: gettext_lazy("Funded"),
    View.OVERDUE: gettext_lazy("Overdue"),
    View.DISPUTED: gettext_lazy("Disputed"),
    View.SETTLED: gettext_lazy("Settled"),
    View.REJECTED: gettext_lazy("Rejected"),
}
assert set(VIEWS) == set(View), "every view has its tab"
FILTERS = {
    "q": gettext_lazy("Search"),
    "client": gettext_lazy("Client"),
    "debtor": gettext_lazy("Debtor"),
    "currency": gettext_lazy("Currency"),
    "due_from": gettext_lazy("Due from"),
    "due_to": gettext_lazy("Due to"),
    "issued_from": gettext_lazy("Issued from"),
    "issued_to": gettext_lazy("Issued to"),
    "purchased": gettext_lazy("Purchased on"),
}
HEAD = (
    "id", "number", "kind", "client", "debtor", "state", "stage", "face", "outstanding",
    "currency", "issued_on", "due_on", "days_overdue", "payment_reference",
)  # fmt: skip


def page(request: HttpRequest) -> HttpResponseBase:
    today = clock.now().date()
    narrowed = _filter(request)
    sort = request.GET.get("sort", "")
    sort = sort if sort in query.SORTS else query.NEWEST
    if exports.wanted(request):
        rows = query.every(narrowed, sort=sort, today=today)
        return exports.answer(request, f"invoices-{today}", HEAD, map(_cells, rows))
    listed = query.listed(narrowed, cursor(request), sort=sort, today=today)
    clients, currencies = query.choices()
    context = {
        "rows": [{"row": row, "standing": _standing(row)} for row in listed.rows],
        "views": tabs(request, "view", VIEWS, query.counts(today=today)),
        "filters": _named(chips(request, FILTERS), query.parties(narrowed)),
        "columns": _columns(request, sort),
        "pager": pager(request, listed.page),
        "found": listed.count,
        "clients": clients,
        "currencies": currencies,
        "asked": request.GET,
        "view": narrowed.view,
        "narrowed": narrowed != query.Filter(view=narrowed.view),
        "all_url": address(request, **dict.fromkeys(FILTERS, "")),
        "exports": [(kind.upper(), address(request, format=kind)) for kind in exports.TYPES],
    }
    return render(request, "office/invoices.html", context)


def _filter(request: HttpRequest) -> query.Filter:
    asked = request.GET
    debtor = an_id(request, "debtor")
    return query.Filter(
        view=View(chosen(request, "view", VIEWS)),
        client=an_id(request, "client"),
        debtor=debtor,
        debtor_name="" if debtor else asked.get("debtor", "").strip()[:100],
        currency=asked.get("currency", "")[:3],
        words=asked.get("q", "").strip()[:100],
        due_from=a_day(request, "due_from"),
        due_to=a_day(request, "due_to"),
        issued_from=a_day(request, "issued_from"),
        issued_to=a_day(request, "issued_to"),
        purchased_on=a_day(request, "purchased"),
    )


def _named(on: list[dict[str, str]], names: dict[str, str]) -> list[dict[str, str]]:
    """Chips that say a party's name where the address has its id."""
    for chip in on:
        for name, title in (("client", FILTERS["client"]), ("debtor", FILTERS["debtor"])):
            if chip["name"] == title and name in names:
                chip["value"] = names[name]
    return on


def _columns(request: HttpRequest, sort: str) -> list[dict[str, object]]:
    return [
        {"name": _("Invoice"), **sorting(request, "received", sort)},
        {"name": _("Client")},
        {"name": _("Debtor")},
        {"name": _("Amount"), "end": True, **sorting(request, "amount", sort)},
        {"name": _("Outstanding"), "end": True},
        {"name": _("Issued"), **sorting(request, "issued", sort)},
        {"name": _("Due"), **sorting(request, "due", sort)},
        {"name": _("State")},
    ]


def _standing(row: query.Row) -> standing.Standing:
    return standing.of(
        row.stage, held=row.held, disputed=row.disputed, days_overdue=row.days_overdue
    )


def _cells(row: query.Row) -> tuple[exports.Cell, ...]:
    left = row.outstanding
    return (
        row.id, row.number, row.kind, row.client, row.debtor, _standing(row).word,
        row.stage.value, row.face.decimal, left.decimal if left is not None else None,
        row.face.currency, row.issued_on, row.due_on, row.days_overdue, row.payment_reference,
    )  # fmt: skip
