"""A list as a file: CSV, XLSX or JSON of exactly the filter, streamed row by row.

A text that begins like a formula gets an apostrophe before it, so that no spreadsheet runs what a
debtor wrote into a payment text. Numbers stay numbers.
"""

import csv
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from itertools import chain
from uuid import UUID
from xml.sax.saxutils import escape

from django.http import HttpRequest, StreamingHttpResponse

Cell = str | int | Decimal | date | datetime | UUID | bool | None
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
TOGETHER = 200  # Rows written between two pieces of the answer.


def wanted(request: HttpRequest) -> bool:
    return request.GET.get("format") in TYPES


def answer(
    request: HttpRequest, name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """The rows as the file that `?format=` asks for, named `name`."""
    kind = request.GET["format"]
    response = StreamingHttpResponse(written(kind, columns, rows), content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def written(kind: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The rows as a file of this kind, piece by piece."""
    return {"csv": _csv, "xlsx": _xlsx, "json": _json}[kind](columns, rows)


def safe(cell: Cell) -> str | int | Decimal | bool:
    """A cell without surprises: text that looks like a formula is marked as text."""
    if cell is None:
        return ""
    if isinstance(cell, bool | int | Decimal):
        return cell
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    buffer = StringIO()
    writer = csv.writer(buffer)
    buffer.write("\N{ZERO WIDTH NO-BREAK SPACE}")  # Spreadsheets then read it as UTF-8.
    for place, row in enumerate(chain([columns], rows)):
        writer.writerow([safe(cell) for cell in row])
        if place % TOGETHER == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _json(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Text as it is: nothing here is run. Amounts are strings, as in every JSON of ours."""
    yield b"["
    for place, row in enumerate(rows):
        plain = [cell if isinstance(cell, bool | int | None) else str(cell) for cell in row]
        comma = ",\n" if place else "\n"
        yield (comma + json.dumps(dict(zip(columns, plain, strict=True)))).encode()
    yield b"\n]\n"


class _Pieces:
    """A file that cannot seek: what zipfile writes is taken away again."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        data, self.parts = b"".join(self.parts), []
        return data


# ECMA-376: the least that a spreadsheet program opens without complaint.
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
    '.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.open'
    'xmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/'
    'sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.work'
    'sheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_LINKS}"><Relationship Id="r1" Type="{_OFFICE}/office'
    'Document" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="List"'
    ' sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_LINKS}"><Relationship Id="r1" Type='
    f'"{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def _xlsx(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    pieces = _Pieces()
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED) as book:  # type: ignore[call-overload] - it needs no more than write and flush
        for name, content in _PARTS.items():
            book.writestr(name, _XML + content)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for place, row in enumerate(chain([columns], rows)):
                sheet.write(f"<row>{''.join(map(_cell, row))}</row>".encode())
                if place % TOGETHER == 0:
                    yield pieces.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield pieces.taken()


def _cell(cell: Cell) -> str:
    plain = safe(cell)
    if isinstance(plain, int | Decimal) and not isinstance(plain, bool):
        return f"<c><v>{plain}</v></c>"
    text = "".join(ch for ch in str(plain) if ch >= " " or ch in "\t\n")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
