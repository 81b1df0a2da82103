"""What becomes of a reading: in by itself, or by a person's word, once, and as corrected."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests import pages, world
from tests.belt import drain
from usance import models
from usance.actions import capture, intake, review
from usance.actions.parties import Company
from usance.domain.finding import Finding
from usance.domain.mandate import NotAllowed, Role
from usance.domain.money import Money
from usance.queries import capture as questions

pytestmark = pytest.mark.django_db
SIGNED: dict[str, Any] = {"role": Role.VERIFICATION, "at": world.NOW, "actor": world.OFFICER}
BY_INTAKE = {**SIGNED, "role": Role.INTAKE}


@pytest.fixture
def place() -> world.World:
    return world.build()


def received(
    place: world.World, *, number: str = "R-1", client: models.Client | None = None,
    doubtful: dict[str, str] | None = None, control: intake.Control | None = None, **more: Any,
) -> models.Reading:  # fmt: skip
    """A PDF in a batch of its own, of which this was read."""
    paper = pages.paper(place.acme, more.pop("debtor", place.bolt), number=number)
    data = f"%PDF-1.4 {number}".encode()
    batch = pages.hand_in(data, client=client or place.acme, control=control)
    row = models.Reading.objects.get(file__batch=batch)
    capture.keep(
        row.pk, pages.reading(paper, doubtful=doubtful, **more), at=world.NOW, actor="belt"
    )
    row.refresh_from_db()
    return row


def confirm(row: models.Reading, said: dict[str, str] | None = None, **more: Any) -> models.Invoice:
    how = {"version": row.version, **SIGNED, **more}
    return review.confirm(row.pk, said or {}, **how)


def codes(row: models.Reading) -> set[str]:
    return {one["code"] for one in row.doubts}


def test_what_is_sure_enters_by_itself(place: world.World) -> None:
    row = received(place)
    assert (row.state, row.number, row.doubts) == ("passed", "R-1", [])
    assert row.invoice.face == Money.of("1190.00", "EUR")
    assert (row.invoice.client, row.invoice.debtor) == (place.acme, place.bolt)
    drain(send=False)
    row.invoice.refresh_from_db()
    assert row.invoice.stage == "funded"


@pytest.mark.parametrize(
    ("doubtful", "wanted"),
    [
        ({"number": "R-7"}, {"field_doubtful"}),
        ({"issued_on": "2026-02-21"}, {"field_doubtful"}),
        ({"due_on": "2026-04-21"}, {"field_doubtful"}),
        ({"currency": "SEK"}, {"field_doubtful"}),
        ({"payable": "1910.00"}, {"field_doubtful", "totals_unproved"}),
        ({"tax": "19.00"}, {"totals_unproved"}),
        ({"net": ""}, {"totals_unproved"}),
        ({"number": ""}, {"field_missing"}),
        ({"buyer_vat_id": "DE999999999"}, {"debtor_unknown"}),
        ({"seller_vat_id": "SE999999999901", "seller_number": ""}, {"seller_not_client"}),
    ],
)
def test_one_doubt_is_enough_to_wait_for_a_person(
    doubtful: dict[str, str], wanted: set[str], place: world.World
) -> None:
    row = received(place, doubtful=doubtful)
    assert (row.state, codes(row)) == ("waiting", wanted)
    assert not models.Invoice.objects.exists()


def test_the_threshold_is_the_clients_own(place: world.World) -> None:
    models.Client.objects.filter(pk=place.acme.pk).update(sure_from=Decimal("1.001"))
    assert received(place).state == "waiting"
    models.Client.objects.filter(pk=place.acme.pk).update(sure_from=Decimal("0.7"))
    assert received(place, number="R-2", doubtful={"due_on": "2026-04-20"}).state == "passed"


@pytest.mark.parametrize("kind", ["reminder", "delivery_note", "other"])
def test_what_is_no_invoice_waits(kind: str, place: world.World) -> None:
    assert "not_an_invoice" in codes(received(place, kind=kind))


def test_a_fatal_finding_of_the_reader_stops_it(place: world.World) -> None:
    two = Finding(code="two_invoices", says="There seem to be two invoices in the file.")
    assert codes(received(place, findings=(two,))) == {"two_invoices"}


def test_a_copy_ends_by_itself_and_says_so_on_its_file(place: world.World) -> None:
    received(place)
    copy = received(place)
    assert (copy.state, copy.invoice, copy.closed_by) == ("rejected", None, "belt")
    assert [one["code"] for one in copy.file.findings] == ["invoice_seen_before"]
    assert models.Invoice.objects.count() == 1


def test_read_twice_it_is_kept_once(place: world.World) -> None:
    row = received(place)
    paper = pages.paper(place.acme, place.bolt, number="R-9")
    capture.keep(row.pk, pages.reading(paper), at=world.NOW, actor="belt")
    assert models.Invoice.objects.get().number == "R-1"


def test_a_correction_enters_the_books_to_the_cent_and_is_kept(place: world.World) -> None:
    row = received(place, doubtful={"number": "R-I", "payable": "1910.00", "gross": "1910.00"})
    invoice = confirm(row, {"number": "R-1", "payable": "1190.00", "gross": "1190.00"})
    drain(send=False)
    row.refresh_from_db()
    invoice.refresh_from_db()
    assert (row.state, row.closed_by, row.invoice) == ("confirmed", world.OFFICER, invoice)
    assert (invoice.number, invoice.face, invoice.stage) == (
        "R-1", Money.of("1190.00", "EUR"), "funded",
    )  # fmt: skip
    kept = row.corrections.order_by("field").values_list("field", "read", "said", "confidence")
    assert list(kept) == [
        ("gross", "1910.00", "1190.00", Decimal("0.710")),
        ("number", "R-I", "R-1", Decimal("0.710")),
        ("payable", "1910.00", "1190.00", Decimal("0.710")),
    ]
    told = models.Diary.objects.get(kind="reading.confirmed")
    assert (told.invoice_id, set(told.particulars["corrected"])) == (
        invoice.pk, {"gross", "number", "payable"},
    )  # fmt: skip


def test_a_correction_is_never_changed(place: world.World) -> None:
    row = received(place, doubtful={"number": "R-I"})
    confirm(row, {"number": "R-1"})
    for statement in ("UPDATE correction SET said = 'X'", "DELETE FROM correction"):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_lines_that_contradict_the_totals_are_left_out(place: world.World) -> None:
    row = received(place, doubtful={"net": "1000.00", "number": "R-I"})
    invoice = confirm(
        row, {"net": "900.00", "tax": "171.00", "gross": "1071.00", "payable": "1071.00",
              "vat_1_net": "900.00", "vat_1_tax": "171.00"},
    )  # fmt: skip
    assert invoice.face == Money.of("1071.00", "EUR")
    assert "lines" not in invoice.paper.content
    assert [one["code"] for one in invoice.paper.findings] == ["lines_left_out"]
    drain(send=False)
    invoice.refresh_from_db()
    assert invoice.stage == "funded"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"number": ""}, "no number"),
        ({"issued_on": ""}, "no issue date"),
        ({"issued_on": "31.2.2026"}, "is not a day"),
        ({"payable": "a lot"}, "is not an amount"),
        ({"payable": ""}, "No amount due"),
        ({"currency": "euro"}, "is not what the field takes"),
        ({"nonsense": "1"}, "is not what the field takes"),
        ({"number": "", "payable": "x"}, "no number"),
    ],
)
def test_what_is_missing_or_nonsense_is_refused_and_nothing_is_written(
    said: dict[str, str], words: str, place: world.World
) -> None:
    row = received(place, doubtful={"number": "R-I"})
    with pytest.raises(review.Incomplete, match=words):
        confirm(row, said)
    row.refresh_from_db()
    assert (row.state, row.version) == ("waiting", 0)
    assert not models.Invoice.objects.exists()
    assert not models.Correction.objects.exists()


def test_two_people_on_one_document(place: world.World) -> None:
    """The second is told, whether the first ended it or only laid it aside."""
    row = received(place, doubtful={"number": "R-I"})
    review.postpone(row.pk, version=0, **SIGNED)
    with pytest.raises(review.ChangedMeanwhile):
        confirm(row, {"number": "R-1"})
    confirm(row, {"number": "R-1"}, version=1)
    with pytest.raises(review.AlreadyDecided, match="confirmed by user:officer"):
        confirm(row, {"number": "R-1"}, version=2)
    with pytest.raises(review.AlreadyDecided):
        review.reject(row.pk, version=2, reason="No", **SIGNED)
    assert models.Invoice.objects.count() == 1


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {"admin", "intake", "verification", "operations"})
)
def test_other_desks_and_clients_review_nothing(role: str, place: world.World) -> None:
    row = received(place, doubtful={"number": "R-I"})
    how = {**SIGNED, "role": Role(role), "version": 0}
    for refused in (
        lambda: review.confirm(row.pk, {}, **how),
        lambda: review.postpone(row.pk, **how),
        lambda: review.reject(row.pk, reason="No", **how),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_a_document_of_one_client_never_becomes_anothers_invoice(place: world.World) -> None:
    row = received(place, doubtful={"number": "R-I"})
    with pytest.raises(review.OtherClient):
        confirm(row, {"number": "R-1"}, client=place.nord.pk)


def unowned(place: world.World) -> models.Reading:
    """A document whose seller has the name of a client and the number of nobody."""
    paper = pages.paper(place.acme, place.bolt, number="R-1")
    pages.hand_in(b"%PDF-1.4")
    row = models.Reading.objects.get()
    unknown = {"seller_name": place.acme.name, "seller_vat_id": "DE999999999", "seller_number": ""}
    capture.keep(row.pk, pages.reading(paper, doubtful=unknown), at=world.NOW, actor="belt")
    row.refresh_from_db()
    return row


def test_without_a_known_seller_the_person_says_whose_it_is(place: world.World) -> None:
    paper = pages.paper(place.acme, place.bolt, number="R-1")
    pages.hand_in(b"%PDF-1.4")
    row = models.Reading.objects.get()
    unknown = {"seller_name": "Somebody", "seller_vat_id": "", "seller_number": ""}
    read = pages.reading(paper, doubtful=unknown)
    capture.keep(row.pk, read, at=world.NOW, actor="belt")
    row.refresh_from_db()
    assert codes(row) == {"client_unknown"}
    with pytest.raises(review.Incomplete, match="Whose invoice"):
        confirm(row)
    assert confirm(row, client=place.acme.pk).client == place.acme


def test_an_invoice_that_is_in_the_books_is_not_confirmed_again(place: world.World) -> None:
    received(place)
    row = received(place, number="R-2", doubtful={"number": "R-2"})
    with pytest.raises(review.SeenBefore, match="R 1 was taken in"):
        confirm(row, {"number": "R 1"})
    row.refresh_from_db()
    assert (row.state, row.file.findings) == ("waiting", [])


def test_a_rejection_needs_a_reason_and_leaves_it_on_the_file(place: world.World) -> None:
    row = received(place, doubtful={"number": "R-I"})
    with pytest.raises(review.ReasonMissing):
        review.reject(row.pk, version=0, reason="  ", **SIGNED)
    review.reject(row.pk, version=0, reason="It is a delivery note", **SIGNED)
    row.refresh_from_db()
    assert (row.state, row.remark) == ("rejected", "It is a delivery note")
    (finding,) = row.file.findings
    assert finding["says"] == "Rejected in review: It is a delivery note"


def test_the_clients_totals_are_compared_when_the_last_is_decided(place: world.World) -> None:
    control = intake.Control(count=1, totals=(Money.of("1190.00", "EUR"),))
    row = received(place, doubtful={"number": "R-I"}, control=control)
    assert row.file.batch.findings == []  # Nobody can say yet.
    review.reject(row.pk, version=0, reason="Not ours", **SIGNED)
    found = {one["code"] for one in models.Batch.objects.get().findings}
    assert found == {"control_count_differs", "control_total_differs"}
    row = received(place, number="R-2", doubtful={"number": "R-I"}, control=control)
    confirm(row, {"number": "R-2"})
    row.file.batch.refresh_from_db()
    assert row.file.batch.findings == []


def test_the_debtor_is_chosen_or_registered_with_the_document(place: world.World) -> None:
    stranger = {"buyer_name": "Holz GmbH", "buyer_vat_id": "DE999999999"}
    row = received(place, doubtful=stranger)
    assert confirm(row, debtor=place.kaufmann.pk).debtor == place.kaufmann
    row = received(place, number="R-2", doubtful=stranger)
    new = Company(name="Holz GmbH", country="DE", vat_id="DE999999999")
    with pytest.raises(NotAllowed):
        confirm(row, new_debtor=new)
    assert confirm(row, new_debtor=new, **BY_INTAKE).debtor.name == "Holz GmbH"
    row = received(place, number="R-3", doubtful={**stranger, "number": "R-3"})
    assert row.debtor.name == "Holz GmbH"  # Known from now on.


def test_nobody_chosen_is_held_as_any_invoice_without_debtor(place: world.World) -> None:
    row = received(place, doubtful={"buyer_name": "Holz GmbH", "buyer_vat_id": "DE999999999"})
    invoice = confirm(row)
    drain(send=False)
    assert models.Hold.objects.get(invoice=invoice).findings[0]["code"] == "debtor_unknown"


def test_postponed_it_comes_back_on_its_day_or_at_the_end(place: world.World) -> None:
    first = received(place, number="R-1", doubtful={"number": "R-1"})
    second = received(place, number="R-2", doubtful={"number": "R-2"})
    third = received(place, number="R-3", doubtful={"number": "R-3"})
    today = world.TODAY
    review.postpone(first.pk, version=0, **SIGNED)
    assert questions.following(third, today=today) == second.pk
    review.postpone(second.pk, version=0, until=today.replace(day=9), **SIGNED)
    assert questions.following(third, today=today) == first.pk
    listed = questions.matching("waiting", today=today)
    assert [row.pk for row in listed] == [third.pk]
    assert second in questions.matching("waiting", today=today.replace(day=9))
    assert first in questions.matching("postponed", today=today.replace(day=9))
