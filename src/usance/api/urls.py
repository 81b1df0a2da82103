"""The API's addresses: /v1, its description, and the questions of machines that watch us."""

import re
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET
from ninja import NinjaAPI

from . import (
    accounts,
    across,
    advices,
    availability,
    bank,
    batches,
    buy_backs,
    cash,
    debits,
    dispatches,
    documents,
    doors,
    drafts,
    events,
    exchange,
    fees,
    health,
    held_statements,
    holds,
    hooks,
    invoices,
    ladders,
    ledger,
    mergers,
    missing_payouts,
    offers,
    online,
    open_items,
    parties,
    payouts,
    periods,
    plans,
    problems,
    provider_refunds,
    questions,
    readings,
    recurring,
    reference,
    registrations,
    reports,
    schedules,
    supporting,
    tables,
    terms,
    tolerances,
    trust,
    trust_accounts,
    undertakings,
    vat_relief,
    verdicts,
    vouchers,
    write_offs,
)
from .gate import GATE

SAYS = """The whole factoring office for programs. Amounts are whole minor units; `_on` is a date,
`_at` a moment in UTC. Send `Authorization: Bearer us_….…`. Lists end with `next`: send it as
`after`. What is refused is application/problem+json with a stable `code`."""

api = NinjaAPI(
    title="usance",
    version="1",
    description=SAYS,
    auth=GATE,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
for place, router in (
    ("/v1/batches", batches.router),
    ("/v1/tables", tables.tables),
    ("/v1/mappings", tables.router),
    ("/v1/verdicts", verdicts.router),
    ("/v1/invoices", invoices.router),
    ("/v1/invoices", supporting.router),
    ("/v1/drafts", drafts.router),
    ("/v1/recurring", recurring.router),
    ("/v1/invoices", drafts.of_invoices),
    ("/v1/clients", drafts.of_clients),
    ("/v1/holds", holds.router),
    ("/v1/questions", questions.router),
    ("/v1/open-items", open_items.router),
    ("/v1/invoices", open_items.of_invoices),
    ("/v1/clients", trust_accounts.of_clients),
    ("/v1/trust-accounts", trust_accounts.router),
    ("/v1/plans", plans.router),
    ("/v1/offers", offers.router),
    ("/v1/readings", readings.router),
    ("/v1/statements", bank.router),
    ("/v1/held-statements", held_statements.router),
    ("/v1/bank-lines", bank.lines_router),
    ("/v1/bank-lines", cash.lines),
    ("/v1/bank-lines", across.of_lines),
    ("/v1/payer-rules", cash.router),
    ("/v1/bank-lines", tolerances.of_lines),
    ("/v1/bank-lines", debits.of_lines),
    ("/v1/tolerances", tolerances.router),
    ("/v1/payment-differences", tolerances.differences_router),
    ("/v1/payment-advices", advices.router),
    ("/v1/allocation-rule", bank.order_router),
    ("/v1/passing-on", bank.passing_router),
    ("/v1/payouts", payouts.router),
    ("/v1/missing-payouts", missing_payouts.router),
    ("/v1/bank-lines", payouts.of_lines),
    ("/v1/bank-lines", accounts.of_lines),
    ("/v1/accounts", accounts.router),
    ("/v1/banks", accounts.banks_router),
    ("/v1/debtors", debits.of_debtors),
    ("/v1/mandates", debits.mandates_router),
    ("/v1/debits", debits.router),
    ("/v1/checkouts", online.router),
    ("/v1/provider-payouts", online.payouts_router),
    ("/v1/provider-refunds", provider_refunds.router),
    ("/v1/clients", accounts.of_clients),
    ("/v1/clients", parties.clients),
    ("/v1/clients", terms.of_clients),
    ("/v1/facility-proposals", terms.proposals),
    ("/v1/reference-rates", terms.rates),
    ("/v1/availability", availability.router),
    ("/v1/clients", availability.of_clients),
    ("/v1/over-advances", availability.over_advances),
    ("/v1/marks", availability.marks),
    ("/v1/clients", batches.of_clients),
    ("/v1/clients", doors.router),
    ("/v1/debtors", parties.debtors),
    ("/v1/debtors", mergers.of_debtors),
    ("/v1/mergers", mergers.router),
    ("/v1/debtors", ladders.of_debtors),
    ("/v1/debtors", trust.of_debtors),
    ("/v1/debtors", undertakings.of_debtors),
    ("/v1/clients", trust.of_clients),
    ("/v1/invoices", write_offs.of_invoices),
    ("/v1/clients", write_offs.of_clients),
    ("/v1/clients", buy_backs.of_clients),
    ("/v1/clients", vat_relief.of_clients),
    ("/v1/vat-relief", vat_relief.own),
    ("/v1/schedules", schedules.router),
    ("/v1/buy-backs", buy_backs.router),
    ("/v1/write-offs", write_offs.router),
    ("/v1/write-off-authority", write_offs.authority),
    ("/v1/invoices", trust.of_invoices),
    ("/v1/fingerprints", trust.prints),
    ("/v1/dispatches", dispatches.router),
    ("/v1/address-proposals", ladders.proposals),
    ("/v1/suppressions", ladders.suppressions),
    ("/v1/registrations", registrations.router),
    ("/v1/ledger", ledger.router),
    ("/v1/ledger", exchange.positions),
    ("/v1/exchange-rates", exchange.rates),
    ("/v1/reports", reports.router),
    ("/v1/bookkeepings", vouchers.bookkeepings),
    ("/v1/voucher-batches", vouchers.batches),
    ("/v1/fee-invoices", fees.router),
    ("/v1/fee-invoicing", fees.settings),
    ("/v1/periods", periods.router),
    ("/v1/documents", documents.router),
    ("/v1/events", events.router),
    ("", health.router),
):
    api.add_router(place, router)
problems.attach(api)


@cache
def document() -> dict[str, Any]:
    also = (
        advices.AdviceIn,
        batches.BatchIn,
        bank.StatementIn,
        exchange.RatesIn,
        supporting.SupportingIn,
        verdicts.VerdictIn,
    )
    return reference.described(api, also=also)


@cache
def _filters(route: str, method: str) -> frozenset[str]:
    """The query parameters that an operation takes."""
    path_ = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
    operation = document()["paths"].get(path_, {}).get(method.lower(), {})
    said = operation.get("parameters", ())
    return frozenset(one["name"] for one in said if one["in"] == "query")


def _answering(view: Callable[..., HttpResponse], route: str) -> Callable[..., HttpResponse]:
    """Ninja's view, open to keys instead of logins. A filter that we do not know is refused: left
    out in silence it would answer with everything."""

    @csrf_exempt  # Keys are no cookies; a session only reads.
    @login_not_required
    @wraps(view)
    def answering(request: HttpRequest, **parts: Any) -> HttpResponse:
        unknown = sorted(request.GET.keys() - _filters(route, request.method or ""))
        response = view(request, **parts)
        if response.status_code == 405:
            response = problems.not_offered(response["Allow"])
        elif unknown and response.status_code < 300 and request.method == "GET":
            response = problems.malformed(
                [{"loc": ("query", name), "msg": "There is no such parameter."} for name in unknown]
            )
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answering


@login_not_required
@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    return reference.as_json(document())


@login_not_required
@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    return reference.as_page(request, document())


def _operations() -> list[URLPattern]:
    """Ninja's own list without its root, under names like api:batches-list_batches."""
    return [
        path(one.pattern._route, _answering(one.callback, one.pattern._route))
        for one in api.urls[0]
        if isinstance(one, URLPattern) and one.name != "api-root"
    ]


urlpatterns = [
    path("v1/hooks/<str:carrier>", hooks.receive, name="hook"),
    path("v1/openapi.json", openapi, name="openapi"),
    path("v1/docs", docs, name="api_docs"),
    *_operations(),
    path("v1/<path:rest>", csrf_exempt(login_not_required(problems.nothing_here))),
]
