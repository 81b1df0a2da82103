"""camt: what a bank may do to a file, and what must then come out."""

import io
import zipfile
from datetime import date

import pytest

from usance.domain.money import Money
from usance.domain.payment import Statement, identities
from usance.plugins import Unreadable, statements
from usance.plugins.statements import _zip, camt


def entry(body: str, kind: str = "CRDT", amount: str = "10.00", more: str = "") -> str:
    return f"""<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{kind}</CdtDbtInd>{more}
      <Sts>BOOK</Sts><BookgDt><Dt>2026-03-31</Dt></BookgDt><AcctSvcrRef>E1</AcctSvcrRef>
      <NtryDtls>{body}</NtryDtls></Ntry>"""


def file(*entries: str, kind: str = "053", version: str = "08", balances: str = "") -> bytes:
    message, part = {
        "052": ("BkToCstmrAcctRpt", "Rpt"), "053": ("BkToCstmrStmt", "Stmt"),
        "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]  # fmt: skip
    return f"""<?xml version="1.0"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}"><{message}>
    <{part}><Id>S1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
    {balances}{"".join(entries)}</{part}></{message}></Document>""".encode()


def tx(amount: str, kind: str = "CRDT", more: str = "") -> str:
    return f'<TxDtls>{more}<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{kind}</CdtDbtInd></TxDtls>'


def minors(data: bytes) -> list[int]:
    (one,) = camt.read(data)
    return [line.amount.minor for line in one.lines]


@pytest.mark.parametrize(("details", "amounts"), [
    ("", [1000]),
    (tx("10.00"), [1000]),
    (tx("4.00") + tx("6.00"), [400, 600]),
    (tx("4.00") + tx("7.00"), [400, 700, -100]),  # Charges are what is left over.
    (tx("4.00") + tx("5.99"), [400, 599, 1]),
    (tx("12.00") + tx("2.00", "DBIT"), [1200, -200]),
    (tx("4.00", "DBIT") + tx("6.00", "DBIT"), [400, 600]),  # The sign of the original.
    (tx("0"), [1000]),
    # Another currency, and no countervalue: nothing is guessed, nothing lost.
    (tx("4.00") + tx("6.00").replace("EUR", "USD"), [1000]),
])  # fmt: skip
def test_an_entry_and_its_details_add_up(details: str, amounts: list[int]) -> None:
    assert minors(file(entry(details))) == amounts


@pytest.mark.parametrize(("kind", "reversal", "minor"), [
    ("CRDT", "", 1000), ("DBIT", "", -1000),
    # A reversal states its own direction: money that comes back is a credit.
    ("CRDT", "<RvslInd>true</RvslInd>", 1000), ("DBIT", "<RvslInd>true</RvslInd>", -1000),
])  # fmt: skip
def test_the_direction_is_the_entrys_own(kind: str, reversal: str, minor: int) -> None:
    assert minors(file(entry("", kind, more=reversal))) == [minor]


@pytest.mark.parametrize(("amount", "minor"), [
    ("000000000000149.87", 14987), ("5442.09000", 544209), ("7", 700), (".5", 50),
])  # fmt: skip
def test_amounts_as_banks_write_them(amount: str, minor: int) -> None:
    assert minors(file(entry("", amount=amount))) == [minor]


@pytest.mark.parametrize(
    "amount", ["", "12,50", "1e3", "NaN", "-5.00", "1_0", "12.345", "٣", "9" * 30]
)
def test_an_unreadable_amount_is_an_error_with_its_line(amount: str) -> None:
    with pytest.raises(Unreadable) as refused:
        camt.read(file(entry("", amount=amount)))
    assert refused.value.where == "line 4, column 11, Amt"


def charged(*records: tuple[str, str]) -> str:
    """Amounts and signs of what the bank took."""
    return "<Chrgs>" + "".join(
        f'<Rcrd><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{kind}</CdtDbtInd></Rcrd>'
        for amount, kind in records
    ) + "</Chrgs>"  # fmt: skip


BOTH = charged(("1.50", "DBIT"), ("0.50", "CRDT"))  # It took one, and gave a part back.


@pytest.mark.parametrize(("body", "more", "charges"), [
    (tx("10.00", more=BOTH), "", [100]),
    (tx("10.00"), BOTH, [100]),
    (tx("10.00", more=charged(("2.00", "DBIT"))), BOTH, [200]),  # The detail's own come first.
    ("", BOTH, [100]),
    (tx("11.00"), charged(("1.00", "DBIT")), [None, 100]),  # They are what the details leave over.
    (tx("4.00") + tx("6.00"), BOTH, [None, None]),  # Of which of them, nobody says.
])  # fmt: skip
def test_charges_stand_beside_the_details_or_in_them(
    body: str, more: str, charges: list[int | None]
) -> None:
    (one,) = camt.read(file(entry(body, more=more)))
    assert [line.charges and line.charges.minor for line in one.lines] == charges


NEGATIVE = charged(("-1.50", "DBIT"))


@pytest.mark.parametrize(("body", "more"), [(tx("10.00", more=NEGATIVE), ""),
                                            (tx("10.00"), NEGATIVE)])  # fmt: skip
def test_negative_charges_are_an_error_with_their_place(body: str, more: str) -> None:
    with pytest.raises(Unreadable, match=r"'-1\.50' is not an amount") as refused:
        camt.read(file(entry(body, more=more)))
    assert refused.value.where.endswith("Amt")


@pytest.mark.parametrize("version", ["02", "04", "06", "08", "10", "13"])
@pytest.mark.parametrize("kind", ["052", "053", "054"])
def test_every_version_is_read(kind: str, version: str) -> None:
    data = file(entry(""), kind=kind, version=version)

    assert camt.sniff(data)
    assert minors(data) == [1000]


def test_a_movement_is_the_same_in_every_kind_of_file() -> None:
    found = {
        tuple(
            identities(
                camt.read(file(entry(tx("4.00") + tx("6.00")), kind=kind, version=version))[0]
            )
        )
        for kind, version in [("052", "08"), ("053", "02"), ("054", "08")]
    }
    assert len(found) == 1


def test_all_statements_and_entries_of_a_file_are_read() -> None:
    one = file(entry(""), entry("", "DBIT"), kind="053").decode()
    part = one[one.index("<Stmt>") : one.index("</Stmt>") + 7]

    assert [len(x.lines) for x in camt.read(one.replace(part, part * 3).encode())] == [2, 2, 2]


def test_a_gap_is_a_finding() -> None:
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>'
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-31</Dt></Dt></Bal>"
        for kind, amount in [("OPBD", "5.00"), ("CLBD", "15.01")]
    )
    (finding,) = statements.examine(file(entry(""), balances=balances)).findings

    assert finding.code == "statement_gap"
    assert "0.01 EUR is not explained" in finding.says


