"""The cash desk: statements come in once, lines are decided by people who may."""

import csv
import json
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from tests import world
from tests.web.office import day
from tests.web.office.conftest import SignedIn
from usance import models
from usance.domain import payment
from usance.domain.journal import Account
from usance.domain.money import Money
from usance.domain.payment import Statement
from usance.plugins.statements._camt_write import write_camt053
from usance.queries import amounts, statements

pytestmark = pytest.mark.django_db


def upload(data: bytes, name: str = "day.xml") -> dict[str, object]:
    return {"files": [SimpleUploadedFile(name, data)]}


def line(reference: str) -> models.BankLine:
    return models.BankLine.objects.get(bank_reference=reference)


@pytest.mark.parametrize(
    ("view", "references"),
    [("decide", ["BR3"]), ("proposed", ["BR2"]), ("matched", ["BR1"]), ("debits", ["BR4"])],
)
def test_each_line_stands_in_one_view(
    view: str, references: list[str], signed_in: SignedIn
) -> None:
    day.build()
    answer = signed_in("intake").get(f"/cash?view={view}&format=json")
    rows = json.loads(b"".join(answer.streaming_content))
    assert [row["bank_reference"] for row in rows] == references


def test_a_statement_is_controlled_and_comes_in_once(signed_in: SignedIn) -> None:
    day.build()
    office = signed_in("cash")
    again = office.post("/cash/statements", upload(day.statement()), follow=True)
    assert b"0 new lines, 4 known before and left alone" in again.content
    (one,) = again.context["statements"]
    assert (one.lines, one.open_lines, one.gap.minor) == (4, 3, 0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (lambda: b"no statement", "statement_broken"),
        (lambda: day.statement().replace(world.OUR_EUR.encode(), b"DE02120300000000202051"),
         "bank_account_unknown"),
        (lambda: day.statement("later", opening="5.00").replace(b"2026-03-02", b"2026-03-03"),
         "statement_gap"),
    ],
)  # fmt: skip
def test_a_refused_file_says_why_and_books_nothing(
    data: object, code: str, signed_in: SignedIn
) -> None:
    day.build()
    answer = signed_in("cash").post("/cash/statements", upload(data()))
    assert answer.status_code == 409
    assert code.encode() in answer.content
    assert models.BankLine.objects.count() == 4


@pytest.mark.parametrize("role", ["intake", "verification", "credit", "collection", "operations"])
def test_a_role_that_may_not_imports_nothing(role: str, signed_in: SignedIn) -> None:
    world.build()
    answer = signed_in(role).post("/cash/statements", upload(b"anything"))
    assert answer.status_code == 409
    assert b"not_allowed" in answer.content


def test_a_line_is_split_over_two_invoices_by_hand(signed_in: SignedIn) -> None:
    day.build()
    office, row = signed_in("cash"), line("BR2")
    third = models.Invoice.objects.get(number="R-1003")
    second = models.Invoice.objects.get(number="R-1002")
    place = f"/cash/lines/{row.pk}"
    shown = statements.open_items(row, "r-10")  # As somebody begins to type it.
    assert {third.pk, second.pk} <= {one.invoice for one in shown}
    assert [one.number for one in statements.open_items(row, "R-1002")] == ["R-1002"]
    assert statements.open_items(row, "R-") == []
    first = office.post(f"{place}/allocations", {"invoice": third.pk, "amount": "2,500.00"})
    assert first["Location"] == place  # Something is left, so the line stays open.
    office.post(f"{place}/allocations", {"invoice": second.pk, "amount": "5500"})
    row.refresh_from_db()
    assert row.unapplied_minor == 0
    left = amounts.of_invoices(Account.FACTORED_RECEIVABLES, [second.pk, third.pk])
    assert left == {second.pk: 250_000, third.pk: 0}


@pytest.mark.parametrize(
    ("amount", "code"),
    [("8000.01", "nothing_to_allocate"), ("0", "nothing_to_allocate"), ("x", "amount_unreadable"),
     ("1.005", "amount_unreadable")],
)  # fmt: skip
def test_an_amount_that_cannot_be_is_refused(amount: str, code: str, signed_in: SignedIn) -> None:
    day.build()
    row = line("BR2")
    invoice = models.Invoice.objects.get(number="R-1002")
    answer = signed_in("cash").post(
        f"/cash/lines/{row.pk}/allocations", {"invoice": invoice.pk, "amount": amount}
    )
    assert answer.status_code == 409
    assert code.encode() in answer.content
    row.refresh_from_db()
    assert row.unapplied_minor == 800_000


