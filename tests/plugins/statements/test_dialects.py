"""What banks write that no specification has, or that few files show."""

from pathlib import Path

import pytest

from usance.domain.payment import Statement
from usance.plugins import statements
from usance.plugins.statements import tito

HERE = Path(__file__).parent
BAI = (HERE / "bai2" / "credits_and_debits.bai").read_bytes()
CODA = (HERE / "coda" / "globalised.cod").read_bytes()
OFX = (HERE / "ofx" / "sgml_two_accounts.ofx").read_bytes()
TITO = (HERE / "tito" / "reference_and_message.to").read_bytes()


def read(data: bytes) -> Statement:
    reading = statements.examine(data)
    assert reading.findings == ()
    return reading.statements[0]


def codes(data: bytes) -> list[str]:
    return [finding.code for finding in statements.examine(data).findings]


@pytest.mark.parametrize(("status", "found"), [
    (b"2", ["group_status"]), (b"4", ["group_status"]), (b"1", []), (b"3", []),
])  # fmt: skip
def test_a_group_that_is_a_test_or_a_deletion_is_not_booked(
    status: bytes, found: list[str]
) -> None:
    data = BAI.replace(b"122099999,1,260331,2359", b"122099999," + status + b",260331,2359")

    assert codes(data) == found


def test_letters_of_two_bytes_do_not_shift_a_codas_columns() -> None:
    assert read(CODA.replace(b"USANCE FACT", "USANCÉ FACT".encode(), 1)) == read(CODA)


@pytest.mark.parametrize(("kind", "reason", "why", "reversal"), [
    ("2", "AM04", "AM04", False), ("3", "", "unstated", False), ("4", "", "", True),
    ("0", "", "", False),
])  # fmt: skip
def test_a_coda_tells_of_a_direct_debit(kind: str, reason: str, why: str, reversal: bool) -> None:
    """Day, kinds, creditor, mandate, the creditor's words, then why it came back."""
    told = f"127310326120{'BE61ZZZ0450640058':<35}{'MANDATE-1':<35}{'FACTUUR 77':<62}{kind}{reason}"
    rows = CODA.decode().splitlines()
    second = rows[3].ljust(128)
    rows[2] = rows[2][:61] + "1" + told[:53] + rows[2][115:]
    rows[3] = f"{second[:10]}{told[53:106]:<53}{second[63:]}"
    rows[4] = rows[4][:82].ljust(82) + f"{told[106:149]:<43}" + rows[4][125:]

    line = read("\n".join(rows).encode()).lines[0]

    assert line.texts == ("FACTUUR 77",)
    assert (line.return_reason, line.reversal) == (why, reversal)


def test_seven_bits_hold_finnish_letters() -> None:
    line = read(TITO.replace(b"VIRTANEN MATTI", b"V[IN\\ MATTI   "[:14])).lines[1]

    assert line.counterparty == "VÄINÖ MATTI"
    # With a letter of eight bits in the file a bracket is a bracket.
    eight = TITO.replace(b"VIRTANEN MATTI", b"V[IN\xd6 MATTI   "[:14])
    assert read(eight).lines[1].counterparty == "V[INÖ MATTI"


def test_what_stands_behind_a_name_does_not_replace_it() -> None:
    addition = b"T1104309Laskutusosasto                     \r\n"
    at = TITO.index(b"T10188000003")

    line = read(TITO[:at] + addition + TITO[at:]).lines[1]

    assert line.counterparty == "VIRTANEN MATTI"
    assert "Laskutusosasto" in line.texts


def test_parts_of_an_entry_have_its_archive_number() -> None:
    start = TITO.index(b"T10188000002")
    entry = TITO[start : TITO.index(b"\n", start) + 1]
    blank = entry.replace(b"2603315UTZ12345679", b" " * 18)
    parts = b"".join(
        blank.replace(b"+000000000000005000", amount).rstrip(b"\r\n")[:187] + b"1\n"
        for amount in (b"+000000000000003000", b"+000000000000002000")
    )
    end = TITO.index(b"T10188000003")

    lines = read(TITO[:end] + parts + TITO[end:]).lines[1:3]

    assert [line.bank_reference[-2:] for line in lines] == ["/1", "/2"]
    assert {line.entry_reference for line in lines} == {"2603315UTZ12345679"}


def test_a_balance_with_a_foreign_day_closes_nothing() -> None:
    day = OFX[OFX.index(b"<DTASOF>") + 8 :][:8]

    assert read(OFX.replace(b"<DTASOF>" + day, b"<DTASOF>31/03/2026")).closing is None


def test_a_payee_may_be_its_name_alone() -> None:
    data = OFX.replace(b"<NAME>", b"<PAYEE>").replace(b"</NAME>", b"</PAYEE>")

    assert [line.counterparty for line in read(data).lines] == [
        line.counterparty for line in read(OFX).lines
    ]


def test_a_file_without_any_statement_says_so() -> None:
    assert codes(b"OFXHEADER:100\nDATA:OFXSGML\n\n<OFX></OFX>\n") == ["statement_none"]


def test_a_correction_in_a_tito_names_the_entry_that_was_wrong() -> None:
    rows = TITO.decode("latin-1").split("\n")
    entry = rows[3].replace("UTZ12345679", "UTZ99999999").replace("+0", "-0", 1)
    rows[5:5] = [entry[:48] + "3" + entry[49:], f"T1102604{'2603315UTZ12345679':<18}"]
    line = tito.read("\n".join(rows).encode("latin-1"))[0].lines[2]

    assert (line.amount.minor, line.reversal) == (-5000, True)
    assert [(ref.scheme, ref.value) for ref in line.references] == [("other", "2603315UTZ12345679")]
