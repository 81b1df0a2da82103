"""Signing in, in a browser and over HTTP: every page that allauth shows is ours and clean."""

import json
import time

import pytest
from django.test import Client, override_settings
from playwright.sync_api import expect

from tests.web.browser import PHONE, assert_clean, assert_clean_everywhere
from tests.web.conftest import OpenPage
from usance import settings as product
from usance.shared.models import User

PASSWORD = "correct horse battery staple"
PAGES = [
    "/account/2fa/",
    "/account/2fa/totp/activate/",
    "/account/2fa/webauthn/",
    "/account/2fa/webauthn/add/",
    "/account/password/change/",
    "/account/logout/",
    "/search?q=INV",
]


def _somebody() -> User:
    return User.objects.create_user(
        "asa", password=PASSWORD, first_name="Åsa", last_name="Björkström"
    )


@pytest.mark.browser
def test_a_person_signs_in_and_finds_every_page_clean(
    open_page: OpenPage, transactional_db: None
) -> None:
    _somebody()
    page = open_page("/account/login/?next=/search", **PHONE)
    page.get_by_label("User name").fill("asa")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_clean_everywhere(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Search")).to_be_visible()
    for path in PAGES:
        page.goto(path)
        assert_clean_everywhere(page)


@pytest.mark.browser
@pytest.mark.parametrize(
    "path", ["/account/2fa/recovery-codes/generate/", "/account/reauthenticate/"]
)
def test_a_page_for_the_step_up_is_clean(path: str, office_page: OpenPage) -> None:
    assert_clean(office_page(_somebody(), path, width=320))


def test_a_page_of_the_office_asks_for_a_sign_in() -> None:
    answer = Client(SERVER_NAME="localhost").get("/search?q=1")
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/account/login/?next=/search%3Fq%3D1",
    )


@pytest.mark.parametrize("path", ["signup/", "email/", "password/reset/", "2fa/webauthn/signup/"])
def test_nobody_makes_an_account_or_resets_a_password_by_himself(path: str) -> None:
    assert Client(SERVER_NAME="localhost").get(f"/account/{path}").status_code == 404


@pytest.mark.django_db
def test_the_fifth_wrong_password_locks_the_door_for_the_right_one_too() -> None:
    _somebody()
    client = Client(SERVER_NAME="localhost")
    wrong = [
        client.post("/account/login/", {"login": "asa", "password": "wrong"}) for _ in range(5)
    ]
    assert [answer.status_code for answer in wrong] == [200, 200, 200, 200, 429]
    client.post("/account/login/", {"login": "asa", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_a_locked_name_does_not_lock_a_colleague_at_the_same_address() -> None:
    _somebody()
    User.objects.create_user("bo", password=PASSWORD)
    client = Client(SERVER_NAME="localhost")
    for _ in range(5):
        client.post("/account/login/", {"login": "asa", "password": "wrong"})
    client.post("/account/login/", {"login": "bo", "password": PASSWORD})
    assert "_auth_user_id" in client.session


@pytest.mark.django_db
def test_a_password_is_kept_as_argon2() -> None:
    with override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS):
        kept = _somebody().password
    assert kept.startswith("argon2$argon2id$")
    assert "m=102400,t=2,p=8" in kept, "as slow to guess as Django makes it"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seconds_ago", "began_ago", "status"),
    [(44 * 60, 3600, 200), (46 * 60, 3600, 302), (10, 12 * 3600 + 5, 302)],
)
def test_a_session_ends_when_idle_and_after_a_working_day(
    seconds_ago: int, began_ago: int, status: int
) -> None:
    client = Client(SERVER_NAME="localhost")
    client.force_login(_somebody(), "allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    now = int(time.time())
    session["seen_at"], session["began_at"] = now - seconds_ago, now - began_ago
    session.save()
    assert client.get("/search").status_code == status


@pytest.mark.django_db
def test_the_palette_gets_json_and_a_person_without_scripts_a_page() -> None:
    client = Client(SERVER_NAME="localhost")
    client.force_login(_somebody(), "allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/search?q=4817", headers={"Accept": "application/json"})
    assert json.loads(answer.content) == {"hits": []}
    assert b"Nothing found" in client.get("/search?q=4817").content


@pytest.mark.django_db
def test_the_theme_is_kept_in_the_row_of_the_person() -> None:
    person = _somebody()
    client = Client(SERVER_NAME="localhost")
    client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
    client.post("/preferences/theme", {"theme": "dark", "next": "https://evil.example/"})
    person.refresh_from_db()
    assert person.theme == "dark"
    del client.cookies["theme"]
    assert b'data-theme="usance-dark"' in client.get("/search").content
