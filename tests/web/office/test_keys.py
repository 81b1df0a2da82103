"""One's own API keys at the office: made, shown once, ended; four eyes with them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office import day
from tests.web.office.conftest import SignedIn, somebody
from usance import models
from usance.shared.models import ApiKey

pytestmark = pytest.mark.django_db
RELEASE = {"name": "ERP", "scopes": ["read", "write", "finance"], "days": "30"}


def made(client: Client, **said: object) -> str:
    """The whole key, as it stands on the page this once."""
    page = client.post("/settings/keys", RELEASE | said)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    (whole,) = re.findall(r'value="(us_[^"]+\.[^"]+)"', page.content.decode())
    return str(whole)


def asks(whole: str, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
    client = Client(headers={"authorization": f"Bearer {whole}", "idempotency-key": f"k{path}"})
    answer = client.get(path) if method == "get" else client.post(path, body, "application/json")
    return answer.status_code, answer.json()


def seen() -> dict[str, object]:
    rows = models.Payout.objects.filter(state="proposed")
    return {"payouts": [{"id": str(row.pk), "content": row.content} for row in rows]}


def test_a_key_is_shown_once_and_does_what_its_owner_may(signed_in: SignedIn) -> None:
    client = signed_in("finance")
    whole = made(client)
    row = ApiKey.objects.get()
    assert row.owner is not None
    assert (row.owner.username, row.scopes) == ("finance", ["read", "write", "finance"])
    assert row.expires_at is not None
    assert abs(row.expires_at - datetime.now(UTC) - timedelta(days=30)) < timedelta(minutes=1)
    assert whole.encode() not in client.get("/settings/keys").content
    day.build()
    assert asks(whole, "get", "/v1/payouts")[0] == 200


def test_nobody_gives_a_key_a_desk_that_is_not_his(signed_in: SignedIn) -> None:
    answer = signed_in("cash").post("/settings/keys", RELEASE)
    assert answer.status_code == 422
    assert not ApiKey.objects.exists()


def test_a_desk_that_the_owner_left_is_left_by_his_keys(signed_in: SignedIn) -> None:
    day.build()
    whole = made(signed_in("finance"))
    owner = somebody("finance")
    owner.role = "cash"
    owner.save()
    status, said = asks(whole, "post", "/v1/payouts/proposals")
    assert (status, said["code"]) == (403, "scope_missing")
    owner.is_active = False
    owner.save()
    assert asks(whole, "get", "/v1/payouts")[0] == 401


def test_two_keys_of_one_person_are_one_person_and_so_is_the_session(signed_in: SignedIn) -> None:
    day.build()
    finance, other = signed_in("finance"), signed_in("admin")
    first, second = made(finance, name="one"), made(finance, name="two")
    assert asks(first, "post", "/v1/payouts/proposals")[0] == 201
    by = set(models.Payout.objects.values_list("proposed_by", flat=True))
    assert by == {f"user:finance via {first.partition('.')[0]}"}
    for no in (first, second):
        status, said = asks(no, "post", "/v1/payouts/releases", seen())
        assert (status, said["code"]) == (403, "second_person_needed")
    assert b"You proposed these yourself" in finance.get("/payouts/release").content
    form = {"seen": [f"{row.pk}:{row.content}" for row in models.Payout.objects.all()]}
    assert finance.post("/payouts/release", form).status_code == 409
    third = made(other, name="three")
    assert asks(third, "post", "/v1/payouts/releases", seen())[0] == 201


def test_a_key_that_nobody_owns_releases_nothing(signed_in: SignedIn) -> None:
    day.build()
    signed_in("operations").post("/payouts/proposals")
    whole = made(signed_in("finance"))
    ApiKey.objects.update(owner=None)
    status, said = asks(whole, "post", "/v1/payouts/releases", seen())
    assert (status, said["code"]) == (403, "nobody_behind_key")


def test_an_expired_key_is_no_key(signed_in: SignedIn) -> None:
    day.build()
    whole = made(signed_in("finance"))
    ApiKey.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert asks(whole, "get", "/v1/payouts")[0] == 401


def test_one_sees_and_revokes_ones_own_and_an_administrator_all(signed_in: SignedIn) -> None:
    whole = made(signed_in("finance"))
    prefix = whole.partition(".")[0]
    stranger = signed_in("cash")
    assert prefix.encode() not in stranger.get("/settings/keys").content
    assert stranger.post(f"/settings/keys/{prefix}/revoked").status_code == 404
    admin = signed_in("admin")
    assert prefix.encode() in admin.get("/settings/keys").content
    assert admin.post(f"/settings/keys/{prefix}/revoked").status_code == 302
    assert asks(whole, "get", "/v1/payouts")[0] == 401


@pytest.mark.browser
def test_a_key_is_made_and_revoked_in_the_browser(office_page: OpenPage) -> None:
    day.build()
    page = office_page(somebody("admin"), "/settings/keys", **PHONE)
    assert_clean_everywhere(page)
    page.get_by_label("What it is for").fill("Our ERP hands in invoices")
    page.get_by_label("write", exact=True).check()
    page.get_by_role("button", name="Make it").click()
    assert_clean_everywhere(page)
    assert page.get_by_label("Our ERP hands in invoices").input_value().startswith("us_")
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("is revoked:").wait_for()
    assert_clean_everywhere(page)
