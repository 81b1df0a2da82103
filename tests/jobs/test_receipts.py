"""A letter by SFTP from the invoice to its receipts: printed for the house, fetched, taken in."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings

from tests import world
from tests.belt import drain, receive
from tests.letters.reading import flowing
from usance import letters, models, sandbox
from usance.jobs import belt, fetching
from usance.letters.facts import InvoiceLetter
from usance.letters.printable import findings
from usance.letters.printing import printing_of
from usance.plugins.channels._sftp import Drop
from usance.queries import outside, parcels

pytestmark = pytest.mark.django_db(transaction=True)
PRINTING = {"window": "din_5008_b", "duplex": "yes", "blank_back": "yes", "data_line": "yes"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[sandbox.Running]:
    told = sandbox.Settings(seed=7, failing=0, at=world.NOW)
    with sandbox.start(told) as running:
        config = running.config("channels", "print_drop") | PRINTING
        outside_now = {
            "kinds": {"letter": "posten", "email": "posten"},
            "carriers": {
                "posten": {"plugin": "print_drop", "config": config | {"timeout_seconds": "5"}}
            },
        }
        Path(settings.OUTSIDE).write_text(json.dumps(outside_now))
        yield running


def sent(place: world.World) -> models.Dispatch:
    receive(world.paper(place.acme, place.kaufmann))
    drain()
    return models.Dispatch.objects.get()


def test_a_letter_is_printed_for_its_house_and_its_receipts_come_back(
    house: sandbox.Running,
) -> None:
    row = sent(world.build())
    assert (row.kind, row.carrier, row.state) == ("letter", "posten", "accepted")
    assert row.reference == row.key

    posten = outside.carrier("posten")
    with Drop(posten.config) as drop:
        files = dict(drop.files("taken", ending="", most=9, largest=10**7))
    pdf = files[f"{row.key}.pdf"]
    printing = printing_of(posten.config, country="SE").of(row.key)
    told = parcels.letter_of(row, parcels.ours())
    assert isinstance(told[2], InvoiceLetter)
    assert findings(pdf, printing, address=letters.window_lines(told[1], told[2])) == ()
    assert f"S1/1 P1/1 {row.key}" in flowing(pdf)
    with pikepdf.open(BytesIO(pdf)) as document:
        assert len(document.pages) == 2, "the back is a page of its own"

    house.clock(world.NOW + timedelta(days=9))
    assert fetching.fetch_reports(at=world.NOW) == 3
    row.refresh_from_db()
    assert row.state == "delivered"
    codes = models.DeliveryEvent.objects.order_by("at").values_list("code", flat=True)
    assert list(codes) == ["printed", "posted", "delivered"]
    assert fetching.fetch_reports(at=world.NOW) == 0
    assert models.DeliveryEvent.objects.count() == 3


def test_a_returned_letter_brings_the_new_address(house: sandbox.Running) -> None:
    place = world.build()
    models.Debtor.objects.filter(pk=place.kaufmann.pk).update(name="Moved Söhne KG")
    place.kaufmann.refresh_from_db()
    row = sent(place)
    house.clock(world.NOW + timedelta(days=9))
    fetching.fetch_reports(at=world.NOW)
    row.refresh_from_db()
    assert row.state == "failed"
    returned = models.DeliveryEvent.objects.get(outcome="returned")
    assert returned.dispatch_id == row.pk
    assert returned.corrected_address


def test_a_file_that_cannot_be_read_is_shown_and_the_others_are_taken_in(
    house: sandbox.Running,
) -> None:
    row = sent(world.build())
    line = f"key,status,at\n{row.key},posted,2026-03-03T10:00:00Z\n".encode()
    with Drop(outside.carrier("posten").config) as drop:
        drop.write("out/1.csv", b"nonsense")
        drop.write("out/2.csv", line)
        drop.write("out/3.csv", line)
    fetching.fetch_reports(at=world.NOW)
    row.refresh_from_db()
    assert row.state == "sent"
    events = models.DeliveryEvent.objects.order_by("code").values_list("code", "dispatch_id")
    assert list(events) == [("posted", row.pk), ("unreadable", None)], "twice is one event"


def test_a_house_that_is_away_is_visited_again_later(house: sandbox.Running) -> None:
    told = json.loads(Path(settings.OUTSIDE).read_text())
    told["carriers"]["posten"]["config"]["port"] = "9"
    Path(settings.OUTSIDE).write_text(json.dumps(told))
    assert fetching.fetch_reports(at=world.NOW) == 0


def test_a_house_with_a_window_that_nobody_knows_parks_its_letters(house: sandbox.Running) -> None:
    place = world.build()
    receive(world.paper(place.acme, place.kaufmann))
    drain(send=False)
    row = models.Dispatch.objects.get()
    told = json.loads(Path(settings.OUTSIDE).read_text())
    told["carriers"]["posten"]["config"]["window"] = "h2"
    Path(settings.OUTSIDE).write_text(json.dumps(told))
    belt.run("distribution.send", [row.pk])
    row.refresh_from_db()
    assert row.state == "queued", "nothing left the house"
    (hold,) = models.Hold.objects.filter(because="error")
    assert "there is no window 'h2'" in hold.findings[0]["says"]


@pytest.mark.parametrize(("reads", "says"), [("no", "Faktura"), ("fi", "Lasku"), ("pl", "Invoice")])
def test_the_debtors_language_decides(house: sandbox.Running, reads: str, says: str) -> None:
    place = world.build()
    models.Debtor.objects.filter(pk=place.kaufmann.pk).update(language=reads)
    row = sent(place)
    kept = row.sealed
    assert kept is not None
    assert kept["subject"].startswith(says)
    assert kept["language"] == {"no": "nb", "fi": "fi", "pl": "en"}[reads]
