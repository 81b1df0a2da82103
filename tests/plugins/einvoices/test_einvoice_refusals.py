"""Files that are refused say where they are wrong and what to do; nothing else gets out."""

import random
import time
from pathlib import Path

import pytest

from tests.plugins.einvoices.papers import FULL, LEAST
from usance.plugins import Unreadable
from usance.plugins.einvoices import _xml, cii, csv_schedule, read_any, ubl

GOOD = ubl.write(LEAST, {})
ROOT = GOOD[GOOD.index(b"<Invoice") :]
HEAD, BODY = b'<?xml version="1.0" encoding="UTF-8"?>\n', ROOT
BOMB = (
    b'<!DOCTYPE Invoice [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>\n"
)
LINE = b"<cac:InvoiceLine><cbc:LineExtensionAmount>x</cbc:LineExtensionAmount></cac:InvoiceLine>"
UBL_OPEN = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (HEAD + BOMB + BODY, "line 2: the file has a DOCTYPE"),
        (HEAD + b'<!DOCTYPE Invoice SYSTEM "file:///etc/passwd">' + BODY, "line 2: the file has a"),
        (HEAD + b"<!--x-->\n\n<!doctype Invoice>" + BODY, "line 4: the file has a DOCTYPE"),
        (("<!DOCTYPE Invoice>" + ROOT.decode()).encode("utf-16"), "DOCTYPE"),
        (HEAD + BODY.replace(b"Pite\xc3\xa5", b"Pite\xe5", 1), "a byte here is no UTF-8"),
        (HEAD.replace(b"UTF-8", b"UTF-7") + BODY, "the encoding 'utf-7' is not read"),
        (HEAD.replace(b"UTF-8", b"EBCDIC-CP-US") + BODY, "is not read"),
        (HEAD + UBL_OPEN + b"<a>" * 3000 + b"</a>" * 3000, "nested deeper than 256"),
        (HEAD + UBL_OPEN + b"<a " + b"b='1' " * 20_000 + b"/></Invoice>", "a start tag is longer"),
        (HEAD + UBL_OPEN + b"<a/>" * 2_100_000 + b"</Invoice>", "more than 2,000,000 tags"),
        (HEAD + UBL_OPEN + b"x" * 10_500_000 + b"</Invoice>", "10 million characters"),
        (HEAD + BODY + b" " * (50 << 20), "more than the 52,428,800 that we take"),
        (HEAD + BODY[:-12], "the XML is broken: "),
        (HEAD + BODY.replace(b"</cbc:ID>", b"</cbc:Id>", 1), "tag mismatch"),
        (HEAD + BODY.replace(b"2026-17", b"&who;"), "Entity 'who' not defined"),
        (HEAD + BODY.replace(b"2026-17", b"a\0b"), "the XML is broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_and_broken_files_are_refused_with_the_place(data: bytes, says: str) -> None:
    start = time.process_time()

    with pytest.raises(Unreadable) as refused:
        ubl.read(data)

    assert says in str(refused.value)
    assert time.process_time() - start < 5


def test_an_entity_never_reads_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("zz-canary")
    data = f'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'.encode()

    with pytest.raises(Unreadable) as refused:
        read_any(data + BODY.replace(b"2026-17", b"&x;"))

    assert "zz-canary" not in str(refused.value)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1"])
def test_encodings_that_senders_use_are_read(codec: str) -> None:
    name = "utf-8" if codec == "utf-8-sig" else codec
    text = f'<?xml version="1.0" encoding="{name}"?>{ROOT.decode()}'

    ((invoice, findings),) = ubl.read(text.encode(codec))

    assert (invoice.buyer.name, findings) == ("Kustbygg i Piteå AB", ())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"<!DOCTYPE html><html><body>Faktura</body></html>", "a web page"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "a web page"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive"),
        (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
        (b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>', "an order"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>', "bank statement"),
        (b'<Order xmlns="urn:sfti:documents:BasicOrder:1:0"/>', "an order"),
        (b'<FinvoiceSenderInfo Version="3.0"/>', "a Finvoice message other than the invoice"),
        (b'<a:FatturaElettronica xmlns:a="urn:x:v1.1"/>', "a FatturaPA other than 1.0 to 1.2"),
        (
            b"\x30\x82\x10\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0",
            "the signed envelope (.p7m) is broken",
        ),
        (b"MIIQAAYJKoZIhvcNAQcCoIIP8TCCD+0CAQEx", "the signed envelope (.p7m) is broken"),
        (b"<Invoice/>", "its first element is Invoice"),
        (b"<Invoice", "its first element is broken"),
        (b"UNA:+.? 'UNB+UNOC:3+", "an EDIFACT message"),
        (b'{"invoice": 1}', "JSON"),
        (b"a;b;c\n1;2;3\n", "name the columns"),
        (b"hello", "this is text"),
        (b"\x00\x01\x02\x03", "no text and no PDF"),
        (b"%PDF-1.7\nrubbish", "the PDF is broken"),
    ],
)
def test_a_file_that_is_no_invoice_is_told_what_it_seems_to_be(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_any(data)

    assert says in str(refused.value)


def test_a_value_with_elements_inside_is_not_trusted() -> None:
    data = GOOD.replace(b">1250.00</cbc:PayableAmount>", b">12<x/>50.00</cbc:PayableAmount>")

    ((_, findings),) = ubl.read(data)

    assert [finding.code for finding in findings] == ["not_a_value"]


def test_findings_end_where_nobody_reads_on() -> None:
    data = GOOD.replace(b"</Invoice>", LINE * 5000 + b"</Invoice>")

    ((invoice, findings),) = ubl.read(data)

    assert (len(invoice.lines), len(findings)) == (5001, 201)
    assert findings[-1].code == "too_many"


def test_places_are_found_in_a_large_file_in_time() -> None:
    good = LINE.replace(b">x<", b">1<")
    data = GOOD.replace(b"</Invoice>", good * 100_000 + LINE * 300 + b"</Invoice>")
    start = time.process_time()

    ((_, findings),) = ubl.read(data)

    assert findings[0].where.startswith("/Invoice/cac:InvoiceLine[100002]/cbc:LineExtensionAmount")
    assert time.process_time() - start < 20


MUTANTS = {
    "ubl": ubl.write(FULL, {}),
    "cii": cii.write(FULL, {}),
    "csv": csv_schedule.write_rows([FULL, LEAST]),
    "pdf": (Path(__file__).parent / "facturx" / "every_term.pdf").read_bytes(),
}
PIECES = (
    b"<", b">", b"&", b"\0", b"\xff", b"<!--", b"]]>", b"<!DOCTYPE a>", b"-1", b"1e9", b'"', b";"
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_damage_ends_as_findings_or_unreadable(name: str) -> None:
    chance = random.Random(f"seed of {name}")  # noqa: S311  Repeatable, not secret.
    for _ in range(400):
        data = bytearray(MUTANTS[name])
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randint(1, 60)]
                case 2:
                    data[at:at] = chance.choice(PIECES)
                case _:
                    data[at:at] = data[at : at + chance.randint(1, 60)]
        try:
            _, read = read_any(bytes(data))
        except Unreadable:
            continue
        assert read or name == "csv"


def test_the_head_of_a_file_is_told_without_parsing() -> None:
    head = _xml.prolog(
        b"\xef\xbb\xbf<?xml version='1.0' encoding='Latin1'?><!-- < --> <a:b xmlns:a='u'/>"
    )

    assert head == _xml.Prolog("latin1", 0, "u", "b")


@pytest.mark.parametrize(
    "data",
    [
        b"<" + b"a" * 65_000,
        b"<" + b"a:" * 32_000,
        b"<a " + b"b='1' " * 10_000 + b"<",
        b"<a " + b"x" * 60_000 + b'"',
        b"<!--" * 1_000_000,
        b" " * 5_000_000,
        ("<" + "\u3c00" * 20_000).encode("utf-16"),
    ],
    ids=range(7),
)
def test_a_head_without_end_is_looked_at_once(data: bytes) -> None:
    """A pattern that tried every split of a name once took minutes for 15 KB."""
    start = time.process_time()

    assert _xml.prolog(data) is None

    assert time.process_time() - start < 1
