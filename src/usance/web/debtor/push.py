"""A debtor's browser asks to be told, or to be left alone.

GET says which key to subscribe to, POST takes a subscription as `PushSubscription.toJSON()` has it,
DELETE ends one. The page's own script calls: a request of another site's page is refused by its
Origin and by Sec-Fetch-Site, which no page can set, and JSON is asked for, which no form can send.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from usance import clock
from usance.actions import push as action
from usance.queries import push as query

LARGEST_BYTES = 4096
_Key = Annotated[str, msgspec.Meta(max_length=100)]


class _Keys(msgspec.Struct):
    p256dh: _Key
    auth: _Key


class _Subscription(msgspec.Struct):
    endpoint: Annotated[str, msgspec.Meta(max_length=800)]
    keys: _Keys


class _Ended(msgspec.Struct):
    endpoint: Annotated[str, msgspec.Meta(max_length=800)]


def answer(request: HttpRequest, *, debtor_id: UUID, page: str) -> HttpResponse:
    """The view behind a debtor's signed address, which knows whose it is and where it was asked."""
    if request.method in ("GET", "HEAD"):
        key = query.public_key()
        return JsonResponse({"key": key}) if key else _refused(404, "push_not_carried")
    if request.method not in ("POST", "DELETE"):
        return _refused(405, "method_not_allowed")
    if not _is_of_our_page(request):
        return _refused(403, "other_origin")
    if int(request.headers.get("content-length") or 0) > LARGEST_BYTES:
        return _refused(413, "too_large")
    try:
        if request.method == "DELETE":
            asked = msgspec.json.decode(request.body, type=_Ended)
            ended = action.unsubscribe(debtor_id, endpoint=asked.endpoint, at=clock.now())
            return JsonResponse({"ended": ended})
        said = msgspec.json.decode(request.body, type=_Subscription)
        action.subscribe(
            debtor_id,
            endpoint=said.endpoint,
            p256dh=said.keys.p256dh,
            auth=said.keys.auth,
            page=page,
            services=query.services(),
            at=clock.now(),
        )
    except (msgspec.MsgspecError, UnicodeDecodeError) as broken:
        return _refused(422, "unreadable", str(broken))
    except action.NoSubscription as none:
        return _refused(422, none.code, str(none))
    return JsonResponse({"subscribed": True}, status=201)


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that a browser runs when a message comes; at the root, so that it may be asked for
    from every page."""
    content, tag = _worker()
    if request.headers.get("if-none-match") == tag:
        return HttpResponse(status=304)
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return HttpResponse(content, content_type="text/javascript; charset=utf-8", headers=headers)


@cache
def _worker() -> tuple[bytes, str]:
    found = finders.find("usance/push-worker.js")
    if not isinstance(found, str):
        raise Http404("no worker")
    content = Path(found).read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:20]}"'


def _is_of_our_page(request: HttpRequest) -> bool:
    is_json = request.headers.get("content-type", "").partition(";")[0] == "application/json"
    same = request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    return is_json and same and request.headers.get("origin", "") == settings.URL.rstrip("/")


def _refused(status: int, code: str, detail: str = "") -> JsonResponse:
    said: dict[str, Any] = {"code": code, "detail": detail, "status": status}
    return JsonResponse(said, status=status, content_type="application/problem+json")
