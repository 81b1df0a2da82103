"""Fee invoices over the API: started, written for a day, read by whose they are, taken back."""

import pytest

from tests.actions.test_fees import AT, bill, charged
from tests.api.conftest import Program, key
from usance import models
from usance.shared.models import ApiKey, Book

pytestmark = pytest.mark.django_db


def test_a_fee_invoice_is_written_read_and_taken_back() -> None:
    nord, program = charged().place.nord, key("read", "write", "finance")
    assert program.get("/v1/fee-invoicing").said["since"] == "2026-03-01"
    asked = {"client": str(nord.pk), "currency": "SEK", "through": "2026-03-15"}
    none = program.post("/v1/fee-invoices", asked)
    assert (none.status_code, none.said["code"]) == (409, "no_fees_to_invoice")
    made = program.post("/v1/fee-invoices", asked | {"through": "2026-03-25"})
    assert made.status_code == 201, made.content
    assert {name: made.said[name]["minor"] for name in ("net", "vat", "taken", "due")} == {
        "net": 200_000, "vat": 50_000, "taken": 200_000, "due": 50_000,
    }  # fmt: skip
    here = f"/v1/fee-invoices/{made.said['id']}"
    back = program.post(f"{here}/credit-notes", {"reason": "Wrong address."})
    assert (back.said["kind"], back.said["credits"]) == ("credit_note", made.said["id"])
    assert program.get(here).said["is_credited"] is True
    listed = program.get(f"/v1/fee-invoices?client={nord.pk}").said["items"]
    assert [one["number"] for one in listed] == ["FC2026-00001", "F2026-00001"]


def test_a_clients_key_reads_its_own_and_their_papers() -> None:
    teller = charged()
    row = bill(teller)
    own, other = of(teller.place.nord), of(teller.place.acme)
    assert [one["number"] for one in own.get("/v1/fee-invoices").said["items"]] == ["F2026-00001"]
    assert own.get(f"/v1/documents/{row.pdf_id}").content[:5] == b"%PDF-"
    assert other.get("/v1/fee-invoices").said["items"] == []
    assert other.get(f"/v1/fee-invoices/{row.pk}").status_code == 404
    assert other.get(f"/v1/documents/{row.pdf_id}").status_code == 404


def of(client: models.Client) -> Program:
    """A program of a client's own."""
    made = key("read", name=client.name)
    told = {"name": "Main", "country": "SE", "created_at": AT}
    book = Book.objects.get_or_create(slug="main", defaults=told)[0]
    ApiKey.objects.filter(name=client.name).update(book=book, client_id=client.pk)
    return made
