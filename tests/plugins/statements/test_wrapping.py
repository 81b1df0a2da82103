"""What a bank file comes wrapped in, and what its readers do with a file that was torn."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from usance.plugins import statements
from usance.plugins.statements import bai2, ofx

SAMPLES = Path(__file__).parent
PLAIN = (SAMPLES / "mt940" / "dutch_code_words.sta").read_bytes()
BAI = (SAMPLES / "bai2" / "credits_and_debits.bai").read_bytes()


def _zipped(*files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(files):
            archive.writestr(f"{number}.sta", data)
    return buffer.getvalue()


@pytest.mark.parametrize("data", [
    gzip.compress(PLAIN), _zipped(PLAIN), PLAIN.decode().encode("utf-16"),
    PLAIN.decode().encode("utf-16-le"), PLAIN.decode().encode("utf-16-be"),
], ids=["gzip", "zip", "utf-16", "utf-16-le", "utf-16-be"])  # fmt: skip
def test_what_it_is_wrapped_in_changes_nothing(data: bytes) -> None:
    assert statements.examine(data) == statements.examine(PLAIN)


def test_an_archive_of_two_formats_is_both_in_their_order() -> None:
    found = statements.examine(_zipped(PLAIN, BAI, b"nothing that is known"))

    assert found.format == "mt940, bai2"
    assert [one.currency for one in found.statements] == ["EUR", "USD"]
    assert [one.where for one in found.findings] == ["2.sta line 1, column 1"]


@pytest.mark.parametrize("data", [
    gzip.compress(PLAIN)[:-20], gzip.compress(bytes(5_000_000)), _zipped(PLAIN)[:60],
], ids=["cut gzip", "gzip that grows", "cut zip"])  # fmt: skip
def test_a_broken_archive_is_unreadable(data: bytes) -> None:
    found = statements.examine(data)

    assert [one.code for one in found.findings] == ["statement_unreadable"]
    assert found.statements == ()


def test_records_that_lost_their_line_ends_are_records_all_the_same() -> None:
    torn = BAI.replace(b"/\n", b"/  ")

    assert bai2.read(torn) == bai2.read(BAI)
    assert bai2.check(torn) == []


def test_a_control_total_that_is_wrong_is_a_finding_beside_what_was_read() -> None:
    found = statements.examine(BAI.replace(b"49,450100", b"49,450101"))

    assert [(one.code, one.where) for one in found.findings] == [
        ("control_total", "line 7, column 4")
    ]
    assert len(found.statements[0].lines) == 2


OFX = """<OFX><STMTRS><CURDEF></CURDEF><BANKACCTFROM><ACCTID>1</ACCTID></BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260301</DTSTART><DTEND>20260331</DTEND><STMTTRN><TRNTYPE>CREDIT</TRNTYPE>
<DTPOSTED>20260302</DTPOSTED><TRNAMT>12.34</TRNAMT><FITID>7</FITID>
<CURRENCY><CURSYM>AUD</CURSYM></CURRENCY></STMTTRN></BANKTRANLIST>
<LEDGERBAL><BALAMT></BALAMT><DTASOF></DTASOF></LEDGERBAL></STMTRS></OFX>"""


def test_empty_elements_of_ofx_say_nothing() -> None:
    (found,) = ofx.read(OFX.encode())

    assert (found.currency, found.closing, str(found.lines[0].amount)) == ("AUD", None, "12.34 AUD")
