"""OFX: what is missing or dangerous is refused with its line."""

from pathlib import Path

import pytest

from usance.plugins import Unreadable
from usance.plugins.statements import ofx

SAMPLES = Path(__file__).parent / "ofx"
SGML = (SAMPLES / "sgml_two_accounts.ofx").read_bytes()
XML = (SAMPLES / "xml_credit_card.xml").read_bytes()


@pytest.mark.parametrize(("data", "where", "says"), [
    (SGML.replace(b"<TRNAMT>1250.00", b"<TRNAMT>1,250.00"), "line 23, TRNAMT", "not an amount"),
    (SGML.replace(b"<TRNAMT>1250.00\n", b""), "line 19, STMTTRN", "no TRNAMT"),
    (SGML.replace(b"<TRNAMT>1250.00", b"<TRNAMT>"), "line 23, TRNAMT", "not an amount"),
    (SGML.replace(b"<TRNAMT>1250.00", b"<TRNAMT>1.005"), "line 23, TRNAMT", "no such fraction"),
    (SGML.replace(b"<DTPOSTED>20260331", b"<DTPOSTED>20260231"), "line 31, DTPOSTED", "a date"),
    (SGML.replace(b"<CURDEF>USD", b"<CURDEF>$"), "line 15, STMTRS", "not a currency"),
    (SGML[:900], "line 39", "the file ends before </OFX>"),
    (SGML.replace(b"</BANKTRANLIST>", b"</STMTRS>", 1), "line 37", "</STMTRS> closes"),
    (SGML.replace(b"<OFX>", b"<!DOCTYPE OFX><OFX>"), "line 1", "DOCTYPE"),
    (XML.replace(b"<OFX>", b"<!DOCTYPE OFX><OFX>"), "line 3, column 1", "DOCTYPE"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_line(data: bytes, where: str, says: str) -> None:
    with pytest.raises(Unreadable) as refused:
        ofx.read(data)

    assert says in refused.value.says
    assert refused.value.where == where


def test_the_balance_of_another_day_is_not_the_closing_one() -> None:
    (card,) = ofx.read(XML)

    assert card.closing is None


def test_an_empty_leaf_that_is_not_closed_holds_nothing() -> None:
    first, _ = ofx.read(SGML)

    assert [line.texts for line in first.lines] == [("INVOICE 10004571",), ()]
