"""The screen on which a person says which column is which."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import world
from tests.web.office.conftest import SignedIn
from usance import models
from usance.queries import mappings

pytestmark = pytest.mark.django_db
TABLE = """Beleg;Abnehmer;vom;bis;Wert
R-1001;Bolt Maschinenbau AG;01.03.2026;31.03.2026;1.190,00
R-1002;Kaufmann & Söhne KG;02.03.2026;01.04.2026;238,00
R-1003;Kaufmann & Söhne KG;31.02.2026;01.04.2026;1,00
"""
FORM = {
    "column_0": "number", "column_1": "debtor_name", "column_2": "issued_on",
    "column_3": "due_on", "column_4": "gross", "currency": "eur", "decimal": ",", "days": "dmy",
}  # fmt: skip


def hand_in(signed_in: SignedIn, client: models.Client | None) -> models.WaitingTable:
    file = SimpleUploadedFile("posten.csv", TABLE.encode(), "text/csv")
    owner = str(client.pk) if client else ""
    signed_in("intake").post("/batches/new", {"files": [file], "client": owner})
    return mappings.waiting().get()


def test_the_batch_leads_to_the_table_and_the_table_to_its_invoices(signed_in: SignedIn) -> None:
    place = world.build()
    row = hand_in(signed_in, place.acme)
    desk = signed_in("intake")

    assert f"/tables/{row.pk}" in desk.get(f"/batches/{row.file.batch_id}").content.decode()
    assert "1 table waits for its columns" in desk.get("/batches").content.decode()
    assert "posten.csv" in desk.get("/tables").content.decode()
    page = desk.get(f"/tables/{row.pk}").content.decode()
    assert '<option value="number" selected>' in page
    assert "nothing says the currency" in page.lower()

    shown = desk.post(f"/tables/{row.pk}", {**FORM, "act": "preview"}).content.decode()
    assert "1,428.00" in shown.replace("\u00a0", " ")
    assert "row 4, column 3 (issued_on)" in shown
    assert models.Invoice.objects.count() == 0

    answer = desk.post(f"/tables/{row.pk}", {**FORM, "act": "confirm"})
    assert answer["Location"] == f"/batches/{row.file.batch_id}"
    assert [str(one.face) for one in models.Invoice.objects.order_by("number")] == [
        "1190.00 EUR", "238.00 EUR",
    ]  # fmt: skip
    assert desk.get(f"/tables/{row.pk}")["Location"] == f"/batches/{row.file.batch_id}"

    client = desk.get(f"/clients/{place.acme.pk}").content.decode()
    assert "Columns of its tables" in client
    kept = mappings.of_client(place.acme.pk).get()
    assert (kept.confirmed_by, kept.headings[4]) == ("user:intake", "Wert")
    desk.post(f"/mappings/{kept.pk}/withdrawal")
    assert not mappings.of_client(place.acme.pk).exists()


def test_what_is_missing_is_said_on_the_page_and_nothing_is_lost(signed_in: SignedIn) -> None:
    row = hand_in(signed_in, world.build().acme)

    answer = signed_in("intake").post(
        f"/tables/{row.pk}", {**FORM, "column_0": "", "act": "confirm"}
    )

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "mapping_incomplete" in page
    assert '<option value="gross" selected>' in page
    assert models.Invoice.objects.count() == 0


def test_without_a_client_one_is_chosen(signed_in: SignedIn) -> None:
    place = world.build()
    row = hand_in(signed_in, None)
    desk = signed_in("intake")

    assert desk.post(f"/tables/{row.pk}", {**FORM, "act": "confirm"}).status_code == 409
    said = {**FORM, "act": "confirm", "client": str(place.acme.pk)}
    assert desk.post(f"/tables/{row.pk}", said).status_code == 302
    assert models.Invoice.objects.filter(client=place.acme).count() == 2


def test_a_role_that_takes_in_nothing_is_refused(signed_in: SignedIn) -> None:
    row = hand_in(signed_in, world.build().acme)
    cashier = signed_in("cash")

    assert cashier.post(f"/tables/{row.pk}", {**FORM, "act": "confirm"}).status_code == 409
    assert cashier.post(f"/tables/{row.pk}/aside").status_code == 409
    assert models.Invoice.objects.count() == 0


def test_what_is_no_schedule_is_set_aside(signed_in: SignedIn) -> None:
    row = hand_in(signed_in, world.build().acme)

    assert signed_in("intake").post(f"/tables/{row.pk}/aside").status_code == 302
    assert "No table waits" in signed_in("intake").get("/tables").content.decode()


def test_a_table_that_nobody_knows_is_not_there(signed_in: SignedIn) -> None:
    row = hand_in(signed_in, world.build().acme)
    assert signed_in("intake").get(f"/tables/{row.file_id}").status_code == 404
    assert signed_in("intake").post(f"/mappings/{row.pk}/withdrawal").status_code == 404
