"""A running office and a real Chromium for the tests of the faces."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.web.browser import WATCH

# Playwright keeps an event loop in this thread; Django would take us for asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

OpenPage = Callable[..., Page]
PATIENCE_MS = 15_000  # The first page of a run loads half the office, on a machine that is busy.
expect.set_options(timeout=PATIENCE_MS)
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip


@pytest.fixture(autouse=True, scope="session")
def _test_environment() -> Iterator[None]:
    with override_settings(
        ENVIRONMENT="test", SECRET_KEY="for tests only, and long enough for them"
    ):
        yield


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> None:
    cache.clear()  # The counts of wrong passwords.


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """A line per request would drown the test report."""


@pytest.fixture(scope="session")
def site(_test_environment: None) -> Iterator[str]:
    """The office on a free port of loopback; its address. Pages for guests need no database."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Silent)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or the one that $USANCE_CHROMIUM names."""
    program = os.environ.get("USANCE_CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.skip("NOT TESTED IN A BROWSER: chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[OpenPage]:
    """open_page(path, width=1440, theme="light") as a guest; waits until it is loaded."""
    contexts: list[BrowserContext] = []

    def opened(
        path: str, *, width: int = 1440, theme: str = "light", cookies: dict[str, str] | None = None
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, base_url=site, locale="en"
        )
        contexts.append(context)
        context.add_init_script(WATCH)
        for name, value in (cookies or {}).items():
            context.add_cookies([{"name": name, "value": value, "url": site}])
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def office_page(open_page: OpenPage, transactional_db: None) -> OpenPage:
    """office_page(user, path, width=1440, theme="light"): the same, signed in as that user."""

    def opened(user: AbstractBaseUser, path: str, **how: object) -> Page:
        client = Client(SERVER_NAME="localhost")
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        return open_page(path, cookies=cookies, **how)

    return opened
