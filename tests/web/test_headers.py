"""What every answer carries, and the pages for what went wrong."""

import json
import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from usance.urls import handler400, handler403, handler404, handler500
from usance.urls import urlpatterns as real

POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
    "font-src 'self'", "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'",
    "base-uri 'none'", "object-src 'none'", "report-uri /csp",
}  # fmt: skip


def _breaks(_: HttpRequest) -> HttpResponse:
    raise RuntimeError("the password is hunter2")


_breaks.login_required = False
urlpatterns = [*real, path("breaks", _breaks)]
__all__ = ["handler400", "handler403", "handler404", "handler500"]


@pytest.mark.parametrize("path", ["/account/login/", "/nowhere", "/static/usance/app.css"])
def test_every_answer_carries_the_headers(path: str) -> None:
    headers = Client(SERVER_NAME="localhost").get(path).headers
    assert {part.strip() for part in headers["Content-Security-Policy"].split(";")} == POLICY
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_a_page_that_does_not_exist_says_what_to_do_and_gives_a_reference() -> None:
    answer = Client(SERVER_NAME="localhost").get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert "Reference" in answer.text


@override_settings(ROOT_URLCONF="tests.web.test_headers")
def test_a_fault_of_ours_tells_its_reference_and_nothing_else() -> None:
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    answer = client.get("/breaks")
    assert answer.status_code == 500
    assert re.search(r"<code>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}</code>", answer.text)
    assert "hunter2" not in answer.text


def test_a_form_without_its_token_is_refused_with_words() -> None:
    answer = Client(SERVER_NAME="localhost", enforce_csrf_checks=True).post("/preferences/theme")
    assert answer.status_code == 403
    assert "This form is too old" in answer.text


def test_the_styleguide_is_no_part_of_a_live_installation() -> None:
    with override_settings(ENVIRONMENT="live"):
        assert Client(SERVER_NAME="localhost").get("/styleguide").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"csp-report": {"violated-directive": "style-src", "blocked-uri": "inline"}}),
        "{}", "", "[1]", "[" * 5000, "x" * 20_000, json.dumps({"csp-report": "no"}),
    ],
)  # fmt: skip
def test_a_report_of_any_shape_is_taken(body: str) -> None:
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    assert client.post("/csp", body, content_type="application/csp-report").status_code == 204


def test_a_stylesheet_address_changes_with_its_content() -> None:
    page = Client(SERVER_NAME="localhost").get("/account/login/").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert address.startswith("/static/usance/app.css?v=")
    assert Client(SERVER_NAME="localhost").get(address).status_code == 200
