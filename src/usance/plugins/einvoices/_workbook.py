"""Workbooks from strangers: measured before they are opened, and rows that are texts.

The reader behind this keeps a sheet as a full rectangle: one cell far out, or one that says it is
repeated, would fill the memory. So every part is unpacked here within limits, its cells are
measured, and the reader gets an archive that we packed, in which no header can lie.
Source: ECMA-376 part 1 §18.3.1 (c, row), OpenDocument 1.3 part 3 §19.675 (repeated cells).
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from usance.plugins import Unreadable

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_ENTRIES = 5_000
MAX_ROWS, MAX_COLUMNS = 50_001, 512  # One row for the names of the columns.
MAX_CELLS = 5_000_000  # The reader keeps each, the empty ones too.
SMALL = 64 * 1024  # Bytes below which no ratio does harm.
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_EXCEL, _OPEN = "xl/workbook.xml", "content.xml"
# What the reader asks for. Macros, pictures and whatever else there is never reach it.
_PARTS = re.compile(
    r"(\[Content_Types\]|_rels/\.rels|xl/(workbook|styles|sharedStrings|_rels/workbook"
    r"|worksheets/[^/]+)|content|META-INF/manifest)(\.xml)?(\.rels)?|mimetype",
    re.IGNORECASE,
)
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
# What a formula may not do in a file that people open: fetch, start or call something.
DANGEROUS = re.compile(
    r"\b(?:WEBSERVICE|HYPERLINK|FILTERXML|IMPORT[A-Z]+|CALL|EXEC|REGISTER(?:\.ID)?|DDE|RTD|IMAGE)\("
    r"|\|\s*['!]|\[[0-9]+\]|cmd\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"([A-Z]{1,4})([0-9]{1,9})", re.ASCII)

Cell = object  # A text, number, date, moment, time of day, span or truth value.


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    rows: list[list[Cell]]  # From the first row on, empty ones too.


def is_workbook(data: bytes) -> bool:
    """A ZIP that has an Excel or OpenDocument table in it. Nothing is unpacked but a name."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    if data[30:200].startswith(b"mimetype" + ODS):
        return True
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return len(archive.namelist()) <= MAX_ENTRIES and _EXCEL in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def sheets(
    data: bytes, dangers: list[tuple[str, str]] | None = None
) -> tuple[list[Sheet], list[str]]:
    """The visible sheets, and the names of those that are hidden or hold no cells.

    :param dangers: gets the place and the text of each formula that reaches outside.
    :raises Unreadable: if it is too large, packed to do harm, locked, or broken.
    """
    ours = _repacked(data, dangers if dangers is not None else [])
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(ours))
        found, passed_over = [], []
        for at, sheet in enumerate(book.sheets_metadata):
            if sheet.typ != SheetTypeEnum.WorkSheet or sheet.visible != SheetVisibleEnum.Visible:
                passed_over.append(sheet.name)
                continue
            rows = book.get_sheet_by_index(at).to_python(skip_empty_area=False)
            found.append(Sheet(sheet.name, [list(row) for row in rows]))
            for nth, row in enumerate(rows, start=1):
                if any(isinstance(cell, str) and "\0" in cell for cell in row):  # "_x0000_"
                    place = f"sheet {sheet.name[:40]!r}, row {nth}"
                    raise Unreadable("a cell has a NUL", where=place)
    except (CalamineError, ValueError, OverflowError) as broken:
        raise Unreadable(f"the workbook is broken: {broken}") from broken
    return found, passed_over


