"""With a virus scanner nothing is read that it did not look at; without one nothing changes."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import world
from usance import models, sandbox
from usance.actions import intake
from usance.actions.inspection import NotInspected
from usance.plugins.einvoices import ubl
from usance.queries import batches, quarantine
from usance.sandbox.houses.clamd import ASKED, EICAR, LARGEST

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scanner(settings: Any) -> Iterator[None]:
    with sandbox.start(sandbox.Settings(seed=7)) as running:
        told = {"plugin": "clamd", "config": running.config("inspectors", "clamd")}
        Path(settings.OUTSIDE).write_text(json.dumps({"inspector": told}))
        yield


def zipped(*files: tuple[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        for name, data in files:
            made.writestr(name, data)
    return kept.getvalue()


def received(*files: tuple[str, bytes]) -> dict[str, Any]:
    given = [intake.File(name=name, data=data) for name, data in files]
    batch = intake.receive(given, client=None, way="api", at=world.NOW, actor="key:x")
    return batches.report(batch.pk)


@pytest.mark.usefixtures("scanner")
def test_a_file_with_malware_is_kept_and_not_read_and_the_rest_goes_on() -> None:
    place = world.build()
    good, second = (
        ubl.write(world.paper(place.acme, place.bolt, number=number), {})
        for number in ("R-1", "R-2")
    )
    bad = second.replace(b"</", b"<!--" + EICAR + b"--></", 1)
    report = received(("good.xml", good), ("bad.xml", bad), ("mixed.zip", zipped(
        ("R-2.xml", second), ("worm.pdf", b"%PDF-1.7\n" + EICAR))))  # fmt: skip
    assert report["invoices"] == 2
    assert {(one["file"], one["code"]) for one in report["findings"]} == {
        ("bad.xml", "malware_found"),
        ("mixed.zip", "malware_found"),
        ("mixed.zip/worm.pdf", "malware_found"),
    }
    assert models.Reading.objects.count() == 0, "its pages are not looked at either"


@pytest.mark.usefixtures("scanner")
def test_what_is_infected_is_handed_to_nobody() -> None:
    received(("bad.xml", EICAR), ("fine.xml", b"<fine/>"))
    bad, fine = (models.ReceivedFile.objects.get(name=name) for name in ("bad.xml", "fine.xml"))
    quarantine.check(fine.document_id)
    with pytest.raises(quarantine.Infected):
        quarantine.check(bad.document_id)


@pytest.mark.usefixtures("scanner")
def test_what_is_too_large_for_the_scanner_is_not_read() -> None:
    report = received(("large.csv", b"number;amount\n" + b"1;2\n" * (LARGEST // 4)))
    assert [one["code"] for one in report["findings"]] == ["not_inspected"]


@pytest.mark.usefixtures("scanner")
def test_without_an_answer_nothing_is_taken_in() -> None:
    with pytest.raises(NotInspected):
        received(("a.xml", b"<a/>"), ("b.xml", ASKED + b"break"))
    assert not models.Batch.objects.exists()
    assert not models.Document.objects.exists()
