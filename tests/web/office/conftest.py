"""A small world with carriers that nobody calls, and people of every role."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings

from usance.shared.models import User

SignedIn = Callable[[str], Client]
KINDS = ("einvoice", "mailbox", "email", "letter")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _carriers(tmp_path: Path) -> Iterator[None]:
    """Who would carry what; tests of the office plan deliveries and send none."""
    place = tmp_path / "outside.json"
    place.write_text(
        json.dumps(
            {
                "kinds": dict.fromkeys(KINDS, "hybrid"),
                "carriers": {"hybrid": {"plugin": "hybrid", "config": {}}},
            }
        )
    )
    with override_settings(OUTSIDE=str(place)):
        yield


@pytest.fixture
def signed_in() -> SignedIn:
    """signed_in(role): a client of the office who sits at that desk."""

    def as_role(role: str) -> Client:
        client = Client()
        client.force_login(somebody(role), BACKEND)
        return client

    return as_role


def somebody(role: str = "admin") -> User:
    known = User.objects.filter(username=role).first()
    return known or User.objects.create_user(
        role, password="correct horse battery", role=role, first_name="Åsa", last_name="Berg"
    )
