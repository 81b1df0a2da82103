"""Archives become files of one batch, and papers are filed with the invoices that they name."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pytest

from tests import world
from tests.belt import drain
from usance import models
from usance.actions import intake, supporting
from usance.actions.documents import Content
from usance.domain.capture.supporting import Kind
from usance.domain.intake.control import Control
from usance.domain.invoice import Invoice
from usance.domain.invoice.document import Attachment
from usance.domain.mandate import NotAllowed, Role
from usance.domain.money import Money
from usance.plugins.einvoices import ubl
from usance.queries import batches, parcels

pytestmark = pytest.mark.django_db(transaction=True)
NOTE = b"DELIVERY NOTE 4711\nYour order PO-77\n12 boxes\n"
SIGNED = {"at": world.NOW, "actor": world.OFFICER}


def file(name: str, data: bytes | Invoice) -> intake.File:
    return intake.File(name=name, data=ubl.write(data, {}) if isinstance(data, Invoice) else data)


def receive(
    *files: intake.File, client: models.Client | None = None, **more: object
) -> models.Batch:
    owner = client.pk if client else None
    return intake.receive(files, client=owner, way="api", **SIGNED, **more)  # type: ignore[arg-type]  # Given by tests.


def zipped(*files: intake.File) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in files:
            archive.writestr(one.name, one.data)
    return kept.getvalue()


def test_an_archive_is_one_batch_with_its_control_totals() -> None:
    place = world.build()
    one, two = (world.paper(place.acme, place.bolt, number=n) for n in ("R-1001", "R-1002"))
    archive = zipped(file("a/1.xml", one), file("b/2.xml", two), file("c/bad.xml", b"<Invoice"))
    control = Control(count=2, totals=(Money.of("20000.00", "EUR"),))
    batch = receive(intake.File(name="march.zip", data=archive), control=control)

    report = batches.report(batch.pk)
    assert (report["files"], report["invoices"]) == (4, 2)
    assert [(f["file"], f["code"]) for f in report["findings"]] == [
        ("march.zip/c/bad.xml", "unreadable")
    ]
    whole = batch.files.get(within=None)
    assert (whole.format, whole.document.size, whole.members.count()) == ("zip", len(archive), 3)
    assert {one.name for one in whole.members.all()} == {
        "march.zip/a/1.xml", "march.zip/b/2.xml", "march.zip/c/bad.xml",
    }  # fmt: skip
    assert batches.detail(batch).counted == 2


def test_a_paper_is_filed_with_the_invoice_of_its_batch() -> None:
    place = world.build()
    paper = replace(world.paper(place.acme, place.bolt, number="R-1001"), order="PO-77")
    batch = receive(file("R-1001.xml", paper), file("scan.txt", NOTE))
    row = models.Supporting.objects.get()
    assert (row.kind, row.invoice.number, row.document.name) == (
        "delivery_note",
        "R-1001",
        "scan.txt",
    )
    assert row.because == "“delivery note” stands in its head. It names its order PO-77 (BT-13)."
    assert batches.report(batch.pk)["findings"] == []
    assert "supporting.filed" in models.Diary.objects.filter(invoice=row.invoice).values_list(
        "kind", flat=True
    )


def test_a_paper_waits_until_its_invoice_comes() -> None:
    place = world.build()
    receive(file("R-1001_delivery note.pdf", b"\0 no pdf"), client=place.acme)
    waiting = models.Supporting.objects.get()
    assert (waiting.invoice, waiting.client) == (None, place.acme)

    receive(file("R-1000.xml", world.paper(place.acme, place.bolt, number="R-1000")))
    assert models.Supporting.objects.filter(invoice=None).exists()
    receive(file("R-1001.xml", world.paper(place.acme, place.bolt, number="R-1001")))
    waiting.refresh_from_db()
    assert (waiting.invoice.number, waiting.because) == (
        "R-1001",
        "It names its number R-1001 (BT-1).",
    )


def test_a_paper_that_comes_later_finds_its_invoice_and_no_other_clients() -> None:
    place = world.build()
    paper = replace(world.paper(place.acme, place.bolt, number="R-1001"), order="PO-77")
    receive(file("R-1001.xml", paper))
    receive(file("scan.txt", NOTE), client=place.nord)
    assert models.Supporting.objects.get().invoice is None
    receive(file("scan 2.txt", NOTE + b"."), client=place.acme)
    assert models.Supporting.objects.get(invoice__number="R-1001").name == "scan 2.txt"


def printed(*rows: tuple[int, str]) -> bytes:
    """A PDF with these rows below one another, each in its size."""
    document = pikepdf.new()
    page = document.add_blank_page()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    words = "".join(
        f"BT /F {size} Tf 60 {750 - 40 * at} Td ({text}) Tj ET "
        for at, (size, text) in enumerate(rows)
    )
    page.Contents = document.make_stream(words.encode("latin-1"))
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


SMALL = ((9, "Lieferschein Nr.: L87654321"), (9, "Bestellung Nr. Kunde: B123456789"))


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (((18, "Handelsrechnung"), *SMALL), None),
        (((9, "Muster GmbH"), *SMALL, (16, "Rechnungskorrektur 2026-17")), None),
        (((18, "Lieferschein L87654321"), (9, "Rechnungsadresse: Bolt AG")), Kind.DELIVERY_NOTE),
        (((18, "Bestellung"), (9, "Nr. 4711"), (9, "Rechnungsanschrift: Bolt AG")), Kind.ORDER),
    ],
)
def test_what_is_printed_small_makes_no_supporting_paper_of_an_invoice(
    rows: tuple[tuple[int, str], ...], kind: Kind | None
) -> None:
    seen = supporting.seen_as("scan.pdf", printed(*rows))
    assert (seen[0].kind if seen else None) == kind


def test_what_an_einvoice_carries_is_filed_with_it() -> None:
    place = world.build()
    carried = Attachment(
        reference="TS-9", description="Time sheet", content=b"%PDF-1.4 hours",
        media_type="application/pdf", file_name="week 9.pdf",
    )  # fmt: skip
    paper = replace(world.paper(place.acme, place.bolt, number="R-1001"), attachments=(carried,))
    receive(file("R-1001.xml", paper))
    row = models.Supporting.objects.get()
    assert (row.name, row.kind, row.document.size) == ("week 9.pdf", "time_sheet", 14)


def test_a_person_attaches_moves_and_takes_away() -> None:
    place = world.build()
    receive(
        *(file(f"{n}.xml", world.paper(place.acme, place.bolt, number=n)) for n in ("R-1", "R-2"))
    )
    one, two = models.Invoice.objects.order_by("number")
    content = Content(data=b"words", media_type="text/plain", name="contract.txt")
    role = Role.INTAKE
    row = supporting.attach(one.pk, content, kind=Kind.CONTRACT, role=role, **SIGNED)
    with pytest.raises(supporting.FiledAlready):
        supporting.attach(one.pk, content, kind=Kind.CONTRACT, role=role, **SIGNED)
    with pytest.raises(NotAllowed):
        supporting.move(row.pk, two.pk, role=Role.CASH, **SIGNED)
    supporting.move(row.pk, two.pk, role=role, **SIGNED)
    row.refresh_from_db()
    assert row.invoice == two
    supporting.remove(row.pk, role=role, **SIGNED)
    assert not models.Supporting.objects.exists()
    assert models.Document.objects.filter(name="contract.txt").exists()


def test_only_what_was_chosen_goes_to_the_debtor() -> None:
    place = world.build()
    receive(file("R-1.xml", world.paper(place.acme, place.bolt, number="R-1")))
    invoice = models.Invoice.objects.get()
    for name in ("order.txt", "margin.txt"):
        content = Content(data=name.encode(), media_type="text/plain", name=name)
        supporting.attach(invoice.pk, content, kind=Kind.ORDER, role=None, **SIGNED)
    chosen = models.Supporting.objects.get(name="order.txt")
    supporting.choose(chosen.pk, for_debtor=True, role=Role.COLLECTION, **SIGNED)
    drain(send=False)

    (row,) = parcels.queued(list(models.Dispatch.objects.values_list("pk", flat=True)))
    names = [one.name for one in parcels.made(row, parcels.ours()).attachments]
    assert row.kind == "email"
    assert ("order.txt" in names, "margin.txt" in names) == (True, False)


def test_a_paper_that_many_share_waits_for_a_person() -> None:
    place = world.build()
    papers = [
        replace(world.paper(place.acme, place.bolt, number=f"R-{n}"), contract="RV-2026",
                issued_on=world.TODAY - timedelta(days=n))
        for n in range(21)
    ]  # fmt: skip
    receive(*(file(f"{p.number}.xml", p) for p in papers), file("v.txt", b"Rahmenvertrag RV-2026"))
    row = models.Supporting.objects.get()
    assert (row.invoice, row.kind) == (None, "contract")
    assert "what 21 invoices share" in row.because
