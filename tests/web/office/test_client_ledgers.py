"""Own ledgers in the office, over the API and at the command line: one walk through each door."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests import world
from tests.actions import test_client_ledgers as lists
from tests.api.conftest import key, somebody
from tests.web.client.test_own import signed_in as door
from tests.web.office.conftest import SignedIn
from usance import models
from usance.cli import home
from usance.cli.client_ledger import client_ledger
from usance.shared.models import ApiKey, Book, User

pytestmark = pytest.mark.django_db
PAGE = "/own-ledgers"


@pytest.fixture
def place() -> world.World:
    """Three invoices that were bought in confidence and are late by more than a month."""
    Book.objects.create(
        slug="main", name="Factor Nord AB", country="SE", simulated_at=lists.APRIL + 30 * lists.DAY,
        created_at=world.NOW,
    )  # fmt: skip
    return lists.three()


def test_the_office_compares_asks_and_tells(place: world.World, signed_in: SignedIn) -> None:
    desk = signed_in("collection")
    today = desk.get("/").content.decode()
    assert "Clients&#x27; ledgers overdue" in today
    assert "Late in confidence" in today
    before = desk.get(PAGE).content.decode()
    assert "The list of the last month is overdue" in before
    row = models.Invoice.objects.get(number="R-1")
    invoice = desk.get(f"/invoices/{row.pk}").content.decode()
    assert "Send reminder" not in invoice
    assert f"{PAGE}#late" in invoice
    file = BytesIO((lists.HEAD + lists.line("R-1", "400,00")).encode())
    file.name = "april.csv"
    said = {"client": place.acme.pk, "as_of": "2026-04-30", "file": file}
    assert desk.post(f"{PAGE}/lists", said).status_code == 302
    after = desk.get(PAGE).content.decode()
    assert "overdue</p>" not in after
    for words in ("Paid, and not told", "Missing there", "400.00", "1,000.00"):
        assert words in after, words
    one = models.OpenDifference.objects.get(number="R-1", closed_at=None)
    closing = f"{PAGE}/differences/{one.pk}"
    assert desk.post(closing, {"remark": ""}).status_code == 409
    assert desk.post(closing, {"remark": "Passed on."}).status_code == 302
    assert b"Tell the debtor" not in desk.get(PAGE).content
    assert desk.post(f"/invoices/{row.pk}/disclosure", {"because": "Late."}).status_code == 409
    desk.post(f"/invoices/{row.pk}/client-answers", {"answer": "It pays next week."})
    assert "the debtor may be told from" in desk.get(PAGE).content.decode()
    Book.objects.update(simulated_at=lists.APRIL + 40 * lists.DAY)
    assert b"Tell the debtor" in desk.get(PAGE).content
    assert desk.post(f"/invoices/{row.pk}/disclosure", {"because": "Late."}).status_code == 302
    shown = desk.get(f"/invoices/{row.pk}").content.decode()
    assert "The debtor is told that it is ours: Late" in shown
    assert signed_in("cash").post(f"{PAGE}/lists", said).status_code == 409


def test_a_client_hands_in_its_list_by_its_own_program(place: world.World) -> None:
    own = key("read", "write", name="acme")
    ApiKey.objects.filter(name="acme").update(
        book=Book.objects.get(slug="main"), client_id=place.acme.pk
    )
    item = {"number": "R-1", "amount": {"minor": 40_000, "currency": "EUR"}}
    said = {"as_of": "2026-04-30", "items": [item]}
    made = own.post("/v1/open-items", said)
    assert (made.status_code, made.json()["rows"], made.json()["differences"]) == (201, 1, 3)
    other = own.post("/v1/open-items", {**said, "client": str(place.nord.pk)})
    assert other.status_code == 404
    assert own.get("/v1/open-items/differences").status_code == 403
    program = key("read", "write", "collection")
    found = program.get("/v1/open-items/differences").json()["items"]
    assert {one["kind"] for one in found} == {"paid_not_told", "missing"}
    closed = program.post(
        f"/v1/open-items/differences/{found[0]['id']}/closings", {"remark": "Seen."}
    )
    assert (closed.status_code, closed.json()["remark"]) == (201, "Seen.")
    row = models.Invoice.objects.get(number="R-2")
    told = program.post(f"/v1/invoices/{row.pk}/disclosures", {"because": "Late."})
    assert (told.status_code, told.json()["code"]) == (409, "client_not_asked")
    asked = program.post(f"/v1/invoices/{row.pk}/client-answers", {"answer": "Next week."})
    assert (asked.status_code, asked.json()["told_at"]) == (201, None)
    twice = program.post("/v1/open-items", {**said, "client": str(place.acme.pk), "items": [
        item, item]})  # fmt: skip
    assert twice.json()["code"] == "open_items_faulty"
    assert "items/1" in twice.json()["detail"]


def test_a_client_hands_in_its_list_on_its_own_page(place: world.World) -> None:
    own, others = (
        door(
            User.objects.create_user(
                one.name, password="correct horse b", role="client", client_id=one.pk,
                book=Book.objects.get(),
            )
        )
        for one in (place.acme, place.nord)
    )  # fmt: skip
    before = own.get("/client/ledger").content.decode()
    assert "The list of the last month is overdue" in before
    for page in ("/client/", "/client/ledger"):
        assert '<a href="/client/ledger"' in own.get(page).content.decode()
    assert others.get("/client/ledger").status_code == 404
    assert "/client/ledger" not in others.get("/client/").content.decode()

    def hands_in(rows: str, as_of: str = "2026-04-30") -> tuple[int, str]:
        file = BytesIO((lists.HEAD + rows).encode())
        file.name = "april.csv"
        said = own.post("/client/ledger", {"as_of": as_of, "file": file}, follow=True)
        return said.status_code, said.content.decode()

    for wrong, says in (("2030-01-01", "is not over"), ("", "The day is missing")):
        status, page = hands_in(lists.line("R-1", "400,00"), wrong)
        assert (status, says in page) == (422, True)
    status, page = hands_in(lists.line("R-1", "400,00") * 2)
    assert (status, "stands in the list twice" in page) == (422, True)
    assert own.post("/client/ledger", {"as_of": "2026-04-30"}).status_code == 422
    status, page = hands_in(lists.line("R-1", "400,00"))
    assert (status, "3 rows differ from our books" in page) == (200, True)
    assert page.count("It is not on your list") == 2
    assert f"/client/invoices/{models.Invoice.objects.get(number='R-2').pk}" in page
    assert "overdue" not in page
    assert models.OpenList.objects.get().actor == f"user:{place.acme.name}"[:64]


def test_the_command_line_does_the_same(
    place: world.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "open_home", lambda: None)
    somebody("fred")
    paper = tmp_path / "april.csv"
    paper.write_text(lists.HEAD + "".join(lists.line(f"R-{n}", "1000,00") for n in (1, 2)))

    def says(*words: str, by: str = "", ends: int = 0) -> str:
        signed = ("--as", by) if by else ()
        told = CliRunner().invoke(client_ledger, [*words, *signed], input="correct horse\n")
        assert told.exit_code == ends, told.output
        return told.output

    compared = says("compare", place.acme.name, str(paper), "--as-of", "2026-04-30", by="fred",
                    ends=1)  # fmt: skip
    assert "2 open items, 1 differ" in compared
    pk = compared.strip().splitlines()[-1].split()[0]
    assert "missing" in says("list", ends=1)
    says("close", pk, "--remark", "Cancelled.", by="fred")
    assert "client_not_asked" in says("tell", "R-3", "--because", "Late.", by="fred", ends=3)
    says("asked", "R-3", "--answer", "Soon.", by="fred")
    Book.objects.update(simulated_at=lists.APRIL + timedelta(days=40))
    says("tell", "R-3", "--because", "Late.", by="fred")
