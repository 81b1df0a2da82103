"""What a client may still draw: the same lines and rows that the office sees, of its own ledger."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from usance import clock
from usance.domain.exchange import RateMissing
from usance.queries import availability
from usance.web import exports, waterfall

from . import pages


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    client, today = pages.client_of(request), clock.now().date()
    on, pretend = waterfall.asked(request, today=today), waterfall.pretended(request, client.pk)
    held = availability.currencies(client.pk, on=on)
    wanted = request.GET.get("currency", "")
    currency = wanted if wanted in held else next(iter(held), "")
    context: dict[str, object] = {
        "client": client, "today": today, "currencies": held, "currency": currency, "on": on,
    }  # fmt: skip
    try:
        as_is = availability.ledger(client.pk, currency, on=on) if currency else None
    except RateMissing as no:  # Something in another currency cannot be counted.
        told = {"client": client, "says": str(no), "todo": _("Ask us, or come back tomorrow.")}
        return render(request, "client/refused.html", told, status=409)
    if as_is is None:
        return render(request, "client/availability.html", context)
    ledger = availability.ledger(client.pk, currency, on=on, pretend=pretend) if pretend else as_is
    assert ledger is not None
    if exports.wanted(request):
        rows = availability.every(ledger, because=waterfall.reason(request))
        return exports.answer(
            request, f"availability-{on}", waterfall.COLUMNS, waterfall.cells(rows)
        )
    used = f"{reverse('own_statement')}?on={on}"
    context |= waterfall.context(request, ledger, as_is, pretend, used=used)
    return render(request, "client/availability.html", context)
