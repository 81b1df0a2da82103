"""Files that do harm are refused, each with its finding, and the batch goes on."""

import io
import os
import signal
import zipfile
from pathlib import Path

import pikepdf
import pytest

from tests import world
from tests.belt import drain
from usance import models
from usance.actions import intake
from usance.plugins import Unreadable, einvoices
from usance.plugins.einvoices import _isolated, ubl
from usance.queries import batches

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><Invoice>&c;</Invoice>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">&e;</Invoice>"""


def locked_pdf() -> bytes:
    kept = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(kept, encryption=pikepdf.Encryption(owner="o", user="u"))
    return kept.getvalue()


def polyglot(good: bytes) -> bytes:
    """A PDF to one program and an archive to another."""
    kept = io.BytesIO(b"%PDF-1.7\n<html><script>alert(1)</script>\n%%EOF\n")
    with zipfile.ZipFile(kept, "a") as archive:
        archive.writestr("R-2.xml", good)
    return kept.getvalue()


def archive(name: str, data: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, data)
    return kept.getvalue()


@pytest.mark.django_db(transaction=True)
def test_one_good_invoice_among_harm_is_taken_and_each_other_file_says_why() -> None:
    place = world.build()
    good = ubl.write(world.paper(place.acme, place.bolt, number="R-1"), {})
    second = ubl.write(world.paper(place.acme, place.bolt, number="R-2"), {})
    harm = {
        "laughs.xml": LAUGHS,
        "outside.xml": OUTSIDE,
        "deep.xml": b"<a>" * 100_000,
        "bytes.xml": good.replace(b"Acme", b"\xff\xfe\xfd\xfc"),
        "ebcdic.xml": b'<?xml version="1.0" encoding="cp037"?><Invoice/>',
        "locked.pdf": locked_pdf(),
        "polyglot.pdf": polyglot(second),
        "bomb.zip": archive("zeros.xml", bytes(40_000_000)),
        "broken.zip": archive("a.xml", second)[:-30],
        "empty.xml": b"",
        "program.exe": b"MZ\x90\x00" + bytes(100),
        "nul.csv": b"number;gross;buyer;currency\n1;5.00;A\0B;SEK\n",
        "nul.json": b'{"DocumentNumber":"1","CustomerName":"A\\u0000","InvoiceDate":"2026-03-01"}',
        "wide.csv": b"number;amount;" + b"x" * 200_000 + b"\n1;2;3\n",
    }
    files = [intake.File(name=name, data=data) for name, data in harm.items()]
    files.insert(6, intake.File(name="good.xml", data=good))
    batch = intake.receive(files, client=None, way="api", at=world.NOW, actor="key:x")

    drain(send=False)  # PDFs without data are read page by page, later.
    report = batches.report(batch.pk)
    assert (report["files"], report["invoices"]) == (len(harm) + 1, 1)
    assert {one["file"] for one in report["findings"]} == set(harm)
    assert all(one["says"] and (one["todo"] or one["where"]) for one in report["findings"])
    assert models.Document.objects.count() == len(harm) + 1, "every byte is kept all the same"


def test_the_reader_has_limits_and_none_of_our_secrets() -> None:
    with pytest.raises(Unreadable):
        einvoices.read_isolated(b"x")
    process = Path(f"/proc/{_isolated.child.pid}")
    limits = process.joinpath("limits").read_text()
    assert "Max address space         2000000000" in limits
    assert "Max file size             0" in limits
    environment = process.joinpath("environ").read_bytes()
    assert b"USANCE" not in environment


def test_a_reader_that_died_is_replaced_and_nobody_notices() -> None:
    for data in (LAUGHS, OUTSIDE):
        with pytest.raises(Unreadable, match="DOCTYPE"):
            einvoices.read_isolated(data)
        assert _isolated.child.pid is not None
        os.kill(_isolated.child.pid, signal.SIGKILL)
