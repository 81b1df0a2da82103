"""Callbacks of carriers and payment providers: signed, kept each once, answered at once."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from usance import clock
from usance.actions import mails, online, reports
from usance.actions.documents import Content
from usance.plugins import TryLater, Unreadable, providers
from usance.plugins.channels import Forged
from usance.queries import outside

LARGEST_BYTES = 5 * 1024 * 1024
log = logging.getLogger(__name__)


@csrf_exempt  # Signed by the carrier instead.
@login_not_required
@require_POST
def receive(request: HttpRequest, carrier: str) -> HttpResponse:
    """Take in a carrier's reports, or a mail that came to our return path.

    200 with how many were new, 401 forged, 404 no such carrier, 503 to be told again.
    """
    provider = outside.providers().get(carrier)
    try:
        found = None if provider else outside.carrier(carrier)
    except outside.NotConfigured:
        return JsonResponse({"code": "carrier_unknown"}, status=404)
    if int(request.headers.get("content-length") or 0) > LARGEST_BYTES:
        return JsonResponse({"code": "too_large"}, status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers["x-received-query"] = request.META.get("QUERY_STRING", "")
    headers["x-received-at"] = datetime.now(UTC).isoformat()  # Real time: signatures age in it.
    headers["x-noted-at"] = clock.now().isoformat()
    if provider is not None:
        return _of_provider(provider, request.body, headers)
    assert found is not None
    try:
        events = found.channel.read(request.body, headers, found.config)
    except Forged as forged:
        log.warning("forged callback for %s: %s", carrier, forged)
        return JsonResponse({"code": "forged"}, status=401)
    except TryLater as trouble:
        log.warning("callback of %s not judged: %s", carrier, trouble)
        return JsonResponse({"code": "try_later"}, status=503, headers={"Retry-After": "30"})
    except Unreadable as unreadable:
        log.warning("unreadable callback from %s: %s", carrier, unreadable)
        return JsonResponse({"code": "unreadable", "detail": unreadable.says}, status=422)
    actor = f"carrier:{carrier}"
    if headers.get("content-type", "").partition(";")[0].strip() == mails.MEDIA_TYPE:
        envelope = headers.get("x-envelope-to", ""), headers.get("x-envelope-from")
        came = mails.Came(request.body, *envelope)
        new = mails.take(carrier, [came], at=clock.now(), actor=actor)
        return JsonResponse({"events": len(events), "new": new})
    raw = Content(
        data=request.body,
        media_type=request.content_type or "application/octet-stream",
        name=f"callback-{carrier}",
    )
    new = reports.take_events(
        carrier, events, raw=dict.fromkeys(events, raw), at=clock.now(), actor=actor
    )
    return JsonResponse({"events": len(events), "new": new})


def _of_provider(
    provider: outside.Provider, body: bytes, headers: Mapping[str, str]
) -> HttpResponse:
    """What a payment provider tells of debtors' payments."""
    try:
        told = provider.module.read(body, headers, provider.config)
    except providers.Forged as forged:
        log.warning("forged call for %s: %s", provider.name, forged)
        return JsonResponse({"code": "forged"}, status=401)
    except Unreadable as unreadable:
        log.warning("unreadable call from %s: %s", provider.name, unreadable)
        return JsonResponse({"code": "unreadable", "detail": unreadable.says}, status=422)
    new = online.take(
        provider.name, told, raw=body, at=clock.now(), actor=f"provider:{provider.name}"
    )
    return JsonResponse({"events": len(told), "new": new})
