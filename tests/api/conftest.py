"""Keys, and a client that speaks to the API as a program does."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, override_settings

from tests import world
from usance.api import gate
from usance.shared.models import ApiKey, Book, User

ALL_ROLES = ("intake", "verification", "credit", "finance", "collection", "cash", "operations")


@pytest.fixture(autouse=True, scope="session")
def _secret() -> None:
    from django.conf import settings

    # For good: Django cannot put an empty one back.
    settings.SECRET_KEY = "for tests only, and long enough for them"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Nothing counted, nothing cached."""
    cache.clear()
    gate._counts.clear()
    with override_settings(ENVIRONMENT="test"):
        yield


class Program:
    """A program with its key. Answers are Django's, with the JSON as `.said`."""

    def __init__(self, token: str) -> None:
        self.token = token
        self._client = Client(raise_request_exception=True)
        self._asked = 0

    @property
    def actor(self) -> str:
        return f"key:{self.token.partition('.')[0]}"

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self._said(self._client.get(path, query, headers=self._headers()))

    def post(self, path: str, body: object = None, *, key: str | None = "", **more: Any) -> Any:
        """POST as JSON. `key` "": a new Idempotency-Key; None: none."""
        self._asked += 1
        headers = self._headers()
        if key is not None:
            headers["Idempotency-Key"] = key or f"{id(self)}-{self._asked}"
        data = {} if body is None else {"data": json.dumps(body)}
        return self._said(
            self._client.post(
                path, content_type="application/json", headers=headers, **data, **more
            )
        )

    def send(self, path: str, parts: dict[str, Any], *, key: str | None = "") -> Any:
        """POST as multipart/form-data."""
        self._asked += 1
        headers = self._headers()
        if key is not None:
            headers["Idempotency-Key"] = key or f"{id(self)}-{self._asked}"
        return self._said(self._client.post(path, parts, headers=headers))

    def delete(self, path: str) -> Any:
        return self._said(self._client.delete(path, headers=self._headers()))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    @staticmethod
    def _said(response: Any) -> Any:
        kind = response.headers.get("Content-Type", "")
        if "json" in kind and response.content:
            response.said = json.loads(response.content)
        return response


def key(
    *scopes: str, name: str = "program", revoked: bool = False, owner: str = "", role: str = "admin"
) -> Program:
    """A key with these scopes, as `usance key add` makes it; of an owner at this desk."""
    number = ApiKey.objects.count()
    whole = f"us_{number:010d}.secret-of-{number}"
    made = datetime(2026, 1, 1, tzinfo=UTC)
    ApiKey.objects.create(
        prefix=whole.partition(".")[0],
        sha256=sha256(whole.encode()).hexdigest(),
        name=name,
        scopes=list(scopes),
        owner=somebody(owner, role) if owner else None,
        created_at=made,
        revoked_at=made if revoked else None,
    )
    return Program(whole)


def somebody(username: str, role: str = "admin") -> User:
    known = User.objects.filter(username=username).first()
    return known or User.objects.create_user(username, password="correct horse", role=role)


@pytest.fixture
def place(db: None) -> world.World:
    """The small world, at its own time."""
    place = world.build()  # First: in a book where something stands it is built anew.
    Book.objects.create(
        slug="main", name="Factor Nord AB", country="SE", simulated_at=world.NOW,
        created_at=world.NOW,
    )  # fmt: skip
    return place


@pytest.fixture
def program(place: world.World) -> Program:
    """A program that may do everything."""
    return key("read", "write", *ALL_ROLES)


@pytest.fixture
def unhurried(settings: Any) -> None:
    """For one key that asks every operation."""
    settings.API_PER_MINUTE = 10**6
