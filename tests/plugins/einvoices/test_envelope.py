"""Invoices as a network hands them over: in an envelope that says for whom they are."""

from datetime import date
from pathlib import Path

import pytest

from usance.plugins import Unreadable
from usance.plugins.einvoices import read_any
from usance.plugins.einvoices._verdict import verdict

HERE = Path(__file__).parent
NAMESPACE = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
TODAY = date(2026, 3, 31)
FINVOICE = (HERE / "finvoice" / "two_in_frames.xml").read_bytes()


def within(*documents: bytes, prefix: str = "") -> bytes:
    head, tail = (f"{prefix}:", f":{prefix}") if prefix else ("", "")
    plain = b"".join(one.partition(b"?>")[2] if one[:5] == b"<?xml" else one for one in documents)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>'
        f'<{head}StandardBusinessDocument xmlns{tail}="{NAMESPACE}">'
        f"<{head}StandardBusinessDocumentHeader><{head}HeaderVersion>1.0</{head}HeaderVersion>"
        f"</{head}StandardBusinessDocumentHeader>"
    ).encode() + plain + f"</{head}StandardBusinessDocument>".encode()  # fmt: skip


@pytest.mark.parametrize("folder", ["ubl", "cii", "svefaktura"])
@pytest.mark.parametrize("prefix", ["", "sbd"])
def test_what_is_in_an_envelope_reads_as_it_does_without(folder: str, prefix: str) -> None:
    plain = sorted((HERE / folder).glob("*.xml"))[0].read_bytes()
    enveloped = within(plain, prefix=prefix)

    assert read_any(enveloped) == read_any(plain)
    assert verdict(enveloped, profile=None, today=TODAY) == verdict(
        plain, profile=None, today=TODAY
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (within(), "holds 0 XML documents"),
        (within(b"<a xmlns='x'/>", b"<a xmlns='x'/>"), "holds 2 XML documents"),
        (within(b"<a xmlns='x'/>"), "no invoice that is read"),
        (within(within(b"<a xmlns='x'/>")), "holds 0 XML documents"),
        (within(b"<a xmlns='x'/>")[:-9], "the XML is broken"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]>' + within()[39:], "DOCTYPE"),
    ],
)
def test_an_envelope_without_one_invoice_says_so(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_any(data)
    assert [one.code for one in verdict(data, profile=None, today=TODAY).findings] == ["readable"]


def test_invoices_below_their_frames_are_judged_one_by_one() -> None:
    found = verdict(FINVOICE, profile=None, today=TODAY)

    assert (found.syntax, "readable" in {one.code for one in found.findings}) == ("finvoice", False)