def _repacked(data: bytes, dangers: list[tuple[str, str]]) -> bytes:
    """The parts that matter, stored, in an archive of our own."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"the file has {len(data):,} bytes, more than the {MAX_BYTES:,} we take")
    out = BytesIO()
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as packed:
            entries = archive.infolist()
            _weigh(entries, len(data))
            cells = 0
            names = {entry.filename for entry in entries}
            if len(names) < len(entries):
                raise Unreadable("the archive has two parts of one name")
            for entry in entries:
                if _PARTS.fullmatch(entry.filename):
                    part = archive.read(entry)
                    cells += _measure(entry.filename, part, dangers)
                    if cells > MAX_CELLS:
                        says = f"more than {MAX_CELLS:,} cells up to the last that is filled"
                        raise Unreadable(says, where=entry.filename)
                    packed.writestr(entry.filename, part)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        ValueError,
        OSError,
        zlib.error,
    ) as broken:
        if isinstance(broken, Unreadable):
            raise
        raise Unreadable(f"the archive is broken: {broken}") from broken
    except (NotImplementedError, RuntimeError) as locked:
        raise Unreadable("the workbook is locked or packed in an unusual way") from locked
    return out.getvalue()


def _weigh(entries: list[zipfile.ZipInfo], size: int) -> None:
    """By what the directory says; unpacking stops there, and a lie ends as a wrong checksum."""
    if len(entries) > MAX_ENTRIES:
        raise Unreadable(f"the archive has {len(entries):,} parts, more than {MAX_ENTRIES:,}")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise Unreadable(f"it unpacks to {unpacked:,} bytes, more than {MAX_UNPACKED:,}")
    if unpacked > SMALL and unpacked > MAX_RATIO * size:
        raise Unreadable(f"it unpacks to more than {MAX_RATIO} times its size")
    for entry in entries:
        if entry.file_size > SMALL and entry.file_size > MAX_RATIO * entry.compress_size:
            raise Unreadable(
                f"a part unpacks to more than {MAX_RATIO} times its size", where=entry.filename
            )


def _measure(name: str, part: bytes, dangers: list[tuple[str, str]]) -> int:
    """How many cells the reader would keep of a part: all up to the last that is filled."""
    if name == "mimetype":
        return 0
    if b"<!DOCTYPE" in part:
        raise Unreadable("a part has a DOCTYPE, which no workbook needs", where=name)
    try:
        if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml"):
            places = _excel_places(part, name, dangers)
        elif name == _OPEN:
            places = _open_places(part, name, dangers)
        else:
            return 0
        last_row = last_column = 0
        for row, column in places:
            if row > MAX_ROWS:
                raise Unreadable(f"more than {MAX_ROWS - 1:,} rows; split the file", where=name)
            if column > MAX_COLUMNS:
                raise Unreadable(f"more than {MAX_COLUMNS} columns", where=f"{name}, row {row}")
            last_row, last_column = max(last_row, row), max(last_column, column)
    except etree.XMLSyntaxError as broken:
        raise Unreadable(f"the XML is broken: {broken.msg}", where=name) from broken
    return last_row * last_column


def _excel_places(
    part: bytes, name: str, dangers: list[tuple[str, str]]
) -> Iterator[tuple[int, int]]:
    """Row and column of each cell that has anything in it, from 1."""
    row = 0
    for element in _elements(part, "{*}row"):
        row = _counted(element.get("r", str(row + 1)), name)
        column = 0
        for cell in element:
            column += 1
            if place := cell.get("r"):
                found = _PLACE.fullmatch(place)
                if found is None:
                    raise Unreadable(f"{place[:20]!r} is no place of a cell", where=name)
                column, row = _letters(found[1]), max(row, int(found[2]))
            if len(cell):
                formula = next((each for each in cell if _is_formula(each)), None)
                if formula is not None and DANGEROUS.search(formula.text or ""):
                    dangers.append((cell.get("r", f"row {row}"), (formula.text or "")[:60]))
                if cell.get("t") == "e":
                    raise Unreadable("a cell shows an error; correct it first",
                                     where=f"{name}, {cell.get('r', f'row {row}')}")  # fmt: skip
                if not any(etree.QName(each).localname in ("v", "is") for each in cell):
                    raise Unreadable("a formula has never been computed; open and save the file",
                                     where=f"{name}, {cell.get('r', f'row {row}')}")  # fmt: skip
                yield row, column


def _is_formula(element: etree._Element) -> bool:
    return etree.QName(element).localname == "f"


def _open_places(
    part: bytes, name: str, dangers: list[tuple[str, str]]
) -> Iterator[tuple[int, int]]:
    """As above. Rows and cells are counted on by how often they say they stand there."""
    row, table = 0, None
    for element in _elements(part, f"{_TABLE}table-row"):
        if element.getparent() is not table:
            row, table = 0, element.getparent()
        times = _counted(element.get(f"{_TABLE}number-rows-repeated", "1"), name)
        column = 0
        for cell in element:
            column += _counted(cell.get(f"{_TABLE}number-columns-repeated", "1"), name)
            formula = cell.get(f"{_TABLE}formula", "")
            if DANGEROUS.search(formula):
                dangers.append((f"row {row + times}, column {column}", formula[:60]))
            if len(cell) or cell.get(f"{_OFFICE}value-type"):
                yield row + times, column
        row += times


def _elements(part: bytes, tag: str) -> Iterator[etree._Element]:
    """Each such element as it ends, emptied before the next one comes."""
    for _, element in etree.iterparse(
        BytesIO(part), tag=tag, encoding="utf-8", resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    ):  # fmt: skip
        yield element
        element.clear()
        while element.getprevious() is not None and element.getprevious().tag == element.tag:
            del element.getparent()[0]


def _counted(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Unreadable(f"{text[:20]!r} is no count of rows or cells", where=name)
    return int(text)


def _letters(letters: str) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
