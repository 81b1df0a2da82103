"""Files dropped on the page, papers beside their invoice, mail that waits: in a real browser."""

import io
import re
import zipfile
from dataclasses import replace
from email.message import EmailMessage

import pytest
from django.db import transaction
from playwright.sync_api import expect

from tests import world
from tests.web.browser import PHONE, assert_clean_everywhere
from tests.web.conftest import OpenPage
from tests.web.office.conftest import somebody
from usance import models
from usance.actions import intake
from usance.actions.documents import Content, keep
from usance.domain.distribution import Heard
from usance.plugins.einvoices import ubl
from usance.shared.models import Book

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOTE = b"DELIVERY NOTE 4711\nYour order PO-77\n12 boxes\n"


def build() -> world.World:
    place = world.build()
    Book.objects.create(slug="main", name="Main", country="SE", created_at=world.NOW,
                        simulated_at=world.NOW)  # fmt: skip
    return place


def files(place: world.World) -> list[intake.File]:
    """An e-invoice, an archive with another and a name that leads out of it, a delivery note."""
    one, two = (
        ubl.write(replace(world.paper(place.acme, place.bolt, number=number), order="PO-77"), {})
        for number in ("R-1001", "R-1002")
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("march/R-1002.xml", two)
        archive.writestr("../evil.xml", b"x")
    return [
        intake.File(name="R-1001.xml", data=one, media_type="application/xml"),
        intake.File(name="more.zip", data=packed.getvalue(), media_type="application/zip"),
        intake.File(name="note.txt", data=NOTE, media_type="text/plain"),
    ]


def test_several_files_and_an_archive_are_dropped_and_seen(office_page: OpenPage) -> None:
    dropped = files(build())
    page = office_page(somebody(), "/batches/new", **PHONE)
    assert_clean_everywhere(page)
    page.get_by_label("Drop invoices here, or choose files").set_input_files(
        [{"name": one.name, "mimeType": one.media_type, "buffer": one.data} for one in dropped]
    )
    page.get_by_role("button", name="Take in").click()
    expect(page.get_by_role("heading", name=re.compile("Batch"), level=1)).to_be_visible()
    page.get_by_role("navigation", name="Views").get_by_text("All files").click()
    expect(page.get_by_text("more.zip/march/R-1002.xml")).to_be_visible()
    expect(page.get_by_text("Delivery note of").filter(has_text="R-1002")).to_be_visible()
    expect(page.get_by_text("its name leads out of the archive")).to_be_visible()
    assert_clean_everywhere(page)
    assert models.Invoice.objects.count() == 2


def test_a_paper_stands_beside_its_invoice(office_page: OpenPage) -> None:
    place = build()
    intake.receive(files(place), client=None, way="api", at=world.NOW, actor="key:x")
    invoice = models.Invoice.objects.get(number="R-1001")
    page = office_page(somebody(), f"/invoices/{invoice.pk}", **PHONE)
    page.get_by_role("link", name="Side by side").click()
    expect(page.get_by_text("Your order PO-77")).to_be_visible()
    expect(page.get_by_text("Stays with us", exact=True)).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text="PO-77")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("To pay EUR"))).to_be_visible()
    expect(page.get_by_text("<cbc:ID>R-1001</cbc:ID>")).to_be_hidden()
    assert_clean_everywhere(page)
    page.get_by_text("As it came").click()
    expect(page.get_by_text("<cbc:ID>R-1001</cbc:ID>")).to_be_visible()
    page.get_by_role("button", name="Send it with the invoice").click()
    expect(page.get_by_text("Goes to the debtor", exact=True)).to_be_visible()
    page.get_by_role("button", name="Attach…").click()
    page.get_by_label("What it is").select_option("contract")
    contract = {"name": "contract.txt", "mimeType": "text/plain", "buffer": b"We agree."}
    page.get_by_label("File", exact=True).set_input_files([contract])
    page.get_by_role("button", name="Attach", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("contract.txt"))).to_be_visible()
    assert models.Supporting.objects.filter(invoice=invoice).count() == 2


def test_what_waits_to_be_placed_is_placed(office_page: OpenPage) -> None:
    place = build()
    (one, _, note) = files(place)
    intake.receive([note], client=place.acme.pk, way="api", at=world.NOW, actor="key:x")
    row = models.Supporting.objects.get()
    intake.receive(
        [replace(one, data=one.data.replace(b"PO-77", b"PO-78"))],
        client=None, way="api", at=world.NOW, actor="key:x",
    )  # fmt: skip
    page = office_page(somebody(), "/batches/papers", **PHONE)
    assert_clean_everywhere(page)
    page.get_by_label("Invoice number for note.txt").fill("R-1001")
    page.get_by_role("button", name="File", exact=True).click()
    expect(page.get_by_text("Your order PO-77")).to_be_visible()
    row.refresh_from_db()
    assert row.invoice is not None


def test_a_client_says_whose_mail_is_believed(office_page: OpenPage) -> None:
    place = build()
    page = office_page(somebody(), f"/clients/{place.acme.pk}", **PHONE)
    page.get_by_role("button", name="Change…").click()
    page.get_by_label("Code").fill("acme")
    page.get_by_label("Believed senders").fill("ap@acme.example\n@acme-group.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("inbox/acme")).to_be_visible()
    assert models.Door.objects.get().senders == ["ap@acme.example", "@acme-group.example"]
    assert_clean_everywhere(page)


def test_a_mail_to_place_is_taken_in(office_page: OpenPage) -> None:
    place = build()
    (one, *_) = files(place)
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "boss@elsewhere.example", "Our invoices"
    mail.set_content("Please.")
    mail.add_attachment(one.data, maintype="application", subtype="xml", filename=one.name)
    content = Content(data=mail.as_bytes(), media_type="message/rfc822", name="mail.eml")
    with transaction.atomic():
        (digest,) = keep([content], at=world.NOW)
    row = models.InboundMail.objects.create(
        carrier="hybrid", document_id=digest, heard=Heard.UNPLACED, sender="boss@elsewhere.example",
        subject="Our invoices", at=world.NOW, received_at=world.NOW, same="x",
        verdict="No client has this sender.",
    )  # fmt: skip
    page = office_page(somebody(), f"/deliveries/mail/{row.pk}", width=1440, theme="light")
    assert_clean_everywhere(page)
    page.get_by_label("Client").select_option(label=place.acme.name)
    page.get_by_role("button", name="Take in").click()
    expect(page.get_by_role("heading", name=re.compile("Batch"), level=1)).to_be_visible()
    assert models.Invoice.objects.get().client == place.acme
