"""A debtor's browser subscribes from our page alone, and to push services alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from tests import world
from tests.belt import drain, receive
from tests.outside import parcel
from usance import models, sandbox
from usance.actions import push as action
from usance.domain.distribution import Handed, Kind
from usance.plugins.channels import _push_secret, webpush
from usance.queries import push as query
from usance.sandbox.houses.webpush import OUR_KEY, subscription
from usance.web.debtor import push

pytestmark = pytest.mark.django_db

KEYS = {name: text for name, text in subscription("b").items() if name != "endpoint"}
ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/abc"
OURS = {"HTTP_ORIGIN": settings.URL.rstrip("/"), "HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture
def place() -> world.World:
    return world.build()


@pytest.fixture
def _carried() -> None:
    config = {"private_key": OUR_KEY, "subject": "mailto:it@factor.example"}
    carriers = {"browsers": {"plugin": "webpush", "config": config}}
    told = json.dumps({"kinds": {"push": "browsers"}, "carriers": carriers})
    Path(settings.OUTSIDE).write_text(told)


def asked(
    place: world.World, method: str, said: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    request: HttpRequest = RequestFactory().generic(
        method,
        "/i/token/push",
        said if isinstance(said, bytes) else json.dumps(said),
        content_type="application/json",
        **(OURS if headers is None else headers),
    )
    answer: HttpResponse = push.answer(request, debtor_id=place.bolt.pk, page="/i/token")
    return answer.status_code, json.loads(answer.content)


def told(endpoint: str = ENDPOINT, **keys: str) -> dict[str, Any]:
    return {"endpoint": endpoint, "expirationTime": None, "keys": KEYS | keys}


@pytest.mark.usefixtures("_carried")
def test_the_page_is_told_which_key_to_subscribe_to(place: world.World) -> None:
    point = _push_secret.point(_push_secret.private_key(OUR_KEY))

    assert asked(place, "GET") == (200, {"key": _push_secret.encode(point)})


def test_where_nobody_carries_push_nothing_is_offered(place: world.World) -> None:
    assert asked(place, "GET")[0] == 404


def test_a_browser_is_kept_and_let_go(place: world.World) -> None:
    assert asked(place, "POST", told()) == (201, {"subscribed": True})
    row = query.browsers([place.bolt.pk])[place.bolt.pk]
    assert row.address() == {
        "push": row.pk.hex, "endpoint": ENDPOINT, "page": "/i/token", **KEYS,
    }  # fmt: skip

    assert asked(place, "DELETE", {"endpoint": ENDPOINT}) == (200, {"ended": True})
    assert asked(place, "DELETE", {"endpoint": ENDPOINT}) == (200, {"ended": False})
    assert query.browsers([place.bolt.pk]) == {}


def test_a_browser_that_asks_again_is_one_browser(place: world.World) -> None:
    for _ in range(3):
        assert asked(place, "POST", told())[0] == 201

    assert models.PushSubscription.objects.filter(ended_at=None).count() == 1


def test_nobody_ends_another_debtors_browser(place: world.World) -> None:
    action.subscribe(place.kaufmann.pk, endpoint=ENDPOINT, **KEYS, at=world.NOW)

    assert asked(place, "DELETE", {"endpoint": ENDPOINT}) == (200, {"ended": False})
    assert place.kaufmann.pk in query.browsers([place.kaufmann.pk])


def test_so_many_browsers_are_kept_and_no_more(place: world.World) -> None:
    for nth in range(action.MOST + 5):
        assert asked(place, "POST", told(f"{ENDPOINT}{nth}"))[0] == 201

    kept = models.PushSubscription.objects.filter(ended_at=None)
    assert kept.count() == action.MOST
    assert not kept.filter(endpoint=f"{ENDPOINT}0").exists()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        OURS | {"HTTP_SEC_FETCH_SITE": "cross-site"},
        OURS | {"HTTP_SEC_FETCH_SITE": "same-site"},
        OURS | {"CONTENT_TYPE": "text/plain"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_another_sites_page_is_refused(
    place: world.World, method: str, headers: dict[str, str]
) -> None:
    status, said = asked(place, method, told(), headers)

    assert (status, said["code"]) == (403, "other_origin")
    assert not models.PushSubscription.objects.exists()


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        (b" ", 422, "unreadable"),
        (b"[]", 422, "unreadable"),
        (b"\xff", 422, "unreadable"),
        ({"endpoint": ENDPOINT}, 422, "unreadable"),
        (told("https://169.254.169.254/latest"), 422, "no_push_subscription"),
        (told("http://updates.push.services.mozilla.com/x"), 422, "no_push_subscription"),
        (told(ENDPOINT + "x" * 800), 422, "unreadable"),
        (told(auth="AAAA"), 422, "no_push_subscription"),
        (told(p256dh="AAAA"), 422, "no_push_subscription"),
        (told(p256dh="ö"), 422, "no_push_subscription"),
        (told(p256dh=_push_secret.encode(b"\x04" + b"\x01" * 64)), 422, "no_push_subscription"),
        (b" " * 5000, 413, "too_large"),
    ],
)
def test_what_is_no_subscription_is_refused(
    place: world.World, said: Any, status: int, code: str
) -> None:
    found, answer = asked(place, "POST", said)

    assert (found, answer["code"]) == (status, code)
    assert not models.PushSubscription.objects.exists()


def test_other_methods_are_refused(place: world.World) -> None:
    assert asked(place, "PUT", told())[0] == 405


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("/i/token?language=sv", "/i/token?language=sv"),
        ("https://evil.example/x", ""),
        ("//evil.example/x", ""),
        ("/\\evil.example", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_click_leads_to_a_page_of_ours(place: world.World, page: str, kept: str) -> None:
    row = action.subscribe(place.bolt.pk, endpoint=ENDPOINT, **KEYS, page=page, at=world.NOW)

    assert row.page == kept


def test_a_browser_that_is_gone_is_told_nothing_more(place: world.World) -> None:
    name = "https://push.sandbox.example/webpush/gone-1"
    row = action.subscribe(
        place.bolt.pk, endpoint=name, **KEYS, services="push.sandbox.example", at=world.NOW
    )
    with sandbox.start(sandbox.Settings(seed=7)) as outside:
        one = parcel("key-1", Kind.PUSH, address=row.address())
        (handed,) = webpush.send([one], outside.config("channels", "webpush"))
    assert handed.came_to is Handed.REFUSED
    _failed(place, row, handed.detail)
    other = action.subscribe(place.kaufmann.pk, endpoint=ENDPOINT, **KEYS, at=world.NOW)

    assert action.end_gone(at=world.NOW) == 1
    assert action.end_gone(at=world.NOW) == 0
    row.refresh_from_db()
    assert row.because == webpush.GONE
    assert query.browsers([place.bolt.pk, place.kaufmann.pk]) == {place.kaufmann.pk: other}


def _failed(place: world.World, row: models.PushSubscription, detail: str) -> None:
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    models.Dispatch.objects.create(
        invoice=models.Invoice.objects.get(), paper="invoice", rung=0, kind="push",
        carrier="browsers", because="", address=row.address(), state="failed", detail=detail,
        planned_at=world.NOW,
    )  # fmt: skip


def test_the_worker_may_be_asked_for_from_every_page() -> None:
    answer = Client().get("/push-worker.js")

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/"
    assert b"showNotification" in answer.content
    again = Client().get("/push-worker.js", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
