"""Accounts in trust in the office, over the API and at the command line: a walk for each door."""

import pytest
from click.testing import CliRunner
from django.urls import reverse

from tests import world
from tests.actions.test_trust_accounts import IBAN, asking, stage
from tests.api.conftest import key, somebody
from tests.web.office.conftest import SignedIn
from usance import models
from usance.cli import home
from usance.cli.trust_account import trust_account
from usance.domain.finance import TrustAccount
from usance.shared.models import Book

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting() -> world.World:
    """Its account is missing: an invoice waits for it."""
    Book.objects.create(
        slug="main", name="Factor Nord AB", country="SE", simulated_at=world.NOW,
        created_at=world.NOW,
    )  # fmt: skip
    place = asking(TrustAccount.REQUIRED)
    assert stage(place, "R-1") == "verified"
    return place


def test_the_office_and_programs_enter_check_and_close(
    waiting: world.World, signed_in: SignedIn
) -> None:
    page = reverse("client_ledgers")
    credit, finance = signed_in("credit"), signed_in("finance")
    assert "No account in trust" in credit.get("/").content.decode()
    invoice = f"/invoices/{models.Invoice.objects.get().pk}"
    assert "No trust account is checked and open." in credit.get(invoice).content.decode()
    available = f"/clients/{waiting.acme.pk}/availability/EUR"
    assert credit.get(available).status_code == 200
    before = credit.get(page).content.decode()
    assert "nothing is bought" in before
    said = {"client": waiting.acme.pk, "number": IBAN, "currency": "eur", "bank": "Bank Süd"}
    assert credit.post("/trust-accounts", said).status_code == 302
    row = models.TrustAccount.objects.get()
    assert "Accounts in trust to check" in finance.get("/").content.decode()
    checked = {"seen": IBAN, "proof": "Letter of the bank"}
    assert credit.post(f"/trust-accounts/{row.pk}/check", checked).status_code == 409
    assert IBAN in finance.get(page).content.decode()
    assert finance.post(f"/trust-accounts/{row.pk}/check", checked).status_code == 302
    after = finance.get(page).content.decode()
    assert "nothing is bought" not in after
    assert "Letter of the bank" in after
    finance.post(f"/trust-accounts/{row.pk}/closing", {"because": "Moved."})
    assert "nothing is bought" in finance.get(page).content.decode()

    ann = key("read", "write", "credit", owner="ann")
    bo = key("read", "write", "finance", owner="bo")
    path = f"/v1/clients/{waiting.acme.pk}/trust-accounts"
    made = ann.post(path, {"iban": IBAN, "bank": "Bank Süd", "currency": "EUR"})
    assert made.status_code == 201, made.content
    mine = f"/v1/trust-accounts/{made.said['id']}"
    told = bo.post(f"{mine}/checks", {"iban": IBAN, "proof": "Letter"})
    assert (told.status_code, told.said["proof"]) == (201, "Letter")
    again = bo.post(f"{mine}/checks", {"iban": IBAN, "proof": "Letter"})
    assert again.said["code"] == "trust_account_over"
    assert bo.post(f"{mine}/closings", {"because": "Moved."}).status_code == 201
    assert len(ann.get(path).said["items"]) == 2


def test_the_command_line_does_the_same(
    waiting: world.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "open_home", lambda: None)
    for login in ("fred", "mia"):
        somebody(login)

    def says(*words: str, by: str = "", ends: int = 0) -> str:
        signed = ("--as", by) if by else ()
        told = CliRunner().invoke(trust_account, [*words, *signed], input="correct horse\n")
        assert told.exit_code == ends, told.output
        return told.output

    assert "missing" in says("list", ends=1)
    named = ("--currency", "EUR", "--bank", "Bank Süd")
    pk = says("enter", waiting.acme.name, IBAN, *named, by="fred").split()[-1]
    check = ("check", pk, "--iban", IBAN, "--proof", "Letter")
    unknown = ("check", str(waiting.acme.pk), *check[2:])
    assert "nothing with this id" in says(*unknown, by="fred", ends=3)
    assert "second_person_needed" in says(*check, by="fred", ends=3)
    assert "Checked" in says(*check, by="mia")
    assert IBAN in says("list", "--json")
    assert "Closed" in says("close", pk, "--because", "Moved.", by="mia")
