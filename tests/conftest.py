"""How pytest gets its database: see tests/database.py. A run that needs none starts none."""

import asyncio
import gc
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest

from tests import database
from usance.engine.cluster import Cluster

# How long an example takes says how busy the machine is: speed is measured in bench/.
hypothesis.settings.register_profile(
    "usance", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("usance")


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    settings.SECRET_KEY = "for tests only, and long enough for them"
    settings.PASSWORD_HASHERS = ["tests.hasher.Quick"]
    _load_middleware_once()
    if not hasattr(config, "workerinput"):
        os.environ[database.HOME] = str(database.new_home())


def _load_middleware_once() -> None:
    """For all of Django's test clients, as the product does for all requests. Each would load its
    own, and WhiteNoise then looks at every file that it may ever send."""
    from django.conf import settings
    from django.test.client import ClientHandler

    loaded: dict[tuple[str, ...], dict[str, Any]] = {}
    load = ClientHandler.load_middleware

    def load_once(handler: ClientHandler, is_async: bool = False) -> None:
        key = (*settings.MIDDLEWARE, str(is_async))
        if key not in loaded:
            load(handler, is_async)
            loaded[key] = dict(vars(handler))
        for name, value in loaded[key].items():
            if name.endswith("_middleware") or name == "_middleware_chain":
                setattr(handler, name, value)

    ClientHandler.load_middleware = load_once  # type: ignore[method-assign]


def pytest_collection_finish() -> None:
    """What is loaded stays, as in a worker: to look through it for garbage after every letter that
    a test sends takes longer than the letter."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    # Also after Ctrl-C; what a kill -9 leaves is swept by the next run.
    if not hasattr(config, "workerinput") and database.HOME in os.environ:
        database.remove(Path(os.environ.pop(database.HOME)))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest one begins: at the end it would run alone while the other worker is done."""
    items.sort(key=lambda item: item.path.name != "test_torture.py")


@pytest.fixture(scope="session")
def cluster(worker_id: str, django_db_blocker: "pytest.FixtureRequest") -> Iterator[Cluster]:
    """Addresses of this worker's database, for every role."""
    from django.db import connections

    home = database.home()
    with django_db_blocker.unblock():  # type: ignore[attr-defined] - pytest-django's own type
        template = database.template(home)
    yield database.copy(home, template, worker_id)
    connections.close_all()


@pytest.fixture(scope="session")
def django_db_setup(cluster: Cluster) -> Iterator[None]:
    """In place of pytest-django's: log in as the app, to a database that was prepared before."""
    from django.conf import settings
    from django.db import connections
    from django.test import TransactionTestCase

    from tests import kept
    from usance.shared import address

    own = address.database(cluster.app_url, search_path=f"{settings.BOOK_SCHEMA},public")
    connections.settings["default"].update(own)
    connections["default"].close()
    connections["default"].settings_dict.update(own)

    with psycopg.connect(cluster.superuser_url, autocommit=True) as superuser:

        def clean(_: TransactionTestCase) -> None:
            database.empty(superuser)

        # Django would TRUNCATE as the app: append-only tables refuse, by trigger and privilege.
        TransactionTestCase._fixture_teardown = clean
        kept.begin(superuser)
        yield


@pytest.fixture(autouse=True)
def no_strange_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Playwright's loop counts as running in this thread between its calls too, until the last
    browser test of the worker: whoever runs a loop of his own would be refused."""
    running = asyncio._get_running_loop()
    if running is None or "chromium" in request.fixturenames:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


@pytest.fixture(autouse=True)
def documents(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Tests that touch the database keep their documents apart, and know who carries what."""
    if not {"db", "transactional_db"} & set(
        request.fixturenames
    ) and not request.node.get_closest_marker("django_db"):
        return
    settings = request.getfixturevalue("settings")
    for name, value in outside_world(tmp_path).items():
        setattr(settings, name, value)


@pytest.fixture(scope="module")
def shared(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: Any
) -> Iterator[None]:
    """For a world that a module's tests have in common: built once, on top of this fixture. What
    a test adds to it is gone after the test. Not for tests that commit (`transaction=True`)."""
    from django.db import transaction
    from django.test import override_settings

    everything = transaction.atomic()
    everything._from_testcase = True  # As Django's own: durable blocks may begin inside.
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined] - pytest-django's own type
        override_settings(**outside_world(tmp_path_factory.mktemp("shared"))),
        everything,
    ):
        yield
        transaction.set_rollback(True)


def outside_world(place: Path) -> dict[str, Any]:
    """Settings of a world whose documents lie here, where nobody outside answers."""
    from django.conf import settings

    depot = {"BACKEND": "usance.shared.depot.Depot", "OPTIONS": {"location": place / "documents"}}
    nobody_there = {"host": "127.0.0.1", "port": "9", "url": "http://127.0.0.1:9", "token": "none"}
    configure(
        place / "outside.json",
        {
            "channels": {"smtp": nobody_there, "hybrid": nobody_there},
            "bank": nobody_there["url"],
        },
    )
    return {
        "STORAGES": dict(settings.STORAGES) | {"documents": depot},
        "OUTSIDE": str(place / "outside.json"),
        "SEAL": str(place / "seal.pem"),
    }


def configure(place: Path, ready: dict[str, Any]) -> None:
    """Write who carries what: the addresses that a sandbox prints when it is ready."""
    carriers = {
        name: {"plugin": name, "config": ready["channels"][name] | {"timeout_seconds": "1"}}
        for name in ("smtp", "hybrid")
    }
    kinds = {"email": "smtp", "letter": "hybrid", "einvoice": "hybrid", "mailbox": "hybrid"}
    bank = {"plugin": "rest", "config": {"url": ready["bank"], "token": ""}}
    place.write_text(json.dumps({"kinds": kinds, "carriers": carriers, "bank": bank}))
