"""The debtor's page offers messages to the browser, and takes its subscription at its address."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.web import season
from tests.web.season import Season
from usance import models
from usance.queries import portal
from usance.queries import push as query
from usance.sandbox.houses.webpush import OUR_KEY, subscription
from usance.shared.models import User

pytestmark = pytest.mark.django_db

KEYS = {name: text for name, text in subscription("b").items() if name != "endpoint"}
ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/abc"
OURS = {"HTTP_ORIGIN": settings.URL.rstrip("/"), "HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture
def made() -> Season:
    built = season.build()
    config = {"private_key": OUR_KEY, "subject": "mailto:it@factor.example"}
    carriers = {"browsers": {"plugin": "webpush", "config": config}}
    told = json.dumps({"kinds": {"push": "browsers"}, "carriers": carriers})
    Path(settings.OUTSIDE).write_text(told)
    return built


def path_of(made: Season) -> str:
    return portal.link(made.dispatch(made.letter)).partition("8000")[2]


def asked(
    path: str, method: str = "POST", client: Client | None = None, **headers: str
) -> tuple[int, bytes]:
    """The answer to a subscription, from a browser whose forms would need a token."""
    said = json.dumps({"endpoint": ENDPOINT, "keys": KEYS})
    answer = (client or Client(enforce_csrf_checks=True)).generic(
        method, f"{path}/push", said, content_type="application/json", **(headers or OURS)
    )
    return answer.status_code, answer.content


def test_a_browser_is_kept_for_the_debtor_of_the_page_and_let_go(made: Season) -> None:
    path, debtor = path_of(made), made.letter.debtor_id
    assert json.loads(asked(path, "GET")[1]) == {"key": query.public_key()}
    assert asked(path)[0] == 201
    row = query.browsers([debtor])[debtor]
    assert (row.endpoint, row.page) == (ENDPOINT, path)
    assert asked(path, "DELETE")[0] == 200
    assert query.browsers([debtor]) == {}


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_wrong_address_leads_nowhere(method: str, made: Season) -> None:
    path = path_of(made)
    assert asked("/i/" + "x" * 40, method)[0] == 404
    assert asked(path[:-1] + ("A" if path[-1] != "A" else "B"), method)[0] == 404
    assert not models.PushSubscription.objects.exists()


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [{"HTTP_ORIGIN": "https://evil.example"}, OURS | {"HTTP_SEC_FETCH_SITE": "cross-site"}],
)
def test_another_sites_page_is_refused(method: str, headers: dict[str, str], made: Season) -> None:
    assert asked(path_of(made), method, **headers)[0] == 403
    assert not models.PushSubscription.objects.exists()


def test_a_colleagues_browser_is_not_told_what_the_debtor_is_told(made: Season) -> None:
    colleague = Client(enforce_csrf_checks=True)
    user = User.objects.create_user("asa", password="correct horse battery", role="admin")
    colleague.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    assert asked(path_of(made), client=colleague)[0] == 403
    assert not models.PushSubscription.objects.exists()
    assert "data-push" not in colleague.get(path_of(made)).content.decode()


def test_subscriptions_are_not_taken_without_end(made: Season) -> None:
    path = path_of(made)
    assert [asked(path)[0] for _ in range(14)].count(429) == 2


def test_the_button_stands_only_where_somebody_carries_push(made: Season) -> None:
    path = path_of(made)
    page = Client().get(path).content.decode()
    assert f'data-push="{path}/push"' in page
    assert "In diesem Browser Bescheid geben" in page
    Path(settings.OUTSIDE).write_text("{}")
    page = Client().get(path).content.decode()
    assert "data-push" not in page
    assert "push.js" not in page