@pytest.mark.parametrize("data", [
    b"", b"<Document/>", b"<a><b></a>", b"\x00" * 50, b"PK\x03\x04 broken",
    b'<!DOCTYPE x [<!ENTITY a "b">]><Document>&a;</Document>',
    '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16"),
])  # fmt: skip
def test_what_is_no_statement_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        camt.read(data)


def test_a_broken_file_says_line_and_column() -> None:
    (finding,) = statements.examine(file(entry("")).replace(b"</Ntry>", b"</Ntr>")).findings

    assert finding.code == "statement_unreadable"
    assert finding.where.startswith("line 6, column ")


def _packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_an_archive_of_statements_is_read_in_its_order() -> None:
    data = _packed({"b.xml": file(entry("")), "a.xml": file(entry("", "DBIT"))})

    assert camt.sniff(data)
    assert [one.lines[0].amount.minor for one in camt.read(data)] == [1000, -1000]


def test_an_archive_with_a_broken_file_names_it() -> None:
    with pytest.raises(Unreadable, match=r"bad.xml, line"):
        camt.read(_packed({"ok.xml": file(entry("")), "bad.xml": b"<Document><x></Document>"}))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = _packed({"a.xml": b"<Document>" + b" " * 20_000_000})

    assert not camt.sniff(bomb)
    with pytest.raises(Unreadable, match="packed more than"):
        camt.read(bomb)


def test_an_archive_of_too_many_files_is_refused() -> None:
    with pytest.raises(Unreadable, match="files are more than"):
        camt.read(_packed({f"{n}.xml": b"x" for n in range(_zip.MOST_FILES + 1)}))


def test_dates_are_the_banks_own_day() -> None:
    moment = "<DtTm>2026-03-31T23:30:00-05:00</DtTm>"
    data = file(entry("")).replace(b"<Dt>2026-03-31</Dt>", moment.encode())

    assert camt.read(data)[0].lines[0].booked_on == date(2026, 3, 31)


def test_the_payer_is_the_ultimate_one() -> None:
    parties = """<RltdPties><Dbtr><Pty><Nm>Payment Factory</Nm></Pty></Dbtr>
      <UltmtDbtr><Pty><Nm>Hinterhof</Nm></Pty></UltmtDbtr></RltdPties>"""
    statement: Statement = camt.read(file(entry(tx("10.00", more=parties))))[0]

    assert statement.lines[0].counterparty == "Hinterhof"
    assert statement.lines[0].amount == Money.of("10.00", "EUR")


def test_read_in_passing_a_file_is_what_it_is_as_a_whole() -> None:
    """Two statements, one without entries; dates that stand in the head, at the entry, nowhere."""
    head = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    entry = (
        b'<Ntry><Amt Ccy="EUR">%d.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        b"<AcctSvcrRef>R%d</AcctSvcrRef>%s</Ntry>"
    )
    dated = b"<BookgDt><Dt>2026-03-02</Dt></BookgDt>"
    stmt = (
        b"<Stmt><Id>S%d</Id><CreDtTm>2026-03-05T01:00:00Z</CreDtTm>"
        b"<Acct><Id><IBAN>DE1</IBAN></Id></Acct>%s</Stmt>"
    )
    many = b"".join(entry % (n, n, dated if n % 2 else b"") for n in range(1, 50))
    data = head + stmt % (1, many) + stmt % (2, b"") + b"</BkToCstmrStmt></Document>"

    passing, whole = list(camt.stream(io.BytesIO(data))), camt._whole(data)

    assert passing == whole
    assert [len(one.lines) for one in whole] == [49, 0]
    assert [line.booked_on.day for line in whole[0].lines[:2]] == [2, 5]
    with pytest.raises(Unreadable, match="not well-formed"):
        camt.read(data.replace(b"</Document>", b""))
