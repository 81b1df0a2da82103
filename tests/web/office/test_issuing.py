"""The desk writes invoices for a client: a draft, a colleague's yes, a letter to look at."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world
from tests.actions.test_issuing import ANNA, draft, issued, lets_out, said
from tests.web.office.conftest import SignedIn
from tests.web.office.test_entry import form
from usance import models
from usance.actions import issuing, recurring

pytestmark = pytest.mark.django_db


def test_one_writes_it_and_another_issues_it(signed_in: SignedIn) -> None:
    place = world.build()
    desk, other = signed_in("intake"), signed_in("verification")
    answer = desk.post("/issuing/new", form(place, number="", due_days=""))
    row = models.Draft.objects.get()
    assert answer["Location"] == f"/issuing/{row.pk}"
    assert (str(row.gross), row.debtor, row.prepared_by) == (
        "1248.31 EUR", place.bolt, "user:intake",
    )  # fmt: skip

    at = f"/issuing/{row.pk}"
    desk.post(f"{at}/activation", {"seen": row.digest})
    assert "A second person is asked" in desk.get(at).content.decode()
    assert desk.post(f"{at}/activation", {"seen": row.digest}).status_code == 409
    assert "1248.31 EUR" in other.get("/issuing?view=waiting").content.decode()
    other.post(f"{at}/activation", {"seen": row.digest})
    row.refresh_from_db()
    assert (row.number, row.issued_by) == ("2026-00001", "user:verification")
    page = other.get(f"{at}/edit")
    assert (page.status_code, "issued_invoice_locked" in page.content.decode()) == (409, True)
    assert "2026-00001" in other.get("/issuing?view=issued").content.decode()


def test_a_draft_is_changed_with_all_that_it_said(signed_in: SignedIn) -> None:
    place = world.build()
    row = draft(place, note="Danke")
    page = signed_in("intake").get(f"/issuing/{row.pk}/edit").content.decode()
    for text in ("Frästeile für Öfen", 'value="333.33"', "Danke", "Bolt Maschinenbau AG"):
        assert text in page
    changed = form(place, number="", due_on="", due_days="14", line_price=["1.0000", "", ""])
    signed_in("intake").post(f"/issuing/{row.pk}/edit", changed)
    row.refresh_from_db()
    assert (row.due_days, str(row.gross)) == (14, "2.39 EUR")  # 2.01 net; 19 % are 0.38.


def test_what_is_off_the_whole_invoice_is_typed_shown_and_kept(signed_in: SignedIn) -> None:
    place = world.build()
    desk = signed_in("intake")
    told = form(place, number="", due_days="30", allowance_kind=["allowance", "charge"],
                allowance_text=["Treuerabatt", "Fracht"], allowance_amount=["", "9,90"],
                allowance_percent=["2", ""], allowance_category=["S", "S"],
                allowance_rate=["19", "19"])  # fmt: skip
    page = desk.post("/issuing/new", told | {"act": "allow"}).content.decode()
    assert 'id="allowance_text_3"' in page
    assert "20.98" in page  # 2 % of 1049.00.
    faulty = told | {"allowance_amount": ["5", "-1"]}
    page = desk.post("/issuing/new", faulty).content.decode()
    assert "Write an amount or per cent, not both." in page
    assert "It has no sign" in page
    desk.post("/issuing/new", told)
    row = models.Draft.objects.get()
    assert str(row.gross) == "1235.12 EUR"  # 1049.00 - 20.98 + 9.90 = 1037.92; 19 % are 197.20.
    page = desk.get(f"/issuing/{row.pk}/edit").content.decode()
    for text in ("Treuerabatt", 'value="9.90"', "Fracht"):
        assert text in page


def test_the_letter_is_a_pdf_and_a_draft_without_amounts_has_none(signed_in: SignedIn) -> None:
    place = world.build()
    row = draft(place)
    answer = signed_in("intake").get(f"/issuing/{row.pk}/letter")
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


def test_a_part_is_credited_and_the_invoice_drafted_anew(signed_in: SignedIn) -> None:
    place = world.build()
    lets_out(place)
    row = issued(place)
    told = {"do": "part", "quantity_1": "1", "quantity_2": "", "anew": "yes"}
    answer = signed_in("intake").post(f"/issuing/{row.pk}/credit", told)
    note = models.Draft.objects.get(kind="credit_note")
    assert answer["Location"] == f"/issuing/{note.pk}"
    assert (str(note.gross), note.credits_id) == ("396.27 EUR", row.invoice_id)
    assert models.Draft.objects.filter(kind="invoice", state="draft").count() == 1


def test_what_recurs_is_agreed_and_stopped(signed_in: SignedIn) -> None:
    place = world.build()
    desk = signed_in("operations")
    assert "Each month" in desk.get("/issuing/new?monthly=1").content.decode()
    told = form(place, number="", day="31", monthly="1", name="Miete", since="2026-03-01",
                until="", due_on="", due_days="30", issued_on="")  # fmt: skip
    assert desk.post("/issuing/new", told)["Location"] == "/issuing?view=recurring"
    row = models.Recurring.objects.get()
    assert "end of month" in desk.get("/issuing?view=recurring").content.decode()
    desk.post(f"/issuing/recurring/{row.pk}/stop")
    assert models.Recurring.objects.get().stopped_by == "user:operations"


@pytest.mark.parametrize(
    ("change", "says"),
    [({"due_days": "400"}, "0 to 365"), ({"day": "32"}, "1 to 31"), ({"client": ""}, "client"),
     ({"day": "1", "line_text": ["{price}", "Fracht", ""]}, "placeholder_unknown")],
)  # fmt: skip
def test_what_means_nothing_is_said_and_nothing_is_kept(
    signed_in: SignedIn, change: dict[str, object], says: str
) -> None:
    place = world.build()
    answer = signed_in("intake").post("/issuing/new", form(place, **{"number": "", **change}))
    assert (answer.status_code, says in answer.content.decode()) == (422, True)
    assert not models.Draft.objects.exists()
    assert not models.Recurring.objects.exists()


def test_a_desk_that_issues_nothing_is_turned_away(signed_in: SignedIn) -> None:
    place = world.build()
    row = draft(place)
    answer = signed_in("cash").post(f"/issuing/{row.pk}/activation", {"seen": row.digest})
    assert (answer.status_code, "not_allowed" in answer.content.decode()) == (409, True)


@pytest.mark.parametrize("view", ["drafts", "waiting", "recurring", "issued"])
def test_a_list_asks_as_often_for_many_rows_as_for_few(view: str, signed_in: SignedIn) -> None:
    place = world.build()
    lets_out(place)

    def more() -> None:
        draft(place)
        lets_out(place, "0.01")
        issuing.activate(draft(place).pk, **ANNA)
        lets_out(place)
        issued(place)
        recurring.agree(
            "Miete", said(place), client=place.acme.pk, day=1, since=world.TODAY, until=None,
            due_days=1, **ANNA,
        )  # fmt: skip

    desk = signed_in("intake")
    more()
    desk.get(f"/issuing?view={view}")
    with CaptureQueriesContext(connection) as few:
        desk.get(f"/issuing?view={view}")
    more()
    more()
    with CaptureQueriesContext(connection) as many:
        assert desk.get(f"/issuing?view={view}").status_code == 200
    assert len(many) <= len(few) < 20


def test_numbers_and_rules_are_kept_by_operations_alone(signed_in: SignedIn) -> None:
    place = world.build()
    at = f"/issuing/clients/{place.acme.pk}"
    told = {"what": "series", "kind": "invoice", "pattern": "R-{n:04}", "first": "118"}
    assert signed_in("intake").post(at, told).status_code == 409
    desk = signed_in("operations")
    desk.post(at, told)
    desk.post(at, {"what": "rule", "currency": "eur", "below": "2 000,00"})
    page = desk.get(at).content.decode()
    assert "R-{n:04}" in page
    assert "2000.00 EUR" in page
    assert desk.post(at, {**told, "first": "x"}).status_code == 409
    assert issued(place).number == "R-0118"
    desk.post(at, {"what": "rule", "currency": "EUR", "below": ""})
    assert not models.IssuingRule.objects.exists()
