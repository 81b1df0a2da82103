"""Browsers tell here what our Content-Security-Policy refused. It is logged, nothing else."""

import json

import structlog
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

LARGEST = 8192  # Bytes; an honest report has about 500.
KEPT = ("document-uri", "violated-directive", "blocked-uri", "source-file", "line-number")

log = structlog.get_logger(__name__)


@csrf_exempt
@login_not_required
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Always 204, for there is nobody on the other side to read an answer."""
    written = request.read(LARGEST + 1)
    try:
        told = json.loads(written)["csp-report"] if len(written) <= LARGEST else None
    except (ValueError, KeyError, TypeError, RecursionError):
        told = None
    if isinstance(told, dict):
        log.warning("csp_violation", **{key: str(told.get(key, ""))[:500] for key in KEPT})
    else:
        log.info("csp_report_unreadable", size=len(written))
    return HttpResponse(status=204)
