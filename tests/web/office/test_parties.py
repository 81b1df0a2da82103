"""Clients and debtors: figures from the books, terms and limits by those who may."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from tests import world
from tests.web.office import day
from tests.web.office.conftest import KINDS, SignedIn
from usance.queries import companies

pytestmark = pytest.mark.django_db
COMPANY = {
    "name": "Saimaa Timber Oy", "country": "FI", "vat_id": "FI20774740", "legal_id": "",
    "street": "Satamatie 8", "postcode": "53100", "city": "Lappeenranta", "language": "en",
    "email": "", "phone": "", "brand_colour": "#5b4636", "einvoice_id": "", "mailbox_id": "",
    "wish": "", "insolvent_on": "",
}  # fmt: skip
TERMS = {
    "amount": "300 000,00", "currency": "EUR", "advance_rate": "85", "fee_rate": "1.25",
    "recourse_days": "", "valid_from": "2026-04-01",
}  # fmt: skip


def test_figures_of_a_client_are_sums_of_moves() -> None:
    made = day.build()
    pk = made.place.acme.pk
    (eur,) = companies.client_figures([pk], on=world.TODAY)[pk]
    assert (eur.receivables.minor, eur.reserve.minor, eur.due.minor) == (
        1_450_000, 290_000, 2_145_000,
    )  # fmt: skip
    assert (eur.in_use.minor, eur.available.minor) == (1_160_000, 18_840_000)


def test_figures_of_a_debtor_and_how_late_it_pays() -> None:
    made = day.build()
    pk = made.place.bolt.pk
    (eur,) = companies.debtor_figures([pk], on=world.TODAY)[pk]
    assert (eur.exposure.minor, eur.limit.minor, eur.used_part) == (1_050_000, 5_000_000, 21)
    late = companies.behaviour(pk)
    assert (late.payments, late.median_days) == (1, -59)


@pytest.mark.parametrize("room", ["clients", "debtors"])
def test_a_party_is_added_and_edited_with_a_trace(room: str, signed_in: SignedIn) -> None:
    office = signed_in("intake")
    place = office.post(f"/{room}/new", COMPANY)["Location"]
    office.post(f"{place}/edit", COMPANY | {"phone": "+358 5 555 01", "city": "Imatra"})
    page = office.get(place).content.decode()
    assert "Imatra" in page
    assert "city Lappeenranta → Imatra" in page
    again = office.post(f"/{room}/new", COMPANY)
    assert again.status_code == 409
    assert b"identifier_taken" in again.content


@pytest.mark.parametrize("role", ["verification", "finance", "collection", "cash"])
@pytest.mark.parametrize("room", ["clients", "debtors"])
def test_a_role_that_may_not_adds_and_edits_nobody(
    room: str, role: str, signed_in: SignedIn
) -> None:
    place = world.build()
    row = place.acme if room == "clients" else place.bolt
    office = signed_in(role)
    assert office.post(f"/{room}/new", COMPANY).status_code == 409
    assert office.post(f"/{room}/{row.pk}/edit", COMPANY).status_code == 409
    row.refresh_from_db()
    assert row.city != COMPANY["city"]


def test_a_form_with_faults_says_them_beside_the_fields(signed_in: SignedIn) -> None:
    answer = signed_in("intake").post("/clients/new", COMPANY | {"country": "Finland", "name": ""})
    assert answer.status_code == 422
    assert b"This field is required" in answer.content
    answer = signed_in("intake").post("/debtors/new", COMPANY | {"einvoice_id": "5560001111"})
    assert answer.status_code == 422
    assert b"Four digits of the scheme" in answer.content


@pytest.mark.parametrize("role", ["intake", "verification", "finance", "collection", "cash"])
def test_a_role_that_may_not_agrees_on_nothing(role: str, signed_in: SignedIn) -> None:
    made = world.build()
    office = signed_in(role)
    limit = {"amount": "1", "currency": "EUR", "source": "me"}
    assert office.post(f"/clients/{made.acme.pk}/facilities", TERMS).status_code == 409
    assert office.post(f"/debtors/{made.bolt.pk}/limits", limit).status_code == 409
    assert office.post(f"/debtors/{made.bolt.pk}/reports").status_code == 409
    assert made.bolt.limits.get().limit_minor == 5_000_000


CALL = {"person": "Anna", "number": "+49 40 1234567", "remark": "Read it out; the contract's."}


def test_a_payout_account_is_set_by_one_desk_and_verified_by_another(signed_in: SignedIn) -> None:
    made = world.build()
    place = f"/clients/{made.acme.pk}/accounts"
    said = {"number": "DE89 3704 0044 0532 0130 00", "bic": "", "currency": "EUR"}
    wrong = signed_in("intake").post(place, said | {"number": "DE00370400440532013000"})
    assert wrong.status_code == 422
    assert b"check digits are wrong" in wrong.content
    signed_in("intake").post(place, said)
    account = made.acme.accounts.get(closed_at=None)
    assert (account.iban, account.verified_at) == ("DE89370400440532013000", None)
    verify = f"/clients/accounts/{account.pk}/verification"
    assert signed_in("intake").post(verify, CALL).status_code == 409
    assert b"call_back_missing" in signed_in("finance").post(verify).content
    assert signed_in("finance").post(verify, CALL).status_code == 302
    account.refresh_from_db()
    assert (account.verified_by, account.called_person) == ("user:finance", "Anna")
    page = signed_in("finance").get(f"/clients/{made.acme.pk}").content.decode()
    assert "called Anna at +49 40 1234567" in page


def test_an_account_that_nobody_asked_for_is_stopped(signed_in: SignedIn) -> None:
    made = world.build()
    old = made.acme.accounts.get()
    said = {"number": "DE89370400440532013000", "currency": "EUR", "scheme": "iban"}
    signed_in("intake").post(f"/clients/{made.acme.pk}/accounts", said)
    new = made.acme.accounts.get(closed_at=None)
    stop = f"/clients/accounts/{new.pk}/withdrawal"
    assert signed_in("cash").post(stop, {"because": "x"}).status_code == 409
    assert signed_in("finance").post(stop, {"because": "They never asked."}).status_code == 302
    assert made.acme.accounts.get(closed_at=None) == old
    assert "They never asked." in signed_in("cash").get(f"/clients/{made.acme.pk}").content.decode()


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[None]:
    """A bureau at a port where nobody answers."""
    place = tmp_path / "with-bureau.json"
    config = {"url": "http://127.0.0.1:9", "token": "t", "timeout_seconds": "1"}
    place.write_text(
        json.dumps(
            {
                "kinds": dict.fromkeys(KINDS, "hybrid"),
                "bureau": {"plugin": "rest", "config": config},
            }
        )
    )
    with override_settings(OUTSIDE=str(place)):
        yield


@pytest.mark.usefixtures("bureau")
def test_a_silent_bureau_changes_nothing(signed_in: SignedIn) -> None:
    made = world.build()
    answer = signed_in("credit").post(f"/debtors/{made.bolt.pk}/reports")
    assert answer.status_code == 409
    assert b"bureau_does_not_answer" in answer.content
    assert made.bolt.limits.count() == 1


def test_without_a_bureau_the_next_step_is_said(signed_in: SignedIn) -> None:
    made = world.build()
    answer = signed_in("credit").post(f"/debtors/{made.bolt.pk}/reports")
    assert b"outside_not_configured" in answer.content
