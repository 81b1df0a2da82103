"""Tables that wait, and bookkeeping systems' JSON, over the API."""

import json
from base64 import b64encode

import pytest

from tests import world
from tests.api.conftest import Program, key
from usance import models

pytestmark = pytest.mark.django_db
TABLE = "Beleg;Abnehmer;vom;bis;Wert\nR-1;Bolt Maschinenbau AG;01.03.2026;31.03.2026;1.190,00\n"
FORTNOX = {
    "DocumentNumber": "20417", "InvoiceDate": "2026-03-02", "DueDate": "2026-04-01",
    "Currency": "SEK", "CustomerName": "Tre Kronor AB", "TotalVAT": 0.2, "TotalToPay": 1.1,
}  # fmt: skip


@pytest.fixture
def place() -> world.World:
    return world.build()


@pytest.fixture
def program() -> Program:
    return key("read", "write")


def hand_in(program: Program, place: world.World) -> dict[str, object]:
    content = b64encode(TABLE.encode()).decode()
    body = {"client": str(place.acme.pk), "files": [{"name": "posten.csv", "content": content}]}
    said: dict[str, object] = program.post("/v1/batches", body).said
    return said


def test_a_table_is_proposed_confirmed_and_read(program: Program, place: world.World) -> None:
    taken = hand_in(program, place)
    ((waits,),) = (taken["waiting"],)  # type: ignore[misc]  # A list of one.
    assert waits["file"] == "posten.csv"

    shown = program.get(f"/v1/tables/{waits['id']}").said
    columns = {one["field"]: one["column"] for one in shown["columns"] if one["field"]}
    assert columns == {"number": 0, "debtor_name": 1, "issued_on": 2, "due_on": 3, "gross": 4}
    assert shown["doubts"]
    said = {"client": str(place.acme.pk), "columns": columns, "decimal": shown["decimal"]}
    refused = program.post(f"/v1/tables/{waits['id']}/mapping", said)
    assert (refused.status_code, refused.said["code"]) == (409, "mapping_incomplete")

    other = {**said, "currency": "EUR", "client": str(place.nord.pk)}
    refused = program.post(f"/v1/tables/{waits['id']}/mapping", other)
    assert refused.said["code"] == "mapping_of_another_client"

    kept = program.post(f"/v1/tables/{waits['id']}/mapping", {**said, "currency": "EUR"})
    assert kept.status_code == 201, kept.content
    assert str(models.Invoice.objects.get().face) == "1190.00 EUR"
    assert program.get("/v1/tables").said["items"] == []
    assert [one["id"] for one in program.get("/v1/mappings").said["items"]] == [kept.said["id"]]
    assert program.delete(f"/v1/mappings/{kept.said['id']}").status_code == 204
    assert program.get("/v1/mappings").said["items"] == []
    again = program.post(f"/v1/tables/{waits['id']}/mapping", {**said, "currency": "EUR"})
    assert again.said["code"] == "table_waits_no_more"


def test_a_body_as_a_bookkeeping_system_exports_it(program: Program, place: world.World) -> None:
    body = {"Invoices": [FORTNOX, {**FORTNOX, "DocumentNumber": "2", "InvoiceDate": "soon"}]}
    answer = program.post(f"/v1/clients/{place.nord.pk}/invoices", body)

    assert answer.status_code == 201, answer.content
    assert str(models.Invoice.objects.get().face) == "1.10 SEK"
    assert [(one["code"], one["where"]) for one in answer.said["findings"]] == [
        ("date_unreadable", "/Invoices/1/InvoiceDate"),
        ("issue_date_missing", "/Invoices/1 (BT-2)"),
    ]
    assert models.Document.objects.get().size == len(json.dumps(body))
