"""What is to be paid, when, where and under which reference: from the books to the mailbox."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests import belt, world
from usance import models, sandbox
from usance.domain.distribution import Parcel
from usance.plugins.channels import digipost, kivra
from usance.queries import parcels

pytestmark = pytest.mark.django_db
TYPES = {"t": "http://api.digipost.no/schema/datatypes"}
OUR_NOK = "NO9386011117947"
FACE = {"R-1": "1234.50", "R-2": "1.00", "R-3": "987654.32"}


@pytest.fixture(autouse=True)
def carriers(settings: Any) -> Iterator[None]:
    with sandbox.start(sandbox.Settings(seed=7)) as running:
        told = {
            name: {"plugin": name, "config": running.config("channels", name)}
            for name in ("kivra", "digipost", "hybrid")
        }
        kinds = {"mailbox": "kivra", "letter": "hybrid", "einvoice": "hybrid", "email": "hybrid"}
        Path(settings.OUTSIDE).write_text(json.dumps({"kinds": kinds, "carriers": told}))
        yield


def made(number: str, carrier: str, mailbox: str, currency: str = "SEK") -> Parcel:
    """The parcel of a bought invoice, as it is sealed."""
    place = world.build()
    if currency == "NOK":
        models.BankAccount.objects.create(
            name="Factor Nord AB", iban=OUR_NOK, bic="DNBANOKK", currency="NOK"
        )
    paper = world.paper(place.nord, place.tre_kronor, number=number, gross=FACE[number])
    belt.receive(paper, client=place.nord)
    belt.drain(send=False)
    models.Invoice.objects.update(currency=currency)
    if currency == "NOK":  # References of ours are RF; a Norwegian creditor's are numbers.
        models.Invoice.objects.update(payment_reference="0000004211")
    row = models.Dispatch.objects.create(
        invoice=models.Invoice.objects.get(), paper="invoice", rung=0, kind="mailbox",
        carrier=carrier, because="", address={"mailbox": mailbox, "name": "Tolvan"},
        planned_at=world.NOW,
    )  # fmt: skip
    return parcels.made(row, parcels.ours())


@pytest.mark.parametrize("number", FACE)
def test_kivra_is_told_the_amount_day_and_reference_of_the_books(number: str) -> None:
    parcel = made(number, "kivra", "191212121212")
    told = json.loads(kivra.content(parcel, "991-2346"))
    invoice = models.Invoice.objects.get()

    assert told["type"] == "invoice"
    said = told["payment_multiple_options"]
    assert (said["currency"], said["account"]) == ("SEK", "9912346")
    (option,) = said["options"]
    assert option["amount"] == FACE[number]
    assert option["due_date"] == invoice.due_on.isoformat()
    assert option["reference"] == invoice.payment_reference
    assert b64decode(told["parts"][0]["data"]) == parcel.attachments[0].content


@pytest.mark.parametrize("number", FACE)
def test_digipost_is_told_the_amount_day_account_and_kid_of_the_books(number: str) -> None:
    parcel = made(number, "digipost", "01019000083", currency="NOK")
    _, body = digipost._message(parcel)
    root = etree.fromstring(body.split(b"\r\n\r\n", 1)[1].split(b"\r\n--", 1)[0])
    invoice = models.Invoice.objects.get()

    (told,) = root.xpath("//t:invoice", namespaces=TYPES)
    said = {etree.QName(one).localname: one.text for one in told}
    assert said["sum"] == FACE[number]
    assert said["creditor-account"] == OUR_NOK[4:]
    assert said["due-date"].startswith(invoice.due_on.isoformat())
    assert said["kid"] == invoice.payment_reference == "0000004211"
