"""Callbacks of carriers: signed, kept each once, answered at once."""

import logging
from datetime import UTC, datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from usance import clock
from usance.actions import mails, reports
from usance.actions.documents import Content
from usance.plugins import TryLater, Unreadable
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
    try:
        found = outside.carrier(carrier)
    except outside.NotConfigured:
        return JsonResponse({"code": "carrier_unknown"}, status=404)
    if int(request.headers.get("content-length") or 0) > LARGEST_BYTES:
        return JsonResponse({"code": "too_large"}, status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers["x-received-query"] = request.META.get("QUERY_STRING", "")
    headers["x-received-at"] = datetime.now(UTC).isoformat()  # Real time: signatures age in it.
    headers["x-noted-at"] = clock.now().isoformat()
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
        came = mails.Came(request.body, headers.get("x-envelope-to", ""))
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
