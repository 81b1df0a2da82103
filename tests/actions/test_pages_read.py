"""From paper to the books, through the real reader: stories of a sender's first invoices."""

from typing import Any

import pytest

from tests import pages, world
from tests.belt import drain, waiting
from tests.letters import samples
from usance import models, pipeline
from usance.actions import holds, review
from usance.domain.mandate import NotAllowed, Role
from usance.domain.money import Money
from usance.letters import render_facturx
from usance.plugins.einvoices import cii
from usance.queries import capture as questions
from usance.queries.parcels import stored

pytestmark = pytest.mark.django_db
SIGNED: dict[str, Any] = {"role": Role.INTAKE, "at": world.NOW, "actor": world.OFFICER}


@pytest.fixture
def place() -> world.World:
    return world.build()


def read(data: bytes, client: models.Client | None = None) -> models.Reading:
    """Hand it in, and let the belt work; what became of it."""
    batch = pages.hand_in(data, client=client)
    drain(send=False)
    return models.Reading.objects.get(file__batch=batch)


def test_a_scan_is_corrected_and_the_next_one_needs_no_person(place: world.World) -> None:
    """Acme's paper has its number behind a word that nobody expects: a person says it once."""
    first = read(pages.odd("FZ-26-0417", "1000.00"), place.acme)
    assert (first.state, first.number) == ("waiting", "")
    assert {one["code"] for one in first.doubts} >= {"field_missing"}
    invoice = review.confirm(first.pk, {"number": "FZ-26-0417"}, version=0, **SIGNED)
    drain(send=False)
    invoice.refresh_from_db()
    assert (invoice.number, invoice.face, invoice.stage) == (
        "FZ-26-0417", Money.of("1190.00", "EUR"), "funded",
    )  # fmt: skip
    bought = models.Move.objects.filter(invoice=invoice, debit="1200").order_by("id")
    assert [move.amount_minor for move in bought] == [95_200, 23_800]

    second = read(pages.odd("FZ-26-0533", "2345.67"), place.acme)
    field = questions.read(second).fields["number"]
    assert field.value == "FZ-26-0533"
    assert "learned" in {reason.code for reason in field.reasons}
    assert (second.state, second.doubts) == ("passed", [])
    assert second.invoice.face == Money.of("2791.35", "EUR")
    layout = models.LearnedLayout.objects.get(field="number")
    assert (layout.client, layout.used, layout.learned_by) == (place.acme, 1, world.OFFICER)


def untitled(number: str, issued: str, *, title: str = "Unsere Leistung") -> bytes:
    return pages.sheet(
        (50, 60, "Acme Feinblech GmbH"), (50, 88, "USt-IdNr. DE136695976"),
        (50, 140, "Bolt Maschinenbau AG"), (50, 154, "80331 München"),
        (50, 182, "USt-IdNr. DE811193231"), (50, 230, title),
        (50, 254, "Vorgang"), (130, 254, number), (300, 254, "Stand"), (380, 254, issued),
        (50, 268, "Valuta"), (130, 268, "20.04.2026"),
        (50, 300, "Frästeile nach Zeichnung"), (470, 300, "1.000,00"),
        (340, 374, "19 % USt"), (470, 374, "190,00"),
        (340, 388, "Gesamtbetrag EUR"), (470, 388, "1.190,00"),
    )  # fmt: skip


def test_papers_without_a_title_are_called_invoices_by_a_person_once(place: world.World) -> None:
    first = read(untitled("FZ-26-0417", "20.02.2026"), place.acme)
    assert "not_an_invoice" in {one["code"] for one in first.doubts}
    said = {"number": "FZ-26-0417", "due_on": "2026-04-20", "kind": "invoice"}
    review.confirm(first.pk, said, version=0, **SIGNED)

    second = read(untitled("FZ-26-0533", "23.02.2026"), place.acme)
    assert (second.state, second.doubts, second.kind) == ("passed", [], "invoice")
    assert "kind_learned" in {one.code for one in questions.read(second).findings}
    layout = models.LearnedLayout.objects.get(field="kind")
    assert (layout.used, layout.hint["value"]) == (1, "invoice")
    reminder = read(untitled("FZ-26-0534", "23.02.2026", title="MAHNUNG"), place.acme)
    assert (reminder.state, reminder.kind) == ("waiting", "reminder")


