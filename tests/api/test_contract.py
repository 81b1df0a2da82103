"""The API keeps its own description, whatever is sent: schemathesis makes the requests."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.db.models import Model
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS, load_all_checks

from tests import world
from tests.api.conftest import ALL_ROLES, key
from tests.belt import drain, receive
from usance import models

load_all_checks()
schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", get_wsgi_application())
EXAMPLES = 6  # An operation; the whole run stays under a minute.
# Not asked: what needs a second request of its own, and whether every valid body is welcome (the
# books may well say no).
NOT_ASKED = {
    "unsupported_method", "positive_data_acceptance", "ignored_auth", "missing_required_header",
    "ensure_resource_availability", "object_level_authorization", "use_after_free",
}  # fmt: skip
ASKED = [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in NOT_ASKED]
KEPT: dict[str, type[Model]] = {
    "/v1/invoices": models.Invoice,
    "/v1/holds": models.Hold,
    "/v1/clients": models.Client,
    "/v1/debtors": models.Debtor,
    "/v1/batches": models.Batch,
    "/v1/dispatches": models.Dispatch,
    "/v1/readings": models.Reading,
}


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """A request leaves the test's own connection open, as with Django's test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def token(shared: None) -> str:
    """A key that may do everything, in a book where most lists have something in them."""
    place = world.build()
    receive(world.paper(place.acme, place.bolt, number="R-1"))
    receive(world.paper(place.acme, place.bolt, number="R-2", gross="60000.00"))
    drain(send=False)
    return key("read", "write", *ALL_ROLES).token


@pytest.fixture
def documents() -> None:
    """They lie where the shared book's are."""


@pytest.fixture
def headers(token: str, db: None, _one_connection: None, unhurried: None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
    phases=[Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_answer_is_as_described(case: Any, headers: dict[str, str]) -> None:
    """No 5xx, only described statuses, types and shapes; what is not of the shape is refused."""
    _meet_what_exists(case)
    case.call_and_validate(headers=headers, checks=ASKED)


def _meet_what_exists(case: Any) -> None:
    """A made-up id that is well formed becomes one of ours, so that the request gets further."""
    model = KEPT.get("/".join(case.operation.path.split("/")[:3]))
    if model is None or not _is_id((case.path_parameters or {}).get("id")):
        return
    row = model._default_manager.order_by("pk").first()
    if row is not None:
        case.path_parameters["id"] = str(row.pk)


def _is_id(text: object) -> bool:
    try:
        return bool(UUID(str(text)))
    except ValueError:
        return False
