"""An invoice typed at the desk: sums, findings, and the same door as every other invoice."""

import pytest

from tests import world
from tests.web.office.conftest import SignedIn
from usance import models

pytestmark = pytest.mark.django_db


def form(place: world.World, **more: object) -> dict[str, object]:
    said: dict[str, object] = {
        "kind": "invoice", "client": str(place.acme.pk), "debtor": "bolt maschinenbau ag",
        "number": "H-1", "issued_on": "2026-03-02", "due_on": "2026-04-01", "currency": "EUR",
        "order": "PO-7", "reference": "RF18539007547034", "act": "save",
        "line_text": ["Frästeile für Öfen", "Fracht", ""], "line_quantity": ["3", "1", "1"],
        "line_unit": ["C62", "LS", "C62"], "line_price": ["333,33", "50.00", ""],
        "line_allowance": ["0,99", "", ""], "line_category": ["S", "S", "S"],
        "line_rate": ["19", "19", "19"],
    }  # fmt: skip
    return {**said, **more}


def test_it_is_kept_as_the_ubl_that_we_write_and_walks_like_any_other(signed_in: SignedIn) -> None:
    place = world.build()
    answer = signed_in("intake").post("/entries/new", form(place))

    row = models.Invoice.objects.get()
    assert answer["Location"] == f"/invoices/{row.pk}"
    assert (row.number, str(row.face), row.client, row.debtor) == (
        "H-1", "1248.31 EUR", place.acme, place.bolt,
    )  # fmt: skip  # 999.99 - 0.99 + 50.00 = 1049.00; 19 % are 199.31.
    assert (row.file.format, row.file.batch.way, row.file.name) == ("ubl", "office", "H-1.xml")
    assert row.file.batch.actor == "user:intake"


def test_sums_follow_the_lines_and_nothing_is_written(signed_in: SignedIn) -> None:
    place = world.build()
    page = signed_in("intake").post("/entries/new", form(place, act="show")).content.decode()

    assert "1049.00" in page
    assert "1248.31 EUR" in page
    assert "München" in page
    assert models.Batch.objects.count() == 0


def test_lines_are_added_and_removed_without_losing_what_was_typed(signed_in: SignedIn) -> None:
    place = world.build()
    desk = signed_in("intake")

    more = desk.post("/entries/new", form(place, act="add")).content.decode()
    assert more.count('name="line_text"') == 4
    assert "Frästeile für Öfen" in more
    less = desk.post("/entries/new", form(place, act="remove:1")).content.decode()
    assert less.count('name="line_text"') == 2
    assert "Frästeile" not in less
    assert "Fracht" in less


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"client": ""}, "Choose the client"),
        ({"debtor": ""}, "Write the debtor"),
        ({"number": ""}, "number_missing"),
        ({"issued_on": "31.02.2026"}, "is no date"),
        ({"currency": "EURO"}, "is no currency"),
        ({"account": "DE00370400440532013000"}, "check digits"),
        ({"line_price": ["1.234", "", ""]}, "may be thousands or a fraction"),
        ({"line_price": ["ten", "", ""]}, "is no amount"),
        ({"line_text": ["", "", ""], "line_price": ["", "", ""]}, "at least one line"),
        ({"line_rate": ["250", "19", "19"]}, "between 0 and 100"),
        ({"debtor": "Neu GmbH"}, "BR-10"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_taken_in(
    signed_in: SignedIn, change: dict[str, object], says: str
) -> None:
    place = world.build()
    answer = signed_in("intake").post("/entries/new", form(place, **change))

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert models.Batch.objects.count() == 0


def test_a_paper_that_breaks_a_rule_is_taken_in_when_somebody_insists(signed_in: SignedIn) -> None:
    place = world.build()
    answer = signed_in("intake").post("/entries/new", form(place, debtor="Neu GmbH", anyway="yes"))

    assert answer.status_code == 302
    assert models.Invoice.objects.count() == 1


def test_a_credit_note_names_its_invoice(signed_in: SignedIn) -> None:
    place = world.build()
    desk = signed_in("intake")
    desk.post("/entries/new", form(place))
    desk.post("/entries/new", form(place, kind="credit", number="C-1", credited="H-1"))

    note = models.Invoice.objects.get(kind="credit_note")
    assert (note.number, note.credited.number) == ("C-1", "H-1")


def test_a_debtor_of_no_register_is_written_on_the_paper(signed_in: SignedIn) -> None:
    place = world.build()
    new = {"debtor": "Ångström & Öhman AB", "debtor_street": "Ågatan 1", "debtor_country": "SE",
           "debtor_postcode": "111 22", "debtor_city": "Årsta"}  # fmt: skip
    answer = signed_in("intake").post("/entries/new", form(place, **new))

    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert models.Invoice.objects.get().debtor is None


def test_the_same_number_twice_is_said_on_the_batch(signed_in: SignedIn) -> None:
    place = world.build()
    desk = signed_in("intake")
    desk.post("/entries/new", form(place))
    again = desk.post("/entries/new", form(place))

    assert again["Location"].startswith("/batches/")
    assert "invoice_seen_before" in desk.get(again["Location"]).content.decode()


def test_a_role_that_takes_in_nothing_is_refused(signed_in: SignedIn) -> None:
    place = world.build()
    answer = signed_in("cash").post("/entries/new", form(place))

    assert answer.status_code == 422
    assert "not_allowed" in answer.content.decode()
    assert models.Invoice.objects.count() == 0


def test_debtors_are_suggested_by_a_part_of_their_name(signed_in: SignedIn) -> None:
    world.build()
    page = signed_in("intake").get("/entries/debtors", {"debtor": "söhne"}).content.decode()
    assert 'value="Kaufmann &amp; Söhne KG"' in page
    assert "Bolt" not in page