@pytest.mark.parametrize("role", ["intake", "credit", "finance", "collection", "operations"])
def test_a_role_that_may_not_allocates_nothing(role: str, signed_in: SignedIn) -> None:
    day.build()
    row, invoice = line("BR2"), models.Invoice.objects.get(number="R-1002")
    answer = signed_in(role).post(
        f"/cash/lines/{row.pk}/allocations", {"invoice": invoice.pk, "amount": "1"}
    )
    assert answer.status_code == 409
    assert b"not_allowed" in answer.content


def test_the_search_finds_by_number_reference_and_debtor_with_every_clue() -> None:
    day.build()
    row = line("BR3")
    invoice = models.Invoice.objects.get(number="R-1003")
    for words in ("R-1003", "r 1003", invoice.payment_reference):
        assert [fit.number for fit in statements.open_items(row, words)] == ["R-1003"]
    assert {fit.number for fit in statements.open_items(row, "bolt")} == {"R-1002", "R-1003"}
    (fit,) = statements.open_items(row, "R-1003")
    assert (fit.pays.minor, fit.left.minor, fit.still_owed.minor) == (12_345, 0, 237_655)
    assert [clue.holds for clue in fit.clues] == [False] * len(payment.CLUES)


def test_a_formula_in_a_payers_name_is_text_in_every_export(signed_in: SignedIn) -> None:
    day.build()
    office = signed_in("cash")
    data = b"".join(office.get("/cash?view=decide&format=csv").streaming_content)
    (row,) = csv.DictReader(StringIO(data.decode("utf-8-sig")))
    assert row["counterparty"] == "'=cmd|' /C calc'!A0"
    assert row["amount"] == "123.45"
    data = b"".join(office.get("/cash?view=debits&format=xlsx").streaming_content)
    head, cells = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    assert (
        dict(zip(head, cells, strict=True))["amount"] == -7.5
    )  # A number, though it begins with a minus.


def test_a_number_that_is_left_out_is_asked_about(signed_in: SignedIn) -> None:
    day.build()
    booked = models.Statement.objects.get()
    assert booked.closed_on is not None
    closed = booked.closing_minor or 0
    for number, ago in (("11", 2), ("12", 1)):
        models.Statement.objects.create(
            account=booked.account, document=booked.document, reference=f"before {number}",
            sequence=number, opening_minor=0, closing_minor=0, imported_at=booked.imported_at,
            closed_on=booked.closed_on - timedelta(days=ago), actor="bank",
        )  # fmt: skip
    models.Statement.objects.filter(pk=booked.pk).update(sequence="12")
    told = Statement(
        account=world.OUR_EUR, currency="EUR", reference="S14", sequence="14",
        opening=Money(closed, "EUR"), closing=Money(closed, "EUR"),
        opened_on=date(2026, 3, 4), closed_on=date(2026, 3, 4),
    )  # fmt: skip
    data = write_camt053(told, world.NOW)
    office = signed_in("cash")
    models.HeldStatement.objects.create(
        account=booked.account, document=booked.document, on=date(2026, 3, 4), says="It is broken.",
        code="statement_broken", todo="Ask.", held_at=world.NOW,
    )  # fmt: skip
    assert b"Statements to look at" in office.get("/").content
    held = models.HeldStatement.objects.get()
    assert b"It is broken." in office.get("/cash?view=statements").content
    assert signed_in("collection").post(f"/cash/held/{held.pk}/aside").status_code == 409
    office.post(f"/cash/held/{held.pk}/aside", {"because": "Twice"})
    assert b"It is broken." not in office.get("/cash?view=statements").content
    assert office.post(f"/cash/held/{held.pk}").status_code == 409
    refused = office.post("/cash/statements", upload(data))
    assert refused.status_code == 409
    assert f'<option value="{world.OUR_EUR}"'.encode() in refused.content
    assert b"statement_number_gap" in refused.content
    assert b'name="gap_known"' in refused.content
    taken = office.post("/cash/statements", upload(data) | {"gap_known": "on"}, follow=True)
    assert b"0 new lines" in taken.content