def test_what_is_withdrawn_is_used_no_more(place: world.World) -> None:
    first = read(pages.odd("FZ-26-0417", "1000.00"), place.acme)
    review.confirm(first.pk, {"number": "FZ-26-0417"}, version=0, **SIGNED)
    layout = models.LearnedLayout.objects.get(field="number")
    with pytest.raises(NotAllowed):
        review.withdraw(layout.pk, **{**SIGNED, "role": Role.CASH})
    for _ in range(2):
        review.withdraw(layout.pk, **SIGNED)
    second = read(pages.odd("FZ-26-0533", "2345.67"), place.acme)
    assert (second.state, second.number) == ("waiting", "")
    assert models.Diary.objects.filter(kind="layout.withdrawn").count() == 1


def test_what_one_client_taught_is_nothing_to_another(place: world.World) -> None:
    first = read(pages.odd("FZ-26-0417", "1000.00"), place.acme)
    review.confirm(first.pk, {"number": "FZ-26-0417"}, version=0, **SIGNED)
    other = read(pages.odd("FZ-26-0533", "2345.67"), place.nord)
    assert (other.state, other.number) == ("waiting", "")
    assert "seller_not_client" in {one["code"] for one in other.doubts}


def test_the_newest_word_of_a_person_stands(place: world.World) -> None:
    for number in ("FZ-26-0417", "FZ-26-0418"):
        row = read(pages.odd(number, "1000.00"), place.acme)
        models.LearnedLayout.objects.update(withdrawn_at=world.NOW)
        if row.state == "waiting":
            review.confirm(row.pk, {"number": number}, version=0, **SIGNED)
    assert models.LearnedLayout.objects.filter(field="number", withdrawn_at=None).count() <= 1


def test_without_a_client_the_seller_on_the_page_decides(place: world.World) -> None:
    row = read(pages.odd("FZ-26-0417", "1000.00"))
    assert (row.client, row.debtor) == (place.acme, place.bolt)


@pytest.mark.parametrize("data", [b"%PDF-1.7 nothing more", b"\x89PNG\r\n\x1a\nbroken"])
def test_what_cannot_be_read_stays_on_its_file_and_the_rest_goes_on(
    data: bytes, place: world.World
) -> None:
    batch = pages.hand_in(data, pages.odd("FZ-26-0417", "1000.00"), client=place.acme)
    drain(send=False)
    broken, fine = models.Reading.objects.filter(file__batch=batch).order_by("pk")
    assert (broken.state, fine.state) == ("unreadable", "waiting")
    assert [one["code"] for one in broken.file.findings] == ["unreadable"]
    broken.file.refresh_from_db()
    assert broken.file.format == ""


def test_the_original_is_kept_byte_for_byte(place: world.World) -> None:
    data = pages.odd("FZ-26-0417", "1000.00")
    row = read(data, place.acme)
    assert stored(row.file.document_id) == data


def test_many_files_are_read_in_jobs_of_a_few_behind_everything_else(place: world.World) -> None:
    pages.hand_in(*[pages.odd(f"F-{n}", "1.00") for n in range(20)], client=place.acme)
    jobs = [len(subjects) for _, step, subjects in waiting() if step == "capture.read"]
    assert jobs == [8, 8, 4]
    assert models.Reading.objects.filter(state="unread").count() == 20
    assert pipeline.SLOW["capture.read"] == 8


def test_data_in_a_pdf_count_and_what_its_page_says_otherwise_is_found(place: world.World) -> None:
    letter = samples.german()
    printed = letter.invoice
    paper = world.paper(place.acme, place.bolt, number="2026-99999")
    data = render_facturx("invoice", "de", letter, xml=cii.write(paper, {}))

    batch = pages.hand_in(data)

    invoice = models.Invoice.objects.get(file__batch=batch)
    found = [one["says"] for one in invoice.paper.findings if one["code"] == "page_differs"]
    assert invoice.number == "2026-99999"
    assert any(printed.number in one for one in found)
    drain(send=False)
    (held,) = models.Hold.objects.filter(invoice=invoice, closed_at=None)
    stops = [one for one in held.findings if one["code"] == "page_differs"]
    assert {one["says"].split(" for ")[1].split(" (")[0] for one in stops} == {
        "the total", "the amount due",
    }  # fmt: skip
    holds.release(held.pk, remark="The seller says so.", **SIGNED | {"role": Role.ADMIN})
    drain(send=False)
    assert not models.Hold.objects.filter(invoice=invoice, closed_at=None).exists()
